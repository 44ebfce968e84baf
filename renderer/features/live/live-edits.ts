/** Changes of what a project says about going on air. */
import type { Draft } from 'immer';
import type { AssetRef } from '../../../app/document/asset.ts';
import {
  type Destination,
  destinationSchema,
  type LiveSettings,
  type Scene,
  type Segment,
  sceneSchema,
  segmentSchema,
} from '../../../app/document/live.ts';
import { type LiveOverlay, liveOverlaySchema } from '../../../app/document/live-overlays.ts';
import type { PlatformId } from '../../../app/live/platforms.ts';
import { PLATFORMS } from '../../../app/live/platforms.ts';
import type { MessageKey } from '../../i18n/index.ts';
import { language } from '../../state/language.ts';
import { editDocument, openDocument } from '../../state/project.ts';
import { showToast } from '../../state/toasts.ts';
import { chooseOverlay, chooseScene, chooseSegment } from './live-store.ts';

export const PARTS = ['opening', 'segments', 'closing'] as const;
export type Part = (typeof PARTS)[number];

export function editLive(label: MessageKey, recipe: (live: Draft<LiveSettings>) => void, mergeKey?: string): void {
  editDocument(label, ({ live }) => recipe(live), mergeKey === undefined ? {} : { mergeKey });
}

/** What was removed can be put back by the word that says so. */
function tellRemoved(message: string, label: MessageKey, putBack: (live: Draft<LiveSettings>) => void): void {
  const { t } = language();
  showToast({ tone: 'info', message, action: { label: t('ui.undo'), run: () => editLive(label, putBack) } });
}

// ---- segments

export type SegmentKind = Segment['kind'];
/** Recordings and inserts are made of a file. */
export type NewSegment = { kind: 'script' | 'idle' } | { kind: 'recording' | 'insert'; asset: AssetRef };

export function addSegment(part: Part, what: NewSegment): void {
  const id = crypto.randomUUID();
  const line = { id: crypto.randomUUID(), text: '' };
  const own = {
    script: { lines: [line] },
    idle: { durationMs: 10_000 },
    recording: {},
    insert: {},
  }[what.kind];
  const segment = segmentSchema.parse({ id, ...what, ...own });
  editLive('live.edit_segmentAdd', ({ show }) => void show[part].push(segment));
  chooseSegment(id);
}

export function findSegment(
  live: LiveSettings | undefined,
  id: string,
): { part: Part; at: number; segment: Segment } | null {
  for (const part of PARTS) {
    const at = live?.show[part].findIndex((segment) => segment.id === id) ?? -1;
    if (at >= 0) return { part, at, segment: live!.show[part][at]! };
  }
  return null;
}

export function changeSegment(id: string, change: (segment: Draft<Segment>) => void, mergeKey?: string): void {
  editLive(
    'live.edit_segment',
    ({ show }) => {
      for (const part of PARTS) {
        const segment = show[part].find((each) => each.id === id);
        if (segment !== undefined) change(segment);
      }
    },
    mergeKey === undefined ? undefined : `segment ${id} ${mergeKey}`,
  );
}

/** Up or down; past the end of a part into the next one. */
export function moveSegment(id: string, by: 1 | -1): void {
  const found = findSegment(openDocument()?.live, id);
  if (found === null) return;
  const { part, at } = found;
  const length = openDocument()!.live.show[part].length;
  const next = PARTS[PARTS.indexOf(part) + by];
  if (at + by >= 0 && at + by < length) placeSegment(id, part, at + by);
  else if (next !== undefined) placeSegment(id, next, by > 0 ? 0 : openDocument()!.live.show[next].length);
}

/** `at`: among the others of that part. */
export function placeSegment(id: string, part: Part, at: number): void {
  const found = findSegment(openDocument()?.live, id);
  if (found === null || (found.part === part && found.at === at)) return;
  editLive('live.edit_segmentMove', ({ show }) => {
    const [segment] = show[found.part].splice(found.at, 1);
    if (segment !== undefined) show[part].splice(at, 0, segment);
  });
}

