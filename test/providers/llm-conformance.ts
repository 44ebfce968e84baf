/** What every provider of language has to do, shown against the local Bailian. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import type { ErrorCode } from '../../app/errors/index.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { ChatEvent, ChatRequest, LlmProvider } from '../../main/engine/ports/llm.ts';
import type { Fault } from '../servers/bailian/faults.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';

export interface LlmSubject {
  name: string;
  create(server: FakeBailian, timeouts: { firstByteMs: number; betweenBytesMs: number }): LlmProvider;
  /** The request's switch reaches the model. */
  thinks: boolean;
}

const PATIENT = { firstByteMs: 30_000, betweenBytesMs: 30_000 };
const HASTY = { firstByteMs: 250, betweenBytesMs: 250 };
const MAX_STOP_MS = 200;

export const never = new AbortController().signal;
const ask = (content: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: null,
  messages: [{ role: 'user', content }],
  ...more,
});

export interface Heard {
  events: ChatEvent[];
  text: string;
  error: unknown;
}
export async function hear(answer: AsyncIterable<ChatEvent>): Promise<Heard> {
  const heard: Heard = { events: [], text: '', error: null };
  try {
    for await (const event of answer) {
      heard.events.push(event);
      if (event.type === 'text') heard.text += event.text;
    }
  } catch (error) {
    heard.error = error;
  }
  return heard;
}

const error = (status: number, code: string, message: string): Fault => ({ kind: 'error', status, code, message });
const inside = (code: string, message: string, afterChunks: number): Fault => ({
  kind: 'error-event',
  code,
  message,
  afterChunks,
});

