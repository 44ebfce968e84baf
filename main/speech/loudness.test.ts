import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { TruePeakLimiter } from './limiter.ts';
import { decibels, LoudnessMeter, planGain, ratioOf } from './loudness.ts';

const sine = (seconds: number, hz: number, dbfs: number, phase = 0): Float32Array =>
  Float32Array.from(
    { length: Math.round(seconds * SAMPLE_RATE) },
    (_, i) => ratioOf(dbfs) * Math.sin((2 * Math.PI * hz * i) / SAMPLE_RATE + phase),
  );

const measure = (...pieces: Float32Array[]) => {
  const meter = new LoudnessMeter();
  for (const piece of pieces) meter.add(piece);
  return meter.finish();
};
const near = (value: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(value - expected) <= tolerance, `${value} is not within ${tolerance} of ${expected}`);

// EBU Tech 3341, cases 1–5: a stereo sine at x dBFS reads x LUFS; one channel alone reads 3.01 LU less.
const MONO = 10 * Math.log10(0.5);
for (const { name, pieces, lufs } of [
  { name: '1: −23 dBFS for 20 s', pieces: [[20, -23]], lufs: -23 },
  { name: '2: −33 dBFS for 20 s', pieces: [[20, -33]], lufs: -33 },
  {
    name: '3: the relative gate drops −36 dBFS',
    pieces: [
      [10, -36],
      [60, -23],
      [10, -36],
    ],
    lufs: -23,
  },
  {
    name: '4: the absolute gate drops −72 dBFS',
    pieces: [
      [10, -72],
      [10, -36],
      [60, -23],
      [10, -36],
      [10, -72],
    ],
    lufs: -23,
  },
  {
    name: '5: −26, −20, −26 dBFS',
    pieces: [
      [20, -26],
      [20.1, -20],
      [20, -26],
    ],
    lufs: -23,
  },
] as const) {
  test(`integrated loudness, EBU Tech 3341 case ${name}`, () => {
    const { integratedLufs } = measure(...pieces.map(([seconds, dbfs]) => sine(seconds, 1000, dbfs)));
    near(integratedLufs, lufs + MONO, 0.1);
  });
}

test('the measure does not depend on how the signal is cut', () => {
  const whole = sine(3, 997, -20);
  const pieces: Float32Array[] = [];
  for (let from = 0; from < whole.length; from += 1237) pieces.push(whole.subarray(from, from + 1237));
  assert.deepEqual(measure(...pieces), measure(whole));
});

test('a peak between samples is found (EBU Tech 3341 case 16: fs/4 at 45° reads its full height)', () => {
  const { truePeakDbtp } = measure(sine(1, SAMPLE_RATE / 4, -6, Math.PI / 4));
  near(truePeakDbtp, -6, 0.3);
});

test('silence has no loudness and is not amplified', () => {
  const silent = measure(new Float32Array(SAMPLE_RATE));
  assert.equal(silent.integratedLufs, Number.NEGATIVE_INFINITY);
  assert.equal(planGain(silent).gain, 1);
});

test('the limiter holds the true peak, keeps length and time, and leaves quiet sound alone', () => {
  const quiet = sine(0.5, 440, -20);
  const loud = sine(0.5, 5000, 4, 0.3);
  const limiter = new TruePeakLimiter(-1.5);
  const out: number[] = [];
  for (const piece of [quiet, loud, quiet]) out.push(...limiter.process(piece.slice()));
  out.push(...limiter.flush());
  assert.equal(out.length, quiet.length * 2 + loud.length);
  assert.ok(measure(Float32Array.from(out)).truePeakDbtp <= -1.4);
  for (let i = 0; i < quiet.length - 480; i++) assert.ok(Math.abs(out[i]! - quiet[i]!) < 1e-6);
  const steady = Float32Array.from(out.slice(quiet.length + 4800, quiet.length + loud.length - 4800));
  near(decibels(Math.max(...steady)), -1.5, 0.3);
});
