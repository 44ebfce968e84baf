/**
 * A vendor that makes the whole film of somebody speaking, in minutes, as a task: an offline renderer for exports. What is running there
 * is written down, so that a film that was paid for is never paid for again.
 */
import type { StudioError } from '../../../app/errors/index.ts';
import type { CloudRendererId } from '../../../app/providers/renderers.ts';

export interface StillPicture {
  kind: 'picture';
  /** JPEG or PNG. */
  bytes: Uint8Array;
  mediaType: 'image/jpeg' | 'image/png';
  widthPx: number;
  heightPx: number;
}
export interface MovingPicture {
  kind: 'film';
  /** MP4, H.264. */
  bytes: Uint8Array;
  widthPx: number;
  heightPx: number;
  fps: number;
  durationMs: number;
}
export interface SpokenSound {
  /** WAV. */
  bytes: Uint8Array;
  durationMs: number;
}

export type RenderParameters = Readonly<Record<string, string | number | boolean>>;

export interface RenderInput {
  parameters: RenderParameters;
  person: StillPicture | MovingPicture;
  sound: SpokenSound;
}

/** What a vendor takes; both ends are inside. */
export interface RenderLimits {
  soundMs: readonly [number, number];
  soundBytes: number;
  /** Of the shorter and the longer side. */
  sidePx: readonly [number, number];
  /** Longer by shorter side. */
  maxAspect: number;
  personBytes: number;
  /** Of a film. */
  fps: readonly [number, number];
}

export type RenderState =
  | { state: 'waiting' | 'running' }
  /** `seconds`: what is paid for; null where that was not told. */
  | { state: 'done'; url: string; seconds: number | null }
  | { state: 'failed'; error: StudioError }
  | { state: 'cancelled' }
  /** Never was, or so long ago that it is forgotten. */
  | { state: 'unknown' };

export interface CloudRenderer {
  readonly id: CloudRendererId;
  /** As a person knows it. */
  readonly name: string;
  readonly model: string;
  readonly takes: 'picture' | 'film';
  /** false: not in the region that the settings name. */
  readonly offered: boolean;
  readonly limits: RenderLimits;
  /** All beside picture and sound that the film depends on. `fps`: of the stage that it is for. */
  parameters(fps: number): RenderParameters;
  /** The price of a film of so many seconds. */
  yuan(seconds: number): number;
  /**
   * Looks whether the input fits, uploads it, asks for the film once, and tells the task's id. `onAsking`: from now on there may be a task.
   * @throws StudioError cloud.input-unfit and cloud.face-refused before anything is asked; cloud.*
   */
  submit(input: RenderInput, onAsking: () => void, signal: AbortSignal): Promise<string>;
  /** @throws StudioError cloud.* where the question was not answered */
  state(taskId: string, signal: AbortSignal): Promise<RenderState>;
  /** false: it has begun already, and cannot be cancelled any more. @throws StudioError cloud.* */
  cancel(taskId: string, signal: AbortSignal): Promise<boolean>;
  /** The film behind a link. @throws StudioError cloud.*; cloud.task-lost where the link is dead */
  download(url: string, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

/** A film that was asked for, and is not here yet. */
export interface FilmTask {
  /** SHA-256 of everything that the film depends on. */
  key: string;
  renderer: CloudRendererId;
  model: string;
  taskId: string;
  /** Unix ms. */
  submittedAtMs: number;
  /** What was entered for it when it was asked for. */
  yuan: number;
}

/** Survives this process; every change is on disk when it returns. */
export interface FilmJournal {
  find(key: string): FilmTask | null;
  add(task: FilmTask): void;
  remove(key: string): void;
}

/** Films that were made, whole, until there are too many. */
export interface FilmStore {
  /** null: it is not there. */
  find(key: string): Promise<string | null>;
  /** Under its final name when all of it is there. */
  write(key: string, pieces: AsyncIterable<Uint8Array>): Promise<string>;
  remove(key: string): Promise<void>;
  /** One asks for a film at a time, among all processes. null: somebody else does now. */
  lock(key: string): Promise<(() => void) | null>;
}

export type FilmState = 'sending' | 'waiting' | 'running' | 'fetching';

export interface FilmRequest {
  renderer: CloudRenderer;
  /** SHA-256 of everything that the film depends on. */
  key: string;
  /** Of the sound that is sent. */
  seconds: number;
  /** Made only where the film must be asked for. */
  input(): Promise<RenderInput>;
  onState(state: FilmState): void;
  /** With `signal` aborted for this reason: nobody wants the film any more, and the vendor is told. Otherwise it is taken up next time. */
  unwanted(reason: unknown): boolean;
}

/** What an interface offers. */
export interface RendererOffer {
  id: CloudRendererId;
  /** Why it cannot be chosen now. */
  lacks: 'key' | 'region' | 'offline' | null;
  yuanPerSecond: number;
  /** Seconds of sound that one task takes at most: a longer one is parted at its pauses. */
  secondsAtOnce: number;
}

/** The vendors' films under keys, mode and budget. */
export interface CloudFilms {
  offers(): Promise<readonly RendererOffer[]>;
  /** @throws StudioError cloud.offline, cloud.key-missing, cloud.region-unsupported */
  renderer(id: CloudRendererId): Promise<CloudRenderer>;
  /** A film under its final name, whole. @throws StudioError cloud.*, storage.*; `signal.reason` */
  film(request: FilmRequest, signal: AbortSignal): Promise<string>;
  /** A film that turned out to be none. */
  discard(key: string): Promise<void>;
  /** Whether the embedded renderer makes what a vendor could not; it is told as an event then. */
  standsIn(id: CloudRendererId, error: unknown): boolean;
}
