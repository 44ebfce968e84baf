import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import { StudioError } from '../../../app/errors/index.ts';
import { agentFor, proxyFor } from '../../net/proxy.ts';
import { type HttpCall, PATIENT, parseJson, readText, request, requestJson } from './http.ts';

const never = new AbortController().signal;
const SECRET = 'sk-verysecret0123456789';

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1?a=1`;
}
const call = (url: string, more: Partial<HttpCall> = {}): HttpCall => ({
  provider: 'Bailian',
  url,
  expects: 'json',
  body: '{}',
  headers: { Authorization: `Bearer ${SECRET}` },
  ...more,
});
const failing = async (asked: Promise<unknown>): Promise<StudioError> => {
  const error: unknown = await asked.then(
    () => assert.fail('it should have failed'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof StudioError, String(error));
  assert.ok(!inspect(error, { depth: 12, showHidden: true }).includes(SECRET), 'no key in an error');
  return error;
};
const read = async (url: string, more: Partial<HttpCall> = {}): Promise<string> =>
  readText((await request(call(url, more), never)).body);

test('asks with what it was given, and lines are used again', async (t) => {
  const ports = new Set<number>();
  const url = await serve(t, async (asked, answer) => {
    ports.add(asked.socket.remotePort!);
    const body = await readText(asked);
    answer.setHeader('Content-Type', 'application/json;charset=UTF-8');
    answer.end(
      JSON.stringify({
        method: asked.method,
        body,
        type: asked.headers['content-type'],
        auth: asked.headers.authorization,
      }),
    );
  });
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await requestJson(call(url, { body: '{"你":1}' }), never), {
      method: 'POST',
      body: '{"你":1}',
      type: 'application/json',
      auth: `Bearer ${SECRET}`,
    });
  }
  assert.equal(ports.size, 1);
});

test('a kept line that the server closed meanwhile costs nobody a failure', async (t) => {
  let lines = 0;
  const url = await serve(t, (asked, answer) => {
    if (asked.socket.bytesWritten > 0) {
      asked.socket.destroy();
      return;
    }
    lines++;
    answer.setHeader('Content-Type', 'application/json').end('{}');
  });
  for (let i = 0; i < 4; i++) assert.deepEqual(await requestJson(call(url), never), {});
  assert.equal(lines, 4);
});

test('every answer that is none is told apart', async (t) => {
  const cases: [answer: (answer: ServerResponse) => unknown, code: string][] = [
    [
      (answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in</html>'),
      'cloud.captive-portal',
    ],
    [
      (answer) => answer.writeHead(200, { 'content-type': 'application/json' }).end('<html>Log in</html>'),
      'cloud.captive-portal',
    ],
    [(answer) => answer.writeHead(302, { location: 'http://login.hotel.example/' }).end(), 'cloud.captive-portal'],
    [(answer) => answer.writeHead(308, { location: '/v2' }).end(), 'cloud.bad-request'],
    [(answer) => answer.writeHead(511).end(), 'cloud.captive-portal'],
    [(answer) => answer.writeHead(503, { 'content-type': 'text/html' }).end('<html>nginx'), 'cloud.server-error'],
    [(answer) => answer.writeHead(429).end('{"code":"PostpaidBillOverdue","message":"overdue"}'), 'cloud.billing'],
    [
      (answer) => answer.writeHead(400).end('{"error":{"code":"data_inspection_failed","message":"x"}}'),
      'cloud.unsafe-text',
    ],
    [
      (answer) => answer.writeHead(400).end('{"error":{"type":"invalid_request_error","message":"x","code":null}}'),
      'cloud.bad-request',
    ],
    [
      (answer) => answer.writeHead(404).end('{"error":"model \\"x\\" not found, try pulling it first"}'),
      'cloud.model-gone',
    ],
    [
      (answer) => answer.writeHead(404).end('{"object":"error","message":"The model `x` does not exist.","code":404}'),
      'cloud.model-gone',
    ],
    [(answer) => answer.writeHead(401).end(`no such key: ${SECRET}`), 'cloud.key-wrong'],
    [(answer) => answer.writeHead(200).end('{"half":'), 'cloud.bad-answer'],
    [(answer) => answer.socket!.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"half":'), 'cloud.cut-off'],
    [(answer) => answer.write('{', () => answer.socket!.resetAndDestroy()), 'cloud.cut-off'],
    [(answer) => answer.socket!.end('nonsense\r\n\r\n'), 'cloud.bad-answer'],
    [(answer) => answer.socket!.resetAndDestroy(), 'cloud.unreachable'],
    [(answer) => answer.end('x'.repeat(3000)), 'cloud.bad-answer'],
    [() => {}, 'cloud.timeout'],
    [(answer) => answer.flushHeaders(), 'cloud.timeout'],
    [(answer) => answer.write('{'), 'cloud.timeout'],
  ];
  for (const [respond, code] of cases) {
    const url = await serve(t, (_asked, answer) => void respond(answer));
    const timeouts = code === 'cloud.timeout' ? { firstByteMs: 120, betweenBytesMs: 60 } : PATIENT;
    assert.equal(
      (await failing(requestJson(call(url, { timeouts, maxBytes: 2000 }), never))).code,
      code,
      String(respond),
    );
  }
  assert.equal((await failing(requestJson(call('http://127.0.0.1:1/'), never))).code, 'cloud.unreachable');
  assert.equal((await failing(requestJson(call('http://no-such-host.invalid/'), never))).code, 'cloud.host-not-found');
  assert.throws(
    () => parseJson(`{"key":"${SECRET}`, 'Q'),
    (error: Error) => !inspect(error).includes(SECRET),
  );
});

