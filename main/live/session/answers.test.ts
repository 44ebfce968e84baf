import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../../app/errors/index.ts';
import { liveCommandSchema, type ShowPosition } from '../../../app/live/protocol.ts';
import type { ChatEvent, ChatRequest } from '../../engine/ports/llm.ts';
import { doubles, say, stage, tones } from './testing/flash-and-tone.ts';
import { LiveWorld, line, liveProject } from './testing/live-world.ts';

const ask = (id: string, question: string, more: Record<string, unknown> = {}) =>
  liveCommandSchema.parse({ type: 'ask', id, question, ...more });
const text = (words: string): ChatEvent => ({ type: 'text', text: words });
const done: ChatEvent = { type: 'done', reason: 'stop', usage: null, model: 'm' };

/** `write` is asked for each answer; what was said with which mood is kept. */
async function open(write: (request: ChatRequest, signal: AbortSignal) => AsyncIterable<ChatEvent>) {
  const world = await LiveWorld.open();
  const { deps, clock, voice } = doubles(world, true);
  const said: string[] = [];
  const { speak } = voice;
  voice.speak = (plan, ...rest) => {
    const mood = plan.parts.find((part) => part.kind === 'emotion');
    if (rest[0].lineId !== 'warm') said.push(`${mood?.kind === 'emotion' ? mood.emotion : ''}: ${plan.displayText}`);
    return speak(plan, ...rest);
  };
  return { world, clock, said, deps: { ...deps, llm: { chat: write } } };
}

test('a viewer’s question is answered on air while the answer is still being written, with its moods, and the show goes on where it was', async () => {
  const requests: ChatRequest[] = [];
  let heardWhileWriting = '';
  const { world, clock, said, deps } = await open(async function* (request) {
    requests.push(request);
    yield text('[hap');
    yield text('py 0.8] It costs [nine]. ');
    // Not before its first sentence is heard does the model go on.
    while (session.status().speaking?.text !== 'It costs [nine].') await sleep(5);
    heardWhileWriting = session.status().speaking!.id;
    yield text('[serious] Only today. And');
    yield text(' tomorrow.');
    yield done;
  });
  await using _ = world;
  const session = await world.session({ project: liveProject([line('a', 'One. Two. Three.')], { stage }) }, deps);
  const { settled } = clock;
  let asked = false;
  clock.settled = async (ms) => {
    await settled(ms);
    if (asked || session.status().speaking?.text !== 'Two.') return;
    asked = true;
    session.command(ask('q', 'How much is it?', { intent: 'interrupt' }));
    session.command(ask('q', 'How much is it?', { intent: 'interrupt' }));
    assert.equal(session.status().thinking, 1);
    // It has the time that a model has.
    await sleep(50);
  };
  await session.run();
  assert.equal(heardWhileWriting, 'q');
  assert.equal(requests.length, 1);
  assert.match(String(requests[0]!.messages[0]!.content), /One\. Two\. Three\./, 'the model knows the script');
  const answered = said.filter((each) => !/One|Two|Three/.test(each));
  assert.deepEqual(answered, ['happy: It costs [nine].', 'serious: Only today.', 'neutral: And tomorrow.']);
  const traces = world.replies.flatMap((reply) => (reply.type === 'trace' ? [reply.trace] : []));
  assert.deepEqual(
    traces.map((each) => [each.text, each.interrupted]),
    [
      ['One. Two. Three.', true],
      ['How much is it?', false],
      ['One. Two. Three.', false],
    ],
  );
  assert.ok(world.replies.some((reply) => reply.type === 'done' && reply.id === 'q' && reply.said));
  // One, what of Two was heard, three of the answer, Two, Three.
  assert.equal(tones(await world.sound()).length, 7);
  assert.equal(session.status().thinking, 0);
});

