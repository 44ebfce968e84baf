import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as jsqr from 'jsqr';
import { type LiveOverlay, liveOverlaySchema } from '../../app/document/live-overlays.ts';
import { stageSchema } from '../../app/document/stage.ts';
import { OverlayTimeline, type TimedOverlayChange } from '../../app/live/overlay-timeline.ts';
import type { AvatarPlate, Rect } from '../engine/ports/lipsync.ts';
import { aiMarkSprite } from './ai-mark.ts';
import { createCompositor } from './compositor.ts';
import type { Sprite } from './i420.ts';
import { countdownParts } from './live-clock.ts';
import { crossFade } from './live-cross-fade.ts';
import { LiveLayer } from './live-layer.ts';
import type { Picture } from './picture.ts';
import { SubtitleTrack } from './subtitle-sprites.ts';

type ReadQr = (rgba: Uint8ClampedArray, width: number, height: number) => { data: string } | null;
// Its types speak of an ES module, its code is CommonJS.
const readQr = (jsqr as unknown as { default: ReadQr }).default;
const FPS = 25;
const W = 640;
const H = 360;
const SIZE = { widthPx: W, heightPx: H };
const REGION: Rect = { x: 220, y: 60, width: 200, height: 240 };
const NOON = Date.parse('2026-11-22T12:00:00+08:00');

const overlay = (kind: string, id: string, more: object = {}): LiveOverlay =>
  liveOverlaySchema.parse({
    ...{ kind, id, place: { x: 0.03, y: 0.1, width: 0.28 }, transition: { kind: 'fade', ms: 200 } },
    ...more,
  });
const swatch = (width: number, height: number): Picture => {
  const rgba = new Uint8Array(width * height * 4);
  for (let i = 0; i < rgba.length; i += 4) rgba.set([250, 120, 20, 255], i);
  return { width, height, rgba };
};
const PICTURE = { sha256: 'c'.repeat(64), mediaType: 'image/png', fileName: 'apple.png' };

function layerOf(
  overlays: LiveOverlay[],
  changes: TimedOverlayChange[] = [],
  pictures = new Map([[PICTURE.sha256, swatch(60, 80)]]),
) {
  const timeline = OverlayTimeline.begin(FPS, overlays);
  timeline.apply({ atFrame: 0, change: { type: 'wall-clock', frame0WallMs: NOON } });
  for (const change of changes) timeline.apply(change);
  const troubles: string[] = [];
  const layer = new LiveLayer(
    { timeline: timeline.state(), pictures },
    { fps: FPS, size: SIZE, onTrouble: ({ code }) => troubles.push(code) },
  );
  return { layer, troubles };
}
const plate: AvatarPlate = (() => {
  const background = new Uint8Array(W * H * 4);
  for (let i = 0; i < background.length; i += 4) background.set([(i >> 4) & 255, (i >> 9) & 255, 90, 255], i);
  const person = new Uint8Array(W * H * 4);
  return { width: W, height: H, person, background, picture: { x: 0, y: 0, width: W, height: H } } as AvatarPlate;
})();
function face(k: number): Uint8Array {
  const rgba = new Uint8Array(REGION.width * REGION.height * 4);
  for (let i = 0; i < rgba.length; i += 4) rgba.set([(i + k * 40) & 255, (i * 3) & 255, (k * 17) & 255, 255], i);
  return rgba;
}
const mark = aiMarkSprite(stageSchema.parse({}).aiMark, SIZE, null)!;

