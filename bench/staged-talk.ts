/** A talk made ready as an export makes it, for measures that look at the frames themselves. */
import { join } from 'node:path';
import type { StageSize } from '../app/media/stage-size.ts';
import type { SubtitleCue } from '../app/media/subtitles.ts';
import type { Studio } from '../main/compose.ts';
import type { FrameSource } from '../main/engine/ports/frames.ts';
import type { AvatarPlate } from '../main/engine/ports/lipsync.ts';
import { type Programme, programme } from '../main/engine/stages/programme.ts';
import { type LoadedPortrait, loadPortrait } from '../main/export/load-portrait.ts';
import { layOut, openStageFrames, stageSizeOf } from '../main/export/set-stage.ts';
import { speakScript } from '../main/export/speak-script.ts';
import { subtitleCues } from '../main/export/subtitle-cues.ts';
import { programmeSpeech } from '../main/export/timeline-document.ts';
import type { Talk } from './talks.ts';

export interface StagedTalk extends Talk, AsyncDisposable {
  portrait: LoadedPortrait;
  show: Programme;
  size: StageSize;
  frames: number;
  cues: SubtitleCue[];
  plate: AvatarPlate;
}

export async function stageTalk(talk: Talk, studio: Studio, signal: AbortSignal): Promise<StagedTalk> {
  const { project, assets } = talk;
  const portrait = await loadPortrait(project.avatar, assets, studio.portraits, signal);
  const deps = { speech: studio.speech, paths: studio.paths, ffmpegPath: (await studio.ffmpeg(signal)).path };
  const spoken = await speakScript(project, assets, deps, signal, () => undefined);
  const show = await programme(spoken.utterances, join(spoken.folder, 'programme.s16'), spoken.layout, signal);
  const size = stageSizeOf(project, portrait);
  return {
    ...talk,
    portrait,
    show,
    size,
    frames: Math.ceil((show.durationMs * project.stage.fps) / 1000),
    cues: subtitleCues(project, show, size),
    plate: await layOut(project, assets, portrait, size, signal),
    [Symbol.asyncDispose]: () => spoken[Symbol.asyncDispose](),
  };
}

/** Every frame of the talk in order, drawn as an export draws them; each is borrowed until `look` is done with it. */
export async function drawTalk(
  staged: StagedTalk,
  look: (frame: Uint8Array, index: number) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { project, assets, plate, cues, frames, show } = staged;
  const source = await openStageFrames(project, assets, plate, signal);
  source.subtitles(cues);
  try {
    for (const speech of programmeSpeech(show)) source.speak(speech);
    const asked: ReturnType<FrameSource['frame']>[] = [];
    for (let index = 0, ahead = 0; index < frames; index++) {
      while (ahead < frames && asked.length < source.depth) {
        const frame = source.frame(ahead++);
        // Met when its turn comes.
        frame.catch(() => undefined);
        asked.push(frame);
      }
      const frame = await asked.shift()!;
      await look(frame.data, index);
      frame.release();
    }
  } finally {
    await source.dispose();
  }
}
