/** Forced alignment: the timeline of a synthesised reading carried over to a person's own recording of the same text. */
import { type ErrorCode, type ErrorParams, StudioError } from '../../../app/errors/index.ts';
import type { Timeline } from '../../../app/speech/timeline.ts';
import { adaptReference } from './adapt.ts';
import { CEPSTRA, FEATURES, noiseProfile, normalisedFeatures, pickRows, staticCepstra } from './cepstra.ts';
import { rewarpFeatures, type WarpPath, warpFeatures } from './dtw.ts';
import { analyseSpeech, FRAME_MS, MEL_BANDS } from './frames.ts';
import { mapTimeline, type Pause } from './map-timeline.ts';
import { type PcmFile, samplesToMs } from './pcm-file.ts';
import { detectSpeech, silences } from './voice-activity.ts';

/** A remark for the person, worded by `describeError`. */
export interface RecordingWarning {
  code: ErrorCode;
  params: ErrorParams;
}

export interface Alignment {
  /** On the recording's clock; phones contiguous from 0 to its end. */
  timeline: Timeline;
  /** 0: no better than two unrelated sentences; 1: as like as two synthetic voices. A person's voice reaches 0.2–0.4; under 0.12 a warning is given. */
  confidence: number;
  warnings: RecordingWarning[];
  /** Reference ms → recording ms, monotone. */
  toRecordingMs: (referenceMs: number) => number;
}

/** Silence kept at each side of a removed pause, so that beginnings and ends of words still look like such. */
const MARGIN_FRAMES = 5;

/** Frames left when long pauses are cut out: DTW then need not explain pauses that only one side makes. */
const spokenRows = (speech: Uint8Array): Int32Array => {
  const keep = new Uint8Array(speech.length).fill(1);
  for (const { from, to } of silences(speech)) {
    const start = from === 0 ? from : from + MARGIN_FRAMES;
    const end = to === speech.length ? to : to - MARGIN_FRAMES;
    if (end > start) keep.fill(0, start, end);
  }
  const rows: number[] = [];
  for (let i = 0; i < keep.length; i++) if (keep[i]) rows.push(i);
  return Int32Array.from(rows);
};

/** Piecewise-linear map from the reference's clock to the recording's, in ms. */
const clockMap = (path: WarpPath, recordingRows: Int32Array, referenceRows: Int32Array): ((ms: number) => number) => {
  const size = referenceRows.length;
  const centres = new Float64Array(size);
  for (let p = 0; p < path.b.length; ) {
    const row = path.b[p]!;
    let q = p;
    while (q < path.b.length && path.b[q] === row) q++;
    centres[row] = (path.a[p]! + path.a[q - 1]!) / 2 + 0.5;
    p = q;
  }
  // Which kept row a reference frame is, or falls behind.
  const position = (frame: number): number => {
    let low = 0;
    let high = size;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (referenceRows[mid]! + 1 <= frame) low = mid + 1;
      else high = mid;
    }
    return low < size && referenceRows[low]! <= frame ? low + frame - referenceRows[low]! : low;
  };
  const toMs = (kept: number): number => {
    const row = Math.max(0, Math.min(recordingRows.length - 1, Math.floor(kept)));
    return (recordingRows[row]! + Math.min(1, Math.max(0, kept - row))) * FRAME_MS;
  };
  return (ms) => {
    const at = position(ms / FRAME_MS) - 0.5;
    if (at <= 0) return toMs(centres[0]! + at);
    if (at >= size - 1) return toMs(centres[size - 1]! + at - (size - 1));
    const row = Math.floor(at);
    return toMs(centres[row]! + (at - row) * (centres[row + 1]! - centres[row]!));
  };
};

/** Speech of the recording ÷ speech of the reference outside which the text cannot be what is said. */
const ABSURD_RATIO = 3.2;
const ODD_RATIO = 1.9;
/** A difference under this is never absurd: one word said slowly. */
const ABSURD_DIFFERENCE_MS = 2500;

