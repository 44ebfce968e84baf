import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { StudioError } from '../../app/errors/index.ts';
import { bailianSettingsSchema } from '../../app/providers/settings.ts';
import { createCachedLlm } from '../../main/engine/policy/cached-llm.ts';
import { BailianEmbeddings, BailianRerank } from '../../main/providers/knowledge/bailian/index.ts';
import { openSqliteAnswers } from '../../main/storage/answer-cache/sqlite.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';

const never = new AbortController().signal;
const access = (server: FakeBailian, models: object = {}, key = server.key) => ({
  settings: bailianSettingsSchema.parse({ httpBaseUrl: server.httpBaseUrl, models }),
  key: async () => key,
});
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

test('embeds any number of texts, in order, as unit vectors', async () => {
  await using server = await startBailian();
  for (const [embedding, batch, dimensions] of [
    ['text-embedding-v4', 10, 1024],
    ['text-embedding-v2', 25, 1536],
  ] as const) {
    server.requests.length = 0;
    const provider = new BailianEmbeddings(access(server, { embedding }));
    const texts = Array.from({ length: 57 }, (_, i) => `第${i}个问题：快递几天到 ${i * 37}？`);
    const vectors = await provider.embed(texts, 'document', never);
    assert.equal(provider.dimensions, dimensions);
    assert.equal(vectors.length, 57);
    assert.equal(server.requests.length, Math.ceil(57 / batch));
    for (const vector of vectors) assert.ok(Math.abs(dot(vector, vector) - 1) < 1e-5);
    const [alone] = await provider.embed([texts[33]!], 'document', never);
    assert.ok(dot(alone!, vectors[33]!) > 0.9999, 'each vector is that of its own text');
    const body = server.requests.at(-1)!.body as { parameters: Record<string, unknown> };
    assert.equal(body.parameters.text_type, 'document');
    await provider.dispose();
  }
});

test('a text beyond the limit is embedded whole, in parts that end with sentences', async () => {
  await using server = await startBailian();
  const provider = new BailianEmbeddings(access(server));
  const long = '今天的直播介绍一款保温杯，它能保温十二个小时。'.repeat(900);
  const [vector, near, far] = await provider.embed([long, '保温杯能保温多久？', 'Who won the match?'], 'query', never);
  assert.ok(Math.abs(dot(vector!, vector!) - 1) < 1e-5);
  assert.ok(dot(vector!, near!) > dot(vector!, far!));
  const { texts } = (server.requests[0]!.body as { input: { texts: string[] } }).input;
  assert.equal(texts.length, 5);
  assert.equal(texts.slice(0, 3).join(''), long);
  for (const text of texts.slice(0, 3)) assert.match(text, /。$/);
  assert.deepEqual(await provider.embed([], 'query', never), []);
  await assert.rejects(provider.embed(['a', ' '], 'query', never), { code: 'cloud.bad-request' });
});

test('puts documents in order of relevance with every model, beyond the limits too', async () => {
  await using server = await startBailian();
  for (const rerank of ['qwen3-rerank', 'gte-rerank-v2', 'qwen3-vl-rerank']) {
    server.requests.length = 0;
    const provider = new BailianRerank(access(server, { rerank }));
    const documents = Array.from({ length: 620 }, (_, i) => `第${i}条：其他商品的说明，与此无关。`);
    documents[7] = '';
    documents[601] = '保温杯可以保温十二个小时。';
    documents[3] = `${'关于衣服的长篇说明。'.repeat(800)}保温杯可以保温多久？`;
    const found = await provider.rerank('保温杯可以保温多久？', documents, 3, never);
    assert.equal(found.length, 3);
    assert.ok(found.some(({ index }) => index === 601) && found.some(({ index }) => index === 3));
    assert.ok(found[0]!.relevance >= found[1]!.relevance && found[2]!.relevance <= 1 && found[2]!.relevance >= 0);
    assert.ok(server.requests.every(({ status }) => status === 200));
    assert.deepEqual(await provider.rerank('问', [], 3, never), []);
    await assert.rejects(provider.rerank('问'.repeat(5000), ['答'], 1, never), { code: 'cloud.too-long' });
  }
});

