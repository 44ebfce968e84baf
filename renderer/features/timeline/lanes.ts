/** The lanes of the timeline: where they lie, and how the dense ones are drawn. Lengths are CSS px. */
import type { SpokenLine } from '../../../app/contract/script.ts';
import { VISEME_SHAPES, type Viseme } from '../../../app/speech/visemes.ts';
import type { PlacedLine } from './placed-lines.ts';
import { ticks, toPx, type View } from './time-axis.ts';

export const LANES = ['ruler', 'lines', 'emotion', 'wave', 'words', 'phones'] as const;
export type Lane = (typeof LANES)[number];
export type LaneLayout = Readonly<Record<Lane, { top: number; height: number }>>;

/** Fixed heights, and two lanes that share what is left. `unit` is one px of the interface at its zoom. */
export function layOut(heightPx: number, unit: number): LaneLayout {
  const fixed = { ruler: 20 * unit, lines: 20 * unit, words: 17 * unit, phones: 17 * unit };
  const rest = heightPx - fixed.ruler - fixed.lines - fixed.words - fixed.phones;
  const emotion = Math.round(Math.max(28 * unit, rest * 0.54));
  const heights: Record<Lane, number> = { ...fixed, emotion, wave: Math.max(22 * unit, rest - emotion) };
  let top = 0;
  return Object.fromEntries(
    LANES.map((lane) => {
      const place = { top, height: heights[lane] };
      top += heights[lane];
      return [lane, place];
    }),
  ) as unknown as LaneLayout;
}

export interface Palette {
  text: string;
  faint: string;
  line: string;
  lineStrong: string;
  cell: string;
  cellActive: string;
  wave: string;
  font: string;
}

/** Colours as the theme has them now. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string): string => style.getPropertyValue(name).trim();
  return {
    ...{ text: get('--text-2'), faint: get('--text-3'), line: get('--line'), lineStrong: get('--line-strong') },
    ...{ cell: get('--bg-control'), cellActive: get('--bg-selected'), wave: get('--wave') },
    font: `${Number.parseFloat(style.fontSize) * (10.5 / 13)}px ${get('--font')}`,
  };
}

export interface Scene {
  view: View;
  widthPx: number;
  heightPx: number;
  layout: LaneLayout;
  palette: Palette;
  lines: readonly PlacedLine[];
  spokenOf(lineId: string): SpokenLine | null;
  activeId: string | null;
  /** Instead of the lines' own sound. */
  recording: { stepMs: number; peaks: readonly number[] } | null;
  clock(ms: number): string;
}

/** Narrower than this, what is in a line is not told apart. */
const DETAIL_PX = 10;

export function drawLanes(canvas: HTMLCanvasElement, scene: Scene): void {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(scene.widthPx * ratio), Math.round(scene.heightPx * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, scene.widthPx, scene.heightPx);
  context.font = scene.palette.font;
  context.textBaseline = 'middle';
  const pen: Pen = { context, hair: 1 / ratio, ...scene };
  drawRuler(pen);
  drawEdges(pen);
  for (const line of scene.lines) drawLine(pen, line);
  if (scene.recording !== null) drawWave(pen, 0, scene.recording);
}

interface Pen extends Scene {
  context: CanvasRenderingContext2D;
  /** One device pixel. */
  hair: number;
}

function drawRuler({ context, view, widthPx, layout, palette, hair, clock }: Pen): void {
  const { height } = layout.ruler;
  for (const { atMs, major } of ticks(view, widthPx)) {
    const x = Math.round(toPx(view, atMs)) + 0.5 * hair;
    context.fillStyle = major ? palette.lineStrong : palette.line;
    context.fillRect(x, height * (major ? 0.3 : 0.72), hair, height * (major ? 0.7 : 0.28));
    if (!major) continue;
    context.fillStyle = palette.faint;
    context.fillText(clock(atMs), x + 7, height * 0.48);
  }
}

function drawEdges({ context, layout, widthPx, palette, hair }: Pen): void {
  context.fillStyle = palette.line;
  for (const lane of LANES.slice(1)) context.fillRect(0, Math.round(layout[lane].top), widthPx, hair);
}

