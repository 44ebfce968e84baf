/** Who is in each chain: the members that settings name, made anew whenever the settings change. */
import { type ProviderSettings, type Region, SECRETS } from '../../app/providers/settings.ts';
import type { AsrMember } from '../engine/policy/asr-policy.ts';
import type { LlmMember } from '../engine/policy/llm-policy.ts';
import type { VoiceMember } from '../engine/policy/voice-policy.ts';
import type { AsrProvider } from '../engine/ports/asr.ts';
import type { EmbeddingProvider, RerankProvider } from '../engine/ports/knowledge.ts';
import type { ModerationProvider } from '../engine/ports/moderation.ts';
import type { TtsProvider } from '../engine/ports/tts.ts';
import type { VoiceCloneProvider } from '../engine/ports/voice-clone.ts';
import { withPhones } from '../engine/stages/with-phones.ts';
import { BAILIAN_ASR_PROVIDER_NAME, createBailianAsr } from '../providers/asr/bailian-asr/index.ts';
import { createIsiAsr } from '../providers/asr/isi/index.ts';
import { createQwenAsr, QWEN_ASR_PROVIDER_NAME } from '../providers/asr/qwen-asr/index.ts';
import { bailianEndpoint } from '../providers/kit/endpoint.ts';
import { explainRefusedKey } from '../providers/kit/key-region.ts';
import { BailianEmbeddings, BailianRerank } from '../providers/knowledge/bailian/index.ts';
import { createOpenAiServer, createQwen } from '../providers/llm/openai-compatible/index.ts';
import { createGreen } from '../providers/moderation/green/index.ts';
import { createCosyVoiceProvider } from '../providers/tts/cosyvoice/index.ts';
import { createQwenTtsProvider } from '../providers/tts/qwen-tts/index.ts';
import { createSambertProvider } from '../providers/tts/sambert/index.ts';
import { createCosyVoiceCloning } from '../providers/voice-clone/cosyvoice/index.ts';
import { createQwenCloning } from '../providers/voice-clone/qwen/index.ts';
import type { ClonedVoices } from './cloned-voices.ts';
import type { LocalEngines } from './local-engines.ts';
import type { ProviderKeys } from './provider-keys.ts';

export interface Cast {
  tts: VoiceMember[];
  llm: LlmMember[];
  asr: AsrMember[];
  embeddings: EmbeddingProvider;
  reranker: RerankProvider;
  moderation: ModerationProvider;
  cloning: readonly VoiceCloneProvider[];
  /** Why this one was refused, said better where it is known: a key of Bailian's that another region takes. */
  explain(id: string, error: unknown, signal: AbortSignal): Promise<unknown>;
  dispose(): Promise<void>;
}

export interface CastOptions {
  keys: ProviderKeys;
  clones: ClonedVoices;
  /** Instead of the regions' hosts, where a refused key is asked about: a stand-in. */
  regionUrl?: (region: Region) => string;
  /** The one on this machine, made and disposed by the caller. */
  embedded: TtsProvider;
  /** By models of the person's; null where there are none to be asked for. Disposed by the caller. */
  local: LocalEngines | null;
}

const nothing = (): null => null;