/** Draws frames as the render thread does, into a pool of `pool` buffers in turn. */
function stageWith(layer: LiveLayer | undefined, pool = 3) {
  const track = new SubtitleTrack(SIZE, stageSchema.parse({}).subtitles);
  const words = [{ text: '字幕在最上面', from: 0, to: 6, startMs: 0, endMs: 60_000 }];
  track.append([{ startMs: 0, endMs: 60_000, lines: [{ text: '字幕在最上面', words }] }]);
  const compositor = createCompositor({
    ...{ plate, region: REGION, alpha: false, front: [], live: layer, subtitles: track, aiMark: mark },
  });
  const frames = Array.from({ length: pool }, () => compositor.newFrame());
  let turn = 0;
  return {
    subtitle: track.at(0)!,
    draw: (index: number): Uint8Array => {
      const frame = frames[turn++ % pool]!;
      compositor.render(face(index), (index * 1000) / FPS, frame);
      return frame.slice();
    },
  };
}
/** Bytes of an I420 frame that differ, and the rectangle they lie in. */
function difference(a: Uint8Array, b: Uint8Array): { bytes: number; within: (rects: readonly Rect[]) => boolean } {
  const at: [number, number][] = [];
  const quarter = (W * H) / 4;
  for (let i = 0; i < a.length; i++) {
    if (a[i] === b[i]) continue;
    const p = i < W * H ? i : (i - W * H) % quarter;
    at.push(i < W * H ? [p % W, Math.floor(p / W)] : [(p % (W / 2)) * 2, Math.floor(p / (W / 2)) * 2]);
  }
  const has = (rect: Rect, [x, y]: [number, number]) =>
    x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;
  return { bytes: at.length, within: (rects) => at.every((place) => rects.some((rect) => has(rect, place))) };
}
const ALL: LiveOverlay[] = [
  overlay('card', 'apple', {
    title: '烟台红富士苹果 5斤装',
    price: '39.9',
    priceBefore: '89',
    note: '包邮',
    picture: PICTURE,
  }),
  overlay('price', 'price', { price: '199起', priceBefore: '399', place: { x: 0.6, y: 0.3, width: 0.3 } }),
  overlay('picture', 'logo', { picture: PICTURE, place: { x: 0.85, y: 0.02, width: 0.13 }, opacity: 0.7 }),
  overlay('text', 'text', { text: '今晚八点\n全场五折', place: { x: 0.3, y: 0.4, width: 0.35 } }),
  overlay('ticker', 'ticker', { text: '欢迎来到直播间，今日特价', place: { x: 0, y: 0.85, width: 1 }, speed: 0.37 }),
  overlay('countdown', 'left', {
    to: { kind: 'duration', ms: 3000 },
    title: '仅剩',
    place: { x: 0.1, y: 0.6, width: 0.4 },
  }),
  overlay('clock', 'clock', { timeZone: 'Asia/Shanghai', date: true, place: { x: 0.7, y: 0.6, width: 0.2 } }),
  overlay('qr', 'qr', { content: 'https://example.com/a', caption: '扫码', place: { x: 0.7, y: 0.1, width: 0.2 } }),
];

for (const kind of ['fade', 'slide-left', 'slide-right', 'slide-up', 'slide-down', 'none'] as const) {
  test(`with ${kind}, the picture changes first at the frame of the change, and no more once the transition is over`, () => {
    const ms = 200;
    const card = { ...ALL[0]!, transition: { kind, ms } };
    const changes: TimedOverlayChange[] = [
      { atFrame: 10, change: { type: 'show', id: 'apple' } },
      { atFrame: 30, change: { type: 'hide', id: 'apple' } },
    ];
    const { draw } = stageWith(layerOf([card], changes).layer);
    const { draw: bare } = stageWith(undefined);
    const frames = kind === 'none' ? 1 : (ms * FPS) / 1000;
    const seen = Array.from({ length: 45 }, (_, i) => difference(draw(i), bare(i)).bytes);
    const whole = seen[20]!;
    assert.ok(whole > 5000, `${whole} bytes of card`);
    for (const [i, bytes] of seen.entries()) {
      const gone = i < 10 || i >= 30 + frames - 1;
      const there = i >= 10 + frames - 1 && i < 30;
      if (gone) assert.equal(bytes, 0, `frame ${i}`);
      else if (there) assert.equal(bytes, whole, `frame ${i}`);
      else assert.ok(bytes > 0, `frame ${i} is on its way`);
    }
  });
}

test('no byte changes away from the overlays and the face; the mark is the same to the bit; the subtitle is over all', () => {
  const everywhere = overlay('text', 'wall', {
    text: '墙'.repeat(300),
    size: 0.06,
    place: { x: -0.1, y: -0.1, width: 1.2 },
  });
  for (const overlays of [ALL, [everywhere]]) {
    const shown = overlays.map((each) => ({ ...each, shownAtStart: true }));
    const { layer } = layerOf(shown);
    const { draw, subtitle } = stageWith(layer);
    const { draw: bare } = stageWith(undefined);
    for (const i of [0, 1, 2, 3, 40, 80, 81]) {
      const frame = draw(i);
      const difference1 = difference(frame, bare(i));
      assert.ok(difference1.bytes > 20_000);
      assert.ok(difference1.within(layer.at((i * 1000) / FPS)), `frame ${i}`);
      const expected = bare(i);
      for (let y = mark.y; y < mark.y + mark.height; y++)
        for (let x = mark.x; x < mark.x + mark.width; x++)
          assert.equal(frame[y * W + x], expected[y * W + x], `the mark at ${x}, ${y}`);
      // Where its letters are opaque the subtitle's own bytes stand.
      let letters = 0;
      for (let p = 0; p < subtitle.alpha.length; p++) {
        if (subtitle.alpha[p] !== 255) continue;
        letters++;
        const at = (subtitle.y + Math.floor(p / subtitle.width)) * W + subtitle.x + (p % subtitle.width);
        assert.equal(frame[at], subtitle.luma[p]);
      }
      assert.ok(letters > 300);
    }
  }
});

