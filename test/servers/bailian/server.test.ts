import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { CHAT, chat, EMBEDDINGS, GENERATION, HELLO, MULTIMODAL, native, post, server, UUID } from './asking.fixture.ts';
import { readFault } from './fault-words.ts';
import { startBailian } from './server.ts';

test('keys: missing, wrong, of another region, temporary until it ends; each dialect says it as recorded', async () => {
  const refused = await post(GENERATION, {}, { authorization: 'Bearer sk-wrong' });
  assert.equal(refused.status, 401);
  const { request_id, ...said } = refused.json();
  assert.match(request_id, UUID);
  assert.deepEqual(said, { code: 'InvalidApiKey', message: 'Invalid API-key provided.' });
  const compatible = await post(CHAT, {}, { authorization: 'Bearer sk-wrong' });
  assert.deepEqual(compatible.json().error, {
    message: 'Incorrect API key provided. ',
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_api_key',
  });
  await using abroad = await startBailian({ region: 'singapore' });
  assert.equal((await post(CHAT, {}, { authorization: `Bearer ${abroad.key}` })).status, 401);
  assert.equal((await post(CHAT, {}, { authorization: `bearer ${server.key}` })).status, 400);

  const { token } = (await post('/api/v1/tokens?expire_in_seconds=60', undefined)).json();
  assert.match(token, /^st-/);
  const withToken = () => post(CHAT, { model: 'qwen-plus', messages: HELLO }, { authorization: `Bearer ${token}` });
  assert.equal((await withToken()).status, 200);
  server.advance(61_000);
  assert.equal((await withToken()).status, 401);
  assert.equal((await post('/api/v1/tokens?expire_in_seconds=1801', undefined)).json().code, 'InvalidParameter');
});

test('models: retired, unbought, of another address', async () => {
  const retired = await chat({ model: 'qwen-max' });
  assert.deepEqual([retired.status, retired.json().error.code], [404, 'model_not_found']);
  assert.deepEqual((await post(GENERATION, { model: 'qwen-turbo', input: {} })).json().code, 'ModelNotFound');
  server.context.unpurchased.add('qwen3-max');
  const unbought = await post(GENERATION, { model: 'qwen3-max', input: { messages: HELLO } });
  assert.deepEqual([unbought.status, unbought.json().code], [403, 'AccessDenied.Unpurchased']);
  for (const [path, model] of [
    [GENERATION, 'qwen3.6-plus'],
    [MULTIMODAL, 'qwen-plus'],
    [GENERATION, 'qwen3-tts-flash'],
  ]) {
    const { status, json } = await post(path, { model, input: { messages: HELLO } });
    assert.deepEqual([status, json().message], [400, 'url error, please check url！']);
  }
});

test('faults befall the next request of their surface, so often, and then no more', async () => {
  const { faults } = server;
  const streaming = { stream: true };
  faults.next('any', { kind: 'unauthorised' });
  assert.equal((await chat()).status, 401);
  faults.next(
    'chat',
    {
      kind: 'error',
      status: 429,
      code: 'Throttling.RateQuota',
      message: 'Requests rate limit exceeded, please try again later.',
    },
    2,
  );
  for (let i = 0; i < 2; i++) {
    const throttled = await chat();
    assert.deepEqual([throttled.status, throttled.json().error.code], [429, 'limit_requests']);
  }
  assert.equal((await chat()).status, 200);
  faults.next('embeddings', { kind: 'captive-portal' });
  assert.equal((await chat()).status, 200, 'another surface');
  assert.match((await post(EMBEDDINGS, {})).text, /^<!DOCTYPE html>/);
  faults.next('chat', { kind: 'wrong-content-type' });
  const gateway = await chat(streaming);
  assert.deepEqual([gateway.status, gateway.type], [200, 'text/plain']);
  faults.next('chat', {
    kind: 'error-event',
    code: 'InternalError.Algo',
    message: 'inference internal error',
    afterChunks: 2,
  });
  const inside = await chat(streaming);
  assert.equal(inside.status, 200);
  assert.equal([...inside.text.matchAll(/^data: /gm)].length, 3);
  assert.match(inside.text, /"code":"internal_error"/);
  faults.next('generation', { kind: 'error-event', code: 'InternalError', message: 'x', afterChunks: 1 });
  assert.match((await native({})).text, /\n\nid:2\nevent:error\n:HTTP_STATUS\/500\ndata:\{"code":"InternalError"/);
  faults.next('chat', { kind: 'malformed-json', afterChunks: 1 });
  const broken = (await chat(streaming)).text.trimEnd().split('\n\n');
  assert.equal(broken.length, 2);
  assert.throws(() => JSON.parse(broken[1].slice(6)), SyntaxError);
  faults.next('chat', { kind: 'idle-timeout' });
  assert.deepEqual((await chat()).json().error.code, 'RequestTimeOut');
  assert.equal((await chat()).status, 200);
});

/** Without fetch's own opinion of what a broken answer is. */
function raw(
  body: unknown,
): Promise<{ bytes: number; whole: boolean; status: number | undefined; leave(): void; ended: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      server.httpUrl + CHAT,
      { method: 'POST', headers: { authorization: `Bearer ${server.key}` } },
      (answer: IncomingMessage) => {
        const state = {
          bytes: 0,
          whole: false,
          status: answer.statusCode,
          leave: () => asked.destroy(),
          ended: Promise.resolve(),
        };
        state.ended = new Promise((done) => answer.once('close', () => done()));
        answer.on('error', () => {});
        answer.on('data', (chunk: Buffer) => {
          state.bytes += chunk.length;
        });
        answer.on('end', () => {
          state.whole = true;
        });
        resolve(state);
      },
    );
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}

