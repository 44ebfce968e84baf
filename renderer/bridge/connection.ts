/**
 * The line to the studio: made, lost, made again.
 *
 *     connecting ──▶ open ──lost──▶ waiting ──(back-off, or retryNow)──▶ connecting
 *                                  └─ refused: the host does not let this page in; only a new address helps
 */
import { createStore, type StoreApi } from 'zustand/vanilla';

export type ConnectionState =
  | { phase: 'connecting'; attempt: number }
  | { phase: 'open' }
  | { phase: 'waiting'; attempt: number; retryAtMs: number }
  | { phase: 'refused' };

/** One live line. `closed` settles when it ends, for whatever reason. */
export interface Line<T> {
  value: T;
  closed: Promise<void>;
}

export class ConnectionLost extends Error {
  constructor() {
    super('There is no connection to the studio');
    this.name = 'ConnectionLost';
  }
}
/** The host does not know this page: its one-time address was not used, or the host was started anew. */
export class ConnectionRefused extends Error {
  constructor() {
    super('The studio does not let this page in');
    this.name = 'ConnectionRefused';
  }
}

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 8_000;

export interface Connection<T> {
  store: Pick<StoreApi<ConnectionState>, 'getState' | 'getInitialState' | 'subscribe'>;
  /** What lies behind the open line; throws {@link ConnectionLost} while there is none. */
  current(): T;
  /** Resolves once the line is open. */
  whenOpen(signal?: AbortSignal): Promise<T>;
  retryNow(): void;
  start(): void;
  close(): void;
}

/** `connect` opens a line or rejects; {@link ConnectionRefused} ends the trying. */
export function createConnection<T>(connect: (signal: AbortSignal) => Promise<Line<T>>): Connection<T> {
  const store = createStore<ConnectionState>(() => ({ phase: 'connecting', attempt: 0 }));
  const stop = new AbortController();
  let line: Line<T> | null = null;
  let wake: (() => void) | null = null;
  let started = false;

  async function keepOpen(): Promise<void> {
    for (let attempt = 0; !stop.signal.aborted; ) {
      store.setState({ phase: 'connecting', attempt }, true);
      try {
        line = await connect(stop.signal);
        attempt = 0;
        store.setState({ phase: 'open' }, true);
        await line.closed;
      } catch (error) {
        if (error instanceof ConnectionRefused) {
          store.setState({ phase: 'refused' }, true);
          await sleep(Number.POSITIVE_INFINITY);
          continue;
        }
      } finally {
        line = null;
      }
      if (stop.signal.aborted) return;
      const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 1.7 ** attempt) * (0.8 + 0.4 * Math.random());
      attempt += 1;
      store.setState({ phase: 'waiting', attempt, retryAtMs: Date.now() + wait }, true);
      await sleep(wait);
    }
  }

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = Number.isFinite(ms) ? setTimeout(resolve, ms) : undefined;
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    store,
    current() {
      if (line === null) throw new ConnectionLost();
      return line.value;
    },
    whenOpen: (signal) =>
      new Promise((resolve, reject) => {
        if (line !== null) return resolve(line.value);
        if (signal?.aborted) return reject(signal.reason);
        const unsubscribe = store.subscribe(() => {
          if (line === null) return;
          done();
          resolve(line.value);
        });
        const aborted = () => {
          done();
          reject(signal?.reason);
        };
        const done = () => {
          unsubscribe();
          signal?.removeEventListener('abort', aborted);
        };
        signal?.addEventListener('abort', aborted);
      }),
    retryNow: () => wake?.(),
    start() {
      if (started) return;
      started = true;
      void keepOpen();
    },
    close() {
      stop.abort(new Error('closed'));
      wake?.();
    },
  };
}
