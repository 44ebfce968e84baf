/** A vendor that says nothing more: for whoever has nobody above with a better measure. */
import { cloudError } from '../../kit/failures.ts';

export const PATIENCE_MS = 60_000;

/** @throws StudioError cloud.timeout when nothing came for `ms`; what the source throws */
export async function* withPatience<T>(source: AsyncIterable<T>, ms: number, provider: string): AsyncGenerator<T> {
  const items = source[Symbol.asyncIterator]();
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(cloudError('cloud.timeout', { provider, seconds: Math.ceil(ms / 1000) })), ms);
    });
    let item: IteratorResult<T>;
    try {
      item = await Promise.race([items.next(), late]);
    } finally {
      clearTimeout(timer);
    }
    if (item.done) return;
    yield item.value;
  }
}
