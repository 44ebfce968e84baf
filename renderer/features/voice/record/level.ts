/** How loud it is, as a meter shows it, and what to say of it. Pure. */

export const FLOOR_DB = -60;
/** A meter's bar falls this fast, and its highest mark stays this long. */
const FALL_DB_PER_S = 24;
const HOLD_MS = 1500;
/** From here on samples are cut off. */
const CLIPPED = 0.985;
const CLIP_SHOWN_MS = 2500;
/** Nobody speaks this quietly into a microphone that is on. */
const SILENT_DB = -52;
const SILENT_AFTER_MS = 2500;

export const toDb = (value: number): number => Math.max(FLOOR_DB, 20 * Math.log10(Math.max(value, 1e-6)));

export interface Level {
  /** Of the bar, and of the mark that stays, in dB. */
  db: number;
  heldDb: number;
  clipping: boolean;
  silent: boolean;
}

export function createLevelMeter(): (samples: Float32Array, nowMs: number) => Level {
  let db = FLOOR_DB;
  let heldDb = FLOOR_DB;
  let lastMs: number | null = null;
  let heldAtMs = 0;
  let clippedAtMs = Number.NEGATIVE_INFINITY;
  let heardAtMs: number | null = null;
  return (samples, nowMs) => {
    let peak = 0;
    for (const sample of samples) peak = Math.max(peak, Math.abs(sample));
    const now = toDb(peak);
    db = Math.max(now, db - (FALL_DB_PER_S * (nowMs - (lastMs ?? nowMs))) / 1000);
    lastMs = nowMs;
    if (now >= heldDb || nowMs - heldAtMs > HOLD_MS) {
      heldDb = Math.max(now, db);
      heldAtMs = nowMs;
    }
    if (peak >= CLIPPED) clippedAtMs = nowMs;
    if (now > SILENT_DB) heardAtMs = nowMs;
    heardAtMs ??= nowMs;
    return {
      ...{ db, heldDb },
      clipping: nowMs - clippedAtMs < CLIP_SHOWN_MS,
      silent: nowMs - heardAtMs > SILENT_AFTER_MS,
    };
  };
}
