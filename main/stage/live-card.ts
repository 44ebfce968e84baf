/** Product cards and prices. */

import type { SKRSContext2D } from '@napi-rs/canvas';
import type { LiveOverlay } from '../../app/document/live-overlays.ts';
import type { Sprite } from './i420.ts';
import {
  castSheet,
  centredBaseline,
  clampedLines,
  DARK,
  drawCovering,
  ellipsised,
  fillGround,
  type Lettering,
  type LiveStage,
  lettering,
  mixColour,
  oneLine,
  paintSprite,
  priceLine,
  pricePlain,
  px,
  roundedBox,
  SHEET,
  shadowPad,
  write,
  writeStruck,
} from './live-paint.ts';
import type { Picture } from './picture.ts';

type Card = Extract<LiveOverlay, { kind: 'card' }>;
type Price = Extract<LiveOverlay, { kind: 'price' }>;

/** From this share of the stage's shorter side on the picture stands beside the words, not above them. */
const WIDE = 0.46;
const LINE = 1.3;

/** A price and the one before it on a ground of its own, from `x` to `x + width`. */
function paintPriceBar(
  context: SKRSContext2D,
  { price, priceBefore, ground, textColour }: Pick<Card, 'price' | 'priceBefore' | 'ground' | 'textColour'>,
  { x, y, width, height, radii }: { x: number; y: number; width: number; height: number; radii: number | number[] },
): void {
  roundedBox(context, x, y, width, height, radii);
  fillGround(context, ground, y, height);
  const pad = height * 0.22;
  const room = width - pad * 2;
  const before = priceBefore === '' ? '' : pricePlain(priceBefore);
  const big = priceLine(price === '' ? priceBefore : price, height * 0.72, before === '' ? room : room * 0.72);
  if (big === null) return;
  const baseline = centredBaseline(y, height, big.emPx);
  big.draw(context, x + pad, baseline, textColour);
  if (before === '' || price === '') return;
  const small = lettering(Math.max(height * 0.36, big.emPx * 0.5));
  const left = room - big.width - small.emPx * 0.6;
  if (small.measure(before) > left) return;
  const faint = mixColour(textColour, ground, 0.22);
  writeStruck(context, before, x + pad + big.width + small.emPx * 0.55, baseline, small, faint);
}

function paintLines(context: SKRSContext2D, lines: string[], x: number, top: number, letters: Lettering): void {
  lines.forEach((line, i) => {
    const rowTop = top + i * letters.emPx * LINE;
    write(context, line, x, centredBaseline(rowTop, letters.emPx * LINE, letters.emPx), letters, DARK);
  });
}

/** A line of its own on a tint of the ground. */
function paintNote(
  context: SKRSContext2D,
  note: string,
  ground: string,
  letters: Lettering,
  x: number,
  y: number,
  maxWidth: number,
): void {
  const pad = letters.emPx * 0.42;
  const text = ellipsised(note, letters.measure, maxWidth - pad * 2);
  const height = letters.emPx * 1.5;
  roundedBox(context, x, y, letters.measure(text) + pad * 2, height, letters.emPx * 0.3);
  context.fillStyle = mixColour(ground, '#ffffff', 0.88);
  context.fill();
  write(context, text, x + pad, centredBaseline(y, height, letters.emPx), letters, mixColour(ground, '#000000', 0.12));
}

/** `picture` null: drawn without one. */
export function drawCard(card: Card, picture: Picture | null, stage: LiveStage): Sprite {
  const width = px(card.place.width, stage.widthPx);
  const box = { x: card.place.x * stage.widthPx, y: card.place.y * stage.heightPx, width };
  const wide = picture === null || width >= stage.unit * WIDE;
  return wide ? wideCard(card, picture, stage, box) : tallCard(card, picture, stage, box);
}

interface Box {
  x: number;
  y: number;
  width: number;
}

