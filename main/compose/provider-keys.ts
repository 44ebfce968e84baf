/** Keys and addresses of providers: what the environment gives counts before what the person keeps. */
import { type BailianSettings, SECRETS } from '../../app/providers/settings.ts';
import type { SecretStore } from '../engine/ports/secrets.ts';
import type { BailianAccess } from '../providers/kit/endpoint.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Keys of destinations and the like are kept in the same place. */
const isOurs = (name: string): boolean => /^(bailian|aliyun|llm|cache)\//.test(name);

const BAILIAN_ENVIRONMENT = {
  key: 'DASHSCOPE_API_KEY',
  http: 'DASHSCOPE_HTTP_BASE_URL',
  socket: 'DASHSCOPE_WEBSOCKET_BASE_URL',
} as const;
const ALIYUN_ENVIRONMENT = { id: 'ALIBABA_CLOUD_ACCESS_KEY_ID', secret: 'ALIBABA_CLOUD_ACCESS_KEY_SECRET' } as const;
/** Where Green is, whatever its region: a stand-in. */
const GREEN_ENVIRONMENT = 'GREEN_BASE_URL';

export class ProviderKeys {
  readonly #kept: SecretStore;
  readonly #environment: Environment;
  readonly #given = new Map<string, string>();
  #held: Set<string>;
  #knowing: Promise<void> | null = null;

  constructor(kept: SecretStore, environment: Environment) {
    this.#kept = kept;
    this.#environment = environment;
    for (const [secret, variable] of [
      [SECRETS.bailianKey, BAILIAN_ENVIRONMENT.key],
      [SECRETS.aliyunAccessKeyId, ALIYUN_ENVIRONMENT.id],
      [SECRETS.aliyunAccessKeySecret, ALIYUN_ENVIRONMENT.secret],
    ] as const) {
      const value = environment[variable]?.trim();
      if (value) this.#given.set(secret, value);
    }
    this.#held = new Set(this.#given.keys());
  }

  /** Which keys there are: asked once, and again when the store could not tell. */
  ready(): Promise<void> {
    this.#knowing ??= this.#kept.names().then(
      (names) => {
        this.#held = new Set([...this.#given.keys(), ...names]);
      },
      () => {
        this.#knowing = null;
      },
    );
    return this.#knowing;
  }

  has(name: string): boolean {
    return this.#held.has(name);
  }

  /** Empty without one. */
  async valueOf(name: string): Promise<string> {
    return this.#given.get(name) ?? (await this.#kept.get(name)) ?? '';
  }

  fromEnvironment(): string[] {
    return [...this.#given.keys()];
  }

  /** What is kept of ours, with its values; without what the environment gives. */
  async kept(): Promise<Record<string, string>> {
    const names = (await this.#kept.names().catch(() => [])).filter(isOurs);
    const pairs = await Promise.all(
      names.map(async (name) => [name, await this.#kept.get(name).catch(() => null)] as const),
    );
    return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== null));
  }

  /** The person's store, whose changes hold from the next request on. */
  watched(onChange: () => void): SecretStore {
    return {
      get: (name) => this.#kept.get(name),
      names: () => this.#kept.names(),
      set: async (name, value) => {
        await this.#kept.set(name, value);
        this.#held.add(name);
        onChange();
      },
      delete: async (name) => {
        await this.#kept.delete(name);
        if (!this.#given.has(name)) this.#held.delete(name);
        onChange();
      },
    };
  }

  bailian(settings: BailianSettings): BailianAccess {
    return {
      settings: {
        ...settings,
        httpBaseUrl: this.#environment[BAILIAN_ENVIRONMENT.http]?.trim() || settings.httpBaseUrl,
        webSocketBaseUrl: this.#environment[BAILIAN_ENVIRONMENT.socket]?.trim() || settings.webSocketBaseUrl,
      },
      key: () => this.valueOf(SECRETS.bailianKey),
    };
  }

  readonly lacksBailian = (): 'key' | null => (this.has(SECRETS.bailianKey) ? null : 'key');

  readonly lacksAliyun = (): 'key' | null =>
    this.has(SECRETS.aliyunAccessKeyId) && this.has(SECRETS.aliyunAccessKeySecret) ? null : 'key';

  readonly aliyun = async (): Promise<{ id: string; secret: string } | null> => {
    const [id, secret] = await Promise.all([
      this.valueOf(SECRETS.aliyunAccessKeyId),
      this.valueOf(SECRETS.aliyunAccessKeySecret),
    ]);
    return id === '' || secret === '' ? null : { id, secret };
  };

  greenUrl(): string | undefined {
    return this.#environment[GREEN_ENVIRONMENT]?.trim() || undefined;
  }
}
