/** What the live overlays are painted with: lettering, prices, boxes and pictures on a canvas, cut into sprites. */
import { type Canvas, createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { atomise, fitAtoms, type Measure, wrapText } from '../../app/media/line-break.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { createMeasure, drawn, type FontWeight, stageFont } from './font.ts';
import type { Sprite } from './i420.ts';
import { spriteAt } from './overlays.ts';
import type { Picture } from './picture.ts';

/** Where overlays are drawn, and how large "large" is there. */
export interface LiveStage extends StageSize {
  /** Lengths of lettering, rounding and shadows are shares of this: the shorter side. */
  unit: number;
}
export const liveStage = ({ widthPx, heightPx }: StageSize): LiveStage => ({
  ...{ widthPx, heightPx, unit: Math.min(widthPx, heightPx) },
});

/** The frame's moment, as far as an overlay's look depends on it. */
export interface OverlayMoment {
  /** Since it was shown, ms of stream. */
  shownMs: number;
  /** Unix time; null while nobody has said it. */
  wallMs: number | null;
}

/** An overlay made ready for one stage. */
export interface DrawnOverlay {
  /**
   * Its picture at a moment; the same object again means nothing has changed. null: nothing to be seen. What was given before is not
   * to be drawn any more.
   */
  at(moment: OverlayMoment): Sprite | null;
  /** 0 to 1 where it fades out by itself; 1 unless given. */
  presence?(moment: OverlayMoment): number;
}

export const DARK = '#1c1f26';
export const SHEET = '#ffffff';

let emojiFont: boolean | undefined;
/** Emoji are the system's: where it has none they are left out, as no empty boxes go on air. */
export function drawable(text: string): string {
  emojiFont ??= GlobalFonts.families.some(({ family }) => /emoji/i.test(family));
  return emojiFont ? text : text.replace(/\p{RI}|\p{Emoji_Presentation}|\p{Emoji}\ufe0f|[\u200d\ufe0f]|\p{EMod}/gu, '');
}

/** Control characters and line ends become spaces. */
export const oneLine = (text: string): string =>
  drawable(text.toWellFormed())
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();

export const px = (share: number, whole: number): number => Math.max(1, Math.round(share * whole));

export function mixColour(colour: string, into: string, share: number): string {
  const channel = (hex: string, at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(colour, at) * (1 - share) + channel(into, at) * share));
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** Lettering of one size. */
export interface Lettering {
  emPx: number;
  weight: FontWeight;
  measure: Measure;
}
export const lettering = (emPx: number, weight: FontWeight = 'medium'): Lettering => ({
  ...{ emPx, weight, measure: createMeasure(emPx, weight) },
});

/** The largest size from `emPx` down to `leastPx` at which the text is no wider than `maxWidthPx`. */
export function fittingLettering(
  text: string,
  emPx: number,
  leastPx: number,
  maxWidthPx: number,
  weight: FontWeight = 'medium',
): Lettering {
  const width = createMeasure(emPx, weight)(text);
  return lettering(width <= maxWidthPx ? emPx : Math.max(leastPx, (emPx * maxWidthPx) / width), weight);
}

/** As much of a line as fits, with an ellipsis where it does not. */
export function ellipsised(text: string, measure: Measure, maxWidthPx: number): string {
  if (measure(text) <= maxWidthPx) return text;
  const letters = Array.from(
    new Intl.Segmenter('zh', { granularity: 'grapheme' }).segment(text),
    ({ segment }) => segment,
  );
  let low = 0;
  for (let high = letters.length; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (measure(`${letters.slice(0, middle).join('').trimEnd()}…`) <= maxWidthPx) low = middle;
    else high = middle - 1;
  }
  return `${letters.slice(0, low).join('').trimEnd()}…`;
}

/** Text on at most so many lines, evenly where it fits, else filled up and ended by an ellipsis. */
export function clampedLines(text: string, measure: Measure, maxWidthPx: number, maxLines: number): string[] {
  const lines = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : wrapText(line, measure, maxWidthPx)));
  if (lines.length <= maxLines) return lines;
  const filled: string[] = [];
  const atoms = fitAtoms(atomise(text.replaceAll(/\s*\n\s*/g, ' ')), measure, maxWidthPx);
  let at = 0;
  while (filled.length < maxLines - 1 && at < atoms.length) {
    let line = '';
    while (at < atoms.length && (line === '' || measure((line + atoms[at]!.text).trimEnd()) <= maxWidthPx))
      line += atoms[at++]!.text;
    filled.push(line.trim());
  }
  const rest = atoms
    .slice(at)
    .map((atom) => atom.text)
    .join('')
    .trim();
  return [...filled, ellipsised(rest, measure, maxWidthPx)];
}

export type Align = 'left' | 'centre' | 'right';

/** Baseline at y; x is the line's left end, middle or right end. */
export function write(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  { emPx, weight, measure }: Lettering,
  colour: string,
  align: Align = 'left',
): void {
  context.font = stageFont(emPx, weight);
  context.textBaseline = 'alphabetic';
  context.fillStyle = colour;
  const left = align === 'left' ? x : align === 'centre' ? x - measure(text) / 2 : x - measure(text);
  context.fillText(drawn(text), left, y);
}

/** Where the baseline stands in a row of this height so that capitals and Han characters look centred. */
export const centredBaseline = (top: number, height: number, emPx: number): number => top + height / 2 + emPx * 0.36;

interface PricePiece {
  text: string;
  /** Share of the price's own size. */
  size: number;
}

