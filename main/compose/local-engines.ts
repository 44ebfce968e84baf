/**
 * Who works on this machine by models that the person installed: a language model, a voice, a recogniser, embeddings. Each runtime has a
 * process of its own, which begins with the first work; the settings do not change them, so they outlive a cast.
 */
import type { ModelTask } from '../../app/models/manifest.ts';
import type { PolicyEvent } from '../../app/policy/events.ts';
import type { PolicySettings, Stage } from '../../app/providers/settings.ts';
import type { AsrMember } from '../engine/policy/asr-policy.ts';
import type { LlmMember } from '../engine/policy/llm-policy.ts';
import type { VoiceMember } from '../engine/policy/voice-policy.ts';
import type { EmbeddingProvider } from '../engine/ports/knowledge.ts';
import type { LocalModels } from '../engine/ports/local-models.ts';
import type { TtsProvider } from '../engine/ports/tts.ts';
import { withPhones } from '../engine/stages/with-phones.ts';
import { createSherpaEar } from '../providers/asr/sherpa/index.ts';
import { createLlamaProcess } from '../providers/kit/llama-process.ts';
import { openSherpaProcess } from '../providers/kit/sherpa-process.ts';
import { createLlamaEmbeddings } from '../providers/knowledge/llama/index.ts';
import { createLlamaLlm } from '../providers/llm/llama/index.ts';
import { createSherpaVoice } from '../providers/tts/sherpa/index.ts';

export interface LocalEnginesOptions {
  models: LocalModels;
  embedded: TtsProvider;
  settings(): PolicySettings;
  /** A model came or went: who lacks one is another. */
  onChange(): void;
}

export class LocalEngines implements AsyncDisposable {
  readonly llm: LlmMember;
  readonly tts: VoiceMember;
  readonly asr: AsrMember;
  readonly #options: LocalEnginesOptions;
  readonly #installed = new Map<ModelTask, string>();
  readonly #stopListening: () => void;
  readonly #disposal = new AbortController();
  readonly #llama = createLlamaProcess();
  readonly #sherpa = openSherpaProcess();
  readonly #warming = new Set<Stage>();
  readonly #warmers: Record<Stage, (signal: AbortSignal) => Promise<void>>;
  #embeddings: EmbeddingProvider | null = null;
  #knowing: Promise<void> | null = null;

  constructor(options: LocalEnginesOptions) {
    this.#options = options;
    const { models, embedded } = options;
    const llm = createLlamaLlm({ models, process: this.#llama });
    const voice = createSherpaVoice({ models, process: this.#sherpa });
    const ear = createSherpaEar({ models, process: this.#sherpa });
    const lacks = (task: ModelTask) => () => (this.#installed.has(task) ? null : 'model');
    const names = (task: ModelTask): string => this.#installed.get(task) ?? '';
    this.llm = {
      ...{ id: llm.id, runs: 'local', provider: llm, lacks: lacks('llm') },
      get model() {
        return names('llm');
      },
    };
    this.tts = {
      ...{ id: voice.id, runs: 'local', provider: withPhones(voice, { embedded }), lacks: lacks('tts') },
      modelOf: () => names('tts'),
    };
    this.asr = {
      ...{ id: ear.id, runs: 'local', provider: ear, lacks: lacks('asr') },
      get model() {
        return names('asr');
      },
    };
    this.#warmers = {
      llm: (signal) => llm.warmUp(signal),
      tts: (signal) => voice.warm(signal),
      asr: (signal) => ear.warm(signal),
    };
    this.#stopListening = models.changes((task) => {
      void this.#look(task).then(options.onChange);
    });
  }

  /** Which models there are: looked up once, and again when one comes or goes. */
  ready(): Promise<void> {
    this.#knowing ??= Promise.all((['llm', 'tts', 'asr', 'embedding'] as const).map((task) => this.#look(task))).then(
      () => undefined,
    );
    return this.#knowing;
  }

  /** Null without a model. */
  get embeddings(): EmbeddingProvider | null {
    return this.#embeddings;
  }

  /** The first choice of a stage failed: whoever is next on this machine is loaded while the failure is still being dealt with. */
  hear(event: PolicyEvent): void {
    if (event.type === 'failed' && event.stage !== 'film') this.warmUp(event.stage);
  }

  /** Loads the stage's model in the background, where there is one and it may be asked. What goes wrong is told when it is asked. */
  warmUp(stage: Stage): void {
    const { mode, chains } = this.#options.settings();
    const member = { llm: this.llm, tts: this.tts, asr: this.asr }[stage];
    if (mode === 'cloud-only' || !chains[stage].includes(member.id) || member.lacks() !== null) return;
    if (this.#warming.has(stage)) return;
    this.#warming.add(stage);
    void this.#warmers[stage](this.#disposal.signal)
      .catch(() => undefined)
      .finally(() => this.#warming.delete(stage));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopListening();
    this.#disposal.abort(new Error('the local engines were disposed'));
    await Promise.all([this.llm, this.tts, this.asr].map(({ provider }) => provider.dispose()));
    await Promise.all([this.#llama.dispose(), this.#sherpa.dispose()]);
  }

  async #look(task: ModelTask): Promise<void> {
    const { models } = this.#options;
    const standing = await models.standing(task).catch(() => null);
    if (standing === null) this.#installed.delete(task);
    else this.#installed.set(task, `${standing.entry.id}@${standing.entry.version}`);
    if (task === 'embedding') this.#embeddings = standing && createLlamaEmbeddings(standing, this.#llama, models);
  }
}