export function duplicateSegment(id: string): void {
  const found = findSegment(openDocument()?.live, id);
  if (found === null) return;
  const { part, at, segment } = found;
  const copy = structuredClone(segment);
  copy.id = crypto.randomUUID();
  if (copy.kind === 'script') for (const line of copy.lines ?? []) line.id = crypto.randomUUID();
  editLive('live.edit_segmentAdd', ({ show }) => void show[part].splice(at + 1, 0, copy));
  chooseSegment(copy.id);
}

export function removeSegment(id: string): void {
  const found = findSegment(openDocument()?.live, id);
  if (found === null) return;
  const { part, at, segment } = found;
  const rest = openDocument()!.live.show[part];
  editLive('live.edit_segmentRemove', ({ show }) => void show[part].splice(at, 1));
  chooseSegment(rest[at + 1]?.id ?? rest[at - 1]?.id ?? null);
  tellRemoved(language().t('live.segmentRemoved'), 'live.edit_segmentAdd', ({ show }) => {
    if (!show[part].some((each) => each.id === id)) show[part].splice(at, 0, segment as Draft<Segment>);
  });
}

// ---- overlays and scenes: their ids are what markers in the script call them

/** `wish`, else the first of `wish2`, `wish3` … that nothing is called yet. */
export function freeId(wish: string, taken: readonly { id: string }[]): string {
  for (let count = 1; ; count++) {
    const id = count === 1 ? wish : `${wish}${count}`;
    if (!taken.some((each) => each.id === id)) return id;
  }
}
/** What a marker can call; empty where nothing is left. */
export const asId = (text: string): string =>
  text
    .replace(/[^\p{L}\p{N}_-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);

export type OverlayKind = LiveOverlay['kind'];
export const OVERLAY_KINDS = [
  'card',
  'price',
  'text',
  'ticker',
  'countdown',
  'clock',
  'qr',
  'picture',
] as const satisfies readonly OverlayKind[];

const PLACES: Readonly<Record<OverlayKind, { x: number; y: number; width: number }>> = {
  card: { x: 0.03, y: 0.52, width: 0.3 },
  price: { x: 0.03, y: 0.76, width: 0.22 },
  picture: { x: 0.03, y: 0.05, width: 0.16 },
  text: { x: 0.05, y: 0.08, width: 0.4 },
  // Beside the AI mark, clear of subtitles.
  ticker: { x: 0, y: 0, width: 0.78 },
  countdown: { x: 0.72, y: 0.72, width: 0.24 },
  clock: { x: 0.03, y: 0.09, width: 0.16 },
  qr: { x: 0.82, y: 0.55, width: 0.14 },
};

export function addOverlay(kind: OverlayKind, picture: AssetRef | null = null): void {
  const { t } = language();
  const id = freeId(kind, openDocument()?.live.overlays ?? []);
  const own = {
    card: { title: t('live.new_card'), price: t('live.new_price') },
    price: { price: t('live.new_price') },
    picture: { picture },
    text: { text: t('live.new_text') },
    ticker: { text: t('live.new_ticker') },
    countdown: { to: { kind: 'duration', ms: 300_000 }, title: t('live.new_countdown') },
    clock: {},
    qr: { content: t('live.new_qr') },
  }[kind];
  const overlay = liveOverlaySchema.parse({ kind, id, place: PLACES[kind], ...own });
  editLive('live.edit_overlayAdd', ({ overlays }) => void overlays.push(overlay));
  chooseOverlay(id);
}

export function changeOverlay(id: string, change: (overlay: Draft<LiveOverlay>) => void, mergeKey?: string): void {
  editLive(
    'live.edit_overlay',
    ({ overlays }) => {
      const overlay = overlays.find((each) => each.id === id);
      if (overlay !== undefined) change(overlay);
    },
    mergeKey === undefined ? undefined : `overlay ${id} ${mergeKey}`,
  );
}

const clamp = (value: number, least: number, most: number): number =>
  Math.round(Math.min(most, Math.max(least, value)) * 1000) / 1000;

export function placeOverlay(id: string, place: { x?: number; y?: number; width?: number }): void {
  changeOverlay(
    id,
    (overlay) => {
      if (place.x !== undefined) overlay.place.x = clamp(place.x, -1, 1.5);
      if (place.y !== undefined) overlay.place.y = clamp(place.y, -1, 1.5);
      if (place.width !== undefined) overlay.place.width = clamp(place.width, 0.03, 2);
    },
    'place',
  );
}

/** False: it is called so already, or nothing is left of the wish. */
export function renameOverlay(id: string, wish: string): boolean {
  const next = asId(wish);
  const overlays = openDocument()?.live.overlays ?? [];
  if (next === id) return true;
  if (next === '' || overlays.some((each) => each.id === next)) return false;
  editLive('live.edit_overlay', (live) => {
    for (const overlay of live.overlays) if (overlay.id === id) overlay.id = next;
    for (const scene of live.scenes) scene.overlays = scene.overlays.map((each) => (each === id ? next : each));
  });
  chooseOverlay(next);
  return true;
}

export function removeOverlay(id: string): void {
  const overlays = openDocument()?.live.overlays ?? [];
  const at = overlays.findIndex((each) => each.id === id);
  const overlay = overlays[at];
  if (overlay === undefined) return;
  editLive('live.edit_overlayRemove', (live) => {
    live.overlays.splice(at, 1);
    for (const scene of live.scenes) scene.overlays = scene.overlays.filter((each) => each !== id);
  });
  chooseOverlay(overlays[at + 1]?.id ?? overlays[at - 1]?.id ?? null);
  tellRemoved(language().t('live.overlayRemoved'), 'live.edit_overlayAdd', (live) => {
    if (!live.overlays.some((each) => each.id === id)) live.overlays.splice(at, 0, overlay as Draft<LiveOverlay>);
  });
}

export function addScene(): void {
  const { t } = language();
  const scenes = openDocument()?.live.scenes ?? [];
  const id = freeId('scene', scenes);
  const scene = sceneSchema.parse({ id, name: t('live.sceneNumber', { number: scenes.length + 1 }) });
  editLive('live.edit_sceneAdd', (live) => void live.scenes.push(scene));
  chooseScene(id);
}

export function changeScene(id: string, change: (scene: Draft<Scene>) => void, mergeKey?: string): void {
  editLive(
    'live.edit_scene',
    ({ scenes }) => {
      const scene = scenes.find((each) => each.id === id);
      if (scene !== undefined) change(scene);
    },
    mergeKey === undefined ? undefined : `scene ${id} ${mergeKey}`,
  );
}

export function renameScene(id: string, wish: string): boolean {
  const next = asId(wish);
  if (next === id) return true;
  if (next === '' || openDocument()?.live.scenes.some((each) => each.id === next)) return false;
  editLive('live.edit_scene', (live) => {
    for (const scene of live.scenes) if (scene.id === id) scene.id = next;
    for (const part of PARTS) for (const segment of live.show[part]) if (segment.scene === id) segment.scene = next;
  });
  chooseScene(next);
  return true;
}

export function removeScene(id: string): void {
  const scenes = openDocument()?.live.scenes ?? [];
  const at = scenes.findIndex((each) => each.id === id);
  const scene = scenes[at];
  if (scene === undefined) return;
  editLive('live.edit_sceneRemove', (live) => {
    live.scenes.splice(at, 1);
    for (const part of PARTS) for (const segment of live.show[part]) if (segment.scene === id) segment.scene = null;
  });
  chooseScene(scenes[at + 1]?.id ?? scenes[at - 1]?.id ?? null);
  tellRemoved(language().t('live.sceneRemoved'), 'live.edit_sceneAdd', (live) => {
    if (!live.scenes.some((each) => each.id === id)) live.scenes.splice(at, 0, scene as Draft<Scene>);
  });
}

// ---- destinations

export function addDestination(platform: PlatformId): string {
  const id = crypto.randomUUID();
  const destination = destinationSchema.parse({ id, platform, server: PLATFORMS[platform].defaultUrl ?? '' });
  editLive('live.edit_destinationAdd', ({ destinations }) => void destinations.push(destination));
  return id;
}

export function changeDestination(id: string, change: Partial<Omit<Destination, 'id'>>): void {
  editLive('live.edit_destination', ({ destinations }) => {
    const destination = destinations.find((each) => each.id === id);
    if (destination !== undefined) Object.assign(destination, change);
  });
}

export function removeDestination(id: string): void {
  editLive('live.edit_destinationRemove', (live) => {
    live.destinations = live.destinations.filter((each) => each.id !== id);
  });
}
