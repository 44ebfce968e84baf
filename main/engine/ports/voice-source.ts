/** Who speaks: what the speech stage asks, whether there is one voice on this machine or a chain of services under a policy. */

import type { VoiceSettings } from '../../../app/document/voice.ts';
import type { SpeechLang } from '../../../app/speech/plan.ts';
import type { TtsEvent, TtsProvider, TtsRequest, Voice } from './tts.ts';

/** Which voice a line asks for: its own, the project's for a language, the project's. */
export interface VoiceWish {
  voice: VoiceSettings;
  lineVoiceId: string | null;
}

/** Who says what follows, whenever that changes. `asWished`: it is the provider of the voice that was asked for. */
export interface SpeakerEvent {
  type: 'speaker';
  providerId: string;
  voiceId: string;
  asWished: boolean;
}

/** Of one line: who failed in its middle is not asked for the rest of it, so that voices do not take turns. */
export interface LineContext {
  avoid: Set<string>;
  /** Id of the provider that took over, who says the rest as well. */
  tookOver?: string;
}

export interface VoiceSource {
  /** Waited for before anything else is asked: which voices there are may have to be looked up. */
  ready?(): Promise<void>;
  /** Those whose versions decide how a line with these wishes sounds when nothing fails. Voices that act are told so by `acts`. */
  decidersOf(wish: VoiceWish): { providers: readonly Pick<TtsProvider, 'id' | 'version'>[]; acts: boolean };
  /** @throws StudioError speech.unknown-voice */
  chooser(signal: AbortSignal): Promise<(lang: SpeechLang, wish: VoiceWish) => Voice>;
  /** @throws StudioError of the voice, or `cloud.nobody-left`; whatever `signal` was aborted with */
  speak(request: TtsRequest, line: LineContext, signal: AbortSignal): AsyncIterable<TtsEvent | SpeakerEvent>;
  /** Would this voice's own provider be asked now? */
  mayAsk(voiceId: string): boolean;
}
