/** Lays a portrait out on the stage: the person's plane, what stands behind it, and the landmarks in stage pixels. */
import type { Framing } from '../../app/document/avatar.ts';
import { mapLandmarks } from '../../app/document/landmarks.ts';
import type { Background } from '../../app/document/stage.ts';
import { type Placement, placePicture, type Subject } from '../../app/media/place-picture.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import type { AvatarPlate, Rect } from '../engine/ports/lipsync.ts';
import type { PreparedPortrait } from '../engine/ports/portrait.ts';
import { growBackground, solidPlane, studioGradient } from './backdrop.ts';
import { measureSubject } from './measure-subject.ts';
import { type PlacedOverlay, paintOverlays } from './overlays.ts';
import { blurPlane, coverPicture, div255, type Picture, scalePlane } from './picture.ts';

/** The document's background with its picture decoded. */
export type StageBackground = Exclude<Background, { kind: 'picture' }> | { kind: 'picture'; picture: Picture };

export interface LayoutOptions {
  size: StageSize;
  framing: Framing;
  background: StageBackground;
  /** Stands behind a portrait that brings no background of its own (a cut-out) when the background is `keep` or `blur`. */
  sampleBackground?: Picture;
  /** Overlays of the `behind` layer, painted into the plate's background. */
  behind?: readonly PlacedOverlay[];
  /** Looked at between two steps: drawing the person, growing the background, blurring it. */
  signal?: AbortSignal | undefined;
}

/** How far a person cut by the picture's edge fades out, as a share of the picture. */
const FEATHER = 0.06;

/**
 * A photo's matte is a little wide, so that a thin band of its own wall travels with the hair. Before another wall that band
 * would be a halo: the edge is drawn in.
 */
const TIGHT = Uint8Array.from({ length: 256 }, (_, a) => {
  const t = Math.min(1, Math.max(0, (a / 255 - 0.22) / 0.72));
  return Math.min(a, Math.round(255 * t * t * (3 - 2 * t)));
});

/** True when the picture is a cut-out: a good part of it is clear. */
export function isCutOut(portrait: PreparedPortrait): boolean {
  let clear = 0;
  let seen = 0;
  for (let i = 3; i < portrait.rgba.length; i += 4 * 7) {
    seen++;
    if (portrait.rgba[i] < 128) clear++;
  }
  return clear > seen * 0.12;
}

/** The person as placed before a background of that kind: the matte in use, and what the place hangs on. */
export function subjectOf(portrait: PreparedPortrait, background: StageBackground['kind']) {
  const cutOut = isCutOut(portrait);
  const own = !cutOut && (background === 'keep' || background === 'blur');
  const matte = cutOut
    ? portrait.matte.map((a, i) => Math.min(a, portrait.rgba[i * 4 + 3]))
    : own
      ? portrait.matte
      : portrait.matte.map((a) => TIGHT[a]);
  const subject = measureSubject(portrait, matte);
  return { cutOut, own, matte, subject, fillWidth: own || subject.cut.left || subject.cut.right };
}

export async function layoutAvatar(portrait: PreparedPortrait, options: LayoutOptions): Promise<AvatarPlate> {
  const { size, framing, background, signal } = options;
  signal?.throwIfAborted();
  const { widthPx: W, heightPx: H } = size;
  const { cutOut, own, matte, subject, fillWidth } = subjectOf(portrait, background.kind);
  const placement = placePicture(subject, size, framing, fillWidth);

  const person: Uint8Array = new Uint8Array(W * H * 4);
  let behind: Uint8Array = new Uint8Array(W * H * 4);
  const known = visiblePart(placement, size);
  if (known !== null)
    await drawPerson(person, behind, portrait, matte, cutOut, background.kind === 'keep', placement, known, size);
  fadeCutEdges(person, subject, placement, size);
  signal?.throwIfAborted();

  switch (background.kind) {
    case 'keep':
    case 'blur':
      if (!own) behind = await drawnBackground(options.sampleBackground, size);
      else if (known === null) behind = await coverPicture(asPicture(portrait, portrait.background), W, H);
      else await growBackground(behind, size, known);
      signal?.throwIfAborted();
      if (background.kind === 'blur')
        behind = await blurPlane(behind, W, H, (background.radius * Math.min(W, H)) / 720);
      break;
    case 'colour':
      behind = solidPlane(size, background.colour);
      break;
    case 'picture':
      behind = await opaqueCover(background.picture, size);
      break;
    case 'transparent':
      behind = new Uint8Array(W * H * 4);
      break;
  }
  signal?.throwIfAborted();
  if (background.kind !== 'transparent') for (let i = 3; i < behind.length; i += 4) behind[i] = 255;
  paintOverlays(behind, size, options.behind ?? []);

  return {
    width: W,
    height: H,
    person,
    background: behind,
    landmarks: mapLandmarks(portrait.face.landmarks, placement.scale, placement.x, placement.y),
    picture: { x: placement.x, y: placement.y, width: placement.width, height: placement.height },
  };
}

