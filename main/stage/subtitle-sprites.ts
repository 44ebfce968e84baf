/** Burnt-in subtitles: cues as sprites at the bottom of the stage, with the words said so far in another colour for karaoke. */
import { createCanvas } from '@napi-rs/canvas';
import type { SubtitleSettings } from '../../app/document/stage.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import type { SubtitleCue } from '../../app/media/subtitles.ts';
import type { Rect } from '../engine/ports/lipsync.ts';
import { createMeasure, drawLettering } from './font.ts';
import type { Sprite } from './i420.ts';
import { spriteAt } from './overlays.ts';

/** What the compositor asks: the picture to show at a time. The same object again means nothing has changed. */
export interface SubtitleSource {
  at(timeMs: number): Sprite | null;
}

export interface SubtitleMetrics {
  emPx: number;
  /** Widest line allowed: inside the title-safe area. */
  maxWidthPx: number;
  lineHeightPx: number;
  /** Distance from the stage's bottom to the last line's baseline. */
  baselineFromBottomPx: number;
  measure(text: string): number;
}

/** A Han character's ink is about this share of its em square. */
const HAN_INK = 0.92;

export function subtitleMetrics(size: StageSize, settings: SubtitleSettings): SubtitleMetrics {
  const { widthPx: W, heightPx: H } = size;
  const emPx = (settings.size * Math.min(W, H)) / HAN_INK;
  const upright = H > W * 1.2;
  // Title-safe is 5 %; phones lay their controls over the bottom and the right of an upright video.
  const bottom = upright ? H * 0.13 : H * 0.055;
  return {
    emPx,
    maxWidthPx: W * (upright ? 0.84 : W > H ? 0.78 : 0.86),
    lineHeightPx: emPx * 1.32,
    baselineFromBottomPx: bottom + emPx * 0.14,
    measure: createMeasure(emPx),
  };
}

/** Where two lines of subtitles may stand, for others to keep out of. */
export function subtitleArea(size: StageSize, metrics: SubtitleMetrics): Rect {
  const bottom = size.heightPx - metrics.baselineFromBottomPx + metrics.emPx * 0.3;
  const height = metrics.lineHeightPx * 2 + metrics.emPx * 0.3;
  return { x: 0, y: bottom - height, width: size.widthPx, height };
}

interface Drawn {
  plain: Uint8ClampedArray;
  /** The same with every word lit; null without karaoke. */
  lit: Uint8ClampedArray | null;
  x: number;
  y: number;
  width: number;
  height: number;
  /** For each word in order: its box in the picture and when it begins. */
  words: { left: number; right: number; top: number; bottom: number; startMs: number }[];
}

function drawCue(cue: SubtitleCue, size: StageSize, settings: SubtitleSettings, metrics: SubtitleMetrics): Drawn {
  const { emPx, lineHeightPx, measure } = metrics;
  const pad = Math.ceil(emPx * 0.35);
  const widths = cue.lines.map((line) => measure(line.text));
  const width = Math.min(size.widthPx, Math.ceil(Math.max(...widths)) + pad * 2);
  const height = Math.ceil(lineHeightPx * (cue.lines.length - 1) + emPx * 1.2) + pad * 2;
  const x = Math.round((size.widthPx - width) / 2);
  const lastBaseline = pad + emPx * 0.92 + lineHeightPx * (cue.lines.length - 1);
  const y = Math.round(size.heightPx - metrics.baselineFromBottomPx - lastBaseline);
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const draw = (colour: string) => {
    context.clearRect(0, 0, width, height);
    cue.lines.forEach((line, i) => {
      const baseline = pad + emPx * 0.92 + lineHeightPx * i;
      drawLettering(context, line.text, (width - widths[i]) / 2, baseline, emPx, colour);
    });
    return context.getImageData(0, 0, width, height).data;
  };
  const plain = draw(settings.colour);
  const lit = settings.karaoke ? draw(settings.highlight) : null;
  const words = !lit
    ? []
    : cue.lines.flatMap((line, i) => {
        const origin = (width - widths[i]) / 2;
        const baseline = pad + emPx * 0.92 + lineHeightPx * i;
        return line.words.map((word) => ({
          left: Math.floor(origin + measure(line.text.slice(0, word.from))),
          right: Math.ceil(origin + measure(line.text.slice(0, word.to))),
          top: Math.max(0, Math.floor(baseline - emPx)),
          bottom: Math.min(height, Math.ceil(baseline + emPx * 0.3)),
          startMs: word.startMs,
        }));
      });
  return { plain, lit, x, y, width, height, words };
}

