import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createToRate } from './to-rate.ts';

const tone = (hz: number, rate: number, seconds: number): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, i) => Math.sin((2 * Math.PI * hz * i) / rate));

function inPieces(samples: Float32Array, from: number, to: number, piece: number): Float32Array {
  const rate = createToRate(from, to);
  const pieces: Float32Array[] = [];
  for (let at = 0; at < samples.length; at += piece) pieces.push(rate.push(samples.subarray(at, at + piece)));
  pieces.push(rate.end());
  return Float32Array.from(pieces.flatMap((part) => [...part]));
}

const rms = (samples: Float32Array): number => Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);

for (const from of [48_000, 44_100, 16_000, 8000])
  test(`a tone at ${from} Hz is the same tone at 16 kHz, in its place`, () => {
    const given = inPieces(tone(1000, from, 1), from, 16_000, 1237);
    assert.equal(given.length, 16_000);
    const wanted = tone(1000, 16_000, 1);
    const error = given.map((sample, i) => sample - wanted[i]!).subarray(200, -200);
    assert.ok(rms(error) < 0.002, `error ${rms(error)}`);
  });

test('what the new rate cannot hold is gone, not folded down', () => {
  const given = inPieces(tone(11_000, 48_000, 1), 48_000, 16_000, 4096).subarray(200, -200);
  assert.ok(rms(given) < 0.001, `left ${rms(given)}`);
});

test('pieces of any size give the same samples', () => {
  const sound = tone(440, 44_100, 0.2);
  assert.deepEqual(inPieces(sound, 44_100, 16_000, 7), inPieces(sound, 44_100, 16_000, 100_000));
});
