import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LiveOverlay, liveOverlaySchema } from '../document/live-overlays.ts';
import { OverlayTimeline, type TimedOverlayChange } from './overlay-timeline.ts';

const text = (id: string, more: object = {}): LiveOverlay =>
  liveOverlaySchema.parse({
    ...{ kind: 'text', id, text: id, place: { x: 0.1, y: 0.1, width: 0.3 }, transition: { kind: 'fade', ms: 200 } },
    ...more,
  });
const levels = (timeline: OverlayTimeline, from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => Number((timeline.at(from + i)[0]?.level ?? 0).toFixed(3)));
const show = (id: string, atFrame: number, fromScript = false): TimedOverlayChange => ({
  ...{ atFrame, fromScript, change: { type: 'show', id } },
});
const hide = (id: string, atFrame: number): TimedOverlayChange => ({ atFrame, change: { type: 'hide', id } });

test('an overlay begins to come at its frame and is wholly there when its transition is over; so it goes', () => {
  const timeline = OverlayTimeline.begin(25, [text('a')]);
  timeline.apply(show('a', 10));
  timeline.apply(hide('a', 20));
  assert.deepEqual(levels(timeline, 8, 26), [
    ...[0, 0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1, 1],
    ...[0.8, 0.6, 0.4, 0.2, 0, 0],
  ]);
  const half = OverlayTimeline.begin(25, [text('a', { transition: { kind: 'slide-up', ms: 500 } })]);
  half.apply(show('a', 0));
  assert.ok(half.at(10)[0]!.level < 1);
  assert.equal(half.at(11)[0]!.level, 1, 'never longer than half a second');
  const atOnce = OverlayTimeline.begin(25, [text('a', { transition: { kind: 'none' } })]);
  atOnce.apply(show('a', 5));
  atOnce.apply(hide('a', 7));
  assert.deepEqual(levels(atOnce, 4, 9), [0, 1, 1, 0, 0]);
});

test('one that is called back half way goes back from where it is', () => {
  const timeline = OverlayTimeline.begin(25, [text('a')]);
  timeline.apply(show('a', 0));
  timeline.apply(hide('a', 3));
  timeline.apply(show('a', 4));
  assert.deepEqual(levels(timeline, 0, 8), [0.2, 0.4, 0.6, 0.4, 0.6, 0.8, 1, 1]);
  assert.equal(timeline.at(5)[0]!.sinceFrame, 0);
});

test('one that goes by itself does so to the frame, and being asked for again gives it its time anew', () => {
  const timeline = OverlayTimeline.begin(25, [text('a', { hideAfterMs: 1000, transition: { kind: 'none' } })]);
  timeline.apply(show('a', 10));
  assert.deepEqual([timeline.shownAt(34), timeline.shownAt(35)], [['a'], []]);
  timeline.apply(show('a', 30));
  assert.deepEqual([timeline.shownAt(35), timeline.shownAt(54), timeline.shownAt(55)], [['a'], ['a'], []]);
  timeline.apply(show('a', 70));
  assert.deepEqual([timeline.shownAt(69), timeline.shownAt(70), timeline.shownAt(95)], [[], ['a'], []]);
  assert.equal(timeline.at(80)[0]!.sinceFrame, 70);
});

test('what the script asked for is forgotten with the words that were dropped; what the desk asked for stays', () => {
  const timeline = OverlayTimeline.begin(25, [text('a'), text('b'), text('c')]);
  timeline.apply(show('a', 40, true));
  timeline.apply(show('b', 60, true));
  timeline.apply(show('c', 60));
  timeline.forgetFrom(50);
  assert.deepEqual(timeline.shownAt(70), ['a', 'c']);
});

test('another look is crossed over to; one for what is not on air is simply there when it is shown', () => {
  const timeline = OverlayTimeline.begin(25, [text('a', { shownAtStart: true }), text('b')]);
  timeline.apply({ atFrame: 10, change: { type: 'set', overlay: text('a', { text: 'new' }) } });
  timeline.apply({ atFrame: 10, change: { type: 'set', overlay: text('b', { text: 'new' }) } });
  timeline.apply(show('b', 12));
  const said = (frame: number) =>
    timeline
      .at(frame)
      .map(({ overlay, before }) => [
        overlay.kind === 'text' && overlay.text,
        before === null ? null : [before.overlay.kind === 'text' && before.overlay.text, before.share],
      ]);
  assert.deepEqual(said(9), [['a', null]]);
  assert.deepEqual(said(11), [['new', ['a', 0.4]]]);
  assert.deepEqual(said(14), [
    ['new', null],
    ['new', null],
  ]);
  // A new one is added in front, and not there before.
  timeline.apply({ atFrame: 20, change: { type: 'set', overlay: text('z', { shownAtStart: true }) } });
  assert.deepEqual(
    [timeline.shownAt(19), timeline.shownAt(20)],
    [
      ['a', 'b'],
      ['a', 'b', 'z'],
    ],
  );
});

test('a timeline made of the state of another goes on as that one, also back', () => {
  const first = OverlayTimeline.begin(25, [text('a', { shownAtStart: true, hideAfterMs: 900 }), text('b')], 100);
  first.apply({ atFrame: 0, change: { type: 'wall-clock', frame0WallMs: 1_700_000_000_000 } });
  first.apply(show('b', 118));
  first.apply(hide('b', 121));
  first.apply(show('b', 140));
  const frames = Array.from({ length: 60 }, (_, i) => 100 + i);
  frames.slice(0, 22).forEach((frame) => {
    first.at(frame);
  });
  const second = OverlayTimeline.from(25, JSON.parse(JSON.stringify(first.state())));
  for (const frame of frames) {
    assert.deepEqual(second.at(frame), first.at(frame), `frame ${frame}`);
    assert.equal(second.wallMs(frame), first.wallMs(frame));
  }
  second.apply(hide('a', 105));
  assert.notDeepEqual(second.at(120), first.at(120), 'nothing is shared');
});

test('a week of shows and hides is not remembered, and changes nothing in what is on', () => {
  const timeline = OverlayTimeline.begin(25, [text('a'), text('b', { shownAtStart: true })]);
  for (let frame = 0; frame < 25 * 3600; frame += 50) {
    timeline.apply(show('a', frame));
    timeline.apply(hide('a', frame + 25));
    timeline.apply({ atFrame: frame, change: { type: 'set', overlay: text('b', { text: `${frame}` }) } });
    timeline.apply({ atFrame: frame, change: { type: 'wall-clock', frame0WallMs: frame } });
    timeline.at(frame);
    assert.deepEqual(timeline.shownAt(frame + 24), ['a', 'b']);
    assert.deepEqual(timeline.shownAt(frame + 25), ['b']);
  }
  const { tracks, clocks } = timeline.state();
  const kept = tracks.reduce((sum, [, { toggles, looks }]) => sum + toggles.length + looks.length, clocks.length);
  assert.ok(kept < 200, `${kept} kept`);
});

test('the time of day is the stream’s own, and a jump of the clock counts from its frame on', () => {
  const timeline = OverlayTimeline.begin(25, []);
  assert.equal(timeline.wallMs(0), null);
  timeline.apply({ atFrame: 0, change: { type: 'wall-clock', frame0WallMs: 1000 } });
  timeline.apply({ atFrame: 50, change: { type: 'wall-clock', frame0WallMs: 3_601_000 } });
  assert.equal(timeline.wallMs(49), 1000 + 1960);
  assert.equal(timeline.wallMs(50), 3_601_000 + 2000);
});
