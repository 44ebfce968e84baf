/**
 * Do the lips follow the sound? Judged on the finished file, from outside: decoded again, a face mesh on every frame, and the
 * phones it was spoken with. Only whether the background stands still is judged before encoding, on the drawn frames.
 */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Phone } from '../app/speech/timeline.ts';
import type { Studio } from '../main/compose.ts';
import type { Rect } from '../main/engine/ports/lipsync.ts';
import { exportProject } from '../main/export/export-project.ts';
import { SubtitleTrack } from '../main/stage/subtitle-sprites.ts';
import { createFaceMesh, type FaceMesh, type FoundFace } from '../native-models/face-mesh/face-mesh.ts';
import { type Bench, type BenchRun, numberOption, UsageError } from './bench.ts';
import { type VideoShape, videoFrames, videoShape, videoSound } from './decode-video.ts';
import { type Figure, figure } from './figures.ts';
import { differingBytes } from './frame-identity.ts';
import {
  bilabials,
  blinkTimes,
  closerThan,
  type FaceTrack,
  lipLag,
  openings,
  phoneOpenness,
  silences,
  silentFrames,
} from './lip-measures.ts';
import { motionRegionOf } from './motion-region.ts';
import { neuralLipFigures } from './neural-lips.ts';
import { drawTalk, stageTalk } from './staged-talk.ts';
import { benchTalk, demoScript, type Talk } from './talks.ts';

/** The face's surroundings that the mesh is shown, as a multiple of the face, and the size it is shown in. */
const CROP_OF_FACE = 1.7;
const CROP_PX = 320;
const SOUND_RATE = 16_000;

export const lipsBench: Bench = {
  name: 'lips',
  about: 'lips, eyes and background, measured on the decoded demo: sync, closure, silence, blinks, stillness',
  options: {
    avatar: { value: 'ID', about: 'a sample avatar (lin)' },
    portrait: { value: 'FILE', about: 'a picture of your own instead' },
    text: { value: 'TEXT', about: 'what is said, in the script language, instead of the demo’s words' },
    video: { value: 'FILE', about: 'a finished video instead; needs --timeline' },
    timeline: { value: 'FILE', about: 'what `export --timeline` wrote for it' },
    seconds: { value: 'N', about: 'how much of it is looked at (60)' },
    engine: { value: 'NAME', about: 'rig or wav2lip: the speed of a network too (rig)' },
    model: { value: 'FILE', about: 'a Wav2Lip model (.onnx); without one, random weights and speed alone' },
  },
  async run(run) {
    const { video, timeline, avatar, portrait, text, seconds, engine, model } = run.options;
    const network = engine === 'wav2lip';
    if (!network && (model !== undefined || (engine !== undefined && engine !== 'rig')))
      throw new UsageError('--engine is rig or wav2lip, and --model is for wav2lip');
    if ((video === undefined) !== (timeline === undefined))
      throw new UsageError('--video and --timeline need each other');
    const limitS = numberOption('seconds', seconds, 60);
    if (video !== undefined && timeline !== undefined) return await measureFile(video, timeline, limitS, run);
    const talk = await benchTalk({ avatar, portrait, text: text ?? (await demoScript()) });
    const speed = network ? await neuralLipFigures(talk, model, run) : [];
    // What random weights draw is no mouth to judge.
    if (network && model === undefined) return speed;
    const outPath = join(run.scratchDir, 'talk.mp4');
    const timelinePath = join(run.scratchDir, 'talk.json');
    run.say('exporting');
    await exportProject({ ...talk, outPath, timelinePath, lipsPath: model, signal: run.signal }, run.studio);
    const figures = await measureFile(outPath, timelinePath, limitS, run);
    // The network is laid onto the picture the rig moves: away from it nothing is drawn in either case.
    if (network) return [...speed, ...figures];
    run.say('drawing it again to look at the background');
    return [...figures, ...(await stillness(talk, run.studio, run.signal))];
  },
};

const timelineSchema = z.object({
  phones: z.array(z.object({ phone: z.string(), startMs: z.number(), endMs: z.number() })),
});

/** Of a finished file and what `export --timeline` wrote for it. */
export async function measureFile(
  video: string,
  timelinePath: string,
  limitS: number,
  run: BenchRun,
): Promise<Figure[]> {
  const { studio, signal, say } = run;
  const { phones } = timelineSchema.parse(JSON.parse(await readFile(timelinePath, 'utf8')));
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  const shape = await videoShape(ffmpegPath, video, signal);
  const { track, frames, duplicates } = await watchFace(ffmpegPath, video, shape, limitS, signal, say);
  const sound = await videoSound(ffmpegPath, video, SOUND_RATE, signal);
  const avDifferenceMs = (frames * 1000) / shape.fps - (sound.length * 1000) / SOUND_RATE;
  return [
    ...speechFigures(track, phones, sound),
    ...blinkFigures(track),
    figure('avDifference', avDifferenceMs, 'ms', { atLeast: -40, atMost: 40 }),
    // Above this nothing of the rest means much.
    figure('withoutFace', track.framesWithoutFace / track.lipGap.length, '', { atMost: 0.02 }),
    figure('duplicateFrames', duplicates, ''),
    figure('framesSeen', track.lipGap.length, ''),
  ];
}

