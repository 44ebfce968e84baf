/** Eyes and brows. */
import { blendHex, boxOf, type Painter, pathOf, taperedPath, withAlpha } from './brush.ts';
import { mix, type Pt, pointAlong, randomFrom, shifted, smoothCurve } from './curves.ts';
import type { EyeCurves, FaceCurves } from './face-design.ts';

export interface EyeLook {
  white: string;
  whiteShade: string;
  /** From the rim inwards. */
  iris: { rim: string; body: string; glow: string; fibre: string; pupil: string; pupilShare: number };
  lash: string;
  lashWeight: number;
  lashLength: number;
  lashCount: number;
  lowerLashes: number;
  /** Fold of the upper lid: how far above the lash line, its colour and strength; height 0 leaves it out. */
  fold: { height: number; colour: string; alpha: number; width: number };
  lidShade: { colour: string; alpha: number };
  waterline: string;
  corner: string;
  catchLight: number;
  shadow: { colour: string; alpha: number; depth: number };
}

export function paintEye(p: Painter, eye: EyeCurves, look: EyeLook, seed: number): void {
  const outwards = eye.side === 'right' ? 1 : -1;
  const opening = pathOf([...eye.upper, ...[...eye.lower].reverse()]);
  const box = boxOf([...eye.upper, ...eye.lower], 6);
  const { x, y, radius: r } = eye.iris;
  const { ctx } = p;

  // The lid's own roundness, before anything else lies on it.
  p.soft(box, 7, { alpha: look.lidShade.alpha, blend: 'multiply' }, (c) => {
    c.strokeStyle = look.lidShade.colour;
    c.lineWidth = 9;
    strokeLine(c, shifted(eye.upper, 0, -5));
  });

  ctx.save();
  ctx.clip(opening);
  const white = ctx.createRadialGradient(x - 2, y + 2, r * 0.6, x, y, r * 2.7);
  white.addColorStop(0, look.white);
  white.addColorStop(0.55, blendHex(look.white, look.whiteShade, 0.22));
  white.addColorStop(1, look.whiteShade);
  ctx.fillStyle = white;
  ctx.fillRect(...box);
  p.glow(mix(eye.inner, [x, y], 0.06), 15, 11, look.corner, { alpha: 0.85 });
  p.glow(eye.outer, 14, 10, look.corner, { alpha: 0.35 });

  // Iris
  p.soft([x - r - 3, y - r - 3, 2 * r + 6, 2 * r + 6], 0.7, {}, (c) => {
    const g = c.createRadialGradient(x, y, 0, x, y, r);
    g.addColorStop(0, blendHex(look.iris.body, look.iris.glow, 0.35));
    g.addColorStop(0.62, look.iris.body);
    g.addColorStop(0.88, blendHex(look.iris.body, look.iris.rim, 0.6));
    g.addColorStop(1, look.iris.rim);
    c.fillStyle = g;
    c.beginPath();
    c.arc(x, y, r, 0, 2 * Math.PI);
    c.fill();
  });
  ctx.save();
  ctx.beginPath();
  ctx.arc(x, y, r * 0.985, 0, 2 * Math.PI);
  ctx.clip();
  const random = randomFrom(seed);
  for (let i = 0; i < 190; i++) {
    const a = random() * 2 * Math.PI;
    const r0 = r * (look.iris.pupilShare + 0.02 + 0.12 * random());
    const r1 = r * (0.66 + 0.3 * random());
    const bend = (random() - 0.5) * 0.16;
    ctx.strokeStyle = withAlpha(random() < 0.72 ? look.iris.fibre : look.iris.rim, 0.1 + 0.22 * random());
    ctx.lineWidth = r * 0.028;
    ctx.beginPath();
    ctx.moveTo(x + Math.cos(a) * r0, y + Math.sin(a) * r0);
    ctx.lineTo(x + Math.cos(a + bend) * r1, y + Math.sin(a + bend) * r1);
    ctx.stroke();
  }
  p.glow([x + r * 0.12, y + r * 0.52], r * 0.92, r * 0.62, look.iris.glow, { alpha: 0.72, blend: 'screen' });
  p.glow([x, y - r * 0.72], r * 1.3, r * 0.85, look.iris.rim, { alpha: 0.75, blend: 'multiply' });
  ctx.restore();
  const pr = r * look.iris.pupilShare;
  p.soft([x - pr - 2, y - pr - 2, 2 * pr + 4, 2 * pr + 4], r * 0.03, {}, (c) => {
    c.fillStyle = look.iris.pupil;
    c.beginPath();
    c.arc(x, y, pr, 0, 2 * Math.PI);
    c.fill();
  });

  // Shade cast by the lid and lashes, the wet rim below, then the lights.
  p.soft(box, 3.2, { alpha: look.shadow.alpha, blend: 'multiply' }, (c) => {
    c.strokeStyle = look.shadow.colour;
    c.lineWidth = look.shadow.depth * 2;
    strokeLine(c, shifted(eye.upper, 0, -1));
  });
  p.soft(box, 0.8, { alpha: 0.75 }, (c) => {
    c.strokeStyle = look.waterline;
    c.lineWidth = 4.4;
    strokeLine(c, eye.lower);
  });
  const k = look.catchLight;
  p.glow([x - r * 0.34, y - r * 0.4], r * 0.42 * k, r * 0.44 * k, '#ffffff', { alpha: 0.75 });
  p.soft([x - r, y - r, 2 * r, 2 * r], 0.35, {}, (c) => {
    c.fillStyle = '#ffffff';
    c.beginPath();
    c.ellipse(x - r * 0.34, y - r * 0.38, r * 0.2 * k, r * 0.23 * k, -0.3, 0, 2 * Math.PI);
    c.fill();
    c.fillStyle = 'rgba(255,255,255,0.72)';
    c.beginPath();
    c.ellipse(x + r * 0.4, y + r * 0.42, r * 0.1 * k, r * 0.1 * k, 0, 0, 2 * Math.PI);
    c.fill();
  });
  ctx.restore();

  paintLid(p, eye, look, outwards, randomFrom(seed + 7));
}

