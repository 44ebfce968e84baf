/**
 * Short-lived keys made from the lasting one: `POST /api/v1/tokens?expire_in_seconds=N`.
 * https://help.aliyun.com/zh/model-studio/generate-temporary-api-key
 */
import { cloudError } from './failures.ts';
import { isRecord, requestJson } from './http.ts';

/** The longest that the vendor gives. */
const LIFE_S = 1800;
/** Renewed when so little is left, so that no request or long task begins with a key about to end. */
const RENEW_BEFORE_MS = 300_000;
const PATIENCE = { firstByteMs: 10_000, betweenBytesMs: 10_000 };

interface Held {
  lasting: string;
  token: Promise<string>;
  /** By two clocks: the one stands still while a laptop sleeps, the other may be set. Infinity while it is being made. */
  renewAtMs: number;
  renewAtWallMs: number;
}

export class TemporaryKeys {
  readonly #url: () => string;
  readonly #provider: string;
  #held: Held | null = null;

  /** `url` is that of `/tokens`. */
  constructor(url: () => string, provider: string) {
    this.#url = url;
    this.#provider = provider;
  }

  /** Whoever asks while one is being made waits for the same. @throws StudioError of `cloud.*` */
  async key(lasting: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    let held = this.#held;
    const isOld = held !== null && (performance.now() >= held.renewAtMs || Date.now() >= held.renewAtWallMs);
    if (held === null || isOld || held.lasting !== lasting) {
      held = { lasting, token: Promise.resolve(''), renewAtMs: Infinity, renewAtWallMs: Infinity };
      this.#held = held;
      held.token = this.#make(held);
    }
    const { token } = held;
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      token.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  }

  /** The vendor does not take it: the next request makes another. False where there was none. */
  forget(): boolean {
    const had = this.#held !== null;
    this.#held = null;
    return had;
  }

  /** Made for all who wait, so none of their aborts ends it. */
  async #make(held: Held): Promise<string> {
    const startedMs = performance.now();
    const startedWallMs = Date.now();
    try {
      const answer = await requestJson(
        {
          provider: this.#provider,
          url: `${this.#url()}?expire_in_seconds=${LIFE_S}`,
          method: 'POST',
          headers: { Authorization: `Bearer ${held.lasting}` },
          timeouts: PATIENCE,
          maxBytes: 64 * 1024,
        },
        new AbortController().signal,
      );
      const token = isRecord(answer) ? answer.token : undefined;
      if (typeof token !== 'string' || token === '')
        throw cloudError('cloud.bad-answer', { provider: this.#provider, detail: 'no temporary key' });
      held.renewAtMs = startedMs + LIFE_S * 1000 - RENEW_BEFORE_MS;
      held.renewAtWallMs = startedWallMs + LIFE_S * 1000 - RENEW_BEFORE_MS;
      return token;
    } catch (error) {
      if (this.#held === held) this.#held = null;
      throw error;
    }
  }
}