test('a frame is the same whatever was drawn before it: back after an interruption, by another thread, on another stage', () => {
  const changes: TimedOverlayChange[] = ALL.flatMap(({ id }, i) => [
    { atFrame: 5 + i * 3, change: { type: 'show', id } },
    { atFrame: 50 + i * 2, change: { type: 'hide', id } },
  ]);
  changes.push({
    atFrame: 35,
    change: { type: 'set', overlay: { ...ALL[0]!, title: '换了', price: '9.9' } as LiveOverlay },
  });
  const first = layerOf(ALL, changes).layer;
  const played = stageWith(first, 4);
  const order = [0, 6, 7, 8, 9, 20, 35, 36, 37, 33, 34, 35, 36, 52, 60, 58, 59, 100, 7];
  for (const i of order) {
    const fresh = stageWith(layerOf(ALL, changes).layer, 1);
    assert.equal(difference(played.draw(i), fresh.draw(i)).bytes, 0, `frame ${i}`);
  }
  const second = new LiveLayer(first.setup(), { fps: FPS, size: SIZE, onTrouble: assert.fail });
  assert.equal(difference(stageWith(second).draw(36), played.draw(36)).bytes, 0);
});

test('words run by even steps: every frame of a ticker is new, and moves by what its speed says', () => {
  // 0.0525 of 640 px a second is 1.344 px a frame.
  const ticker = overlay('ticker', 't', {
    text: '一',
    place: { x: 0, y: 0, width: 1 },
    speed: 0.0525,
    shownAtStart: true,
  });
  const { layer } = layerOf([{ ...ticker, size: 0.1 } as LiveOverlay]);
  const centre = (frame: number): number => {
    const sprite = layer.at((frame * 1000) / FPS)[0]!;
    const row = (y: number) => sprite.luma.subarray(y * W, (y + 1) * W);
    let sum = 0;
    let weight = 0;
    for (let y = 0; y < sprite.height; y++) {
      const line = row(y);
      for (let x = 0; x < W; x++) {
        // The ground is not quite even.
        const ink = Math.max(0, line[x]! - line[0]! - 8);
        sum += ink * x;
        weight += ink;
      }
    }
    return sum / weight;
  };
  const steps = Array.from({ length: 30 }, (_, i) => centre(81 + i) - centre(80 + i));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  assert.ok(Math.abs(mean + 1.344) < 0.02, `${mean} px a frame`);
  for (const step of steps) assert.ok(Math.abs(step + 1.344) < 0.2, `a step of ${step}`);
});

test('a clock and a countdown are drawn anew when their words change, and only then', () => {
  const { layer } = layerOf([
    { ...overlay('clock', 'c', { timeZone: 'America/New_York' }), shownAtStart: true },
    { ...overlay('countdown', 'd', { to: { kind: 'duration', ms: 10_000 } }), shownAtStart: true },
  ]);
  const drawn = new Set<Sprite>();
  for (let i = 0; i < FPS * 4; i++) for (const sprite of layer.at((i * 1000) / FPS)) drawn.add(sprite);
  assert.equal(drawn.size, 4 + 4);
});

test('a countdown says what is left, rounded up, across its end', () => {
  const parts = (ms: number) => countdownParts(ms).join(' ');
  assert.equal(parts(90_061_000), '1 1 1 1');
  assert.equal(parts(3_600_000), '0 1 0 0');
  assert.equal(parts(3_599_999), '0 1 0 0');
  assert.equal(parts(1), '0 0 0 1');
  assert.equal(parts(0), '0 0 0 0');
  assert.equal(parts(-5000), '0 0 0 0');
});

test('at its end a countdown goes by itself, or says its last words; a jump of the clock moves one that counts to a moment', () => {
  const to = { kind: 'moment', at: '2026-11-22T04:00:02Z' };
  const silent = layerOf([{ ...overlay('countdown', 'd', { to }), shownAtStart: true }]).layer;
  assert.equal(silent.at(1960).length, 1);
  assert.equal(silent.at(2100).length, 1, 'on its way out');
  assert.equal(silent.at(2200).length, 0);
  const worded = layerOf([{ ...overlay('countdown', 'd', { to, atEnd: '开始啦' }), shownAtStart: true }]).layer;
  const before = worded.at(1960)[0]!;
  const after = worded.at(2000)[0]!;
  assert.notDeepEqual(before.luma, after.luma);
  assert.equal(worded.at(60_000)[0], after);
  const jump: TimedOverlayChange = { atFrame: 25, change: { type: 'wall-clock', frame0WallMs: NOON - 3_600_000 } };
  worded.update({ changes: [jump], forgetFrom: 0 });
  assert.notDeepEqual(worded.at(2000)[0]!.luma, after.luma, 'an hour is left again');
});

