import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpeechSegment } from '../../../engine/ports/lipsync.ts';
import { SAMPLE_RATE } from '../../../engine/ports/tts.ts';
import { MEL_WINDOW, MELS, MelColumns, melStart, type SoundReader } from './mel.ts';
import { SessionSound } from './session-sound.ts';

const COSINES = Array.from({ length: 800 }, (_, i) => Math.cos((2 * Math.PI * i) / 800));

/** The definition, term by term, of one column: a plain Fourier sum and plain triangles. */
function plainColumn(sound: (n: number) => number, column: number): number[] {
  const hzOf = (mel: number): number => (mel >= 15 ? 1000 * 6.4 ** ((mel - 15) / 27) : (mel * 200) / 3);
  const melOf = (hz: number): number => (hz >= 1000 ? 15 + (27 * Math.log(hz / 1000)) / Math.log(6.4) : (hz * 3) / 200);
  const points: number[] = [];
  for (let i = 0; i <= 81; i++) points.push(hzOf(melOf(55) + (i * (melOf(7600) - melOf(55))) / 81));
  const emphasised: number[] = [];
  for (let n = 0; n < 800; n++) {
    const at = 200 * column - 400 + n;
    emphasised.push((sound(at) - 0.97 * sound(at - 1)) * Math.sin((Math.PI * n) / 800) ** 2);
  }
  const magnitude: number[] = [];
  for (let k = 0; k <= 400; k++) {
    let [re, im] = [0, 0];
    for (let n = 0; n < 800; n++) {
      re += emphasised[n]! * COSINES[(k * n) % 800]!;
      im -= emphasised[n]! * COSINES[(k * n + 600) % 800]!;
    }
    magnitude.push(Math.sqrt(re * re + im * im));
  }
  return Array.from({ length: 80 }, (_, m) => {
    let sum = 0;
    for (let k = 0; k <= 400; k++) {
      const hz = (k * 16_000) / 800;
      const rising = (hz - points[m]!) / (points[m + 1]! - points[m]!);
      const falling = (points[m + 2]! - hz) / (points[m + 2]! - points[m + 1]!);
      sum += (magnitude[k]! * Math.max(0, Math.min(rising, falling)) * 2) / (points[m + 2]! - points[m]!);
    }
    const db = 20 * Math.log10(Math.max(10 ** (-100 / 20), sum)) - 20;
    return Math.min(4, Math.max(-4, 8 * ((db + 100) / 100) - 4));
  });
}

/** Two gliding tones, noise, and a stretch of nothing. */
function talk(n: number): number {
  if (n < 0 || n >= 24_000 || (n > 9000 && n < 12_000)) return 0;
  const t = n / 16_000;
  const noise = ((Math.imul(n ^ 0x5bd1e995, 0x27d4eb2d) >>> 8) & 0xffff) / 65_536 - 0.5;
  return 0.3 * Math.sin(900 * t * (1 + t)) + 0.1 * Math.sin(2 * Math.PI * 3100 * t * t) + 0.02 * noise;
}

test('every column of every window is what the definition says', () => {
  const sound: SoundReader = (first, into) => {
    for (let i = 0; i < into.length; i++) into[i] = Math.fround(talk(first + i));
  };
  const mel = new MelColumns(sound);
  const known = new Map<number, number[]>();
  const window = new Float32Array(MELS * MEL_WINDOW);
  let worst = 0;
  // On, then back and far ahead, as a preview jumps about.
  for (const frame of [0, 1, 2, 3, 8, 13, 14, 30, 13, 37, 33]) {
    const start = Math.trunc(frame * 3.2 + 1e-9);
    mel.window(melStart(frame, 25), window);
    for (const step of [0, 7, 15]) {
      const column = start + step;
      if (!known.has(column))
        known.set(
          column,
          plainColumn((n) => Math.fround(talk(n)), column),
        );
      for (let m = 0; m < MELS; m++)
        worst = Math.max(worst, Math.abs(window[m * MEL_WINDOW + step]! - known.get(column)![m]!));
    }
  }
  assert.ok(worst <= 1e-3, `${worst}`);
  assert.ok(
    [...known.values()].some((column) => column.every((value) => value === -4)),
    'silence is the floor',
  );
});

test('a window begins where its frame does, after hours too', () => {
  assert.deepEqual(
    [0, 1, 2, 3, 4, 5, 6].map((frame) => melStart(frame, 25)),
    [0, 3, 6, 9, 12, 16, 19],
  );
  for (const fps of [24, 25, 30, 50, 60])
    for (const hours of [1, 24]) {
      const frame = hours * 3600 * fps;
      assert.equal(melStart(frame, fps), hours * 3600 * 80);
      assert.equal(melStart(frame - 1, fps), hours * 3600 * 80 - Math.ceil(80 / fps));
    }
});

test('segments are heard at their places, brought down without what lies above', () => {
  const tone =
    (hz: number): SpeechSegment['pcm'] =>
    (fromMs, toMs) => {
      const first = Math.round(fromMs * 48);
      return Float32Array.from({ length: Math.round(toMs * 48) - first }, (_, i) =>
        Math.sin((2 * Math.PI * hz * (first + i)) / SAMPLE_RATE),
      );
    };
  const segment = (startMs: number, durationMs: number, hz: number): SpeechSegment => ({
    startMs,
    timeline: { durationMs, phones: [], words: [], sentences: [] } as unknown as SpeechSegment['timeline'],
    envelope: new Float32Array(),
    emotions: [],
    pcm: tone(hz),
  });
  const sound = new SessionSound();
  sound.speak(segment(250, 500, 1000));
  sound.speak(segment(1000, 500, 10_000));
  const loudest = (fromMs: number, toMs: number): number => {
    const out = new Float32Array((toMs - fromMs) * 16);
    sound.read(fromMs * 16, out);
    return Math.max(...out.map(Math.abs));
  };
  const heard = new Float32Array(16);
  sound.read(500 * 16, heard);
  for (const [i, value] of heard.entries())
    assert.ok(Math.abs(value - Math.sin((2 * Math.PI * 1000 * (250 * 16 + i)) / 16_000)) < 1e-3, `${i}: ${value}`);
  assert.equal(loudest(0, 240), 0);
  assert.ok(loudest(1100, 1400) < 2e-4, 'what 16 kHz cannot hold does not come back as another tone');
  sound.interrupt(400);
  assert.ok(loudest(300, 390) > 0.9);
  assert.equal(loudest(410, 2000), 0);
});
