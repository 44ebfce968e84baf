/** What the stage shows of the preview beside the picture: changes seldom, never with each frame. */
import { createStore } from 'zustand/vanilla';
import type { WireError } from '../../../../app/contract/base.ts';

export type Awaited = 'connection' | 'portrait' | 'speech' | 'stage' | 'frames';

export interface Range {
  fromMs: number;
  toMs: number;
}

export interface PlaybackState {
  /** Of the frames; null until the first is known. */
  size: { widthPx: number; heightPx: number } | null;
  /** A picture has been shown. */
  shown: boolean;
  /** What has been waited for for longer than a moment. */
  awaited: Awaited | null;
  /** Why the document cannot be shown as it is; the picture is the last good one. */
  fault: { error: WireError; lineId: string | null } | null;
  /** The browser waits for a click before it lets sound be heard, or there is no way to be heard. */
  sound: 'ready' | 'blocked' | 'absent';
  /** Of the script, how many lines have been spoken. */
  prepared: { spoken: number; lines: number };
  loop: boolean;
  /** Between the marks; null: all. */
  range: Range | null;
}

const INITIAL: PlaybackState = {
  size: null,
  shown: false,
  awaited: 'connection',
  fault: null,
  sound: 'ready',
  prepared: { spoken: 0, lines: 0 },
  loop: false,
  range: null,
};

export const playbackStore = createStore<PlaybackState>(() => INITIAL);
export const resetPlayback = (): void => playbackStore.setState(INITIAL, true);
