/** The recorder: microphone, countdown, recording. There is one; it goes on while its panel is away, until its project is closed. */
import { createStore } from 'zustand/vanilla';
import { previewControls } from '../../../state/preview-store.ts';
import { projectStore } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { setLayout, uiStore } from '../../../state/ui-store.ts';
import { hush } from '../hearing.ts';
import { forgetTake, type KeptTake, keepTake, type TakeKeeper } from './kept-takes.ts';
import { createLevelMeter, FLOOR_DB, type Level } from './level.ts';
import {
  listMicrophones,
  type Microphone,
  MicrophoneError,
  type MicrophoneFault,
  openMicrophone,
} from './microphone.ts';
import { sendTake, showTakes } from './takes.ts';

export interface RecorderState {
  phase: 'off' | 'opening' | 'ready' | 'counting' | 'recording' | 'saving';
  fault: MicrophoneFault | null;
  /** Seconds until it begins. */
  countdown: number;
  /** performance.now() at its beginning. */
  startedAtMs: number;
  devices: readonly { id: string; label: string }[];
  deviceId: string | null;
  clipping: boolean;
  silent: boolean;
  /** Its panel is in view. */
  shown: boolean;
}

const OFF = { phase: 'off', countdown: 0, startedAtMs: 0, clipping: false, silent: false } as const;
export const recorderStore = createStore<RecorderState>(() => ({
  ...OFF,
  ...{ fault: null, devices: [], deviceId: null, shown: false },
}));
const set = recorderStore.setState;
const phase = (): RecorderState['phase'] => recorderStore.getState().phase;

const COUNT_FROM = 3;
export const CLEANED = 'voice.cleaned';
export const COUNTDOWN = 'voice.countdown';
const isOn = (name: string, standard: number): boolean => (uiStore.getState().layout[name] ?? standard) !== 0;

let microphone: Microphone | null = null;
let opening = 0;
let current: { take: KeptTake; keeper: TakeKeeper } | null = null;
let counting: ReturnType<typeof setInterval> | undefined;

/** Told with every piece of sound, outside of React. */
export const levelListeners = new Set<(level: Level) => void>();
const NO_LEVEL: Level = { db: FLOOR_DB, heldDb: FLOOR_DB, clipping: false, silent: false };

/** Opens the microphone (again, for another device or way). */
export async function openRecorder(deviceId: string | null = recorderStore.getState().deviceId): Promise<boolean> {
  closeRecorder();
  opening += 1;
  const own = opening;
  set({ phase: 'opening', fault: null });
  const measure = createLevelMeter();
  try {
    const opened = await openMicrophone({
      deviceId,
      cleaned: isOn(CLEANED, 0),
      onSamples(samples) {
        const level = measure(samples, performance.now());
        for (const listener of levelListeners) listener(level);
        const { clipping, silent } = recorderStore.getState();
        if (clipping !== level.clipping || silent !== level.silent)
          set({ clipping: level.clipping, silent: level.silent });
      },
      onLost() {
        void stopRecording().then(() => {
          closeRecorder();
          set({ fault: 'lost' });
        });
      },
    });
    if (own !== opening) {
      opened.close();
      return false;
    }
    microphone = opened;
    const devices = (await listMicrophones()).map(({ deviceId: id, label }) => ({ id, label }));
    set({ phase: 'ready', devices, deviceId: opened.deviceId || deviceId });
    return true;
  } catch (error) {
    if (own === opening) set({ ...OFF, fault: error instanceof MicrophoneError ? error.fault : 'busy' });
    return false;
  }
}

/** Lets the microphone go; what is being recorded must have been stopped. */
export function closeRecorder(): void {
  opening += 1;
  clearInterval(counting);
  microphone?.close();
  microphone = null;
  for (const listener of levelListeners) listener(NO_LEVEL);
  set(OFF);
}

export async function record(): Promise<void> {
  if (phase() === 'counting' || phase() === 'recording' || phase() === 'saving') return;
  if (microphone === null && !(await openRecorder())) return;
  hush();
  previewControls()?.pause();
  if (!isOn(COUNTDOWN, 1)) return begin();
  set({ phase: 'counting', countdown: COUNT_FROM });
  counting = setInterval(() => {
    const countdown = recorderStore.getState().countdown - 1;
    set({ countdown });
    if (countdown > 0) return;
    clearInterval(counting);
    begin();
  }, 1000);
}

function begin(): void {
  const projectId = projectStore().getState().id;
  if (microphone === null || projectId === null) {
    closeRecorder();
    return;
  }
  const { sampleRate } = microphone;
  const take = { id: crypto.randomUUID(), projectId, recordedAtMs: Date.now(), sampleRate };
  const keeper = keepTake(take);
  current = { take, keeper };
  microphone.start((piece) => keeper.add(piece));
  set({ phase: 'recording', startedAtMs: performance.now() });
}

/** The last half second is no more than asked for. */
window.addEventListener('pagehide', () => current?.keeper.flush());

/** Ends the recording and keeps it as a take; ends the countdown without one. */
export async function stopRecording(): Promise<void> {
  if (phase() === 'counting') {
    clearInterval(counting);
    set({ phase: 'ready' });
  } else if (phase() === 'recording' && microphone !== null && current !== null) {
    const said = microphone.stop();
    const { take, keeper } = current;
    current = null;
    set({ phase: 'saving' });
    try {
      if (said === null) await forgetTake(take.id);
      else {
        keeper.flush();
        const name = await sendTake(take, said);
        if (!recorderStore.getState().shown) showTakes(name);
      }
    } catch (error) {
      showErrorToast(error);
    } finally {
      if (phase() === 'saving') set({ phase: microphone === null ? 'off' : 'ready' });
    }
  }
  if (!recorderStore.getState().shown && phase() === 'ready') closeRecorder();
}

/** The panel has gone out of view or come back: what is being said goes on, a microphone that only listens is let go. */
export function showRecorder(shown: boolean): void {
  set({ shown });
  if (!shown && (phase() === 'ready' || phase() === 'opening')) closeRecorder();
}

export function setCleaned(on: boolean): void {
  setLayout(CLEANED, on ? 1 : 0);
  if (phase() === 'ready') void openRecorder();
}