test('an answer that a crash cut off goes on after what was said of it, asked for from there', async () => {
  const told: ShowPosition[] = [];
  const first = await open(async function* (_, signal) {
    yield text('[happy 0.5] Yes. ');
    yield text('[sad] But not');
    await sleep(60_000, undefined, { signal });
  });
  const project = liveProject([], { stage, live: { output: { videoKbps: 300, preset: 'ultrafast' } } });
  {
    await using world = first.world;
    const session = await world.session({ project, commands: [ask('q', '有货吗？')] }, first.deps);
    const running = session.run();
    for (let i = 0; i < 2000 && told.length === 0; i++) {
      await sleep(5);
      for (const reply of world.replies)
        if (reply.type === 'position' && reply.position.desk[0]?.sentence === 1) told.push(reply.position);
    }
    await session.stop(false);
    await running;
  }
  const [kept] = told;
  assert.ok(kept, 'its position is told');
  const command = kept.desk[0]!.command;
  assert.deepEqual(command.type === 'ask' && command.answer, {
    sentences: [{ text: 'Yes.', emotion: 'happy', intensity: 0.5 }],
    whole: false,
  });
  let request: ChatRequest | null = null;
  const second = await open(async function* (asked) {
    request = asked;
    yield text('Yes. [sad] But not red.');
    yield done;
  });
  await using world = second.world;
  const session = await world.session({ project, position: kept, commands: [ask('q', '有货吗？')] }, second.deps);
  const running = session.run();
  for (let i = 0; i < 2000 && !world.replies.some(({ type }) => type === 'done'); i++) await sleep(5);
  await session.stop(false);
  await running;
  assert.deepEqual(second.said, ['sad: But not red.']);
  assert.deepEqual(
    request!.messages.slice(1, 3).map(({ role, content }) => [role, content]),
    [
      ['user', '有货吗？'],
      ['assistant', 'Yes.'],
    ],
  );
});

test('no answer, one taken back, one that stops coming and one not wanted any more leave no hole in the show', async () => {
  const unsafe = new StudioError('cloud.unsafe-text', { provider: 'p' });
  let stopped = false;
  const { world, clock, said, deps } = await open(async function* ({ messages }, signal) {
    const question = messages.at(-1)!.content;
    if (question === 'none') throw new StudioError('cloud.nobody-left', { stage: 'llm' });
    if (question === 'unsafe') {
      yield text('Fine. Then something bad. ');
      while (session.status().speaking?.text !== 'Fine.') await sleep(5);
      yield { type: 'withdrawn', code: 'x' };
      throw unsafe;
    }
    if (question === 'stalls') yield text('Well. Let me');
    signal.addEventListener('abort', () => {
      stopped = true;
    });
    await sleep(60_000, undefined, { signal });
  });
  await using _ = world;
  const lines = [line('a', 'One. Two. Three.'), line('b', 'Four. Five. Six.')];
  const session = await world.session({ project: liveProject(lines, { stage }) }, deps);
  const { settled } = clock;
  const steps = [
    ['One.', ask('none', 'none'), ask('unsafe', 'unsafe', { intent: 'interrupt' })],
    ['Four.', ask('stalls', 'stalls', { intent: 'interrupt' })],
    ['Five.', ask('late', 'late', { intent: 'interrupt' }), say('all', 'Enough.', 'replace')],
  ] as const;
  let step = 0;
  clock.settled = async (ms) => {
    await settled(ms);
    const [at, ...commands] = steps[step] ?? [];
    if (at === undefined || session.status().speaking?.text !== at) return;
    step++;
    for (const command of commands) session.command(command);
    await sleep(50);
  };
  await session.run();
  assert.ok(stopped, 'a question that was replaced is not answered any more');
  const ends = world.replies.flatMap((reply) => (reply.type === 'done' ? [`${reply.id} ${reply.said}`] : []));
  assert.deepEqual(ends.sort(), [
    ...['all true', 'late false', 'none false', 'stalls true', 'unsafe false', 'unsafe. true'],
  ]);
  assert.ok(said.some((each) => /I would rather not say that/.test(each)));
  assert.ok(said.includes('neutral: Enough.'));
  const troubles = world.replies.flatMap((reply) => (reply.type === 'trouble' ? [reply.error.code] : []));
  assert.deepEqual([...new Set(troubles)].sort(), [
    ...['cloud.nobody-left', 'cloud.unsafe-text', 'session.answer-unfinished'],
  ]);
  const pauses = tones(await world.sound()).map(({ fromMs }, i, all) => fromMs - (all[i - 1]?.toMs ?? fromMs));
  assert.ok(Math.max(...pauses) < 2000, `silent for ${Math.max(...pauses)} ms`);
});
