import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import type { PolicyEvent } from '../../app/policy/events.ts';
import { bailianSettingsSchema, policySettingsSchema, providerSettingsSchema } from '../../app/providers/settings.ts';
import { createProviders } from '../../main/compose-providers.ts';
import { machineClock } from '../../main/engine/policy/clock.ts';
import { createModeratedLlm } from '../../main/engine/policy/moderated-llm.ts';
import type { ChatEvent, ChatRequest, LlmProvider } from '../../main/engine/ports/llm.ts';
import type { TtsProvider } from '../../main/engine/ports/tts.ts';
import { createQwen } from '../../main/providers/llm/openai-compatible/index.ts';
import { createGreen } from '../../main/providers/moderation/green/index.ts';
import type { Asked } from '../servers/bailian/answers.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';

const never = new AbortController().signal;
const HURRIED = { firstByteMs: 1500, betweenBytesMs: 1500 };
const green = (server: FakeBailian, more: Partial<Parameters<typeof createGreen>[0]> = {}) =>
  createGreen({
    ...{ settings: () => ({ regions: ['shanghai', 'beijing'] }), timeouts: HURRIED },
    ...{ accessKey: async () => server.accessKey, baseUrl: () => server.httpUrl, now: server.context.nowMs },
    ...more,
  });
const asked = (server: FakeBailian) => server.requests.filter(({ surface }) => surface === 'green');
const question: ChatRequest = { model: null, messages: [{ role: 'user', content: '介绍一下。' }] };
const SAFE = '这句话我不方便说，我们换个话题吧。';
const SAFE_EN = 'I would rather not say that. Let’s talk about something else.';

test('verdicts, the limits of each service, and nothing asked about nothing', async () => {
  await using server = await startBailian();
  server.forbidden.set('小毛病', { label: 'inappropriate_profanity', risk: 'low' });
  const provider = green(server);
  assert.deepEqual(await provider.check('今天天气很好。', 'answer', never), { risk: 'none', labels: [], advice: null });
  const bad = await provider.check('说说违禁示例吧', 'asked', never);
  assert.equal(bad.risk, 'high');
  assert.deepEqual(bad.labels, [{ label: 'contraband_drug', confidence: 96, words: ['违禁示例'] }]);
  assert.match(bad.advice ?? '', /很抱歉/);
  server.requests.length = 0;
  await provider.check(' \n', 'answer', never);
  assert.equal(asked(server).length, 0);

  // 6,300 characters: four questions' worth, two answers' worth; the worst part counts.
  const long = `${'一二三四五六七八。'.repeat(350)}有小毛病。${'一二三四五六七八。'.repeat(349)}有违禁示例。`;
  for (const [use, parts] of [
    ['asked', 4],
    ['answer', 2],
  ] as const) {
    server.requests.length = 0;
    const { risk, labels } = await provider.check(long, use, never);
    assert.equal(asked(server).length, parts);
    assert.deepEqual(
      [risk, labels.map(({ label }) => label).sort()],
      ['high', ['contraband_drug', 'inappropriate_profanity']],
    );
  }
});