test('between bytes there is as much time as there is, however slowly they are read', async (t) => {
  const url = await serve(t, (_asked, answer) => {
    answer.write('1');
    answer.end('2'.repeat(500_000));
  });
  const timeouts = { firstByteMs: 60_000, betweenBytesMs: 400 };
  const answer = await request(call(url, { expects: 'any', timeouts }), never);
  let length = 0;
  for await (const piece of answer.body) {
    if (length === 0) await new Promise((resolve) => setTimeout(resolve, 600));
    length += piece.length;
  }
  assert.equal(length, 500_001);
});

test('an abort ends the request at every stage, with its own reason', async (t) => {
  const ended = Promise.withResolvers<void>();
  const url = await serve(t, (asked: IncomingMessage, answer) => {
    if (!asked.url!.endsWith('&stream')) return;
    answer.write('1');
    asked.socket.once('close', () => ended.resolve());
  });
  for (const isStreaming of [false, true]) {
    const abort = new AbortController();
    const reason = new Error('no more');
    const reading = (async () => {
      const answer = await request(call(isStreaming ? `${url}&stream` : url, { expects: 'any' }), abort.signal);
      for await (const _ of answer.body) abort.abort(reason);
    })();
    if (!isStreaming) setTimeout(() => abort.abort(reason), 30);
    await assert.rejects(reading, (error) => error === reason);
  }
  await ended.promise;
  await assert.rejects(request(call(url), AbortSignal.abort(new Error('before'))), { message: 'before' });
});

test('who leaves early leaves no connection behind', async (t) => {
  const closed = Promise.withResolvers<void>();
  const url = await serve(t, (asked, answer) => {
    asked.socket.once('close', () => closed.resolve());
    answer.write('1');
  });
  for await (const _ of (await request(call(url, { expects: 'any' }), never)).body) break;
  await closed.promise;
});

test('goes through the proxy that the environment names, and not to where it names none', async (t) => {
  const url = await serve(t, (asked, answer) => void answer.end(`${asked.headers.host} ${asked.url}`));
  const port = Number(new URL(url).port);
  const seen: string[] = [];
  /* A proxy that leads every name to our server: by CONNECT, and by whole addresses in the request's first line. */
  const proxy = createTcpServer((client) => {
    client.once('data', (first) => {
      const line = first.toString('latin1').split('\r\n')[0]!;
      seen.push(line);
      const to = connect(port, '127.0.0.1');
      client.on('error', () => to.destroy());
      to.on('error', () => client.destroy());
      if (line.startsWith('CONNECT')) client.write('HTTP/1.1 200 OK\r\n\r\n');
      else to.write(first.toString('latin1').replace('http://bailian.test', ''), 'latin1');
      client.pipe(to).pipe(client);
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const saved = { ...process.env };
  t.after(() => {
    proxy.close();
    process.env = saved;
  });
  const address = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  process.env = {
    ...saved,
    http_proxy: '',
    HTTPS_PROXY: `http://me:${SECRET}@${address}`,
    HTTP_PROXY: address,
    NO_PROXY: 'quiet.test',
  };

  assert.equal(await read('http://bailian.test/v1', { expects: 'any' }), 'bailian.test /v1');
  assert.match(seen[0]!, /^POST http:\/\/bailian.test\/v1/);
  assert.equal(proxyFor('wss://bailian.test/ws')?.host, address);
  assert.equal(proxyFor('ws://bailian.test/ws')?.protocol, 'http:');
  assert.equal(proxyFor('https://quiet.test/'), null);
  assert.equal(proxyFor('http://localhost:11434/v1'), null, 'this machine is never asked for through a proxy');
  /* TLS through CONNECT: our server speaks none, and that is what is said. */
  assert.equal((await failing(request(call('https://bailian.test/v1'), never))).code, 'cloud.tls');
  assert.match(seen[1]!, /^CONNECT bailian.test:443/);

  process.env.HTTPS_PROXY = 'socks5://127.0.0.1:1';
  assert.throws(() => agentFor('wss://bailian.test', 'Q'), { code: 'cloud.unreachable' });
});
