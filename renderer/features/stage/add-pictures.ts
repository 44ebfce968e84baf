/** Pictures from outside onto the stage. */
import type { AssetRef } from '../../../app/document/asset.ts';
import type { Overlay } from '../../../app/document/stage.ts';
import { chooseFile } from '../../bridge/files.ts';
import { upload } from '../../bridge/index.ts';
import { language } from '../../state/language.ts';
import { editDocument } from '../../state/project.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { showToast } from '../../state/toasts.ts';
import { playbackStore } from '../preview/player/playback-store.ts';
import { pictureSize } from './picture-size.ts';
import { selectOverlay } from './stage-store.ts';

/** Of the stage, at first. */
const WIDTH = 0.3;
const TALLEST = 0.6;
/** Each further one a little lower, so that all are seen. */
const STEP = 0.04;

/** Dropped or pasted: each becomes a picture in front. */
export async function addPictures(files: readonly File[]): Promise<void> {
  for (const file of files) {
    try {
      await addOverlay(await checked(await upload(file)));
    } catch (error) {
      tellUnusable(error, file.name);
    }
  }
}

/** Asks for one; from a click. */
export async function choosePicture(): Promise<AssetRef | null> {
  try {
    const asset = await chooseFile('picture');
    return asset === null ? null : await checked(asset);
  } catch (error) {
    tellUnusable(error, '');
    return null;
  }
}

export async function chooseOverlay(): Promise<void> {
  const asset = await choosePicture();
  if (asset !== null) await addOverlay(asset);
}

class NoPicture extends Error {}

async function checked(asset: AssetRef): Promise<AssetRef> {
  await pictureSize(asset).catch(() => {
    throw new NoPicture();
  });
  return asset;
}

function tellUnusable(error: unknown, fileName: string): void {
  const { t } = language();
  if (error instanceof NoPicture) showToast({ tone: 'error', message: t('stage.noPicture', { name: fileName }) });
  else showErrorToast(error);
}

async function addOverlay(asset: AssetRef, layer: Overlay['layer'] = 'front'): Promise<void> {
  const { width, height } = await pictureSize(asset);
  const id = crypto.randomUUID();
  const { size } = playbackStore.getState();
  const stageAspect = size === null ? 16 / 9 : size.widthPx / size.heightPx;
  const tall = (stageAspect * height) / width;
  const own = Math.min(WIDTH, TALLEST / tall);
  editDocument('stage.addOverlay', ({ stage }) => {
    const step = STEP * (stage.overlays.length % 6);
    stage.overlays.push({ id, asset, x: 0.06 + step, y: 0.08 + step, width: own, opacity: 1, layer });
  });
  selectOverlay(id);
}
