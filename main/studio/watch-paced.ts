/** A state that changes often, told now and then. */
import { type Broadcast, follow, latest } from './broadcast.ts';

/**
 * What `read` gives: at once, and after changes, at most once in `everyMs`; the last state is always told. A state that cannot
 * be read is passed over until it changes again.
 */
export function watchPaced<T>(
  signal: AbortSignal,
  changes: Pick<Broadcast<void>, 'listen'>,
  read: () => T | Promise<T>,
  everyMs: number,
): AsyncIteratorObject<T, undefined, void> {
  return follow<T>(
    signal,
    (push) => {
      let timer: NodeJS.Timeout | null = null;
      let busy = false;
      let behind = false;
      const tell = async (): Promise<void> => {
        if (busy || timer !== null) {
          behind = true;
          return;
        }
        busy = true;
        behind = false;
        try {
          push(await read());
        } catch {
          // told with the next change
        }
        busy = false;
        timer = setTimeout(() => {
          timer = null;
          if (behind) void tell();
        }, everyMs);
      };
      const stop = changes.listen(() => void tell());
      void tell();
      return () => {
        stop();
        if (timer !== null) clearTimeout(timer);
      };
    },
    latest,
  );
}
