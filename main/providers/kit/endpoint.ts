/** Where Bailian (DashScope) is, for one account: hosts by region or workspace, or a gateway's; and what every request carries. */
import { StudioError } from '../../../app/errors/index.ts';
import type { BailianSettings, Region } from '../../../app/providers/settings.ts';
import { TemporaryKeys } from './temporary-key.ts';

export interface BailianAccess {
  /** Environment overrides (DASHSCOPE_HTTP_BASE_URL, DASHSCOPE_WEBSOCKET_BASE_URL) are in it already. */
  settings: BailianSettings;
  /** The lasting key; '' where there is none. */
  key(signal: AbortSignal): Promise<string>;
}

export interface BailianEndpoint {
  /** As a person knows it; stands in errors. */
  readonly provider: string;
  readonly region: Region;
  /** `path` is what follows `/api/v1`, e.g. `/services/aigc/text-generation/generation`. @throws StudioError cloud.region-unsupported */
  nativeUrl(path: string): string;
  /** `path` is what follows `/compatible-mode/v1`, e.g. `/chat/completions`. */
  compatibleUrl(path: string): string;
  /** `path` is what follows `/compatible-api/v1`, e.g. `/reranks`. */
  compatibleApiUrl(path: string): string;
  /** The run-task protocol. */
  taskSocketUrl(): string;
  /** The realtime protocol. */
  realtimeSocketUrl(model: string): string;
  /** Of an HTTP request. @throws StudioError cloud.key-missing, cloud.key-wrong (no key can look like that) */
  headers(signal: AbortSignal, extra?: Record<string, string>): Promise<Record<string, string>>;
  /** Of a WebSocket's handshake: data inspection is asked for in another form there. */
  socketHeaders(signal: AbortSignal, extra?: Record<string, string>): Promise<Record<string, string>>;
  /** After a refused key: true where it was a temporary one, and the next headers carry another. */
  forgetTemporaryKey(): boolean;
}

const SHARED_HOSTS: Record<Region, string | null> = {
  beijing: 'dashscope.aliyuncs.com',
  singapore: 'dashscope-intl.aliyuncs.com',
  us: 'dashscope-us.aliyuncs.com',
  hongkong: 'cn-hongkong.dashscope.aliyuncs.com',
  finance: 'dashscope-finance.aliyuncs.com',
  frankfurt: null,
  tokyo: null,
};
/** In `{workspaceId}.{region}.maas.aliyuncs.com`. */
const WORKSPACE_REGIONS: Record<Region, string | null> = {
  beijing: 'cn-beijing',
  singapore: 'ap-southeast-1',
  us: 'us-east-1',
  hongkong: 'cn-hongkong',
  finance: null,
  frankfurt: 'eu-central-1',
  tokyo: 'ap-northeast-1',
};

const NATIVE = '/api/v1';
const COMPATIBLE = '/compatible-mode/v1';
const INFERENCE = '/api-ws/v1/inference';

/** `…/api/v1` for native calls, and what stands before it, for the other surfaces of the same gateway. */
function gateway(baseUrl: string): { native: string; root: string } {
  const base = baseUrl.replace(/[?#].*$/, '').replace(/\/+$/, '');
  for (const surface of [NATIVE, COMPATIBLE]) {
    if (base.endsWith(surface))
      return { native: base.slice(0, -surface.length) + NATIVE, root: base.slice(0, -surface.length) };
  }
  /* As the official SDK does, a base of any other form is taken as it is; a bare host can only mean the usual path. */
  return /^[a-z]+:\/\/[^/]+$/i.test(base) ? { native: base + NATIVE, root: base } : { native: base, root: base };
}

/** `…/inference`, and what it shares with `…/realtime`. */
function socketGateway(baseUrl: string): { inference: string; root: string } {
  const base = baseUrl
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/^http/i, 'ws');
  const found = /^(.*)\/(?:inference|realtime)$/.exec(base);
  if (found) return { inference: `${found[1]}/inference`, root: found[1]! };
  const root = /^[a-z]+:\/\/[^/]+$/i.test(base) ? `${base}/api-ws/v1` : base;
  return { inference: `${root}/inference`, root };
}

/** Starts nothing and asks nobody. `provider` is the name that stands in errors. */
export function bailianEndpoint(access: BailianAccess, provider: string): BailianEndpoint {
  const { settings } = access;
  const host = (): string => {
    const id = settings.workspaceHostId;
    const region = WORKSPACE_REGIONS[settings.region];
    const name = id === null ? SHARED_HOSTS[settings.region] : region && `${id}.${region}.maas.aliyuncs.com`;
    if (!name) throw new StudioError('cloud.region-unsupported', { provider, region: settings.region });
    return name;
  };
  const http = (): { native: string; root: string } => gateway(settings.httpBaseUrl ?? `https://${host()}${NATIVE}`);
  const sockets = (): { inference: string; root: string } =>
    socketGateway(settings.webSocketBaseUrl ?? `wss://${host()}${INFERENCE}`);

  const temporary = new TemporaryKeys(() => `${http().native}/tokens`, provider);

  const common = async (signal: AbortSignal): Promise<Record<string, string>> => {
    const lasting = usableKey(await access.key(signal), provider);
    const isTemporary = lasting.startsWith('st-');
    const key = settings.temporaryKeys && !isTemporary ? await temporary.key(lasting, signal) : lasting;
    return {
      Authorization: `Bearer ${key}`,
      ...(settings.subWorkspace === null ? {} : { 'X-DashScope-WorkSpace': settings.subWorkspace }),
    };
  };
  return {
    provider,
    region: settings.region,
    nativeUrl: (path) => http().native + path,
    compatibleUrl: (path) => http().root + COMPATIBLE + path,
    compatibleApiUrl: (path) => `${http().root}/compatible-api/v1${path}`,
    taskSocketUrl: () => sockets().inference,
    realtimeSocketUrl: (model) => `${sockets().root}/realtime?model=${encodeURIComponent(model)}`,
    headers: async (signal, extra = {}) => ({
      ...(await common(signal)),
      ...(settings.dataInspection ? { 'X-DashScope-DataInspection': '{"input":"cip","output":"cip"}' } : {}),
      ...extra,
    }),
    socketHeaders: async (signal, extra = {}) => ({
      ...(await common(signal)),
      ...(settings.dataInspection ? { 'X-DashScope-DataInspection': 'enable' } : {}),
      ...extra,
    }),
    forgetTemporaryKey: () => temporary.forget(),
  };
}

/** A key as it can stand in a header. @throws StudioError cloud.key-missing, cloud.key-wrong */
export function usableKey(given: string, provider: string): string {
  const key = given.trim();
  if (key === '') throw new StudioError('cloud.key-missing', { provider });
  if (!/^[\x21-\x7e]+$/.test(key)) throw new StudioError('cloud.key-wrong', { provider });
  return key;
}
