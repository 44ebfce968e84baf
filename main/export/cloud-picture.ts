/**
 * The picture of an export from a vendor: the stage as it stands (person and background, nothing in front) and the programme's own sound go
 * out, parted at pauses where the vendor takes less at once; films of the whole stage come back.
 */
import { createHash } from 'node:crypto';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import type { Project } from '../../app/document/project.ts';
import { type Piece, splitAtPauses } from '../../app/media/split-at-pauses.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { encodeProgramme } from '../engine/encode-programme.ts';
import type {
  CloudFilms,
  CloudRenderer,
  FilmState,
  MovingPicture,
  RenderLimits,
  SpokenSound,
  StillPicture,
} from '../engine/ports/cloud-renderer.ts';
import type { FrameSource } from '../engine/ports/frames.ts';
import type { AvatarPlate } from '../engine/ports/lipsync.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import type { Programme } from '../engine/stages/programme.ts';
import { openEncoder } from '../media/encoder-sink.ts';
import type { Ffmpeg } from '../media/ffmpeg/locate.ts';
import { wavHeader } from '../media/wav.ts';
import { openFrameSource } from '../render/frame-source.ts';
import { overPlane } from '../stage/picture.ts';
import type { AssetSource } from '../storage/assets.ts';
import { type FilmPart, openFilmFrames } from './film-frames.ts';
import type { LoadedPortrait } from './load-portrait.ts';
import { frontOf, layOut, stageSetup } from './set-stage.ts';
import { programmeSpeech, timelineDocument } from './timeline-document.ts';

interface CloudPictureRequest {
  renderer: CloudRenderer;
  project: Project;
  assets: AssetSource;
  portrait: LoadedPortrait;
  size: StageSize;
  show: Programme;
  /** Of the whole programme. */
  frames: number;
  ffmpeg: Ffmpeg;
  /** For scratch files, removed by its owner. */
  folder: string;
  cacheDir: string;
  software: string;
  onProgress(done: number, total: number): void;
  /** As in `FilmRequest`. */
  unwanted(reason: unknown): boolean;
}

interface CloudPart extends FilmPart {
  /** In the store of films. */
  key: string;
}

/** Raised whenever what is sent changes for the same document. */
const VERSION = 1;
const SHARE_DONE: Record<FilmState, number> = { sending: 0.02, waiting: 0.05, running: 0.3, fetching: 0.95 };
/** Speech this near to a piece shapes its first and last mouth. */
const NEAR_MS = 2000;
const CLIP_FPS = 25;

/** The vendor's films as frames of the export. One that cannot be used is thrown away: the next export asks for another. */
export async function openCloudFrames(
  request: CloudPictureRequest,
  films: CloudFilms,
  signal: AbortSignal,
): Promise<FrameSource> {
  const { renderer, project, assets, size, ffmpeg } = request;
  const parts = await cloudPicture(request, films, signal);
  const stage = await frontOf(project, assets, size, signal);
  const onUnusable = async (): Promise<void> => {
    for (const { key } of parts) await films.discard(key);
  };
  const about = { ffmpegPath: ffmpeg.path, provider: renderer.name, size, fps: project.stage.fps };
  return await openFilmFrames({ ...about, stage, parts, onUnusable }, signal);
}

/** One part after another, for an account runs one task at a time. @throws StudioError cloud.*, storage.*, stage.*; `signal.reason` */
async function cloudPicture(
  request: CloudPictureRequest,
  films: CloudFilms,
  signal: AbortSignal,
): Promise<CloudPart[]> {
  const { renderer, project, assets, portrait, show, frames, onProgress, unwanted } = request;
  const { fps } = project.stage;
  const size = sentSize(request.size, renderer.limits);
  const parameters = renderer.parameters(fps);
  const plate = await layOut(project, assets, portrait, size, signal);
  const picture = overPlane(plate.person, plate.background);
  const person = createHash('sha256').update(picture).digest('hex');
  const moves = renderer.takes === 'film' ? movesOf(request) : null;
  const pieces = splitAtPauses(await loudnessOf(show, frames, fps, signal), pieceLimits(renderer.limits, fps));
  const parts: CloudPart[] = [];
  onProgress(0, pieces.length);
  for (const [i, piece] of pieces.entries()) {
    const sound = await soundOf(show, piece, fps, renderer.limits);
    const asked = {
      ...{ version: VERSION, renderer: renderer.id, model: renderer.model, parameters },
      ...{ ...size, person, sound: createHash('sha256').update(sound.bytes).digest('hex') },
      ...(moves !== null && { moves, fromFrame: piece.fromFrame }),
    };
    const key = createHash('sha256').update(JSON.stringify(asked)).digest('hex');
    const path = await films.film(
      {
        ...{ renderer, key, unwanted, seconds: sound.durationMs / 1000 },
        input: async () => ({
          ...{ sound, parameters },
          person:
            renderer.takes === 'film'
              ? await rigClip(request, plate, piece, sound.durationMs, signal)
              : await still(picture, size),
        }),
        onState: (state) => onProgress(i + SHARE_DONE[state], pieces.length),
      },
      signal,
    );
    parts.push({ ...piece, key, path });
    onProgress(i + 1, pieces.length);
  }
  return parts;
}

/** The stage's shape in a size that the vendor takes, where there is one. */
function sentSize({ widthPx, heightPx }: StageSize, { sidePx: [least, most] }: RenderLimits): StageSize {
  const short = Math.min(widthPx, heightPx);
  const long = Math.max(widthPx, heightPx);
  const scale = short < least ? least / short : long > most ? most / long : 1;
  const even = (px: number): number => Math.round((px * scale) / 2) * 2;
  return { widthPx: even(widthPx), heightPx: even(heightPx) };
}

