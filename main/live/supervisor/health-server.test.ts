import assert from 'node:assert/strict';
import { request } from 'node:http';
import { test } from 'node:test';
import type { LiveHealth } from '../../../app/live/health.ts';
import { wellStatus } from '../../../app/live/live-figures.fixture.ts';
import { startHealthServer } from './health-server.ts';

function get(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers: { ...headers } }, async (response) => {
      let body = '';
      for await (const piece of response) body += piece;
      resolve({ status: response.statusCode ?? 0, body });
    })
      .on('error', reject)
      .end();
  });
}

test('health is 200 while the show is well and 503 otherwise; other names and paths get nothing', async () => {
  let shows: LiveHealth[] = [];
  const server = await startHealthServer(0, () => shows);
  try {
    assert.equal((await get(server.port, '/health')).status, 503);
    shows = [{ status: wellStatus(), processes: [] }];
    const well = await get(server.port, '/health?x=1');
    assert.equal(well.status, 200);
    assert.equal(JSON.parse(well.body).shows[0].session.speaking, '大家好');
    shows = [{ status: wellStatus({ state: 'recovering' }), processes: [] }];
    assert.equal((await get(server.port, '/health')).status, 503);
    assert.match((await get(server.port, '/metrics')).body, /^shenghua_live_up\{show="shop"\} 0$/m);
    assert.equal((await get(server.port, '/')).status, 404);
    assert.equal((await get(server.port, '/health', { host: 'evil.example' })).status, 400);
    await assert.rejects(
      startHealthServer(server.port, () => []),
      { code: 'live.health-port-taken' },
    );
  } finally {
    await server.close();
  }
});
