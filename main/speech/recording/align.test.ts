import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { StudioError } from '../../../app/errors/index.ts';
import type { Timeline } from '../../../app/speech/timeline.ts';
import { alignToReference } from './align.ts';
import { pcmFolder, type Spoken, speak, withNoise, withPauses } from './synthetic-speech.fixture.ts';

const ENGLISH =
  'Good morning, everyone. My name is Peter, and I would like to show you five simple ways to make better videos. First, pick a quiet room with soft light.';
const CHINESE = '大家好，欢迎来到我们的直播间。今天我给大家介绍一款非常好用的产品，它小巧方便，价格便宜。';
const PAUSES = [
  { beforeWord: 3, ms: 600 },
  { beforeWord: 17, ms: 1500 },
];

const folder = pcmFolder();
after(() => folder.dispose());
const reference = (spoken: Spoken): { pcm: { pcmPath: string; samples: number }; timeline: Timeline } => ({
  pcm: folder.write(spoken.pcm),
  timeline: spoken.timeline,
});

const startErrors = (truth: Timeline, found: Timeline): { median: number; p90: number } => {
  const expected = truth.phones.filter((phone) => phone.phone !== '');
  const got = found.phones.filter((phone) => phone.phone !== '');
  assert.deepEqual(
    got.map((phone) => phone.phone),
    expected.map((phone) => phone.phone),
  );
  const errors = expected.map((phone, i) => Math.abs(phone.startMs - got[i]!.startMs)).sort((a, b) => a - b);
  return { median: errors[errors.length >> 1]!, p90: errors[Math.floor(errors.length * 0.9)]! };
};

const contiguous = (timeline: Timeline): void => {
  let at = 0;
  for (const phone of timeline.phones) {
    assert.ok(Math.abs(phone.startMs - at) < 1e-6 && phone.endMs > phone.startMs, JSON.stringify(phone));
    at = phone.endMs;
  }
  assert.ok(Math.abs(at - timeline.durationMs) < 1e-6);
  timeline.words.forEach((word, i) => {
    assert.ok(word.endMs >= word.startMs && (i === 0 || word.startMs >= timeline.words[i - 1]!.startMs - 1e-6));
  });
};

for (const [language, text, voice, other] of [
  ['English', ENGLISH, 'en-us', 'en-us+f2'],
  ['Mandarin', CHINESE, 'cmn', 'cmn+f2'],
] as const) {
  test(`${language}: another voice, pace, room and pauses are followed to 25 ms`, async () => {
    const read = reference(await speak(voice, text));
    const said: [string, Spoken, number, number][] = [
      ['quicker and higher', await speak(other, text, { rate: 205, pitch: 65 }), 15, 40],
      [
        'larger and slower, with pauses',
        withPauses(await speak(voice, text, { rate: 140, scale: 0.87 }), PAUSES),
        15,
        45,
      ],
      [
        'in a noisy room, with pauses',
        withNoise(withPauses(await speak(voice, text, { scale: 1.15 }), PAUSES), 20),
        25,
        60,
      ],
    ];
    for (const [name, spoken, medianMs, p90Ms] of said) {
      const { timeline, confidence, warnings } = await alignToReference(folder.write(spoken.pcm), read);
      contiguous(timeline);
      const { median, p90 } = startErrors(spoken.timeline, timeline);
      assert.ok(median <= medianMs && p90 <= p90Ms, `${name}: median ${median}, 90 % ${p90}`);
      assert.ok(confidence > 0.6, `${name}: confidence ${confidence}`);
      assert.deepEqual(warnings, [], name);
      assert.equal(timeline.words.length, spoken.timeline.words.length);
    }
  });
}

test('a pause that only the recording makes becomes silence of its length', async () => {
  const spoken = await speak('en-us', ENGLISH, { rate: 175 });
  const { timeline } = await alignToReference(
    folder.write(withPauses(spoken, [{ beforeWord: 3, ms: 2000 }]).pcm),
    reference(await speak('en-us', ENGLISH)),
  );
  const longest = Math.max(...timeline.phones.map((phone) => (phone.phone === '' ? phone.endMs - phone.startMs : 0)));
  assert.ok(longest >= 1990 && longest < 2500, `${longest}`);
});

test('another text is noticed, and an absurd length refused with both durations', async () => {
  const long = await speak('en-us', ENGLISH);
  const short = await speak('en-gb', 'Thank you, goodbye.');
  const other = await speak(
    'en-us+f2',
    'The river runs between two old hills where nobody lives any more. Children used to swim there in summer, until the bridge was built and the water became cold.',
  );
  const weak = await alignToReference(folder.write(other.pcm), reference(long));
  assert.ok(weak.confidence < 0.12, `${weak.confidence}`);
  assert.ok(weak.warnings.some((warning) => warning.code === 'speech.alignment-weak'));
  const refusedAs = (code: string) => (error: unknown) => {
    assert.ok(error instanceof StudioError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, /\d+(\.\d+)? s .*\d+(\.\d+)? s/);
    return true;
  };
  await assert.rejects(
    alignToReference(folder.write(long.pcm), reference(short)),
    refusedAs('speech.recording-longer-than-text'),
  );
  await assert.rejects(
    alignToReference(folder.write(short.pcm), reference(long)),
    refusedAs('speech.recording-shorter-than-text'),
  );
});

test('a minute and more aligns by the coarse-to-fine way as exactly as one sentence', async () => {
  const repeat = (spoken: Spoken, times: number): Spoken => {
    const pcm = new Float32Array(spoken.pcm.length * times);
    const phones: Timeline['phones'] = [];
    const each = spoken.timeline.durationMs;
    for (let n = 0; n < times; n++) {
      pcm.set(spoken.pcm, n * spoken.pcm.length);
      for (const { phone, startMs, endMs } of spoken.timeline.phones) {
        phones.push({ phone, startMs: startMs + n * each, endMs: endMs + n * each });
      }
    }
    return { pcm, timeline: { durationMs: each * times, phones, words: [], sentences: [] } };
  };
  const read = repeat(await speak('en-us', ENGLISH), 7);
  const said = repeat(await speak('en-us+f2', ENGLISH, { rate: 190 }), 7);
  const { timeline } = await alignToReference(folder.write(said.pcm), reference(read));
  contiguous(timeline);
  const { median, p90 } = startErrors(said.timeline, timeline);
  assert.ok(median <= 15 && p90 <= 45, `median ${median}, 90 % ${p90}`);
});
