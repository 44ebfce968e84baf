import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CORNERS, stageSchema } from '../../app/document/stage.ts';
import { presetSize, type StageSize } from '../../app/media/stage-size.ts';
import { buildCues } from '../../app/media/subtitles.ts';
import type { AvatarPlate, Rect } from '../engine/ports/lipsync.ts';
import { aiMarkSprite } from './ai-mark.ts';
import { type Compositor, createCompositor } from './compositor.ts';
import { handMadePortrait } from './hand-made-portrait.ts';
import type { Sprite } from './i420.ts';
import { layoutAvatar, type StageBackground } from './layout.ts';
import { spriteAt } from './overlays.ts';
import { SubtitleTrack, subtitleArea } from './subtitle-sprites.ts';

const W = 640;
const H = 360;
const SIZE: StageSize = { widthPx: W, heightPx: H };
const REGION: Rect = { x: 220, y: 20, width: 200, height: 330 };
const photo = handMadePortrait({ width: 400, height: 500, face: 60 });
const plateOn = (background: StageBackground, size = SIZE): Promise<AvatarPlate> =>
  layoutAvatar(photo, { size, framing: { fit: 'auto', zoom: 1, offsetX: 0, offsetY: 0 }, background });

/** A face frame unlike any other: stripes that move with `k`. */
function faceFrame(k: number, alpha = 255): Uint8Array {
  const rgba = new Uint8Array(REGION.width * REGION.height * 4);
  for (let i = 0; i < rgba.length; i += 4)
    rgba.set([(i * 3 + k * 40) & 255, (i + k * 90) & 255, (k * 17) & 255, alpha], i);
  return rgba;
}
const spokenCues = (track: SubtitleTrack, displayText: string) => {
  const words = [...displayText].map((text, i) => ({
    text,
    from: i,
    to: i + 1,
    startMs: i * 200,
    endMs: i * 200 + 200,
  }));
  const line = { displayText, words, sentences: [], startMs: 0, endMs: displayText.length * 200 };
  return buildCues([line], { measure: track.metrics.measure, maxWidthPx: track.metrics.maxWidthPx });
};
const covers = (rect: Rect | Sprite, x: number, y: number) =>
  x >= rect.x && x < rect.x + rect.width && y >= rect.y && y < rect.y + rect.height;

/** Calls `see` for every byte of an I420(A) frame with the pixel it belongs to. */
function eachByte(frame: Uint8Array, see: (index: number, x: number, y: number) => void): void {
  const quarter = (W * H) / 4;
  for (let i = 0; i < frame.length; i++) {
    const chroma = i >= W * H && i < W * H * 1.5;
    const p = chroma ? (i - W * H) % quarter : i >= W * H * 1.5 ? i - W * H * 1.5 : i;
    if (chroma) see(i, (p % (W / 2)) * 2, Math.floor(p / (W / 2)) * 2);
    else see(i, p % W, Math.floor(p / W));
  }
}
const draw = (compositor: Compositor, face: Uint8Array, timeMs: number) => {
  const frame = new Uint8Array(compositor.frameBytes).fill(99);
  compositor.render(face, timeMs, frame);
  return frame;
};

test('away from the face, the subtitle and nothing else, no byte of any frame differs from the still stage', async () => {
  const plate = await plateOn({ kind: 'keep' });
  const track = new SubtitleTrack(SIZE, stageSchema.parse({ subtitles: { karaoke: true } }).subtitles);
  track.append(spokenCues(track, '大家好欢迎来到声画工作室。我们现在开始吧朋友们。'));
  const mark = aiMarkSprite(stageSchema.parse({}).aiMark, SIZE, null);
  const logo = spriteAt(new Uint8Array(90 * 50 * 4).fill(180), 90, 50, 181, 41);
  const compositor = createCompositor({
    plate,
    region: REGION,
    alpha: false,
    front: [logo],
    subtitles: track,
    aiMark: mark,
  });
  for (let k = 0; k < 40; k++) {
    const timeMs = k * 150;
    const frame = draw(compositor, faceFrame(k), timeMs);
    const sprite = track.at(timeMs);
    let changed = 0;
    eachByte(frame, (i, x, y) => {
      if (covers(REGION, x, y)) changed += frame[i] === compositor.still[i] ? 0 : 1;
      else if (!(sprite && covers(sprite, x, y))) {
        if (frame[i] !== compositor.still[i]) assert.fail(`byte ${i} (${x}, ${y}) at ${timeMs} ms`);
      }
    });
    assert.ok(changed > 10_000);
  }
});

