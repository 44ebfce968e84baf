/**
 * Person against background at a small size, without a learned model: colour histograms of both, begun from where a person
 * is to be expected and re-estimated three times, joined into one surface by a least-squares field that is stiff
 * where neighbouring colours agree and free to jump where they differ.
 */
import type { PersonPrior } from './person-prior.ts';
import { type ColourPlanes, type Plane, smoothstep } from './planes.ts';

const BINS = 24;
const ROUNDS = 3;

/** 0..1 a pixel, near 0.5 only along edges that cannot be told. */
export function segmentPerson(colours: ColourPlanes, prior: PersonPrior): Plane {
  const { width, height } = prior.chance;
  const n = width * height;
  const bins = quantise(colours, n);
  const links = colourLinks(colours, width, height);
  let field = Float32Array.from(prior.chance.data);
  const target = new Float32Array(n);
  const pull = new Float32Array(n);
  for (let round = 0; round < ROUNDS; round++) {
    const head = new Float32Array(BINS ** 3);
    const torso = new Float32Array(BINS ** 3);
    const behind = new Float32Array(BINS ** 3);
    for (let i = 0; i < n; i++) {
      const x = field[i]!;
      const body = prior.body.data[i]!;
      if (x > 0.5) {
        const weight = (2 * x - 1) ** 2;
        head[bins[i]!]! += weight * (1 - body);
        torso[bins[i]!]! += weight * body;
      } else behind[bins[i]!]! += (1 - 2 * x) ** 2;
    }
    const models = [head, torso, behind].map(smoothed);
    for (let i = 0; i < n; i++) {
      const body = prior.body.data[i]!;
      const k = bins[i]!;
      const person = models[0]![k]! * (1 - body) + models[1]![k]! * body;
      const chance = prior.chance.data[i]!;
      const evidence = Math.log((person + 2e-5) / (models[2]![k]! + 2e-5));
      const logit = Math.max(-3.5, Math.min(3.5, evidence)) + 0.9 * Math.log(chance / (1 - chance));
      const p = 1 / (1 + Math.exp(-logit));
      const certain = prior.certain[i]!;
      target[i] = certain === 0 ? (p > 0.5 ? 1 : 0) : certain > 0 ? 1 : 0;
      pull[i] = certain === 0 ? 0.12 * Math.abs(2 * p - 1) ** 1.5 : 4;
    }
    field = relax(field, target, pull, links, width, height, round === ROUNDS - 1 ? 44 : 20);
  }
  keepPerson(field, prior, width, height);
  return { width, height, data: field };
}

/** A pixel's colour bin, in a space that tells hues apart in the dark better than RGB does. */
function quantise([r, g, b]: ColourPlanes, n: number): Uint16Array {
  const out = new Uint16Array(n);
  const bin = (x: number): number => Math.max(0, Math.min(BINS - 1, Math.floor(x * BINS)));
  for (let i = 0; i < n; i++) {
    const luma = 0.3 * r.data[i]! + 0.59 * g.data[i]! + 0.11 * b.data[i]!;
    const spread = 0.9 / (0.35 + luma);
    const u = 0.5 + (r.data[i]! - g.data[i]!) * spread;
    const v = 0.5 + (0.5 * (r.data[i]! + g.data[i]!) - b.data[i]!) * spread;
    out[i] = (bin(Math.sqrt(luma)) * BINS + bin(u)) * BINS + bin(v);
  }
  return out;
}

function smoothed(histogram: Float32Array): Float32Array {
  let from = histogram;
  for (let pass = 0; pass < 2; pass++) {
    for (const stride of [1, BINS, BINS * BINS]) {
      const to = new Float32Array(from.length);
      for (let i = 0; i < from.length; i++) {
        const at = Math.floor(i / stride) % BINS;
        const before = at > 0 ? from[i - stride]! : from[i]!;
        const after = at < BINS - 1 ? from[i + stride]! : from[i]!;
        to[i] = 0.5 * from[i]! + 0.25 * (before + after);
      }
      from = to;
    }
  }
  const sum = from.reduce((a, b) => a + b, 0) || 1;
  return from.map((v) => v / sum);
}

