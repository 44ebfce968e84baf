import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EMOTIONS } from './emotion.ts';
import { EMOTION_CONTROLS, emotionBlendSchema, mixBlends, NEUTRAL_BLEND } from './emotion-blend.ts';
import { EMOTION_BLENDS, EMOTION_COLOURS, emotionNames, findEmotion } from './emotion-presets.ts';

test('every built-in emotion is a blend that an own one could be, with a colour of its own', () => {
  for (const name of EMOTIONS) assert.deepEqual(emotionBlendSchema.parse(EMOTION_BLENDS[name]), EMOTION_BLENDS[name]);
  assert.equal(new Set(EMOTIONS.map((name) => EMOTION_COLOURS[name])).size, EMOTIONS.length);
  for (const name of EMOTIONS) assert.match(EMOTION_COLOURS[name], /^#[0-9a-f]{6}$/);
});

test('controls of one group stand together, and each rests where the neutral face does', () => {
  const groups = EMOTION_CONTROLS.map(({ group }) => group).filter((group, i, all) => group !== all[i - 1]);
  assert.equal(new Set(groups).size, groups.length, groups.join());
  for (const { key, min, max, default: rest, step } of EMOTION_CONTROLS) {
    assert.ok(min <= rest && rest <= max && step > 0 && step < max - min, key);
    assert.equal(NEUTRAL_BLEND[key], rest);
  }
});

test('the manual’s table of controls is the one that holds', () => {
  const manual = readFileSync(new URL('../../docs/project-file.md', import.meta.url), 'utf8');
  const rows = [...manual.matchAll(/^\| `(\w+)` \| (\S+) \.\. (\S+) \| (\S+) \|/gm)].map(([, ...row]) => row.join(' '));
  const number = (value: number): string => String(value).replace('-', '−');
  assert.deepEqual(
    rows,
    EMOTION_CONTROLS.map(({ key, min, max, default: rest }) => [key, ...[min, max, rest].map(number)].join(' ')),
  );
});

test('a mix goes the whole way, and names find built-in emotions before own ones', () => {
  assert.deepEqual(mixBlends(NEUTRAL_BLEND, EMOTION_BLENDS.happy, 0), NEUTRAL_BLEND);
  const half = mixBlends(NEUTRAL_BLEND, EMOTION_BLENDS.happy, 0.5);
  assert.deepEqual([half.smile, half.energy, half.gazeX], [0.5, 1.1, 0]);
  const own = [{ name: 'Wink', blend: half }];
  assert.equal(findEmotion('WINK', own)?.blend, half);
  assert.equal(findEmotion('Happy', own)?.blend, EMOTION_BLENDS.happy);
  assert.equal(findEmotion('nobody', own), undefined);
  assert.deepEqual(emotionNames(own).slice(-2), ['excited', 'Wink']);
});
