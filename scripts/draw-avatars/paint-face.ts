/** Sculpts and paints skin, nose and lips of a {@link FaceDesign}. */
import type { Path2D } from '@napi-rs/canvas';
import { blendHex, boxOf, type Painter, pathOf, taperedPath } from './brush.ts';
import { type Pt, smoothCurve, smoothstep } from './curves.ts';
import type { FaceCurves, FaceDesign } from './face-design.ts';
import {
  balloon,
  bump,
  type Height,
  insideOf,
  type Lighting,
  litSurface,
  type Material,
  paintedHeight,
} from './relief.ts';

export interface Sculpt {
  depth: number;
  browRidge: number;
  socket: number;
  eyeball: number;
  bridge: number;
  tip: number;
  wings: number;
  cheeks: number;
  hollows: number;
  chin: number;
  muzzle: number;
  lips: number;
  /** Width of the nose ridge. */
  ridge: number;
}

export function faceHeight(design: FaceDesign, curves: FaceCurves, sculpt: Sculpt): Height {
  const { cx, nose, lips } = design;
  const base = balloon(curves.outline, design.middle, 2.6, 0.66);
  const [ex, ey] = [design.eye.centre[0] - cx, design.eye.centre[1]];
  const browY = (design.brow.upper[2][1] + design.brow.lower[2][1]) / 2;
  const chinY = design.outline[design.outline.length - 1][1];
  const [wx, wy] = [nose.wing[0] - cx, nose.wing[1]];
  const mouthHalf = lips.outerUpper[lips.outerUpper.length - 1][0];
  const lipBottom = lips.y + lips.outerLower[0][1];
  const unit = ex / 91;
  return (x, y) => {
    const dx = Math.abs(x - cx);
    let h = sculpt.depth * base(x, y);
    h += bump(x, y, cx, browY - 60 * unit, 120 * unit, 80 * unit, 10 * unit);
    h += bump(dx, y, ex * 0.95, browY + 4, 60 * unit, 20 * unit, sculpt.browRidge);
    h -= bump(dx, y, ex * 0.9, ey - 2, 58 * unit, 36 * unit, sculpt.socket);
    h += bump(dx, y, ex, ey + 2, 42 * unit, 27 * unit, sculpt.eyeball);
    const along = smoothstep(browY - 8, nose.tipY - 6, y) * (1 - smoothstep(nose.tipY - 4, nose.baseY + 4, y));
    const ridge = sculpt.ridge * (0.8 + 0.35 * smoothstep(ey, nose.tipY, y));
    h += sculpt.bridge * (0.35 + 0.65 * along) * along ** 0.6 * Math.exp(-((dx / ridge) ** 2));
    h += bump(dx, y, 0, nose.tipY, sculpt.ridge * 1.3, 20 * unit, sculpt.tip);
    h += bump(dx, y, wx * 0.74, wy, 17 * unit, 15 * unit, sculpt.wings);
    h += bump(dx, y, ex * 1.2, ey + 98 * unit, 74 * unit, 62 * unit, sculpt.cheeks);
    h -= bump(dx, y, ex * 1.42, lips.y - 8, 40 * unit, 48 * unit, sculpt.hollows);
    h += bump(dx, y, 0, lips.y - 2, mouthHalf * 1.15, 56 * unit, sculpt.muzzle);
    h -= bump(dx, y, 0, (nose.baseY + lips.y + lips.outerUpper[0][1]) / 2, 8 * unit, 15 * unit, 0.9);
    h += bump(dx, y, 9 * unit, (nose.baseY + lips.y + lips.outerUpper[0][1]) / 2, 5 * unit, 14 * unit, 0.8);
    h += bump(dx, y, mouthHalf * 0.28, lips.y - 9 * unit, mouthHalf * 0.5, 10 * unit, sculpt.lips * 0.8);
    h += bump(dx, y, mouthHalf * 0.2, (lips.y + lipBottom) / 2 + 2, mouthHalf * 0.52, 15 * unit, sculpt.lips * 1.25);
    h -= bump(dx, y, 0, lipBottom + 10 * unit, mouthHalf * 0.6, 10 * unit, sculpt.lips * 0.8);
    h -= bump(dx, y, mouthHalf + 6, lips.y - 2, 17 * unit, 15 * unit, sculpt.lips * 0.5);
    h += bump(dx, y, 0, chinY - 36 * unit, 46 * unit, 28 * unit, sculpt.chin);
    return h;
  };
}