const compareLengths = (
  recording: PcmFile,
  reference: PcmFile,
  spokenMs: number,
  textMs: number,
): RecordingWarning[] => {
  const seconds = (ms: number): number => Math.round(ms / 100) / 10;
  const params = {
    recordingSeconds: seconds(samplesToMs(recording.samples)),
    speechSeconds: seconds(spokenMs),
    textSeconds: seconds(samplesToMs(reference.samples)),
  };
  const ratio = spokenMs / textMs;
  if (Math.abs(spokenMs - textMs) > ABSURD_DIFFERENCE_MS) {
    if (ratio > ABSURD_RATIO) throw new StudioError('speech.recording-longer-than-text', params);
    if (ratio < 1 / ABSURD_RATIO) throw new StudioError('speech.recording-shorter-than-text', params);
  }
  if (ratio > ODD_RATIO) return [{ code: 'speech.recording-slower-than-text', params }];
  if (ratio < 1 / ODD_RATIO) return [{ code: 'speech.recording-faster-than-text', params }];
  return [];
};

/**
 * Finds when `recording` says what `reference` says. Both at SAMPLE_RATE; `reference.timeline` on the reference's clock.
 * Throws `speech.recording-silent`, `speech.recording-longer-than-text`, `speech.recording-shorter-than-text`.
 */
export async function alignToReference(
  recording: PcmFile,
  reference: { pcm: PcmFile; timeline: Timeline },
  signal?: AbortSignal,
): Promise<Alignment> {
  const recordingFrames = await analyseSpeech(recording, signal);
  const referenceFrames = await analyseSpeech(reference.pcm, signal);
  const heard = detectSpeech(recordingFrames);
  const read = detectSpeech(referenceFrames);
  const recordingRows = spokenRows(heard.speech);
  const referenceRows = spokenRows(read.speech);
  if (recordingRows.length === 0) throw new StudioError('speech.recording-silent');
  const warnings = compareLengths(
    recording,
    reference.pcm,
    recordingRows.length * FRAME_MS,
    referenceRows.length * FRAME_MS,
  );

  const noise = noiseProfile(recordingFrames, heard);
  const recorded = pickRows(staticCepstra(recordingFrames, heard, new Float64Array(MEL_BANDS)), CEPSTRA, recordingRows);
  const synthetic = pickRows(staticCepstra(referenceFrames, read, noise), CEPSTRA, referenceRows);
  const target = normalisedFeatures(recorded);
  let adapted = normalisedFeatures(synthetic);
  let path = warpFeatures(target, adapted, FEATURES, signal);
  for (let pass = 0; pass < ADAPTATION_PASSES; pass++) {
    adapted = normalisedFeatures(adaptReference(synthetic, recorded, path));
    path = rewarpFeatures(target, adapted, FEATURES, path, signal);
  }

  const durationMs = samplesToMs(recording.samples);
  const pauses: Pause[] = silences(heard.speech).map(({ from, to }) => ({
    startMs: from * FRAME_MS,
    endMs: Math.min(durationMs, to * FRAME_MS),
  }));
  const toRecordingMs = clockMap(path, recordingRows, referenceRows);
  const timeline = mapTimeline(reference.timeline, toRecordingMs, pauses, durationMs);
  const confidence = likeness(path, target, adapted);
  if (confidence < WEAK_CONFIDENCE) {
    warnings.push({ code: 'speech.alignment-weak', params: { percent: Math.round(confidence * 100) } });
  }
  return { timeline, confidence, warnings, toRecordingMs };
}

/** Each pass learns the speaker from the path before it; a third changes nothing measurable. */
const ADAPTATION_PASSES = 2;
const WEAK_CONFIDENCE = 0.12;

/** Mean distance along the path against that of frames paired by chance, scaled: see {@link Alignment.confidence}. */
const likeness = (path: WarpPath, a: Float32Array, b: Float32Array): number => {
  const rows = a.length / FEATURES;
  const columns = b.length / FEATURES;
  let sum = 0;
  for (let n = 0; n < CHANCE_PAIRS; n++) {
    // Two incommensurate strides visit the frames evenly and in no common order.
    const p = Math.floor(((n * 0.7548776662) % 1) * rows) * FEATURES;
    const q = Math.floor(((n * 0.5698402909) % 1) * columns) * FEATURES;
    let square = 0;
    for (let k = 0; k < FEATURES; k++) square += (a[p + k]! - b[q + k]!) ** 2;
    sum += Math.sqrt(square);
  }
  const ratio = path.meanCost / (sum / CHANCE_PAIRS);
  return Math.max(0, Math.min(1, (CHANCE_RATIO - ratio) / (CHANCE_RATIO - TWIN_RATIO)));
};
const CHANCE_PAIRS = 4000;
/** Measured: another text 0.57–0.64, human-recorded voices saying the text 0.42–0.54, synthetic voices 0.03–0.25. */
const CHANCE_RATIO = 0.62;
const TWIN_RATIO = 0.12;
