/**
 * A language model whose words are checked before they are given on: sentence by sentence while it writes, each held until its verdict while
 * the next ones are being checked; tool calls and answers in JSON as a whole. What it thinks is never said and is not checked.
 *
 * With `asked`, what the person asks is checked first, and a refused question reaches no model: the safe line answers it.
 *
 * Fails closed. What is refused, and what could not be checked (the service does not answer, its key is not accepted, the studio is offline),
 * is not given on: a safe line stands in its place, one for several sentences in a row. A tool call is left out; an answer in JSON, where no
 * line would fit, is withdrawn, or fails with the failure of the check. Without a key the check is not set up: the answer passes, and the
 * log says so. A sentence is judged by itself, so that what is spread over several may pass.
 */
import { StudioError } from '../../../app/errors/index.ts';
import type { GreenSettings } from '../../../app/providers/settings.ts';
import { HAN } from '../../../app/speech/normalise/characters.ts';
import { sentenceRanges } from '../../../app/speech/punctuation.ts';
import type { ChatEvent, ChatRequest, LlmProvider } from '../ports/llm.ts';
import type { ModerationProvider, ModerationVerdict } from '../ports/moderation.ts';
import { noteOf } from './events.ts';
import type { PolicyDeps } from './stage-policy.ts';

export interface Guard {
  moderation: ModerationProvider;
  refuseFrom: GreenSettings['refuseFrom'];
  lacks(): Promise<'key' | null>;
}

export interface ModeratedLlmOptions extends Pick<PolicyDeps, 'settings' | 'clock' | 'emit'> {
  llm: LlmProvider;
  /** Asked for each answer anew; null: nothing is checked, and the model's own stream is handed through. */
  guard(): Guard | null;
  /** Who asks is not the one who owns the studio: questions are checked too. */
  asked?: boolean;
}

/** Checks of one answer that are under way at once, of 100 a second that an account may ask. */
const AHEAD = 6;
const RISKS = ['none', 'low', 'medium', 'high'] as const;
export const SAFE_LINE = {
  zh: '这句话我不方便说，我们换个话题吧。',
  en: 'I would rather not say that. Let’s talk about something else.',
};

/** What waits for its turn to be given on. */
type Held =
  | { type: 'pass'; event: ChatEvent }
  | { type: 'text'; text: string; refused: boolean }
  | { type: 'leave-out' }
  | { type: 'throw'; error: unknown };