test('of answers to like questions the one that answers best is given; without a ranking the likest question’s', async (t) => {
  await using server = await startBailian();
  const folder = await mkdtemp(join(tmpdir(), 'answers-'));
  const cache = openSqliteAnswers(join(folder, 'answers.db'), { maxEntries: 100, ttlMs: 60_000, similarity: 0.2 });
  t.after(async () => {
    await cache.close();
    await rm(folder, { recursive: true, force: true });
  });
  const embeddings = new BailianEmbeddings(access(server));
  const reranker = new BailianRerank(access(server));
  // As it is asked below: no model of its own, and nothing before it.
  const scope = JSON.stringify([[], { model: null }]);
  for (const [question, answer] of [
    ['几点开门？', '我们在南京路。'],
    ['几点关门？', '早上九点开门，晚上九点关门。'],
  ] as const) {
    const [values] = await embeddings.embed([question], 'query', never);
    await cache.keep(scope, question, answer, { space: embeddings.model, values: values! });
  }
  const llm = createCachedLlm({
    llm: { id: 'nobody', runs: 'local', chat: () => assert.fail('asked again'), dispose: async () => undefined },
    ...{ cache: async () => cache, embeddings: () => embeddings, reranker: () => reranker },
    ...{ emit: () => undefined, wallMs: Date.now },
  });
  const answer = async (): Promise<string> => {
    let text = '';
    const question = { role: 'user' as const, content: '早上几点开门呢' };
    for await (const event of llm.chat({ model: null, messages: [question] }, never))
      if (event.type === 'text') text += event.text;
    return text;
  };
  assert.equal(await answer(), '早上九点开门，晚上九点关门。');
  server.faults.next('rerank', { kind: 'error', status: 500, code: 'InternalError', message: 'x' });
  assert.equal(await answer(), '我们在南京路。');
});

test('every fault has its code; an abort its reason', async () => {
  await using server = await startBailian();
  const timeouts = { firstByteMs: 300, betweenBytesMs: 300 };
  const embeddings = new BailianEmbeddings(access(server), timeouts);
  const reranker = new BailianRerank(access(server), timeouts);
  const cases = [
    [{ kind: 'unauthorised' }, 'cloud.key-wrong'],
    [{ kind: 'error', status: 429, code: 'PrepaidBillOverdue', message: 'x' }, 'cloud.billing'],
    [{ kind: 'error-event', code: 'InternalError', message: 'x', afterChunks: 0 }, 'cloud.server-error'],
    [{ kind: 'cut', afterBytes: 30 }, 'cloud.cut-off'],
    [{ kind: 'stall', afterChunks: 1 }, 'cloud.timeout'],
    [{ kind: 'malformed-json', afterChunks: 0 }, 'cloud.bad-answer'],
    [{ kind: 'wrong-content-type' }, 'cloud.bad-answer'],
    [{ kind: 'captive-portal' }, 'cloud.captive-portal'],
  ] as const;
  for (const [fault, code] of cases) {
    server.faults.always('any', fault);
    for (const asking of [
      () => embeddings.embed(['你好'], 'query', never),
      () => reranker.rerank('你好', ['好'], 1, never),
    ]) {
      const error = (await asking().catch((reason: unknown) => reason)) as StudioError;
      assert.equal(error.code, code, inspect(fault));
      assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(server.key));
    }
    server.faults.clear();
  }
  const abort = new AbortController();
  server.timing.firstByteMs = 60_000;
  const waiting = embeddings.embed(Array(100).fill('你好'), 'query', abort.signal);
  abort.abort(new Error('enough'));
  await assert.rejects(waiting, { message: 'enough' });
});
