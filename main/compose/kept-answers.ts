/** The memory of answers that the settings ask for: opened by its first use, anew after a change. */
import { type ProviderSettings, SECRETS } from '../../app/providers/settings.ts';
import type { AnswerCache, CacheFigures } from '../engine/ports/answer-cache.ts';
import { openAnswerCache } from '../storage/answer-cache/index.ts';
import type { ProviderKeys } from './provider-keys.ts';

export class KeptAnswers {
  readonly #settings: () => ProviderSettings;
  readonly #keys: ProviderKeys;
  readonly #cacheDir: string;
  #opened: Promise<AnswerCache | null> | null = null;

  constructor(settings: () => ProviderSettings, keys: ProviderKeys, cacheDir: string) {
    this.#settings = settings;
    this.#keys = keys;
    this.#cacheDir = cacheDir;
  }

  /** null: nothing is kept. */
  readonly open = (): Promise<AnswerCache | null> => {
    this.#opened ??= (async () => {
      const { cache, policy } = this.#settings();
      const password = cache.redisUrl === null ? '' : await this.#keys.valueOf(SECRETS.redisPassword);
      return openAnswerCache({
        ...{ settings: cache, cacheDir: this.#cacheDir, password },
        offline: policy.mode === 'offline',
      });
    })();
    return this.#opened;
  };

  /** null before it was opened, and where nothing is kept. */
  async figures(): Promise<CacheFigures | null> {
    return (await this.#opened)?.figures() ?? null;
  }

  async close(): Promise<void> {
    const old = this.#opened;
    this.#opened = null;
    await old?.then((cache) => cache?.close()).catch(() => undefined);
  }
}
