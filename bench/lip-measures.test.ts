import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Phone } from '../app/speech/timeline.ts';
import {
  bilabials,
  blinkTimes,
  closerThan,
  type FaceTrack,
  lipLag,
  opennessOf,
  phoneOpenness,
  silences,
  silentFrames,
} from './lip-measures.ts';

/** 12 s of syllables of uneven length; every third begins with a bilabial, and the last two seconds are silent. */
function speech(): Phone[] {
  const phones: Phone[] = [];
  const vowels = ['a', 'i', 'ɔ', 'u', 'ɛ'];
  let ms = 400;
  for (let i = 0; ms < 9800; i++) {
    const [consonantMs, vowelMs] = [70 + ((i * 37) % 50), 90 + ((i * 53) % 130)];
    const consonant = i % 3 === 0 ? 'p' : i % 3 === 1 ? 't' : 's';
    phones.push({ phone: consonant, startMs: ms, endMs: ms + consonantMs });
    phones.push({ phone: vowels[i % 5]!, startMs: ms + consonantMs, endMs: ms + consonantMs + vowelMs });
    ms += consonantMs + vowelMs;
  }
  return phones;
}

/** Lips that do what the phones say, `lateMs` late. */
function lipsFor(phones: readonly Phone[], lateMs: number, fps = 25): FaceTrack {
  const lipGap = Array.from({ length: 12 * fps }, (_, i) => {
    const ms = (i * 1000) / fps - lateMs;
    const phone = phones.find(({ startMs, endMs }) => ms >= startMs && ms < endMs);
    return 0.02 + 0.2 * opennessOf(phone?.phone ?? '');
  });
  return { fps, lipGap, eyeOpening: lipGap.map(() => 0.3), framesWithoutFace: 0 };
}

test('lips that are late or early by a known time are found to be so', () => {
  const phones = speech();
  const openness = phoneOpenness(phones, 12_000);
  for (const lateMs of [-120, -40, 0, 60, 150]) {
    const { lagMs, correlation } = lipLag(lipsFor(phones, lateMs), openness);
    assert.ok(Math.abs(lagMs - lateMs) <= 20, `${lateMs} ms late, found ${lagMs}`);
    assert.ok(correlation > 0.85, `${correlation}`);
  }
  // Finer frames, finer answer.
  assert.ok(Math.abs(lipLag(lipsFor(phones, 60, 100), openness).lagMs - 60) <= 10);
});

test('lips that ignore the sound do not correlate with it, and lips that never move count as nothing', () => {
  const openness = phoneOpenness(speech(), 12_000);
  const still = { ...lipsFor([], 0), lipGap: new Array<number>(300).fill(0.1) };
  assert.ok(Math.abs(lipLag(still, openness).correlation) < 1e-6);
  const flapping = { ...still, lipGap: still.lipGap.map((_, i) => 0.1 + 0.08 * Math.sin((i * 2 * Math.PI) / 7.3)) };
  assert.ok(lipLag(flapping, openness).correlation < 0.35);
});

test('a bilabial counts as closed only where the lips meet at its own time', () => {
  const phones = speech();
  const good = lipsFor(phones, 0);
  const found = bilabials(good, phones);
  assert.equal(found.all.length, phones.filter(({ phone }) => phone === 'p').length);
  assert.deepEqual(found.open, []);
  const missed = found.all[3]!;
  const lipGap = good.lipGap.map((gap, i) =>
    i * 40 >= missed.startMs - 80 && i * 40 <= missed.endMs + 80 ? Math.max(gap, 0.15) : gap,
  );
  assert.deepEqual(bilabials({ ...good, lipGap }, phones).open, [missed]);
});

test('silences over 200 ms are found to 10 ms, and an open mouth in them is seen', () => {
  const rate = 16_000;
  const pcm = Float32Array.from({ length: rate * 12 }, (_, i) => {
    const ms = (i * 1000) / rate;
    const quiet = ms < 400 || (ms >= 5000 && ms < 5190) || (ms >= 7000 && ms < 7600) || ms >= 10_000;
    return quiet ? 0.001 * Math.sin(i) : 0.2 * Math.sin(i * 0.3);
  });
  const quiet = silences(pcm, rate);
  assert.deepEqual(quiet, [
    { startMs: 0, endMs: 400 },
    { startMs: 7000, endMs: 7600 },
    { startMs: 10_000, endMs: 12_000 },
  ]);
  const track = lipsFor(speech(), 0);
  const shut = { ...track, lipGap: track.lipGap.map((gap, i) => (i * 40 >= 6980 && i * 40 <= 7600 ? 0.02 : gap)) };
  const closed = silentFrames(shut, quiet);
  assert.equal(closed.closed, closed.all);
  assert.ok(closed.all > 60);
  const gaping = { ...shut, lipGap: shut.lipGap.map((gap, i) => (i * 40 >= 11_000 ? 0.2 : gap)) };
  assert.equal(silentFrames(gaping, quiet).closed, closed.all - 25);
});

test('blinks are counted once each, narrowed eyes not at all, and two in quick succession are told', () => {
  const eyeOpening = new Array<number>(300).fill(0.3);
  const shut = (frame: number): void => {
    for (const [k, opening] of [0.2, 0.05, 0.02, 0.15, 0.22].entries()) eyeOpening[frame + k] = opening;
  };
  for (const frame of [50, 150, 156]) shut(frame);
  for (let i = 220; i < 260; i++) eyeOpening[i] = 0.21;
  const times = blinkTimes({ fps: 25, lipGap: eyeOpening, eyeOpening, framesWithoutFace: 0 });
  assert.deepEqual(times, [2040, 6040, 6280]);
  assert.equal(closerThan(times, 300), 1);
  assert.equal(closerThan(times, 200), 0);
});
