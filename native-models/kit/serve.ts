/** The child's side: a runtime put behind the channel to its parent. The process ends when that channel closes. */
import { BEAT_MS, type FromModelChild, type ModelFault, type ToModelChild } from './protocol.ts';

export interface ModelRuntime {
  /** Loads the libraries (not before: until then nothing tells that the process lives) and shows that they work; what it tells is for people. Throws where they do not. */
  probe(): Promise<string>;
  /** `info` is what the parent should know of the model. @throws ModelFaultError, or anything: then it is not readable */
  load(settings: unknown): Promise<{ model: ServedModel; info: unknown }>;
}

export interface ServedModel {
  /**
   * `emit` sends a piece at once. Rejects with the signal's reason soon after an abort. Several at a time only where the parent was told
   * that the model takes them. @throws ModelFaultError, or anything: then it failed
   */
  run(work: unknown, io: ModelIo): Promise<unknown>;
  dispose(): Promise<void>;
}

export interface ModelIo {
  emit(piece: unknown): void;
  /** Pieces as they come; ends at once for a request that brings none. */
  input: AsyncIterable<unknown>;
  signal: AbortSignal;
}

export class ModelFaultError extends Error {
  readonly fault: ModelFault;
  constructor(fault: ModelFault, cause?: unknown) {
    super(fault.detail, { cause });
    this.fault = fault;
  }
}

/** As allocators of C++, ggml, ONNX and V8 say it. */
const OUT_OF_MEMORY =
  /bad_alloc|out of memory|insufficient memory|not enough memory|cannot allocate memory|failed to allocate|allocation failed|ENOMEM|array buffer allocation/i;

function faultOf(error: unknown, otherwise: 'not-readable' | 'failed'): ModelFault {
  if (error instanceof ModelFaultError) return error.fault;
  const detail = (error instanceof Error ? error.message : String(error)).slice(0, 500);
  return { kind: OUT_OF_MEMORY.test(detail) ? 'out-of-memory' : otherwise, detail };
}

export function serveRuntime(runtime: ModelRuntime): void {
  const models = new Map<string, ServedModel>();
  const running = new Map<number, { stop: AbortController; input: Pieces; key: string; ended: Promise<void> }>();
  const send = (message: FromModelChild): void => {
    if (process.connected) process.send?.(message);
  };

  const load = async (id: number, key: string, settings: unknown): Promise<void> => {
    try {
      const { model, info } = await runtime.load(settings);
      models.set(key, model);
      send({ type: 'loaded', id, info });
    } catch (error) {
      send({ type: 'failed', id, fault: faultOf(error, 'not-readable') });
    }
  };
  const unload = async (id: number, key: string): Promise<void> => {
    const model = models.get(key);
    models.delete(key);
    const using = [...running.values()].filter((each) => each.key === key);
    for (const { stop } of using) stop.abort(new Error('the model is unloaded'));
    await Promise.all(using.map(({ ended }) => ended));
    await model?.dispose().catch(() => undefined);
    send({ type: 'unloaded', id });
  };
  const run = async (id: number, model: ServedModel | undefined, work: unknown, io: ModelIo): Promise<void> => {
    try {
      if (model === undefined) throw new Error('the model is not loaded');
      const result = await model.run(work, io);
      send(io.signal.aborted ? { type: 'cancelled', id } : { type: 'done', id, result });
    } catch (error) {
      send(io.signal.aborted ? { type: 'cancelled', id } : { type: 'failed', id, fault: faultOf(error, 'failed') });
    } finally {
      running.delete(id);
    }
  };
  const ask = (id: number, key: string, work: unknown, takesInput: boolean): void => {
    const stop = new AbortController();
    const input = new Pieces();
    if (!takesInput) input.end();
    stop.signal.addEventListener('abort', () => input.end(), { once: true });
    const emit = (piece: unknown): void => {
      if (!stop.signal.aborted) send({ type: 'piece', id, piece });
    };
    const gone = Promise.withResolvers<void>();
    running.set(id, { stop, input, key, ended: gone.promise });
    void run(id, models.get(key), work, { emit, input, signal: stop.signal }).then(gone.resolve);
  };

  process.on('message', (message: ToModelChild) => {
    switch (message.type) {
      case 'load':
        return void load(message.id, message.key, message.settings);
      case 'unload':
        return void unload(message.id, message.key);
      case 'ask':
        return ask(message.id, message.key, message.work, message.takesInput);
      case 'input':
        return running.get(message.id)?.input.push(message.piece);
      case 'input-end':
        return running.get(message.id)?.input.end();
      case 'cancel':
        return running.get(message.id)?.stop.abort(new DOMException('not needed any more', 'AbortError'));
      case 'bye':
        return process.exit(0);
    }
  });
  process.on('disconnect', () => process.exit(0));
  // A terminal's Ctrl-C goes to the whole group; when this process ends is its parent's to say.
  process.on('SIGINT', () => undefined);

  // From the start: libraries may take their time on a busy machine, as long as they do not stand still.
  setInterval(() => send({ type: 'alive' }), BEAT_MS);
  runtime.probe().then(
    (details) => {
      send({ type: 'hello', details });
    },
    (error: unknown) => {
      send({ type: 'cannot-run', detail: faultOf(error, 'failed').detail });
    },
  );
}

/** What was pushed, in order, for one reader. */
class Pieces implements AsyncIterable<unknown> {
  #waiting: unknown[] = [];
  #ended = false;
  #wake: (() => void) | null = null;

  push(piece: unknown): void {
    if (this.#ended) return;
    this.#waiting.push(piece);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<unknown> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift();
      if (this.#ended) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