export interface SkinLook {
  material: Material;
  blush: string;
  blushAlpha: number;
  shadow: string;
  lightSpot: string;
  noseShadow: number;
}

export function paintSkin(
  p: Painter,
  design: FaceDesign,
  curves: FaceCurves,
  sculpt: Sculpt,
  light: Lighting,
  look: SkinLook,
): Path2D {
  const path = pathOf(curves.outline);
  const box = boxOf(curves.outline, 6);
  const surface = litSurface(box, faceHeight(design, curves, sculpt), light, look.material);
  const { ctx } = p;
  ctx.save();
  ctx.clip(path);
  ctx.drawImage(surface, Math.floor(box[0]), Math.floor(box[1]));
  const { cx } = design;
  const [ex, ey] = [design.eye.centre[0] - cx, design.eye.centre[1]];
  const unit = ex / 91;
  const inside = path;
  for (const s of [-1, 1]) {
    p.glow([cx + s * ex * 1.26, ey + 84 * unit], 110 * unit, 78 * unit, look.blush, {
      alpha: look.blushAlpha,
      blend: 'multiply',
      inside,
      angle: -s * 0.35,
    });
    p.glow([cx + s * ex * 1.16, ey + 54 * unit], 84 * unit, 54 * unit, look.lightSpot, {
      alpha: 0.15,
      blend: 'screen',
      inside,
      angle: s * 0.22,
    });
    p.glow([cx + s * ex * 1.0, ey - 6], 58 * unit, 26 * unit, look.blush, {
      alpha: look.blushAlpha * 0.55,
      blend: 'multiply',
      inside,
    });
  }
  p.glow([cx, design.nose.tipY + 4], 36 * unit, 28 * unit, look.blush, {
    alpha: look.blushAlpha * 0.6,
    blend: 'multiply',
    inside,
  });
  const chinY = design.outline[design.outline.length - 1][1];
  p.glow([cx, chinY - 30 * unit], 46 * unit, 26 * unit, look.blush, {
    alpha: look.blushAlpha * 0.35,
    blend: 'multiply',
    inside,
  });
  p.glow([cx - 8, chinY - 44 * unit], 44 * unit, 26 * unit, look.lightSpot, { alpha: 0.13, blend: 'screen', inside });
  ctx.restore();
  paintNose(p, design, look, unit, path);
  return path;
}

function paintNose(p: Painter, design: FaceDesign, look: SkinLook, unit: number, inside: Path2D): void {
  const { cx, nose } = design;
  const [wx, wy] = [nose.wing[0] - cx, nose.wing[1]];
  const k = look.noseShadow;
  const box = boxOf([
    [cx - wx * 2, wy - 40 * unit],
    [cx + wx * 2, wy + 50 * unit],
  ]);
  // Cast shade under the tip, heavier on the side away from the key light.
  p.soft(box, 6 * unit, { alpha: 0.4 * k, blend: 'multiply', inside }, (c) => {
    c.fillStyle = look.shadow;
    c.fill(
      pathOf([
        [cx - wx * 0.7, wy + 13 * unit],
        [cx, nose.baseY - 1],
        [cx + wx * 0.95, wy + 11 * unit],
        [cx + wx * 0.7, nose.baseY + 8 * unit],
        [cx + 6, nose.baseY + 12 * unit],
        [cx - wx * 0.5, nose.baseY + 4 * unit],
      ]),
    );
  });
  for (const s of [-1, 1]) {
    p.soft(box, 2.1 * unit, { alpha: 0.62 * k, inside }, (c) => {
      c.fillStyle = look.shadow;
      c.beginPath();
      c.ellipse(cx + s * wx * 0.5, nose.baseY - 6.5 * unit, wx * 0.25, 3.5 * unit, s * 0.24, 0, 2 * Math.PI);
      c.fill();
    });
    const wing: Pt[] = [
      [cx + s * wx * 0.86, wy - 13 * unit],
      [cx + s * wx * 1.0, wy - 2 * unit],
      [cx + s * wx * 0.93, wy + 8 * unit],
      [cx + s * wx * 0.72, wy + 10 * unit],
    ];
    p.soft(box, 2.2 * unit, { alpha: (s > 0 ? 0.36 : 0.24) * k, blend: 'multiply', inside }, (c) => {
      c.fillStyle = look.shadow;
      c.fill(taperedPath(wing, (t) => 5 * unit * Math.sin(Math.PI * (0.1 + 0.8 * t))));
    });
  }
  p.glow([cx - 4 * unit, nose.tipY - 7 * unit], 14 * unit, 11 * unit, look.lightSpot, { alpha: 0.42, blend: 'screen' });
  p.glow([cx - 3 * unit, (nose.bridgeY + nose.tipY) / 2 - 4], 10 * unit, 52 * unit, look.lightSpot, {
    alpha: 0.24,
    blend: 'screen',
  });
}

