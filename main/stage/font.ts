/** The stage's typeface: Noto Sans SC (SIL Open Font Licence) from its npm package, with the system's fonts behind it. */
import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts, type SKRSContext2D } from '@napi-rs/canvas';
import { StudioError } from '../../app/errors/index.ts';

export type FontWeight = 'medium' | 'bold';

const FACES = {
  medium: {
    family: 'Shenghua Stage',
    css: 500,
    file: '@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf',
  },
  bold: {
    family: 'Shenghua Stage Bold',
    css: 700,
    file: '@expo-google-fonts/noto-sans-sc/700Bold/NotoSansSC_700Bold.ttf',
  },
} as const;
const registered = new Set<FontWeight>();

function register(weight: FontWeight): void {
  if (registered.has(weight)) return;
  const { file, family } = FACES[weight];
  let detail: string = file;
  try {
    if (GlobalFonts.registerFromPath(createRequire(import.meta.url).resolve(file), family) !== null)
      registered.add(weight);
  } catch (cause) {
    detail = cause instanceof Error ? cause.message : String(cause);
  }
  if (!registered.has(weight)) throw new StudioError('stage.font-missing', { detail });
}

/** A CSS font of the stage's typeface at an em size. Loads the font on first use. Throws `stage.font-missing`. */
export function stageFont(emPx: number, weight: FontWeight = 'medium'): string {
  register(weight);
  const { css, family } = FACES[weight];
  return `${css} ${emPx}px "${family}", "Noto Color Emoji", "Apple Color Emoji", "Segoe UI Emoji", sans-serif`;
}

/**
 * As the typeface is to draw it: its ’ is a whole em wide, meant to close a Chinese quotation, so that after a Latin letter the
 * typewriter's stands for it.
 */
export const drawn = (text: string): string => text.replace(/(?<=\p{Script=Latin})’/gu, "'");

/** A measuring function for the typeface at one size; results are remembered, up to a bound. */
export function createMeasure(emPx: number, weight: FontWeight = 'medium'): (text: string) => number {
  const context: SKRSContext2D = createCanvas(1, 1).getContext('2d');
  context.font = stageFont(emPx, weight);
  const known = new Map<string, number>();
  return (text) => {
    let width = known.get(text);
    if (width === undefined) {
      width = context.measureText(drawn(text)).width;
      if (known.size > 20_000) known.clear();
      known.set(text, width);
    }
    return width;
  };
}

/** White-on-anything lettering: a soft dark glow, a dark rim, then the letters. Baseline at y, left edge at x. */
export function drawLettering(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  emPx: number,
  colour: string,
): void {
  const letters = drawn(text);
  context.font = stageFont(emPx);
  context.textBaseline = 'alphabetic';
  context.lineJoin = 'round';
  context.save();
  context.shadowColor = 'rgba(0, 0, 0, 0.55)';
  context.shadowBlur = emPx * 0.16;
  context.shadowOffsetY = emPx * 0.035;
  context.strokeStyle = 'rgba(12, 14, 18, 0.82)';
  context.lineWidth = emPx * 0.11;
  context.strokeText(letters, x, y);
  context.restore();
  context.fillStyle = colour;
  context.fillText(letters, x, y);
}
