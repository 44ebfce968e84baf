/** Brushes over a supersampled canvas. Everything is given in portrait pixels; the painter scales. */
import { type Canvas, createCanvas, Path2D, type SKRSContext2D } from '@napi-rs/canvas';
import { clamp01, type Pt } from './curves.ts';

export type Box = readonly [x: number, y: number, width: number, height: number];
type Blend = SKRSContext2D['globalCompositeOperation'];

export class Painter {
  readonly canvas: Canvas;
  readonly ctx: SKRSContext2D;
  readonly scale: number;

  constructor(width: number, height: number, scale: number) {
    this.scale = scale;
    this.canvas = createCanvas(width * scale, height * scale);
    this.ctx = this.canvas.getContext('2d');
    this.ctx.scale(scale, scale);
    this.ctx.lineCap = 'round';
    this.ctx.lineJoin = 'round';
  }

  /** Draws on a layer of its own, blurs the layer (radius in portrait pixels) and lays it down. `box` bounds what is drawn. */
  soft(
    box: Box,
    blurPx: number,
    look: { alpha?: number; blend?: Blend; inside?: Path2D },
    draw: (ctx: SKRSContext2D) => void,
  ): void {
    const pad = Math.ceil(blurPx * 3) + 2;
    const s = this.scale;
    const [x, y, w, h] = [Math.floor(box[0] - pad), Math.floor(box[1] - pad), box[2] + 2 * pad, box[3] + 2 * pad];
    const layer = createCanvas(Math.ceil(w * s), Math.ceil(h * s));
    const lc = layer.getContext('2d');
    lc.setTransform(s, 0, 0, s, -x * s, -y * s);
    lc.lineCap = 'round';
    lc.lineJoin = 'round';
    draw(lc);
    const { ctx } = this;
    ctx.save();
    if (look.inside) ctx.clip(look.inside);
    ctx.globalAlpha = look.alpha ?? 1;
    ctx.globalCompositeOperation = look.blend ?? 'source-over';
    if (blurPx > 0) ctx.filter = `blur(${blurPx * s}px)`;
    ctx.setTransform(1, 0, 0, 1, 0, 0);
    ctx.drawImage(layer, x * s, y * s);
    ctx.restore();
  }

  /** A soft spot of light or shade: a gaussian-like ellipse. */
  glow(
    at: Pt,
    rx: number,
    ry: number,
    colour: string,
    look: { alpha?: number; blend?: Blend; inside?: Path2D; angle?: number } = {},
  ): void {
    const { ctx } = this;
    ctx.save();
    if (look.inside) ctx.clip(look.inside);
    ctx.globalAlpha = look.alpha ?? 1;
    ctx.globalCompositeOperation = look.blend ?? 'source-over';
    ctx.translate(at[0], at[1]);
    ctx.rotate(look.angle ?? 0);
    ctx.scale(rx, ry);
    const g = ctx.createRadialGradient(0, 0, 0, 0, 0, 1);
    for (let i = 0; i <= 10; i++) {
      const r = i / 10;
      g.addColorStop(r, withAlpha(colour, Math.max(0, (Math.exp(-3.2 * r * r) - 0.041) / 0.959)));
    }
    ctx.fillStyle = g;
    ctx.fillRect(-1, -1, 2, 2);
    ctx.restore();
  }

  paint(path: Path2D, fill: Parameters<typeof setFill>[1], alpha = 1): void {
    this.ctx.save();
    this.ctx.globalAlpha = alpha;
    setFill(this.ctx, fill);
    this.ctx.fill(path);
    this.ctx.restore();
  }
}

const setFill = (ctx: SKRSContext2D, fill: SKRSContext2D['fillStyle']): void => {
  ctx.fillStyle = fill;
};

/** `#rrggbb` with an opacity. */
export function withAlpha(hex: string, alpha: number): string {
  const [r, g, b] = rgb(hex);
  return `rgba(${r},${g},${b},${clamp01(alpha).toFixed(4)})`;
}

export const rgb = (hex: string): [number, number, number] => [
  Number.parseInt(hex.slice(1, 3), 16),
  Number.parseInt(hex.slice(3, 5), 16),
  Number.parseInt(hex.slice(5, 7), 16),
];

const hexOf = (r: number, g: number, b: number): string =>
  `#${[r, g, b]
    .map((v) =>
      Math.round(Math.min(255, Math.max(0, v)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;

export function blendHex(a: string, b: string, t: number): string {
  const [p, q] = [rgb(a), rgb(b)];
  return hexOf(p[0] + (q[0] - p[0]) * t, p[1] + (q[1] - p[1]) * t, p[2] + (q[2] - p[2]) * t);
}

export function pathOf(line: readonly Pt[], close = true): Path2D {
  const path = new Path2D();
  for (const [x, y] of line) path.lineTo(x, y);
  if (close) path.closePath();
  return path;
}

/** A stroke whose width follows `widthAt` along it (0 start, 1 end): lashes, strands, folds. */
export function taperedPath(line: readonly Pt[], widthAt: (t: number) => number): Path2D {
  const left: Pt[] = [];
  const right: Pt[] = [];
  const last = line.length - 1;
  for (let i = 0; i <= last; i++) {
    const a = line[Math.max(0, i - 1)];
    const b = line[Math.min(last, i + 1)];
    const d = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const half = widthAt(i / last) / 2;
    const nx = (-(b[1] - a[1]) / d) * half;
    const ny = ((b[0] - a[0]) / d) * half;
    left.push([line[i][0] + nx, line[i][1] + ny]);
    right.push([line[i][0] - nx, line[i][1] - ny]);
  }
  return pathOf([...left, ...right.reverse()]);
}

export const boxOf = (line: readonly Pt[], pad = 0): Box => {
  const xs = line.map((p) => p[0]);
  const ys = line.map((p) => p[1]);
  const x = Math.min(...xs) - pad;
  const y = Math.min(...ys) - pad;
  return [x, y, Math.max(...xs) + pad - x, Math.max(...ys) + pad - y];
};
