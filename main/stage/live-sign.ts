/** Overlays that stand still: words in a box, pictures, QR codes. */
import { encode } from 'uqr';
import type { LiveOverlay } from '../../app/document/live-overlays.ts';
import type { Sprite } from './i420.ts';
import {
  canvasOf,
  castSheet,
  centredBaseline,
  clampedLines,
  DARK,
  drawable,
  fillGround,
  type LiveStage,
  lettering,
  oneLine,
  paintSprite,
  px,
  SHEET,
  shadowPad,
  write,
} from './live-paint.ts';
import { spriteAt } from './overlays.ts';
import type { Picture } from './picture.ts';

type Kind<K extends LiveOverlay['kind']> = Extract<LiveOverlay, { kind: K }>;
const LINE = 1.36;
/** A Han character's ink is about this share of its em square. */
const HAN_INK = 0.92;

/** Lettering whose Han characters are `size` of the stage's shorter side high. */
export const sizedEm = (size: number, stage: LiveStage): number => (size * stage.unit) / HAN_INK;

export function drawText(text: Kind<'text'>, stage: LiveStage): Sprite {
  const width = px(text.place.width, stage.widthPx);
  const letters = lettering(sizedEm(text.size, stage), 'bold');
  const em = letters.emPx;
  const padX = Math.min(em * 0.6, width * 0.1);
  const padY = em * 0.32;
  const row = em * LINE;
  const most = Math.max(1, Math.floor((stage.heightPx - padY * 2) / row));
  const words = drawable(text.text.toWellFormed()).replace(/[^\P{Cc}\n]+/gu, ' ');
  const lines = clampedLines(words, letters.measure, width - padX * 2, most);
  const height = Math.round(Math.max(1, lines.length) * row + padY * 2);
  return paintSprite(
    { x: text.place.x * stage.widthPx, y: text.place.y * stage.heightPx, width, height },
    shadowPad(stage),
    (context) => {
      castSheet(context, width, height, Math.min(em * 0.4, height * 0.3), stage, () =>
        fillGround(context, text.ground, 0, height),
      );
      lines.forEach((line, i) => {
        write(context, line, width / 2, centredBaseline(padY + i * row, row, em), letters, text.textColour, 'centre');
      });
    },
  );
}

export function drawPicture(overlay: Kind<'picture'>, picture: Picture, stage: LiveStage): Sprite {
  const width = px(overlay.place.width, stage.widthPx);
  const height = Math.max(1, Math.round((width * picture.height) / picture.width));
  const x = Math.round(overlay.place.x * stage.widthPx);
  const y = Math.round(overlay.place.y * stage.heightPx);
  if (picture.width === width && picture.height === height) return spriteAt(picture.rgba, width, height, x, y);
  return paintSprite({ x, y, width, height }, 0, (context) => {
    context.imageSmoothingQuality = 'high';
    context.drawImage(canvasOf(picture), 0, 0, width, height);
  });
}

/** ISO/IEC 18004, 9.1: four modules of quiet zone on each side. */
const QUIET = 4;
/** Smaller modules do not outlive an encoder and a phone's camera. */
const LEAST_MODULE_PX = 2;

/** @throws Error where the content is too long for a code, or for one of this size */
export function drawQr(qr: Kind<'qr'>, stage: LiveStage): Sprite {
  const width = px(qr.place.width, stage.widthPx);
  const code = qrCode(qr.content);
  const module = Math.floor(width / (code.length + QUIET * 2));
  if (module < LEAST_MODULE_PX)
    throw new Error(`a QR code of ${code.length} × ${code.length} modules does not fit in ${width} pixels`);
  const side = module * code.length;
  const edge = Math.floor((width - side) / 2);
  const em = Math.min(Math.max(width * 0.085, stage.unit * 0.03), width * 0.13);
  const letters = lettering(em, 'bold');
  const lines = qr.caption === '' ? [] : clampedLines(oneLine(qr.caption), letters.measure, width - em, 2);
  const row = em * 1.3;
  const height = Math.round(edge * 2 + side + (lines.length > 0 ? lines.length * row - edge * 0.35 + em * 0.1 : 0));
  return paintSprite(
    { x: qr.place.x * stage.widthPx, y: qr.place.y * stage.heightPx, width, height },
    shadowPad(stage),
    (context) => {
      castSheet(context, width, height, Math.min(stage.unit * 0.02, edge * 0.7), stage, () => {
        context.fillStyle = SHEET;
        context.fill();
      });
      context.fillStyle = '#000000';
      code.forEach((line, y) => {
        line.forEach((dark, x) => {
          if (dark) context.fillRect(edge + x * module, edge + y * module, module, module);
        });
      });
      lines.forEach((line, i) => {
        const top = edge + side + edge * 0.65 + i * row;
        write(context, line, width / 2, centredBaseline(top, row, em), letters, DARK, 'centre');
      });
    },
  );
}

/** Rows of modules, true is dark. As much error correction as still fits in: video is not kind to small squares. */
function qrCode(content: string): boolean[][] {
  for (const ecc of ['M', 'L'] as const) {
    try {
      return encode(content, { ecc, border: 0 }).data;
    } catch (cause) {
      if (ecc === 'L') throw new Error('its content is too long for a QR code', { cause });
    }
  }
  return [];
}
