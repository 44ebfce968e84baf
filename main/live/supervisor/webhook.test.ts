import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { AlarmEvent } from '../../../app/live/alarms.ts';
import { createWebhook } from './webhook.ts';

const event: AlarmEvent = {
  type: 'raised',
  alarm: { id: 'frames-late', sinceWallMs: 0, error: { code: 'live.frames-late', params: { share: 4, seconds: 30 } } },
};
const show = { projectId: 'shop', name: 'Shop' };

async function serve(
  answers: (number | 'hang')[],
): Promise<{ server: Server; url: string; bodies: string[]; done: Promise<void> }> {
  const bodies: string[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    bodies.push(body);
    const status = answers.shift();
    if (status !== 'hang') response.writeHead(status ?? 500).end();
    if (answers.length === 0) resolve();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=abc`, bodies, done };
}

test('an alarm reaches a server that fails and hangs at first, with words and figures', async () => {
  const { server, url, bodies, done } = await serve([503, 'hang', 200]);
  const failures: string[] = [];
  const hook = createWebhook(url, (detail) => failures.push(detail), { firstWaitMs: 1, timeoutMs: 200 });
  hook.tell(event, show);
  await done;
  assert.equal(bodies.length, 3);
  assert.equal(new Set(bodies).size, 1);
  const told = JSON.parse(bodies[0]!);
  assert.deepEqual([told.event, told.alarm.code, told.show.projectId], ['raised', 'live.frames-late', 'shop']);
  assert.match(told.alarm.message, /4 % of the frames/);
  hook.close();
  server.close();
  server.closeAllConnections();
  assert.deepEqual(failures, []);
});

test('a refusal is not repeated, and is told without the address', async () => {
  const { server, url, bodies } = await serve([403, 200]);
  const told = Promise.withResolvers<string>();
  const hook = createWebhook(url, told.resolve, { firstWaitMs: 1 });
  hook.tell(event, show);
  assert.equal(await told.promise, 'HTTP 403');
  assert.equal(bodies.length, 1);
  hook.close();
  server.close();
  server.closeAllConnections();
});
