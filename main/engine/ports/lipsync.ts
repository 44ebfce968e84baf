/**
 * The lip-sync port: PCM and timeline in, face frames and their region out.
 * Fits engines that warp the picture (the embedded rig), redraw the mouth (Wav2Lip family) or draw the whole head.
 */
import type { RigSettings } from '../../../app/document/avatar.ts';
import type { FaceLandmarks } from '../../../app/document/landmarks.ts';
import type { EmotionKey } from '../../../app/speech/emotion.ts';
import type { Timeline } from '../../../app/speech/timeline.ts';
import type { Pixels } from '../../pixels/pixels.ts';

export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A person laid out on the stage. All planes are stage-sized, RGBA8 straight alpha, row-major, tightly packed. */
export interface AvatarPlate {
  width: number;
  height: number;
  /** The person's picture; alpha is the matte (0 where it is not the person). */
  person: Uint8Array;
  /** What stands behind the person, also behind the hair's edge (alpha 0 on a transparent stage). */
  background: Uint8Array;
  /** In stage pixels. */
  landmarks: FaceLandmarks;
  /** Where the picture itself lies on the stage (motion fades out towards its edges; may reach beyond the stage). */
  picture: Rect;
}

/** A stretch of speech on the session's clock. */
export interface SpeechSegment {
  /** Start in ms on the session's clock. Segments come in order and do not overlap. */
  startMs: number;
  timeline: Timeline;
  /** RMS per ENVELOPE_STEP_MS. */
  envelope: Float32Array;
  emotions: EmotionKey[];
  /** Mono float PCM at SAMPLE_RATE between two times of the segment; for engines that listen to the sound itself. */
  pcm(fromMs: number, toMs: number): Float32Array;
}

export interface LipSyncOptions {
  fps: number;
  seed: number;
  rig: RigSettings;
  /** Where whoever composes the frames works: an engine that draws by the same kernels saves a copy. */
  pixels?: Pixels | undefined;
  /** Told of what stops an engine from drawing as it should, once until it goes on; it draws what it can meanwhile. */
  onTrouble?: ((error: unknown) => void) | undefined;
}

export interface LipSyncSession {
  /** The part of the stage its frames cover: even position and size, constant for the session. */
  readonly region: Rect;
  /** How far before a frame its speech must have been announced, ms. */
  readonly lookAheadMs: number;
  /** Announces speech, at least `lookAheadMs` before the first frame that shows it. */
  speak(segment: SpeechSegment): void;
  /** From now on everything announced but not yet shown is forgotten and the mouth closes. */
  interrupt(atMs: number): void;
  /**
   * As if just opened with these settings (but for `teeth`, which are the picture's): nothing announced, any frame next.
   * Engines without it are opened anew, at the cost of reading the plate again.
   */
  restart?(rig: RigSettings): void;
  /**
   * For engines that think elsewhere, of the frames asked for next: settles when `frame` can draw them as well as may be. Never
   * rejects; what is not there by then is drawn without.
   */
  prepare?(indices: readonly number[]): Promise<void>;
  /**
   * Draws frame `index` (its time is index / fps) of the region, person over background: RGBA8, `region.width` × 4 bytes a row.
   * Indices ascend. The array is the session's own and valid until the next call.
   */
  frame(index: number): Uint8Array;
  dispose(): void;
}

export interface LipSyncEngine {
  readonly id: string;
  open(plate: AvatarPlate, options: LipSyncOptions): Promise<LipSyncSession>;
}
