/**
 * A runtime for local models in a process of its own, kept alive: started by its first use, probed, restarted with back-off, killed when
 * it is silent, ended when nothing has used it for long. Models are loaded once, within the memory there is, and dropped again when it is
 * wanted. A request in work when the process dies is asked once more of the next one.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { StudioError } from '../../../app/errors/index.ts';
import type { FromModelChild, ModelFault } from '../../../native-models/kit/protocol.ts';
import { availableBytes } from './free-memory.ts';
import { type ModelChild, type ModelDeath, startModelChild } from './model-child.ts';

export interface ModelToLoad {
  /** The same key is the same model, loaded alike. */
  key: string;
  /** What it does; of one slot at most {@link MOST_IN_A_SLOT} are held (a version in use and one on trial). */
  slot: string;
  /** As a person knows it. */
  name: string;
  memoryBytes: number;
  /** The runtime's own; typed by its child program. */
  settings: unknown;
  /** Requests it works on at once; 1 unless given. */
  parallel?: number;
}

export interface ModelRequest<Piece> {
  work: unknown;
  /** Sent on as it comes. Such a request cannot be asked again: `model.died`. */
  input?: AsyncIterable<unknown>;
  /**
   * The process died after it had given `pieces`: what is asked of the next one for the rest, null where nothing can be. Left out: what
   * had begun is `model.died`, what had not is asked again.
   */
  goOn?(pieces: readonly Piece[]): unknown;
}

export interface ModelProcessOptions {
  /** The child's program. */
  program: URL;
  /** As a person knows it: `llama.cpp`. */
  runtime: string;
  /** Requests that may wait, of all models; further ones are `model.busy`. */
  maxWaiting?: number;
  silenceMs?: number;
  startMs?: number;
  /** A model not used for so long is dropped, and the process ended with the last. */
  idleMs?: number;
  /** Below this, models that are not at work are dropped. */
  pressureBytes?: number;
  checkMs?: number;
  availableBytes?(): number;
}

const MOST_IN_A_SLOT = 2;
const MB = 1024 * 1024;
/** Between deaths in a row; the first restart is at once. */
const WAITS_MS = [0, 300, 1000, 3000];
/** After so many in a row it is left alone for {@link REST_MS}. */
const MOST_DEATHS = 5;
const REST_MS = 30_000;
/** A model that ends the process while it is loaded is not tried again for so long. */
const DEADLY_MS = 300_000;
/** Runtimes lose a little memory with each model they load: after so many, the next that comes while nobody is at work finds another process. */
const MOST_LOADS = 100;
/** For a child to say that it has stopped. */
const CANCEL_MS = 5_000;

interface Held {
  model: ModelToLoad;
  info: Promise<unknown>;
  ready: boolean;
  running: number;
  usedMs: number;
}

interface Running {
  child: ModelChild;
  hello: Promise<void>;
  models: Map<string, Held>;
  loads: number;
  replies: Map<number, (message: FromModelChild | ChildGone) => void>;
}

/** The process ended while something was asked of it. */
class ChildGone extends Error {
  readonly death: ModelDeath;
  constructor(death: ModelDeath) {
    super(death.detail);
    this.death = death;
  }
}

interface Turn {
  running: number;
  waiting: (() => void)[];
}

export class ModelProcess {
  readonly #options: Required<ModelProcessOptions>;
  readonly #turns = new Map<string, Turn>();
  readonly #deadly = new Map<string, { times: number; untilMs: number }>();
  readonly #disposal = new AbortController();
  #now: Running | null = null;
  #starting: Promise<Running> | null = null;
  #ending: Promise<void> = Promise.resolve();
  #waiting = 0;
  #asked = 0;
  #nextId = 1;
  #deaths = 0;
  #lastDeath: { atMs: number; detail: string } | null = null;
  #cannotRun: { error: StudioError; atMs: number } | null = null;
  #watch: NodeJS.Timeout | null = null;

