/** The voices there are, asked for once they are needed. */
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { VoiceDescription } from '../../../app/contract/voices.ts';
import { rpc } from '../../bridge/index.ts';

const voicesStore = createStore<{ voices: readonly VoiceDescription[] | null }>(() => ({ voices: null }));
let asking: Promise<void> | null = null;

export function askForVoices(): Promise<void> {
  asking ??= rpc.voices.list({}).then(
    (voices) => voicesStore.setState({ voices }),
    () => {
      asking = null;
    },
  );
  return asking;
}
export const useVoices = (): readonly VoiceDescription[] | null => {
  useEffect(() => void askForVoices(), []);
  return useStore(voicesStore, ({ voices }) => voices);
};

/** null: the project's own voice. */
export function useVoiceName(voiceId: string | null): string | null {
  useEffect(() => {
    if (voiceId !== null) void askForVoices();
  }, [voiceId]);
  return useStore(voicesStore, ({ voices }) =>
    voiceId === null ? null : (voices?.find(({ id }) => id === voiceId)?.name ?? voiceId),
  );
}

/** A voice in the cloud costs money or waiting: nothing is asked of it that nobody asked for. */
export const isCloudVoice = (voiceId: string | null): boolean =>
  voiceId !== null && voicesStore.getState().voices?.find(({ id }) => id === voiceId)?.runs !== 'local';
