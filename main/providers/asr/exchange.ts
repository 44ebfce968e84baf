/** One task at a vendor: sound goes up while messages come down, and whichever fails first ends both. */
import { StudioError } from '../../../app/errors/index.ts';
import { bytesOf, FRAME_SAMPLES, type SoundFrames, type TaskTimes } from './sound-frames.ts';

export interface AsrLink<Message> {
  /** From now on sound may be sent. Rejects when the task was refused. */
  readonly ready: Promise<unknown>;
  send(frame: Uint8Array): void;
  /** There is no more sound. */
  finish(): void;
  messages(): AsyncIterable<Message>;
  /** At once; twice is once. */
  close(): void;
}

export interface ExchangePatience {
  /** From the connection to the first frame. */
  startMs: number;
  /** Silence is sent when the source gave nothing for so long: vendors hang up after 10 s (ISI) or 23 s (DashScope). */
  keepAliveMs: number;
  /** From the end of the sound to the next message, each time. */
  finishMs: number;
}
export const PATIENCE: ExchangePatience = { startMs: 10_000, keepAliveMs: 4000, finishMs: 15_000 };

export interface ExchangeOptions<Message> {
  provider: string;
  link: AsrLink<Message>;
  frames: SoundFrames;
  times: TaskTimes;
  signal: AbortSignal;
  patience?: ExchangePatience;
}

/**
 * Messages until they end by themselves. The link is closed in any case, the sound is not.
 * @throws what the link or the sound throws; `cloud.timeout`; the signal's reason.
 */
export async function* exchange<Message>(options: ExchangeOptions<Message>): AsyncGenerator<Message, void, void> {
  const { provider, link, signal, patience = PATIENCE } = options;
  signal.throwIfAborted();
  let failure: { reason: unknown } | null = null;
  let wake = (_reason: unknown): void => {};
  const fail = (reason: unknown): void => {
    failure ??= { reason };
    link.close();
    wake(failure.reason);
  };
  const onAbort = (): void => fail(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  let watch: NodeJS.Timeout | undefined;
  const expectWithin = (ms: number): void => {
    clearTimeout(watch);
    watch = setTimeout(() => fail(new StudioError('cloud.timeout', { provider, seconds: Math.ceil(ms / 1000) })), ms);
  };
  expectWithin(patience.startMs);
  const over = new AbortController();
  let finished = false;
  const onFinished = (): void => {
    finished = true;
    expectWithin(patience.finishMs);
  };
  void (async () => {
    await link.ready;
    clearTimeout(watch);
    if (!over.signal.aborted) await pump(options, patience, over.signal, onFinished);
  })().catch(fail);

  const iterator = link.messages()[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await new Promise<IteratorResult<Message>>((resolve, reject) => {
        wake = reject;
        if (failure !== null) reject(failure.reason);
        iterator.next().then(resolve, reject);
      });
      if (failure !== null) throw (failure as { reason: unknown }).reason;
      if (step.done) return;
      if (finished) expectWithin(patience.finishMs);
      yield step.value;
    }
  } catch (error) {
    throw failure === null ? error : (failure as { reason: unknown }).reason;
  } finally {
    over.abort();
    clearTimeout(watch);
    signal.removeEventListener('abort', onAbort);
    link.close();
    void Promise.resolve(iterator.return?.()).catch(() => {});
  }
}

const SILENCE = new Int16Array(FRAME_SAMPLES);

async function pump<Message>(
  { link, frames, times }: ExchangeOptions<Message>,
  { keepAliveMs }: ExchangePatience,
  over: AbortSignal,
  onFinished: () => void,
): Promise<void> {
  let stop = (): void => {};
  over.addEventListener('abort', () => stop(), { once: true });
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const frame = await new Promise<Int16Array | null | 'paused' | 'over'>((resolve, reject) => {
      stop = () => resolve('over');
      if (over.aborted) stop();
      timer = setTimeout(resolve, keepAliveMs, 'paused');
      frames.peek().then(resolve, reject);
    }).finally(() => clearTimeout(timer));
    if (frame === 'over' || over.aborted) return;
    if (frame === 'paused') {
      link.send(bytesOf(SILENCE));
      times.sentSilence(SILENCE.length);
      continue;
    }
    if (frame === null) {
      link.finish();
      onFinished();
      return;
    }
    frames.take(frame);
    link.send(bytesOf(frame));
    times.sent(frame.length);
  }
}
