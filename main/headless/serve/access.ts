/**
 * Who may talk to the host. Another page in the person's browser can send requests to this machine too, and its scripts may even
 * read answers if a foreign name is made to point here; so every request must name a host we know (against DNS rebinding), must
 * come from our own page where it says where it comes from (against cross-site requests), and must bring the cookie that only the
 * printed link gives.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../files/atomic-file.ts';
import { asStorageError } from '../../files/failures.ts';

export interface RequestFacts {
  method: string;
  /** Path and query. */
  url: string;
  header(name: string): string | undefined;
  /** It asks for a WebSocket. */
  upgrade: boolean;
}

export type Verdict =
  | { access: 'granted' }
  /** The printed link: answer with this cookie and lead on to `/`. */
  | { access: 'welcome'; cookie: string }
  | { access: 'refused'; status: 400 | 401 | 403; reason: 'host' | 'origin' | 'token' | 'session' };

export interface Gate {
  /** Good for one browser. Each call gives a new one; the ones before stay good until they are used. */
  newToken(): string;
  judge(request: RequestFacts): Verdict;
}

export interface GateOptions {
  /** Signs sessions. One that is kept lets an open page stay logged in when the host starts anew. */
  secret: Uint8Array;
  port: number;
  /** Beside the loopback ones: names and addresses this machine is known by. */
  hosts: readonly string[];
  nowMs?: (() => number) | undefined;
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];
const SESSION_MS = 30 * 24 * 60 * 60 * 1000;

export function createGate({ secret, port, hosts, nowMs = Date.now }: GateOptions): Gate {
  const names = new Set([...LOOPBACK, ...hosts].map((name) => name.toLowerCase()));
  const authorities = new Set([...names].flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])]));
  const tokens = new Set<string>();
  // Cookies do not know ports: two studios on one machine must not overwrite each other's.
  const cookieName = `shenghua-${port}`;

  const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
  const newSession = (): string => {
    const session = `${(nowMs() + SESSION_MS).toString(36)}.${randomBytes(12).toString('base64url')}`;
    return `${session}.${sign(session)}`;
  };
  const isSession = (value: string): boolean => {
    const [until = '', salt = '', signature = '', ...more] = value.split('.');
    if (more.length > 0 || !same(signature, sign(`${until}.${salt}`))) return false;
    return Number.parseInt(until, 36) > nowMs();
  };
  const hasSession = (cookies: string | undefined): boolean =>
    (cookies ?? '').split(';').some((each) => {
      const [name, value] = each.trim().split('=', 2);
      return name === cookieName && value !== undefined && isSession(value);
    });

  return {
    newToken() {
      const token = randomBytes(24).toString('base64url');
      tokens.add(token);
      return token;
    },
    judge({ method, url, header, upgrade }) {
      const host = header('host')?.toLowerCase();
      if (host === undefined || !authorities.has(host)) return { access: 'refused', status: 400, reason: 'host' };
      const origin = header('origin');
      const reading = (method === 'GET' || method === 'HEAD') && !upgrade;
      if (origin === undefined ? !reading : origin.toLowerCase() !== `http://${host}`)
        return { access: 'refused', status: 403, reason: 'origin' };
      // Told by every current browser. Following the printed link, from wherever, is a navigation and leads to the page alone.
      const site = header('sec-fetch-site');
      const arriving = header('sec-fetch-mode') === 'navigate' && method === 'GET' && isPage(url);
      if (site !== undefined && site !== 'same-origin' && site !== 'none' && !arriving)
        return { access: 'refused', status: 403, reason: 'origin' };

      const known = hasSession(header('cookie'));
      const token = method === 'GET' && !upgrade && isPage(url) ? tokenOf(url) : null;
      if (token !== null && !known) {
        const matching = [...tokens].find((each) => same(each, token));
        if (matching === undefined) return { access: 'refused', status: 403, reason: 'token' };
        tokens.delete(matching);
        const cookie = `${cookieName}=${newSession()}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${SESSION_MS / 1000}`;
        return { access: 'welcome', cookie };
      }
      return known ? { access: 'granted' } : { access: 'refused', status: 401, reason: 'session' };
    },
  };
}

const isPage = (url: string): boolean => url === '/' || url.startsWith('/?');
const tokenOf = (url: string): string | null => new URLSearchParams(url.split('?')[1] ?? '').get('token');

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

const SECRET_BYTES = 32;

/** What a program shows to read `/health` and `/metrics`, as `Authorization: Bearer …`; good for nothing else. */
export const metricsToken = (secret: Uint8Array): string =>
  createHmac('sha256', secret).update('metrics').digest('base64url').slice(0, 32);

/** Whether a request without a session may read them: from a program, under a name of this machine, with the token. */
export function mayReadMetrics(request: RequestFacts, verdict: Verdict, secret: Uint8Array): boolean {
  if (verdict.access !== 'refused' || verdict.reason !== 'session' || request.upgrade) return false;
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  const shown = /^Bearer (\S+)$/.exec(request.header('authorization') ?? '')?.[1];
  return shown !== undefined && isMetrics(request.url) && same(shown, metricsToken(secret));
}
export const isMetrics = (url: string): boolean => /^\/(health|metrics)(\?|$)/.test(url);

/** The data folder's own secret, made at the first start, readable by its owner alone. @throws StudioError `storage.*` */
export async function loadSecret(dataDir: string): Promise<Uint8Array> {
  const path = join(dataDir, 'host-secret');
  const kept = await readFile(path).catch(() => null);
  if (kept?.length === SECRET_BYTES) return kept;
  const secret = randomBytes(SECRET_BYTES);
  try {
    await mkdir(dataDir, { recursive: true });
    await writeWhole(
      dataDir,
      async (handle) => {
        await handle.chmod(0o600);
        await handle.writeFile(secret);
      },
      (_, temporary) => rename(temporary, path),
    );
  } catch (error) {
    throw asStorageError(error, dataDir);
  }
  return secret;
}
