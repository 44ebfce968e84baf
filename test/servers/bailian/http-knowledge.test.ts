import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMBEDDINGS, type Json, post } from './asking.fixture.ts';

test('embeddings: what means the same lies near; dimensions, batches and lengths are refused as recorded', async () => {
  const texts = ['这件衣服多少钱？', '请问这件衣服要多少钱', '什么时候发货'];
  const answer = (
    await post(EMBEDDINGS, { model: 'text-embedding-v4', input: { texts }, parameters: { dimension: 256 } })
  ).json();
  const [a, b, c] = answer.output.embeddings.map((entry: Json) => entry.embedding as number[]);
  const cosine = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  assert.equal(a.length, 256);
  assert.ok(Math.abs(cosine(a, a) - 1) < 1e-9);
  assert.ok(cosine(a, b) > 0.95 && cosine(a, c) < 0.2, `${cosine(a, b)} ${cosine(a, c)}`);
  const compatible = (
    await post('/compatible-mode/v1/embeddings', { model: 'text-embedding-v4', input: texts[0], dimensions: 256 })
  ).json();
  assert.deepEqual(compatible.data[0].embedding, a);

  const many = await post(EMBEDDINGS, { model: 'text-embedding-v4', input: { texts: Array(11).fill('x') } });
  assert.match(many.json().message, /batch size is invalid, it should not be larger than 10/);
  for (const [input, parameters] of [
    [{ texts: ['x'] }, { dimension: 100 }],
    [{ texts: ['字 '.repeat(8200)] }, {}],
    [{ texts: [] }, {}],
    [{ texts: ['x'] }, { text_type: 'other' }],
  ]) {
    assert.equal((await post(EMBEDDINGS, { model: 'text-embedding-v4', input, parameters })).status, 400);
  }
});

test('rerank puts what answers first', async () => {
  const documents = [
    'Our shop opens at nine.',
    'Parcels leave within two days of the order.',
    'The dress costs 99 yuan.',
  ];
  const native = (
    await post('/api/v1/services/rerank/text-rerank/text-rerank', {
      model: 'gte-rerank-v2',
      input: { query: 'what does the dress cost', documents },
      parameters: { top_n: 2, return_documents: true },
    })
  ).json();
  assert.equal(native.output.results.length, 2);
  assert.deepEqual([native.output.results[0].index, native.output.results[0].document.text], [2, documents[2]]);
  const flat = (
    await post('/compatible-api/v1/reranks', { model: 'qwen3-rerank', query: 'when does the shop open', documents })
  ).json();
  assert.equal(flat.results[0].index, 0);
  assert.equal(
    (await post('/compatible-api/v1/reranks', { model: 'qwen3-rerank', query: 'x', documents: Array(501).fill('y') }))
      .status,
    400,
  );
});