/** Currency words that stand after the number. */
const CURRENCY_AFTER = /^\s*(?:元|块|圆|円|원|€|£|\$|USD|EUR|CNY|RMB|HKD|JPY)/i;

/** `99.9` as `¥` `99` `.9`: the sign and what follows the whole number are smaller. Words without a number stay words. */
export function pricePieces(price: string): PricePiece[] {
  const text = oneLine(price);
  const [, sign = '', whole = '', cents = '', tail = ''] =
    /^([^\d\s]{0,4}?)\s*(\d[\d,]*)(\.\d+)?(.*)$/u.exec(text) ?? [];
  if (whole === '') return text === '' ? [] : [{ text, size: 0.72 }];
  const written = sign === '' && !CURRENCY_AFTER.test(tail) ? '¥' : sign;
  return [
    { text: written.replace('￥', '¥'), size: 0.62 },
    { text: whole, size: 1 },
    { text: cents, size: 0.58 },
    { text: tail.trimEnd(), size: 0.5 },
  ].filter(({ text: piece }) => piece !== '');
}

export interface PriceLine {
  width: number;
  emPx: number;
  draw(context: SKRSContext2D, x: number, baseline: number, colour: string): void;
}

/** A price in one line, made smaller until it fits. */
export function priceLine(price: string, emPx: number, maxWidthPx: number): PriceLine | null {
  const pieces = pricePieces(price);
  if (pieces.length === 0) return null;
  const gap = 0.05;
  const at = (em: number) => {
    const laid = pieces.map(({ text, size }) => ({ text, letters: lettering(em * size, 'bold') }));
    const widths = laid.map(({ text, letters }) => letters.measure(text));
    return { laid, widths, width: widths.reduce((sum, width) => sum + width, 0) + gap * em * (pieces.length - 1) };
  };
  const wanted = at(emPx);
  const em = wanted.width <= maxWidthPx ? emPx : (emPx * maxWidthPx) / wanted.width;
  const { laid, widths, width } = em === emPx ? wanted : at(em);
  return {
    width,
    emPx: em,
    draw: (context, x, baseline, colour) => {
      let left = x;
      laid.forEach(({ text, letters }, i) => {
        write(context, text, left, baseline, letters, colour);
        left += widths[i]! + gap * em;
      });
    },
  };
}

/** The price it was, struck through. */
export function writeStruck(
  context: SKRSContext2D,
  text: string,
  x: number,
  baseline: number,
  letters: Lettering,
  colour: string,
): void {
  write(context, text, x, baseline, letters, colour);
  const width = letters.measure(text);
  context.strokeStyle = colour;
  context.lineWidth = Math.max(1, letters.emPx * 0.075);
  context.beginPath();
  context.moveTo(x - letters.emPx * 0.06, baseline - letters.emPx * 0.34);
  context.lineTo(x + width + letters.emPx * 0.06, baseline - letters.emPx * 0.34);
  context.stroke();
}

/** The sign in front where a bare number was written. */
export const pricePlain = (price: string): string =>
  pricePieces(price)
    .map(({ text }) => text)
    .join('');

export function roundedBox(
  context: SKRSContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  radii: number | number[],
): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radii);
}

/** A box of the ground's colour, a little lighter above than below. */
export function fillGround(context: SKRSContext2D, colour: string, top: number, height: number): void {
  const gradient = context.createLinearGradient(0, top, 0, top + height);
  gradient.addColorStop(0, mixColour(colour, '#ffffff', 0.08));
  gradient.addColorStop(1, mixColour(colour, '#000000', 0.06));
  context.fillStyle = gradient;
  context.fill();
}

export function canvasOf({ width, height, rgba }: Picture): Canvas {
  const canvas = createCanvas(width, height);
  const context = canvas.getContext('2d');
  const image = context.createImageData(width, height);
  image.data.set(rgba);
  context.putImageData(image, 0, 0);
  return canvas;
}

/** The picture so that it fills a box, its middle kept. */
export function drawCovering(
  context: SKRSContext2D,
  picture: Picture,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const scale = Math.max(width / picture.width, height / picture.height);
  const w = width / scale;
  const h = height / scale;
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(canvasOf(picture), (picture.width - w) / 2, (picture.height - h) / 2, w, h, x, y, width, height);
}

/**
 * Paints a box of the overlay's place and cuts it into a sprite. `pad` is room around it for its shadow; the painter's origin is the
 * box's corner.
 */
export function paintSprite(
  box: { x: number; y: number; width: number; height: number },
  pad: number,
  paint: (context: SKRSContext2D) => void,
): Sprite {
  const width = Math.ceil(box.width) + pad * 2;
  const height = Math.ceil(box.height) + pad * 2;
  const context = createCanvas(width, height).getContext('2d');
  context.translate(pad, pad);
  paint(context);
  const { data } = context.getImageData(0, 0, width, height);
  return spriteAt(data, width, height, Math.round(box.x) - pad, Math.round(box.y) - pad);
}

/** A sheet with rounded corners that stands a little off the stage. Leaves the path of its edge as the clip. */
export function castSheet(
  context: SKRSContext2D,
  width: number,
  height: number,
  radius: number,
  stage: LiveStage,
  fill: () => void,
): void {
  context.save();
  context.shadowColor = 'rgba(0, 0, 0, 0.34)';
  context.shadowBlur = stage.unit * 0.016;
  context.shadowOffsetY = stage.unit * 0.004;
  roundedBox(context, 0, 0, width, height, radius);
  fill();
  context.restore();
}
/** Room for {@link castSheet}'s shadow. */
export const shadowPad = (stage: LiveStage): number => Math.ceil(stage.unit * 0.024);
