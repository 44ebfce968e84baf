/** Stage sizes: the presets a person can name, and the one the studio picks by itself. */
import { StudioError } from '../errors/index.ts';

export interface StageSize {
  /** Even. */
  widthPx: number;
  /** Even. */
  heightPx: number;
}

export const STAGE_SHAPES = ['landscape', 'portrait', 'square'] as const;
export type StageShape = (typeof STAGE_SHAPES)[number];
/** The shorter side: "720p" is 1280×720, 720×1280 or 720×720. */
export const STAGE_LINES = [480, 720, 1080] as const;
export type StageLines = (typeof STAGE_LINES)[number];

/** The shape a stage is nearest to. */
export function stageShapeOf({ widthPx, heightPx }: StageSize): StageShape {
  const aspect = widthPx / heightPx;
  return aspect > 4 / 3 - 0.01 ? 'landscape' : aspect < 3 / 4 + 0.01 ? 'portrait' : 'square';
}

const LONG_SIDE: Record<StageLines, number> = { 480: 854, 720: 1280, 1080: 1920 };
const MIN_SIDE = 64;
const MAX_SIDE = 4096;

export function presetSize(lines: StageLines, shape: StageShape): StageSize {
  if (shape === 'square') return { widthPx: lines, heightPx: lines };
  const long = LONG_SIDE[lines];
  return shape === 'landscape' ? { widthPx: long, heightPx: lines } : { widthPx: lines, heightPx: long };
}

/** Every preset by name; landscape is the plain name (`720p`, `720p-portrait`, `720p-square`). */
export const STAGE_PRESETS: Readonly<Record<string, StageSize>> = Object.fromEntries(
  STAGE_LINES.flatMap((lines) =>
    STAGE_SHAPES.map((shape) => [shape === 'landscape' ? `${lines}p` : `${lines}p-${shape}`, presetSize(lines, shape)]),
  ),
);

const RATIOS: Readonly<Record<string, StageShape>> = { '16:9': 'landscape', '9:16': 'portrait', '1:1': 'square' };

/**
 * Reads what a person wrote for a size: a preset (`720p`, `1080p-portrait`), a shape (`9:16`, `portrait`, at 720p) or
 * `1280x720`. Throws `stage.bad-size`.
 */
export function parseStageSize(text: string): StageSize {
  const wanted = text.trim().toLowerCase();
  if (Object.hasOwn(STAGE_PRESETS, wanted)) return { ...STAGE_PRESETS[wanted] };
  const explicitLandscape = /^(\d+p)-landscape$/.exec(wanted)?.[1];
  if (explicitLandscape !== undefined && Object.hasOwn(STAGE_PRESETS, explicitLandscape)) {
    return { ...STAGE_PRESETS[explicitLandscape] };
  }
  const shape = Object.hasOwn(RATIOS, wanted) ? RATIOS[wanted] : STAGE_SHAPES.find((name) => name === wanted);
  if (shape !== undefined) return presetSize(720, shape);
  const match = /^(\d{2,4})\s*[x×*]\s*(\d{2,4})$/.exec(wanted);
  if (match) {
    const size = { widthPx: Number(match[1]), heightPx: Number(match[2]) };
    const fits = (side: number) => side >= MIN_SIDE && side <= MAX_SIDE && side % 2 === 0;
    if (fits(size.widthPx) && fits(size.heightPx)) return size;
  }
  throw new StudioError('stage.bad-size', { size: text.slice(0, 60) });
}

/** The document's size, or 720p in the shape nearest to a picture of this width / height. */
export function chooseStageSize(size: StageSize | null, pictureAspect: number): StageSize {
  if (size !== null) return size;
  const distance = (shape: StageShape) => {
    const { widthPx, heightPx } = presetSize(720, shape);
    return Math.abs(Math.log(pictureAspect) - Math.log(widthPx / heightPx));
  };
  const nearest = STAGE_SHAPES.reduce((best, shape) => (distance(shape) < distance(best) ? shape : best));
  return presetSize(720, nearest);
}
