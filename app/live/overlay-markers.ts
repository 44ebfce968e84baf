/** What a script's markers ask of the picture: `[#card apple]`, `[#hide apple]`, `[#hide]`, `[#scene desk]`. Grammar in docs/live.md. */
import type { Scene } from '../document/live.ts';
import type { LiveOverlay } from '../document/live-overlays.ts';
import { StudioError } from '../errors/index.ts';
import type { MarkerPart } from '../speech/plan.ts';

export type MarkerAction =
  | { type: 'show'; id: string }
  | { type: 'hide'; id: string }
  | { type: 'hide-all' }
  | { type: 'scene'; id: string }
  /** It names what there is not; to be shown at the desk, never a reason to stop. */
  | { type: 'warning'; error: StudioError };

/** Names that show an overlay; all but `show` and `logo` are kinds of {@link LiveOverlay}. */
const KIND_NAMES = {
  card: 'card',
  price: 'price',
  picture: 'picture',
  logo: 'picture',
  text: 'text',
  ticker: 'ticker',
  countdown: 'countdown',
  clock: 'clock',
  qr: 'qr',
} as const satisfies Record<string, LiveOverlay['kind']>;

/** Marker names that have a meaning on air; any other is only a named moment. */
export const OVERLAY_MARKERS: readonly string[] = ['show', 'hide', 'scene', ...Object.keys(KIND_NAMES)];

/**
 * The action of a marker; null where it means nothing on air. Capitals in its name do not matter; an id is looked for as written, then
 * without regard to capitals. A kind's name shows whatever overlay is named, and by itself the only one of that kind.
 */
export function markerAction(
  { name, argument }: Pick<MarkerPart, 'name' | 'argument'>,
  live: { overlays: readonly LiveOverlay[]; scenes: readonly Scene[] },
): MarkerAction | null {
  const verb = name.toLowerCase();
  const wanted = argument.trim();
  const marker = `[#${wanted === '' ? name : `${name} ${wanted}`}]`;
  const warn = (error: StudioError): MarkerAction => ({ type: 'warning', error });
  if (verb === 'scene') {
    const scene = named(live.scenes, wanted);
    return scene
      ? { type: 'scene', id: scene.id }
      : warn(new StudioError('stage.scene-unknown', { marker, known: list(live.scenes) }));
  }
  if (verb === 'hide' && wanted === '') return { type: 'hide-all' };
  const isKind = Object.hasOwn(KIND_NAMES, verb);
  if (verb !== 'show' && verb !== 'hide' && !isKind) return null;
  const found =
    wanted === '' && isKind ? onlyOne(live.overlays, verb as keyof typeof KIND_NAMES) : named(live.overlays, wanted);
  if (!found) return warn(new StudioError('stage.overlay-unknown', { marker, known: list(live.overlays) }));
  return { type: verb === 'hide' ? 'hide' : 'show', id: found.id };
}

function named<T extends { id: string }>(things: readonly T[], id: string): T | undefined {
  return things.find((thing) => thing.id === id) ?? things.find((thing) => thing.id.toLowerCase() === id.toLowerCase());
}

function onlyOne(overlays: readonly LiveOverlay[], name: keyof typeof KIND_NAMES): LiveOverlay | undefined {
  const ofKind = overlays.filter(({ kind }) => kind === KIND_NAMES[name]);
  return ofKind.length === 1 ? ofKind[0] : undefined;
}

const list = (things: readonly { id: string }[]): string => things.map(({ id }) => id).join(', ') || '–';
