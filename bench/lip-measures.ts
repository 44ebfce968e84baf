/**
 * How well lips follow speech, from what a face mesh saw frame by frame. Pure arithmetic; the mesh and the decoder are elsewhere.
 * Lengths are in shares of the distance between the eyes' outer corners × 0.72 (about the distance between the pupils).
 */
import type { FaceLandmarks, Point3 } from '../app/document/landmarks.ts';
import type { Phone } from '../app/speech/timeline.ts';
import { quantile } from './figures.ts';

/** What was seen, one value a frame; a frame without a face repeats the one before. */
export interface FaceTrack {
  fps: number;
  lipGap: number[];
  eyeOpening: number[];
  framesWithoutFace: number;
}

const PUPILS_OF_CORNERS = 0.72;
const distance = (a: Point3, b: Point3): number => Math.hypot(a[0] - b[0], a[1] - b[1]);

/** Mean gap between the inner lips at the middle and half way to either side of it, and mean opening of the eyes. */
export function openings({ lips, eyes }: FaceLandmarks): { lipGap: number; eyeOpening: number } {
  const unit = distance(eyes.left.upper[0]!, eyes.right.upper[8]!) * PUPILS_OF_CORNERS;
  const gaps = [4, 5, 6].map((i) => distance(lips.innerUpper[i]!, lips.innerLower[i]!));
  const lids = [eyes.left, eyes.right].map((eye) => distance(eye.upper[4]!, eye.lower[4]!));
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { lipGap: mean(gaps) / unit, eyeOpening: mean(lids) / unit };
}

/** How open a mouth is in a sound, 0..1, by its letter alone: a listener's rule of thumb, not the rig's. */
export function opennessOf(phone: string): number {
  const sound = phone.replace(/[ˈˌː.\s]/g, '');
  if (sound === '' || /^[pbm]/.test(sound)) return 0;
  if (/^[fv]/.test(sound)) return 0.12;
  if (/[aɑɐʌæɒ]/.test(sound)) return 1;
  if (/[ɛeəɜɔoɤ]/.test(sound)) return 0.65;
  if (/[iɪyuʊɯ]/.test(sound)) return 0.35;
  return 0.25;
}

export const isBilabial = ({ phone }: Phone): boolean => /^[ˈˌ]*[pbm]/.test(phone);

const STEP_MS = 10;
/** Lips do not jump from sound to sound: weights at ±40, ±20 and 0 ms. */
const SMOOTHING = [
  [-40, 1],
  [-20, 2],
  [0, 3],
  [20, 2],
  [40, 1],
] as const;
const MAX_LAG_MS = 240;
const EDGE_MS = 250;

/** Openness by the phones every {@link STEP_MS} from 0 on, smoothed. */
export function phoneOpenness(phones: readonly Phone[], durationMs: number): Float64Array {
  const steps = Math.ceil(durationMs / STEP_MS) + 1;
  const raw = new Float64Array(steps);
  for (const { phone, startMs, endMs } of phones) {
    const last = Math.min(steps - 1, Math.ceil(endMs / STEP_MS) - 1);
    for (let i = Math.max(0, Math.ceil(startMs / STEP_MS)); i <= last; i++) raw[i] = opennessOf(phone);
  }
  return raw.map((_, i) => {
    let sum = 0;
    let weights = 0;
    for (const [ms, weight] of SMOOTHING) {
      sum += weight * (raw[i + ms / STEP_MS] ?? 0);
      weights += weight;
    }
    return sum / weights;
  });
}

/** The shift at which the lips agree best with `openness`, and how well they agree there. Positive: the lips are late. */
export function lipLag(track: FaceTrack, openness: Float64Array): { lagMs: number; correlation: number } {
  const endMs = Math.min((openness.length - 1) * STEP_MS, (track.lipGap.length * 1000) / track.fps) - EDGE_MS;
  let best = { lagMs: 0, correlation: Number.NaN };
  for (let lagMs = -MAX_LAG_MS; lagMs <= MAX_LAG_MS; lagMs += STEP_MS) {
    const lips: number[] = [];
    const sounds: number[] = [];
    for (let ms = EDGE_MS; ms < endMs; ms += STEP_MS) {
      lips.push(gapAt(track, ms + lagMs));
      sounds.push(openness[ms / STEP_MS]!);
    }
    const correlation = correlate(lips, sounds);
    if (!(correlation <= best.correlation)) best = { lagMs, correlation };
  }
  return best;
}

