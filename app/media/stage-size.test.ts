import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseStageSize, parseStageSize, STAGE_PRESETS } from './stage-size.ts';

test('every preset has even sides and the shape its name says', () => {
  assert.equal(Object.keys(STAGE_PRESETS).length, 9);
  for (const [name, { widthPx, heightPx }] of Object.entries(STAGE_PRESETS)) {
    assert.ok(widthPx % 2 === 0 && heightPx % 2 === 0, name);
    const ratio = name.endsWith('portrait') ? 9 / 16 : name.endsWith('square') ? 1 : 16 / 9;
    assert.ok(Math.abs(widthPx / heightPx / ratio - 1) < 0.003, name);
    assert.equal(Math.min(widthPx, heightPx), Number.parseInt(name, 10), name);
  }
});

test('a size is read from a preset, a shape or pixels', () => {
  assert.deepEqual(parseStageSize('720p'), { widthPx: 1280, heightPx: 720 });
  assert.deepEqual(parseStageSize(' 1080P-Portrait '), { widthPx: 1080, heightPx: 1920 });
  assert.deepEqual(parseStageSize('480p-landscape'), { widthPx: 854, heightPx: 480 });
  assert.deepEqual(parseStageSize('1:1'), { widthPx: 720, heightPx: 720 });
  assert.deepEqual(parseStageSize('640×360'), { widthPx: 640, heightPx: 360 });
});

test('what is no size is refused by name', () => {
  for (const text of [
    '',
    '721p',
    '1281x720',
    '62x62',
    '5000x720',
    '1280',
    '720p-round',
    'toString',
    '__proto__',
    '16:10',
  ]) {
    assert.throws(() => parseStageSize(text), { code: 'stage.bad-size', params: { size: text } }, text);
  }
});

test('without a size the stage takes the shape nearest to the picture', () => {
  assert.deepEqual(chooseStageSize(null, 640 / 1024), { widthPx: 720, heightPx: 1280 });
  assert.deepEqual(chooseStageSize(null, 1), { widthPx: 720, heightPx: 720 });
  assert.deepEqual(chooseStageSize(null, 3 / 2), { widthPx: 1280, heightPx: 720 });
  assert.deepEqual(chooseStageSize({ widthPx: 100, heightPx: 64 }, 1), { widthPx: 100, heightPx: 64 });
});
