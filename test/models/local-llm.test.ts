import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ErrorCode } from '../../app/errors/index.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { ChatMessage } from '../../main/engine/ports/llm.ts';
import { createLlamaProcess } from '../../main/providers/kit/llama-process.ts';
import type { ModelProcess } from '../../main/providers/kit/model-process.ts';
import { createLlamaEmbeddings } from '../../main/providers/knowledge/llama/index.ts';
import { createLlamaLlm, type LlamaLlm } from '../../main/providers/llm/llama/index.ts';
import { TINY_WORDS, tinyQwen2 } from '../../scripts/tiny-models/qwen2.ts';
import { hear, localLlmConformance, never } from '../providers/llm-conformance.ts';
import { type TinyModels, tinyLlm, tinyModels } from './tiny-llm.fixture.ts';

const WHOLE = TINY_WORDS.join('');
const user = (content: string): ChatMessage => ({ role: 'user', content });
const ask = (content: string, more = {}) => ({ model: null, messages: [user(content)], ...more });

const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
};

describe('a language model on this machine', () => {
  let models: TinyModels;
  let llama: ModelProcess;
  let llm: LlamaLlm;

  before(async () => {
    models = await tinyModels();
    llama = createLlamaProcess();
    llm = createLlamaLlm({ models, process: llama });
    models.choose('llm', await tinyLlm(models.folder, 'tiny'));
  });
  after(async () => {
    await llm.dispose();
    const { pid } = llama;
    await llama.dispose();
    await llama.dispose();
    assert.ok(pid === null || isGone(pid), 'no process is left');
    await models[Symbol.asyncDispose]();
  });

  localLlmConformance('local Qwen', () => ({
    ...{ provider: llm, whole: WHOLE },
    async endless(work) {
      models.choose('llm', await tinyLlm(models.folder, 'endless', { endless: true }));
      await work();
      models.choose('llm', await tinyLlm(models.folder, 'tiny'));
    },
  }));

  test('reads again only what is new of a conversation, and of two that take turns', async () => {
    const opening = [user('第一个问题，请讲讲你自己。')];
    const first = await hear(llm.chat({ model: null, messages: opening }, never));
    await hear(llm.chat(ask('与此无关的另一个问题。'), never));
    const messages = [...opening, { role: 'assistant' as const, content: first.text }, user('还有呢？')];
    const { events } = await hear(llm.chat({ model: null, messages }, never));
    const done = events.at(-1)!;
    assert.ok(done.type === 'done' && done.usage !== null);
    const { inputTokens, cachedTokens } = done.usage;
    assert.ok(cachedTokens > inputTokens / 2, `${cachedTokens} of ${inputTokens}`);
  });

  test('leaves out the oldest turns when the context is full, says so, and refuses one question that is too long', async () => {
    const long = '很久以前有一座山。'.repeat(12);
    const messages = Array.from({ length: 12 }, (_, i) =>
      i % 2 === 0 ? user(`${i}${long}`) : { role: 'assistant' as const, content: long },
    );
    const { events, text, error } = await hear(
      llm.chat({ model: null, messages: [...messages, user('完了吗？')] }, never),
    );
    assert.equal(error, null);
    assert.equal(text, WHOLE);
    const done = events.at(-1)!;
    assert.ok(done.type === 'done' && (done.forgotten ?? 0) > 0 && done.forgotten! % 2 === 0);
    const tooLong = await hear(llm.chat(ask('山'.repeat(3000)), never));
    assert.equal((tooLong.error as StudioError).code, 'model.too-long');
  });

  test('killed in the middle of an answer, it is gone on with by the next process, and nothing is said twice or lost', async () => {
    models.choose('llm', await tinyLlm(models.folder, 'endless', { endless: true }));
    let text = '';
    let killed: number | null = null;
    for await (const event of llm.chat(ask('讲个长故事。', { maxTokens: 400 }), never)) {
      if (event.type !== 'text') continue;
      text += event.text;
      if (killed !== null || text.length < 40) continue;
      killed = llama.pid;
      process.kill(killed!, 'SIGKILL');
    }
    assert.ok(killed !== null && llama.pid !== killed);
    assert.ok(text.length > 400 && WHOLE.repeat(100).startsWith(text), text.slice(0, 200));
    models.choose('llm', await tinyLlm(models.folder, 'tiny'));
  });

  test('200 questions at once are all answered, one more than may wait is refused at once', async () => {
    const small = createLlamaProcess({ maxWaiting: 199 });
    const busy = createLlamaLlm({ models, process: small });
    try {
      const all = Array.from({ length: 200 }, (_, i) => hear(busy.chat(ask(`问题${i}`, { maxTokens: 2 }), never)));
      await sleep(0);
      const refused = await hear(busy.chat(ask('还有一个'), never));
      assert.equal((refused.error as StudioError).code, 'model.busy');
      const failed = (await Promise.all(all)).filter(({ error, text }) => error !== null || text === '');
      assert.deepEqual(failed, []);
    } finally {
      await busy.dispose();
      await small.dispose();
    }
  });

  test('what cannot be a model has its error, and the next model is none the worse', async () => {
    const good = tinyQwen2();
    const flipped = Buffer.from(good);
    flipped.writeBigUInt64LE(2n ** 40n, 8);
    const faults: [string, Parameters<typeof tinyLlm>[2], ErrorCode][] = [
      ['cut', { bytes: good.subarray(0, good.length / 2) }, 'model.not-readable'],
      ['head', { bytes: good.subarray(0, 200) }, 'model.not-readable'],
      ['flipped', { bytes: flipped }, 'model.not-readable'],
      ['html', { bytes: Buffer.from('<!doctype html>') }, 'model.not-readable'],
      ['new', { architecture: 'qwen99' }, 'model.not-readable'],
      ['large', { memoryBytes: 2 ** 50 }, 'model.too-large'],
    ];
    assert.equal((await hear(llm.chat(ask('你好'), never))).text, WHOLE);
    const { pid } = llama;
    for (const [id, options, code] of faults) {
      models.choose('llm', await tinyLlm(models.folder, id, options));
      const { error } = await hear(llm.chat(ask('你好'), never));
      assert.ok(error instanceof StudioError, `${id}: ${String(error)}`);
      assert.equal(error.code, code, id);
    }
    assert.ok(models.uses.some(({ id, ok }) => id === 'cut' && !ok));
    assert.equal(llama.pid, pid, 'the process lives on');
    models.choose('llm', null);
    assert.equal(((await hear(llm.chat(ask('你好'), never))).error as StudioError).code, 'model.not-installed');
    models.choose('llm', await tinyLlm(models.folder, 'tiny'));
    assert.equal((await hear(llm.chat(ask('你好'), never))).text, WHOLE);
  });

  test('makes directions of texts, of length 1, the same for the same', async () => {
    const installed = await tinyLlm(models.folder, 'embedding', { task: 'embedding' });
    const embeddings = createLlamaEmbeddings(installed, llama, models);
    const [one, other, again] = await embeddings.embed(['杯子多少钱？', '明天的天气', '杯子多少钱？'], 'query', never);
    assert.equal(one!.length, embeddings.dimensions);
    assert.ok(Math.abs(Math.hypot(...one!) - 1) < 1e-4);
    const alike = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
    assert.ok(alike(one!, again!) > 0.999 && alike(one!, other!) < 0.99);
  });
});
