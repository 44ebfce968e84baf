/** The voices of all providers, asked for when they are first needed. */
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { VoiceDescription } from '../../../app/contract/voices.ts';
import { rpc } from '../../bridge/index.ts';

interface Known {
  voices: readonly VoiceDescription[] | null;
  error: unknown;
}
const voicesStore = createStore<Known>(() => ({ voices: null, error: null }));
let asking = false;

export async function askForVoices(): Promise<void> {
  if (asking || voicesStore.getState().voices !== null) return;
  asking = true;
  voicesStore.setState({ error: null });
  try {
    voicesStore.setState({ voices: await rpc.voices.list({}) });
  } catch (error) {
    voicesStore.setState({ error });
  } finally {
    asking = false;
  }
}

export function useVoiceList(): Known {
  useEffect(() => void askForVoices(), []);
  return useStore(voicesStore);
}

/** undefined: not known (yet). */
export function useVoice(id: string | null): VoiceDescription | undefined {
  const { voices } = useVoiceList();
  return useMemo(() => voices?.find((voice) => voice.id === id), [voices, id]);
}
