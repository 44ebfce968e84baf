/** The other end of `stage-maker.ts`. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { StudioError } from '../../../app/errors/index.ts';
import { createStudio } from '../../compose.ts';
import { loadPortrait } from '../../export/load-portrait.ts';
import { layOut, picturesFrom, stageSetup, stageSizeOf } from '../../export/set-stage.ts';
import { overlayPictures } from '../../stage/live-pictures.ts';
import { openAssetStore } from '../../storage/assets.ts';
import type {
  PicturesOrder,
  StageMakerOptions,
  StageMakerReply,
  StageMakerRequest,
  StageOrder,
  TellableFailure,
} from './stage-maker.ts';

const studio = createStudio(workerData as StageMakerOptions);
// Only read: neither lock nor database is needed.
const assets = openAssetStore(join(studio.paths.dataDir, 'assets'), {
  exclusively: (work) => work(),
  isReferenced: () => true,
});
const pictures = picturesFrom(assets);
const { signal } = new AbortController();

type Made = Extract<StageMakerReply, { made: unknown }>['made'];

async function made({ project, size }: StageOrder): Promise<Made> {
  const portrait = await loadPortrait(project.avatar, assets, studio.portraits, signal);
  const asked = size ?? stageSizeOf(project, portrait);
  const plate = await layOut(project, assets, portrait, asked, signal, pictures);
  const setup = await stageSetup(project, assets, plate, signal, pictures);
  return { setup, ...(await loaded({ overlays: project.live.overlays, size: asked })) };
}

/** One that cannot be read is left out: the overlay is drawn without. */
async function loaded({ overlays, size }: PicturesOrder): Promise<Made> {
  const found = await overlayPictures(overlays, size, (ref) => pictures.of(ref, signal));
  return { pictures: found.pictures, troubles: found.troubles.map(tellable) };
}

const tellable = (error: unknown): TellableFailure =>
  error instanceof StudioError
    ? { message: error.message, code: error.code, params: error.params }
    : { message: error instanceof Error ? error.message : String(error) };

parentPort!.on('message', (request: StageMakerRequest) => {
  ('stage' in request ? made(request.stage) : loaded(request.pictures)).then(
    (stage) => parentPort!.postMessage({ id: request.id, made: stage } satisfies StageMakerReply),
    (error: unknown) => parentPort!.postMessage({ id: request.id, failure: tellable(error) } satisfies StageMakerReply),
  );
});
