/** A portrait made by hand for the stage's tests: a bust of plain colours with a feathered matte and a known face. */
import type { FaceLandmarks, Point3 } from '../../app/document/landmarks.ts';
import type { PreparedPortrait } from '../engine/ports/portrait.ts';

const line = (x0: number, x1: number, y: number, n: number): Point3[] =>
  Array.from({ length: n }, (_, i) => [x0 + ((x1 - x0) * i) / (n - 1), y, 0]);

/** A face around (cx, cy) with a half width of `r` and a half height of 1.3 r. */
function faceAt(cx: number, cy: number, r: number): FaceLandmarks {
  const oval = Array.from({ length: 36 }, (_, i): Point3 => {
    const t = (i / 36) * 2 * Math.PI;
    return [cx + Math.sin(t) * r, cy - Math.cos(t) * r * 1.3, 0];
  });
  const eye = (x: number) => ({
    upper: line(x - r / 5, x + r / 5, cy - r * 0.35, 9),
    lower: line(x - r / 5, x + r / 5, cy - r * 0.25, 9),
    iris: { x, y: cy - r * 0.3, radius: r * 0.08 },
  });
  const brow = (x: number) => ({
    upper: line(x - r / 4, x + r / 4, cy - r * 0.55, 5),
    lower: line(x - r / 4, x + r / 4, cy - r * 0.5, 5),
  });
  const lips = (y: number) => line(cx - r * 0.35, cx + r * 0.35, cy + y * r, 11);
  return {
    lips: { outerUpper: lips(0.55), outerLower: lips(0.75), innerUpper: lips(0.65), innerLower: lips(0.65) },
    eyes: { left: eye(cx - r * 0.42), right: eye(cx + r * 0.42) },
    brows: { left: brow(cx - r * 0.42), right: brow(cx + r * 0.42) },
    oval,
    nose: { bridge: [cx, cy - r * 0.3, 0], tip: [cx, cy + r * 0.2, 0], base: [cx, cy + r * 0.35, 0] },
    cheeks: { left: [cx - r * 0.6, cy + r * 0.2, 0], right: [cx + r * 0.6, cy + r * 0.2, 0] },
  };
}

export interface HandMade {
  width: number;
  height: number;
  /** Half the face's width. */
  face: number;
  /** Of the face's centre, shares of the picture. */
  at?: { x: number; y: number };
  /** Half the shoulders' width as a multiple of the face's. */
  shoulders?: number;
  cutOut?: boolean;
}

/** A head and shoulders down to the picture's bottom edge, before a textured wall (or cut out of everything). */
export function handMadePortrait(options: HandMade): PreparedPortrait {
  const { width, height, face: r, at = { x: 0.5, y: 0.4 }, shoulders = 2, cutOut = false } = options;
  const [cx, cy] = [width * at.x, height * at.y];
  const rgba = new Uint8Array(width * height * 4);
  const background = new Uint8Array(width * height * 4);
  const matte = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const head = Math.hypot((x - cx) / r, (y - cy) / (1.45 * r)) - 1;
      const body = Math.max(Math.abs(x - cx) / (shoulders * r) - 1, (cy + 1.5 * r - y) / r);
      const inside = Math.min(1, Math.max(0, 0.5 - Math.min(head, body) * r * 0.25));
      const i = (y * width + x) * 4;
      const wall = [90 + ((x * 7 + y * 3) % 40), 120 + ((x * 3) % 25), 150 + ((y * 5) % 30)];
      const flesh = head < body ? [224, 172, 140] : [40, 52, 110 + (y % 9)];
      matte[y * width + x] = Math.round(inside * 255);
      for (let c = 0; c < 3; c++) {
        background[i + c] = wall[c];
        rgba[i + c] = cutOut ? flesh[c] : Math.round(flesh[c] * inside + wall[c] * (1 - inside));
      }
      background[i + 3] = 255;
      rgba[i + 3] = cutOut ? matte[y * width + x] : 255;
    }
  }
  const landmarks = faceAt(cx, cy, r);
  const face = {
    index: 0,
    box: { x: cx - r, y: cy - r * 1.3, width: r * 2, height: r * 2.6 },
    confidence: 1,
    landmarks,
    pose: { yawDeg: 0, pitchDeg: 0, rollDeg: 0 },
    findings: [],
  };
  return { width, height, rgba, matte, background, face, faces: [face] };
}
