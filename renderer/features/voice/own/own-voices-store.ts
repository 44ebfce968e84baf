/** The person's cloned voices at all services, and the consents they were made under. */
import { createStore } from 'zustand/vanilla';
import type { ClonedVoiceDescription, KeptVoiceConsent } from '../../../../app/contract/cloning.ts';
import { rpc } from '../../../bridge/index.ts';
import { renewVoices } from '../voice-list.ts';

export interface OwnVoices {
  voices: readonly ClonedVoiceDescription[] | null;
  consents: readonly KeptVoiceConsent[];
  error: unknown;
}
export const ownVoicesStore = createStore<OwnVoices>(() => ({ voices: null, consents: [], error: null }));

export const ownVoiceId = ({ provider, voiceId }: ClonedVoiceDescription): string => `${provider}:${voiceId}`;

export async function askForOwnVoices(): Promise<void> {
  ownVoicesStore.setState({ error: null });
  try {
    const [voices, consents] = await Promise.all([rpc.cloning.voices({}), rpc.cloning.consents({})]);
    ownVoicesStore.setState({ voices, consents });
  } catch (error) {
    ownVoicesStore.setState({ error });
  }
}

const FIRST_WAIT_MS = 1500;
const LONGEST_WAIT_MS = 15_000;

/** Asks after those that are being made, less and less often, until the signal is aborted. */
export async function followPreparing(signal: AbortSignal): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 1.5)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    const waiting = ownVoicesStore.getState().voices?.filter(({ state }) => state === 'preparing') ?? [];
    if (waiting.length === 0) waitMs = FIRST_WAIT_MS;
    for (const { provider, voiceId } of waiting) {
      if (signal.aborted) return;
      const now = await rpc.cloning.query({ provider, voiceId }, { signal }).catch(() => null);
      if (now !== null) replace(now);
    }
  }
}

/** Where it is known already it takes the old one's place. */
function replace(voice: ClonedVoiceDescription): void {
  const others = ownVoicesStore.getState().voices ?? [];
  const at = others.findIndex((other) => ownVoiceId(other) === ownVoiceId(voice));
  ownVoicesStore.setState({ voices: at < 0 ? [voice, ...others] : others.with(at, voice) });
}

export async function addOwnVoice(voice: ClonedVoiceDescription): Promise<void> {
  replace(voice);
  await Promise.all([askForOwnVoices(), renewVoices()]);
}

export async function removeOwnVoice({ provider, voiceId }: ClonedVoiceDescription): Promise<void> {
  await rpc.cloning.remove({ provider, voiceId });
  await Promise.all([askForOwnVoices(), renewVoices()]);
}

export async function withdrawConsent(id: string): Promise<void> {
  await rpc.cloning.withdrawConsent({ id });
  await askForOwnVoices();
}