test('a frame depends on its face and time alone, not on the frames before it', async () => {
  const plate = await plateOn({ kind: 'keep' });
  const make = () => {
    const track = new SubtitleTrack(SIZE, stageSchema.parse({ subtitles: { karaoke: true } }).subtitles);
    track.append(spokenCues(track, '大家好欢迎来到声画工作室。我们现在开始吧朋友们。'));
    // A mark low enough to meet the subtitle.
    const mark = aiMarkSprite({ visible: true, text: 'AI生成', corner: 'bottom-left', height: 0.1 }, SIZE, null);
    const logo = spriteAt(new Uint8Array(400 * 40 * 4).fill(140), 400, 40, 31, 300);
    return createCompositor({ plate, region: REGION, alpha: false, front: [logo], subtitles: track, aiMark: mark });
  };
  const played = make();
  for (const timeMs of [0, 400, 1800, 2600, 3100, 4400, 9000, 400, 0]) {
    const frame = draw(played, faceFrame(timeMs / 100), timeMs);
    assert.deepEqual(frame, draw(make(), faceFrame(timeMs / 100), timeMs), `${timeMs} ms`);
  }
  assert.deepEqual(draw(played, faceFrame(1), 99_000), draw(make(), faceFrame(1), 99_000));
});

test('the face at rest in its region gives the still stage back', async () => {
  const plate = await plateOn({ kind: 'colour', colour: '#336699' });
  const compositor = createCompositor({
    plate,
    region: REGION,
    alpha: false,
    front: [],
    subtitles: null,
    aiMark: null,
  });
  const rest = new Uint8Array(REGION.width * REGION.height * 4);
  for (let y = 0; y < REGION.height; y++) {
    for (let x = 0; x < REGION.width; x++) {
      const s = ((REGION.y + y) * W + REGION.x + x) * 4;
      const a = plate.person[s + 3] / 255;
      for (let c = 0; c < 3; c++) {
        rest[(y * REGION.width + x) * 4 + c] = Math.round(plate.person[s + c] * a + plate.background[s + c] * (1 - a));
      }
    }
  }
  assert.deepEqual(draw(compositor, rest, 0), compositor.still);
});

/** Rows and columns of luma that are letters: far brighter than the same place without the mark. */
function lettersOf(marked: Uint8Array, bare: Uint8Array, width: number, height: number) {
  const box = { left: width, right: 0, top: height, bottom: 0 };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (marked[y * width + x] - bare[y * width + x] < 60) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x + 1);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y + 1);
    }
  }
  return box;
}

test('the AI mark stands in its corner of the picture with letters of the height asked for, on every preset shape', async () => {
  for (const [lines, shape] of [
    [480, 'landscape'],
    [720, 'portrait'],
    [720, 'square'],
  ] as const) {
    const size = presetSize(lines, shape);
    const { widthPx: w, heightPx: h } = size;
    const plate = await plateOn({ kind: 'colour', colour: '#303030' }, size);
    const region = { x: (w >> 1) & ~1, y: (h >> 1) & ~1, width: 2, height: 2 };
    const face = new Uint8Array(16).fill(48);
    const track = new SubtitleTrack(size, stageSchema.parse({}).subtitles);
    const area = subtitleArea(size, track.metrics);
    const plain = createCompositor({ plate, region, alpha: false, front: [], subtitles: null, aiMark: null });
    const bare = draw(plain, face, 0);
    for (const corner of CORNERS) {
      for (const height of [0.05, 0.08]) {
        const mark = { visible: true, text: 'AI生成', corner, height };
        const aiMark = aiMarkSprite(mark, size, area);
        const frame = draw(
          createCompositor({ plate, region, alpha: false, front: [], subtitles: null, aiMark }),
          face,
          0,
        );
        const box = lettersOf(frame, bare, w, h);
        const wanted = height * Math.min(w, h);
        const what = `${corner} ${height} on ${w}x${h}: ${JSON.stringify(box)}`;
        assert.ok(box.bottom - box.top >= wanted - 0.5 && box.bottom - box.top <= wanted + 2.5, what);
        assert.ok(
          corner.endsWith('left') ? box.right < w * 0.6 && box.left > 8 : box.left > w * 0.4 && box.right < w - 8,
          what,
        );
        assert.ok(corner.startsWith('top') ? box.bottom < h / 3 && box.top > 8 : box.top > h * 0.6, what);
        assert.ok(box.bottom <= area.y || corner.startsWith('top'), `${what}: in the subtitles`);
      }
    }
  }
});

test('the mark stays frontmost: nothing of face, overlay or subtitle shows over it', async () => {
  const plate = await plateOn({ kind: 'keep' });
  const region = { x: 400, y: 0, width: 240, height: 200 };
  const mark = aiMarkSprite({ visible: true, text: 'AI', corner: 'top-right', height: 0.1 }, SIZE, null);
  assert.ok(mark);
  const logo = spriteAt(new Uint8Array(200 * 100 * 4).fill(255), 200, 100, 440, 0);
  const compositor = createCompositor({ plate, region, alpha: false, front: [logo], subtitles: null, aiMark: mark });
  const frame = draw(compositor, new Uint8Array(240 * 200 * 4).fill(255), 0);
  for (let y = 0; y < mark.height; y++) {
    for (let x = 0; x < mark.width; x++) {
      if (mark.alpha[y * mark.width + x] < 90) continue;
      // Over pure white the pill is dark wherever there is no letter.
      const luma = frame[(mark.y + y) * W + mark.x + x];
      const letter = mark.luma[y * mark.width + x] > 100;
      assert.ok(letter || luma < 205, `${x},${y}: ${luma}`);
    }
  }
});

