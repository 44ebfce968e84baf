/** The other end of `stage-maker.ts`. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { LiveOverlay } from '../../../app/document/live-overlays.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { createStudio } from '../../compose.ts';
import { loadPortrait } from '../../export/load-portrait.ts';
import { layOut, picturesFrom, stageSetup, stageSizeOf } from '../../export/set-stage.ts';
import type { Picture } from '../../stage/picture.ts';
import { openAssetStore } from '../../storage/assets.ts';
import type { MadeStage, StageMakerOptions, StageMakerReply, StageMakerRequest } from './stage-maker.ts';

const studio = createStudio(workerData as StageMakerOptions);
// Only read: neither lock nor database is needed.
const assets = openAssetStore(join(studio.paths.dataDir, 'assets'), {
  exclusively: (work) => work(),
  isReferenced: () => true,
});
const pictures = picturesFrom(assets);
const { signal } = new AbortController();

async function made({ project, size }: StageMakerRequest): Promise<MadeStage> {
  const portrait = await loadPortrait(project.avatar, assets, studio.portraits, signal);
  const asked = size ?? stageSizeOf(project, portrait);
  const plate = await layOut(project, assets, portrait, asked, signal, pictures);
  const setup = await stageSetup(project, assets, plate, signal, pictures);
  return { setup, pictures: await overlayPictures(project.live.overlays) };
}

/** One that cannot be read is left out: the overlay is drawn without. */
async function overlayPictures(overlays: readonly LiveOverlay[]): Promise<Map<string, Picture>> {
  const found = new Map<string, Picture>();
  for (const overlay of overlays) {
    const picture = 'picture' in overlay ? overlay.picture : null;
    if (!picture || found.has(picture.sha256)) continue;
    const decoded = await pictures.of(picture, signal).catch(() => null);
    if (decoded) found.set(picture.sha256, decoded);
  }
  return found;
}

parentPort!.on('message', (request: StageMakerRequest) => {
  made(request).then(
    (stage) => parentPort!.postMessage({ id: request.id, made: stage } satisfies StageMakerReply),
    (error: unknown) => {
      const failure =
        error instanceof StudioError
          ? { message: error.message, code: error.code, params: error.params }
          : { message: error instanceof Error ? error.message : String(error) };
      parentPort!.postMessage({ id: request.id, failure } satisfies StageMakerReply);
    },
  );
});
