import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RigSettings, rigSettingsSchema } from '../../../../app/document/avatar.ts';
import {
  EMOTION_CONTROLS,
  type EmotionBlend,
  type EmotionControlKey,
  NEUTRAL_BLEND,
} from '../../../../app/speech/emotion-blend.ts';
import { EMOTION_BLENDS } from '../../../../app/speech/emotion-presets.ts';
import { ENVELOPE_STEP_MS } from '../../../engine/ports/speech.ts';
import { Blinks } from './idle.ts';
import { Performance, type Pose } from './performance.ts';

/** Twenty seconds of talk with settings of one's own, one pose every 40 ms. */
function poses(settings: Partial<RigSettings>, blend: Readonly<EmotionBlend> = EMOTION_BLENDS.surprised): Pose[] {
  const actor = new Performance(3, rigSettingsSchema.parse(settings));
  const sounds = ['p', 'a', 'f', 'u', 'i', 's', 'o', 'm'];
  const phones = Array.from({ length: 80 }, (_, i) => ({
    phone: sounds[i % sounds.length]!,
    startMs: i * 250,
    endMs: i * 250 + 250,
  }));
  actor.speak({
    startMs: 0,
    timeline: { durationMs: 20_000, phones, words: [], sentences: [] },
    envelope: Float32Array.from({ length: 20_000 / ENVELOPE_STEP_MS }, (_, i) => 0.2 + 0.1 * Math.sin(i / 9)),
    emotions: [{ atMs: 0, emotion: 'surprised', intensity: 1, blend }],
    pcm: () => new Float32Array(),
  });
  return Array.from({ length: 500 }, (_, n) => actor.at(n * 40));
}
const most = (taken: Pose[], value: (pose: Pose) => number): number =>
  taken.reduce((largest, pose) => Math.max(largest, Math.abs(value(pose))), 0);

const WHAT: readonly (readonly [keyof RigSettings, (pose: Pose) => number])[] = [
  ['mouth', ({ fields }) => fields.jaw],
  ['mouth', ({ fields }) => fields.lowerDrop],
  ['head', ({ fields }) => fields.yaw],
  ['head', ({ fields }) => fields.roll],
  ['head', ({ fields }) => fields.moveX],
  ['brows', ({ fields }) => fields.browRaise],
  ['breathing', ({ fields }) => fields.breath],
];

test('every strength goes from nothing over the designed to the double', () => {
  for (const [setting, value] of WHAT) {
    const designed = most(poses({}), value);
    assert.ok(designed > 0, setting);
    assert.equal(most(poses({ [setting]: 0 }), value), 0, `${setting} 0`);
    assert.ok(Math.abs(most(poses({ [setting]: 2 }), value) / designed - 2) < 1e-6, `${setting} 2`);
  }
  const gaze = (settings: Partial<RigSettings>): number => most(poses({ head: 0, ...settings }), (p) => p.eyes.gazeX);
  assert.ok(gaze({}) > 0.01);
  assert.equal(gaze({ gaze: 0 }), 0);
  assert.ok(Math.abs(gaze({ gaze: 2 }) / gaze({}) - 2) < 1e-6);
});

test('a mouth set to nothing keeps still: it neither stretches nor rounds nor tucks', () => {
  const still = poses({ mouth: 0 }).slice(50);
  for (const field of ['jaw', 'pucker', 'tuck', 'upperLift', 'lowerDrop'] as const)
    assert.equal(
      most(still, (pose) => pose.fields[field]),
      0,
      field,
    );
});

test('who is set never to blink does not', () => {
  const lids = (blinksPerMinute: number): number =>
    most(poses({ blinksPerMinute, gaze: 0 }), (p) => Math.max(0, p.eyes.blink));
  assert.equal(lids(0), 0);
  assert.ok(lids(15) > 0.9);
});

test('every control of an emotion reaches the face, from one end to the other', () => {
  const at = (key: EmotionControlKey, value: number): string =>
    JSON.stringify(poses({ blinksPerMinute: 30 }, { ...NEUTRAL_BLEND, [key]: value }).slice(50));
  for (const { key, min, max, default: rest } of EMOTION_CONTROLS) {
    const seen = new Set([min, rest, max].map((value) => at(key, value)));
    assert.equal(seen.size, new Set([min, rest, max]).size, key);
  }
});

test('an emotion turns eyes and head where it says', () => {
  const mean = (taken: Pose[], value: (pose: Pose) => number): number =>
    taken.slice(50).reduce((sum, pose) => sum + value(pose), 0) / (taken.length - 50);
  const shift = (change: Partial<EmotionBlend>, value: (pose: Pose) => number): number =>
    mean(poses({}, { ...NEUTRAL_BLEND, ...change }), value) - mean(poses({}, NEUTRAL_BLEND), value);
  const near = (a: number, b: number, what: string): void => assert.ok(Math.abs(a - b) < 1e-9, `${what}: ${a}`);
  near(
    shift({ gazeX: 0.05 }, (p) => p.eyes.gazeX),
    0.05,
    'gaze',
  );
  near(
    shift({ headYaw: -0.1 }, (p) => p.fields.yaw),
    -0.1,
    'head',
  );
  // The eyes stay on the viewer while the head turns.
  assert.ok(shift({ headYaw: -0.1 }, (p) => p.eyes.gazeX) > 0);
});