test('the next region answers where one does not, each asked once; what is refused is not asked again', async () => {
  await using shanghai = await startBailian();
  await using beijing = await startBailian();
  // One account in both regions.
  Object.assign(shanghai.accessKey, beijing.accessKey);
  const both = (more = {}) =>
    green(beijing, { baseUrl: (region) => (region === 'shanghai' ? shanghai : beijing).httpUrl, ...more });
  for (const fault of [
    { kind: 'cut', afterBytes: 0 },
    { kind: 'error', status: 503, code: 'ServiceUnavailable', message: 'The request has failed.' },
    { kind: 'slow-first-byte', ms: 60_000 },
  ] as const) {
    shanghai.requests.length = beijing.requests.length = 0;
    shanghai.faults.next('green', fault);
    const provider = both({ timeouts: { firstByteMs: 300, betweenBytesMs: 300 } });
    assert.equal((await provider.check('违禁示例', 'answer', never)).risk, 'high', fault.kind);
    assert.deepEqual([asked(shanghai).length, asked(beijing).length], [1, 1], fault.kind);
  }
  // A line kept from before breaks: asked again on a new one, under a signature of its own.
  shanghai.requests.length = 0;
  shanghai.faults.next('green', { kind: 'cut', afterBytes: 0 });
  await both().check('好。', 'answer', never);
  shanghai.faults.next('green', { kind: 'cut', afterBytes: 0 });
  assert.equal((await both().check('违禁示例', 'answer', never)).risk, 'high');
  const unreachable = green(beijing, { baseUrl: () => 'http://127.0.0.1:1' });
  await assert.rejects(unreachable.check('好。', 'answer', never), { code: 'cloud.unreachable' });

  beijing.requests.length = 0;
  await assert.rejects(green(beijing, { now: () => Date.now() - 16 * 60_000 }).check('好。', 'answer', never), {
    code: 'cloud.clock-skew',
  });
  assert.equal(asked(beijing).length, 1);
  const stop = new AbortController();
  stop.abort(new Error('enough'));
  await assert.rejects(green(beijing).check('好。', 'answer', stop.signal), /enough/);
});

test('HTTP 200 with another code is a failure; a wrong key is named; no error tells a secret', async () => {
  await using server = await startBailian();
  const secret = 'a-secret-nobody-may-read';
  const wrong = green(server, { accessKey: async () => ({ id: server.accessKey.id, secret }) });
  const errors: unknown[] = [];
  for (const [provider, code] of [
    [wrong, 'cloud.key-wrong'],
    [green(server, { accessKey: async () => ({ id: 'LTAIunknownkey', secret }) }), 'cloud.key-wrong'],
    [green(server, { accessKey: async () => null }), 'cloud.key-missing'],
  ] as const) {
    await assert.rejects(provider.check('好。', 'answer', never), (error: Error & { code: string }) => {
      errors.push(error);
      return error.code === code;
    });
  }
  const told = inspect(errors, { depth: 12 });
  for (const each of [secret, server.accessKey.id, server.accessKey.secret, 'Signature='])
    assert.ok(!told.includes(each), each);

  const answers = [
    { Code: 408, Message: 'PERMISSION_DENY' },
    { Code: 400, Message: 'content is null' },
    { Code: 588, Message: 'EXCEED_QUOTA' },
    { Code: 200, Data: {} },
    { Code: 200, Data: {} },
  ];
  let served = 0;
  const odd = createServer((_, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answers[served++])),
  );
  await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
  const address = odd.address();
  assert.ok(typeof address === 'object' && address !== null);
  try {
    const provider = green(server, { baseUrl: () => `http://127.0.0.1:${address.port}` });
    for (const code of ['cloud.not-entitled', 'cloud.bad-request', 'cloud.rate-limited', 'cloud.bad-answer'])
      await assert.rejects(provider.check('好。', 'answer', never), { code });
    assert.equal(served, answers.length);
  } finally {
    odd.closeAllConnections();
    odd.close();
  }
});

/** The model of one server under the moderation of another. */
async function moderated(refuseFrom: 'low' | 'medium' | 'high' = 'medium') {
  const model = await startBailian();
  model.forbidden.clear();
  const judge = await startBailian();
  const events: PolicyEvent[] = [];
  const qwen = createQwen({
    settings: bailianSettingsSchema.parse({ httpBaseUrl: model.httpBaseUrl }),
    key: async () => model.key,
  });
  const under = (llm: LlmProvider, mode: 'cloud-first' | 'offline' = 'cloud-first') =>
    createModeratedLlm({
      llm,
      ...{
        settings: () => policySettingsSchema.parse({ mode }),
        clock: machineClock,
        emit: (event) => events.push(event),
      },
      guard: () => ({ moderation: green(judge), refuseFrom, lacks: async () => null }),
    });
  return {
    ...{ model, judge, events, under, llm: under(qwen) },
    withheld: () => events.flatMap((event) => (event.type === 'withheld' ? [[event.risk, ...event.labels]] : [])),
    async [Symbol.asyncDispose]() {
      await Promise.all([model[Symbol.asyncDispose](), judge[Symbol.asyncDispose]()]);
    },
  };
}
async function all(events: AsyncIterable<ChatEvent>): Promise<{ text: string; events: ChatEvent[] }> {
  const got: ChatEvent[] = [];
  for await (const event of events) got.push(event);
  return { events: got, text: got.map((event) => (event.type === 'text' ? event.text : '')).join('') };
}

