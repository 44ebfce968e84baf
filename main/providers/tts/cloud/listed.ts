/** How lists of vendors' voices are written down here: one entry a voice. */
import { StudioError } from '../../../../app/errors/index.ts';
import type { Voice } from '../../../engine/ports/tts.ts';

export interface ListedVoice {
  /** The vendor's own name of it. */
  id: string;
  /** How a person is shown it: its Chinese name and what it is like, where the vendor says. */
  zh: string;
  en: string;
  languages: string[];
  gender: Voice['gender'];
}

export const voiceOf = (provider: string, { id, zh, en, languages, gender }: ListedVoice): Voice => ({
  id: `${provider}:${id}`,
  name: zh === '' ? en : `${en} ${zh}`,
  languages,
  gender,
  runs: 'cloud',
});

/** `cosyvoice:longanyang` → `longanyang`. @throws StudioError speech.unknown-voice */
export function vendorVoice(provider: string, voiceId: string): string {
  const [owner, ...name] = voiceId.split(':');
  if (owner !== provider || name.join(':') === '') throw new StudioError('speech.unknown-voice', { voice: voiceId });
  return name.join(':');
}
