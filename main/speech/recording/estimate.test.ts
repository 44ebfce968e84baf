import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { StudioError } from '../../../app/errors/index.ts';
import type { Phone } from '../../../app/speech/timeline.ts';
import { estimateTimeline } from './estimate.ts';
import { pcmFolder, speak, withNoise } from './synthetic-speech.fixture.ts';

const ENGLISH =
  'Good morning, everyone. My name is Peter, and I would like to show you five simple ways to make better videos. People remember a warm voice far longer than a perfect picture. Mama moved home.';
const CHINESE =
  '大家好，欢迎来到我们的直播间。今天我给大家介绍一款非常好用的产品，它小巧方便，价格便宜。如果你平时工作很忙，没有时间做饭，那么这个锅一定能帮到你。买两个还可以打八折，数量不多，赶快下单吧。';

const folder = pcmFolder();
after(() => folder.dispose());

/** How far a sound opens the mouth, 0..1. */
const openness = (phone: string): number => {
  const sound = phone.replace(/[ˈˌː]/gu, '');
  if (sound === '' || /^[pbm]/.test(sound)) return 0;
  if (/^([fvszɕʃʒʂ]|t[sɕʃ.]|dʒ)/.test(sound)) return 0.12;
  if (/^(i?ɑ|u?a|æ|ʌ|ɐ)/.test(sound)) return 0.9;
  if (/^[eɛəɜɚɤ]/.test(sound)) return 0.5;
  if (/^[oɔɒ]|^uo/.test(sound)) return 0.55;
  if (/^[iɪjyuʊw]/.test(sound)) return 0.25;
  return 0.2;
};
const track = (phones: readonly Phone[], durationMs: number): number[] => {
  const values: number[] = [];
  let k = 0;
  for (let ms = 5; ms < durationMs; ms += 10) {
    while (k < phones.length - 1 && phones[k]!.endMs <= ms) k++;
    values.push(openness(phones[k]!.phone));
  }
  return values;
};
const correlation = (a: number[], b: number[]): number => {
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
};
const near = (phone: Phone, others: readonly Phone[]): boolean =>
  others.some((other) => other.startMs - 60 < phone.endMs && other.endMs + 60 > phone.startMs);

test('without text, the mouth opens with the vowels and closes for most bilabials', async () => {
  for (const [name, spoken, recallBar] of [
    ['English', await speak('en-us', ENGLISH), 0.75],
    ['English, another voice', await speak('en-us+f2', ENGLISH, { pitch: 60 }), 0.75],
    ['English, smaller speaker', await speak('en-us', ENGLISH, { scale: 1.15 }), 0.75],
    ['English, noisy', withNoise(await speak('en-us', ENGLISH), 20), 0.5],
    ['Mandarin', await speak('cmn', CHINESE, { rate: 170 }), 0.75],
    ['Mandarin, another voice', await speak('cmn+f2', CHINESE, { rate: 170 }), 0.75],
  ] as const) {
    const found = await estimateTimeline(folder.write(spoken.pcm));
    const agreement = correlation(
      track(spoken.timeline.phones, spoken.timeline.durationMs),
      track(found.phones, found.durationMs).slice(0, Math.ceil((spoken.timeline.durationMs - 5) / 10)),
    );
    assert.ok(agreement >= 0.6, `${name}: openness correlation ${agreement}`);
    const bilabial = (phone: Phone): boolean => /^[ˈˌ]?[pbm]/.test(phone.phone);
    const truth = spoken.timeline.phones.filter(bilabial);
    const closed = found.phones.filter(bilabial);
    const recall = truth.filter((phone) => near(phone, closed)).length / truth.length;
    assert.ok(recall >= recallBar, `${name}: bilabial recall ${recall}`);
    assert.ok(found.phones.length / (found.durationMs / 1000) < 20, `${name}: flicker`);
    let at = 0;
    for (const phone of found.phones) {
      assert.equal(phone.startMs, at);
      at = phone.endMs;
    }
    assert.equal(at, found.durationMs);
  }
});

test('pauses part the estimate into sentences, and the same sound gives the same phones', async () => {
  const spoken = await speak('en-us', 'Good morning. How are you today?');
  const gap = new Float32Array(48_000);
  const pcm = new Float32Array(spoken.pcm.length * 2 + gap.length);
  pcm.set(spoken.pcm);
  pcm.set(spoken.pcm, spoken.pcm.length + gap.length);
  const file = folder.write(pcm);
  const once = await estimateTimeline(file);
  assert.deepEqual(await estimateTimeline(file), once);
  const acrossGap = once.sentences.some(
    (sentence) => sentence.startMs < spoken.timeline.durationMs && sentence.endMs > spoken.timeline.durationMs + 900,
  );
  assert.ok(once.sentences.length >= 2 && !acrossGap);
});

test('silence gives no mouth to move', async () => {
  await assert.rejects(
    estimateTimeline(folder.write(new Float32Array(48_000))),
    (error) => error instanceof StudioError && error.code === 'speech.recording-silent',
  );
});