test('a refused sentence is replaced in its language while the others stream on', async () => {
  await using world = await moderated();
  world.judge.forbidden.set('小毛病', { label: 'inappropriate_profanity', risk: 'low' });
  world.model.answers = () =>
    '第一句，3.5 元。有违禁示例。又是违禁示例！\n有小毛病。“好吗？”Say forbidden-sample now. Fine.';
  const { text, events } = await all(world.llm.chat(question, never));
  assert.equal(text, `第一句，3.5 元。${SAFE}\n有小毛病。“好吗？”${SAFE_EN} Fine.`);
  assert.equal(events.at(-1)?.type, 'done');
  assert.deepEqual(
    world.withheld(),
    Array.from({ length: 3 }, () => ['high', 'contraband_drug']),
  );

  // The model has not written its second sentence when the first one is given on; verdicts that come late keep the order.
  let more: () => void = () => undefined;
  const written = new Promise<void>((resolve) => {
    more = resolve;
  });
  const slow: LlmProvider = {
    ...{ id: 'slow', runs: 'local', dispose: async () => undefined },
    async *chat() {
      yield { type: 'text', text: '一。二' };
      await written;
      yield { type: 'text', text: '。三。四。五。' };
      yield { type: 'done', reason: 'stop', usage: null, model: 'slow' };
    },
  };
  const stream = world.under(slow).chat(question, never)[Symbol.asyncIterator]();
  assert.deepEqual((await stream.next()).value, { type: 'text', text: '一。' });
  world.judge.requests.length = 0;
  world.judge.faults.next('green', { kind: 'slow-first-byte', ms: 400 });
  more();
  let rest = '';
  for (let next = await stream.next(); !next.done; next = await stream.next())
    if (next.value.type === 'text') rest += next.value.text;
  assert.equal(rest, '二。三。四。五。');
  const [late, ...others] = asked(world.judge);
  assert.equal(others.length, 3);
  for (const { atMs } of others) assert.ok(atMs < late!.lastByteAtMs!, 'checked while the one before is still being');
});

test('what cannot be checked is not said; offline nobody is asked', async () => {
  await using world = await moderated();
  world.model.answers = () => '第一句。第二句。';
  world.judge.faults.always('green', { kind: 'error', status: 500, code: 'InternalError', message: 'x' });
  assert.equal((await all(world.llm.chat(question, never))).text, SAFE);
  assert.deepEqual(world.withheld(), [[null], [null]]);
  assert.ok(world.events.some((event) => event.type === 'failed' && event.provider === 'green'));
  world.judge.requests.length = 0;
  const local: LlmProvider = {
    ...{ id: 'local', runs: 'local', dispose: async () => undefined },
    async *chat() {
      yield { type: 'text', text: 'Hello.' };
    },
  };
  assert.equal((await all(world.under(local, 'offline').chat(question, never))).text, SAFE_EN);
  assert.equal(world.judge.requests.length, 0);

  const stop = new AbortController();
  world.judge.faults.clear();
  world.judge.faults.always('green', { kind: 'slow-first-byte', ms: 60_000 });
  setTimeout(() => stop.abort(new Error('enough')), 100);
  await assert.rejects(all(world.llm.chat(question, stop.signal)), /enough/);
});

