/** The frames of an export whose picture is one or several finished films: decoded, with the stage's front over them. */
import { StudioError } from '../../app/errors/index.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import type { FrameSource, RenderStats } from '../engine/ports/frames.ts';
import { type LiveInsert, openInsert } from '../media/live-insert.ts';
import type { StageSetup } from '../render/frame-source.ts';
import { aiMarkSprite } from '../stage/ai-mark.ts';
import { createFilmCompositor } from '../stage/film-compositor.ts';
import { SubtitleTrack, subtitleArea } from '../stage/subtitle-sprites.ts';

export interface FilmPart {
  path: string;
  /** Of the programme. */
  fromFrame: number;
  frames: number;
}

export interface FilmFramesOptions {
  ffmpegPath: string;
  /** Who made the films; stands in errors. */
  provider: string;
  size: StageSize;
  fps: number;
  /** What of the stage lies in front of the person. */
  stage: Pick<StageSetup, 'front' | 'subtitles' | 'aiMark'>;
  /** One after another, without a gap. */
  parts: readonly FilmPart[];
  onUnusable(): Promise<void>;
}

/** Frames in the pool: composed ahead, or being written. */
const DEPTH = 6;
/** A film that ends so much before its sound is not what was asked for; less is stood still. */
const MAX_SHORT_MS = 500;

/**
 * Films are opened one at a time, when their turn comes; all of them are looked at first.
 * @throws StudioError cloud.film-unusable, from opening or from `frame`
 */
export async function openFilmFrames(options: FilmFramesOptions, signal: AbortSignal): Promise<FrameSource> {
  const { ffmpegPath, provider, size, fps, stage, parts, onUnusable } = options;
  const unusable = async (detail: string | number, cause?: unknown): Promise<StudioError> => {
    await onUnusable();
    return new StudioError('cloud.film-unusable', { provider, detail }, { cause });
  };
  const inWords = async (error: unknown): Promise<unknown> => {
    if (signal.aborted || !(error instanceof StudioError) || !error.code.startsWith('media.insert')) return error;
    return await unusable(error.params.detail ?? error.code, error);
  };
  const troubles: StudioError[] = [];
  const open = async (part: FilmPart): Promise<LiveInsert> => {
    const place = { ...size, fps, window: null, cover: true };
    const onTrouble = (error: StudioError): void => void troubles.push(error);
    try {
      return await openInsert(ffmpegPath, part.path, place, signal, { name: provider, onTrouble });
    } catch (error) {
      throw await inWords(error);
    }
  };
  const checked = async (part: FilmPart): Promise<LiveInsert> => {
    const film = await open(part);
    const shortMs = (part.frames * 1000) / fps - (film.durationMs ?? 0);
    if (film.kind === 'video' && shortMs <= MAX_SHORT_MS) return film;
    await film.dispose();
    const detail = film.kind === 'video' ? `${Math.round(shortMs / 100) / 10} s too short` : 'a still picture';
    throw await unusable(detail);
  };
  const track = stage.subtitles === null ? null : new SubtitleTrack(size, stage.subtitles);
  const compositor = createFilmCompositor({
    ...{ size, front: stage.front, subtitles: track },
    aiMark: aiMarkSprite(stage.aiMark, size, track === null ? null : subtitleArea(size, track.metrics)),
  });
  let closed = false;
  let current: { part: FilmPart; film: LiveInsert } | null = null;
  for (const part of parts.slice(1)) await (await checked(part)).dispose();
  if (parts[0]) current = { part: parts[0], film: await checked(parts[0]) };

  const free: Uint8Array[] = Array.from({ length: DEPTH }, () => new Uint8Array(compositor.frameBytes));
  const waiting: ((buffer: Uint8Array) => void)[] = [];
  const stats: RenderStats = { frames: 0, faceMs: 0, stageMs: 0 };
  const buffer = (): Promise<Uint8Array> => {
    const next = free.pop();
    return next ? Promise.resolve(next) : new Promise((resolve) => waiting.push(resolve));
  };
  const give = (bytes: Uint8Array): void => {
    const next = waiting.shift();
    if (next) next(bytes);
    else free.push(bytes);
  };
  const filmAt = async (index: number): Promise<Uint8Array> => {
    while (current !== null && index >= current.part.fromFrame + current.part.frames) {
      const next = parts[parts.indexOf(current.part) + 1];
      if (next === undefined) break;
      await current.film.dispose();
      current = { part: next, film: await open(next) };
      if (closed) await current.film.dispose();
    }
    const frame = await current?.film.frame(index - current.part.fromFrame);
    signal.throwIfAborted();
    if (troubles[0]) throw await inWords(troubles[0]);
    if (!frame) throw await unusable('no picture');
    return frame;
  };
  const draw = async (index: number) => {
    const data = await buffer();
    const from = performance.now();
    const film = await filmAt(index);
    const middle = performance.now();
    compositor.render(film, (index * 1000) / fps, data);
    stats.frames++;
    stats.faceMs += middle - from;
    stats.stageMs += performance.now() - middle;
    let released = false;
    return {
      data,
      release: () => {
        if (released) return;
        released = true;
        give(data);
      },
    };
  };
  /** One after another: the film's frames come in order. */
  let drawn: Promise<unknown> = Promise.resolve();
  return {
    depth: DEPTH,
    lookAheadMs: 0,
    speak: () => {},
    subtitles: (cues) => track?.append(cues),
    frame: (index) => {
      const next = drawn.then(() => draw(index));
      drawn = next.catch(() => undefined);
      return next;
    },
    stats: () => ({ ...stats }),
    dispose: async () => {
      closed = true;
      await current?.film.dispose();
    },
  };
}
