/** Neck, and cloth as layers of relief with rounded edges, folds and the shade they throw on what lies beneath. */
import { boxOf, type Painter, pathOf, taperedPath } from './brush.ts';
import { type Pt, randomFrom, shifted, smoothCurve, smoothstep } from './curves.ts';
import { bump, type Height, insideOf, type Lighting, litSurface, type Material, paintedHeight } from './relief.ts';

export interface Fold {
  line: readonly Pt[];
  width: number;
  /** Height in px; negative makes a valley. */
  depth: number;
}

interface Cloth {
  outline: readonly Pt[];
  smooth?: boolean;
  light: Lighting;
  material: Material;
  /** How far from its edge the cloth bends away, px. */
  rounding: number;
  /** How high it stands in its middle, px. */
  bulge: number;
  folds: readonly Fold[];
  /** Strength of the woven texture, px. */
  weave: number;
  dropShadow?: number;
  /** Moves all of it up, px. */
  raise?: number;
  /** More relief, e.g. ribbing. */
  texture?: Height;
}

export function paintCloth(p: Painter, cloth: Cloth): void {
  const raised = (points: readonly Pt[]): Pt[] => {
    const lowest = Math.max(...points.map(([, y]) => y));
    return shifted(points, 0, -(cloth.raise ?? 0)).map(
      ([x, y]): Pt => (lowest > 1280 && y + (cloth.raise ?? 0) > 1280 ? [x, 1300] : [x, y]),
    );
  };
  const line = cloth.smooth ? smoothCurve(raised(cloth.outline), true) : raised(cloth.outline);
  const path = pathOf(line);
  const box = boxOf(line, 4);
  const edge = paintedHeight(box, cloth.rounding, insideOf(path));
  const folds = cloth.folds
    .map((f) => ({ ...f, line: raised(f.line) }))
    .map((f) => ({
      depth: f.depth,
      at: paintedHeight(boxOf(f.line, f.width * 2), f.width * 0.6, (c) =>
        c.fill(taperedPath(smoothCurve(f.line), (t) => f.width * Math.sin(Math.PI * (0.12 + 0.78 * t)))),
      ),
    }));
  const random = randomFrom(Math.round(box[0] + box[1]));
  const phase = random() * 6;
  const height: Height = (x, y) => {
    const e = edge(x, y);
    let h = cloth.bulge * Math.sin((Math.min(1, e) * Math.PI) / 2) - 0.00062 * (x - 640) ** 2;
    for (const f of folds) h += f.depth * f.at(x, y);
    if (cloth.weave)
      h += cloth.weave * 0.18 * (Math.sin(x * 1.9 + phase) * Math.sin(y * 1.9) + Math.sin((x + y) * 0.9));
    if (cloth.texture) h += cloth.texture(x, y);
    return h;
  };
  const surface = litSurface(box, height, cloth.light, cloth.material);
  if (cloth.dropShadow) {
    const { ctx } = p;
    ctx.save();
    ctx.globalCompositeOperation = 'source-atop';
    p.soft(box, 9, { alpha: cloth.dropShadow, blend: 'source-atop' }, (c) => {
      c.translate(3, 8);
      c.fillStyle = '#2a1c18';
      c.fill(path);
    });
    ctx.restore();
  }
  p.ctx.save();
  p.ctx.clip(path);
  p.ctx.drawImage(surface, Math.floor(box[0]), Math.floor(box[1]));
  p.ctx.restore();
}

interface Neck {
  cx: number;
  top: number;
  halfWidth: number;
  /** Where the neck meets the shoulders. */
  base: number;
  /** Half width of the bare shoulders at the base. */
  shoulder: number;
  light: Lighting;
  material: Material;
  shadow: string;
  chinY: number;
  collarbones: number;
}

export function paintNeck(p: Painter, n: Neck): void {
  const { cx, halfWidth: w } = n;
  const half: Pt[] = [
    [cx + w, n.top],
    [cx + w * 0.97, n.top + 90],
    [cx + w * 1.0, n.base - 75],
    [cx + w * 1.25, n.base - 30],
    [cx + n.shoulder * 0.8, n.base + 20],
    [cx + n.shoulder, n.base + 90],
    [cx + n.shoulder * 0.9, n.base + 300],
  ];
  const outline = [...smoothCurve(half), ...smoothCurve(half.map(([x, y]): Pt => [2 * cx - x, y])).reverse()];
  const path = pathOf(outline);
  const box = boxOf(outline, 4);
  const body = paintedHeight(box, 34, insideOf(path));
  const height: Height = (x, y) => {
    const column = 1 - smoothstep(n.base - 70, n.base + 60, y);
    const u = Math.min(1, Math.abs(x - cx) / (w * 1.16));
    let h = column * 95 * Math.sqrt(1 - u * u) + (1 - column) * 60 * body(x, y) - 0.0006 * (x - cx) ** 2;
    for (const s of [-1, 1]) {
      const t = smoothstep(n.top + 60, n.base + 20, y);
      const mx = cx + s * (w * 0.86 - t * w * 0.62);
      h += 7 * n.collarbones * Math.exp(-(((x - mx) / 13) ** 2)) * t * (1 - smoothstep(n.base + 10, n.base + 40, y));
      h += bump(x, y, cx + s * 92, n.base + 24 - 0.12 * Math.abs(x - cx) + 10, 80, 11, 8 * n.collarbones);
    }
    h -= bump(x, y, cx, n.base + 14, 18, 16, 9 * n.collarbones);
    return h;
  };
  p.ctx.save();
  p.ctx.clip(path);
  p.ctx.drawImage(litSurface(box, height, n.light, n.material), Math.floor(box[0]), Math.floor(box[1]));
  p.ctx.restore();
  // The shade of the jaw.
  p.soft([cx - w * 1.6, n.chinY - 120, w * 3.2, 240], 16, { alpha: 0.72, blend: 'multiply', inside: path }, (c) => {
    c.fillStyle = n.shadow;
    c.beginPath();
    c.ellipse(cx + 12, n.chinY - 50, w * 1.5, 116, 0, 0, 2 * Math.PI);
    c.fill();
  });
  p.soft([cx - w * 1.6, n.chinY - 120, w * 3.2, 200], 7, { alpha: 0.5, blend: 'multiply', inside: path }, (c) => {
    c.fillStyle = n.shadow;
    c.beginPath();
    c.ellipse(cx + 4, n.chinY - 62, w * 1.35, 82, 0, 0, 2 * Math.PI);
    c.fill();
  });
}
