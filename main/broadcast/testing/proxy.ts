/** A bad network between two ends of this machine: late, lossy, or gone without a word. */
import { connect, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { rawServer } from './stage.ts';

export interface Weather {
  /** Each way. */
  delayMs: number;
  /** Of segments; a lost one comes again after a retransmission, and holds up all that is behind it. */
  loss: number;
  /** Nothing passes, nothing is said; connections stay open. */
  blackhole: boolean;
}

const FINE: Weather = { delayMs: 0, loss: 0, blackhole: false };
const RETRANSMISSION_MS = 250;
const SEGMENT_BYTES = 16 * 1024;
/** On the way in one direction: as a TCP window, it bounds what a long way can carry. */
const WINDOW_BYTES = 256 * 1024;

/** `seed`: the same losses each time. */
export async function badNetwork(t: TestContext, toPort: number, seed = 1) {
  let weather = FINE;
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const changed = new Set<() => void>();
  const pass = (from: Socket, to: Socket): void => {
    const waiting: { atMs: number; piece: Buffer }[] = [];
    let bytes = 0;
    let lastMs = 0;
    let timer: NodeJS.Timeout | undefined;
    const move = (): void => {
      clearTimeout(timer);
      if (weather.blackhole) {
        from.pause();
        return;
      }
      for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
        const leftMs = first.atMs - performance.now();
        if (leftMs > 0) {
          timer = setTimeout(move, leftMs);
          break;
        }
        waiting.shift();
        bytes -= first.piece.length;
        if (!to.destroyed) to.write(first.piece);
      }
      if (bytes < WINDOW_BYTES && to.writableLength < WINDOW_BYTES) from.resume();
    };
    from.on('data', (data: Buffer) => {
      for (let at = 0; at < data.length; at += SEGMENT_BYTES) {
        const piece = data.subarray(at, at + SEGMENT_BYTES);
        const lostMs = random() < weather.loss ? RETRANSMISSION_MS : 0;
        lastMs = Math.max(lastMs, performance.now() + weather.delayMs + lostMs);
        waiting.push({ atMs: lastMs, piece });
        bytes += piece.length;
      }
      if (bytes >= WINDOW_BYTES || to.writableLength >= WINDOW_BYTES) from.pause();
      move();
    });
    to.on('drain', move);
    changed.add(move);
    from.on('close', () => {
      changed.delete(move);
      clearTimeout(timer);
      // A network that is gone does not say that somebody left, either.
      if (!weather.blackhole) to.destroy();
    });
  };
  const { port } = await rawServer(t, (near) => {
    const far = connect(toPort, '127.0.0.1');
    far.on('error', () => near.destroy());
    t.after(() => far.destroy());
    pass(near, far);
    pass(far, near);
  });
  return {
    port,
    set(next: Partial<Weather>): void {
      weather = { ...FINE, ...next };
      for (const move of changed) move();
    },
  };
}