function makeCast(
  { bailian, openAiServers, isi, green, policy }: ProviderSettings,
  { keys, embedded, local, clones, regionUrl }: CastOptions,
): Cast {
  const access = keys.bailian(bailian);
  const { models } = bailian;
  const lacks = keys.lacksBailian;
  const cloudVoice = (provider: TtsProvider, model: string): VoiceMember => ({
    ...{ id: provider.id, runs: 'cloud', provider: withPhones(clones.guard(provider), { embedded }), lacks },
    modelOf: (voiceId) => clones.modelOf(voiceId) ?? model,
    refusal: (voiceId) => clones.refusal(voiceId),
  });
  const cosyvoice = createCosyVoiceProvider({
    endpoint: bailianEndpoint(access, 'CosyVoice'),
    model: models.cosyvoice,
    clones: async () => clones.of('cosyvoice'),
  });
  const by = bailian.qwenTtsBy;
  const qwenTts = createQwenTtsProvider({
    ...{ endpoint: bailianEndpoint(access, 'Qwen-TTS'), models, by },
    clones: async () => clones.of('qwen-tts'),
    modelOf: (voiceId) => clones.modelOf(voiceId),
  });
  const sambert = createSambertProvider({ endpoint: bailianEndpoint(access, 'Sambert') });
  const qwen = createQwen(access, { firstByteMs: policy.firstByteMs, betweenBytesMs: policy.betweenBytesMs });
  const servers = openAiServers.map((server) => ({
    server,
    provider: createOpenAiServer(server, () => keys.valueOf(SECRETS.openAiServerKey(server.id))),
  }));
  const recognisers: [AsrProvider, string, () => 'key' | 'settings' | null][] = [
    [createBailianAsr({ access }), models.asr, lacks],
    [createQwenAsr({ access }), models.qwenAsr, lacks],
    [
      createIsiAsr({ settings: () => isi, accessKey: keys.aliyun }),
      'isi',
      () => keys.lacksAliyun() ?? (isi.appKey === '' ? 'settings' : null),
    ],
  ];
  const bailians = new Map([
    [cosyvoice.id, 'CosyVoice'],
    [qwenTts.id, 'Qwen-TTS'],
    [sambert.id, 'Sambert'],
    [recognisers[0]![0].id, BAILIAN_ASR_PROVIDER_NAME],
    [recognisers[1]![0].id, QWEN_ASR_PROVIDER_NAME],
  ]);
  const embeddings = new BailianEmbeddings(access);
  const reranker = new BailianRerank(access);
  const greenUrl = keys.greenUrl();
  const moderation = createGreen({
    ...{ settings: () => green, accessKey: keys.aliyun },
    ...(greenUrl && { baseUrl: () => greenUrl }),
  });
  return {
    tts: [
      { id: embedded.id, runs: 'local', provider: embedded, lacks: nothing, modelOf: (id) => id },
      cloudVoice(cosyvoice, models.cosyvoice),
      cloudVoice(qwenTts, by === 'http' ? models.qwenTts : models.qwenTtsRealtime),
      cloudVoice(sambert, 'sambert'),
      ...(local ? [local.tts] : []),
    ],
    llm: [
      { id: qwen.id, runs: qwen.runs, provider: qwen, lacks, model: models.llm },
      ...servers.map(({ server, provider }) => ({
        ...{ id: provider.id, runs: provider.runs, provider, lacks: nothing, model: server.model },
      })),
      ...(local ? [local.llm] : []),
    ],
    asr: [
      ...recognisers.map(([provider, model, lacksWhat]) => ({
        ...{ id: provider.id, runs: provider.runs, provider, lacks: lacksWhat, model },
      })),
      ...(local ? [local.asr] : []),
    ],
    embeddings,
    reranker,
    moderation,
    cloning: [createCosyVoiceCloning({ access }), createQwenCloning({ access })],
    async explain(id, error, signal) {
      const name = bailians.get(id);
      return name === undefined ? error : explainRefusedKey(error, access, name, signal, regionUrl);
    },
    async dispose() {
      const voices = [cosyvoice, qwenTts, sambert];
      const writers = [qwen, ...servers.map(({ provider }) => provider)];
      const all = [
        ...voices,
        ...writers,
        embeddings,
        reranker,
        moderation,
        ...recognisers.map(([provider]) => provider),
      ];
      await Promise.allSettled(all.map((each) => each.dispose()));
    },
  };
}

/** Of a replaced set: what still speaks by it finishes first. */
const RETIRE_MS = 120_000;

/** The cast of the settings as they are now; the one before takes its leave by and by. */
export class Casting {
  readonly #options: CastOptions;
  readonly #settings: () => ProviderSettings;
  readonly #retired = new Map<Cast, NodeJS.Timeout>();
  #cast: Cast | null = null;

  constructor(options: CastOptions, settings: () => ProviderSettings) {
    this.#options = options;
    this.#settings = settings;
  }

  get now(): Cast {
    this.#cast ??= makeCast(this.#settings(), this.#options);
    return this.#cast;
  }

  retire(): void {
    const old = this.#cast;
    if (old === null) return;
    this.#cast = null;
    const timer = setTimeout(() => {
      this.#retired.delete(old);
      void old.dispose();
    }, RETIRE_MS);
    this.#retired.set(old, timer.unref());
  }

  async dispose(): Promise<void> {
    const all = [...this.#retired.keys(), ...(this.#cast ? [this.#cast] : [])];
    for (const timer of this.#retired.values()) clearTimeout(timer);
    this.#retired.clear();
    this.#cast = null;
    await Promise.all(all.map((each) => each.dispose()));
  }
}
