/** The stage of an export, set before the first frame: size, plate, overlays, subtitles, and the thread that draws it. */
import { readFile } from 'node:fs/promises';
import type { AssetRef } from '../../app/document/asset.ts';
import { framingFor } from '../../app/document/avatar.ts';
import type { Project } from '../../app/document/project.ts';
import type { StudioError } from '../../app/errors/index.ts';
import { chooseStageSize, type StageSize } from '../../app/media/stage-size.ts';
import type { FrameSource } from '../engine/ports/frames.ts';
import type { AvatarPlate } from '../engine/ports/lipsync.ts';
import { openFrameSource, type StageSetup } from '../render/frame-source.ts';
import { layoutAvatar } from '../stage/layout.ts';
import { overlaySprite, placeOverlay } from '../stage/overlays.ts';
import { decodePicture, type Picture } from '../stage/picture.ts';
import type { AssetSource } from '../storage/assets.ts';
import type { LoadedPortrait } from './load-portrait.ts';

/** What the document asks for, else 720p in the shape nearest to the portrait's. */
export const stageSizeOf = (project: Project, portrait: LoadedPortrait | null): StageSize =>
  chooseStageSize(project.stage.size, portrait ? portrait.prepared.width / portrait.prepared.height : 16 / 9);

/** Where the decoded pictures of a stage come from: a preview that sets many stages keeps them. */
export interface StagePictures {
  of(ref: AssetRef, signal: AbortSignal): Promise<Picture>;
  /** What a sample avatar stands in front of. */
  behindSample(encoded: Uint8Array): Promise<Picture>;
}

export const picturesFrom = (assets: AssetSource): StagePictures => ({
  of: async (ref, signal) => {
    const path = await assets.resolve(ref, { signal });
    return decodePicture(await readFile(path, { signal }), ref.fileName);
  },
  behindSample: (encoded) => decodePicture(encoded, 'background'),
});

/** The person and what stands behind them, in stage pixels. @throws whatever `signal` was aborted with, between two steps */
export async function layOut(
  project: { avatar: Project['avatar']; stage: Pick<Project['stage'], 'background' | 'overlays'> },
  assets: AssetSource,
  { prepared, background: own }: LoadedPortrait,
  size: StageSize,
  signal: AbortSignal,
  pictures = picturesFrom(assets),
): Promise<AvatarPlate> {
  const { background, overlays } = project.stage;
  const picture = (ref: AssetRef) => pictures.of(ref, signal);
  const behind = [];
  for (const overlay of overlays) {
    if (overlay.layer !== 'behind') continue;
    const placed = await placeOverlay(overlay, await picture(overlay.asset), size);
    if (placed) behind.push(placed);
  }
  return await layoutAvatar(prepared, {
    size,
    framing: framingFor(project.avatar, size),
    background:
      background.kind === 'picture' ? { kind: 'picture', picture: await picture(background.asset) } : background,
    ...(own && { sampleBackground: await pictures.behindSample(own) }),
    behind,
    signal,
  });
}

/** Everything in front of the person that comes with the document, but subtitles' cues. */
export async function frontOf(
  { stage: { overlays, subtitles, aiMark } }: Project,
  assets: AssetSource,
  size: StageSize,
  signal: AbortSignal,
  pictures = picturesFrom(assets),
): Promise<Pick<StageSetup, 'front' | 'subtitles' | 'aiMark'>> {
  const front = [];
  for (const overlay of overlays) {
    if (overlay.layer !== 'front') continue;
    const placed = await placeOverlay(overlay, await pictures.of(overlay.asset, signal), size);
    if (placed) front.push(overlaySprite(placed));
  }
  return { front, subtitles: subtitles.mode === 'burn' ? subtitles : null, aiMark };
}

/** What the drawing thread is told of a document, its plate and everything in front of the person. */
export async function stageSetup(
  project: Project,
  assets: AssetSource,
  plate: AvatarPlate,
  signal: AbortSignal,
  pictures = picturesFrom(assets),
): Promise<StageSetup> {
  const size = { widthPx: plate.width, heightPx: plate.height };
  return {
    ...(await frontOf(project, assets, size, signal, pictures)),
    plate,
    fps: project.stage.fps,
    seed: project.seed,
    rig: project.avatar.rig,
    alpha: project.stage.background.kind === 'transparent',
  };
}

/** Subtitles are appended to the source when they are known. */
export const openStageFrames = async (
  project: Project,
  assets: AssetSource,
  plate: AvatarPlate,
  signal: AbortSignal,
  { lips, onTrouble }: { lips?: StageSetup['lips']; onTrouble?: (error: StudioError) => void } = {},
): Promise<FrameSource> => {
  const setup = { ...(await stageSetup(project, assets, plate, signal)), lips };
  return await openFrameSource(setup, signal, { ...(onTrouble && { onTrouble }) });
};