/** How strongly a pixel holds to its right (even index) and lower (odd index) neighbour. */
function colourLinks(colours: ColourPlanes, width: number, height: number): Float32Array {
  const links = new Float32Array(width * height * 2);
  const [r, g, b] = colours.map(({ data }) => data) as [Float32Array, Float32Array, Float32Array];
  const difference = (i: number, j: number): number =>
    (r[i]! - r[j]!) ** 2 + (g[i]! - g[j]!) ** 2 + (b[i]! - b[j]!) ** 2;
  let total = 0;
  for (let i = 0; i + width < width * height; i++) total += difference(i, i + width);
  const mean = Math.max(2e-5, total / (width * height));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (x + 1 < width) links[i * 2] = 0.01 + Math.exp(-difference(i, i + 1) / (1.2 * mean));
      if (y + 1 < height) links[i * 2 + 1] = 0.01 + Math.exp(-difference(i, i + width) / (1.2 * mean));
    }
  }
  return links;
}

/** Minimises Σ pull·(x − target)² + Σ link·(x − x′)² by successive over-relaxation. */
function relax(
  start: Float32Array,
  target: Float32Array,
  pull: Float32Array,
  links: Float32Array,
  width: number,
  height: number,
  sweeps: number,
): Float32Array<ArrayBuffer> {
  // A row and a pixel of padding on both ends: links across the border are zero, so what is read there does not count.
  const pad = width + 1;
  const n = width * height;
  const x = new Float32Array(n + 2 * pad);
  x.set(start, pad);
  const across = new Float32Array(n + 2 * pad);
  const down = new Float32Array(n + 2 * pad);
  const share = new Float32Array(n);
  const fixed = new Float32Array(n);
  for (let i = 0; i < n; i++) {
    across[i + pad] = links[i * 2]!;
    down[i + pad] = links[i * 2 + 1]!;
  }
  const omega = 1.85;
  for (let i = 0; i < n; i++) {
    const k = i + pad;
    share[i] = omega / (pull[i]! + across[k]! + across[k - 1]! + down[k]! + down[k - width]!);
    fixed[i] = pull[i]! * target[i]!;
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    // Every other sweep backwards, so that nothing drifts one way.
    const [first, step] = sweep % 2 === 0 ? [0, 1] : [n - 1, -1];
    for (let count = 0, i = first; count < n; count++, i += step) {
      const k = i + pad;
      const sum =
        fixed[i]! +
        across[k]! * x[k + 1]! +
        across[k - 1]! * x[k - 1]! +
        down[k]! * x[k + width]! +
        down[k - width]! * x[k - width]!;
      x[k] = (1 - omega) * x[k]! + share[i]! * sum;
    }
  }
  return x.slice(pad, pad + n).map((v) => Math.max(0, Math.min(1, v)));
}

/** Keeps what hangs together with the face, and fills what it encloses. */
function keepPerson(field: Float32Array, prior: PersonPrior, width: number, height: number): void {
  const n = width * height;
  const flood = (seeds: Iterable<number>, passes: (i: number) => boolean): Uint8Array => {
    const seen = new Uint8Array(n);
    const stack: number[] = [];
    const visit = (i: number): void => {
      if (seen[i] === 0 && passes(i)) {
        seen[i] = 1;
        stack.push(i);
      }
    };
    for (const seed of seeds) visit(seed);
    for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
      if (i % width > 0) visit(i - 1);
      if (i % width < width - 1) visit(i + 1);
      if (i >= width) visit(i - width);
      if (i + width < n) visit(i + width);
    }
    return seen;
  };
  const everywhere = Array.from({ length: n }, (_, i) => i);
  const person = flood(
    everywhere.filter((i) => prior.certain[i] === 1),
    (i) => field[i]! > 0.5,
  );
  const border = everywhere.filter((i) => i < width || i % width === 0 || i % width === width - 1 || i >= n - width);
  const outside = flood(border, (i) => person[i] === 0);
  for (let i = 0; i < n; i++) {
    if (person[i] === 0 && outside[i] === 0) field[i] = 1;
    else if (person[i] === 0) field[i]! = Math.min(field[i]!, smoothstep(0, 1, field[i]!) * 0.5);
  }
}
