/** Finished stage frames, drawn ahead by somebody else while this side encodes. */
import type { RigSettings } from '../../../app/document/avatar.ts';
import type { TimedOverlayChange } from '../../../app/live/overlay-timeline.ts';
import type { SubtitleCue } from '../../../app/media/subtitles.ts';
import type { EmotionKey } from '../../../app/speech/emotion.ts';
import type { Timeline } from '../../../app/speech/timeline.ts';

/** Speech on the programme's clock, as it travels to where frames are drawn. */
export interface FrameSpeech {
  startMs: number;
  timeline: Timeline;
  envelope: Float32Array;
  emotions: EmotionKey[];
  /** Raw PCM s16le mono at SAMPLE_RATE. */
  pcmPath: string;
  samples: number;
}

export interface StageFrame {
  /** I420 (or I420 with alpha), whole stage. */
  data: Uint8Array;
  /** Gives the buffer back; the data must not be touched afterwards. */
  release(): void;
}

/** What comes and goes over the picture from frames on that are named, by the index that `frame` takes. */
export interface OverlayUpdate {
  changes: readonly TimedOverlayChange[];
  /** Changes of the script from this frame on are forgotten first. */
  forgetFrom?: number;
  /** Of overlays that `changes` bring: straight-alpha RGBA by SHA-256 of the file. */
  pictures?: ReadonlyMap<string, { width: number; height: number; rgba: Uint8Array }>;
}

export interface RenderStats {
  frames: number;
  /** Time spent drawing faces and compositing, ms. */
  faceMs: number;
  stageMs: number;
}

export interface FrameSource {
  /** Speech must be announced `lookAheadMs` before the first frame that shows it is asked for. */
  readonly lookAheadMs: number;
  speak(speech: FrameSpeech): void;
  subtitles(cues: readonly SubtitleCue[]): void;
  /** Indices ascend by one. Several may be asked for at once: up to `depth` are drawn ahead. */
  frame(index: number): Promise<StageFrame>;
  readonly depth: number;
  stats(): RenderStats;
  dispose(): Promise<void>;
}

/** A source whose stage, settings and place in time may change while it is open, for a preview. */
export interface LiveFrameSource<Stage> extends FrameSource {
  readonly frameBytes: number;
  /**
   * Another stage, with nothing announced and any frame next. Frames asked for before must have been answered.
   * @throws StudioError when the stage cannot be set: the one before then stands as it was. A source that has ended rejects
   * with its end.
   */
  restage(stage: Stage): Promise<void>;
  /**
   * Frames from `index` on that were asked for and not answered are given up: they reject with an AbortError. `index`, by no more
   * than a second before the last one drawn, may be asked for next. With `cutMs` whoever speaks falls silent there, and all that
   * was announced for later is forgotten, subtitles too; announced again it may be at once.
   */
  rewind(index: number, cutMs: number | null): void;
  /**
   * Counts for frames not asked for yet: one drawn already shows it only when it is asked for again. A source that was opened without
   * overlays shows none.
   */
  overlays(update: OverlayUpdate): void;
  /** The same stage, with nothing announced and any frame next. Frames asked for before must have been answered. */
  restart(rig: RigSettings): Promise<void>;
}
