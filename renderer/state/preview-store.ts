/** Where the play head is. Set by the preview alone; asked of it by {@link previewControls}. */
import { createStore } from 'zustand/vanilla';

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
  seek(atMs: number): void;
}
let controls: PreviewControls | null = null;
export const setPreviewControls = (next: PreviewControls | null): void => {
  controls = next;
};
export const previewControls = (): PreviewControls | null => controls;
