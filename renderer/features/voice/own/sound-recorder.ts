/** A short recording by itself: the microphone is opened for it, and what was said goes to the studio when it ends. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { AssetRef } from '../../../../app/document/asset.ts';
import { upload } from '../../../bridge/index.ts';
import { previewControls } from '../../../state/preview-store.ts';
import { hush } from '../hearing.ts';
import { type Microphone, MicrophoneError, type MicrophoneFault, openMicrophone } from '../record/microphone.ts';
import { recorderStore } from '../record/recorder-store.ts';

export interface SoundRecording {
  phase: 'off' | 'opening' | 'recording' | 'sending';
  /** performance.now() at its beginning. */
  startedAtMs: number;
  fault: MicrophoneFault | null;
  /** What the studio said of it, or the way there. */
  error: unknown;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** What no service takes more of. */
const LONGEST_MS = 58_000;
const REST = { phase: 'off', startedAtMs: 0, fault: null, error: null } as const;
/** One microphone, one recording: whoever begins ends the one before. */
let stopOther: (() => Promise<void>) | null = null;

export function useSoundRecorder(fileName: string, onRecorded: (asset: AssetRef) => void): SoundRecording {
  const [state, setState] = useState<Pick<SoundRecording, 'phase' | 'startedAtMs' | 'fault' | 'error'>>(REST);
  const microphone = useRef<Microphone | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const isGone = useRef(false);
  const latest = useRef({ fileName, onRecorded });
  latest.current = { fileName, onRecorded };

  const stop = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current);
    const open = microphone.current;
    microphone.current = null;
    if (stopOther === stop) stopOther = null;
    if (open === null) return;
    const said = open.stop();
    open.close();
    if (isGone.current) return;
    if (said === null) return setState({ ...REST, fault: 'busy' });
    setState({ ...REST, phase: 'sending' });
    try {
      const asset = await upload(said.wav, { fileName: `${latest.current.fileName}.wav` });
      if (isGone.current) return;
      setState(REST);
      latest.current.onRecorded(asset);
    } catch (error) {
      setState({ ...REST, error });
    }
  }, []);

  const start = useCallback(async (): Promise<void> => {
    await stopOther?.();
    hush();
    previewControls()?.pause();
    setState({ ...REST, phase: 'opening' });
    try {
      const opened = await openMicrophone({
        ...{ deviceId: recorderStore.getState().deviceId, cleaned: false, onSamples: () => {} },
        onLost: () => void stop(),
      });
      if (isGone.current) return opened.close();
      microphone.current = opened;
      stopOther = stop;
      opened.start(() => {});
      timer.current = setTimeout(() => void stop(), LONGEST_MS);
      setState({ ...REST, phase: 'recording', startedAtMs: performance.now() });
    } catch (error) {
      setState({ ...REST, fault: error instanceof MicrophoneError ? error.fault : 'busy' });
    }
  }, [stop]);

  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
      void stop();
    };
  }, [stop]);
  return { ...state, start, stop };
}
