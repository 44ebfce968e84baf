/** Hair: locks of tapered strands interpolated between two guide curves, with a highlight band across them. */
import type { Path2D } from '@napi-rs/canvas';
import { blendHex, boxOf, type Painter, pathOf, taperedPath } from './brush.ts';
import { mix, type Pt, randomFrom, smoothCurve, spacedAlong } from './curves.ts';

export interface HairColours {
  deep: string;
  body: string;
  light: string;
  shine: string;
}

interface Lock {
  /** Guides from root to tip; strands lie between them. */
  from: readonly Pt[];
  to: readonly Pt[];
  strands: number;
  width: number;
  seed: number;
  /** How many clumps the strands gather in, and how tightly towards the tip (0..1). */
  clumps: number;
  clumping: number;
  /** Where light lies across the lock (0 `from` … 1 `to`) and how strongly. */
  lightAt: number;
  contrast: number;
  /** Highlight band: where along the strands, how wide, how strong. */
  shine: { at: number; spread: number; strength: number; slope: number };
  /** Part of the strands that ends early, which makes the lock's end soft. */
  ragged: number;
  wobble: number;
  /** How far along the guides roots are scattered, which makes a natural hairline. */
  rootJitter: number;
  base: boolean;
  alpha: number;
}

const usual: Omit<Lock, 'from' | 'to' | 'seed'> = {
  strands: 420,
  width: 2.6,
  clumps: 16,
  clumping: 0.5,
  lightAt: 0.45,
  contrast: 1,
  shine: { at: 0.3, spread: 0.1, strength: 0.7, slope: 0 },
  ragged: 0.18,
  wobble: 3,
  rootJitter: 0,
  base: true,
  alpha: 0.9,
};

export const lock = (from: readonly Pt[], to: readonly Pt[], seed: number, rest: Partial<Lock> = {}): Lock => ({
  ...usual,
  ...rest,
  from,
  to,
  seed,
});

const STEPS = 26;

export function paintLock(p: Painter, l: Lock, colours: HairColours): void {
  const random = randomFrom(l.seed);
  const a = spacedAlong(smoothCurve(l.from), STEPS + 1);
  const b = spacedAlong(smoothCurve(l.to), STEPS + 1);
  const { ctx } = p;
  if (l.base) {
    // The mass under the strands stays inside them and ends before their tips, so that only strands make the outline.
    const cut = Math.round(STEPS * 0.93);
    const margin = (i: number): number => 0.03 + 0.3 * Math.max(0, (i / STEPS - 0.72) / 0.21) ** 2;
    const inset = (i: number, v: number): Pt => mix(a[i], b[i], v);
    const mass = [
      ...a.slice(0, cut).map((_, i) => inset(i, margin(i))),
      ...b
        .slice(0, cut)
        .map((_, i) => inset(i, 1 - margin(i)))
        .reverse(),
    ];
    p.soft(boxOf(mass), 2, {}, (c) => {
      c.fillStyle = blendHex(colours.deep, colours.body, 0.25);
      c.fill(pathOf(mass));
    });
  }
  const clumps = Array.from({ length: l.clumps }, (_, i) => ({
    u: (i + 0.2 + 0.6 * random()) / l.clumps,
    tone: random() - 0.5,
    shine: (random() - 0.5) * 0.09,
    reach: 1 - l.ragged * random() * 0.8,
  }));
  const shines: { path: Path2D; alpha: number }[] = [];
  ctx.save();
  for (let n = 0; n < l.strands; n++) {
    // Dark strands first, so that the light ones lie on top.
    const layer = n / l.strands;
    const u = random() * 1.03 - 0.015;
    const clump = clumps[Math.min(l.clumps - 1, Math.max(0, Math.floor(u * l.clumps)))];
    const reach = clump.reach * (1 - l.ragged * random() ** 2);
    const start = l.rootJitter * random() + (random() < 0.75 ? 0 : random() * 0.25);
    const phase = random() * 6.28;
    const sway = l.wobble * (random() - 0.5) * 2;
    const line: Pt[] = [];
    for (let i = 0; i <= STEPS; i++) {
      const t = start + (reach - start) * (i / STEPS);
      const pull = l.clumping * t * t;
      const v = u + (clump.u - u) * pull;
      const k = t * STEPS;
      const j = Math.min(STEPS - 1, Math.floor(k));
      const q = mix(mix(a[j], a[j + 1], k - j), mix(b[j], b[j + 1], k - j), v);
      const w = sway * Math.sin(phase + t * 4.2) * t;
      line.push([q[0] + w, q[1] + w * 0.3]);
    }
    const across = 1 - Math.min(1, Math.abs(u - l.lightAt) * 1.5);
    const facing = across * across * (3 - 2 * across);
    const edge = Math.max(0, Math.min(1, Math.min(u, 1 - u) * 9));
    let tone = 0.3 + (0.5 * facing + 0.34 * clump.tone + 0.3 * (random() - 0.5) + 0.3 * (layer - 0.5)) * l.contrast;
    tone *= 0.6 + 0.4 * edge;
    const colour =
      tone < 0.3
        ? blendHex(colours.deep, colours.body, Math.max(0, tone / 0.3))
        : blendHex(colours.body, colours.light, Math.min(1, (tone - 0.3) / 0.7));
    const width = l.width * (0.55 + 0.7 * random());
    const shape = (t: number): number =>
      width *
      Math.min(1, (l.rootJitter > 0 ? 0.08 : 0.45) + t * 5) *
      (t > 0.7 ? 1 - ((t - 0.7) / 0.3) ** 1.6 * 0.94 : 1);
    ctx.globalAlpha = l.alpha;
    ctx.fillStyle = colour;
    ctx.fill(taperedPath(line, shape));
    if (layer > 0.35 && l.shine.strength > 0) {
      const at = l.shine.at + clump.shine + l.shine.slope * (u - 0.5) + (random() - 0.5) * 0.1;
      const spread = l.shine.spread * (0.6 + 0.9 * random());
      const k0 = Math.max(0, Math.floor((at - spread) * STEPS));
      const k1 = Math.min(STEPS, Math.ceil((at + spread) * STEPS));
      if (k1 - k0 > 2) {
        shines.push({
          path: taperedPath(line.slice(k0, k1 + 1), (t) => width * 0.8 * Math.sin(Math.PI * t)),
          alpha: Math.min(1, l.shine.strength * (0.15 + 0.85 * facing) * random() ** 1.5 * 0.42),
        });
      }
    }
  }
  ctx.fillStyle = colours.shine;
  for (const { path, alpha } of shines) {
    ctx.globalAlpha = alpha;
    ctx.fill(path);
  }
  ctx.restore();
}

/** Single hairs that leave the mass: they make the outline alive. */
export function paintFlyaways(
  p: Painter,
  lines: readonly (readonly Pt[])[],
  colour: string,
  alpha: number,
  width = 1.1,
): void {
  const { ctx } = p;
  ctx.save();
  ctx.fillStyle = colour;
  for (const line of lines) {
    ctx.globalAlpha = alpha;
    ctx.fill(taperedPath(smoothCurve(line, false, 10), (t) => width * (1 - 0.9 * t)));
  }
  ctx.restore();
}