/** Cues that ended so long ago are forgotten, some at a time: a show on air goes on for days. */
const KEPT_MS = 10_000;
const FORGOTTEN_AT_ONCE = 16;

export class SubtitleTrack implements SubtitleSource {
  readonly metrics: SubtitleMetrics;
  readonly #size: StageSize;
  readonly #settings: SubtitleSettings;
  readonly #cues: SubtitleCue[] = [];
  #index = -1;
  #drawn: Drawn | null = null;
  #sprite: Sprite | null = null;
  #said = -1;

  constructor(size: StageSize, settings: SubtitleSettings) {
    this.#size = size;
    this.#settings = settings;
    this.metrics = subtitleMetrics(size, settings);
  }

  /** Cues in the order of time, after those already there. */
  append(cues: readonly SubtitleCue[]): void {
    for (const cue of cues) this.#cues.push(cue);
  }

  /** What is shown goes, and what was to come does not. */
  interrupt(atMs: number): void {
    while (this.#cues.length > 0 && this.#cues.at(-1)!.startMs >= atMs) this.#cues.pop();
    const last = this.#cues.at(-1);
    if (last && last.endMs > atMs) this.#cues[this.#cues.length - 1] = { ...last, endMs: atMs };
    this.#index = -1;
    this.#drawn = null;
    this.#sprite = null;
  }

  /** Times ascend, or go back by no more than {@link KEPT_MS}. */
  at(timeMs: number): Sprite | null {
    this.#forget(timeMs - KEPT_MS);
    const index = this.#find(timeMs);
    if (index !== this.#index) {
      this.#index = index;
      this.#said = -1;
      this.#sprite = null;
      this.#drawn = index < 0 ? null : drawCue(this.#cues[index], this.#size, this.#settings, this.metrics);
    }
    const drawn = this.#drawn;
    if (drawn === null) return null;
    const said = drawn.words.filter((word) => word.startMs <= timeMs).length;
    if (this.#sprite === null || said !== this.#said) {
      this.#said = said;
      this.#sprite = spriteAt(this.#colours(drawn, timeMs), drawn.width, drawn.height, drawn.x, drawn.y);
    }
    return this.#sprite;
  }

  #forget(beforeMs: number): void {
    let past = 0;
    while (past < this.#cues.length && this.#cues[past].endMs < beforeMs) past += 1;
    if (past < FORGOTTEN_AT_ONCE) return;
    this.#cues.splice(0, past);
    this.#index = this.#index < past ? -1 : this.#index - past;
  }

  /** The cue's picture with the words that have begun taken from the lit one. */
  #colours(drawn: Drawn, timeMs: number): Uint8ClampedArray {
    const { lit, plain, width } = drawn;
    if (lit === null) return plain;
    const mixed = plain.slice();
    for (const word of drawn.words) {
      if (word.startMs > timeMs) continue;
      for (let y = word.top; y < word.bottom; y++) {
        const from = (y * width + Math.max(0, word.left)) * 4;
        const to = (y * width + Math.min(width, word.right)) * 4;
        if (to > from) mixed.set(lit.subarray(from, to), from);
      }
    }
    return mixed;
  }

  /** The cue on show at a time: the last that has begun, if it has not ended. −1 for none. */
  #find(timeMs: number): number {
    const cues = this.#cues;
    let low = 0;
    for (let high = cues.length; low < high; ) {
      const mid = (low + high) >> 1;
      if (cues[mid].startMs <= timeMs) low = mid + 1;
      else high = mid;
    }
    const index = low - 1;
    return index >= 0 && timeMs < cues[index].endMs ? index : -1;
  }
}
