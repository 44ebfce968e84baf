/** Where a destination is: host, port, application and stream, out of what a person pasted. */
import { isIP } from 'node:net';
import { StudioError } from '../../../app/errors/index.ts';

export interface PushTarget {
  tls: boolean;
  host: string;
  port: number;
  /** What `connect` names: all of the server address after the host, with its query. */
  app: string;
  /** What `connect` states as the address of the application. */
  tcUrl: string;
  /** What `publish` names: the key as the platform gave it, to the letter. */
  streamName: string;
}

const DEFAULT_PORTS = { 'rtmp:': 1935, 'rtmps:': 443 } as const;

/**
 * @param url the server's address with `key` given, otherwise the whole push address, whose last part is the key
 * @param key to the letter, including a query such as `?streamname=…&key=…`
 * @throws StudioError broadcast.url-invalid, broadcast.key-missing
 */
export function pushTarget(url: string, key?: string): PushTarget {
  const parts = /^(rtmps?:)\/\/([^/?#\s@]+)(\/[^\s]*)?$/i.exec(url.trim());
  const invalid = (): StudioError => new StudioError('broadcast.url-invalid', { url: redactedUrl(url) });
  if (parts === null) throw invalid();
  const scheme = parts[1].toLowerCase() as keyof typeof DEFAULT_PORTS;
  const authority = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(parts[2]);
  if (authority === null) throw invalid();
  const bracketed = authority[1].startsWith('[');
  const host = bracketed ? authority[1].slice(1, -1) : authority[1];
  if (bracketed && isIP(host) !== 6) throw invalid();
  const port = authority[2] === undefined ? DEFAULT_PORTS[scheme] : Number(authority[2]);
  if (port < 1 || port > 65535) throw invalid();
  const path = (parts[3] ?? '').replace(/^\/+/, '');
  let app: string;
  let streamName: string;
  if (key !== undefined && key.trim() !== '') {
    const [before, ...query] = path.split('?');
    app = [before.replace(/\/+$/, ''), ...query].join('?');
    streamName = key.trim();
  } else {
    const queryAt = path.indexOf('?');
    const before = queryAt === -1 ? path : path.slice(0, queryAt);
    const cut = before.replace(/\/+$/, '').lastIndexOf('/');
    // With a query and nothing before it, the query is the key: rtmp://host/app/?streamname=…
    const named = queryAt !== -1 && before.endsWith('/') ? before.length - 1 : cut;
    if (named <= 0) throw new StudioError('broadcast.key-missing', { host });
    app = path.slice(0, named).replace(/\/+$/, '');
    streamName = path.slice(named + 1);
    if (streamName === '') throw new StudioError('broadcast.key-missing', { host });
  }
  if (app === '') throw invalid();
  const shownPort = port === DEFAULT_PORTS[scheme] ? '' : `:${port}`;
  return {
    tls: scheme === 'rtmps:',
    host,
    port,
    app,
    tcUrl: `${scheme}//${authority[1]}${shownPort}/${app}`,
    streamName,
  };
}

/** For people and logs: the server and the first part of the path, never a key, a query or a password. */
export function redactedUrl(url: string): string {
  const parts = /^\s*([a-z][a-z0-9+.-]*:)\/\/([^/?#\s]+)(\/[^\s]*)?/i.exec(url);
  if (parts === null) return '***';
  const host = parts[2].slice(parts[2].lastIndexOf('@') + 1);
  const [first = '', ...rest] = (parts[3] ?? '').replace(/^\/+/, '').split(/[?#]/)[0].split('/');
  // A whole push address without an application would show its key as the first part.
  if (first === '') return `${parts[1]}//${host}${/[?#]/.test(parts[3] ?? '') ? '/***' : ''}`;
  return rest.length === 0 && !/[?#]/.test(parts[3] ?? '') && !looksSecret(first)
    ? `${parts[1]}//${host}/${first}`
    : `${parts[1]}//${host}/${looksSecret(first) ? '***' : `${first}/***`}`;
}

/** Names of applications are short words. */
const looksSecret = (part: string): boolean => part.length > 24 || /[%&=]/.test(part);

/** When the key itself says until when it is valid, as signed push addresses do; ms since 1970. */
export function expiryOf(url: string, key: string | undefined): number | null {
  const text = `${url}${key === undefined ? '' : `/${key}`}`;
  const query = new URLSearchParams(text.slice(text.indexOf('?') + 1).replaceAll('?', '&'));
  // Tencent Cloud: https://cloud.tencent.com/document/product/267/32735; Wangsu writes wsTime the same way.
  for (const name of ['txTime', 'wsTime']) {
    const value = query.get(name);
    if (value !== null && /^[0-9a-f]{8}$/i.test(value)) return Number.parseInt(value, 16) * 1000;
    if (value !== null && /^\d{10}$/.test(value)) return Number(value) * 1000;
  }
  // Alibaba Cloud: auth_key=<seconds>-<random>-<user>-<hash>, https://help.aliyun.com/zh/live/user-guide/url-signing
  const signed = /^(\d{10})-/.exec(query.get('auth_key') ?? '');
  if (signed !== null) return Number(signed[1]) * 1000;
  for (const name of ['expire', 'expires']) {
    const value = query.get(name) ?? '';
    if (/^\d{10}$/.test(value)) return Number(value) * 1000;
  }
  return null;
}

/** Puts a stand-in for the key wherever a server's own words repeat it. */
export function withoutSecrets(text: string, { streamName, app }: PushTarget): string {
  let out = text;
  const query = app.indexOf('?');
  const secrets = [streamName, ...streamName.split(/[?&=/]/), ...(query === -1 ? [] : [app.slice(query + 1)])]
    .filter((secret) => secret.length >= 4)
    .sort((a, b) => b.length - a.length);
  for (const secret of secrets) out = out.replaceAll(secret, '***');
  return out.slice(0, 200);
}