/** Each fault of the server, and what it is to a person. */
const FAULTS: readonly (readonly [Fault, ErrorCode])[] = [
  [{ kind: 'unauthorised' }, 'cloud.key-wrong'],
  [error(400, 'InvalidParameter', 'url error, please check url！'), 'cloud.bad-request'],
  [error(400, 'Arrearage', 'Access denied, please make sure your account is in good standing.'), 'cloud.billing'],
  [error(403, 'AccessDenied.Unpurchased', 'Access to model denied.'), 'cloud.not-entitled'],
  [error(404, 'ModelNotFound', 'Model can not be found.'), 'cloud.model-gone'],
  [error(429, 'Throttling', 'Requests throttling triggered.'), 'cloud.rate-limited'],
  [error(429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.'), 'cloud.rate-limited'],
  [error(429, 'Throttling.BurstRate', 'Request rate increased too quickly.'), 'cloud.rate-limited'],
  [error(429, 'Throttling.AllocationQuota', 'Allocated quota exceeded.'), 'cloud.quota-used-up'],
  [error(429, 'CommodityNotPurchased', 'Commodity has not purchased yet.'), 'cloud.billing'],
  [error(429, 'PrepaidBillOverdue', 'The prepaid bill is overdue.'), 'cloud.billing'],
  [error(429, 'PostpaidBillOverdue', 'The postpaid bill is overdue.'), 'cloud.billing'],
  [error(500, 'InternalError', 'An internal error has occured.'), 'cloud.server-error'],
  [error(503, 'ModelUnavailable', 'Model is unavailable, please try again later.'), 'cloud.server-error'],
  [inside('InternalError.Algo', 'inference internal error', 0), 'cloud.server-error'],
  [inside('InternalError.Algo', 'inference internal error', 3), 'cloud.server-error'],
  [inside('Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.', 2), 'cloud.rate-limited'],
  [{ kind: 'cut', afterBytes: 0 }, 'cloud.unreachable'],
  [{ kind: 'cut', afterBytes: 40 }, 'cloud.cut-off'],
  [{ kind: 'cut', afterBytes: 700 }, 'cloud.cut-off'],
  [{ kind: 'stall', afterChunks: 0 }, 'cloud.timeout'],
  [{ kind: 'stall', afterChunks: 3 }, 'cloud.timeout'],
  [{ kind: 'slow-first-byte', ms: 5000 }, 'cloud.timeout'],
  [{ kind: 'idle-timeout' }, 'cloud.timeout'],
  [{ kind: 'wrong-content-type' }, 'cloud.bad-answer'],
  [{ kind: 'malformed-json', afterChunks: 0 }, 'cloud.bad-answer'],
  [{ kind: 'malformed-json', afterChunks: 3 }, 'cloud.bad-answer'],
  [{ kind: 'captive-portal' }, 'cloud.captive-portal'],
];

export function llmConformance(subject: LlmSubject): void {
  describe(subject.name, () => {
    let server: FakeBailian;
    let provider: LlmProvider;
    before(async () => {
      server = await startBailian();
      provider = subject.create(server, PATIENT);
    });
    after(async () => {
      await provider.dispose();
      await server[Symbol.asyncDispose]();
    });
    beforeEach(() => {
      server.faults.clear();
      server.answers = null;
      server.timing.firstByteMs = 0;
      server.timing.betweenMs = 0;
      server.requests.length = 0;
    });

    test('streams: the first words are here before the last are written', async () => {
      server.timing.betweenMs = 20;
      server.answers = () => ({ pieces: ['你好', '，', '世界', '😀', '！', ' Fine.'] });
      let text = '';
      let whileWriting = 0;
      for await (const event of provider.chat(ask('你好'), never)) {
        if (event.type !== 'text') continue;
        text += event.text;
        if (server.requests[0]!.end === null) whileWriting++;
      }
      assert.equal(text, '你好，世界😀！ Fine.');
      assert.ok(whileWriting >= 5, `${whileWriting} pieces came while it was being written`);
    });

    test('ends with one `done`, with usage and the model that wrote', async () => {
      const { events, text, error } = await hear(provider.chat(ask('请介绍一下杭州。'), never));
      assert.equal(error, null);
      assert.match(text, /杭州/);
      assert.equal(events.filter((event) => event.type === 'done').length, 1);
      const done = events.at(-1)!;
      assert.ok(done.type === 'done' && done.reason === 'stop' && done.usage !== null);
      assert.equal(done.model, 'qwen-plus');
      assert.ok(done.usage.inputTokens > 0 && done.usage.outputTokens > 0);
    });

    test('says when the answer was cut at the asked length, and asks for the model it is told', async () => {
      const asked = ask('请介绍一下杭州。', { maxTokens: 5, temperature: 0.3, seed: 7, model: 'qwen-flash' });
      const { events } = await hear(provider.chat(asked, never));
      const done = events.at(-1)!;
      assert.ok(done.type === 'done' && done.reason === 'length' && done.model === 'qwen-flash');
      const body = server.requests[0]!.body as Record<string, unknown>;
      assert.deepEqual(
        { temperature: body.temperature, seed: body.seed, max: body.max_tokens },
        { temperature: 0.3, seed: 7, max: 5 },
      );
    });

    test('puts calls of tools together, and takes their results', async () => {
      server.answers = (asked) =>
        asked.messages.at(-1)!.role === 'tool'
          ? null
          : {
              text: '我查一下。',
              toolCalls: [
                { name: 'weather', arguments: { city: '杭州 "西湖"' } },
                { name: 'time', arguments: '{}' },
              ],
            };
      const tool = (name: string) => ({ name, description: name, parameters: { type: 'object', properties: {} } });
      const question = ask('杭州的天气？', { tools: [tool('weather'), tool('time')] });
      const { events } = await hear(provider.chat(question, never));
      const calls = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []));
      assert.deepEqual(
        calls.map((call) => [call.name, JSON.parse(call.arguments)]),
        [
          ['weather', { city: '杭州 "西湖"' }],
          ['time', {}],
        ],
      );
      assert.equal(new Set(calls.map((call) => call.id)).size, 2);
      const done = events.at(-1)!;
      assert.ok(done.type === 'done' && done.reason === 'tool-calls');

      const told = await hear(
        provider.chat(
          {
            ...question,
            messages: [
              ...question.messages,
              { role: 'assistant', content: '', toolCalls: calls },
              ...calls.map((call) => ({ role: 'tool' as const, toolCallId: call.id, content: '晴，二十度' })),
            ],
          },
          never,
        ),
      );
      assert.equal(told.error, null);
      assert.match(told.text, /晴，二十度/);
    });

    test('answers in JSON that fits a schema', async () => {
      const schema = {
        type: 'object',
        properties: { title: { type: 'string' }, count: { type: 'integer', minimum: 1, maximum: 3 } },
        required: ['title', 'count'],
        additionalProperties: false,
      };
      const { text, error } = await hear(
        provider.chat(ask('起个标题。', { schema: { name: 'title', schema } }), never),
      );
      assert.equal(error, null);
      const { title, count } = JSON.parse(text) as { title: unknown; count: unknown };
      assert.ok(typeof title === 'string' && Number.isInteger(count));
    });

    test('thinks when asked to, apart from what it says, and not when not', async () => {
      const thinking = await hear(provider.chat(ask('为什么天是蓝的？', { thinking: true }), never));
      const firstText = thinking.events.findIndex((event) => event.type === 'text');
      const lastThought = thinking.events.findLastIndex((event) => event.type === 'thinking');
      assert.equal(lastThought >= 0, subject.thinks);
      assert.ok(lastThought < firstText);
      assert.doesNotMatch(thinking.text, /用户问的是/);
      for (const asked of [ask('为什么天是蓝的？'), ask('为什么天是蓝的？', { thinking: false })]) {
        const { events } = await hear(provider.chat(asked, never));
        assert.ok(!events.some((event) => event.type === 'thinking'));
      }
    });

    test('several at once do not mix', async () => {
      server.timing.betweenMs = 1;
      server.answers = ({ messages }) => `answer to ${messages.at(-1)!.content}`;
      const names = Array.from({ length: 12 }, (_, i) => `q${i}`);
      const all = await Promise.all(names.map((name) => hear(provider.chat(ask(name), never))));
      assert.deepEqual(
        all.map(({ text }) => text),
        names.map((name) => `answer to ${name}`),
      );
    });

    for (const when of ['before it begins', 'before the first byte', 'in the middle']) {
      test(`stops at an abort ${when}, with its reason, and lets go of the server`, async () => {
        const stops: number[] = [];
        for (let round = 0; round < 3; round++) {
          server.requests.length = 0;
          server.timing.firstByteMs = when === 'in the middle' ? 0 : 20_000;
          server.timing.betweenMs = 10;
          const abort = new AbortController();
          const reason = new Error('enough');
          let abortedAtMs = 0;
          const stop = (): void => {
            abortedAtMs = performance.now();
            abort.abort(reason);
          };
          if (when === 'before it begins') stop();
          else if (when === 'before the first byte') {
            const asked = setInterval(() => {
              if (server.requests.length === 0) return;
              clearInterval(asked);
              stop();
            }, 5);
          }
          let pieces = 0;
          await assert.rejects(
            async () => {
              for await (const event of provider.chat(ask('请讲个故事。'), abort.signal))
                if (event.type === 'text' && ++pieces === 3) stop();
            },
            (error) => error === reason,
          );
          const ours = performance.now() - abortedAtMs;
          assert.equal(pieces, when === 'in the middle' ? 3 : 0);
          const [served] = server.requests;
          assert.equal(served === undefined, when === 'before it begins');
          if (served === undefined) stops.push(ours);
          else {
            while (served.endedAtMs === null) await new Promise((resolve) => setTimeout(resolve, 2));
            assert.equal(served.end, 'aborted');
            stops.push(Math.max(ours, served.endedAtMs - abortedAtMs));
          }
        }
        /* The best of three: a busy machine may be late, the provider may not. */
        assert.ok(Math.min(...stops) <= MAX_STOP_MS, `stopped after ${stops.map(Math.round).join(', ')} ms`);
      });
    }

    test('lets go of the server when nobody listens any more, and when it is disposed of', async () => {
      const own = subject.create(server, PATIENT);
      server.timing.betweenMs = 10;
      for await (const event of own.chat(ask('请讲个故事。'), never)) if (event.type === 'text') break;
      await assert.rejects(async () => {
        for await (const event of own.chat(ask('请讲个故事。'), never)) if (event.type === 'text') await own.dispose();
      });
      await own.dispose();
      for (const served of server.requests) {
        while (served.endedAtMs === null) await new Promise((resolve) => setTimeout(resolve, 2));
        assert.equal(served.end, 'aborted');
      }
      assert.equal(server.requests.length, 2);
    });

    test('every fault has its code, and what was said before it is true', async (t) => {
      const patient = provider;
      const hasty = subject.create(server, HASTY);
      for (const [fault, code] of FAULTS) {
        const own = fault.kind === 'stall' || fault.kind === 'slow-first-byte' ? hasty : patient;
        const name = JSON.stringify(fault);
        await t.test(name, async () => {
          server.requests.length = 0;
          server.answers = () => '一二三四五六七八九十，上山打老虎。老虎没打到，打到小松鼠。';
          server.faults.always('chat', fault);
          const { events, text, error } = await hear(own.chat(ask('念首儿歌。'), never));
          assert.ok(error instanceof StudioError, `${name}: ${inspect(error)}`);
          assert.equal(error.code, code);
          assert.ok('一二三四五六七八九十，上山打老虎。老虎没打到，打到小松鼠。'.startsWith(text));
          assert.ok(!events.some((event) => event.type === 'done'));
          assert.ok(!inspect(error, { depth: 12, showHidden: true }).includes(server.key), 'no key in an error');
          /* Again only on lines that had died unseen: those of the faults before. */
          const asked = server.requests.length;
          assert.ok(
            asked === 1 || (fault.kind === 'cut' && fault.afterBytes === 0 && asked <= 5),
            `asked ${asked} times`,
          );
          server.faults.clear();
        });
      }
      const { error } = await hear(patient.chat(ask('念首儿歌。'), never));
      assert.equal(error, null, 'and it goes on afterwards');
      await hasty.dispose();
    });

    test('text that inspection refuses: at once, and taken back in the middle', async () => {
      const atOnce = await hear(provider.chat(ask('讲讲违禁示例'), never));
      assert.equal((atOnce.error as StudioError).code, 'cloud.unsafe-text');
      assert.deepEqual(atOnce.events, []);

      server.answers = () => '先说一句好的。然后是违禁示例，不该说的。';
      const later = await hear(provider.chat(ask('讲讲'), never));
      assert.equal((later.error as StudioError).code, 'cloud.unsafe-text');
      assert.match(later.text, /^先说一句好的。/);
      assert.deepEqual(later.events.at(-1), { type: 'withdrawn', code: 'data_inspection_failed' });
    });

    test('a model that was retired, and one that is not bought, are told by name', async () => {
      const gone = await hear(provider.chat(ask('你好', { model: 'qwen-max' }), never));
      assert.deepEqual(
        { code: (gone.error as StudioError).code, model: (gone.error as StudioError).params.model },
        { code: 'cloud.model-gone', model: 'qwen-max' },
      );
      server.context.unpurchased.add('qwen3.7-max');
      const closed = await hear(provider.chat(ask('你好', { model: 'qwen3.7-max' }), never));
      assert.equal((closed.error as StudioError).code, 'cloud.not-entitled');
    });

    test('a text beyond the model’s limit is told with the limit', async () => {
      const { error } = await hear(provider.chat(ask('字，'.repeat(100_000), { model: 'deepseek-v4-flash' }), never));
      assert.deepEqual((error as StudioError).code, 'cloud.too-long');
      assert.equal((error as StudioError).params.limit, 129_024);
    });
  });
}