export interface LipLook {
  upper: string;
  upperShade: string;
  lower: string;
  lowerLight: string;
  seam: string;
  seamAlpha: number;
  gloss: number;
  edgeBlur: number;
  underShade: string;
  underAlpha: number;
}

export function paintLips(p: Painter, design: FaceDesign, curves: FaceCurves, look: LipLook): void {
  const { cx } = design;
  const { outerUpper, outerLower, innerUpper, innerLower } = curves.lips;
  const [x0, x1] = [outerUpper[0][0], outerUpper[outerUpper.length - 1][0]];
  const half = (x1 - x0) / 2;
  const top = Math.min(...outerUpper.map((q) => q[1]));
  const bottom = Math.max(...outerLower.map((q) => q[1]));
  const seamY = design.lips.y + design.lips.seam[0][1];
  const box = boxOf([...outerUpper, ...outerLower], 10);
  const upper = pathOf([...outerUpper, ...[...innerUpper].reverse()]);
  const lower = pathOf([...innerLower, ...[...outerLower].reverse()]);
  const whole = pathOf([...outerUpper, ...[...outerLower].reverse()]);

  p.soft([x0, bottom - 4, x1 - x0, 30], half * 0.09, { alpha: look.underAlpha, blend: 'multiply' }, (c) => {
    c.fillStyle = look.underShade;
    c.beginPath();
    c.ellipse(cx, bottom + half * 0.1, half * 0.48, half * 0.09, 0, 0, 2 * Math.PI);
    c.fill();
  });
  p.soft(box, look.edgeBlur, {}, (c) => {
    const g = c.createLinearGradient(0, top, 0, bottom);
    const seam = (seamY - top) / (bottom - top);
    g.addColorStop(0, look.upper);
    g.addColorStop(seam * 0.95, look.upperShade);
    g.addColorStop(Math.min(0.98, seam + 0.04), blendHex(look.lower, look.upperShade, 0.35));
    g.addColorStop(seam + (1 - seam) * 0.45, look.lower);
    g.addColorStop(1, blendHex(look.lower, look.upperShade, 0.28));
    c.fillStyle = g;
    c.fill(whole);
  });
  // Roundness: ends turn away, the lower lip catches light, the upper one only along its rim.
  for (const s of [-1, 1])
    p.glow([cx + s * half * 0.96, seamY - 1], half * 0.34, half * 0.2, look.upperShade, {
      alpha: 0.45,
      blend: 'multiply',
      inside: whole,
    });
  p.glow([cx - half * 0.1, seamY + (bottom - seamY) * 0.46], half * 0.5, (bottom - seamY) * 0.46, look.lowerLight, {
    alpha: 0.55,
    inside: lower,
  });
  p.glow([cx - half * 0.3, (top + seamY) / 2 - 1], half * 0.26, (seamY - top) * 0.34, look.lowerLight, {
    alpha: 0.3,
    inside: upper,
  });
  p.glow([cx + half * 0.26, (top + seamY) / 2 - 1], half * 0.22, (seamY - top) * 0.3, look.lowerLight, {
    alpha: 0.2,
    inside: upper,
  });
  if (look.gloss > 0) {
    p.soft(box, 1.5, { alpha: look.gloss, blend: 'screen', inside: lower }, (c) => {
      c.fillStyle = '#fff1ea';
      for (const [dx, dy, rx, ry] of [
        [-0.2, 0.4, 0.15, 0.085],
        [0.12, 0.42, 0.1, 0.07],
        [-0.4, 0.42, 0.04, 0.05],
      ]) {
        c.beginPath();
        c.ellipse(
          cx + dx * half,
          seamY + (bottom - seamY) * dy,
          rx * half,
          ry * (bottom - seamY),
          -dx * 0.3,
          0,
          2 * Math.PI,
        );
        c.fill();
      }
    });
  }
  // The cupid's bow rim light sits on skin, just above the edge.
  p.soft(box, 1.6, { alpha: 0.3 * Math.min(1, look.gloss + 0.4), blend: 'screen' }, (c) => {
    c.fillStyle = '#ffe9dc';
    const rim = outerUpper.filter(([x]) => Math.abs(x - cx) < half * 0.42).map(([x, y]): Pt => [x, y - 3.2]);
    c.fill(taperedPath(rim, (t) => 2.6 * Math.sin(Math.PI * t)));
  });
  const seam = innerUpper.map(([x, y], i): Pt => [x, (y + innerLower[i][1]) / 2]);
  p.soft(box, 1.3, { alpha: look.seamAlpha }, (c) => {
    c.fillStyle = look.seam;
    c.fill(taperedPath(seam, (t) => 2.9 * Math.sin(Math.PI * (0.1 + 0.8 * t)) ** 0.5));
  });
}

