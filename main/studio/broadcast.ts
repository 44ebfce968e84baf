/** Telling many listeners, each at its own pace. */

export interface Broadcast<T> {
  emit(value: T): void;
  /** Until the function it returns is called. */
  listen(listener: (value: T) => void): () => void;
  readonly listeners: number;
}

export function createBroadcast<T>(): Broadcast<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    emit(value) {
      for (const listener of [...listeners]) listener(value);
    },
    listen(listener) {
      // A fresh function, so that a listener given twice is two.
      const own = (value: T): void => listener(value);
      listeners.add(own);
      return () => {
        listeners.delete(own);
      };
    },
    get listeners() {
      return listeners.size;
    },
  };
}

export interface FollowOptions<T> {
  /** Takes `next` in where the reader is behind; unless given, everything waits in order. */
  merge?(waiting: T[], next: T): void;
}

/** Keeps the newest only: for snapshots. */
export const latest = {
  merge: <T>(waiting: T[], next: T): void => {
    waiting.splice(0, waiting.length, next);
  },
};

/**
 * What is pushed, as an iterator. `start` is called at once, so that nothing between the call and the first reading is missed; what
 * it returns is called once at the end, which is `end()`, the reader's `return`, or `signal`.
 */
export function follow<T>(
  signal: AbortSignal,
  start: (push: (value: T) => void, end: () => void) => () => void,
  { merge = (waiting, next) => waiting.push(next) }: FollowOptions<T> = {},
): AsyncIteratorObject<T, undefined, void> {
  const waiting: T[] = [];
  let reader: PromiseWithResolvers<IteratorResult<T, undefined>> | null = null;
  let ended = false;
  let stop = (): void => {};
  const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

  const end = (): void => {
    if (ended) return;
    ended = true;
    signal.removeEventListener('abort', end);
    stop();
    reader?.resolve(done);
    reader = null;
  };
  const push = (value: T): void => {
    if (ended) return;
    if (reader !== null) {
      reader.resolve({ done: false, value });
      reader = null;
    } else merge(waiting, value);
  };
  if (signal.aborted) ended = true;
  else {
    signal.addEventListener('abort', end, { once: true });
    stop = start(push, end);
    if (ended) stop();
  }
  const iterator: AsyncIteratorObject<T, undefined, void> = {
    async next() {
      if (waiting.length > 0) return { done: false, value: waiting.shift() as T };
      if (ended) return done;
      reader ??= Promise.withResolvers();
      return await reader.promise;
    },
    async return() {
      waiting.length = 0;
      end();
      return done;
    },
    [Symbol.asyncIterator]: () => iterator,
    async [Symbol.asyncDispose]() {
      end();
    },
  };
  return iterator;
}