export interface LocalLlmSubject {
  provider: LlmProvider;
  /** What its model answers to anything. */
  whole: string;
  /** `work` with a model that never comes to an end. */
  endless(work: () => Promise<void>): Promise<void>;
}

/** The same of a model on this machine, whose text is its own. */
export function localLlmConformance(name: string, subjectOf: () => LocalLlmSubject): void {
  describe(name, () => {
    test('streams what the model says, ends with one `done`, with usage and the model that wrote', async () => {
      const { provider, whole } = subjectOf();
      const { events, text, error } = await hear(provider.chat(ask('你好'), never));
      assert.equal(error, null);
      assert.equal(text, whole);
      assert.equal(events.filter((event) => event.type === 'done').length, 1);
      const done = events.at(-1)!;
      assert.ok(done.type === 'done' && done.reason === 'stop' && done.usage !== null && done.model !== '');
      assert.ok(done.usage.inputTokens > 0 && done.usage.outputTokens > 0);
      assert.ok(!events.some((event) => event.type === 'thinking'));
    });

    test('says when the answer was cut at the asked length', async () => {
      const { provider, whole } = subjectOf();
      const { events, text } = await hear(provider.chat(ask('你好', { maxTokens: 3 }), never));
      const done = events.at(-1)!;
      assert.ok(done.type === 'done' && done.reason === 'length' && done.usage?.outputTokens === 3);
      assert.ok(text.length < whole.length && whole.startsWith(text));
    });

    test('answers in JSON that fits a schema', async () => {
      const schema = {
        type: 'object',
        properties: {
          title: { type: 'string' },
          count: { type: 'integer' },
          mood: { anyOf: [{ enum: ['happy', 'sad'] }, { type: 'null' }] },
        },
        required: ['title', 'count', 'mood'],
        additionalProperties: false,
      };
      const asked = ask('起个标题。', { schema: { name: 'title', schema }, maxTokens: 300, temperature: 0 });
      const { text, error } = await hear(subjectOf().provider.chat(asked, never));
      assert.equal(error, null);
      const { title, count, mood } = JSON.parse(text) as Record<string, unknown>;
      assert.ok(
        typeof title === 'string' && Number.isInteger(count) && [null, 'happy', 'sad'].includes(mood as string),
      );
    });

    test('takes tools, and the results of calls', async () => {
      const { provider, whole } = subjectOf();
      const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
      const tools = [{ name: 'weather', description: 'The weather of a city', parameters }];
      const call = { id: 'c1', name: 'weather', arguments: '{"city":"杭州"}' };
      const { text, error } = await hear(
        provider.chat(
          {
            ...ask('杭州的天气？', { tools }),
            messages: [
              { role: 'user', content: '杭州的天气？' },
              { role: 'assistant', content: '', toolCalls: [call] },
              { role: 'tool', toolCallId: 'c1', content: '晴，二十度' },
            ],
          },
          never,
        ),
      );
      assert.equal(error, null);
      assert.equal(text, whole);
    });

    test('several at once do not mix', async () => {
      const { provider, whole } = subjectOf();
      const all = await Promise.all(Array.from({ length: 6 }, (_, i) => hear(provider.chat(ask(`q${i}`), never))));
      assert.deepEqual(
        all.map(({ text }) => text),
        all.map(() => whole),
      );
    });

    test('stops at an abort, with its reason, and when nobody listens any more; then answers the next', async () => {
      const { provider, whole, endless } = subjectOf();
      await endless(async () => {
        const stops: number[] = [];
        for (let round = 0; round < 3; round++) {
          const abort = new AbortController();
          const reason = new Error('enough');
          let abortedAtMs = 0;
          await assert.rejects(
            async () => {
              for await (const event of provider.chat(ask('请讲个故事。'), abort.signal)) {
                if (event.type !== 'text' || abortedAtMs > 0) continue;
                abortedAtMs = performance.now();
                abort.abort(reason);
              }
            },
            (error) => error === reason,
          );
          stops.push(performance.now() - abortedAtMs);
        }
        assert.ok(Math.min(...stops) <= MAX_STOP_MS, `stopped after ${stops.map(Math.round).join(', ')} ms`);
        const before = new AbortController();
        before.abort(new Error('before'));
        assert.match(String((await hear(provider.chat(ask('请讲个故事。'), before.signal))).error), /before/);
        for await (const event of provider.chat(ask('请讲个故事。'), never)) if (event.type === 'text') break;
      });
      assert.equal((await hear(provider.chat(ask('你好'), never))).text, whole);
    });
  });
}
