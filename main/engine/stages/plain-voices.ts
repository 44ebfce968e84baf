/** Voices as they are: each line is said by whoever it names, or not at all. */
import type { TtsProvider, Voice } from '../ports/tts.ts';
import type { VoiceSource } from '../ports/voice-source.ts';
import { chooseVoice } from './voice-choice.ts';

/** The embedded one first. */
export function plainVoices(providers: readonly TtsProvider[]): VoiceSource {
  const listing = async (signal: AbortSignal): Promise<{ voices: Voice[]; owner: Map<string, TtsProvider> }> => {
    const owner = new Map<string, TtsProvider>();
    const voices: Voice[] = [];
    for (const provider of providers)
      for (const voice of await provider.voices(signal)) {
        owner.set(voice.id, provider);
        voices.push(voice);
      }
    return { voices, owner };
  };
  return {
    decidersOf: () => ({ providers, acts: false }),
    mayAsk: () => true,
    async chooser(signal) {
      const { voices } = await listing(signal);
      return (lang, wish) => chooseVoice(lang, wish, voices);
    },
    async *speak(request, _, signal) {
      const { owner } = await listing(signal);
      yield* owner.get(request.voiceId)!.synthesise(request, signal);
    },
  };
}
