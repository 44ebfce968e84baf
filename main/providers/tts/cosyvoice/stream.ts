/**
 * Speaks a text while it is being written. One task takes it as it comes; a writer who pauses for long, or writes more than a task
 * takes, is spoken by the next task.
 */
import type { SpeechLang } from '../../../../app/speech/plan.ts';
import { NORMAL_PROSODY } from '../../../../app/speech/plan.ts';
import type { TtsEvent } from '../../../engine/ports/tts.ts';
import type { BailianEndpoint } from '../../kit/endpoint.ts';
import { openTask, type TaskRun, type TaskSocket } from '../../kit/task-socket.ts';
import { isSpeakable, type SpokenText, splitText, spokenTextOf, weightOf } from '../cloud/spoken-text.ts';
import { speakTask } from './speak-task.ts';

/** The server gives a task up when it hears nothing for 23 s. */
const PATIENCE_MS = 18_000;
/** A Han character counts two: a task takes 200,000, one message 20,000. */
const MAX_TASK = 190_000;
const MAX_PIECE = 20_000;

/** The next piece; null: the text has ended, or nothing came within so long. */
type Take = (withinMs: number | null) => Promise<string | null>;

export interface StreamSpeech {
  endpoint: BailianEndpoint;
  run: TaskRun;
  pieces: AsyncIterable<string>;
  lang: SpeechLang;
  rate: number;
  patienceMs: number;
  signal: AbortSignal;
}

export async function* speakStream({
  endpoint,
  run,
  pieces,
  lang,
  rate,
  patienceMs,
  signal,
}: StreamSpeech): AsyncGenerator<TtsEvent> {
  const source = pieces[Symbol.asyncIterator]();
  const text: SpokenText = { text: '', units: [], unitAt: [], forced: [] };
  let coming: Promise<IteratorResult<string>> | null = null;
  let ended = false;
  let soundMs = 0;
  const next = (): Promise<IteratorResult<string>> => {
    coming ??= source.next();
    return coming;
  };
  const take: Take = async (withinMs) => {
    const item = await within(next(), withinMs, signal);
    if (item === 'late') return null;
    coming = null;
    if (item.done) ended = true;
    return item.done ? null : item.value;
  };
  try {
    while (!ended) {
      const first = await firstSpeakable(take, () => ended);
      if (first === null) break;
      const from = text.text.length;
      const task = openTask(endpoint, run, signal);
      let failure: { error: unknown } | null = null;
      const feeding = feed(task, text, lang, first, take).catch((error: unknown) => {
        failure = { error };
        task.close();
      });
      try {
        const range = { from, to: Number.POSITIVE_INFINITY };
        soundMs = yield* speakTask({
          task,
          text,
          range,
          provider: endpoint.provider,
          rate,
          baseMs: soundMs,
          patienceMs,
        });
      } catch (error) {
        throw (failure as { error: unknown } | null)?.error ?? error;
      } finally {
        task.close();
      }
      await feeding;
    }
  } finally {
    // The writer may be busy with the next piece: it is told, not waited for.
    void source.return?.()?.catch(() => {});
  }
}

async function firstSpeakable(take: Take, ended: () => boolean): Promise<string | null> {
  let head = '';
  while (!isSpeakable(head)) {
    const piece = await take(null);
    if (piece === null && ended()) return null;
    head += piece ?? '';
  }
  return head;
}

/** Sends pieces until the text or the task's measure ends, or no piece has come for a while. */
async function feed(task: TaskSocket, text: SpokenText, lang: SpeechLang, first: string, take: Take): Promise<void> {
  let weight = 0;
  let piece: string | null = first;
  while (piece !== null) {
    if (piece !== '') {
      append(text, piece, lang);
      for (const { from, to } of splitText(piece, MAX_PIECE, weightOf))
        task.continueWith({ text: piece.slice(from, to) });
      weight += weightOf(piece);
      if (weight >= MAX_TASK) break;
    }
    piece = await take(PATIENCE_MS);
  }
  task.finish();
}

/** The text so far, cut into words anew from the last one on: a piece may end in the middle of it. Its own characters are what is sent. */
function append(text: SpokenText, piece: string, lang: SpeechLang): void {
  const whole = text.text + piece;
  const last = text.units.pop();
  const keep = last?.from ?? text.text.length;
  text.unitAt.length = Math.min(text.unitAt.length, keep);
  while (text.unitAt.length < keep) text.unitAt.push(-1);
  const tail = whole.slice(keep);
  const token = { display: tail, spoken: tail, from: keep, to: whole.length };
  const { units } = spokenTextOf({ kind: 'speech', lang, tokens: [token], prosody: NORMAL_PROSODY, emphasis: false });
  for (const unit of units) {
    while (text.unitAt.length < unit.from) text.unitAt.push(-1);
    text.units.push(unit);
    for (let i = unit.from; i < unit.to; i++) text.unitAt.push(text.units.length - 1);
  }
  while (text.unitAt.length < whole.length) text.unitAt.push(-1);
  text.text = whole;
}

async function within<T>(promise: Promise<T>, ms: number | null, signal: AbortSignal): Promise<T | 'late'> {
  signal.throwIfAborted();
  let stop = (): void => {};
  let timer: NodeJS.Timeout | undefined;
  const other = new Promise<'late'>((resolve, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    if (ms !== null) timer = setTimeout(resolve, ms, 'late');
  });
  try {
    return await Promise.race([promise, other]);
  } finally {
    signal.removeEventListener('abort', stop);
    clearTimeout(timer);
  }
}