test('a mark of forty characters stays on a narrow stage at its height', () => {
  const size = presetSize(480, 'portrait');
  const text = '本视频由人工智能生成 AI-generated content, 请勿当作真实影像';
  const sprite = aiMarkSprite(
    { visible: true, text: text.slice(0, 40), corner: 'top-right', height: 0.05 },
    size,
    null,
  );
  assert.ok(sprite && sprite.x >= 0 && sprite.x + sprite.width <= 480 && sprite.height > 48);
  assert.equal(aiMarkSprite({ visible: false, text, corner: 'top-right', height: 0.05 }, size, null), null);
});

test('a transparent stage: alpha is the person’s, the face’s and the sprites’, clear elsewhere', async () => {
  const plate = await plateOn({ kind: 'transparent' });
  const aiMark = aiMarkSprite(stageSchema.parse({}).aiMark, SIZE, null);
  assert.ok(aiMark);
  const compositor = createCompositor({ plate, region: REGION, alpha: true, front: [], subtitles: null, aiMark });
  assert.equal(compositor.frameBytes, W * H * 2.5);
  const frame = draw(compositor, faceFrame(3, 77), 0);
  for (let y = 0; y < H; y++) {
    for (let x = 0; x < W; x++) {
      const a = frame[W * H * 1.5 + y * W + x];
      if (covers(REGION, x, y)) assert.equal(a, 77);
      else if (!covers(aiMark, x, y)) assert.equal(a, plate.person[(y * W + x) * 4 + 3]);
    }
  }
  const middle = (aiMark.y + (aiMark.height >> 1)) * W + aiMark.x;
  const across = frame.subarray(W * H * 1.5 + middle, W * H * 1.5 + middle + aiMark.width);
  assert.ok(Math.max(...across) > 230);
});

test('subtitles stand inside the safe area on every shape, and any script can be drawn', () => {
  for (const shape of ['landscape', 'portrait', 'square'] as const) {
    const size = presetSize(480, shape);
    const { widthPx: w, heightPx: h } = size;
    const track = new SubtitleTrack(size, stageSchema.parse({}).subtitles);
    track.append(
      spokenCues(track, '混合 mixed 文字😀👩‍👩‍👧 مرحبا שלום สวัสดี 안녕하세요，这一行很长很长很长，还没有结束。'),
    );
    let shown = 0;
    for (let timeMs = 0; timeMs < 14_000; timeMs += 200) {
      const sprite = track.at(timeMs);
      if (!sprite) continue;
      shown++;
      for (let y = 0; y < sprite.height; y++) {
        for (let x = 0; x < sprite.width; x++) {
          // Letters (bright and solid), not their glow.
          if (sprite.alpha[y * sprite.width + x] < 200 || sprite.luma[y * sprite.width + x] < 150) continue;
          const [px, py] = [(sprite.x + x) / w, (sprite.y + y) / h];
          assert.ok(
            px > 0.05 && px < 0.95 && py > 0.5 && py < (shape === 'portrait' ? 0.9 : 0.955),
            `${shape} ${px} ${py}`,
          );
        }
      }
    }
    assert.ok(shown > 30);
  }
});

test('karaoke lights the words said so far and changes nothing between two words', () => {
  const track = new SubtitleTrack(
    SIZE,
    stageSchema.parse({ subtitles: { karaoke: true, highlight: '#0000ff' } }).subtitles,
  );
  track.append(spokenCues(track, '大家好欢迎来到声画'));
  const blue = (timeMs: number) => {
    const sprite = track.at(timeMs);
    assert.ok(sprite);
    let columns = 0;
    for (let x = 0; x < sprite.width / 2; x++) {
      for (let y = 0; y < sprite.height / 2; y++) {
        const i = y * (sprite.width / 2) + x;
        if (sprite.chromaAlpha[i] > 200 && (sprite.u[i] * 255) / sprite.chromaAlpha[i] > 180) {
          columns++;
          break;
        }
      }
    }
    return columns;
  };
  assert.ok(blue(10) > 3);
  assert.ok(blue(900) > blue(10) * 3);
  assert.ok(blue(1700) > blue(900) * 1.5);
  assert.equal(track.at(1010), track.at(1190));
  assert.notEqual(track.at(1190), track.at(1210));
  assert.equal(track.at(60_000), null);
});
