/** Where a portrait goes on the stage: pure arithmetic over the head, the person's cut edges and the stage's shape. */
import type { Framing } from '../document/avatar.ts';
import type { StageSize } from './stage-size.ts';

/** What placement needs to know of a picture, in its own pixels. */
export interface Subject {
  width: number;
  height: number;
  head: { top: number; chin: number; centreX: number; eyesY: number; faceWidth: number };
  /** Which of the picture's edges cut through the person. */
  cut: { left: boolean; right: boolean; top: boolean; bottom: boolean };
}

/** On the stage, whole pixels; may reach beyond it. */
export interface Placement {
  x: number;
  y: number;
  width: number;
  height: number;
  scale: number;
}

/** Head (hair to chin) as a share of the stage's height, and of its width where the stage is narrow. */
const HEAD_OF_HEIGHT = 0.47;
const HEAD_OF_WIDTH = 0.6;
/** Where the eyes go, from the top; how far they may sink or rise for the picture's edges' sake. */
const EYES_AT = 0.37;
const EYES_LOWEST = 0.46;
const EYES_HIGHEST = 0.29;
/** How large a head may become so that the body reaches the bottom, and so that the picture fills the width. */
const HEAD_LARGEST = 0.72;
const HEAD_LARGEST_FILL = 0.6;
const FACE_WIDEST = 0.95;
/** Up to this scale a picture is enlarged to fill the stage's width. */
const FILL_UPSCALE = 1.6;

function autoPlacement(subject: Subject, stage: StageSize, zoom: number, fillWidth: boolean): Placement {
  const { widthPx: W, heightPx: H } = stage;
  const { head, cut, width, height } = subject;
  const headHeight = head.chin - head.top;
  let scale = Math.min(H * HEAD_OF_HEIGHT, W * HEAD_OF_WIDTH) / headHeight;
  const largest = Math.max(scale, Math.min((H * HEAD_LARGEST) / headHeight, (W * FACE_WIDEST) / head.faceWidth));
  // A person cut by the bottom edge must reach the stage's bottom with the eyes no lower than EYES_LOWEST.
  if (cut.bottom) scale = Math.max(scale, Math.min(largest, (H * (1 - EYES_LOWEST)) / (height - head.eyesY)));
  if (cut.bottom && cut.top) {
    scale = Math.max(scale, Math.min(H / height, Math.max(largest, (W * FACE_WIDEST) / head.faceWidth)));
  }
  const fill = W / width;
  const fits = fill <= FILL_UPSCALE && fill * headHeight <= H * HEAD_LARGEST_FILL;
  if (fillWidth && fill > scale && fits) scale = fill;
  scale *= zoom;

  const at = (y: number) => y * scale;
  let y = H * EYES_AT - at(head.eyesY);
  // No strip above the picture if the eyes may rise for it; none above a cut head, ever.
  if (y > 0) y = cut.top ? 0 : Math.max(0, Math.min(y, H * EYES_HIGHEST - at(head.eyesY)));
  // Nor may a cut body float: the bottom edge wins.
  if (cut.bottom && y + at(height) < H) y = H - at(height);
  let x = W / 2 - head.centreX * scale;
  const w = width * scale;
  if (w >= W) x = Math.min(0, Math.max(W - w, x));
  return { x, y, width: w, height: height * scale, scale };
}

/** The picture's place for a framing. `fillWidth`: enlarge moderately rather than leave the sides to be made up. */
export function placePicture(subject: Subject, stage: StageSize, framing: Framing, fillWidth: boolean): Placement {
  const { widthPx: W, heightPx: H } = stage;
  const { width, height } = subject;
  let placed: Placement;
  if (framing.fit === 'auto') {
    placed = autoPlacement(subject, stage, framing.zoom, fillWidth);
  } else {
    const [sx, sy] = [W / width, H / height];
    const scale = (framing.fit === 'cover' ? Math.max(sx, sy) : Math.min(sx, sy)) * framing.zoom;
    const w = width * scale;
    const h = height * scale;
    // Cover keeps the head in view where it must cut.
    const x = w > W ? Math.min(0, Math.max(W - w, W / 2 - subject.head.centreX * scale)) : (W - w) / 2;
    const y = h > H ? Math.min(0, Math.max(H - h, H * EYES_AT - subject.head.eyesY * scale)) : (H - h) / 2;
    placed = { x, y, width: w, height: h, scale };
  }
  // Outwards, so that an edge meant to meet the stage's edge never falls a pixel short of it.
  const out = (n: number) => Math.max(2, Math.ceil(n - 1e-6));
  const w = out(placed.width);
  return {
    x: Math.floor(placed.x + framing.offsetX * W + 1e-6),
    y: Math.floor(placed.y + framing.offsetY * H + 1e-6),
    width: w,
    height: out(placed.height),
    scale: w / width,
  };
}
