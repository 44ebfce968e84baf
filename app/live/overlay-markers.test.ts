import assert from 'node:assert/strict';
import { test } from 'node:test';
import { liveSchema } from '../document/live.ts';
import { parseLineOrThrow } from '../speech/script/parse.ts';
import { markerAction, OVERLAY_MARKERS } from './overlay-markers.ts';

const place = { x: 0, y: 0, width: 0.3 };
const live = liveSchema.parse({
  overlays: [
    { kind: 'card', id: 'apple', title: '苹果', place },
    { kind: 'card', id: '橙子', title: '橙子', place },
    { kind: 'ticker', id: 'News', text: '今日特价', place },
  ],
  scenes: [{ id: 'desk' }],
});
const of = (name: string, argument = '') => {
  const action = markerAction({ name, argument }, live);
  return action?.type === 'warning' ? [action.error.code, action.error.params.marker] : action;
};

test('markers show, hide and change scenes by id', () => {
  assert.deepEqual(of('card', 'apple'), { type: 'show', id: 'apple' });
  assert.deepEqual(of('show', '橙子'), { type: 'show', id: '橙子' });
  assert.deepEqual(of('Show', ' news '), { type: 'show', id: 'News' });
  assert.deepEqual(of('hide', 'apple'), { type: 'hide', id: 'apple' });
  assert.deepEqual(of('hide'), { type: 'hide-all' });
  assert.deepEqual(of('scene', 'desk'), { type: 'scene', id: 'desk' });
  assert.deepEqual(of('ticker'), { type: 'show', id: 'News' }, 'the only one of its kind');
});

test('what there is not is warned of by the marker as written; any other marker means nothing on air', () => {
  assert.deepEqual(of('card', 'pear'), ['stage.overlay-unknown', '[#card pear]']);
  assert.deepEqual(of('card'), ['stage.overlay-unknown', '[#card]'], 'there are two');
  assert.deepEqual(of('show'), ['stage.overlay-unknown', '[#show]']);
  assert.deepEqual(of('scene', 'beach'), ['stage.scene-unknown', '[#scene beach]']);
  assert.equal(of('offer', 'apple'), null);
  assert.equal(of('constructor'), null);
});

test('every such marker can be written in a script', () => {
  for (const name of OVERLAY_MARKERS) {
    const marker = parseLineOrThrow(`好的[#${name} 橙子]来了`).find(({ kind }) => kind === 'marker');
    assert.deepEqual(marker, { kind: 'marker', name, argument: '橙子', source: `[#${name} 橙子]` });
  }
});