function drawLine(pen: Pen, { line, startMs, durationMs }: PlacedLine): void {
  const { context, view, layout, palette, activeId, spokenOf, recording } = pen;
  const left = toPx(view, startMs);
  const width = durationMs * view.pxPerMs;
  if (line.id === activeId) {
    context.fillStyle = palette.cellActive;
    context.globalAlpha = 0.45;
    for (const lane of ['emotion', 'wave', 'words', 'phones'] as const)
      context.fillRect(left, layout[lane].top + 1, width, layout[lane].height - 1);
    context.globalAlpha = 1;
  }
  const spoken = spokenOf(line.id);
  if (spoken === null || recording !== null) {
    if (recording === null) drawUnspoken(pen, left, width);
    return;
  }
  // What was spoken of an older text is stretched to the place the line has now.
  const scale = spoken.durationMs > 0 ? durationMs / spoken.durationMs : 1;
  const near = Math.abs(scale - 1) < 0.02 ? 1 : scale;
  drawWave(pen, startMs, { stepMs: spoken.waveform.stepMs * near, peaks: spoken.waveform.peaks });
  if (width < DETAIL_PX) return;
  for (const { text, startMs: from, endMs: to } of spoken.words)
    drawCell(pen, 'words', startMs + from * near, startMs + to * near, text, 1);
  const openness = visemeOpenness(spoken);
  for (const [index, { phone, startMs: from, endMs: to }] of spoken.phones.entries())
    if (phone !== '') drawCell(pen, 'phones', startMs + from * near, startMs + to * near, phone, openness[index]!);
}

/** How far each phone opens the mouth, 0.25..1: the viseme that is shown in its middle. */
function visemeOpenness({ phones, visemes }: SpokenLine): number[] {
  let at = 0;
  return phones.map(({ startMs, endMs }) => {
    const middle = (startMs + endMs) / 2;
    while (at < visemes.length - 1 && visemes[at]!.endMs <= middle) at++;
    return opennessOf(visemes[at]?.viseme ?? 'sil');
  });
}
const opennessOf = (viseme: Viseme): number => {
  const { jaw, pucker, lowerDrop } = VISEME_SHAPES[viseme];
  return 0.25 + 0.75 * Math.min(1, Math.max(jaw, lowerDrop, pucker * 0.6));
};

function drawUnspoken({ context, layout, palette, hair }: Pen, left: number, width: number): void {
  const { top, height } = layout.wave;
  context.fillStyle = palette.lineStrong;
  context.fillRect(left, top + height / 2, Math.max(hair, width), hair);
}

function drawWave(
  { context, view, widthPx, layout, palette, hair }: Pen,
  startMs: number,
  { stepMs, peaks }: { stepMs: number; peaks: readonly number[] },
): void {
  const { top, height } = layout.wave;
  const middle = top + height / 2;
  const reach = height / 2 - 2;
  const from = Math.max(0, Math.floor(toPx(view, startMs)));
  const to = Math.min(widthPx, Math.ceil(toPx(view, startMs + peaks.length * stepMs)));
  context.fillStyle = palette.wave;
  for (let x = from; x < to; x++) {
    const first = Math.max(0, Math.floor((view.fromMs + x / view.pxPerMs - startMs) / stepMs));
    const last = Math.min(
      peaks.length,
      Math.max(first + 1, Math.floor((view.fromMs + (x + 1) / view.pxPerMs - startMs) / stepMs)),
    );
    let peak = 0;
    for (let i = first; i < last; i++) if (peaks[i]! > peak) peak = peaks[i]!;
    // The ear hears quiet parts too.
    const size = Math.max(hair / 2, Math.sqrt(peak) * reach);
    context.fillRect(x, middle - size, 1, size * 2);
  }
}

function drawCell(pen: Pen, lane: 'words' | 'phones', fromMs: number, toMs: number, text: string, fill: number): void {
  const { context, view, widthPx, layout, palette } = pen;
  const left = toPx(view, fromMs);
  const right = toPx(view, toMs);
  if (right < 0 || left > widthPx) return;
  const { top, height } = layout[lane];
  const width = Math.max(0.5, right - left - 1);
  const inner = height - 4;
  const size = lane === 'phones' ? inner * fill : inner;
  context.fillStyle = palette.cell;
  context.fillRect(left, top + 2 + inner - size, width, size);
  if (width < 7) return;
  const measured = context.measureText(text).width;
  if (measured > width - 2 && lane === 'phones') return;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.fillStyle = palette.text;
  context.fillText(text, measured < width - 4 ? left + (width - measured) / 2 : left + 2, top + height / 2 + 0.5);
  context.restore();
}
