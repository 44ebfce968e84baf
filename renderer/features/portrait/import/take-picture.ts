/**
 * A picture on its way into the document. Nothing changes there until the picture is good.
 *
 *     idle ──▶ sending ──▶ looking ──▶ idle, and the portrait is the document's
 *                  └──────────┴──────▶ failed (told beside the portrait)
 *                             └──────▶ choosing (several faces) ──▶ idle
 */
import { createStore } from 'zustand/vanilla';
import type { ExaminedPortrait } from '../../../../app/contract/portraits.ts';
import type { AssetRef } from '../../../../app/document/asset.ts';
import type { PortraitSource } from '../../../../app/document/avatar.ts';
import { chooseFile } from '../../../bridge/files.ts';
import { type UploadOptions, upload } from '../../../bridge/index.ts';
import { openDocument, whenOpened } from '../../../state/project.ts';
import { isPanelOpen, openDialog, showTab, togglePanel, uiStore } from '../../../state/ui-store.ts';
import { adopt, settleConsent } from '../adopt.ts';
import { examine } from '../examination.ts';

export type ImportState =
  | { phase: 'idle' }
  | { phase: 'sending'; share: number | null }
  | { phase: 'looking' }
  /** `portrait`: the picture itself is fine, what is in it is not. */
  | { phase: 'failed'; error: unknown; portrait: PortraitSource | null; seen: ExaminedPortrait | null };

export const importStore = createStore<{ state: ImportState }>(() => ({ state: { phase: 'idle' } }));
const set = (state: ImportState): void => importStore.setState({ state });

let current: AbortController | null = null;

export function cancelImport(): void {
  current?.abort();
  current = null;
  set({ phase: 'idle' });
}

/** Where the person sees what becomes of it. */
export function showPortraitPanel(): void {
  if (!isPanelOpen(uiStore.getState(), 'inspector')) togglePanel('inspector');
  showTab('inspector', 'portrait');
}

/** A picture that was dropped, pasted or shot. */
export const takeFile = (file: Blob, fileName?: string): Promise<void> =>
  take((options) => upload(file, fileName === undefined ? options : { ...options, fileName }));

/** Must be called from a click. */
export const choosePicture = (): Promise<void> => take((options) => chooseFile('picture', options), false);

/** A picture that the studio has already. */
export const takeAsset = (asset: AssetRef): Promise<void> => take(async () => asset);

async function take(bring: (options: UploadOptions) => Promise<AssetRef | null>, atOnce = true): Promise<void> {
  current?.abort();
  const own = new AbortController();
  current = own;
  const { signal } = own;
  const projectId = openDocument()?.id;
  let portrait: PortraitSource | null = null;
  let seen: ExaminedPortrait | null = null;
  showPortraitPanel();
  // While the person is still choosing, nothing is on its way.
  set(atOnce ? { phase: 'sending', share: null } : { phase: 'idle' });
  try {
    const onProgress = (share: number): void => {
      if (!signal.aborted) set({ phase: 'sending', share });
    };
    const asset = await bring({ onProgress, signal });
    if (signal.aborted) return;
    if (asset === null) return set({ phase: 'idle' });
    portrait = { kind: 'asset', asset };
    set({ phase: 'looking' });
    seen = await examine(portrait, null, signal);
    if (signal.aborted || openDocument()?.id !== projectId) return;
    const fault = faultOf(seen, seen.chosen);
    if (fault !== null) throw fault;
    set({ phase: 'idle' });
    if (seen.chosen === null) openDialog('portrait.faces', { portrait, seen });
    else await adopt({ label: 'portrait.stepPicture', portrait, seen, faceIndex: seen.chosen });
  } catch (error) {
    if (!signal.aborted) set({ phase: 'failed', error, portrait, seen });
  } finally {
    if (current === own) current = null;
  }
}

/** A project that began with this picture asks, once it is open, what choosing the picture in it would have asked. */
export async function askAboutFirstPicture(projectId: string, portrait: PortraitSource): Promise<void> {
  const [isOpen, seen] = await Promise.all([whenOpened(projectId), examine(portrait, null)]);
  if (!isOpen) return;
  showPortraitPanel();
  const error = faultOf(seen, seen.chosen);
  if (error !== null) set({ phase: 'failed', error, portrait, seen });
  else if (seen.chosen === null) openDialog('portrait.faces', { portrait, seen });
  else await settleConsent(portrait, seen.faces[seen.chosen]?.likenessKey ?? null);
}

/** Why a picture cannot be a portrait, as the studio would say it when it is used. */
export function faultOf({ faces }: ExaminedPortrait, faceIndex: number | null) {
  const refused = (code: string, params: Readonly<Record<string, number>> = {}) => ({ code, params, retryable: false });
  if (faces.length === 0) return refused('portrait.no-face');
  const small = (index: number) =>
    faces[index]?.findings.find(({ code, severity }) => code === 'face-too-small' && severity === 'severe');
  const judged = faceIndex === null ? faces.map((_, index) => small(index)) : [small(faceIndex)];
  const worst = judged.every((finding) => finding !== undefined) ? judged[0] : undefined;
  return worst === undefined
    ? null
    : refused('portrait.face-too-small', { px: Math.round(worst.value), min: MIN_FACE_PX });
}
const MIN_FACE_PX = 64;
