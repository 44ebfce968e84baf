import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MouthTrack } from './coarticulation.ts';
import { visemesOf } from './visemes.ts';

const STEP_MS = 10;

/** Random speech: consonant-vowel syllables with pauses, seeded. */
function speech(seed: number): {
  phones: { phone: string; startMs: number; endMs: number }[];
  durationMs: number;
  envelope: Float32Array;
} {
  let state = seed;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const pick = (from: string[]): string => from[Math.floor(random() * from.length)]!;
  const phones: { phone: string; startMs: number; endMs: number }[] = [];
  let at = 200;
  const say = (phone: string, ms: number): void => {
    phones.push({ phone, startMs: at, endMs: at + ms });
    at += ms;
  };
  for (let i = 0; i < 60; i++) {
    say(pick(['p', 'b', 'm', 'f', 't', 's', 'k', 'ʃ', 'n', 'l', 'tɕʰ', 'x']), 35 + random() * 70);
    say(pick(['a', 'i', 'u', 'o', 'ə', 'aɪ', 'ɛ']), 60 + random() * 120);
    if (i % 8 === 7) say('', 250 + random() * 300);
  }
  const durationMs = at + 200;
  const envelope = new Float32Array(Math.ceil(durationMs / STEP_MS));
  for (const { phone, startMs, endMs } of phones) {
    const level = phone === '' ? 0 : /^[ptkbdg]/.test(phone) ? 0.02 : 0.2;
    envelope.fill(level, Math.floor(startMs / STEP_MS), Math.ceil(endMs / STEP_MS));
  }
  return { phones, durationMs, envelope };
}

const trackOf = (s: ReturnType<typeof speech>): MouthTrack => new MouthTrack({ ...s, envelopeStepMs: STEP_MS });

test('phones of every kind have their viseme, and marks of tone, stress and length change nothing', () => {
  const cases: [string, string[]][] = [
    ['p', ['PP']],
    ['ˈb', ['PP']],
    ['mː', ['PP']],
    ['pʰ', ['PP']],
    ['f', ['FF']],
    ['tɕʰ', ['CH']],
    ['tsʰ', ['SS']],
    ['aɪ', ['aa', 'I']],
    ['uo', ['U', 'O']],
    ['i˨˩˦', ['I']],
    ['h', []],
    ['ʔ', []],
    ['', ['sil']],
    ['ɑ̃', ['aa']],
  ];
  for (const [phone, expected] of cases) assert.deepEqual(visemesOf(phone), expected, phone);
});

test('at every usual frame rate each bilabial is seen closed in at least one frame', () => {
  for (const fps of [24, 25, 30, 50, 60]) {
    const s = speech(fps);
    const track = trackOf(s);
    for (const { phone, startMs, endMs } of s.phones) {
      if (!/^[pbm]/.test(phone)) continue;
      let closest = 0;
      for (let n = Math.floor(((startMs - 20) * fps) / 1000); n <= Math.ceil(((endMs + 20) * fps) / 1000); n++) {
        closest = Math.max(closest, track.at((n * 1000) / fps).seal);
      }
      assert.ok(closest > 0.9, `${phone} at ${startMs} ms, ${fps} fps: ${closest}`);
    }
  }
});

test('the mouth rests in pauses and opens for open vowels', () => {
  const s = speech(7);
  const track = trackOf(s);
  for (const { phone, startMs, endMs } of s.phones) {
    const middle = track.at((startMs + endMs) / 2);
    if (phone === '' && endMs - startMs > 200) assert.ok(middle.jaw < 0.04, `pause at ${startMs}: ${middle.jaw}`);
    if (phone === 'a' && endMs - startMs > 100) assert.ok(middle.jaw > 0.4, `a at ${startMs}: ${middle.jaw}`);
  }
});

test('a mouth does not speak where nothing is heard, whatever the phones claim', () => {
  const s = speech(3);
  const half = s.envelope.length >> 1;
  s.envelope.fill(0, half);
  const track = trackOf(s);
  for (let ms = half * STEP_MS + 200; ms < s.durationMs; ms += 40) {
    const { jaw, upperLift, lowerDrop } = track.at(ms);
    assert.ok(jaw + upperLift + lowerDrop < 0.02, `${ms} ms`);
  }
});

test('lips lead or meet the sound: openness correlates best with the phones at −60..0 ms', () => {
  const s = speech(11);
  const track = trackOf(s);
  const openOf = (ms: number): number => {
    const phone = s.phones.find((p) => ms >= p.startMs && ms < p.endMs)?.phone ?? '';
    return /[aɛ]/.test(phone) ? 1 : /[ioəu]/.test(phone) ? 0.5 : phone === '' ? 0 : /^[pbm]/.test(phone) ? 0 : 0.25;
  };
  const jaw = Array.from({ length: Math.ceil(s.durationMs / 10) }, (_, i) => track.at(i * 10).jaw);
  const correlation = (lagMs: number): number => {
    const x: number[] = [];
    const y: number[] = [];
    for (let ms = 300; ms < s.durationMs - 300; ms += 10) {
      x.push(jaw[Math.round((ms + lagMs) / 10)]!);
      y.push(openOf(ms));
    }
    const mean = (v: number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
    const [mx, my] = [mean(x), mean(y)];
    let [c, vx, vy] = [0, 0, 0];
    for (let i = 0; i < x.length; i++) {
      c += (x[i]! - mx) * (y[i]! - my);
      vx += (x[i]! - mx) ** 2;
      vy += (y[i]! - my) ** 2;
    }
    return c / Math.sqrt(vx * vy);
  };
  const lags = Array.from({ length: 21 }, (_, i) => -100 + i * 10);
  const best = lags.reduce((a, b) => (correlation(b) > correlation(a) ? b : a));
  assert.ok(best >= -60 && best <= 0, `best lag ${best}`);
  assert.ok(correlation(best) > 0.6, `r ${correlation(best)}`);
});
