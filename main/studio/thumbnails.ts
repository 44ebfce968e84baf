/** Small pictures of projects for their list: the stage as an export would begin it, drawn by the engine and kept by what it shows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { type FaceLandmarks, mapLandmarks } from '../../app/document/landmarks.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { mixBlends, NEUTRAL_BLEND } from '../../app/speech/emotion-blend.ts';
import { findEmotion } from '../../app/speech/emotion-presets.ts';
import type { Studio } from '../compose.ts';
import type { PreparedPortrait } from '../engine/ports/portrait.ts';
import { type LoadedPortrait, loadPortrait } from '../export/load-portrait.ts';
import { layOut, picturesFrom, stageSizeOf } from '../export/set-stage.ts';
import { faceBox, headPose } from '../portrait/face-measures.ts';
import { loadSampleAvatar } from '../portrait/samples.ts';
import { type PlacedOverlay, placeOverlay } from '../stage/overlays.ts';
import { overPlane } from '../stage/picture.ts';
import type { AssetSource } from '../storage/assets.ts';
import { openPictureCache } from './picture-cache.ts';
import type { MediaProvider } from './service.ts';
import type { StillStudio } from './stills/still-studio.ts';

const HEIGHT_PX = 240;
const MAX_BYTES = 40_000_000;
const MAX_INPUT_PX = 100_000_000;

export interface ThumbnailDeps {
  studio: Pick<Studio, 'paths' | 'portraits'>;
  assets: AssetSource;
  stills: StillStudio;
}

/** `/media/thumbnail/<project id>`; with `?now` one that is there already or made without looking at the portrait first. */
export function createThumbnails(
  current: (id: string) => { project: Project },
  { studio, assets, stills }: ThumbnailDeps,
): MediaProvider {
  const cache = openPictureCache(join(studio.paths.cacheDir, 'thumbnails'), MAX_BYTES);

  const plateOf = async (project: Project, portrait: LoadedPortrait, signal: AbortSignal) => {
    const whole = stageSizeOf(project, portrait);
    const shape = Math.min(2.4, Math.max(0.4, whole.widthPx / whole.heightPx));
    const size = { widthPx: 2 * Math.round((HEIGHT_PX * shape) / 2), heightPx: HEIGHT_PX };
    return { size, plate: await layOut(project, assets, portrait, size, signal) };
  };

  /** The stage at rest, in the mood it begins with. */
  const draw = async (project: Project, name: string, signal: AbortSignal): Promise<Uint8Array> => {
    const portrait = await loadPortrait(project.avatar, assets, studio.portraits, signal);
    const { size, plate } = await plateOf(project, portrait, signal);
    const front: PlacedOverlay[] = [];
    const pictures = picturesFrom(assets);
    for (const overlay of project.stage.overlays) {
      if (overlay.layer !== 'front') continue;
      const placed = await placeOverlay(overlay, await pictures.of(overlay.asset, signal), size);
      if (placed) front.push(placed);
    }
    const first = project.script.lines[0];
    const mood = first && findEmotion(first.emotion, project.emotions);
    const blend = mood ? mixBlends(NEUTRAL_BLEND, mood.blend, first.intensity) : NEUTRAL_BLEND;
    return await stills.draw(
      {
        plateKey: `thumbnail ${name}`,
        landmarks: plate.landmarks,
        rig: { ...project.avatar.rig, breathing: 0, blinksPerMinute: 0 },
        scene: { phone: null, blend: { ...blend, energy: 0 } },
        front,
      },
      () => Promise.resolve(plate),
      signal,
    );
  };

  /** A picture in which no face is found, or not yet chosen, still stands for its project. */
  const pictureAlone = async ({ avatar: { portrait } }: Project, signal: AbortSignal): Promise<Uint8Array> => {
    const bytes =
      portrait.kind === 'asset'
        ? await readFile(await assets.resolve(portrait.asset, { signal }), { signal })
        : (await loadSampleAvatar(portrait.id, signal)).portrait;
    return await sharp(bytes, { limitInputPixels: MAX_INPUT_PX, failOn: 'none' })
      .autoOrient()
      .resize({ width: Math.round((HEIGHT_PX * 16) / 9), height: HEIGHT_PX, fit: 'cover', position: 'attention' })
      .webp({ quality: 82 })
      .toBuffer();
  };

  /** What is known of a portrait without looking at it: a drawn one stands where it will stand, without its face's motion. */
  const drawAtOnce = async (project: Project, signal: AbortSignal): Promise<Uint8Array> => {
    const { portrait, landmarks } = project.avatar;
    if (portrait.kind === 'asset') return await pictureAlone(project, signal);
    const sample = await loadSampleAvatar(portrait.id, signal);
    const prepared = await cutOutAsDrawn(sample.portrait, landmarks ?? sample.landmarks);
    const { size, plate } = await plateOf(project, { prepared, background: sample.background }, signal);
    const raw = { width: size.widthPx, height: size.heightPx, channels: 4 } as const;
    return await sharp(overPlane(plate.person, plate.background), { raw }).webp({ quality: 82 }).toBuffer();
  };

  return async ([id, ...more], { query, signal }) => {
    if (id === undefined || more.length > 0) return null;
    const { project } = current(id);
    // Only what is seen decides: a changed word keeps the picture.
    const { avatar, stage, emotions, script } = project;
    const { size, background, overlays } = stage;
    const { emotion, intensity } = script.lines[0] ?? { emotion: 'neutral', intensity: 1 };
    const { consent: _, ...shown } = avatar;
    const name = JSON.stringify([shown, size, background, overlays, findEmotion(emotion, emotions)?.blend, intensity]);
    const file = cache.fileOf(name);
    let bytes = await cache.read(file, signal);
    if (bytes === null && query.has('now')) bytes = await drawAtOnce(project, signal);
    if (bytes === null) {
      try {
        bytes = await draw(project, file, signal);
        await cache.keep(file, bytes);
      } catch (error) {
        if (!(error instanceof StudioError) || !/^(?:portrait|stage)\./.test(error.code)) throw error;
        bytes = await pictureAlone(project, signal);
      }
    }
    return { body: { kind: 'bytes', bytes }, mediaType: 'image/webp' };
  };
}

/** A sample's picture in small: its alpha is its matte, and its points are known. */
async function cutOutAsDrawn(picture: Uint8Array, landmarks: FaceLandmarks): Promise<PreparedPortrait> {
  const { width: whole } = await sharp(picture).metadata();
  const { data, info } = await sharp(picture)
    .resize({ width: 2 * HEIGHT_PX, height: 2 * HEIGHT_PX, fit: 'inside', withoutEnlargement: true })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  const matte = new Uint8Array(width * height);
  for (let i = 0; i < matte.length; i++) matte[i] = data[i * 4 + 3]!;
  const points = mapLandmarks(landmarks, width / whole, 0, 0);
  const face = {
    index: 0,
    box: faceBox(points),
    confidence: 1,
    landmarks: points,
    pose: headPose(points),
    findings: [],
  };
  return { width, height, rgba: data, matte, background: data, face, faces: [face] };
}