function gapAt({ lipGap, fps }: FaceTrack, ms: number): number {
  const at = Math.min(lipGap.length - 1, Math.max(0, (ms * fps) / 1000));
  const before = Math.floor(at);
  const after = Math.min(lipGap.length - 1, before + 1);
  return lipGap[before]! + (lipGap[after]! - lipGap[before]!) * (at - before);
}

/** Pearson's; 0 where one of them never changes. */
export function correlate(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    product += (a[i]! - meanA) * (b[i]! - meanB);
    squaresA += (a[i]! - meanA) ** 2;
    squaresB += (b[i]! - meanB) ** 2;
  }
  return squaresA * squaresB === 0 ? 0 : product / Math.sqrt(squaresA * squaresB);
}

/** The gap up to which lips count as closed: what this face shows when shut (its 5th percentile) and a little. */
export function closedGap({ lipGap }: FaceTrack): number {
  const [shut, wide] = [quantile(lipGap, 0.05), quantile(lipGap, 0.95)];
  return shut + 0.3 * (wide - shut);
}

const BILABIAL_REACH_MS = 40;

/** The bilabials within the track, and those of them at which the lips really met, give or take a frame. */
export function bilabials(track: FaceTrack, phones: readonly Phone[]): { all: Phone[]; open: Phone[] } {
  const { lipGap, fps } = track;
  const closed = closedGap(track);
  const all = phones.filter((phone) => isBilabial(phone) && phone.endMs <= (lipGap.length * 1000) / fps);
  const open = all.filter(({ startMs, endMs }) => {
    const first = Math.max(0, Math.floor(((startMs - BILABIAL_REACH_MS) * fps) / 1000));
    const last = Math.ceil(((endMs + BILABIAL_REACH_MS) * fps) / 1000);
    return !lipGap.slice(first, last + 1).some((gap) => gap <= closed);
  });
  return { all, open };
}

const SILENT_RMS = 0.004;
const SILENCE_MS = 200;
/** Lips may still close, or begin to open, this near to sound. */
const SILENCE_EDGE_MS = 60;

/** Stretches of more than {@link SILENCE_MS} without sound, ms. `pcm` is mono −1..1. */
export function silences(pcm: Float32Array, sampleRate: number): { startMs: number; endMs: number }[] {
  const window = Math.round((sampleRate * STEP_MS) / 1000);
  const found: { startMs: number; endMs: number }[] = [];
  let startMs: number | null = null;
  const steps = Math.floor(pcm.length / window);
  for (let step = 0; step <= steps; step++) {
    const ms = step * STEP_MS;
    if (step < steps && rms(pcm, step * window, window) < SILENT_RMS) startMs ??= ms;
    else if (startMs !== null) {
      if (ms - startMs > SILENCE_MS) found.push({ startMs, endMs: ms });
      startMs = null;
    }
  }
  return found;
}

function rms(pcm: Float32Array, from: number, count: number): number {
  let squares = 0;
  for (let i = from; i < from + count; i++) squares += pcm[i]! ** 2;
  return Math.sqrt(squares / count);
}

/** Frames well inside silences, and how many of them show closed lips. */
export function silentFrames(
  track: FaceTrack,
  quiet: readonly { startMs: number; endMs: number }[],
): { all: number; closed: number } {
  const { lipGap, fps } = track;
  const limit = closedGap(track);
  const endMs = (lipGap.length * 1000) / fps;
  let [all, closed] = [0, 0];
  for (const [i, gap] of lipGap.entries()) {
    const ms = (i * 1000) / fps;
    const inside = quiet.some(
      (silence) =>
        (silence.startMs === 0 || ms >= silence.startMs + SILENCE_EDGE_MS) &&
        (silence.endMs >= endMs - SILENCE_EDGE_MS || ms <= silence.endMs - SILENCE_EDGE_MS),
    );
    if (!inside) continue;
    all += 1;
    if (gap <= limit) closed += 1;
  }
  return { all, closed };
}

/** When the eyes begin to be shut, ms: under 60 % of how open they usually are; over when above 80 % again. */
export function blinkTimes({ eyeOpening, fps }: FaceTrack): number[] {
  const usual = quantile(eyeOpening, 0.5);
  const times: number[] = [];
  let shut = false;
  for (const [i, opening] of eyeOpening.entries()) {
    if (!shut && opening < usual * 0.6) times.push((i * 1000) / fps);
    shut = shut ? opening <= usual * 0.8 : opening < usual * 0.6;
  }
  return times;
}

/** Of the times, how many follow the one before by less than `ms`. */
export const closerThan = (times: readonly number[], ms: number): number =>
  times.filter((time, i) => i > 0 && time - times[i - 1]! < ms).length;
