/** A child process's own side: it lives as long as its parent does, and says every second that it is alive. */
import type { z } from 'zod';

const HEARTBEAT_MS = 1_000;

export interface ChildSide<To, From> {
  onMessage(message: To): void;
  /** Once a second; silence means that the process hangs. */
  heartbeat(): From;
  /** To end in order, before the signal aborts. */
  onEnd(signal: AbortSignal): Promise<void>;
}

/** When the parent has gone, or the system wants it. */
const FAREWELL_MS = 5_000;
/** After the signal to leave things as they are. */
const LAST_MS = 1_000;

export interface ChildLine<From> {
  /** Resolves when it is out, or cannot be any more. */
  send(message: From): Promise<void>;
  /** To end in order, in this time. */
  end(mostMs?: number): void;
}

export function serveParent<To, From>(schema: z.ZodType<To>, side: ChildSide<To, From>): ChildLine<From> {
  const send = (message: From): Promise<void> =>
    new Promise((resolve) => {
      if (process.connected) process.send?.(message, undefined, undefined, () => resolve());
      else resolve();
    });
  let ending = false;
  const end = (mostMs = FAREWELL_MS): void => {
    setTimeout(() => process.exit(1), mostMs).unref();
    if (ending) return;
    ending = true;
    side.onEnd(AbortSignal.timeout(mostMs - LAST_MS)).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  // A terminal's Ctrl-C comes to every process of it; when to end is the parent's decision.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('SIGTERM', () => end());
  process.on('disconnect', () => end());
  process.on('message', (raw: unknown) => side.onMessage(schema.parse(raw)));
  setInterval(() => void send(side.heartbeat()), HEARTBEAT_MS);
  return { send, end };
}
