/**
 * Cloud and local engines as the person set them up, under the policy, as one set. Part of the composition root; who is in each chain,
 * their keys and the memory of answers are in compose/.
 * Starts nothing; nothing leaves this machine until somebody asks a provider that the settings allow.
 */
import { randomInt } from 'node:crypto';
import { StudioError } from '../app/errors/index.ts';
import { DailyBudget } from '../app/policy/budget.ts';
import { seededRandom } from '../app/policy/retry.ts';
import { type ProviderSettings, SECRETS } from '../app/providers/settings.ts';
import { ClonedVoices } from './compose/cloned-voices.ts';
import { createCloudFilms } from './compose/cloud-films.ts';
import { KeptAnswers } from './compose/kept-answers.ts';
import { LocalEngines } from './compose/local-engines.ts';
import { Casting } from './compose/provider-cast.ts';
import { type Environment, ProviderKeys } from './compose/provider-keys.ts';
import { trialOf } from './compose/provider-trial.ts';
import { createAsrPolicy } from './engine/policy/asr-policy.ts';
import { createCachedLlm } from './engine/policy/cached-llm.ts';
import { createCannedAnswers } from './engine/policy/canned-answers.ts';
import { machineClock, type WaitingClock } from './engine/policy/clock.ts';
import { PolicyEvents } from './engine/policy/events.ts';
import { createLlmPolicy } from './engine/policy/llm-policy.ts';
import { createModeratedLlm } from './engine/policy/moderated-llm.ts';
import type { Member, PolicyDeps, StagePolicy } from './engine/policy/stage-policy.ts';
import { createVoicePolicy, type VoiceMember, type VoicePolicy } from './engine/policy/voice-policy.ts';
import type { CacheFigures } from './engine/ports/answer-cache.ts';
import type { AsrProvider } from './engine/ports/asr.ts';
import type { CloudFilms } from './engine/ports/cloud-renderer.ts';
import type { EmbeddingProvider, RerankProvider } from './engine/ports/knowledge.ts';
import type { LlmProvider } from './engine/ports/llm.ts';
import type { LocalModels } from './engine/ports/local-models.ts';
import type { ProviderState, Providers } from './engine/ports/providers.ts';
import type { SecretStore } from './engine/ports/secrets.ts';
import type { TtsProvider } from './engine/ports/tts.ts';
import type { VoiceCloneProvider } from './engine/ports/voice-clone.ts';
import type { VoiceSource } from './engine/ports/voice-source.ts';
import { readProviderSettings, writeProviderSettings } from './storage/provider-settings.ts';
import { openSpendLedger } from './storage/spend-ledger.ts';

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
  /** The person's; without, nobody works by one. */
  models?: LocalModels | undefined;
}

export interface ProviderSet extends Providers, AsyncDisposable {
  readonly asr: AsrProvider;
  /** The chain of language models, for questions of others that come again: checked, and not asked again where they were answered before. */
  readonly answers: LlmProvider;
  /** null before anything was asked, and where nothing is kept. */
  cacheFigures(): Promise<CacheFigures | null>;
  /** null without a key, and offline. */
  embeddings(): EmbeddingProvider | null;
  /** For a process of this studio that speaks too: keys that the environment gives are left out, it has them. */
  forChild(): Promise<{ settings: ProviderSettings; secrets: Record<string, string> }>;
  /** Who makes voices after a person's own; each call asks for the key anew. @throws StudioError cloud.offline, cloud.key-missing */
  cloning(): Promise<readonly VoiceCloneProvider[]>;
  /** One was made or deleted, or a consent was withdrawn: the lists of voices are others. */
  clonesChanged(): void;
  /** Films of the speaker that a vendor makes, for exports. */
  readonly films: CloudFilms;
  /** Speaks text while it is being written, under the same policy. */
  readonly stream: VoicePolicy['stream'];
  /** Who speaks, for the speech stage. */
  readonly voiceSource: VoiceSource;
  /** All of them, the embedded one first; those that cannot be asked have no voices. */
  readonly voices: readonly TtsProvider[];
}

