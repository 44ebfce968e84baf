/** Voices after a person's own in the lists of their services: whose they are, which model speaks them, and whether they may. */
import { dayOf } from '../../app/document/consent.ts';
import { voiceRefusal } from '../../app/document/voice-consent.ts';
import type { StudioError } from '../../app/errors/index.ts';
import type { TtsProvider, Voice } from '../engine/ports/tts.ts';
import { type ClonedVoiceOnRecord, readClonedVoices } from '../storage/cloned-voices.ts';

/** Another process of this studio may have made or deleted one. */
const FRESH_MS = 2000;

export class ClonedVoices {
  readonly #dataDir: string;
  readonly #now: () => Date;
  #read: { all: ClonedVoiceOnRecord[]; atMs: number } | null = null;

  constructor(dataDir: string, now: () => Date = () => new Date()) {
    this.#dataDir = dataDir;
    this.#now = now;
  }

  /** They are looked up anew with the next question. */
  forget(): void {
    this.#read = null;
  }

  /** For the list of a service. Those that may not speak just now are in it too: whoever chose one is told why. */
  of(provider: string): Voice[] {
    return this.#all()
      .filter((clone) => clone.provider === provider)
      .map(({ voiceId, name }) => ({
        ...{ id: `${provider}:${voiceId}`, name: name || voiceId, languages: ['cmn', 'en'] },
        ...{ gender: 'neutral' as const, runs: 'cloud' as const },
      }));
  }

  /** `provider:voice`. null: it is no clone of this studio's. */
  modelOf(voiceId: string): string | null {
    return this.#find(voiceId)?.model || null;
  }

  /** Why it says nothing today; null: it may, or it is no clone of this studio's. */
  refusal(voiceId: string): StudioError | null {
    const clone = this.#find(voiceId);
    return clone ? voiceRefusal(clone, dayOf(this.#now())) : null;
  }

  /** The same voices, of which those whose consent does not stand refuse to speak. */
  guard(provider: TtsProvider): TtsProvider {
    const check = (voiceId: string): void => {
      const refusal = this.refusal(voiceId);
      if (refusal) throw refusal;
    };
    const { stream } = provider;
    return {
      id: provider.id,
      get version() {
        return provider.version;
      },
      voices: (signal) => provider.voices(signal),
      async *synthesise(request, signal) {
        check(request.voiceId);
        yield* provider.synthesise(request, signal);
      },
      ...(stream && {
        async *stream(text, request, signal) {
          check(request.voiceId);
          yield* stream.call(provider, text, request, signal);
        },
      }),
      dispose: () => provider.dispose(),
    };
  }

  #find(voiceId: string): ClonedVoiceOnRecord | undefined {
    return this.#all().find((clone) => `${clone.provider}:${clone.voiceId}` === voiceId);
  }

  #all(): ClonedVoiceOnRecord[] {
    const atMs = performance.now();
    if (this.#read === null || atMs - this.#read.atMs > FRESH_MS)
      this.#read = { all: readClonedVoices(this.#dataDir), atMs };
    return this.#read.all;
  }
}