  constructor(options: ModelProcessOptions) {
    this.#options = {
      maxWaiting: 500,
      silenceMs: 10_000,
      startMs: 60_000,
      idleMs: 900_000,
      pressureBytes: 384 * MB,
      checkMs: 5_000,
      availableBytes,
      ...options,
    };
  }

  /** null while none runs. */
  get pid(): number | null {
    return this.#now?.child.pid ?? null;
  }

  /** Models that are loaded and ready. */
  get held(): readonly ModelToLoad[] {
    return [...(this.#now?.models.values() ?? [])].filter(({ ready }) => ready).map(({ model }) => model);
  }

  /** Holds it ready; what it gives is what the child tells of the model. @throws StudioError `model.*`; signal.reason */
  async load(model: ModelToLoad, signal: AbortSignal): Promise<unknown> {
    return await this.#counted(async () => {
      for (let again = false; ; again = true) {
        try {
          const running = await orAborted(this.#running(), signal);
          return await orAborted(this.#hold(running, model).info, signal);
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof ChildGone)) throw error;
          if (again) throw this.#died(model, error.death);
        }
      }
    });
  }

  /** Pieces as the model gives them, and what it gave at last. @throws StudioError `model.*`; signal.reason */
  async *ask<Piece, Result>(
    model: ModelToLoad,
    request: ModelRequest<Piece>,
    signal: AbortSignal,
  ): AsyncGenerator<Piece, Result> {
    signal.throwIfAborted();
    const leave = await this.#turn(model, signal);
    this.#asked += 1;
    this.#now?.child.hold(true);
    /** Settles when the child is done with it, which after an abort is later than our end. */
    const left: Promise<void>[] = [];
    try {
      const given: Piece[] = [];
      let pieces = 0;
      let { work } = request;
      for (let again = false; ; again = true) {
        try {
          const running = await orAborted(this.#running(), signal);
          const held = this.#hold(running, model);
          // From here on it is at work, and not dropped for another.
          held.running += 1;
          await orAborted(held.info, signal).catch((error: unknown) => {
            held.running -= 1;
            throw error;
          });
          const conversation = this.#converse<Piece, Result>(running, held, work, request.input, signal);
          left.push(conversation.over);
          for (;;) {
            const next = await conversation.next();
            if ('result' in next) {
              this.#deaths = 0;
              return next.result;
            }
            pieces += 1;
            if (request.goOn) given.push(next.piece);
            let stopped = true;
            try {
              yield next.piece;
              stopped = false;
            } finally {
              if (stopped) conversation.cancel();
            }
          }
        } catch (error) {
          signal.throwIfAborted();
          if (!(error instanceof ChildGone)) throw error;
          const rest = pieces === 0 ? work : (request.goOn?.(given) ?? null);
          if (again || request.input !== undefined || rest === null || error.death.outOfMemory)
            throw this.#died(model, error.death);
          work = rest;
        }
      }
    } finally {
      this.#asked -= 1;
      if (this.#asked === 0) this.#now?.child.hold(false);
      void Promise.all(left).then(leave);
    }
  }

  /** Drops what is not at work: of a slot, or all. Loaded anew by the next that asks for it. */
  async release(slot?: string): Promise<void> {
    const running = this.#now;
    if (running === null) return;
    const idle = [...running.models.values()].filter(
      (held) => held.ready && held.running === 0 && (slot === undefined || held.model.slot === slot),
    );
    await this.#counted(() => Promise.all(idle.map((held) => this.#drop(running, held))));
  }

  /** Ends the process and whatever waits for it. Resolves when it is gone. Safe to call twice. */
  async dispose(): Promise<void> {
    this.#disposal.abort(new Error(`the process of ${this.#options.runtime} was closed`));
    await this.#starting?.catch(() => undefined);
    await this.#end();
    await this.#ending;
  }

  async #counted<T>(work: () => Promise<T>): Promise<T> {
    this.#asked += 1;
    this.#now?.child.hold(true);
    try {
      return await work();
    } finally {
      this.#asked -= 1;
      if (this.#asked === 0) this.#now?.child.hold(false);
    }
  }

  /** Waits until fewer than the model takes at once are at work. @throws StudioError model.busy */
  async #turn(model: ModelToLoad, signal: AbortSignal): Promise<() => void> {
    const turn: Turn = this.#turns.get(model.key) ?? { running: 0, waiting: [] };
    this.#turns.set(model.key, turn);
    const leave = (): void => {
      turn.running -= 1;
      const next = turn.waiting.shift();
      if (next) next();
      else if (turn.running === 0) this.#turns.delete(model.key);
    };
    if (turn.running < (model.parallel ?? 1)) {
      turn.running += 1;
      return leave;
    }
    if (this.#waiting >= this.#options.maxWaiting)
      throw new StudioError('model.busy', { model: model.name, waiting: this.#waiting }, { retryable: true });
    this.#waiting += 1;
    try {
      await new Promise<void>((resolve, reject) => {
        const given = (): void => {
          turn.running += 1;
          both.removeEventListener('abort', gone);
          resolve();
        };
        const both = AbortSignal.any([signal, this.#disposal.signal]);
        const gone = (): void => {
          turn.waiting = turn.waiting.filter((each) => each !== given);
          reject(both.reason);
        };
        turn.waiting.push(given);
        both.addEventListener('abort', gone, { once: true });
      });
    } finally {
      this.#waiting -= 1;
    }
    return leave;
  }

  /** The process, started where none is. */
  #running(): Promise<Running> {
    const { runtime } = this.#options;
    this.#disposal.signal.throwIfAborted();
    const running = this.#now;
    const worn = running !== null && running.loads >= MOST_LOADS && running.replies.size === 0;
    if (worn && [...running.models.values()].every(({ running: count }) => count === 0)) void this.#end();
    else if (running !== null) return running.hello.then(() => running);
    this.#starting ??= (async () => {
      if (this.#cannotRun !== null && performance.now() - this.#cannotRun.atMs < REST_MS) throw this.#cannotRun.error;
      const sinceMs = this.#lastDeath === null ? Number.POSITIVE_INFINITY : performance.now() - this.#lastDeath.atMs;
      if (this.#deaths >= MOST_DEATHS && sinceMs < REST_MS) {
        const detail = this.#lastDeath?.detail ?? '';
        throw new StudioError('model.keeps-dying', { model: runtime, times: this.#deaths, detail });
      }
      const waitMs = WAITS_MS[Math.min(this.#deaths, WAITS_MS.length) - 1] ?? 0;
      if (waitMs > sinceMs) await delay(waitMs - sinceMs, undefined, { signal: this.#disposal.signal });
      await this.#ending;
      this.#disposal.signal.throwIfAborted();
      const running = this.#start();
      await running.hello;
      return running;
    })().finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  #start(): Running {
    const { program, runtime, silenceMs, startMs } = this.#options;
    const hello = Promise.withResolvers<void>();
    hello.promise.catch(() => undefined);
    const replies: Running['replies'] = new Map();
    const child = startModelChild({
      ...{ program, silenceMs, startMs, deathsBefore: this.#deaths },
      onMessage(message) {
        if (message.type === 'hello') hello.resolve();
        else if (message.type === 'cannot-run') {
          const { detail } = message;
          hello.reject(new StudioError('model.runtime-missing', { runtime, detail }));
        } else if (message.type !== 'alive') replies.get(message.id)?.(message);
      },
    });
    const running: Running = { child, hello: hello.promise, models: new Map(), loads: 0, replies };
    this.#now = running;
    child.hold(this.#asked > 0);
    hello.promise.catch((error: unknown) => {
      if (!(error instanceof StudioError)) return;
      this.#cannotRun = { error, atMs: performance.now() };
      void this.#end();
    });
    void child.exited.then((death) => {
      if (this.#now === running) {
        this.#now = null;
        this.#deaths += 1;
        this.#lastDeath = { atMs: performance.now(), detail: death.detail };
        for (const { model, ready } of running.models.values()) if (!ready) this.#noteDeadly(model.key);
      }
      const gone = new ChildGone(death);
      hello.reject(gone);
      for (const reply of [...replies.values()]) reply(gone);
    });
    this.#watch ??= setInterval(() => this.#check(), this.#options.checkMs).unref();
    return running;
  }

  #noteDeadly(key: string): void {
    const times = (this.#deadly.get(key)?.times ?? 0) + 1;
    this.#deadly.set(key, { times, untilMs: performance.now() + DEADLY_MS });
  }

  /** Loads it, or gives what is loaded. */
  #hold(running: Running, model: ModelToLoad): Held {
    const known = running.models.get(model.key);
    if (known) return known;
    const deadly = this.#deadly.get(model.key);
    if (deadly !== undefined && deadly.untilMs < performance.now()) this.#deadly.delete(model.key);
    const held: Held = { model, ready: false, running: 0, usedMs: performance.now(), info: Promise.resolve() };
    running.models.set(model.key, held);
    held.info = (async () => {
      if ((this.#deadly.get(model.key)?.times ?? 0) >= 2)
        throw new StudioError('model.not-readable', {
          model: model.name,
          detail: 'loading it ended the process twice',
        });
      await this.#makeRoom(running, model);
      const { settings, key } = model;
      running.loads += 1;
      const info = await this.#exchange(running, model.name, (id) => ({ type: 'load', id, key, settings }));
      this.#deadly.delete(model.key);
      held.ready = true;
      held.usedMs = performance.now();
      return info;
    })();
    held.info.catch(() => running.models.delete(model.key));
    return held;
  }

  /** @throws StudioError model.too-large */
  async #makeRoom(running: Running, model: ModelToLoad): Promise<void> {
    const idle = (): Held[] =>
      [...running.models.values()]
        .filter((held) => held.ready && held.running === 0)
        .sort((one, other) => one.usedMs - other.usedMs);
    const inSlot = [...running.models.values()].filter(({ model: { slot } }) => slot === model.slot);
    const spare = idle().find(({ model: { slot } }) => slot === model.slot);
    if (inSlot.length > MOST_IN_A_SLOT && spare) await this.#drop(running, spare);
    for (;;) {
      const freeBytes = this.#options.availableBytes();
      if (freeBytes >= model.memoryBytes) return;
      const oldest = idle()[0];
      if (oldest === undefined) {
        const [needMb, freeMb] = [Math.ceil(model.memoryBytes / MB), Math.floor(freeBytes / MB)];
        throw new StudioError('model.too-large', { model: model.name, needMb, freeMb });
      }
      await this.#drop(running, oldest);
    }
  }

  async #drop(running: Running, held: Held): Promise<void> {
    const { key, name } = held.model;
    running.models.delete(key);
    await this.#exchange(running, name, (id) => ({ type: 'unload', id, key })).catch(() => undefined);
  }

  /** One message that is answered by one. @throws ChildGone, StudioError */
  #exchange(
    running: Running,
    name: string,
    message: (id: number) => Parameters<ModelChild['send']>[0],
  ): Promise<unknown> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      running.replies.set(id, (reply) => {
        running.replies.delete(id);
        if (reply instanceof ChildGone) reject(reply);
        else if (reply.type === 'failed') reject(asError(reply.fault, name));
        else resolve('info' in reply ? reply.info : undefined);
      });
      running.child.send(message(id));
      void running.child.exited.then((death) => running.replies.get(id)?.(new ChildGone(death)));
    });
  }

  #converse<Piece, Result>(
    { child, replies }: Running,
    held: Held,
    work: unknown,
    input: AsyncIterable<unknown> | undefined,
    signal: AbortSignal,
  ) {
    const { key, name } = held.model;
    const id = this.#nextId++;
    const over = Promise.withResolvers<void>();
    const inbox: ({ piece: Piece } | { result: Result } | { error: unknown })[] = [];
    let wake: (() => void) | null = null;
    const put = (one: (typeof inbox)[number]): void => {
      inbox.push(one);
      wake?.();
    };
    const ended = (): void => {
      if (!replies.delete(id)) return;
      signal.removeEventListener('abort', onAbort);
      clearTimeout(patience);
      held.running -= 1;
      held.usedMs = performance.now();
      over.resolve();
    };
    let patience: NodeJS.Timeout | undefined;
    const cancel = (): void => {
      if (!replies.has(id) || patience !== undefined) return;
      child.send({ type: 'cancel', id });
      patience = setTimeout(() => child.kill('a request could not be stopped'), CANCEL_MS).unref();
    };
    const onAbort = (): void => {
      cancel();
      put({ error: signal.reason });
    };
    replies.set(id, (reply) => {
      if (reply instanceof ChildGone) put({ error: reply });
      else if (reply.type === 'piece') return put({ piece: reply.piece as Piece });
      else if (reply.type === 'done') put({ result: reply.result as Result });
      else if (reply.type === 'failed') put({ error: asError(reply.fault, name) });
      else if (reply.type === 'cancelled') put({ error: new Error('the request was given up') });
      ended();
    });
    signal.addEventListener('abort', onAbort, { once: true });
    child.send({ type: 'ask', id, key, work, takesInput: input !== undefined });
    void child.exited.then((death) => replies.get(id)?.(new ChildGone(death)));
    if (input !== undefined)
      void (async () => {
        for await (const piece of input) {
          if (!replies.has(id)) return;
          child.send({ type: 'input', id, piece });
        }
        child.send({ type: 'input-end', id });
      })().catch((error: unknown) => {
        cancel();
        put({ error });
      });
    return {
      over: over.promise,
      cancel,
      async next(): Promise<{ piece: Piece } | { result: Result }> {
        while (inbox.length === 0)
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        // What came before an abort is not given after it.
        signal.throwIfAborted();
        const one = inbox.shift()!;
        if ('error' in one) throw one.error;
        return one;
      },
    };
  }

  #died({ name }: ModelToLoad, { detail, outOfMemory }: ModelDeath): StudioError {
    if (outOfMemory) return new StudioError('model.out-of-memory', { model: name });
    return new StudioError('model.died', { model: name, detail }, { retryable: true });
  }

  #check(): void {
    const running = this.#now;
    if (running === null) return;
    if (running.models.size === 0 && this.#asked === 0) return void this.#end();
    const nowMs = performance.now();
    const short = this.#options.availableBytes() < this.#options.pressureBytes;
    const idle = [...running.models.values()].filter(
      ({ ready, running: count, usedMs }) =>
        ready && count === 0 && nowMs - usedMs > (short ? this.#options.checkMs : this.#options.idleMs),
    );
    // Memory that is short may be enough again after the first.
    for (const held of short ? idle.sort((one, other) => one.usedMs - other.usedMs).slice(0, 1) : idle)
      void this.#drop(running, held);
  }

  async #end(): Promise<void> {
    const running = this.#now;
    if (running === null) return;
    this.#now = null;
    if (this.#watch !== null) clearInterval(this.#watch);
    this.#watch = null;
    this.#ending = running.child.end();
    await this.#ending;
  }
}

function asError({ kind, detail, limit }: ModelFault, model: string): StudioError {
  switch (kind) {
    case 'out-of-memory':
      return new StudioError('model.out-of-memory', { model });
    case 'not-readable':
      return new StudioError('model.not-readable', { model, detail });
    case 'too-long':
      return new StudioError('model.too-long', { model, limit: limit ?? 0 });
    case 'failed':
      return new StudioError('model.failed', { model, detail });
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => undefined);
  if (signal.aborted) return Promise.reject(signal.reason);
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  return Promise.race([promise, aborted.promise]).finally(() => signal.removeEventListener('abort', onAbort));
}
