import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '../../../app/errors/index.ts';
import type { ChatEvent, ChatRequest } from '../ports/llm.ts';
import { RepetitionFilter } from './continuation.ts';
import { createLlmPolicy, type LlmMember } from './llm-policy.ts';
import { worldOf } from './scripted.fixture.ts';

const never = new AbortController().signal;
const ANSWER = '春天来了，花都开了。我们去公园走走，看看那些新长出来的叶子。';
const cut = (): StudioError => new StudioError('cloud.cut-off', { provider: 'x' });

type Writing = (request: ChatRequest) => Iterable<ChatEvent | Error>;
function writer(id: string, runs: 'local' | 'cloud', ...writings: Writing[]) {
  const requests: ChatRequest[] = [];
  const member: LlmMember = {
    ...{ id, runs, model: 'qwen-plus', lacks: () => null },
    provider: {
      ...{ id, runs },
      async *chat(request) {
        const writing = writings[Math.min(requests.length, writings.length - 1)]!;
        requests.push(request);
        for (const event of writing(request)) {
          await Promise.resolve();
          if (event instanceof Error) throw event;
          yield event;
        }
      },
      dispose: async () => undefined,
    },
  };
  return { member, requests };
}
const text = (words: string): ChatEvent[] => [...words].map((letter) => ({ type: 'text', text: letter }));
const done: ChatEvent = { type: 'done', reason: 'stop', usage: null, model: 'm' };
const ask: ChatRequest = { model: null, messages: [{ role: 'user', content: '写一段话' }] };

async function read(events: AsyncIterable<ChatEvent>): Promise<{ said: string; events: ChatEvent[] }> {
  const all: ChatEvent[] = [];
  for await (const event of events) all.push(event);
  return { said: all.map((event) => (event.type === 'text' ? event.text : '')).join(''), events: all };
}

test('an answer whose writer dies is gone on with by the next: whether that one goes on, repeats the end or begins anew', async () => {
  const at = ANSWER.indexOf('我们去公园') + 5;
  const ways: Record<string, string> = {
    'goes on': ANSWER.slice(at),
    'repeats the end': ANSWER.slice(at - 9),
    'begins anew': ANSWER,
  };
  for (const [way, more] of Object.entries(ways)) {
    const world = worldOf({ chains: { llm: ['qwen', 'home'], tts: [], asr: [] } });
    const first = writer('qwen', 'cloud', () => [...text(ANSWER.slice(0, at)), cut()]);
    const second = writer('home', 'local', () => [...text(more), done]);
    const policy = createLlmPolicy({ ...world.deps, members: () => [first.member, second.member] });
    const { said, events } = await read(policy.chat(ask, never));
    assert.equal(said, ANSWER, way);
    assert.equal(events.at(-1)?.type, 'done');
    assert.equal(first.requests.length, 1);
    const given = second.requests[0]!.messages;
    assert.deepEqual(given[1], { role: 'assistant', content: ANSWER.slice(0, at) });
    assert.ok(world.events.some((event) => event.type === 'switched' && event.midUtterance));
  }
});

test('where nothing was written yet the next one gets the request as it was; a stream that just ends is not an answer', async () => {
  const world = worldOf({ chains: { llm: ['qwen', 'home'], tts: [], asr: [] } });
  const first = writer('qwen', 'cloud', () => [{ type: 'thinking', text: 'hm' }]);
  const second = writer('home', 'local', () => [...text(ANSWER), done]);
  const policy = createLlmPolicy({ ...world.deps, members: () => [first.member, second.member] });
  assert.equal((await read(policy.chat(ask, never))).said, ANSWER);
  assert.deepEqual(second.requests[0], ask);
});

test('a tool call that went out is not asked for a second time', async () => {
  const call: ChatEvent = { type: 'tool-call', call: { id: '1', name: 'order', arguments: '{}' } };
  const world = worldOf({ chains: { llm: ['qwen', 'home'], tts: [], asr: [] } });
  const first = writer('qwen', 'cloud', () => [call, cut()]);
  const second = writer('home', 'local', () => [call, done]);
  const policy = createLlmPolicy({ ...world.deps, members: () => [first.member, second.member] });
  const { events } = await read(policy.chat(ask, never));
  assert.deepEqual(
    events.map(({ type }) => type),
    ['tool-call', 'done'],
  );
  assert.equal(second.requests.length, 0);
});

test('what is unsafe goes nowhere else, and a person who stops it gets their own reason', async () => {
  const world = worldOf({ chains: { llm: ['qwen', 'home'], tts: [], asr: [] } });
  const unsafe = new StudioError('cloud.unsafe-text', { provider: 'x' });
  const first = writer('qwen', 'cloud', () => [...text('好'), unsafe]);
  const second = writer('home', 'local', () => [done]);
  const policy = createLlmPolicy({ ...world.deps, members: () => [first.member, second.member] });
  await assert.rejects(read(policy.chat(ask, never)), { code: 'cloud.unsafe-text' });
  assert.equal(second.requests.length, 0);
  const stop = new AbortController();
  const reason = new Error('enough');
  await assert.rejects(
    (async () => {
      for await (const _ of policy.chat(ask, stop.signal)) stop.abort(reason);
    })(),
    (error) => error === reason,
  );
});

test('a repetition is found however its pieces come, and what only begins like one is kept', () => {
  const said = ANSWER.slice(0, 20);
  for (const size of [1, 2, 3, 7, 100]) {
    for (const [more, fresh] of [
      [`${said.slice(-6)}新的话`, '新的话'],
      [`${said}新的话`, '新的话'],
      [`${said.slice(0, 5)}不一样`, `${said.slice(0, 5)}不一样`],
      ['新的话', '新的话'],
    ] as const) {
      const filter = new RepetitionFilter(said);
      let out = '';
      for (let i = 0; i < more.length; i += size) out += filter.add(more.slice(i, i + size));
      assert.equal(out + filter.end(), fresh, `${more} by ${size}`);
    }
  }
});
