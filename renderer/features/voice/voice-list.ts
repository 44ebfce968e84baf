/** The voices of all providers, asked for when they are first needed. */
import { useEffect } from 'react';
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

/** Others speak than before: a key was entered, a provider set up, the mode changed. What is shown stays until the new list is there. */
export async function renewVoices(): Promise<void> {
  if (voicesStore.getState().voices === null) return;
  try {
    voicesStore.setState({ voices: await rpc.voices.list({}), error: null });
  } catch {
    // The list there is will do until somebody asks again.
  }
}

export function useVoiceList(): Known {
  useEffect(() => void askForVoices(), []);
  return useStore(voicesStore);
}

/** undefined: not known (yet). */
export function useVoice(id: string | null): VoiceDescription | undefined {
  useEffect(() => {
    if (id !== null) void askForVoices();
  }, [id]);
  return useStore(voicesStore, ({ voices }) => (id === null ? undefined : voices?.find((voice) => voice.id === id)));
}

/** A voice in the cloud costs money or waiting: nothing is asked of it that nobody asked for. */
export const isCloudVoice = (voiceId: string | null): boolean =>
  voiceId !== null && voicesStore.getState().voices?.find(({ id }) => id === voiceId)?.runs !== 'local';