function wideCard(card: Card, picture: Picture | null, stage: LiveStage, box: Box): Sprite {
  const { width } = box;
  const inset = Math.round(width * 0.032);
  const radius = Math.min(stage.unit * 0.025, width * 0.05);
  const side = picture === null ? 0 : Math.round(width * 0.33);
  const left = picture === null ? inset * 1.6 : inset * 2 + side;
  const room = width - left - inset * (picture === null ? 1.6 : 1);
  const em = Math.min(Math.max(width * 0.058, stage.unit * 0.03), width * 0.085);
  const title = lettering(em, 'bold');
  const lines = clampedLines(oneLine(card.title), title.measure, room, 2);
  const noteText = oneLine(card.note);
  const note = lettering(em * 0.76);
  const noteHeight = noteText === '' ? 0 : note.emPx * 1.5;
  const barHeight = card.price === '' && card.priceBefore === '' ? 0 : Math.round(em * 2.15);
  const gap = em * 0.36;
  const rows = [lines.length * em * LINE, noteHeight, barHeight].filter((height) => height > 0);
  const content = rows.reduce((sum, height) => sum + height, 0) + gap * (rows.length - 1);
  const edge = picture === null ? inset * 1.3 : inset;
  const height = Math.round(Math.max(side, content) + edge * 2);
  return paintSprite({ ...box, height }, shadowPad(stage), (context) => {
    castSheet(context, width, height, radius, stage, () => {
      context.fillStyle = SHEET;
      context.fill();
    });
    if (picture) {
      context.save();
      roundedBox(context, inset, (height - side) / 2, side, side, radius * 0.7);
      context.clip();
      context.fillStyle = '#f2f3f5';
      context.fill();
      drawCovering(context, picture, inset, (height - side) / 2, side, side);
      context.restore();
    }
    // Words from above, the price on the ground of the card.
    paintLines(context, lines, left, edge - em * 0.1, title);
    if (noteText !== '')
      paintNote(context, noteText, card.ground, note, left, edge + lines.length * em * LINE + gap * 0.7, room);
    if (barHeight > 0)
      paintPriceBar(context, card, {
        ...{ x: left, y: height - edge - barHeight, width: room, height: barHeight, radii: barHeight * 0.24 },
      });
  });
}

function tallCard(card: Card, picture: Picture | null, stage: LiveStage, box: Box): Sprite {
  const { width } = box;
  const radius = Math.min(stage.unit * 0.025, width * 0.08);
  const inset = Math.round(width * 0.06);
  const side = width;
  const em = Math.min(Math.max(width * 0.088, stage.unit * 0.028), width * 0.13);
  const title = lettering(em, 'bold');
  const room = width - inset * 2;
  const lines = clampedLines(oneLine(card.title), title.measure, room, 2);
  const noteText = oneLine(card.note);
  const note = lettering(em * 0.8);
  const noteHeight = noteText === '' ? 0 : note.emPx * 1.5 + em * 0.3;
  const barHeight = card.price === '' && card.priceBefore === '' ? 0 : Math.round(em * 2.3);
  const words = lines.length * em * LINE + noteHeight;
  const height = Math.round(side + inset * 0.7 + words + inset * 0.7 + barHeight);
  return paintSprite({ ...box, height }, shadowPad(stage), (context) => {
    castSheet(context, width, height, radius, stage, () => {
      context.fillStyle = SHEET;
      context.fill();
    });
    context.save();
    roundedBox(context, 0, 0, width, height, radius);
    context.clip();
    if (picture) drawCovering(context, picture, 0, 0, side, side);
    context.restore();
    paintLines(context, lines, inset, side + inset * 0.7, title);
    if (noteText !== '')
      paintNote(
        context,
        noteText,
        card.ground,
        note,
        inset,
        side + inset * 0.7 + lines.length * em * LINE + em * 0.3,
        room,
      );
    if (barHeight > 0)
      paintPriceBar(context, card, {
        ...{ x: 0, y: height - barHeight, width, height: barHeight, radii: [0, 0, radius, radius] },
      });
  });
}

/** A price by itself: its line above, the price large, the one before struck through beneath or beside it. */
export function drawPrice(price: Price, stage: LiveStage): Sprite {
  const width = px(price.place.width, stage.widthPx);
  const { ground, textColour } = price;
  const inset = Math.round(Math.min(width * 0.07, stage.unit * 0.03));
  const room = width - inset * 2;
  const big = priceLine(price.price, Math.min(width * 0.34, stage.unit * 0.13), room);
  const em = big?.emPx ?? 0;
  const small = lettering(Math.max(em * 0.3, stage.unit * 0.03));
  const noteText = ellipsised(oneLine(price.note), small.measure, room);
  const before = price.priceBefore === '' ? '' : ellipsised(pricePlain(price.priceBefore), small.measure, room);
  const row = small.emPx * 1.35;
  const beside = before !== '' && (big?.width ?? 0) + small.emPx * 0.6 + small.measure(before) <= room;
  const below = before !== '' && !beside;
  const bigRow = em * 1.12;
  const height = Math.round(inset * 1.3 + (noteText === '' ? 0 : row) + bigRow + (below ? row : 0));
  const faint = mixColour(textColour, ground, 0.2);
  return paintSprite(
    { x: price.place.x * stage.widthPx, y: price.place.y * stage.heightPx, width, height },
    shadowPad(stage),
    (context) => {
      castSheet(context, width, height, Math.min(stage.unit * 0.025, height * 0.2), stage, () =>
        fillGround(context, ground, 0, height),
      );
      let y = inset * 0.65;
      if (noteText !== '') {
        write(context, noteText, inset, centredBaseline(y, row, small.emPx), small, textColour);
        y += row;
      }
      const baseline = centredBaseline(y, bigRow, em);
      big?.draw(context, inset, baseline, textColour);
      if (beside) writeStruck(context, before, inset + big!.width + small.emPx * 0.6, baseline, small, faint);
      if (below) writeStruck(context, before, inset, centredBaseline(y + bigRow, row, small.emPx), small, faint);
    },
  );
}
