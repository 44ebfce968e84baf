/**
 * The visible mark that says the picture is AI-made: words in a corner, in front of everything, all the time.
 * GB 45438-2025 asks for letters no lower than 5 % of the picture's shorter side.
 */
import { createCanvas } from '@napi-rs/canvas';
import type { AiMark } from '../../app/document/stage.ts';
import { wrapText } from '../../app/media/line-break.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import type { Rect } from '../engine/ports/lipsync.ts';
import { createMeasure, drawn, stageFont } from './font.ts';
import type { Sprite } from './i420.ts';
import { spriteAt } from './overlays.ts';

interface Ink {
  top: number;
  bottom: number;
}

/** The rows the letters' ink covers, relative to the baseline, drawn and looked at. */
function inkRows(text: string, emPx: number): Ink | null {
  const baseline = Math.ceil(emPx * 1.5);
  const height = baseline + Math.ceil(emPx);
  const width = Math.max(1, Math.ceil(createMeasure(emPx)(text) + emPx));
  const context = createCanvas(width, height).getContext('2d');
  context.font = stageFont(emPx);
  context.fillText(text, emPx / 2, baseline);
  const { data } = context.getImageData(0, 0, width, height);
  let ink: Ink | null = null;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3] < 128) continue;
      ink ??= { top: y - baseline, bottom: y - baseline };
      ink.bottom = y - baseline + 1;
      break;
    }
  }
  return ink;
}

/** The smallest em size whose letters' ink is at least `heightPx` rows high (quarter pixels). */
function emForInk(text: string, heightPx: number): number {
  const probe = inkRows(text, 200);
  // Nothing to be seen (spaces only): the em square itself.
  if (probe === null) return heightPx;
  let em = (heightPx * 200) / (probe.bottom - probe.top) - 2;
  for (let step = 0; step < 40; step++, em += 0.25) {
    const ink = inkRows(text, em);
    if (ink && ink.bottom - ink.top >= heightPx) break;
  }
  return em;
}

/** Margin from the stage's edges, as a share of its shorter side. */
const MARGIN = 0.04;

/** Draws the mark; null when it is switched off. `keepOut`: the subtitles' area, which a mark at the bottom stands above. */
export function aiMarkSprite(mark: AiMark, size: StageSize, keepOut: Rect | null): Sprite | null {
  if (!mark.visible) return null;
  const { widthPx: W, heightPx: H } = size;
  const shorter = Math.min(W, H);
  const text =
    mark.text
      .toWellFormed()
      .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
      .trim() || 'AI';
  const inkHeight = Math.ceil(mark.height * shorter);
  const em = emForInk(text, inkHeight);
  const margin = Math.round(shorter * MARGIN);
  const padX = Math.round(inkHeight * 0.42);
  const padY = Math.round(inkHeight * 0.3);
  const measure = createMeasure(em);
  const lines = wrapText(text, measure, W - 2 * (margin + padX));
  const lineHeight = Math.ceil(em * 1.25);
  const ink = inkRows(text, em) ?? { top: -inkHeight, bottom: 0 };
  const width = Math.ceil(Math.max(...lines.map(measure))) + padX * 2;
  const height = ink.bottom - ink.top + lineHeight * (lines.length - 1) + padY * 2;

  const context = createCanvas(width, height).getContext('2d');
  context.fillStyle = 'rgba(10, 12, 16, 0.46)';
  context.beginPath();
  context.roundRect(0, 0, width, height, Math.min(height / 2, inkHeight * 0.38));
  context.fill();
  context.font = stageFont(em);
  context.shadowColor = 'rgba(0, 0, 0, 0.5)';
  context.shadowBlur = em * 0.08;
  context.fillStyle = 'rgba(255, 255, 255, 0.96)';
  lines.forEach((line, i) => {
    context.fillText(drawn(line), (width - measure(line)) / 2, padY - ink.top + lineHeight * i);
  });
  const right = mark.corner.endsWith('right');
  const bottom = mark.corner.startsWith('bottom');
  const x = right ? W - margin - width : margin;
  const lowest = keepOut === null ? H - margin : Math.min(H - margin, Math.floor(keepOut.y) - Math.round(margin / 2));
  const y = bottom ? lowest - height : margin;
  return spriteAt(context.getImageData(0, 0, width, height).data, width, height, x, y);
}