function paintLid(p: Painter, eye: EyeCurves, look: EyeLook, outwards: number, random: () => number): void {
  const { ctx } = p;
  const fromInner = eye.side === 'right' ? eye.upper : [...eye.upper].reverse();
  const lowerFromInner = eye.side === 'right' ? eye.lower : [...eye.lower].reverse();
  const box = boxOf([...eye.upper, ...eye.lower], 40);

  if (look.fold.height > 0) {
    const fold = fromInner.map(([px, py], i): Pt => {
      const t = i / (fromInner.length - 1);
      return [px + outwards * t * 3, py - look.fold.height * Math.sin(Math.PI * Math.min(1, 0.13 + t * 0.86)) ** 0.7];
    });
    p.soft(box, 1.1, { alpha: look.fold.alpha }, (c) => {
      c.fillStyle = look.fold.colour;
      c.fill(taperedPath(fold, (t) => look.fold.width * Math.sin(Math.PI * (0.06 + 0.9 * t)) ** 0.8));
    });
    p.soft(box, 5, { alpha: look.fold.alpha * 0.5, blend: 'multiply' }, (c) => {
      c.fillStyle = look.fold.colour;
      c.fill(taperedPath(shifted(fold, 0, -2), (t) => 7 * Math.sin(Math.PI * t)));
    });
  }

  // Lash line: grows towards the outer corner.
  p.soft(box, 0.45, { alpha: 0.96 }, (c) => {
    c.fillStyle = look.lash;
    const line = shifted(fromInner, 0, -look.lashWeight * 0.22);
    c.fill(
      taperedPath(
        line,
        (t) => look.lashWeight * (0.22 + 0.78 * Math.min(1, t * 1.5)) * (t > 0.94 ? 1 - (t - 0.94) * 7 : 1),
      ),
    );
  });
  ctx.fillStyle = look.lash;
  for (let i = 0; i < look.lashCount; i++) {
    const t = 0.34 + (0.66 * (i + 0.5 * random())) / look.lashCount;
    const root = pointAlong(fromInner, t);
    const length = look.lashLength * (0.45 + 0.75 * t ** 1.3 + 0.2 * random()) * (t < 0.2 ? 0.5 + t * 2.5 : 1);
    const lean = -1.62 + (t - 0.28) * 1.35 + (random() - 0.5) * 0.16;
    const tip: Pt = [root[0] + outwards * Math.cos(lean) * length, root[1] + Math.sin(lean) * length];
    const belly: Pt = [(root[0] + tip[0]) / 2 + outwards * length * 0.16, (root[1] + tip[1]) / 2 + length * 0.13];
    ctx.globalAlpha = 0.88;
    ctx.fill(taperedPath(smoothCurve([root, belly, tip], false, 6), (s) => (1 - s) * look.lashWeight * 0.42 + 0.12));
  }
  ctx.globalAlpha = 1;

  // Lower lid: a soft shade under it and few, fine lashes.
  p.soft(box, 1.1, { alpha: 0.42 }, (c) => {
    c.fillStyle = look.fold.colour;
    c.fill(
      taperedPath(
        shifted(lowerFromInner, 0, 1.6),
        (t) => 0.5 + 2.1 * t * Math.sin(Math.PI * Math.min(1, 0.1 + t * 0.85)),
      ),
    );
  });
  ctx.fillStyle = look.lash;
  for (let i = 0; i < look.lowerLashes; i++) {
    const t = 0.3 + (0.66 * (i + 0.5 * random())) / look.lowerLashes;
    const root = pointAlong(lowerFromInner, t);
    const length = look.lashLength * (0.2 + 0.2 * random());
    const lean = 1.5 - (t - 0.35) * 1.1;
    const tip: Pt = [root[0] + outwards * Math.cos(lean) * length, root[1] + 1 + Math.sin(lean) * length];
    ctx.globalAlpha = 0.28;
    ctx.fill(taperedPath([[root[0], root[1] + 1], mix(root, tip, 0.5), tip], (s) => (1 - s) * 1 + 0.1));
  }
  ctx.globalAlpha = 1;
}

