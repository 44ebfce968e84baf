import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createGate, type Gate, loadSecret, mayReadMetrics, metricsToken, type Verdict } from './access.ts';

const PORT = 7860;
const gateAt = (nowMs?: () => number, secret = new Uint8Array(32)): Gate =>
  createGate({ secret, port: PORT, hosts: ['studio.local'], nowMs });

interface Asked {
  method?: string;
  url?: string;
  upgrade?: boolean;
  headers?: Record<string, string>;
}
const ask = (gate: Gate, { method = 'GET', url = '/', upgrade = false, headers = {} }: Asked): Verdict => {
  const all: Record<string, string> = { host: `127.0.0.1:${PORT}`, ...headers };
  return gate.judge({ method, url, upgrade, header: (name) => all[name] });
};
const enter = (gate: Gate): string => {
  const verdict = ask(gate, { url: `/?token=${gate.newToken()}` });
  assert.equal(verdict.access, 'welcome');
  return verdict.access === 'welcome' ? verdict.cookie.split(';')[0]! : '';
};
const outcome = (verdict: Verdict): string => (verdict.access === 'refused' ? verdict.reason : verdict.access);
const own = `http://127.0.0.1:${PORT}`;

test('a link lets one browser in, once', () => {
  const gate = gateAt();
  const token = gate.newToken();
  assert.equal(outcome(ask(gate, { url: '/' })), 'session');
  const verdict = ask(gate, { url: `/?token=${token}` });
  assert.ok(verdict.access === 'welcome' && /; HttpOnly; SameSite=Strict/.test(verdict.cookie));
  assert.equal(outcome(ask(gate, { url: `/?token=${token}` })), 'token');
  const cookie = verdict.cookie.split(';')[0]!;
  assert.equal(outcome(ask(gate, { url: '/', headers: { cookie: `other=1; ${cookie}` } })), 'granted');
});

test('a token is only a token on the page itself, and only the right one', () => {
  const gate = gateAt();
  const token = gate.newToken();
  for (const asked of [
    { url: `/upload?token=${token}` },
    { url: `/?token=${token}x` },
    { url: `/?token=` },
    { url: `/?token=${token}`, method: 'HEAD' },
    { url: `/?token=${token}`, upgrade: true, headers: { origin: own } },
  ])
    assert.equal(ask(gate, asked).access, 'refused', JSON.stringify(asked));
  assert.equal(ask(gate, { url: `/?token=${token}` }).access, 'welcome');
});

test('a Host that is not this machine is refused whatever else is right', () => {
  const gate = gateAt();
  const cookie = enter(gate);
  for (const host of [
    'evil.example',
    `evil.example:${PORT}`,
    '127.0.0.1',
    `127.0.0.1:${PORT + 1}`,
    `127.0.0.1.evil:${PORT}`,
    '',
  ])
    assert.equal(outcome(ask(gate, { headers: { host, cookie } })), 'host', host);
  for (const host of [`localhost:${PORT}`, `[::1]:${PORT}`, `LOCALHOST:${PORT}`, `studio.local:${PORT}`])
    assert.equal(outcome(ask(gate, { headers: { host, cookie } })), 'granted', host);
});

test('what comes from another page is refused; what changes something must say where it comes from', () => {
  const gate = gateAt();
  const cookie = enter(gate);
  const cases: [Asked, string][] = [
    [{ headers: { origin: 'http://evil.example' } }, 'origin'],
    [{ headers: { origin: 'null' } }, 'origin'],
    [{ headers: { origin: `https://127.0.0.1:${PORT}` } }, 'origin'],
    [{ headers: { origin: `http://localhost:${PORT}` } }, 'origin'],
    [{ method: 'POST', url: '/upload' }, 'origin'],
    [{ method: 'POST', url: '/upload', headers: { origin: own } }, 'granted'],
    [{ url: '/rpc', upgrade: true }, 'origin'],
    [{ url: '/rpc', upgrade: true, headers: { origin: own } }, 'granted'],
    [{ url: '/media/asset/x', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' } }, 'origin'],
    [{ url: '/media/asset/x', headers: { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'navigate' } }, 'origin'],
    [{ url: '/media/asset/x', headers: { 'sec-fetch-site': 'same-origin' } }, 'granted'],
    [{ url: '/', headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' } }, 'granted'],
  ];
  for (const [asked, expected] of cases)
    assert.equal(
      outcome(ask(gate, { ...asked, headers: { cookie, ...asked.headers } })),
      expected,
      JSON.stringify(asked),
    );
});

test('a session ends in time, and is good for nobody else’s secret', () => {
  let now = 1_000_000;
  const gate = gateAt(() => now);
  const cookie = enter(gate);
  assert.equal(
    outcome(
      ask(
        gateAt(() => now),
        { headers: { cookie } },
      ),
    ),
    'granted',
    'after a new start',
  );
  assert.equal(
    outcome(
      ask(
        gateAt(() => now, new Uint8Array(32).fill(1)),
        { headers: { cookie } },
      ),
    ),
    'session',
  );
  const [name, value = ''] = cookie.split('=');
  const [until = '', salt, signature] = value.split('.');
  const longer = `${name}=${(Number.parseInt(until, 36) * 2).toString(36)}.${salt}.${signature}`;
  for (const forged of [longer, `${name}=${until}.${salt}.`, `${name}=`, `${name}=a.b.c.d`])
    assert.equal(outcome(ask(gate, { headers: { cookie: forged } })), 'session', forged);
  now += 31 * 24 * 60 * 60 * 1000;
  assert.equal(outcome(ask(gate, { headers: { cookie } })), 'session');
});

test('the secret is made once, for its owner alone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-secret-'));
  try {
    const dataDir = join(folder, 'data');
    const secret = await loadSecret(dataDir);
    assert.deepEqual(await loadSecret(dataDir), Buffer.from(secret));
    assert.equal((await readFile(join(dataDir, 'host-secret'))).length, 32);
    if (process.platform !== 'win32') assert.equal((await stat(join(dataDir, 'host-secret'))).mode & 0o077, 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a program reads health and metrics with their token, under a name of this machine, and nothing else with it', () => {
  const secret = new Uint8Array(32).fill(7);
  const gate = gateAt(undefined, secret);
  const authorization = `Bearer ${metricsToken(secret)}`;
  const may = ({ method = 'GET', url = '/metrics', upgrade = false, headers = {} }: Asked): boolean => {
    const all: Record<string, string> = { host: `127.0.0.1:${PORT}`, authorization, ...headers };
    const request = { method, url, upgrade, header: (name: string) => all[name] };
    return mayReadMetrics(request, gate.judge(request), secret);
  };
  assert.equal(may({}), true);
  assert.equal(may({ url: '/health?x' }), true);
  for (const asked of [
    { url: '/' },
    { url: '/media/asset/x' },
    { url: '/metrics/../upload' },
    { method: 'POST' },
    { upgrade: true },
    { headers: { authorization: '' } },
    { headers: { authorization: `Bearer ${metricsToken(new Uint8Array(32))}` } },
    { headers: { host: 'evil.example' } },
    { headers: { origin: 'http://evil.example' } },
  ])
    assert.equal(may(asked), false, JSON.stringify(asked));
});
