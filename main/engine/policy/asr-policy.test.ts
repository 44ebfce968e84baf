import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '../../../app/errors/index.ts';
import { ASR_SAMPLE_RATE, type AsrEvent } from '../ports/asr.ts';
import { type AsrMember, createAsrPolicy } from './asr-policy.ts';
import { KeptSound } from './kept-sound.ts';
import { worldOf } from './scripted.fixture.ts';

const never = new AbortController().signal;
const SECOND = ASR_SAMPLE_RATE;

/** Each second of sound has one value; a sentence is what one value says, and becomes final when the next begins or all ends. */
function ear(id: string, diesAfterSeconds = Number.POSITIVE_INFINITY) {
  const heard: number[] = [];
  const member: AsrMember = {
    ...{ id, runs: 'cloud', model: 'fun-asr-realtime', lacks: () => null },
    provider: {
      ...{ id, runs: 'cloud' },
      async *recognise(sound): AsyncGenerator<AsrEvent> {
        let samples = 0;
        let sentence = 0;
        let saying = null as { value: number; startMs: number } | null;
        const ms = (): number => (samples * 1000) / SECOND;
        const final = (): AsrEvent => ({
          ...{
            type: 'final',
            sentence: sentence++,
            text: String(saying!.value),
            startMs: saying!.startMs,
            endMs: ms(),
          },
          ...{ words: [], language: null, emotion: null },
        });
        for await (const piece of sound) {
          if (samples >= diesAfterSeconds * SECOND) throw new StudioError('cloud.cut-off', { provider: id });
          const value = piece[0]!;
          if (saying && saying.value !== value) yield final();
          if (saying?.value !== value) saying = { value, startMs: ms() };
          heard.push(value);
          samples += piece.length;
          yield { type: 'partial', sentence, text: String(value), startMs: saying.startMs, words: [] };
        }
        if (saying) yield final();
      },
      dispose: async () => undefined,
    },
  };
  return { member, heard };
}

async function* speech(values: readonly number[]): AsyncGenerator<Int16Array> {
  for (const value of values) {
    await Promise.resolve();
    yield new Int16Array(SECOND / 2).fill(value);
    yield new Int16Array(SECOND / 2).fill(value);
  }
}

test('what was not text for good when a recogniser died is heard again by the next, numbered and timed as if nothing had been', async () => {
  const world = worldOf({ chains: { llm: [], tts: [], asr: ['a', 'b'] } });
  const [a, b] = [ear('a', 3.5), ear('b')];
  const policy = createAsrPolicy({ ...world.deps, members: () => [a.member, b.member] });
  const finals: AsrEvent[] = [];
  const values = [900, 900, 800, 800, 800, 700];
  for await (const event of policy.recognise(speech(values), { languages: [], hotWords: [] }, never))
    if (event.type === 'final') finals.push(event);
  assert.deepEqual(
    finals.map((event) => event.type === 'final' && [event.sentence, event.text, event.startMs, event.endMs]),
    [
      [0, '900', 0, 2000],
      [1, '800', 2000, 5000],
      [2, '700', 5000, 6000],
    ],
  );
  assert.ok(!b.heard.includes(900), 'what was final is not paid for twice');
  assert.ok(world.events.some((event) => event.type === 'switched' && event.from === 'a' && event.midUtterance));
});

test('one that hears somebody speak and says nothing is given up; silence alone is no reason', async () => {
  const world = worldOf({ chains: { llm: [], tts: [], asr: ['deaf', 'b'] }, firstByteMs: 3000, tries: 1 });
  const b = ear('b');
  let given = 0;
  const deaf: AsrMember = {
    ...b.member,
    id: 'deaf',
    provider: {
      ...b.member.provider,
      async *recognise(sound, _, signal): AsyncGenerator<AsrEvent> {
        for await (const piece of sound) given += piece.length;
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    },
  };
  const policy = createAsrPolicy({ ...world.deps, members: () => [deaf, b.member] });
  const hold = Promise.withResolvers<void>();
  async function* stillSpeaking(): AsyncGenerator<Int16Array> {
    yield* speech([0, 0, 0, 0]);
    await world.clock.sleep(20_000, never);
    assert.ok(!world.events.some((event) => event.type === 'failed'), 'nobody spoke');
    yield* speech([900, 900, 900, 900]);
    await hold.promise;
  }
  const texts: string[] = [];
  for await (const event of policy.recognise(stillSpeaking(), { languages: [], hotWords: [] }, never)) {
    if (event.type === 'partial' && event.text === '900') hold.resolve();
    if (event.type === 'final') texts.push(event.text);
  }
  assert.equal(given, 8 * SECOND);
  assert.deepEqual(texts, ['0', '900']);
});

test('sound is kept within its bound, and sound that fails is told to who listens', async () => {
  const kept = new KeptSound(2000);
  await kept.fill(speech([1, 2, 3, 4, 5]));
  assert.equal(kept.fromMs, 3000);
  kept.settled(4200);
  assert.equal(kept.fromMs, 4200);
  let samples = 0;
  for await (const piece of kept.read(never, () => undefined)) samples += piece.length;
  assert.equal(samples, 0.8 * SECOND);
  const broken = new KeptSound(2000);
  await broken.fill(
    (async function* () {
      yield new Int16Array(10);
      throw new Error('unplugged');
    })(),
  );
  await assert.rejects(
    (async () => {
      for await (const _ of broken.read(never, () => undefined));
    })(),
    /unplugged/,
  );
});
