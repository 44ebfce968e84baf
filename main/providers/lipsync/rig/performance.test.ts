import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RigSettings, rigSettingsSchema } from '../../../../app/document/avatar.ts';
import { EMOTION_BLENDS } from '../../../../app/speech/emotion-presets.ts';
import { ENVELOPE_STEP_MS } from '../../../engine/ports/speech.ts';
import { Performance, type Pose } from './performance.ts';

/** Twenty seconds of talk with settings of one's own, one pose every 40 ms. */
function poses(settings: Partial<RigSettings>): Pose[] {
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
    emotions: [{ atMs: 0, emotion: 'surprised', intensity: 1, blend: EMOTION_BLENDS.surprised }],
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
