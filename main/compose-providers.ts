/**
 * Cloud and local engines as the person set them up: which there are, their keys, and the policy over them. Part of the composition root.
 * Starts nothing; nothing leaves this machine until somebody asks a provider that the settings allow.
 */
import { randomInt } from 'node:crypto';
import { StudioError } from '../app/errors/index.ts';
import { DailyBudget } from '../app/policy/budget.ts';
import { seededRandom } from '../app/policy/retry.ts';
import { type BailianSettings, type ProviderSettings, SECRETS, type Stage } from '../app/providers/settings.ts';
import { NORMAL_PROSODY, type SpeechPart } from '../app/speech/plan.ts';
import { type AsrMember, createAsrPolicy } from './engine/policy/asr-policy.ts';
import { createCachedLlm } from './engine/policy/cached-llm.ts';
import { machineClock, type WaitingClock } from './engine/policy/clock.ts';
import { PolicyEvents } from './engine/policy/events.ts';
import { createLlmPolicy, type LlmMember } from './engine/policy/llm-policy.ts';
import { createModeratedLlm } from './engine/policy/moderated-llm.ts';
import type { Member, PolicyDeps, StagePolicy } from './engine/policy/stage-policy.ts';
import { createVoicePolicy, type VoiceMember, type VoicePolicy } from './engine/policy/voice-policy.ts';
import type { AnswerCache, CacheFigures } from './engine/ports/answer-cache.ts';
import { ASR_SAMPLE_RATE, type AsrProvider } from './engine/ports/asr.ts';
import type { EmbeddingProvider } from './engine/ports/knowledge.ts';
import type { LlmProvider } from './engine/ports/llm.ts';
import type { ModerationProvider } from './engine/ports/moderation.ts';
import type { ProviderState, Providers } from './engine/ports/providers.ts';
import type { SecretStore } from './engine/ports/secrets.ts';
import type { TtsProvider } from './engine/ports/tts.ts';
import type { VoiceCloneProvider } from './engine/ports/voice-clone.ts';
import type { VoiceSource } from './engine/ports/voice-source.ts';
import { withPhones } from './engine/stages/with-phones.ts';
import { createBailianAsr } from './providers/asr/bailian-asr/index.ts';
import { createIsiAsr } from './providers/asr/isi/index.ts';
import { createQwenAsr } from './providers/asr/qwen-asr/index.ts';
import { type BailianAccess, bailianEndpoint } from './providers/kit/endpoint.ts';
import { BailianEmbeddings } from './providers/knowledge/bailian/index.ts';
import { createOpenAiServer, createQwen } from './providers/llm/openai-compatible/index.ts';
import { createGreen } from './providers/moderation/green/index.ts';
import { createCosyVoiceProvider } from './providers/tts/cosyvoice/index.ts';
import { createQwenTtsProvider } from './providers/tts/qwen-tts/index.ts';
import { createSambertProvider } from './providers/tts/sambert/index.ts';
import { createCosyVoiceCloning } from './providers/voice-clone/cosyvoice/index.ts';
import { createQwenCloning } from './providers/voice-clone/qwen/index.ts';
import { openAnswerCache } from './storage/answer-cache/index.ts';
import { readProviderSettings, writeProviderSettings } from './storage/provider-settings.ts';
import { openSpendLedger } from './storage/spend-ledger.ts';

/** Keys of destinations and the like are kept in the same place. */
const isOurs = (name: string): boolean => /^(bailian|aliyun|llm|cache)\//.test(name);

type Environment = Readonly<Record<string, string | undefined>>;

export interface ProviderOptions {
  dataDir: string;
  cacheDir: string;
  secrets: SecretStore;
  /** Instead of what the data folder says: a process that was told by the one that knows. */
  settings?: ProviderSettings | undefined;
  environment?: Environment;
  clock?: WaitingClock;
  /** Somebody listens while lines are made. */
  pace?: 'live' | 'whole' | undefined;
  /** Makes the jitter repeatable. */
  seed?: number;
  /** The one on this machine, made and disposed by the caller. */
  embedded: TtsProvider;
}