test('a QR code on the stage can be read from the picture', () => {
  for (const content of ['https://example.com/商品?id=1&from=live', 'x'.repeat(180)]) {
    const code = overlay('qr', 'q', { content, place: { x: 0.1, y: 0.05, width: 0.4 }, shownAtStart: true });
    const frame = stageWith(layerOf([code]).layer).draw(30);
    const rgba = new Uint8ClampedArray(W * H * 4);
    for (let p = 0; p < W * H; p++) rgba.set([frame[p]!, frame[p]!, frame[p]!, 255], p * 4);
    assert.equal(readQr(rgba, W, H)?.data, content);
  }
});

test('what cannot be drawn is told and left out, and the rest is drawn', () => {
  const { layer, troubles } = layerOf(
    [
      overlay('qr', 'tiny', { content: 'x'.repeat(900), place: { x: 0, y: 0, width: 0.1 } }),
      overlay('clock', 'nowhere', { timeZone: 'Mars/Olympus' }),
      overlay('card', 'bare', { title: '没有图片', picture: PICTURE, price: '面议' }),
      overlay('picture', 'logo', { picture: PICTURE }),
    ].map((each) => ({ ...each, shownAtStart: true })),
    [],
    new Map(),
  );
  assert.equal(layer.at(1000).length, 2, 'the clock and the card');
  assert.deepEqual(troubles.toSorted(), ['stage.overlay-not-drawn', 'stage.time-zone-unknown']);
  layer.at(2000);
  assert.equal(troubles.length, 2, 'told once');
  // Its picture comes later.
  layer.update({
    changes: [{ atFrame: 60, change: { type: 'set', overlay: overlay('picture', 'logo', { picture: PICTURE }) } }],
    pictures: new Map([[PICTURE.sha256, swatch(40, 40)]]),
  });
  assert.equal(layer.at(3000).length, 3);
});

test('texts of any length and kind stay in their place', () => {
  const long = '超长标题'.repeat(50);
  for (const width of [0.12, 0.3, 0.9]) {
    const place = { x: 0.02, y: 0.02, width };
    for (const each of [
      overlay('card', 'a', {
        title: long.slice(0, 200),
        price: '123456789.99',
        priceBefore: long.slice(0, 40),
        note: long.slice(0, 99),
        picture: PICTURE,
        place,
      }),
      overlay('price', 'b', {
        price: '1234567890123.99',
        priceBefore: long.slice(0, 60),
        note: long.slice(0, 60),
        place,
      }),
      overlay('text', 'c', { text: `${'word '.repeat(150)}\u0000\ud800`, place }),
      overlay('ticker', 'd', { text: 'مرحبا 🎉 '.repeat(200), place, speed: 1 }),
      overlay('countdown', 'e', {
        to: { kind: 'moment', at: '2036-01-01T00:00:00Z' },
        title: long.slice(0, 200),
        place,
      }),
      overlay('clock', 'f', { date: true, place }),
      overlay('qr', 'g', { content: 'hi', caption: long.slice(0, 100), place }),
    ]) {
      const { layer, troubles } = layerOf([{ ...each, shownAtStart: true }]);
      const sprite = layer.at(4000)[0]!;
      assert.deepEqual(troubles, [], each.kind);
      const shadow = 2 * Math.ceil(H * 0.024) + 2;
      assert.ok(sprite.width <= Math.round(width * W) + shadow, `${each.kind} is ${sprite.width} wide`);
      assert.ok(sprite.height <= H * 2.2, `${each.kind} is ${sprite.height} high`);
    }
  }
});

test('a cross-fade begins with one picture to the bit, ends with the other, and is between them on the way', () => {
  for (const length of [4096, 4099]) {
    const a = Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
    const b = Uint8Array.from({ length }, (_, i) => (i * 13 + 5) & 255);
    const into = new Uint8Array(length);
    crossFade(a, b, 0, into);
    assert.deepEqual(into, a);
    crossFade(a, b, 1, into);
    assert.deepEqual(into, b);
    for (const share of [0.1, 0.5, 0.93]) {
      crossFade(a, b, share, into);
      for (let i = 0; i < length; i++) assert.ok(Math.abs(into[i]! - (a[i]! * (1 - share) + b[i]! * share)) <= 1.01);
    }
    const same = a.slice();
    crossFade(same, b, 0.5, same);
    crossFade(a, b, 0.5, into);
    assert.deepEqual(same, into, 'in place');
  }
});
