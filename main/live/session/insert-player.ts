/** A picture or a video of the run-of-show over the frames that are fed, with its sound; one at a time. */
import type { AssetRef } from '../../../app/document/asset.ts';
import type { Project } from '../../../app/document/project.ts';
import type { InsertItem } from '../../../app/live/cursor.ts';
import type { StageSize } from '../../../app/media/stage-size.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { type LiveInsert, openInsert } from '../../media/live-insert.ts';
import { aiMarkSprite } from '../../stage/ai-mark.ts';
import type { Sprite } from '../../stage/i420.ts';
import { createInsertLayer, type InsertLayer, insertLevel } from '../../stage/live-insert-layer.ts';
import { subtitleArea, subtitleMetrics } from '../../stage/subtitle-sprites.ts';
import type { LentFrame } from './encoder.ts';
import type { Mixer } from './mixer.ts';
import { PcmStream } from './pcm-stream.ts';
import type { RunningInsert } from './speaking.ts';

export interface InsertPlayerDeps {
  ffmpegPath: string;
  fps: number;
  mixer: Mixer;
  resolve(asset: AssetRef): Promise<string>;
  onTrouble(error: unknown): void;
}

/** A picture without a length of its own. */
const PICTURE_MS = 10_000;

interface Playing {
  item: InsertItem;
  /** null: being opened. */
  opened: { insert: LiveInsert; layer: InsertLayer; frames: number } | null;
  fromFrame: number | null;
  failed: boolean;
}

export class InsertPlayer {
  readonly #deps: InsertPlayerDeps;
  readonly #stop = new AbortController();
  #playing: Playing | null = null;
  /** Drawn on in turn: those before may still be on their way to the encoder. */
  readonly #spare: Uint8Array[] = [];

  constructor(deps: InsertPlayerDeps) {
    this.#deps = deps;
  }

  play(item: InsertItem, project: Project, size: StageSize): RunningInsert {
    const playing: Playing = { item, opened: null, fromFrame: null, failed: false };
    this.#playing = playing;
    void this.#open(playing, project, size);
    const { fps } = this.#deps;
    return {
      over: (dueSample) => {
        if (playing.failed) return true;
        if (playing.opened === null || playing.fromFrame === null) return false;
        return (dueSample * fps) / SAMPLE_RATE >= playing.fromFrame + playing.opened.frames - 1e-6;
      },
      stop: () => this.#end(playing),
    };
  }

  async #open(playing: Playing, project: Project, size: StageSize): Promise<void> {
    const { insert: wanted } = playing.item;
    const { ffmpegPath, fps, onTrouble, mixer } = this.#deps;
    try {
      const path = await this.#deps.resolve(wanted.asset);
      const { signal } = this.#stop;
      const name = wanted.name || wanted.asset.fileName;
      const insert = await openInsert(ffmpegPath, path, { ...size, fps, window: wanted.window }, signal, {
        ...(name && { name }),
        onTrouble,
      });
      if (this.#playing !== playing) return await insert.dispose();
      const ms = wanted.durationMs ?? insert.durationMs ?? PICTURE_MS;
      const layer = createInsertLayer(size, insert.rect, markOf(project, size), wanted.transition);
      playing.opened = { insert, layer, frames: Math.max(1, Math.round((ms * fps) / 1000)) };
      // Decoding begins when it is first asked.
      insert.at(0);
      if (wanted.sound && insert.hasSound) {
        const stream = new PcmStream(ffmpegPath, path);
        const endSample = mixer.mixedTo + Math.round((ms * SAMPLE_RATE) / 1000);
        mixer.play({ startSample: mixer.mixedTo, stream, gain: 1, endSample });
      }
    } catch (error) {
      playing.failed = true;
      if (!this.#stop.signal.aborted) onTrouble(error);
    }
  }

  /** The frame with what lies on it now. */
  over(frame: number, stage: LentFrame | null): LentFrame | null {
    const playing = this.#playing;
    if (playing?.opened == null || stage === null) return stage;
    const { insert, layer, frames } = playing.opened;
    const picture = insert.at(playing.fromFrame === null ? 0 : frame - playing.fromFrame);
    if (picture === null) return stage;
    playing.fromFrame ??= frame;
    const { fps } = this.#deps;
    const level = insertLevel(frame - playing.fromFrame, frames, fps, playing.item.insert.transition);
    const data = this.#spare.pop() ?? new Uint8Array(stage.data.length);
    layer.draw(stage.data, picture, level, data);
    stage.release();
    return { data, release: () => void (this.#playing === null ? undefined : this.#spare.push(data)) };
  }

  #end(playing: Playing): void {
    if (this.#playing === playing) {
      this.#playing = null;
      this.#spare.length = 0;
      this.#deps.mixer.stopSounds();
    }
    void playing.opened?.insert.dispose();
  }

  dispose(): void {
    this.#stop.abort(new DOMException('the show is over', 'AbortError'));
    if (this.#playing) this.#end(this.#playing);
  }
}

function markOf({ stage }: Project, size: StageSize): Sprite | null {
  const area = stage.subtitles.mode === 'burn' ? subtitleArea(size, subtitleMetrics(size, stage.subtitles)) : null;
  return aiMarkSprite(stage.aiMark, size, area);
}