export interface ProviderSet extends Providers, AsyncDisposable {
  readonly asr: AsrProvider;
  /** The chain of language models, for questions that come again: what was answered before is not asked again. */
  readonly answers: LlmProvider;
  /** null before anything was asked, and where nothing is kept. */
  cacheFigures(): Promise<CacheFigures | null>;
  /** null without a key, and offline. */
  embeddings(): EmbeddingProvider | null;
  /** For a process of this studio that speaks too: keys that the environment gives are left out, it has them. */
  forChild(): Promise<{ settings: ProviderSettings; secrets: Record<string, string> }>;
  /** Who makes voices after a person's own; each call asks for the key anew. @throws StudioError cloud.offline, cloud.key-missing */
  cloning(): Promise<readonly VoiceCloneProvider[]>;
  /** Speaks text while it is being written, under the same policy. */
  readonly stream: VoicePolicy['stream'];
  /** Who speaks, for the speech stage. */
  readonly voiceSource: VoiceSource;
  /** All of them, the embedded one first; those that cannot be asked have no voices. */
  readonly voices: readonly TtsProvider[];
}

const BAILIAN_ENVIRONMENT = {
  key: 'DASHSCOPE_API_KEY',
  http: 'DASHSCOPE_HTTP_BASE_URL',
  socket: 'DASHSCOPE_WEBSOCKET_BASE_URL',
} as const;
const ALIYUN_ENVIRONMENT = { id: 'ALIBABA_CLOUD_ACCESS_KEY_ID', secret: 'ALIBABA_CLOUD_ACCESS_KEY_SECRET' } as const;
/** Where Green is, whatever its region: a stand-in. */
const GREEN_ENVIRONMENT = 'GREEN_BASE_URL';
/** Of a replaced set: what still speaks by it finishes first. */
const RETIRE_MS = 120_000;

/** Everything that settings decide, made anew whenever they change. */
interface Cast {
  tts: VoiceMember[];
  llm: LlmMember[];
  asr: AsrMember[];
  embeddings: EmbeddingProvider;
  moderation: ModerationProvider;
  cloning: readonly VoiceCloneProvider[];
  dispose(): Promise<void>;
}

