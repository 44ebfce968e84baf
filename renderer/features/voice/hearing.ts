/** Trying how something sounds: one thing at a time, by a name of its own. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { mediaUrl } from '../../bridge/index.ts';
import { previewControls, previewStore } from '../../state/preview-store.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { leaveSound, takeSound } from '../../state/sounding.ts';

type Phase = 'silent' | 'asking' | 'playing';
const hearingStore = createStore<{ name: string | null; phase: Phase }>(() => ({ name: null, phase: 'silent' }));
let stopNow: (() => void) | null = null;

/** What is heard under this name: nothing, or it is on its way, or it sounds. */
export const useHearing = (name: string): Phase =>
  useStore(hearingStore, (state) => (state.name === name ? state.phase : 'silent'));

export function hush(): void {
  stopNow?.();
}
// Whoever plays the whole wants to hear it alone.
previewStore.subscribe(({ playing }, before) => {
  if (playing && !before.playing) hush();
});

/** Plays what `ask` gives, or stops it where it is heard already. */
export async function hear(name: string, ask: (signal: AbortSignal) => Promise<{ path: string }>): Promise<void> {
  const again = hearingStore.getState().name === name;
  hush();
  if (again) return;
  const abort = new AbortController();
  const sound = new Audio();
  const stop = (): void => {
    abort.abort(new Error('stopped'));
    sound.pause();
    sound.removeAttribute('src');
    leaveSound(stop);
    if (stopNow !== stop) return;
    stopNow = null;
    hearingStore.setState({ name: null, phase: 'silent' });
  };
  stopNow = stop;
  takeSound(stop);
  previewControls()?.pause();
  hearingStore.setState({ name, phase: 'asking' });
  try {
    const { path } = await ask(abort.signal);
    abort.signal.throwIfAborted();
    sound.src = mediaUrl(path);
    sound.addEventListener('ended', stop, { once: true });
    sound.addEventListener('error', () => !abort.signal.aborted && fail(new Error(`${path} cannot be played`)));
    await sound.play();
    abort.signal.throwIfAborted();
    hearingStore.setState({ name, phase: 'playing' });
  } catch (error) {
    if (!abort.signal.aborted) fail(error);
  }

  function fail(error: unknown): void {
    stop();
    showErrorToast(error);
  }
}