/** An ear; `at` is where its front meets the head, `side` +1 for the picture's right. */
export function paintEar(p: Painter, at: Pt, side: 1 | -1, size: number, light: Lighting, look: SkinLook): void {
  const put = (points: readonly Pt[]): Pt[] => points.map(([x, y]): Pt => [at[0] + side * x * size, at[1] + y * size]);
  const outline = smoothCurve(
    put([
      [-14, -50],
      [4, -68],
      [24, -62],
      [33, -38],
      [29, -6],
      [21, 20],
      [13, 46],
      [0, 58],
      [-14, 44],
    ]),
    true,
  );
  const path = pathOf(outline);
  const box = boxOf(outline, 4);
  const edge = paintedHeight(box, 8 * size, insideOf(path));
  const rim = put([
    [-4, -34],
    [6, -54],
    [20, -50],
    [24, -30],
    [20, -4],
    [12, 22],
  ]);
  const fold = paintedHeight(box, 4 * size, (c) => c.fill(taperedPath(smoothCurve(rim), () => 9 * size)));
  const bowl = paintedHeight(box, 7 * size, (c) => {
    c.beginPath();
    c.ellipse(at[0] + side * 6 * size, at[1] - 6 * size, 8 * size, 22 * size, 0, 0, 2 * Math.PI);
    c.fill();
  });
  const surface = litSurface(
    box,
    (x, y) => 18 * edge(x, y) + 9 * fold(x, y) - 16 * bowl(x, y),
    light,
    look.material,
    () => 0.9,
  );
  const { ctx } = p;
  ctx.save();
  ctx.clip(path);
  ctx.drawImage(surface, Math.floor(box[0]), Math.floor(box[1]));
  p.glow([at[0] + side * 5 * size, at[1] - 4 * size], 15 * size, 28 * size, look.shadow, {
    alpha: 0.5,
    blend: 'multiply',
  });
  p.glow([at[0] + side * 14 * size, at[1]], 40 * size, 70 * size, look.blush, { alpha: 0.4, blend: 'multiply' });
  ctx.restore();
}
