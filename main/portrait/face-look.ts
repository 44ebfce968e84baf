/** Light, sharpness and covering of a face, measured on a copy scaled to one size so that numbers compare between pictures. */
import type { FaceLandmarks, Point3 } from '../../app/document/landmarks.ts';
import { faceBox } from './face-measures.ts';

export interface FaceLook {
  /** Variance of the Laplacian over variance of luma, on a face 128 pixels wide. */
  sharpness: number;
  /** 95th percentile of luma, 0..255. Skin of any tone has highlights where there is light. */
  highlight: number;
  /** Share of pixels burnt out to white. */
  burntOut: number;
  /** How far the places that ought to be bare skin disagree in hue: 0 for an open face, 1 for half of them covered. */
  foreign: number;
}

interface Picture {
  width: number;
  height: number;
  rgba: Uint8Array;
}

const SIZE = 128;

export function lookAtFace(picture: Picture, face: FaceLandmarks): FaceLook {
  const box = faceBox(face);
  const side = Math.max(8, box.width);
  const height = Math.max(8, Math.round((SIZE * box.height) / side));
  const rgb = new Float32Array(SIZE * height * 3);
  const luma = new Float32Array(SIZE * height);
  const step = side / SIZE;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < SIZE; x++, i++) {
      const colour = areaColour(picture, box.x + x * step, box.y + y * step, step);
      rgb.set(colour, i * 3);
      luma[i] = lumaOf(colour);
    }
  }
  const inFace: number[] = [];
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < SIZE - 1; x++) {
      const [dx, dy] = [(x + 0.5) / SIZE - 0.5, (y + 0.5) / height - 0.5];
      const [px, py] = [box.x + (x + 0.5) * step, box.y + (y + 0.5) * step];
      const inPicture = px >= 0 && py >= 0 && px < picture.width && py < picture.height;
      if (inPicture && dx * dx + dy * dy < 0.42 ** 2) inFace.push(y * SIZE + x);
    }
  }
  if (inFace.length < 50) return { sharpness: 0, highlight: 0, burntOut: 0, foreign: 1 };
  let [sum, squares, edges, burnt] = [0, 0, 0, 0];
  for (const i of inFace) {
    const v = luma[i]!;
    sum += v;
    squares += v * v;
    edges += (4 * v - luma[i - 1]! - luma[i + 1]! - luma[i - SIZE]! - luma[i + SIZE]!) ** 2;
    if (Math.min(rgb[i * 3]!, rgb[i * 3 + 1]!, rgb[i * 3 + 2]!) > 248) burnt++;
  }
  const n = inFace.length;
  const variance = squares / n - (sum / n) ** 2;
  const sorted = inFace.map((i) => luma[i]!).sort((a, b) => a - b);
  return {
    sharpness: edges / n / (variance + 4),
    highlight: sorted[Math.floor(0.95 * n)]!,
    burntOut: burnt / n,
    foreign: foreignness(picture, face),
  };
}

/** Places on the face that hair, brows and beard leave bare on most people. */
function foreignness(picture: Picture, face: FaceLandmarks): number {
  const { nose, cheeks, lips, oval, eyes, brows } = face;
  const between = (a: Point3, b: Point3, t: number): Point3 => [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), 0];
  const leftEye = between(eyes.left.lower[4]!, cheeks.left, 0.45);
  const rightEye = between(eyes.right.lower[4]!, cheeks.right, 0.45);
  const spots: Point3[] = [
    nose.tip,
    between(nose.bridge, nose.tip, 0.5),
    cheeks.left,
    cheeks.right,
    leftEye,
    rightEye,
    between(eyes.left.lower[4]!, cheeks.left, 0.13),
    between(eyes.right.lower[4]!, cheeks.right, 0.13),
    between(eyes.left.upper[4]!, brows.left.lower[2]!, 0.45),
    between(eyes.right.upper[4]!, brows.right.lower[2]!, 0.45),
    between(lips.outerUpper[0]!, cheeks.left, 0.45),
    between(lips.outerUpper[10]!, cheeks.right, 0.45),
    between(lips.outerLower[5]!, oval[18]!, 0.55),
    between(nose.base, lips.outerUpper[5]!, 0.5),
  ];
  const size = Math.max(3, 0.05 * faceBox(face).width);
  const colours = spots.map(([x, y]) => areaColour(picture, x - size / 2, y - size / 2, size));
  // Opponent hue against brightness: shade keeps it, another material does not.
  const hues = colours.map(([r, g, b]) => {
    const brightness = (r + g + b) / 3 + 12;
    return [(r - g) / brightness, ((r + g) / 2 - b) / brightness, Math.log(brightness)] as const;
  });
  // Coloured light from one side changes hue and brightness steadily across a face; a cover does not.
  // More than so much a face width is no light: half of the face is covered.
  const across = spots.map(([x]) => x / faceBox(face).width);
  const odd = [0, 1, 2].map((k) => {
    const values = hues.map((h) => h[k]!);
    const most = k < 2 ? 0.5 : 0.7;
    const slope = Math.max(-most, Math.min(most, medianSlope(across, values)));
    const level = values.map((v, i) => v - slope * across[i]!);
    const usual = median(level);
    return level.map((v) => v - usual);
  });
  const tint = Math.hypot(median(hues.map((h) => h[0])), median(hues.map((h) => h[1])));
  const shares = spots.map((_, i) => {
    const hue = Math.hypot(odd[0]![i]!, odd[1]![i]!);
    const shade = Math.abs(odd[2]![i]!);
    // The stronger the colour of all of it, the farther light and shade pull it apart.
    return Math.min(1, Math.max(0, (hue - 0.2 - 0.25 * tint) / 0.25) + Math.max(0, (shade - 0.75) / 0.6));
  });
  return Math.min(1, (2 * shares.reduce((a, b) => a + b, 0)) / shares.length);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Theil–Sen: the median of the slopes between all pairs, which a few odd points do not turn. */
function medianSlope(x: readonly number[], y: readonly number[]): number {
  const slopes: number[] = [];
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const run = x[i]! - x[j]!;
      if (Math.abs(run) > 0.1) slopes.push((y[i]! - y[j]!) / run);
    }
  }
  return slopes.length === 0 ? 0 : median(slopes);
}

function areaColour({ width, height, rgba }: Picture, x: number, y: number, side: number): [number, number, number] {
  const count = Math.max(1, Math.min(6, Math.ceil(side)));
  const sum: [number, number, number] = [0, 0, 0];
  for (let j = 0; j < count; j++) {
    for (let i = 0; i < count; i++) {
      const px = Math.max(0, Math.min(width - 1, Math.floor(x + ((i + 0.5) * side) / count)));
      const py = Math.max(0, Math.min(height - 1, Math.floor(y + ((j + 0.5) * side) / count)));
      for (let c = 0; c < 3; c++) sum[c]! += rgba[(py * width + px) * 4 + c]! / (count * count);
    }
  }
  return sum;
}

const lumaOf = ([r, g, b]: readonly [number, number, number]): number => 0.299 * r + 0.587 * g + 0.114 * b;
