/** What is to be said: a part of a line, or text that is still being written; and how a voice is asked for what is left of it. */
import { StudioError } from '../../../app/errors/index.ts';
import type { PolicySettings } from '../../../app/providers/settings.ts';
import { isSpeech } from '../../../app/speech/normalise/normalise.ts';
import type { SpeechPart } from '../../../app/speech/plan.ts';
import { sentenceRanges } from '../../../app/speech/punctuation.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider, type TtsRequest, type TtsStreamRequest } from '../ports/tts.ts';
import type { WaitingClock } from './clock.ts';
import { hasWords, slicePart } from './part-slices.ts';

export interface TextSource {
  /** What is left, as far as it is known. */
  readonly part: () => SpeechPart;
  open(provider: TtsProvider, voiceId: string, signal: AbortSignal): AsyncIterable<TtsEvent>;
  /** From there on it is left. */
  goOnAt(offset: number): void;
  hasMore(): boolean;
  /** It sees itself to how long a voice may take. */
  readonly ownTime: boolean;
}

export function wholeText({ part, ...request }: Omit<TtsRequest, 'voiceId'>): TextSource {
  let rest = part;
  return {
    ownTime: false,
    part: () => rest,
    open: (provider, voiceId, signal) => provider.synthesise({ ...request, voiceId, part: rest }, signal),
    goOnAt(offset) {
      rest = slicePart(rest, offset, Number.POSITIVE_INFINITY);
    },
    hasMore: () => hasWords(rest),
  };
}

const LOOK_EVERY_MS = 100;

/** Text as it is written, for as many readers as need it. Reads `text` from now on until it ends. */
export function growingText(
  { lang, prosody, ...request }: Omit<TtsStreamRequest, 'voiceId'>,
  text: AsyncIterable<string>,
  { clock, settings, signal }: { clock: WaitingClock; settings: () => PolicySettings; signal: AbortSignal },
): TextSource {
  let written = '';
  let ended = false;
  let failure: { error: unknown } | null = null;
  let waiting = new Set<() => void>();
  /** Where the last whole sentence ends, and when it was whole. */
  let sayable = { to: 0, sinceMs: clock.nowMs() };
  let from = 0;

  const wake = (): void => {
    const all = waiting;
    waiting = new Set();
    for (const each of all) each();
  };
  const fill = async (): Promise<void> => {
    try {
      for await (const piece of text) {
        if (piece === '') continue;
        written += piece;
        // The last range may still grow.
        const whole = sentenceRanges(written).at(-2)?.to ?? 0;
        if (whole > sayable.to) sayable = { to: whole, sinceMs: clock.nowMs() };
        wake();
      }
    } catch (error) {
      failure = { error };
    }
    ended = true;
    sayable = { to: written.length, sinceMs: clock.nowMs() };
    wake();
  };
  void fill();

  const more = (stop: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const woken = (): void => {
        waiting.delete(woken);
        stop.removeEventListener('abort', woken);
        resolve();
      };
      waiting.add(woken);
      stop.addEventListener('abort', woken, { once: true });
    });

  async function* read(start: number, stop: AbortSignal): AsyncGenerator<string> {
    for (let at = start; ; ) {
      stop.throwIfAborted();
      if (at < written.length) {
        const piece = written.slice(at);
        at = written.length;
        yield piece;
      } else if (failure) throw failure.error;
      else if (ended) return;
      else await more(stop);
    }
  }

  /** For voices that take whole texts: a sentence as soon as it is one. */
  async function* sentences(start: number, stop: AbortSignal): AsyncGenerator<SpeechPart> {
    for (let at = start; ; ) {
      stop.throwIfAborted();
      const ranges = sentenceRanges(written.slice(at));
      const whole = ended ? ranges[0] : ranges.length > 1 ? ranges[0] : undefined;
      if (whole) {
        const part = partOf(at + whole.from, at + whole.to);
        at += whole.to;
        if (hasWords(part)) yield part;
      } else if (failure) throw failure.error;
      else if (ended) return;
      else await more(stop);
    }
  }

  const partOf = (start: number, end: number): SpeechPart => {
    const display = written.slice(start, end);
    return {
      kind: 'speech',
      lang,
      prosody,
      emphasis: false,
      tokens: [{ display, spoken: display, from: start, to: end }],
    };
  };

  async function* spoken(provider: TtsProvider, voiceId: string, stop: AbortSignal): AsyncGenerator<TtsEvent> {
    if (provider.stream) {
      const start = from;
      const events = provider.stream(read(start, stop), { ...request, voiceId, lang, prosody }, stop);
      for await (const event of events)
        yield event.type === 'words' && start > 0
          ? { ...event, words: event.words.map((word) => ({ ...word, from: word.from + start, to: word.to + start })) }
          : event;
      return;
    }
    let samples = 0;
    for await (const part of sentences(from, stop)) {
      const baseMs = (samples * 1000) / SAMPLE_RATE;
      const at = <T extends { startMs: number; endMs: number }>(items: readonly T[]): T[] =>
        items.map((item) => ({ ...item, startMs: item.startMs + baseMs, endMs: item.endMs + baseMs }));
      for await (const event of provider.synthesise({ ...request, voiceId, part }, stop)) {
        if (event.type === 'audio') samples += event.pcm.length;
        if (event.type === 'audio') yield event;
        else if (event.type === 'words') yield { type: 'words', words: at(event.words) };
        else yield { type: 'phones', phones: at(event.phones) };
      }
    }
  }

  /** Waiting for text is nobody's fault; with a whole sentence in hand a voice has to speak. */
  async function* open(provider: TtsProvider, voiceId: string, stop: AbortSignal): AsyncGenerator<TtsEvent> {
    const events = spoken(provider, voiceId, stop)[Symbol.asyncIterator]();
    let eventMs: number | null = null;
    let saidTo = from;
    try {
      for (;;) {
        const pending = events.next();
        pending.catch(() => undefined);
        const look = new AbortController();
        const late = (async (): Promise<never> => {
          for (;;) {
            await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([look.signal, stop]));
            if (saidTo >= sayable.to && !ended) continue;
            const { firstByteMs, betweenBytesMs } = settings();
            const waitedMs = clock.nowMs() - Math.max(eventMs ?? 0, sayable.sinceMs);
            if (waitedMs > (eventMs === null ? firstByteMs : betweenBytesMs))
              throw new StudioError(
                'cloud.timeout',
                { provider: provider.id, seconds: Math.round(waitedMs / 1000) },
                { retryable: true },
              );
          }
        })();
        late.catch(() => undefined);
        try {
          const next = await Promise.race([pending, late]);
          if (next.done) return;
          eventMs = clock.nowMs();
          if (next.value.type === 'words') for (const { to } of next.value.words) saidTo = Math.max(saidTo, to);
          yield next.value;
        } finally {
          look.abort();
        }
      }
    } finally {
      void events.return?.(undefined).catch(() => undefined);
    }
  }

  signal.addEventListener('abort', wake, { once: true });
  return {
    ownTime: true,
    part: () => partOf(from, written.length),
    open,
    goOnAt(offset) {
      from = offset;
    },
    hasMore: () => !ended || isSpeech(written.slice(from)),
  };
}
