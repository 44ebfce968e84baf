/** A language model at the author's elbow: drafts lines and writes lines anew, streamed. It changes nothing itself. */
import type { StudioContract } from '../../../app/contract/index.ts';
import type { WritingEvent, WritingRequest } from '../../../app/contract/writing.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { isEmotion } from '../../../app/speech/emotion.ts';
import type { ChatRequest } from '../../engine/ports/llm.ts';
import type { Providers } from '../../engine/ports/providers.ts';
import type { ServiceOf } from '../service.ts';
import { asItIsWritten, asScriptLine, leadingMood, MoodReader } from './answers.ts';
import { draftRequest, emotionsRequest, lineRequest } from './prompts.ts';

type Writer = Pick<Providers, 'llm' | 'settings' | 'states'>;

/** @throws StudioError script.no-language-model */
export function createWritingService(providers: Writer): ServiceOf<StudioContract['writing']> {
  const ready = async (): Promise<boolean> => {
    const { mode, chains } = providers.settings().policy;
    return (await providers.states()).some(
      ({ id, stage, runs, lacks }) =>
        stage === 'llm' && lacks === null && chains.llm.includes(id) && (runs === 'local' || mode !== 'offline'),
    );
  };
  return {
    ready: async () => ({ ready: await ready() }),
    write: (request, signal) =>
      stoppable(signal, async function* (stopped) {
        if (!(await ready())) throw new StudioError('script.no-language-model');
        yield* write(providers, request, stopped);
      }),
  };
}

async function* write(providers: Writer, request: WritingRequest, signal: AbortSignal): AsyncGenerator<WritingEvent> {
  const own = request.emotions.filter((name) => !isEmotion(name));
  if (request.task === 'draft') yield* draft(providers, request, own, signal);
  else if (request.task === 'emotions') yield* moods(providers, request, signal);
  else
    for (const [line, source] of request.lines.entries()) {
      if (source.text.trim() === '') continue;
      let written = '';
      let shown = '';
      for await (const more of words(providers, lineRequest(request, source), signal)) {
        written += more;
        const text = asItIsWritten(written);
        if (text !== shown) yield { type: 'text', line, text };
        shown = text;
      }
      const text = asScriptLine(written, own);
      if (text !== '') yield { type: 'line', line, text };
    }
}

async function* draft(
  providers: Writer,
  request: WritingRequest,
  own: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<WritingEvent> {
  let line = 0;
  let rest = '';
  let shown = '';
  const finished = function* (raw: string): Generator<WritingEvent> {
    const { mood, rest } = leadingMood(raw, request.emotions);
    const text = asScriptLine(rest, own);
    if (text === '') return;
    yield { type: 'line', line, text, ...mood };
    line += 1;
    shown = '';
  };
  for await (const more of words(providers, draftRequest(request), signal)) {
    const parts = (rest + more).split(/\r\n|\n|\r/);
    rest = parts.pop()!;
    for (const part of parts) yield* finished(part);
    const text = asItIsWritten(leadingMood(rest, request.emotions).rest);
    if (text !== shown && text !== '') yield { type: 'text', line, text };
    shown = text;
  }
  yield* finished(rest);
}

async function* moods(providers: Writer, request: WritingRequest, signal: AbortSignal): AsyncGenerator<WritingEvent> {
  const reader = new MoodReader(request.emotions);
  for await (const more of words(providers, emotionsRequest(request), signal))
    for (const { line, mood } of reader.push(more))
      if (request.lines[line] !== undefined) yield { type: 'line', line, ...mood };
}

/** The answer's text alone. @throws StudioError cloud.unsafe-text where the vendor took it back */
async function* words({ llm }: Writer, request: ChatRequest, signal: AbortSignal): AsyncGenerator<string> {
  for await (const event of llm.chat(request, signal)) {
    if (event.type === 'text') yield event.text;
    else if (event.type === 'withdrawn') throw new StudioError('cloud.unsafe-text', { provider: llm.id });
  }
}

/** A stream whose source is stopped at once by its reader's `return`, also while it waits for the model. */
function stoppable<T>(
  signal: AbortSignal,
  run: (signal: AbortSignal) => AsyncGenerator<T>,
): AsyncIteratorObject<T, undefined, void> {
  const stop = new AbortController();
  const source = run(AbortSignal.any([signal, stop.signal]));
  const end = async (): Promise<IteratorReturnResult<undefined>> => {
    stop.abort();
    await source.return(undefined).catch(() => {});
    return { done: true, value: undefined };
  };
  const iterator: AsyncIteratorObject<T, undefined, void> = {
    next: () => source.next(),
    return: end,
    [Symbol.asyncIterator]: () => iterator,
    async [Symbol.asyncDispose]() {
      await end();
    },
  };
  return iterator;
}