export function createProviders(options: ProviderOptions): ProviderSet {
  const { dataDir, cacheDir, secrets: kept, embedded, environment = process.env, clock = machineClock } = options;
  let settings: ProviderSettings | null = options.settings ?? null;
  const current = (): ProviderSettings => {
    settings ??= readProviderSettings(dataDir);
    return settings;
  };

  const given = new Map<string, string>();
  for (const [secret, variable] of [
    [SECRETS.bailianKey, BAILIAN_ENVIRONMENT.key],
    [SECRETS.aliyunAccessKeyId, ALIYUN_ENVIRONMENT.id],
    [SECRETS.aliyunAccessKeySecret, ALIYUN_ENVIRONMENT.secret],
  ] as const) {
    const value = environment[variable]?.trim();
    if (value) given.set(secret, value);
  }
  let held: Set<string> = new Set(given.keys());
  let knowing: Promise<void> | null = null;
  /** Which keys there are: asked once, and again when one was changed. */
  const ready = (): Promise<void> => {
    knowing ??= kept.names().then(
      (names) => {
        held = new Set([...given.keys(), ...names]);
      },
      () => {
        knowing = null;
      },
    );
    return knowing;
  };
  const secretOf = async (name: string): Promise<string> => given.get(name) ?? (await kept.get(name)) ?? '';

  const events = new PolicyEvents();
  const changes = new Set<() => void>();
  const changed = (): void => {
    for (const each of [...changes]) each();
  };
  const budget = new DailyBudget(() => current().policy.dailyBudgetYuan, openSpendLedger(dataDir), clock);
  const deps: PolicyDeps = {
    settings: () => current().policy,
    clock,
    random: seededRandom(options.seed ?? randomInt(2 ** 31)),
    budget,
    emit: (event) => events.emit(event),
  };

  const bailianOf = (bailian: BailianSettings): BailianAccess => ({
    settings: {
      ...bailian,
      httpBaseUrl: environment[BAILIAN_ENVIRONMENT.http]?.trim() || bailian.httpBaseUrl,
      webSocketBaseUrl: environment[BAILIAN_ENVIRONMENT.socket]?.trim() || bailian.webSocketBaseUrl,
    },
    key: () => secretOf(SECRETS.bailianKey),
  });
  const needsKey = (name: string) => (): 'key' | null => (held.has(name) ? null : 'key');
  const nothing = (): null => null;
  const lacksAccessKey = (): 'key' | null =>
    held.has(SECRETS.aliyunAccessKeyId) && held.has(SECRETS.aliyunAccessKeySecret) ? null : 'key';
  const aliyunAccessKey = async () => {
    const [id, secret] = await Promise.all([
      secretOf(SECRETS.aliyunAccessKeyId),
      secretOf(SECRETS.aliyunAccessKeySecret),
    ]);
    return id === '' || secret === '' ? null : { id, secret };
  };

  const makeCast = ({ bailian, openAiServers, isi, green }: ProviderSettings): Cast => {
    const access = bailianOf(bailian);
    const { models } = bailian;
    const lacks = needsKey(SECRETS.bailianKey);
    const cloudVoice = (provider: TtsProvider, modelOf: (voiceId: string) => string): VoiceMember => ({
      ...{ id: provider.id, runs: 'cloud', provider: withPhones(provider, { embedded }), lacks, modelOf },
    });
    const cosyvoice = createCosyVoiceProvider({
      endpoint: bailianEndpoint(access, 'CosyVoice'),
      model: models.cosyvoice,
    });
    const qwenTts = createQwenTtsProvider({ endpoint: bailianEndpoint(access, 'Qwen-TTS'), models, by: 'realtime' });
    const sambert = createSambertProvider({ endpoint: bailianEndpoint(access, 'Sambert') });
    const qwen = createQwen(access);
    const servers = openAiServers.map((server) => ({
      server,
      provider: createOpenAiServer(server, () => secretOf(SECRETS.openAiServerKey(server.id))),
    }));
    const recognisers: [AsrProvider, string, () => 'key' | 'settings' | null][] = [
      [createBailianAsr({ access }), models.asr, lacks],
      [createQwenAsr({ access }), models.qwenAsr, lacks],
      [
        createIsiAsr({
          settings: () => isi,
          accessKey: aliyunAccessKey,
        }),
        'isi',
        () => lacksAccessKey() ?? (isi.appKey === '' ? 'settings' : null),
      ],
    ];
    const embeddings = new BailianEmbeddings(access);
    const greenUrl = environment[GREEN_ENVIRONMENT]?.trim();
    const moderation = createGreen({
      ...{ settings: () => green, accessKey: aliyunAccessKey },
      ...(greenUrl && { baseUrl: () => greenUrl }),
    });
    const cloudVoices = [
      cloudVoice(cosyvoice, () => models.cosyvoice),
      cloudVoice(qwenTts, () => models.qwenTtsRealtime),
      cloudVoice(sambert, () => 'sambert'),
    ];
    return {
      tts: [
        { id: embedded.id, runs: 'local', provider: embedded, lacks: nothing, modelOf: (id) => id },
        ...cloudVoices,
      ],
      llm: [
        { id: qwen.id, runs: qwen.runs, provider: qwen, lacks, model: models.llm },
        ...servers.map(({ server, provider }) => ({
          ...{ id: provider.id, runs: provider.runs, provider, lacks: nothing, model: server.model },
        })),
      ],
      asr: recognisers.map(([provider, model, lacksWhat]) => ({
        ...{ id: provider.id, runs: provider.runs, provider, lacks: lacksWhat, model },
      })),
      embeddings,
      moderation,
      cloning: [createCosyVoiceCloning({ access }), createQwenCloning({ access })],
      async dispose() {
        const all = [
          cosyvoice,
          qwenTts,
          sambert,
          qwen,
          embeddings,
          moderation,
          ...servers.map(({ provider }) => provider),
        ];
        await Promise.allSettled([...all, ...recognisers.map(([provider]) => provider)].map((each) => each.dispose()));
      },
    };
  };
  let cast: Cast | null = null;
  const retired = new Map<Cast, NodeJS.Timeout>();
  const playing = (): Cast => {
    cast ??= makeCast(current());
    return cast;
  };
  const retire = (): void => {
    if (cast === null) return;
    const old = cast;
    cast = null;
    const timer = setTimeout(() => {
      retired.delete(old);
      void old.dispose();
    }, RETIRE_MS);
    retired.set(old, timer.unref());
  };

  const voicePolicy = createVoicePolicy({
    ...deps,
    members: () => playing().tts,
    ...(options.pace && { pace: options.pace }),
  });
  const llmPolicy = createLlmPolicy({ ...deps, members: () => playing().llm });
  const asrPolicy = createAsrPolicy({ ...deps, members: () => playing().asr });
  const reset = (): void => {
    for (const { stage } of [voicePolicy, llmPolicy, asrPolicy]) stage.reset();
    changed();
  };

  let answerCache: Promise<AnswerCache | null> | null = null;
  const closeCache = async (): Promise<void> => {
    const old = answerCache;
    answerCache = null;
    await old?.then((cache) => cache?.close()).catch(() => undefined);
  };
  const openCache = (): Promise<AnswerCache | null> => {
    answerCache ??= (async () => {
      const { cache, policy } = current();
      const password = cache.redisUrl === null ? '' : await secretOf(SECRETS.redisPassword);
      return openAnswerCache({ settings: cache, cacheDir, password, offline: policy.mode === 'offline' });
    })();
    return answerCache;
  };
  const embeddings = (): EmbeddingProvider | null =>
    held.has(SECRETS.bailianKey) && current().policy.mode !== 'offline' ? playing().embeddings : null;

  const secrets: SecretStore = {
    get: (name) => kept.get(name),
    names: () => kept.names(),
    async set(name, value) {
      await kept.set(name, value);
      held.add(name);
      reset();
    },
    async delete(name) {
      await kept.delete(name);
      if (!given.has(name)) held.delete(name);
      reset();
    },
  };

  const states = <M extends Member<unknown>>(
    { stage, members, stateOf }: Pick<StagePolicy<M>, 'stage' | 'members' | 'stateOf'>,
    modelOf: (member: M) => string | null,
  ): ProviderState[] =>
    members.map((member) => {
      const { circuit, lastFailure, lastFirstByteMs } = stateOf(member);
      const { state, restsForMs } = circuit;
      return {
        ...{ id: member.id, stage, runs: member.runs, model: modelOf(member), lacks: member.lacks() },
        ...{ circuit: state, restsUntilMs: state === 'open' ? clock.wallMs() + restsForMs : null },
        ...{ lastFailure, lastFirstByteMs },
      };
    });

  const offline = (member: Member<unknown>): void => {
    if (member.runs === 'cloud' && current().policy.mode === 'offline')
      throw new StudioError('cloud.offline', { provider: member.id });
    if (member.lacks() !== null) throw new StudioError('cloud.key-missing', { provider: member.id });
  };

  const llm: LlmProvider = {
    id: llmPolicy.id,
    runs: 'cloud',
    async *chat(request, signal) {
      await ready();
      yield* llmPolicy.chat(request, signal);
    },
    dispose: async () => undefined,
  };
  /** Outside the memory of answers: what Green says today counts, and a safe line is no answer to keep. */
  const moderated = (each: LlmProvider): LlmProvider =>
    createModeratedLlm({
      ...{ ...deps, llm: each },
      guard() {
        const { enabled, refuseFrom } = current().green;
        const lacks = () => ready().then(lacksAccessKey);
        return enabled ? { moderation: playing().moderation, refuseFrom, lacks } : null;
      },
    });
  let disposed: Promise<void> | null = null;
  return {
    settings: current,
    async change(next) {
      await writeProviderSettings(dataDir, next);
      settings = next;
      await closeCache();
      retire();
      reset();
    },
    secrets,
    secretsFromEnvironment: () => [...given.keys()],
    async states() {
      await ready();
      const ttsModel = ({ runs, modelOf }: VoiceMember) => (runs === 'local' ? null : modelOf(''));
      return [
        ...states(bound(llmPolicy.stage), ({ model }) => model),
        ...states(bound(voicePolicy.stage), ttsModel),
        ...states(bound(asrPolicy.stage), ({ model }) => model),
      ];
    },
    async test(id, signal) {
      await ready();
      const { tts, llm, asr } = playing();
      const found: { stage: Stage; member: Member<unknown>; ask: () => AsyncIterable<unknown> }[] = [
        ...llm.map((member) => ({ stage: 'llm' as const, member, ask: () => askWriter(member.provider, signal) })),
        ...tts.map((member) => ({ stage: 'tts' as const, member, ask: () => askVoice(member.provider, signal) })),
        ...asr.map((member) => ({ stage: 'asr' as const, member, ask: () => askEar(member.provider, signal) })),
      ];
      const one = found.find(({ member }) => member.id === id);
      if (!one) throw new StudioError('cloud.bad-request', { provider: id, detail: 'no such provider' });
      const policy = { llm: llmPolicy, tts: voicePolicy, asr: asrPolicy }[one.stage].stage as StagePolicy<
        Member<unknown>
      >;
      offline(one.member);
      const startedMs = clock.nowMs();
      let firstByteMs: number | null = null;
      try {
        for await (const _ of one.ask()) firstByteMs ??= clock.nowMs() - startedMs;
      } catch (error) {
        if (!signal.aborted) policy.failed(one.member, error);
        throw error;
      }
      policy.succeeded(one.member);
      changed();
      return { firstByteMs: firstByteMs ?? clock.nowMs() - startedMs };
    },
    async forChild() {
      const names = (await kept.names().catch(() => [])).filter(isOurs);
      const pairs = await Promise.all(
        names.map(async (name) => [name, await kept.get(name).catch(() => null)] as const),
      );
      return {
        settings: current(),
        secrets: Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== null)),
      };
    },
    spentTodayYuan: () => budget.spentByProvider(),
    recentEvents: () => events.recent(),
    listen(listener) {
      const onChange = (): void => listener(null);
      changes.add(onChange);
      const stop = events.listen(listener);
      return () => {
        changes.delete(onChange);
        stop();
      };
    },
    llm: moderated(llm),
    answers: moderated(
      createCachedLlm({ llm, cache: openCache, embeddings, emit: deps.emit, wallMs: () => clock.wallMs() }),
    ),
    cacheFigures: async () => (await answerCache)?.figures() ?? null,
    asr: {
      id: asrPolicy.id,
      runs: 'cloud',
      async *recognise(sound, request, signal) {
        await ready();
        yield* asrPolicy.recognise(sound, request, signal);
      },
      dispose: async () => undefined,
    },
    embeddings,
    async cloning() {
      await ready();
      const provider = 'Bailian';
      if (current().policy.mode === 'offline') throw new StudioError('cloud.offline', { provider });
      if (!held.has(SECRETS.bailianKey)) throw new StudioError('cloud.key-missing', { provider });
      return playing().cloning;
    },
    async *stream(...asked) {
      await ready();
      yield* voicePolicy.stream(...asked);
    },
    voiceSource: {
      ...voicePolicy,
      ready,
      async chooser(signal) {
        await ready();
        return voicePolicy.chooser(signal);
      },
      async *speak(...asked) {
        await ready();
        yield* voicePolicy.speak(...asked);
      },
    },
    voices: [
      embedded,
      ...['cosyvoice', 'qwen-tts', 'sambert'].map((id): TtsProvider => {
        const member = (): VoiceMember => playing().tts.find((each) => each.id === id)!;
        return {
          id,
          get version() {
            return member().provider.version;
          },
          async voices(signal) {
            await ready();
            const { provider, lacks } = member();
            if (lacks() !== null || current().policy.mode === 'offline') return [];
            return await provider.voices(signal).catch(() => []);
          },
          async *synthesise(request, signal) {
            await ready();
            offline(member());
            yield* member().provider.synthesise(request, signal);
          },
          dispose: async () => undefined,
        };
      }),
    ],
    [Symbol.asyncDispose]: () => {
      disposed ??= (async () => {
        const all = [...retired.keys(), ...(cast ? [cast] : [])];
        for (const timer of retired.values()) clearTimeout(timer);
        retired.clear();
        cast = null;
        await Promise.all([closeCache(), ...all.map((each) => each.dispose())]);
      })();
      return disposed;
    },
  };
}

