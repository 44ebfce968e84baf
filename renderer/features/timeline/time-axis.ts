/** The time axis: which stretch of time a width shows, and where its marks are. Pure; px are CSS px. */

/** `pxPerMs` at the present size of the interface. */
export const MAX_PX_PER_MS = 0.8;
/** Room behind the end, so that the last line can be taken hold of. */
export const TAIL_PX = 48;

export interface View {
  pxPerMs: number;
  /** What is at the left edge. */
  fromMs: number;
}

export const toPx = ({ pxPerMs, fromMs }: View, atMs: number): number => (atMs - fromMs) * pxPerMs;
export const toMs = ({ pxPerMs, fromMs }: View, px: number): number => fromMs + px / pxPerMs;

/** The scale at which all of it is in view. */
export const fitScale = (totalMs: number, widthPx: number): number =>
  Math.min(MAX_PX_PER_MS, Math.max(1, widthPx - TAIL_PX) / Math.max(1000, totalMs));

export const contentPx = (totalMs: number, pxPerMs: number): number => totalMs * pxPerMs + TAIL_PX;

/** `factor` nearer, with what is at `atPx` staying where it is; never farther than all of it. */
export function zoomAround(view: View, factor: number, atPx: number, totalMs: number, widthPx: number): View {
  const pxPerMs = Math.min(MAX_PX_PER_MS, Math.max(fitScale(totalMs, widthPx), view.pxPerMs * factor));
  const anchorMs = toMs(view, atPx);
  return clampView({ pxPerMs, fromMs: anchorMs - atPx / pxPerMs }, totalMs, widthPx);
}

export function clampView({ pxPerMs, fromMs }: View, totalMs: number, widthPx: number): View {
  const lastMs = Math.max(0, (contentPx(totalMs, pxPerMs) - widthPx) / pxPerMs);
  return { pxPerMs, fromMs: Math.min(lastMs, Math.max(0, fromMs)) };
}

const STEPS_MS = [
  ...[50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000],
  ...[1_800_000, 3_600_000],
];
export interface Tick {
  atMs: number;
  /** With a label. */
  major: boolean;
}

/** Marks at round times; labelled ones at least `labelPx` apart. */
export function ticks(view: View, widthPx: number, labelPx = 84): Tick[] {
  const major = STEPS_MS.find((step) => step * view.pxPerMs >= labelPx) ?? STEPS_MS.at(-1)!;
  const minor = major / (major % 3 === 0 && major % 5 !== 0 ? 3 : 5);
  const first = Math.ceil(view.fromMs / minor);
  const last = Math.floor(toMs(view, widthPx) / minor);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => {
    const count = first + i;
    const perMajor = Math.round(major / minor);
    return { atMs: count * minor, major: count % perMajor === 0 };
  });
}

/** The nearest of `times` that is at most `withinMs` away; else the time itself. `times` need not be in order. */
export function snapTo(atMs: number, times: Iterable<number>, withinMs: number): number {
  let best = atMs;
  let least = withinMs;
  for (const time of times) {
    const distance = Math.abs(time - atMs);
    if (distance > least) continue;
    least = distance;
    best = time;
  }
  return best;
}