export interface BrowLook {
  colour: string;
  dark: string;
  base: number;
  strands: number;
  width: number;
}

export function paintBrow(
  p: Painter,
  brow: FaceCurves['brows']['left'],
  side: 'left' | 'right',
  look: BrowLook,
  seed: number,
): void {
  const upper = side === 'right' ? brow.upper : [...brow.upper].reverse();
  const lower = side === 'right' ? brow.lower : [...brow.lower].reverse();
  const random = randomFrom(seed);
  // The inner end has no edge: it fades out in single hairs.
  const solid = (line: readonly Pt[]): readonly Pt[] => line.slice(Math.round(line.length * 0.1));
  const outline = [...solid(upper), ...[...solid(lower)].reverse()];
  p.soft(boxOf(outline, 4), 3.2, { alpha: look.base }, (c) => {
    c.fillStyle = look.colour;
    c.fill(pathOf(outline));
  });
  const { ctx } = p;
  ctx.save();
  for (let i = 0; i < look.strands; i++) {
    const t = random();
    const v = random();
    const root = mix(pointAlong(lower, t), pointAlong(upper, t), v);
    const ahead = Math.min(1, t + 0.1 + 0.07 * random());
    const rise = t < 0.3 ? 0.55 : 0.12;
    const target = mix(
      pointAlong(lower, ahead),
      pointAlong(upper, ahead),
      Math.min(1, Math.max(0, v + rise * (0.9 - v) + (v > 0.6 ? -0.25 * t : 0))),
    );
    const middle = mix(root, target, 0.5);
    ctx.globalAlpha = (0.25 + 0.45 * random()) * (t < 0.14 ? 0.3 + t * 5 : 1);
    ctx.fillStyle = random() < 0.5 ? look.dark : look.colour;
    ctx.fill(taperedPath([root, [middle[0], middle[1] - 0.8], target], (s) => look.width * (1 - s * 0.85)));
  }
  ctx.restore();
}

function strokeLine(c: Painter['ctx'], line: readonly Pt[]): void {
  c.beginPath();
  for (const [px, py] of line) c.lineTo(px, py);
  c.stroke();
}