export function createModeratedLlm(options: ModeratedLlmOptions): LlmProvider {
  const { llm, guard, settings, clock, emit } = options;

  /** null: it may be said. Else why not, as it was told. */
  async function refusal(
    text: string,
    by: Guard,
    signal: AbortSignal,
    use: 'asked' | 'answer' = 'answer',
  ): Promise<{ error: unknown } | null> {
    const { moderation, refuseFrom } = by;
    const told = { atMs: clock.wallMs(), stage: 'llm', provider: moderation.id } as const;
    let verdict: ModerationVerdict;
    try {
      if (moderation.runs === 'cloud' && settings().mode === 'offline')
        throw new StudioError('cloud.offline', { provider: moderation.id });
      verdict = await moderation.check(text, use, signal);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      emit({ ...told, type: 'failed', error: noteOf(error, moderation.id), tries: 1 });
      emit({ ...told, type: 'withheld', use, risk: null, labels: [] });
      return { error };
    }
    const { risk, labels } = verdict;
    if (risk === 'none' || RISKS.indexOf(risk) < RISKS.indexOf(refuseFrom)) return null;
    emit({ ...told, type: 'withheld', use, risk, labels: [...new Set(labels.map(({ label }) => label))] });
    return { error: null };
  }

  async function* moderated(by: Guard, request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    if ((await by.lacks()) !== null) {
      const error = { code: 'cloud.key-missing', params: { provider: by.moderation.id } };
      emit({ atMs: clock.wallMs(), stage: 'llm', type: 'failed', provider: by.moderation.id, error, tries: 1 });
      yield* llm.chat(request, signal);
      return;
    }
    const question = options.asked ? request.messages.findLast(({ role }) => role === 'user')?.content : undefined;
    if (question?.trim()) {
      const no = await refusal(question, by, signal, 'asked');
      if (no !== null) {
        yield* instead(request, question, by.moderation.id);
        return;
      }
    }
    const stop = new AbortController();
    const stopped = AbortSignal.any([signal, stop.signal]);
    const source = llm.chat(request, stopped)[Symbol.asyncIterator]();
    const queue: Promise<Held>[] = [];
    let text = '';
    let callsGiven = 0;
    let lastRefused = false;

    const hold = (held: Held | Promise<Held>): void => {
      const promise = Promise.resolve(held);
      // Whoever comes to it hears of it; after an abort nobody does.
      promise.catch(() => undefined);
      queue.push(promise);
    };
    /** Begins when those so far ahead of it have their verdict: an answer may come all at once. */
    const inTurn = async (words: string) => {
      await queue.at(-AHEAD);
      return refusal(words, by, stopped);
    };
    const checkText = async (piece: string): Promise<Held> => {
      const no = piece.trim() === '' ? null : await inTurn(piece);
      if (no === null || !request.schema) return { type: 'text', text: piece, refused: no !== null };
      if (no.error !== null) return { type: 'throw', error: no.error };
      return { type: 'pass', event: { type: 'withdrawn', code: 'cloud.unsafe-text' } };
    };
    const flush = (): void => {
      if (text !== '') hold(checkText(text));
      text = '';
    };
    const take = (event: ChatEvent): void => {
      if (event.type === 'text') {
        text += event.text;
        if (request.schema) return;
        // What follows may belong to the last one still: a quote, the rest of a number.
        const starts = sentenceRanges(text)
          .slice(1)
          .map(({ from }) => from);
        for (const [i, at] of starts.entries()) hold(checkText(text.slice(starts[i - 1] ?? 0, at)));
        text = text.slice(starts.at(-1) ?? 0);
      } else if (event.type === 'tool-call') {
        flush();
        const { name, arguments: values } = event.call;
        hold(inTurn(`${name} ${values}`).then((no) => (no === null ? { type: 'pass', event } : { type: 'leave-out' })));
      } else {
        if (event.type === 'done') flush();
        // Taken back by the vendor itself: what is held still is not said at all.
        if (event.type === 'withdrawn') {
          text = '';
          queue.length = 0;
        }
        hold({ type: 'pass', event });
      }
    };

    type Read = { next: IteratorResult<ChatEvent> } | { error: unknown };
    const read = (): Promise<Read> =>
      source.next().then(
        (next) => ({ next }),
        (error: unknown) => ({ error }),
      );
    let reading: Promise<Read> | null = read();
    try {
      while (reading !== null || queue.length > 0) {
        const head = queue[0];
        const turn = await Promise.race([
          ...(head ? [head.then((held) => ({ held }))] : []),
          ...(reading !== null && queue.length < AHEAD ? [reading] : []),
        ]);
        if ('held' in turn) {
          queue.shift();
          const { held } = turn;
          if (held.type === 'throw') throw held.error;
          if (held.type === 'leave-out') continue;
          if (held.type === 'text') {
            const said = held.refused ? inPlaceOf(held.text, lastRefused) : held.text;
            if (held.text.trim() !== '') lastRefused = held.refused;
            if (said !== '') yield { type: 'text', text: said };
            continue;
          }
          const { event } = held;
          if (event.type === 'tool-call') callsGiven += 1;
          yield event.type === 'done' && event.reason === 'tool-calls' && callsGiven === 0
            ? { ...event, reason: 'stop' }
            : event;
          if (event.type === 'withdrawn') return;
        } else if ('error' in turn) {
          reading = null;
          if (signal.aborted) throw signal.reason;
          // What was written before it failed is given on first.
          if (!request.schema) flush();
          hold({ type: 'throw', error: turn.error });
        } else if (turn.next.done) {
          reading = null;
          if (!request.schema) flush();
        } else {
          take(turn.next.value);
          reading = read();
        }
      }
    } finally {
      stop.abort();
      await source.return?.().catch(() => undefined);
    }
  }

  return {
    id: llm.id,
    runs: llm.runs,
    chat(request, signal) {
      const by = guard();
      return by === null ? llm.chat(request, signal) : moderated(by, request, signal);
    },
    dispose: () => llm.dispose(),
  };
}

/** The safe line as a whole answer; where no line would fit, none. */
function* instead({ schema }: ChatRequest, question: string, model: string): Generator<ChatEvent> {
  if (schema) {
    yield { type: 'withdrawn', code: 'cloud.unsafe-text' };
    return;
  }
  yield { type: 'text', text: HAN.test(question) ? SAFE_LINE.zh : SAFE_LINE.en };
  yield { type: 'done', reason: 'stop', usage: null, model };
}

/** The safe line in the sentence's language and with its line breaks; after another safe line, those alone. */
function inPlaceOf(text: string, again: boolean): string {
  const [before] = /^\s*/u.exec(text)!;
  const [after] = /\s*$/u.exec(text)!;
  return before + (again ? '' : HAN.test(text) ? SAFE_LINE.zh : SAFE_LINE.en) + after;
}