function speechFigures(track: FaceTrack, phones: readonly Phone[], sound: Float32Array): Figure[] {
  const seenMs = (track.lipGap.length * 1000) / track.fps;
  const spoken = phones.filter(({ endMs }) => endMs <= seenMs);
  const { lagMs, correlation } = lipLag(track, phoneOpenness(spoken, seenMs));
  const { all, open } = bilabials(track, spoken);
  const quiet = silentFrames(track, silences(sound, SOUND_RATE));
  return [
    figure('lag', lagMs, 'ms', { atLeast: -40, atMost: 40 }),
    figure('correlation', correlation, '', { atLeast: 0.55 }),
    // A talk without any has nothing to miss.
    ...(all.length === 0
      ? []
      : [figure('bilabialsClosed', (all.length - open.length) / all.length, '', { atLeast: 0.95 })]),
    figure('bilabials', all.length, ''),
    ...(quiet.all === 0 ? [] : [figure('silencesClosed', quiet.closed / quiet.all, '', { atLeast: 0.95 })]),
    figure('silentFrames', quiet.all, ''),
  ];
}

function blinkFigures(track: FaceTrack): Figure[] {
  const times = blinkTimes(track);
  const minutes = track.eyeOpening.length / track.fps / 60;
  return [
    figure('blinks', times.length / minutes, '/min', { atLeast: 8, atMost: 25 }),
    figure('blinksWithin300Ms', closerThan(times, 300), '', { atMost: 0 }),
  ];
}

interface Watched {
  track: FaceTrack;
  /** Of the whole video. */
  frames: number;
  /** Among those seen: the same as the one before, to the bit. */
  duplicates: number;
}

export async function watchFace(
  ffmpegPath: string,
  video: string,
  shape: VideoShape,
  limitS: number,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Watched> {
  const meshes = Array.from({ length: Math.min(4, availableParallelism()) }, () => createFaceMesh());
  try {
    const part = await faceSquare(ffmpegPath, video, shape, meshes[0]!, signal);
    const track: FaceTrack = { fps: shape.fps, lipGap: [], eyeOpening: [], framesWithoutFace: 0 };
    const looking: Promise<FoundFace[]>[] = [];
    const see = async (): Promise<void> => {
      const face = largest(await looking.shift()!);
      if (face === undefined) track.framesWithoutFace += 1;
      const seen =
        face === undefined
          ? { lipGap: track.lipGap.at(-1) ?? 0, eyeOpening: track.eyeOpening.at(-1) ?? 0 }
          : openings(face.landmarks);
      track.lipGap.push(seen.lipGap);
      track.eyeOpening.push(seen.eyeOpening);
    };
    let [frames, duplicates] = [0, 0];
    let before: Uint8Array | undefined;
    for await (const picture of videoFrames(ffmpegPath, video, shape, { part, sidePx: CROP_PX }, signal)) {
      frames += 1;
      if (frames > limitS * shape.fps) continue;
      if (frames % 250 === 0) say(`${frames} frames looked at`);
      if (before !== undefined && Buffer.compare(before, picture.rgba) === 0) duplicates += 1;
      before = picture.rgba;
      if (looking.length === meshes.length) await see();
      const faces = meshes[frames % meshes.length]!.find(picture, signal);
      // Met when its turn comes.
      faces.catch(() => undefined);
      looking.push(faces);
    }
    while (looking.length > 0) await see();
    return { track, frames, duplicates };
  } finally {
    await Promise.all(meshes.map((mesh) => mesh.dispose()));
  }
}

/** Where the face is in the first frame, with room round it; square, even, inside the picture. */
async function faceSquare(
  ffmpegPath: string,
  video: string,
  shape: VideoShape,
  mesh: FaceMesh,
  signal: AbortSignal,
): Promise<Rect> {
  let face: FoundFace | undefined;
  for await (const picture of videoFrames(ffmpegPath, video, shape, null, signal)) {
    face = largest(await mesh.find(picture, signal));
    break;
  }
  if (face === undefined) throw new Error(`no face in the first frame of ${video}`);
  const { x, y, width, height } = boxOf(face);
  const side = Math.floor(Math.min(Math.max(width, height) * CROP_OF_FACE, shape.width, shape.height) / 2) * 2;
  const place = (middle: number, length: number): number =>
    Math.floor(Math.max(0, Math.min(length - side, middle - side / 2)) / 2) * 2;
  return { x: place(x + width / 2, shape.width), y: place(y + height / 2, shape.height), width: side, height: side };
}

function boxOf({ landmarks }: FoundFace): Rect {
  const xs = landmarks.oval.map(([x]) => x);
  const ys = landmarks.oval.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

const largest = (faces: readonly FoundFace[]): FoundFace | undefined =>
  faces.toSorted((a, b) => boxOf(b).width - boxOf(a).width)[0];

/** The drawn frames against the first one, away from the head and the subtitle of the moment: not a byte may differ. */
async function stillness(talk: Talk, studio: Studio, signal: AbortSignal): Promise<Figure[]> {
  await using staged = await stageTalk(talk, studio, signal);
  const { plate, size, cues, frames, project } = staged;
  const { fps, subtitles } = project.stage;
  const region = await motionRegionOf(plate, project);
  const shown = new SubtitleTrack(size, subtitles);
  shown.append(cues);
  let first: Uint8Array | undefined;
  let before: Uint8Array | undefined;
  let [changed, frozen] = [0, 0];
  let subtitleOfFirst: Rect | null = null;
  await drawTalk(
    staged,
    (frame, index) => {
      const subtitle: Rect | null = shown.at((index * 1000) / fps);
      if (index === 0) subtitleOfFirst = subtitle;
      first ??= frame.slice();
      const places = [region, subtitleOfFirst, subtitle].filter((rect) => rect !== null);
      changed += differingBytes(first, frame, size.widthPx, size.heightPx, places);
      if (before !== undefined && Buffer.compare(before, frame) === 0) frozen += 1;
      before ??= new Uint8Array(frame.length);
      before.set(frame);
    },
    signal,
  );
  return [
    figure('backgroundBytesChanged', changed, '', { atMost: 0 }),
    figure('frozenFrames', frozen, '', { atMost: 0 }),
    figure('framesDrawn', frames, ''),
  ];
}
