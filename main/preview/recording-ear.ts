/** The person's own recording, heard for a preview: what was heard last stays on disk until the next is. */
import type { Project } from '../../app/document/project.ts';
import type { SpeechStage } from '../engine/stages/speech.ts';
import { type SpokenScript, speakScript } from '../export/speak-script.ts';
import type { Ffmpeg } from '../media/ffmpeg/locate.ts';
import type { AssetSource } from '../storage/assets.ts';

export interface RecordingEarDeps {
  speech: SpeechStage;
  paths: { tempDir: string };
  assets: AssetSource;
  ffmpeg(signal: AbortSignal): Promise<Ffmpeg>;
}

export class RecordingEar implements AsyncDisposable {
  readonly #deps: RecordingEarDeps;
  #kept: SpokenScript[] = [];

  constructor(deps: RecordingEarDeps) {
    this.#deps = deps;
  }

  /** The sound lies on disk until the recording after it has been heard. @throws StudioError script.*, speech.* */
  async hear(project: Project, signal: AbortSignal): Promise<SpokenScript> {
    const ffmpeg = await this.#deps.ffmpeg(signal);
    const deps = { ...this.#deps, ffmpegPath: ffmpeg.path };
    const heard = await speakScript(project, this.#deps.assets, deps, signal, () => undefined);
    this.#kept.push(heard);
    if (this.#kept.length > 2) await this.#kept.shift()?.[Symbol.asyncDispose]();
    return heard;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#kept.splice(0).map((one) => one[Symbol.asyncDispose]()));
  }
}