const asPicture = (portrait: PreparedPortrait, rgba: Uint8Array): Picture => ({
  width: portrait.width,
  height: portrait.height,
  rgba,
});

async function drawnBackground(picture: Picture | undefined, size: StageSize): Promise<Uint8Array> {
  return picture ? opaqueCover(picture, size) : studioGradient(size);
}

/** Cover, with clear parts of the picture laid over the studio wall. */
async function opaqueCover(picture: Picture, size: StageSize): Promise<Uint8Array> {
  const plane = await coverPicture(picture, size.widthPx, size.heightPx);
  let wall: Uint8Array | null = null;
  for (let i = 0; i < plane.length; i += 4) {
    const a = plane[i + 3];
    if (a === 255) continue;
    wall ??= studioGradient(size);
    for (let c = 0; c < 3; c++) plane[i + c] = div255(plane[i + c] * a + wall[i + c] * (255 - a));
  }
  return plane;
}

/** The part of the stage the picture covers; null when none. */
function visiblePart(placed: Placement, { widthPx, heightPx }: StageSize): Rect | null {
  const x = Math.max(0, placed.x);
  const y = Math.max(0, placed.y);
  const width = Math.min(widthPx, placed.x + placed.width) - x;
  const height = Math.min(heightPx, placed.y + placed.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : null;
}

/**
 * Draws the person and (for photos) the clean background at stage scale into `known`. With `exact` the two are chosen so that
 * person over background gives the scaled picture back to the bit, rounding to nearest.
 */
async function drawPerson(
  person: Uint8Array,
  behind: Uint8Array,
  portrait: PreparedPortrait,
  matte: Uint8Array,
  cutOut: boolean,
  exact: boolean,
  placed: Placement,
  known: Rect,
  size: StageSize,
): Promise<void> {
  const from = { width: portrait.width, height: portrait.height };
  const to = { width: placed.width, height: placed.height };
  const cut = { left: known.x - placed.x, top: known.y - placed.y, width: known.width, height: known.height };
  const colours = cutOut ? maskedColours(portrait.rgba, matte) : portrait.rgba;
  const [picture, alpha, clean] = await Promise.all([
    scalePlane(colours, { ...from, channels: 4 }, to, cut, true),
    cutOut ? new Uint8Array(0) : scalePlane(matte, { ...from, channels: 1 }, to, cut),
    cutOut ? new Uint8Array(0) : scalePlane(portrait.background, { ...from, channels: 4 }, to, cut),
  ]);
  const count = known.width * known.height;
  const at = (i: number) => ((known.y + Math.floor(i / known.width)) * size.widthPx + known.x + (i % known.width)) * 4;
  if (cutOut) {
    for (let i = 0; i < count; i++) person.set(picture.subarray(i * 4, i * 4 + 4), at(i));
    return;
  }
  const typical = await typicalColours(picture, alpha, known.width, known.height);
  for (let i = 0; i < count; i++) {
    const d = at(i);
    const a = alpha[i];
    person[d + 3] = a;
    behind[d + 3] = 255;
    // Far from anything solid the spread colour has few bits left.
    const trust = Math.min(1, Math.max(0, (typical[i * 4 + 3] - 6) / 30));
    for (let c = 0; c < 3; c++) {
      const seen = picture[i * 4 + c];
      const near = Math.round(seen + (typical[i * 4 + c] - seen) * trust);
      if (a === 0 || a === 255) {
        person[d + c] = a === 0 ? near : seen;
        behind[d + c] = a === 0 ? seen : clean[i * 4 + c];
        continue;
      }
      const wall = clean[i * 4 + c];
      const [p, b] = exact ? separate(seen, a, wall, near) : [ownColour(seen, a, wall, near), wall];
      person[d + c] = p;
      behind[d + c] = b;
    }
  }
}

/**
 * The person's own colour in a pixel it covers by a / 255, the background's share taken out: near what the person typically
 * is around there, more so the fainter it is.
 */
function ownColour(seen: number, a: number, clean: number, typical: number): number {
  const solved = (255 * seen - (255 - a) * clean) / a;
  const reach = 10 + (a * a) / 200;
  const low = Math.max(0, typical - reach);
  const high = Math.min(255, typical + reach);
  return Math.round(Math.min(high, Math.max(low, solved)));
}

/**
 * Splits a seen value into person and background with a·p + (255 − a)·b = 255·seen to within half a step. Where the
 * person's own colour does not come out, the background gives way first, then the person.
 */
export function separate(
  seen: number,
  a: number,
  clean: number,
  typical: number,
): [person: number, background: number] {
  const person = ownColour(seen, a, clean, typical);
  const solved = (255 * seen - (255 - a) * clean) / a;
  if (Math.abs(person - solved) <= 0.5) return [person, clean];
  const background = Math.round((255 * seen - a * person) / (255 - a));
  if (background >= 0 && background <= 255) return [person, background];
  const edge = background < 0 ? 0 : 255;
  return [Math.round((255 * seen - (255 - a) * edge) / a), edge];
}

/** The solid person's colour spread a little way outwards; alpha says how far it can be trusted. */
async function typicalColours(
  picture: Uint8Array,
  alpha: Uint8Array,
  width: number,
  height: number,
): Promise<Uint8Array> {
  const solid = picture.slice();
  for (let i = 0; i < alpha.length; i++) solid[i * 4 + 3] = alpha[i] >= 240 ? 255 : 0;
  return blurPlane(solid, width, height, Math.max(3, Math.min(width, height) / 64));
}

/** A cut-out's colours with the person's matte as alpha. */
function maskedColours(rgba: Uint8Array, matte: Uint8Array): Uint8Array {
  const out = rgba.slice();
  for (let i = 0; i < matte.length; i++) out[i * 4 + 3] = matte[i];
  return out;
}

/** Where the picture's own edge cuts the person inside the stage, the person fades out instead of ending in a line. */
function fadeCutEdges(person: Uint8Array, subject: Subject, placed: Placement, size: StageSize): void {
  const { widthPx: W, heightPx: H } = size;
  const right = placed.x + placed.width;
  const bottom = placed.y + placed.height;
  const edges = {
    left: subject.cut.left && placed.x > 0,
    right: subject.cut.right && right < W,
    top: subject.cut.top && placed.y > 0,
    bottom: subject.cut.bottom && bottom < H,
  };
  if (!edges.left && !edges.right && !edges.top && !edges.bottom) return;
  const [fx, fy] = [placed.width * FEATHER, placed.height * FEATHER];
  const ramp = (d: number) => {
    const t = Math.min(1, Math.max(0, d));
    return t * t * (3 - 2 * t);
  };
  for (let y = Math.max(0, placed.y); y < Math.min(H, bottom); y++) {
    const vertical = (edges.top ? ramp((y - placed.y) / fy) : 1) * (edges.bottom ? ramp((bottom - 1 - y) / fy) : 1);
    for (let x = Math.max(0, placed.x); x < Math.min(W, right); x++) {
      const across = (edges.left ? ramp((x - placed.x) / fx) : 1) * (edges.right ? ramp((right - 1 - x) / fx) : 1);
      const keep = vertical * across;
      if (keep < 1) {
        const i = (y * W + x) * 4 + 3;
        person[i] = Math.round(person[i] * keep);
      }
    }
  }
}
