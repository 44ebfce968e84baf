/** The way out of this network: proxies by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY, for requests and for WebSockets alike. */
import { type Agent, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import { getProxyForUrl } from 'proxy-from-env';
import { StudioError } from '../../app/errors/index.ts';

/** Idle lines are kept so long: below what servers and proxies in between keep them. */
const KEPT_IDLE_MS = 30_000;
const OPTIONS = { keepAlive: true, maxFreeSockets: 8, timeout: KEPT_IDLE_MS } as const;
/** An idle line holds no process: Node takes its reference away while it lies in the pool. */
const agents = new Map<string, Agent>();

const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/i;

/** The proxy for `url` (http, https, ws or wss), null for none; this machine itself is never asked for through one. */
export function proxyFor(url: string): URL | null {
  const target = new URL(url);
  if (LOOPBACK.test(target.hostname)) return null;
  target.protocol = target.protocol.replace(/^ws/, 'http');
  const named = getProxyForUrl(target.href);
  if (named === '') return null;
  /* "proxy:3128" without a scheme is a plain HTTP proxy, whatever is asked for through it. */
  const bare = named.slice(named.indexOf('://') + 3);
  const spelled = ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'].some((name) =>
    process.env[name]?.includes('://'),
  );
  return URL.parse(spelled ? named : `http://${bare}`);
}

/**
 * Connections to `url`, kept and used again. A WebSocket's handshake takes the same.
 * @throws StudioError cloud.unreachable for a kind of proxy that is not spoken here
 */
export function agentFor(url: string, provider: string): Agent {
  const scheme = url.slice(0, url.indexOf(':')).toLowerCase();
  const proxy = proxyFor(url);
  const name = `${scheme} ${proxy?.href ?? ''}`;
  let agent = agents.get(name);
  if (agent === undefined) {
    agent = newAgent(scheme, proxy, provider);
    agents.set(name, agent);
  }
  return agent;
}

function newAgent(scheme: string, proxy: URL | null, provider: string): Agent {
  const secure = scheme === 'https' || scheme === 'wss';
  if (proxy === null) return secure ? new HttpsAgent(OPTIONS) : new HttpAgent(OPTIONS);
  if (proxy.protocol !== 'http:' && proxy.protocol !== 'https:') {
    const detail = `a proxy of the kind ${proxy.protocol.slice(0, -1)}; set HTTPS_PROXY to an HTTP one`;
    throw new StudioError('cloud.unreachable', { provider, detail }, { retryable: true });
  }
  return scheme === 'http' ? new HttpProxyAgent(proxy, OPTIONS) : new HttpsProxyAgent(proxy, OPTIONS);
}
