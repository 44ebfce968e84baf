/** Where the play head is. Set by the preview alone; asked of it by {@link previewControls}. */
import { createStore } from 'zustand/vanilla';
import type { ShownEmotion } from '../../app/contract/emotions.ts';

export interface PreviewState {
  /** On the project's clock, of the frame that is shown. */
  atMs: number;
  playing: boolean;
  durationMs: number;
  fps: number;
  /** Where each line lies; empty until it is known. */
  lines: readonly { lineId: string; startMs: number; endMs: number }[];
}

export const previewStore = createStore<PreviewState>(() => ({
  atMs: 0,
  playing: false,
  durationMs: 0,
  fps: 25,
  lines: [],
}));

/** What the preview does when asked; null while none is shown. The preview sets it while it is mounted. */
export interface PreviewControls {
  play(range?: { fromMs: number; toMs: number | null; loop?: boolean }): void;
  pause(): void;
  /** Plays on from there if it plays. Many in a row (a drag) are fine: the picture follows as fast as it can. */
  seek(atMs: number): void;
  /** Shows an emotion that no line has (yet) in place of every mood, until null takes it back. */
  showEmotion(emotion: ShownEmotion | null): void;
}
let controls: PreviewControls | null = null;
export const setPreviewControls = (next: PreviewControls | null): void => {
  controls = next;
};
export const previewControls = (): PreviewControls | null => controls;
