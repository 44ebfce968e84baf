import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '../../app/errors/index.ts';
import { bailianSettingsSchema } from '../../app/providers/settings.ts';
import { createOpenAiServer, createQwen, openAiModels } from '../../main/providers/llm/openai-compatible/index.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';
import { hear, llmConformance } from './llm-conformance.ts';

const never = new AbortController().signal;
const access = (server: FakeBailian, more: object = {}, key = server.key) => ({
  settings: bailianSettingsSchema.parse({ httpBaseUrl: server.httpBaseUrl, ...more }),
  key: async () => key,
});
const openAi = (server: FakeBailian) => ({
  id: 'vllm',
  name: 'vLLM',
  baseUrl: `${server.httpUrl}/compatible-mode/v1`,
  model: 'qwen-plus',
});

llmConformance({
  name: 'Qwen by Bailian',
  create: (server, timeouts) => createQwen(access(server), timeouts),
  thinks: true,
});
llmConformance({
  name: 'an OpenAI-compatible server by its URL',
  create: (server, timeouts) => createOpenAiServer(openAi(server), async () => server.key, timeouts),
  thinks: false,
});

const question = { model: null, messages: [{ role: 'user' as const, content: '你好' }] };

test('speaks with temporary keys, and makes another when one has ended early', async (t) => {
  await using server = await startBailian();
  const provider = createQwen(access(server, { temporaryKeys: true, subWorkspace: 'ws-7', dataInspection: true }));
  t.after(() => provider.dispose());
  assert.equal((await hear(provider.chat(question, never))).error, null);
  server.advance(1_801_000);
  assert.equal((await hear(provider.chat(question, never))).error, null);
  assert.deepEqual(
    server.requests.map(({ surface, status }) => [surface, status]),
    [
      ['tokens', 200],
      ['chat', 200],
      ['chat', 401],
      ['tokens', 200],
      ['chat', 200],
    ],
  );
  const { headers } = server.requests[1]!;
  assert.match(headers.authorization!, /^Bearer st-/);
  assert.equal(headers['x-dashscope-workspace'], 'ws-7');
  assert.equal(headers['x-dashscope-datainspection'], '{"input":"cip","output":"cip"}');
});

test('without a key nobody is asked; a wrong one is not tried again', async (t) => {
  await using server = await startBailian();
  for (const [key, code, asked] of [
    ['', 'cloud.key-missing', 0],
    ['sk-wrong', 'cloud.key-wrong', 1],
  ] as const) {
    const provider = createQwen(access(server, {}, key));
    t.after(() => provider.dispose());
    const { error } = await hear(provider.chat(question, never));
    assert.equal((error as StudioError).code, code);
    assert.equal(server.requests.length, asked);
  }
});

test('lists what a server offers', async () => {
  await using server = await startBailian();
  assert.deepEqual(await openAiModels(openAi(server), async () => server.key, never), [
    'qwen-plus',
    'qwen-flash',
    'qwen3-max',
  ]);
  await assert.rejects(
    openAiModels(openAi(server), async () => '', never),
    (error: unknown) => error instanceof StudioError && error.code === 'cloud.key-missing',
  );
});
