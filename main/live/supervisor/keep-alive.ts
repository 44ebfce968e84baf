/** Keeps one child running: started, awaited, started again after a while that grows with each early death. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Run {
  /** Resolves when the child is gone, with how it ended, in a word or two. Never rejects. */
  readonly exited: Promise<string>;
  /** Resolves when it does its work; may never. */
  readonly ready: Promise<void>;
}

export interface KeepAliveOptions {
  /** Begins the child. A rejection counts as a death. */
  start(attempt: number): Promise<Run>;
  onReady(): void;
  /** `inRow`: deaths since it last worked for {@link STEADY_MS}; `neverReady`: it has never worked at all. */
  onDeath(detail: string, death: { inRow: number; neverReady: boolean; error: unknown }): void;
  signal: AbortSignal;
}

/** The first comes at once: viewers see a short freeze. */
export const WAITS_MS = [0, 500, 1_000, 2_000, 4_000, 8_000, 10_000];
export const STEADY_MS = 5_000;

/** Resolves when the signal has come and the child is gone. */
export async function keepAlive({ start, onReady, onDeath, signal }: KeepAliveOptions): Promise<void> {
  let inRow = 0;
  let wasReady = false;
  for (let attempt = 0; !signal.aborted; attempt++) {
    let readyAtMs: number | null = null;
    let detail: string;
    let failure: unknown = null;
    try {
      const run = await start(attempt);
      void run.ready.then(
        () => {
          readyAtMs = performance.now();
          wasReady = true;
          onReady();
        },
        () => {},
      );
      detail = await run.exited;
    } catch (error) {
      failure = error;
      detail = error instanceof Error ? error.message : String(error);
    }
    if (signal.aborted) return;
    inRow = readyAtMs !== null && performance.now() - readyAtMs >= STEADY_MS ? 1 : inRow + 1;
    onDeath(detail, { inRow, neverReady: !wasReady, error: failure });
    const waitMs = WAITS_MS[Math.min(inRow, WAITS_MS.length) - 1]!;
    await delay(waitMs, undefined, { signal }).catch(() => {});
  }
}

/** Whether one of them came before the time was up. */
export async function soonest(promises: readonly Promise<unknown>[], withinMs: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), withinMs);
  try {
    return await Promise.race([late.promise, ...promises.map((each) => each.then(() => true))]);
  } finally {
    clearTimeout(timer);
  }
}
