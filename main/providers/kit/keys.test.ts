import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { bailianSettingsSchema } from '../../../app/providers/settings.ts';
import { type BailianAccess, bailianEndpoint } from './endpoint.ts';
import { vendorFailure } from './failures.ts';
import { explainRefusedKey, regionOfKey } from './key-region.ts';

const never = new AbortController().signal;

/** Gives temporary keys to whoever has the lasting one. */
async function tokenServer(t: TestContext): Promise<{ baseUrl: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, answer) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.headers.authorization !== 'Bearer sk-lasting') {
      answer.writeHead(401).end('{"code":"InvalidApiKey","message":"Invalid API-key provided."}');
      return;
    }
    answer.setHeader('content-type', 'application/json');
    answer.end(JSON.stringify({ token: `st-${asked.length}`, expires_at: Math.floor(Date.now() / 1000) + 1800 }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`, asked };
}
const access = (settings: object, key = 'sk-lasting'): BailianAccess => ({
  settings: bailianSettingsSchema.parse(settings),
  key: async () => key,
});

test('requests carry a temporary key, made once for all and again before it ends', async (t) => {
  const { baseUrl, asked } = await tokenServer(t);
  const endpoint = bailianEndpoint(access({ httpBaseUrl: baseUrl, temporaryKeys: true }), 'Bailian');
  const bearer = async (): Promise<string> => (await endpoint.headers(never)).Authorization!;

  assert.deepEqual(await Promise.all([bearer(), bearer(), bearer()]), Array(3).fill('Bearer st-1'));
  assert.deepEqual(asked, ['POST /api/v1/tokens?expire_in_seconds=1800']);

  t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 24 * 60_000 });
  assert.equal(await bearer(), 'Bearer st-1');
  t.mock.timers.setTime(Date.now() + 2 * 60_000);
  assert.equal(await bearer(), 'Bearer st-2', 'renewed with five minutes left, as after a night asleep');

  assert.equal(endpoint.forgetTemporaryKey(), true);
  assert.equal((await endpoint.socketHeaders(never)).Authorization, 'Bearer st-3');
  await assert.rejects(endpoint.headers(AbortSignal.abort(new Error('enough'))), { message: 'enough' });
});

test('a refused lasting key is told, and is asked for again the next time', async (t) => {
  const { baseUrl, asked } = await tokenServer(t);
  let key = 'sk-wrong';
  const endpoint = bailianEndpoint(
    { ...access({ httpBaseUrl: baseUrl, temporaryKeys: true }), key: async () => key },
    'Bailian',
  );
  await assert.rejects(endpoint.headers(never), { code: 'cloud.key-wrong' });
  key = 'sk-lasting';
  assert.equal((await endpoint.headers(never)).Authorization, `Bearer st-${asked.length}`);
});

test('a key of another region is said to be that, and a key for a gateway is shown to nobody else', async (t) => {
  const here = await tokenServer(t);
  const nobody = 'http://127.0.0.1:1/api/v1/tokens';
  const singapore = (region: string): string => (region === 'singapore' ? `${here.baseUrl}/tokens` : nobody);
  assert.equal(await regionOfKey(access({}), 'Bailian', never, singapore), 'singapore');
  assert.equal(await regionOfKey(access({}, 'sk-wrong'), 'Bailian', never, singapore), null);

  const refused = vendorFailure({ provider: 'Bailian', status: 401, code: 'InvalidApiKey' });
  const explained = await explainRefusedKey(refused, access({}), 'Bailian', never, singapore);
  assert.deepEqual((explained as typeof refused).params, { provider: 'Bailian', region: 'beijing' });
  assert.equal((explained as typeof refused).code, 'cloud.key-other-region');
  assert.equal(await explainRefusedKey(refused, access({}, 'sk-wrong'), 'Bailian', never, singapore), refused);

  here.asked.length = 0;
  const gateway = access({ httpBaseUrl: 'http://127.0.0.1:1/api/v1' });
  assert.equal(await explainRefusedKey(refused, gateway, 'Bailian', never, singapore), refused);
  assert.deepEqual(here.asked, []);
});