export function createProviders(options: ProviderOptions): ProviderSet {
  const { dataDir, cacheDir, embedded, environment = process.env, clock = machineClock } = options;
  let settings: ProviderSettings | null = options.settings ?? null;
  const current = (): ProviderSettings => {
    settings ??= readProviderSettings(dataDir);
    return settings;
  };
  const keys = new ProviderKeys(options.secrets, environment);
  const ready = async (): Promise<void> => {
    await Promise.all([keys.ready(), local?.ready()]);
  };
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
  const local =
    options.models === undefined
      ? null
      : new LocalEngines({
          ...{ models: options.models, embedded, settings: () => current().policy },
          onChange: () => reset(),
        });
  if (local !== null) events.listen((event) => local.hear(event));
  const clones = new ClonedVoices(dataDir, () => new Date(clock.wallMs()));
  const casting = new Casting({ keys, embedded, clones, local }, current);
  const kept = new KeptAnswers(current, keys, cacheDir);
  const films = createCloudFilms({ ...deps, settings: current, keys, dataDir, cacheDir });

  const voicePolicy = createVoicePolicy({
    ...deps,
    members: () => casting.now.tts,
    ...(options.pace && { pace: options.pace }),
  });
  const llmPolicy = createLlmPolicy({ ...deps, members: () => casting.now.llm });
  const asrPolicy = createAsrPolicy({ ...deps, members: () => casting.now.asr });
  const reset = (): void => {
    for (const { stage } of [voicePolicy, llmPolicy, asrPolicy]) stage.reset();
    changed();
  };

  const mayAskBailian = (): boolean => keys.has(SECRETS.bailianKey) && current().policy.mode !== 'offline';
  const embeddings = (): EmbeddingProvider | null =>
    mayAskBailian() ? casting.now.embeddings : (local?.embeddings ?? null);
  const reranker = (): RerankProvider | null => (mayAskBailian() ? casting.now.reranker : null);

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

  const offline = ({ id, runs, lacks }: Member<unknown>): void => {
    if (runs === 'cloud' && current().policy.mode === 'offline')
      throw new StudioError('cloud.offline', { provider: id });
    if (lacks() === 'model') throw new StudioError('model.not-installed', { task: id });
    if (lacks() !== null) throw new StudioError('cloud.key-missing', { provider: id });
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
  const moderated = (each: LlmProvider, asked = false): LlmProvider =>
    createModeratedLlm({
      ...{ ...deps, llm: each, asked },
      guard() {
        const { enabled, refuseFrom } = current().green;
        const lacks = () => ready().then(keys.lacksAliyun);
        return enabled ? { moderation: casting.now.moderation, refuseFrom, lacks } : null;
      },
    });
  const wallMs = (): number => clock.wallMs();
  let disposed: Promise<void> | null = null;
  return {
    settings: current,
    async change(next) {
      await writeProviderSettings(dataDir, next);
      settings = next;
      await kept.close();
      casting.retire();
      reset();
    },
    secrets: keys.watched(reset),
    secretsFromEnvironment: () => keys.fromEnvironment(),
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
      const { stage, member, ask } = trialOf(casting.now, id);
      const policy = { llm: llmPolicy, tts: voicePolicy, asr: asrPolicy }[stage].stage as StagePolicy<Member<unknown>>;
      offline(member);
      const startedMs = clock.nowMs();
      let firstByteMs: number | null = null;
      try {
        for await (const _ of ask(signal)) firstByteMs ??= clock.nowMs() - startedMs;
      } catch (error) {
        if (signal.aborted) throw error;
        const told = await casting.now.explain(id, error, signal);
        policy.failed(member, told);
        throw told;
      }
      policy.succeeded(member);
      changed();
      return { firstByteMs: firstByteMs ?? clock.nowMs() - startedMs };
    },
    forChild: async () => ({ settings: current(), secrets: await keys.kept() }),
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
    answers: createCannedAnswers({
      llm: moderated(
        createCachedLlm({ ...{ llm, cache: kept.open, embeddings, reranker, emit: deps.emit }, wallMs }),
        true,
      ),
      ...{ answers: () => current().policy.cannedAnswers, emit: deps.emit, wallMs, random: deps.random },
    }),
    cacheFigures: () => kept.figures(),
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
      if (!keys.has(SECRETS.bailianKey)) throw new StudioError('cloud.key-missing', { provider });
      return casting.now.cloning;
    },
    clonesChanged() {
      clones.forget();
      changed();
    },
    films,
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
      ...['cosyvoice', 'qwen-tts', 'sambert', ...(local ? [local.tts.id] : [])].map((id): TtsProvider => {
        const member = (): VoiceMember => casting.now.tts.find((each) => each.id === id)!;
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
      const all = [kept.close(), casting.dispose(), films[Symbol.asyncDispose](), local?.[Symbol.asyncDispose]()];
      disposed ??= Promise.all(all).then(() => undefined);
      return disposed;
    },
  };
}

const bound = <M extends Member<unknown>>(stage: StagePolicy<M>) => ({
  ...{ stage: stage.stage, members: stage.members, stateOf: (member: M) => stage.stateOf(member) },
});
