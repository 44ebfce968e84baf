/** All providers of a studio as one: what an interface shows and sets, and the chains that the rest of the studio asks. `Studio.providers`. */
import type { FailureNote, PolicyEvent } from '../../../app/policy/events.ts';
import type { ProviderSettings, Stage } from '../../../app/providers/settings.ts';
import type { AsrProvider } from './asr.ts';
import type { LlmProvider } from './llm.ts';
import type { SecretStore } from './secrets.ts';

export interface ProviderState {
  /** As chains name it: `qwen`, `cosyvoice`, `espeak`, the id of a server of the person's own. */
  id: string;
  stage: Stage;
  runs: 'local' | 'cloud';
  /** The model it is set to; null where it has none. */
  model: string | null;
  /** What it lacks before it can be asked at all. */
  lacks: 'key' | 'settings' | 'model' | null;
  /** `open`: it rests until then; `half-open`: the next request is a probe. */
  circuit: 'closed' | 'open' | 'half-open';
  restsUntilMs: number | null;
  /** Of its last request, unless a later one went well. */
  lastFailure: FailureNote | null;
  lastFirstByteMs: number | null;
}

export interface Providers {
  settings(): ProviderSettings;
  /** Keeps them, and every request from now on follows them. @throws StudioError `storage.*` */
  change(settings: ProviderSettings): Promise<void>;
  /** The person's keys. What is changed here holds from the next request on. */
  readonly secrets: SecretStore;
  /** Names of secrets that the environment gives (DASHSCOPE_API_KEY …); they count before the kept ones. */
  secretsFromEnvironment(): readonly string[];
  /** Every provider that this studio has, in a chain or not, stage by stage. */
  states(): Promise<readonly ProviderState[]>;
  /** Asks this one provider for as little as shows that it works, past chain, circuit and cache. @throws StudioError `cloud.*` */
  test(id: string, signal: AbortSignal): Promise<{ firstByteMs: number }>;
  /** Of the local calendar's day, by provider. */
  spentTodayYuan(): Readonly<Record<string, number>>;
  /** Oldest first; the newest few hundred. */
  recentEvents(): readonly PolicyEvent[];
  /** Until the function it returns is called. `null`: something else than an event changed (settings, keys, a circuit that may be tried again). */
  listen(listener: (event: PolicyEvent | null) => void): () => void;
  /** The chain of language models under the policy. */
  readonly llm: LlmProvider;
  /** The chain of recognisers under the policy. */
  readonly asr: Pick<AsrProvider, 'recognise'>;
}
