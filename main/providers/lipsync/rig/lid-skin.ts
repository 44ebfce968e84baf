/**
 * The skin a closing lid unrolls: no still picture shows it, so it is painted between the clean skin above the crease and
 * that below the lower lashes, in both of which it ends.
 */
import { clamp, mix } from './math.ts';
import { luma, type Rgb } from './texture.ts';

const COLUMNS = 48;
/** Rows looked at on either side; the brighter half counts, so that no lash, line or hair joins in. */
const ROWS = 9;

export interface LidShape {
  /** Left and right corner. */
  left: number;
  right: number;
  upperAt(x: number): number;
  lowerAt(x: number): number;
  /** Height of the lid's skin above the open eye. */
  span: number;
}

/** Reads the picture at face coordinates. */
export type ReadPixel = (x: number, y: number, out: number[]) => void;

export class LidSkin {
  readonly #above: Rgb[];
  readonly #below: Rgb[];

  constructor({ left, right, upperAt, lowerAt, span }: LidShape, read: ReadPixel) {
    const columns = Array.from({ length: COLUMNS }, (_, i) => mix(left, right, mix(0.06, 0.94, i / (COLUMNS - 1))));
    const rows = (x: number, from: number, to: number): Rgb => {
      const out = [0, 0, 0, 0];
      const found = Array.from({ length: ROWS }, (_, k): Rgb => {
        read(x, mix(from, to, k / (ROWS - 1)), out);
        return [out[0]!, out[1]!, out[2]!];
      }).sort((a, b) => luma(...b) - luma(...a));
      const bright = found.slice(1, 1 + (ROWS >> 1));
      return [0, 1, 2].map((c) => bright.reduce((sum, colour) => sum + colour[c]!, 0) / bright.length) as Rgb;
    };
    this.#above = smooth(columns.map((x) => rows(x, upperAt(x) - span * 0.42, upperAt(x) - span * 0.92)));
    this.#below = smooth(columns.map((x) => rows(x, lowerAt(x) + 0.06, lowerAt(x) + 0.13)));
  }

  /** Per column, from corner to corner: the colour above and the one below, RGBA each, as `pixels/assembly/eye.ts` reads them. */
  get table(): Float32Array {
    return Float32Array.from(this.#above.flatMap((above, i) => [...above, 0, ...this.#below[i]!, 0]));
  }
}

/** A straight gradient across the lid: whatever crosses it must not stripe the skin. */
function smooth(colours: readonly Rgb[]): Rgb[] {
  const channels = [0, 1, 2].map((c) => fitLine(colours.map((colour) => colour[c]!)));
  return colours.map((_, i) => channels.map((channel) => clamp(channel[i]!, 0, 255)) as Rgb);
}

/** Least-squares line through evenly spaced values, outliers beyond one deviation left out of a second fit. */
function fitLine(values: readonly number[]): number[] {
  const fit = (use: readonly number[]): ((i: number) => number) => {
    const mx = use.reduce((s, i) => s + i, 0) / use.length;
    const my = use.reduce((s, i) => s + values[i]!, 0) / use.length;
    const spread = use.reduce((s, i) => s + (i - mx) ** 2, 0);
    const slope = spread > 0 ? use.reduce((s, i) => s + (i - mx) * (values[i]! - my), 0) / spread : 0;
    return (i) => my + slope * (i - mx);
  };
  const all = values.map((_, i) => i);
  const first = fit(all);
  const deviation = Math.sqrt(all.reduce((s, i) => s + (values[i]! - first(i)) ** 2, 0) / all.length);
  const near = all.filter((i) => Math.abs(values[i]! - first(i)) <= deviation + 1e-6);
  return all.map(fit(near.length > all.length / 3 ? near : all));
}
