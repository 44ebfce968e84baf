/** Recognisers under the policy. What one had not made into text for good when it died, the next one hears again. */
import { StudioError } from '../../../app/errors/index.ts';
import type { FailureNote } from '../../../app/policy/events.ts';
import { yuanForSound } from '../../../app/policy/prices.ts';
import type { AsrEvent, AsrProvider, AsrRequest } from '../ports/asr.ts';
import { KeptSound } from './kept-sound.ts';
import { type Member, type PolicyDeps, type Serving, StagePolicy } from './stage-policy.ts';

export interface AsrMember extends Member<AsrProvider> {
  /** Whose price it has. */
  readonly model: string;
}

export interface AsrPolicy extends AsrProvider {
  readonly stage: StagePolicy<AsrMember>;
}

/** A sentence that lasts longer is lost with its recogniser. */
const KEPT_MS = 60_000;
const LOOK_EVERY_MS = 200;
/** Sound that a session is expected to have, for the budget. */
const USUAL_SECONDS = 30;

export function createAsrPolicy(options: PolicyDeps & { members(): readonly AsrMember[] }): AsrPolicy {
  const { settings, clock } = options;
  const stage = new StagePolicy<AsrMember>('asr', options.members, options);
  const priceOf = ({ runs, model }: AsrMember, seconds: number): number =>
    runs === 'local' ? 0 : yuanForSound(model, seconds);

  /** Silence needs no answer; speech and the end do. */
  async function* watched(
    { id, provider }: AsrMember,
    sound: KeptSound,
    request: AsrRequest,
    signal: AbortSignal,
  ): AsyncGenerator<AsrEvent> {
    let unansweredMs = 0;
    let silentSinceMs = clock.nowMs();
    const heard = (audibleMs: number): void => {
      unansweredMs += audibleMs;
    };
    const events = provider.recognise(sound.read(signal, heard), request, signal)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const pending = events.next();
        pending.catch(() => undefined);
        const look = new AbortController();
        const late = (async (): Promise<never> => {
          for (;;) {
            await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([look.signal, signal]));
            const { firstByteMs, betweenBytesMs } = settings();
            const waitedMs = clock.nowMs() - silentSinceMs;
            const ms = sound.ended ? betweenBytesMs : firstByteMs;
            if (waitedMs > ms && (sound.ended || unansweredMs > ms / 2))
              throw new StudioError(
                'cloud.timeout',
                { provider: id, seconds: Math.round(waitedMs / 1000) },
                { retryable: true },
              );
          }
        })();
        late.catch(() => undefined);
        try {
          const next = await Promise.race([pending, late]);
          unansweredMs = 0;
          silentSinceMs = clock.nowMs();
          if (next.done) return;
          yield next.value;
        } finally {
          look.abort();
        }
      }
    } finally {
      void events.return?.().catch(() => undefined);
    }
  }

  async function* recognise(
    sound: AsyncIterable<Int16Array>,
    request: AsrRequest,
    signal: AbortSignal,
  ): AsyncGenerator<AsrEvent> {
    signal.throwIfAborted();
    const kept = new KeptSound(KEPT_MS);
    void kept.fill(sound);
    let candidates: readonly AsrMember[] = stage.order();
    let goesOnFrom: { id: string; error: FailureNote } | null = null;
    let sentences = 0;
    for (;;) {
      const baseMs = kept.fromMs;
      const baseSentence = sentences;
      const serving: Serving<AsrMember, AsrEvent> = await stage.begin<AsrEvent>(
        {
          candidates,
          open: (member, stop) => watched(member, kept, request, stop),
          expect: (member) => ({ yuan: priceOf(member, USUAL_SECONDS), tokens: 0 }),
          ownTime: true,
          ...(goesOnFrom && { goesOnFrom }),
        },
        signal,
      );
      const { member, attempt } = serving;
      let whole = false;
      let error: unknown;
      try {
        for (let next = serving.first; !next.done; next = await attempt.next()) {
          const event = later(next.value, baseMs, baseSentence);
          if (event.type === 'final') {
            sentences = Math.max(sentences, event.sentence + 1);
            kept.settled(event.endMs);
          }
          yield event;
        }
        whole = true;
      } catch (thrown) {
        error = thrown;
      } finally {
        attempt.close();
        serving.settle(priceOf(member, (kept.endMs - baseMs) / 1000));
        if (!whole && error === undefined) stage.undecided(member);
      }
      if (whole) {
        stage.succeeded(member);
        return;
      }
      if (signal.aborted) {
        stage.undecided(member);
        throw signal.reason;
      }
      const note = stage.failed(member, error);
      candidates = candidates.filter((other) => other !== member);
      if (candidates.length === 0 || !stage.mayGoOn(error)) throw error;
      goesOnFrom = { id: member.id, error: note };
    }
  }

  return { id: 'policy', runs: 'cloud', stage, recognise, dispose: async () => undefined };
}

function later(event: AsrEvent, byMs: number, bySentences: number): AsrEvent {
  if (byMs === 0 && bySentences === 0) return event;
  const words = event.words.map((word) => ({ ...word, startMs: word.startMs + byMs, endMs: word.endMs + byMs }));
  const moved = { sentence: event.sentence + bySentences, startMs: event.startMs + byMs, words };
  return event.type === 'partial' ? { ...event, ...moved } : { ...event, ...moved, endMs: event.endMs + byMs };
}
