/** Providers that do as the test says, and a clock that jumps to whoever waits next as soon as nothing else is left to do. */
import { setImmediate as turn } from 'node:timers/promises';
import { DailyBudget, MemoryLedger } from '../../../app/policy/budget.ts';
import type { PolicyEvent } from '../../../app/policy/events.ts';
import { seededRandom } from '../../../app/policy/retry.ts';
import { type PolicySettings, policySettingsSchema } from '../../../app/providers/settings.ts';
import type { SpeechPart } from '../../../app/speech/plan.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider, type TtsRequest } from '../ports/tts.ts';
import type { WaitingClock } from './clock.ts';
import type { PolicyDeps } from './stage-policy.ts';
import type { VoiceMember } from './voice-policy.ts';

const IDLE_TURNS = 12;

export class JumpingClock implements WaitingClock {
  #now = 1000;
  #sleepers: { atMs: number; wake: () => void }[] = [];
  #watching = false;
  nowMs = (): number => this.#now;
  wallMs = (): number => 1_700_000_000_000 + this.#now;

  advance(ms: number): void {
    this.#now += ms;
  }

  sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const forget = (): void => {
        this.#sleepers = this.#sleepers.filter((each) => each !== sleeper);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        forget();
        reject(signal.reason);
      };
      const wake = (): void => {
        forget();
        resolve();
      };
      const sleeper = { atMs: this.#now + ms, wake };
      this.#sleepers.push(sleeper);
      signal.addEventListener('abort', onAbort, { once: true });
      void this.#watch();
    });

  async #watch(): Promise<void> {
    if (this.#watching) return;
    this.#watching = true;
    while (this.#sleepers.length > 0) {
      for (let i = 0; i < IDLE_TURNS; i++) await turn();
      const next = this.#sleepers.sort((a, b) => a.atMs - b.atMs)[0];
      if (!next) break;
      this.#now = Math.max(this.#now, next.atMs);
      next.wake();
    }
    this.#watching = false;
  }
}

export interface World {
  clock: JumpingClock;
  events: PolicyEvent[];
  settings: PolicySettings;
  deps: PolicyDeps;
}

export function worldOf(settings: Partial<PolicySettings> = {}): World {
  const clock = new JumpingClock();
  const events: PolicyEvent[] = [];
  const world = { clock, events, settings: { ...policySettingsSchema.parse({}), ...settings } };
  const deps: PolicyDeps = {
    settings: () => world.settings,
    clock,
    random: seededRandom(1),
    budget: new DailyBudget(() => world.settings.dailyBudgetYuan, new MemoryLedger(), clock),
    emit: (event) => events.push(event),
  };
  return { ...world, deps };
}

export const SYLLABLE_MS = 200;

export interface Script {
  /** Words are told with their sound, at the end of all sound, or never. */
  words?: 'with-sound' | 'at-end' | 'never';
  phones?: boolean;
  /** After so many syllables `error` is thrown, or for good nothing more comes. */
  after?: number;
  error?: unknown;
  stall?: boolean;
  silent?: boolean;
}

export interface ScriptedVoice {
  member: VoiceMember;
  requests: TtsRequest[];
  said: string[];
  listings: number;
  /** What befalls the next requests, one each; afterwards `always`. */
  next: Script[];
  always: Script;
}

/** Each character is 200 ms of a tone with its word and, unless told otherwise, its phone. */
export function scriptedVoice(id: string, runs: 'local' | 'cloud', languages = ['cmn', 'en']): ScriptedVoice {
  const voice: ScriptedVoice = {
    ...{ requests: [], said: [], listings: 0, next: [], always: {} },
    member: undefined as unknown as VoiceMember,
  };
  async function* synthesise(request: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    voice.requests.push(request);
    const script = voice.next.shift() ?? voice.always;
    voice.said.push(request.part.tokens.map(({ spoken }) => spoken).join(''));
    const { words = 'with-sound', phones = true, after = Number.POSITIVE_INFINITY } = script;
    const all: TtsEvent[] = [];
    let ms = 0;
    let syllables = 0;
    for (const { character, from } of charactersOf(request.part)) {
      if (syllables >= after) {
        if (script.stall)
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        throw script.error;
      }
      await Promise.resolve();
      signal.throwIfAborted();
      const pcm = new Float32Array((SYLLABLE_MS * SAMPLE_RATE) / 1000);
      if (!script.silent) for (let i = 0; i < pcm.length; i++) pcm[i] = 0.3 * Math.sin(i / 20);
      const span = { startMs: ms, endMs: ms + SYLLABLE_MS };
      if (phones) yield { type: 'phones', phones: [{ phone: character, ...span }] };
      const word: TtsEvent = {
        type: 'words',
        words: [{ text: character, from, to: from + character.length, ...span }],
      };
      if (words === 'with-sound') yield word;
      else if (words === 'at-end') all.push(word);
      yield { type: 'audio', pcm };
      ms += SYLLABLE_MS;
      syllables += 1;
    }
    if (after === syllables && script.error) throw script.error;
    yield* all;
  }
  const provider: TtsProvider = {
    id,
    version: `${id}/1`,
    async voices() {
      voice.listings += 1;
      return [{ id: `${id}:a`, name: id, languages, gender: 'male', runs }];
    },
    synthesise,
    dispose: async () => undefined,
  };
  voice.member = { id, runs, provider, lacks: () => null, modelOf: () => 'cosyvoice-v3-flash' };
  return voice;
}

function charactersOf(part: SpeechPart): { character: string; from: number }[] {
  return part.tokens
    .flatMap(({ spoken, from }) => [...spoken].map((character, i) => ({ character, from: from + i })))
    .filter(({ character }) => /[\p{L}\p{N}]/u.test(character));
}
