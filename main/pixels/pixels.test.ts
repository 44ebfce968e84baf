import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pixels } from './pixels.ts';

const SIZE = { width: 61, height: 47 };
const TEXTURE = { width: 96, height: 80 };

/** Premultiplied and without hard edges: what a bilinear sample gives hangs smoothly on its place. */
function paint(alphaAt: (x: number, y: number) => number): Uint8Array {
  const rgba = new Uint8Array(TEXTURE.width * TEXTURE.height * 4);
  for (let i = 0; i < rgba.length; i += 4) {
    const [x, y] = [(i / 4) % TEXTURE.width, Math.floor(i / 4 / TEXTURE.width)];
    const alpha = Math.min(1, Math.max(0, alphaAt(x, y)));
    const colour = [0.5 + 0.4 * Math.sin(x / 5), 0.5 + 0.4 * Math.cos(y / 6), 0.5 + 0.4 * Math.sin((x + y) / 7), 1];
    rgba.set(
      colour.map((c) => Math.round(255 * alpha * c)),
      i,
    );
  }
  return rgba;
}

function sampled(rgba: Uint8Array, u: number, v: number): number[] {
  const [x, y] = [Math.floor(u), Math.floor(v)];
  const at = (dx: number, dy: number, c: number): number => rgba[((y + dy) * TEXTURE.width + x + dx) * 4 + c]!;
  return [0, 1, 2, 3].map((c) => {
    const above = at(0, 0, c) + (at(1, 0, c) - at(0, 0, c)) * (u - x);
    const below = at(0, 1, c) + (at(1, 1, c) - at(0, 1, c)) * (u - x);
    return above + (below - above) * (v - y);
  });
}

/** Texel of a place in the target. */
type Place = (x: number, y: number) => [u: number, v: number];

/** A fan of eight triangles over a rectangle, whose middle lies between pixels. */
function draw(texture: Uint8Array, opaque: boolean, place: Place): Uint8Array {
  const pixels = new Pixels();
  const corners: [number, number][] = [
    [31.3, 22.6],
    ...([
      [4, 3],
      [29.7, 3],
      [57, 3],
      [57, 25.2],
      [57, 43],
      [27.1, 43],
      [4, 43],
      [4, 19.9],
    ] as [number, number][]),
  ];
  const triangles = corners.slice(1).flatMap((_, i) => [0, i + 1, ((i + 1) % 8) + 1]);
  const of = (values: readonly number[]) => {
    const block = pixels.reserve(values.length * 4);
    pixels.f32(block).set(values);
    return block;
  };
  const bytes = SIZE.width * SIZE.height * 4;
  pixels.reserve(4 * TEXTURE.width * 4);
  const blocks = {
    triangles: pixels.reserve(triangles.length * 2),
    opaque: pixels.reserve(8),
    texture: pixels.reserve(texture.length),
    target: pixels.reserve(bytes),
  };
  pixels.u16(blocks.triangles).set(triangles);
  pixels.u8(blocks.opaque).fill(opaque ? 1 : 0);
  pixels.u8(blocks.texture).set(texture);
  pixels.u8(blocks.target).set(behind());
  pixels.warp({
    ...blocks,
    count: 8,
    destX: of(corners.map(([x]) => x)),
    destY: of(corners.map(([, y]) => y)),
    source: of(corners.flatMap(([x, y]) => place(x, y))),
    fade: null,
    textureWidth: TEXTURE.width,
    targetWidth: SIZE.width,
    targetHeight: SIZE.height,
  });
  return pixels.u8(blocks.target).slice();
}

const behind = (): Uint8Array =>
  Uint8Array.from({ length: SIZE.width * SIZE.height * 4 }, (_, i) => (i % 4 === 3 ? 255 : (i * 37) % 200));

const PLACES: Record<string, Place> = {
  'moved by parts of a pixel': (x, y) => [x + 9.37, y + 7.81],
  'hardly stretched': (x, y) => [1.03 * x + 0.04 * y + 8.2, 0.97 * y - 0.03 * x + 9.4],
  stretched: (x, y) => [0.7 * x - 0.1 * y + 12.4, 1.3 * y + 0.15 * x + 5.3],
  'squeezed and turned': (x, y) => [1.2 * x - 0.3 * y + 20.1, 0.4 * x + 0.9 * y + 4.2],
};

for (const [how, place] of Object.entries(PLACES)) {
  for (const [what, alphaAt] of [
    ['opaque', () => 1],
    ['half clear', () => 0.5],
    ['fading out along a line', (x: number, y: number) => (x + 0.5 * y - 45) / 12],
  ] as const) {
    test(`a mesh ${how}, ${what}: every pixel inside is drawn once and right, none outside is touched`, () => {
      const texture = paint(alphaAt);
      const before = behind();
      const drawn = draw(texture, what === 'opaque', place);
      for (let y = 0; y < SIZE.height; y++) {
        for (let x = 0; x < SIZE.width; x++) {
          const inside = x >= 4 && x < 57 && y >= 3 && y < 43;
          const [u, v] = place(x + 0.5, y + 0.5);
          const over = inside ? sampled(texture, u, v) : [0, 0, 0, 0];
          for (let c = 0; c < 4; c++) {
            const i = (y * SIZE.width + x) * 4 + c;
            const expected = over[c]! + (before[i]! * (255 - over[3]!)) / 255;
            const off = Math.abs(drawn[i]! - expected);
            assert.ok(off <= (inside ? 4 : 0), `${x},${y},${c}: ${drawn[i]} for ${expected.toFixed(1)}`);
          }
        }
      }
    });
  }
}