test('tool calls and answers in JSON are judged whole', async () => {
  await using world = await moderated();
  const tools = [{ name: 'say', description: 'says', parameters: { type: 'object' } }];
  const call = (line: string) => (asked: Asked) =>
    asked.tools.length > 0 ? { toolCalls: [{ name: 'say', arguments: { line } }] } : '';
  world.model.answers = call('好。');
  const good = await all(world.llm.chat({ ...question, tools }, never));
  assert.ok(good.events.some((event) => event.type === 'tool-call'));
  world.model.answers = call('违禁示例');
  const { events } = await all(world.llm.chat({ ...question, tools }, never));
  assert.ok(!events.some((event) => event.type === 'tool-call'));
  assert.ok(events.some((event) => event.type === 'done' && event.reason === 'stop'));

  const schema = { name: 'a', schema: { type: 'object', properties: { line: { type: 'string' } } } };
  world.model.answers = () => '{"line":"一。二。"}';
  const whole = await all(world.llm.chat({ ...question, schema }, never));
  assert.deepEqual(
    whole.events.filter(({ type }) => type === 'text'),
    [{ type: 'text', text: '{"line":"一。二。"}' }],
  );
  world.model.answers = () => '{"line":"一。违禁示例。"}';
  const refused = await all(world.llm.chat({ ...question, schema }, never));
  assert.deepEqual(
    refused.events.map(({ type }) => type),
    ['withdrawn'],
  );
  world.judge.faults.always('green', { kind: 'error', status: 500, code: 'InternalError', message: 'x' });
  await assert.rejects(all(world.llm.chat({ ...question, schema }, never)), { code: 'cloud.server-error' });
});

test('the switch in the settings works in the composed studio, and off it asks nobody', async (t) => {
  await using world = await moderated();
  const dataDir = await mkdtemp(join(tmpdir(), 'green-'));
  t.after(() => rm(dataDir, { recursive: true, force: true }));
  const held = new Map<string, string>();
  const secrets = {
    get: async (name: string) => held.get(name) ?? null,
    set: async (name: string, value: string) => void held.set(name, value),
    delete: async (name: string) => void held.delete(name),
    names: async () => [...held.keys()],
  };
  const embedded: TtsProvider = {
    ...{ id: 'espeak', version: '1', voices: async () => [], dispose: async () => undefined },
    async *synthesise() {},
  };
  await using providers = createProviders({
    ...{ dataDir, cacheDir: join(dataDir, 'cache'), secrets, embedded },
    environment: {
      ...{ DASHSCOPE_API_KEY: world.model.key, DASHSCOPE_HTTP_BASE_URL: world.model.httpBaseUrl },
      GREEN_BASE_URL: world.judge.httpUrl,
    },
  });
  world.model.answers = () => '好。有违禁示例。';
  const said = async () => (await all(providers.llm.chat(question, never))).text;
  assert.equal(await said(), '好。有违禁示例。');
  await providers.change(providerSettingsSchema.parse({ green: { enabled: true } }));
  assert.equal(await said(), '好。有违禁示例。');
  const withoutKey = (event: PolicyEvent) => event.type === 'failed' && event.error.code === 'cloud.key-missing';
  assert.ok(providers.recentEvents().some(withoutKey), 'without a key the log says that nothing is checked');
  assert.equal(world.judge.requests.length, 0);
  await providers.secrets.set('aliyun/access-key-id', world.judge.accessKey.id);
  await providers.secrets.set('aliyun/access-key-secret', world.judge.accessKey.secret);
  assert.equal(await said(), `好。${SAFE}`);
  assert.ok(providers.recentEvents().some(({ type }) => type === 'withheld'));

  // A viewer's question is judged before anybody, the memory of answers included, is asked for an answer.
  world.model.answers = () => '好。';
  world.model.requests.length = 0;
  const ask = (content: string) =>
    all(providers.answers.chat({ model: null, messages: [{ role: 'user', content }] }, never));
  assert.equal((await ask('Tell me of the forbidden-sample')).text, SAFE_EN);
  assert.deepEqual(world.model.requests, []);
  const last = providers.recentEvents().findLast(({ type }) => type === 'withheld');
  assert.deepEqual(last?.type === 'withheld' && [last.use, last.risk], ['asked', 'high']);
  assert.equal((await ask('几点开门？')).text, '好。');
});
