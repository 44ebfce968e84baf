/** Changes of the stage that several places make. */
import { original } from 'immer';
import { type Framing, framingSchema } from '../../../app/document/avatar.ts';
import type { Background, Overlay } from '../../../app/document/stage.ts';
import { language } from '../../state/language.ts';
import { editDocument, openDocument } from '../../state/project.ts';
import { showToast } from '../../state/toasts.ts';
import { framingInUse } from './framing-in-use.ts';
import { selectNothing } from './stage-store.ts';

const clamp = (value: number, [least, most]: readonly [number, number]): number =>
  Math.min(most, Math.max(least, value));
const round = (value: number): number => Math.round(value * 10_000) / 10_000;

export const FRAMING_RANGES = { zoom: [0.2, 5], offsetX: [-1, 1], offsetY: [-1, 1] } as const;
export const PLAIN_FRAMING: Framing = framingSchema.parse({});
const OVERLAY_RANGES = { x: [-1, 2], y: [-1, 2], width: [0.02, 3], opacity: [0, 1] } as const;

/** A drag of the avatar: one step of undo until it is sealed. */
export function changeFraming(change: Partial<Framing>): void {
  editDocument(
    'stage.changeFraming',
    (document) => {
      const framing = framingInUse(document);
      if (change.fit !== undefined) framing.fit = change.fit;
      for (const key of ['zoom', 'offsetX', 'offsetY'] as const) {
        const value = change[key];
        if (value !== undefined) framing[key] = round(clamp(value, FRAMING_RANGES[key]));
      }
    },
    { mergeKey: 'stage.framing' },
  );
}

export type OverlayChange = Partial<Pick<Overlay, 'x' | 'y' | 'width' | 'opacity'>>;

export function changeOverlay(id: string, change: OverlayChange): void {
  editDocument(
    'stage.changeOverlay',
    ({ stage }) => {
      const overlay = stage.overlays.find((each) => each.id === id);
      if (overlay === undefined) return;
      for (const key of ['x', 'y', 'width', 'opacity'] as const) {
        const value = change[key];
        if (value !== undefined) overlay[key] = round(clamp(value, OVERLAY_RANGES[key]));
      }
    },
    { mergeKey: `stage.overlay ${id}` },
  );
}

export function removeOverlay(id: string): void {
  const overlays = openDocument()?.stage.overlays ?? [];
  const at = overlays.findIndex((overlay) => overlay.id === id);
  const removed = overlays[at];
  if (removed === undefined) return;
  selectNothing();
  editDocument('stage.removeOverlay', ({ stage }) => {
    stage.overlays = stage.overlays.filter((overlay) => overlay.id !== id);
  });
  const putBack = (): void =>
    editDocument('stage.addOverlay', ({ stage }) => {
      if (!stage.overlays.some((overlay) => overlay.id === id)) stage.overlays.splice(at, 0, removed);
    });
  const { t } = language();
  showToast({ tone: 'info', message: t('stage.overlayRemoved'), action: { label: t('ui.undo'), run: putBack } });
}

/**
 * One place up or down among all layers, over or under the avatar too. Overlays lie in the document from the lowest to the highest
 * within their side of the avatar.
 */
export function moveOverlay(id: string, by: 1 | -1): void {
  editDocument('stage.orderOverlays', ({ stage }) => {
    const overlay = stage.overlays.find((each) => each.id === id);
    if (overlay === undefined) return;
    const plain = original(overlay) ?? overlay;
    const rest = stage.overlays.filter((each) => each.id !== id);
    const side = stage.overlays.filter(({ layer }) => layer === plain.layer);
    const at = side.findIndex((each) => each.id === id);
    const neighbour = side[at + by];
    if (neighbour !== undefined) {
      const place = rest.findIndex((each) => each.id === neighbour.id);
      rest.splice(by > 0 ? place + 1 : place, 0, { ...plain });
    } else if (by > 0 && plain.layer === 'behind') {
      const place = rest.findIndex(({ layer }) => layer === 'front');
      rest.splice(place < 0 ? rest.length : place, 0, { ...plain, layer: 'front' });
    } else if (by < 0 && plain.layer === 'front') rest.push({ ...plain, layer: 'behind' });
    else return;
    stage.overlays = rest;
  });
}

export function setBackground(background: Background, mergeKey?: string): void {
  editDocument(
    'stage.changeBackground',
    ({ stage }) => {
      stage.background = background;
    },
    mergeKey === undefined ? {} : { mergeKey },
  );
}