test('a cut is at its byte, a stall is for ever, and who leaves is noted', async () => {
  const body = { model: 'qwen-plus', messages: HELLO, stream: true };
  server.faults.next('chat', { kind: 'cut', afterBytes: 1000 });
  const cut = await raw(body);
  await cut.ended;
  assert.deepEqual([cut.bytes, cut.whole], [1000, false]);
  server.faults.next('chat', { kind: 'cut', afterBytes: 0 });
  await assert.rejects(raw(body));

  server.faults.next('chat', { kind: 'stall', afterChunks: 2 });
  const stalled = await raw(body);
  const noted = server.requests.at(-1)!;
  while (noted.lastByteAtMs === null) await new Promise(setImmediate);
  assert.deepEqual([stalled.status, noted.end], [200, null]);
  stalled.leave();
  await stalled.ended;
  while (noted.end === null) await new Promise(setImmediate);

  server.timing.betweenMs = 20;
  const left = await raw(body);
  left.leave();
  await left.ended;
  const one = server.requests.at(-1)!;
  while (one.end === null) await new Promise((resolve) => setTimeout(resolve, 5));
  server.timing.betweenMs = 0;
  assert.equal(one.end, 'aborted');
});

test('chance is the same for the same seed, and about as often as it should be', async () => {
  const draw = (seed: number) => {
    server.faults.random(seed, 0.3);
    return Array.from({ length: 500 }, () => server.faults.take('chat')?.kind ?? '-');
  };
  const first = draw(1);
  assert.deepEqual(draw(1), first);
  assert.notDeepEqual(draw(2), first);
  const hit = first.filter((kind) => kind !== '-').length;
  assert.ok(hit > 110 && hit < 190, `${hit} of 500`);
});

test('beyond the limit of a minute there is 429, which does not count itself', async () => {
  // One that nobody has asked: what is asked within a second of another would be a burst.
  await using fresh = await startBailian();
  fresh.limits.set('tokens', 1);
  const ask = async (): Promise<string | undefined> => {
    const headers = { authorization: `Bearer ${fresh.key}` };
    const answer = await fetch(`${fresh.httpUrl}/api/v1/tokens`, { method: 'POST', headers });
    return ((await answer.json()) as { code?: string }).code;
  };
  assert.deepEqual(
    [await ask(), await ask(), await ask()],
    [undefined, 'Throttling.RateQuota', 'Throttling.RateQuota'],
  );
  assert.equal((await chat()).status, 200);
});

test('faults can be said in words', () => {
  assert.deepEqual(readFault('any=error:429:Throttling.RateQuota:Slow down: now'), {
    surface: 'any',
    fault: { kind: 'error', status: 429, code: 'Throttling.RateQuota', message: 'Slow down: now' },
  });
  assert.deepEqual(readFault('tts-task=words:duplicate').fault, { kind: 'words', mode: 'duplicate' });
  assert.deepEqual(readFault('chat=error-event:2:InternalError').fault, {
    kind: 'error-event',
    afterChunks: 2,
    code: 'InternalError',
    message: 'InternalError',
  });
  for (const words of ['chat', 'nowhere=cut:1', 'chat=cut', 'chat=cut:-1', 'chat=unauthorised:1', 'chat=words:none']) {
    assert.throws(() => readFault(words), RangeError, words);
  }
});
