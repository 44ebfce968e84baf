import { useEffect, useState } from 'react';
import { follow } from './studio-store.ts';

/**
 * The newest event of a stream whose every event is the whole state, for as long as the component is there; null until the first
 * came. `open` must stay the same function.
 */
export function useFollowed<T>(open: (signal: AbortSignal) => Promise<AsyncIterable<T>>): T | null {
  const [state, setState] = useState<T | null>(null);
  useEffect(() => {
    const life = new AbortController();
    void follow(
      open,
      (event) => {
        if (!life.signal.aborted) setState(event);
      },
      life.signal,
    );
    return () => life.abort();
  }, [open]);
  return state;
}