test('emotions cross-fade without a jump, and half of one is half of what it does', () => {
  const actor = new Performance(3, rigSettingsSchema.parse({ blinksPerMinute: 0, head: 0, gaze: 0 }));
  const silence = {
    timeline: { durationMs: 2000, phones: [], words: [], sentences: [] },
    envelope: new Float32Array(200),
  };
  const mood = (atMs: number, intensity: number, part: Partial<EmotionBlend>) => ({
    ...{ atMs, emotion: 'x', intensity, blend: { ...NEUTRAL_BLEND, ...part } },
  });
  const emotions = [
    mood(0, 0.5, { smile: 1.2, browInner: -0.8 }),
    mood(1000, 1, { smile: -1 }),
    mood(1200, 1, { smile: 1 }),
  ];
  actor.speak({ startMs: 1000, ...silence, emotions, pcm: () => new Float32Array() });
  const taken = Array.from({ length: 500 }, (_, i) => actor.at(i * 10).fields);
  for (let i = 1; i < taken.length; i++)
    assert.ok(Math.abs(taken[i]!.smile - taken[i - 1]!.smile) < 0.08, `at ${i * 10} ms`);
  assert.equal(taken[0]!.smile, 0);
  assert.ok(Math.abs(taken[170]!.smile - 0.6) < 1e-9 && Math.abs(taken[170]!.browInner + 0.4) < 1e-9);
  assert.ok(Math.abs(taken[499]!.smile - 1) < 1e-9);
});

test('blinks keep an emotion’s pace, whatever the frame rate, and come back to the person’s own', () => {
  const counts = (stepMs: number): number[] => {
    const blinks = new Blinks(3, 15);
    // Two minutes each: as ever, not at all, three times as often.
    blinks.pace(120_000, 0);
    blinks.pace(240_000, 3);
    const starts: number[] = [];
    let closed = false;
    for (let ms = 0; ms < 360_000; ms += stepMs) {
      const now = blinks.at(ms) > 0.5;
      if (now && !closed) starts.push(ms);
      closed = now;
    }
    return [0, 120_000, 240_000].map((from) => starts.filter((at) => at >= from + 700 && at < from + 120_000).length);
  };
  const [usual, none, often] = counts(20) as [number, number, number];
  assert.ok(usual >= 20 && usual <= 40, `${usual}`);
  assert.equal(none, 0);
  assert.ok(often > 2 * usual, `${often}`);
  assert.deepEqual(counts(5), [usual, none, often]);
});

/** Ten seconds of one open vowel. */
const vowel = (startMs: number) => ({
  startMs,
  timeline: {
    durationMs: 10_000,
    phones: [{ phone: 'a', startMs: 0, endMs: 10_000 }],
    words: [],
    sentences: [{ text: 'a', from: 0, to: 1, startMs: 0, endMs: 10_000 }],
  },
  envelope: new Float32Array(10_000 / ENVELOPE_STEP_MS).fill(0.3),
  emotions: [{ atMs: 0, emotion: 'happy', intensity: 1, blend: EMOTION_BLENDS.happy }],
  pcm: () => new Float32Array(),
});

test('frames drawn again are the same, however far into a day of idling and speaking', () => {
  const actor = new Performance(9, rigSettingsSchema.parse({}));
  const dayMs = 86_400_000;
  actor.at(dayMs);
  for (let at = 0; at < 60_000; at += 11_000) actor.speak(vowel(dayMs + at));
  const first = Array.from({ length: 1500 }, (_, n) => {
    const pose = actor.at(dayMs + n * 40);
    // Eight frames back, and forward again.
    if (n % 8 === 7) for (let back = 7; back >= 0; back--) actor.at(dayMs + (n - back) * 40);
    return pose;
  });
  const straight = new Performance(9, rigSettingsSchema.parse({}));
  straight.at(dayMs);
  for (let at = 0; at < 60_000; at += 11_000) straight.speak(vowel(dayMs + at));
  for (const [n, pose] of first.entries()) assert.deepEqual(straight.at(dayMs + n * 40), pose, `frame ${n}`);
  const blinks = first.filter(({ eyes }, n) => n > 0 && eyes.blink > 0.9 && first[n - 1]!.eyes.blink <= 0.9).length;
  assert.ok(blinks >= 8 && blinks <= 25, `${blinks} blinks in a minute after a day`);
});

test('a voice cut off stays silent on the face when another speaks, which moves it', () => {
  const actor = new Performance(9, rigSettingsSchema.parse({}));
  actor.speak(vowel(0));
  assert.ok(actor.at(3000).fields.jaw > 0.3);
  actor.interrupt(3000);
  actor.speak(vowel(4000));
  for (let ms = 3120; ms < 3600; ms += 40) assert.ok(actor.at(ms).fields.jaw < 0.02, `${ms} ms`);
  assert.ok(actor.at(5000).fields.jaw > 0.3);
  assert.equal(actor.at(5000).seal, 0);
});
