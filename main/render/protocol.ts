import type { RigSettings } from '../../app/document/avatar.ts';
import type { AiMark, SubtitleSettings } from '../../app/document/stage.ts';
import type { ErrorParams } from '../../app/errors/index.ts';
import type { SubtitleCue } from '../../app/media/subtitles.ts';
import type { FrameSpeech, OverlayUpdate } from '../engine/ports/frames.ts';
import type { AvatarPlate } from '../engine/ports/lipsync.ts';
import type { Sprite } from '../stage/i420.ts';
import type { LiveOverlaySetup } from '../stage/live-layer.ts';

/** A network that draws the lips. */
export interface LipsSetup {
  /** A Wav2Lip model as an ONNX file. */
  modelPath: string;
  /** The file that remembers what of this machine draws it fastest. */
  memoryPath: string;
}

/** Everything a render thread needs to know before its first frame. */
export interface RenderSetup {
  plate: AvatarPlate;
  fps: number;
  seed: number;
  rig: RigSettings;
  /** Absent: the rig draws the lips too. */
  lips?: LipsSetup | undefined;
  /** yuva420p frames. */
  alpha: boolean;
  front: Sprite[];
  /** Overlays that come and go. Absent: none, but on another stage of the same thread those it has. */
  live?: LiveOverlaySetup;
  /** null: no burnt-in subtitles. */
  subtitles: SubtitleSettings | null;
  aiMark: AiMark;
  /** Frames in the pool. */
  depth: number;
}

/** A frame and its place in the pool. */
export interface PlacedFrame {
  index: number;
  slot: number;
}

export type RenderRequest =
  /** Another stage from now on. */
  | { type: 'stage'; setup: RenderSetup }
  /** The same stage with nothing said or to be said, and any frame next. */
  | { type: 'restart'; rig: RigSettings }
  | { type: 'speak'; speech: FrameSpeech }
  /** Whoever speaks falls silent, and what was announced for later is forgotten. */
  | { type: 'interrupt'; atMs: number }
  | { type: 'overlays'; update: OverlayUpdate }
  | { type: 'subtitles'; cues: readonly SubtitleCue[] }
  | { type: 'frames'; frames: PlacedFrame[] };

export interface RenderFailure {
  message: string;
  code?: string;
  params?: ErrorParams;
}

export type RenderReply =
  /** The pool lies in shared memory: where each of its frames begins, and how long one is. */
  | { type: 'ready'; lookAheadMs: number; memory: SharedArrayBuffer; offsets: number[]; frameBytes: number }
  /** The stage asked for cannot be set; the one before stands. */
  | { type: 'refused'; failure: RenderFailure }
  /** Something is drawn without what is at fault. */
  | { type: 'trouble'; failure: RenderFailure }
  | { type: 'frames'; frames: PlacedFrame[]; faceMs: number; stageMs: number };