const WAV_HEADER_BYTES = 44;
const pieceLimits = ({ soundMs: [least, most], soundBytes }: RenderLimits, fps: number) => ({
  minFrames: Math.ceil((least * fps) / 1000),
  maxFrames: Math.floor(Math.min(most / 1000, (soundBytes - WAV_HEADER_BYTES) / 2 / SAMPLE_RATE) * fps),
});

const sampleAt = (frame: number, fps: number): number => Math.round((frame * SAMPLE_RATE) / fps);

async function readSound({ soundPath }: Programme, from: number, to: number): Promise<Int16Array> {
  const samples = new Int16Array(to - from);
  const bytes = new Uint8Array(samples.buffer);
  await using file = await open(soundPath, 'r');
  for (let done = 0; done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, from * 2 + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return samples;
}

/** The mean size of the samples of each frame. */
async function loudnessOf(show: Programme, frames: number, fps: number, signal: AbortSignal): Promise<Float32Array> {
  const loudness = new Float32Array(frames);
  const ATONCE = 1000;
  for (let first = 0; first < frames; first += ATONCE) {
    signal.throwIfAborted();
    const last = Math.min(frames, first + ATONCE);
    const start = sampleAt(first, fps);
    const samples = await readSound(show, start, sampleAt(last, fps));
    for (let frame = first; frame < last; frame++) {
      const part = samples.subarray(sampleAt(frame, fps) - start, sampleAt(frame + 1, fps) - start);
      let sum = 0;
      for (const sample of part) sum += Math.abs(sample);
      loudness[frame] = Math.round(sum / Math.max(1, part.length));
    }
  }
  return loudness;
}

/** A whole WAV; what is shorter than the vendor takes goes on in silence. */
async function soundOf(show: Programme, piece: Piece, fps: number, limits: RenderLimits): Promise<SpokenSound> {
  const from = sampleAt(piece.fromFrame, fps);
  const samples = await readSound(show, from, sampleAt(piece.fromFrame + piece.frames, fps));
  const length = Math.max(samples.length, Math.ceil((limits.soundMs[0] * SAMPLE_RATE) / 1000));
  const header = wavHeader(SAMPLE_RATE, 1, undefined);
  const bytes = new Uint8Array(header.length + length * 2);
  header.writeUInt32LE(bytes.length - 8, 4);
  header.writeUInt32LE(length * 2, header.length - 4);
  bytes.set(header);
  bytes.set(new Uint8Array(samples.buffer), header.length);
  return { bytes, durationMs: (length * 1000) / SAMPLE_RATE };
}

async function still(rgba: Uint8Array, { widthPx, heightPx }: StageSize): Promise<StillPicture> {
  const bytes = await sharp(rgba, { raw: { width: widthPx, height: heightPx, channels: 4 } })
    .removeAlpha()
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { kind: 'picture', mediaType: 'image/jpeg', bytes, widthPx, heightPx };
}

/** What moves in a film of the embedded renderer. */
function movesOf({ project, show }: CloudPictureRequest): Record<string, unknown> {
  const { seed, avatar, stage } = project;
  const timeline = createHash('sha256')
    .update(JSON.stringify(timelineDocument(show)))
    .digest('hex');
  return { seed, rig: avatar.rig, fps: stage.fps, timeline };
}

/** The person as the embedded renderer moves them, for a vendor that gives a film new lips. */
async function rigClip(
  { project, assets, show, ffmpeg, folder, cacheDir, software, renderer }: CloudPictureRequest,
  plate: AvatarPlate,
  piece: Piece,
  durationMs: number,
  signal: AbortSignal,
): Promise<MovingPicture> {
  const [slowest, fastest] = renderer.limits.fps;
  const { fps: stageFps, aiMark } = project.stage;
  const fps = stageFps >= slowest && stageFps <= fastest ? stageFps : CLIP_FPS;
  const size = { widthPx: plate.width, heightPx: plate.height };
  const startMs = (piece.fromFrame * 1000) / stageFps;
  const firstFrame = Math.round((startMs * fps) / 1000);
  // Not a frame less than the sound.
  const frames = Math.ceil((durationMs * fps) / 1000) + 1;
  const setup = await stageSetup({ ...project, stage: { ...project.stage, overlays: [] } }, assets, plate, signal);
  const source = await openFrameSource(
    { ...setup, fps, alpha: false, subtitles: null, aiMark: { ...aiMark, visible: false } },
    signal,
  );
  const outPath = join(folder, 'person.mp4');
  try {
    for (const speech of programmeSpeech(show)) {
      const endMs = speech.startMs + (speech.samples * 1000) / SAMPLE_RATE;
      if (endMs > startMs - NEAR_MS && speech.startMs < startMs + durationMs + NEAR_MS) source.speak(speech);
    }
    const sink = await openEncoder({
      ...{ ffmpeg, format: 'mp4', ...size, fps, alpha: false, outPath, cacheDir, signal },
      output: { ...project.output, format: 'mp4', crf: 16, encoder: 'software' },
      metadata: { produceId: 'person', software },
    });
    const piecesFrames = { ...source, frame: (index: number) => source.frame(firstFrame + index) };
    await encodeProgramme({ fps, frames, speech: [] }, piecesFrames, sink, { signal });
    const bytes = await readFile(outPath);
    return { kind: 'film', bytes, ...size, fps, durationMs: (frames * 1000) / fps };
  } finally {
    await source.dispose();
    await rm(outPath, { force: true });
  }
}