const bound = <M extends Member<unknown>>(stage: StagePolicy<M>) => ({
  ...{ stage: stage.stage, members: stage.members, stateOf: (member: M) => stage.stateOf(member) },
});

const askWriter = (provider: LlmProvider, signal: AbortSignal): AsyncIterable<unknown> =>
  provider.chat({ model: null, messages: [{ role: 'user', content: 'Say OK.' }], maxTokens: 8 }, signal);

const HELLO: SpeechPart = {
  ...{ kind: 'speech', lang: 'zh', prosody: NORMAL_PROSODY, emphasis: false },
  tokens: [{ display: '你好。', spoken: '你好。', from: 0, to: 3 }],
};
async function* askVoice(provider: TtsProvider, signal: AbortSignal): AsyncGenerator<unknown> {
  const voices = await provider.voices(signal);
  const voice = voices.find(({ languages }) => languages.some((each) => /^(zh|cmn)/i.test(each))) ?? voices[0];
  if (!voice) throw new StudioError('cloud.bad-answer', { provider: provider.id, detail: 'no voices' });
  yield* provider.synthesise({ voiceId: voice.id, part: HELLO }, signal);
}

/** Half a second of silence is enough for the vendor to look at the key. */
async function* askEar(provider: AsrProvider, signal: AbortSignal): AsyncGenerator<unknown> {
  const silence = (async function* () {
    for (let i = 0; i < 5; i++) yield new Int16Array(ASR_SAMPLE_RATE / 10);
  })();
  yield* provider.recognise(silence, { languages: ['zh'], hotWords: [] }, signal);
}
