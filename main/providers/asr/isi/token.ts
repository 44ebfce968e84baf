/**
 * The access token of Alibaba's Intelligent Speech Interaction: made by a signed CreateToken, good for many connections.
 * https://help.aliyun.com/zh/isi/getting-started/use-http-or-https-to-obtain-an-access-token
 */
import { StudioError } from '../../../../app/errors/index.ts';
import { cloudError, vendorFailure } from '../../kit/failures.ts';
import { parseJson, readText, refusalOf, request } from '../../kit/http.ts';
import { type AccessKey, signedPopForm } from '../../kit/pop-signature.ts';
import { asRecord, numberIn, stringIn } from '../../kit/web-socket.ts';

export interface IsiTokenOptions {
  provider: string;
  /** `https://nls-meta.cn-shanghai.aliyuncs.com` */
  metaUrl: string;
  regionId: string;
  /** null: there is none. */
  accessKey(signal: AbortSignal): Promise<AccessKey | null>;
  /** Unix ms; unless given, this computer's clock. */
  now?: () => number;
}

interface Token {
  id: string;
  /** Of the access key that made it. */
  accessKeyId: string;
  /** On this process's own clock, which nobody sets. */
  goodUntilMs: number;
}

/** A token is left alone so long before it ends. */
const MARGIN_MS = 60_000;
const REQUEST_MS = 10_000;

export class IsiTokens {
  readonly #options: IsiTokenOptions;
  #token: Token | null = null;

  constructor(options: IsiTokenOptions) {
    this.#options = options;
  }

  /** @throws StudioError cloud.key-missing, cloud.key-wrong, cloud.clock-skew …; the signal's reason */
  async get(signal: AbortSignal): Promise<string> {
    const accessKey = await this.#options.accessKey(signal);
    signal.throwIfAborted();
    const { provider } = this.#options;
    if (accessKey === null || accessKey.id === '' || accessKey.secret === '')
      throw new StudioError('cloud.key-missing', { provider });
    if (this.#token?.accessKeyId === accessKey.id && performance.now() < this.#token.goodUntilMs) return this.#token.id;
    this.#token = await this.#create(accessKey, signal);
    return this.#token.id;
  }

  /** It was not accepted: the next one is made anew. */
  forget(token: string): void {
    if (this.#token?.id === token) this.#token = null;
  }

  async #create(accessKey: AccessKey, signal: AbortSignal): Promise<Token> {
    const { provider, metaUrl, regionId, now = Date.now } = this.#options;
    // In the body, not in the address: addresses are what proxies write down.
    const body = signedPopForm(
      'POST',
      { Action: 'CreateToken', Version: '2019-02-28', RegionId: regionId },
      accessKey,
      { nowMs: now() },
    );
    const answer = await request(
      {
        ...{ provider, url: `${metaUrl}/`, method: 'POST', body, expects: 'json', maxBytes: 64 * 1024 },
        headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
        ...{ timeouts: { firstByteMs: REQUEST_MS, betweenBytesMs: REQUEST_MS }, about: { model: 'CreateToken' } },
      },
      signal,
    );
    const said = parseJson(await readText(answer.body), provider);
    const token = asRecord(asRecord(said).Token);
    const id = stringIn(token.Id);
    const expireTime = numberIn(token.ExpireTime);
    if (!id || expireTime === undefined) {
      const refusal = refusalOf(said);
      if (refusal?.code) throw vendorFailure({ provider, status: answer.status, ...refusal });
      throw cloudError('cloud.bad-answer', { provider, detail: 'no token in it' });
    }
    // By the server's clock, so that a wrong one here does not keep a token too long.
    const serverNow = Date.parse(String(answer.headers.date));
    const lifeMs = expireTime * 1000 - (Number.isFinite(serverNow) ? serverNow : now());
    return { id, accessKeyId: accessKey.id, goodUntilMs: performance.now() + lifeMs - MARGIN_MS };
  }
}
