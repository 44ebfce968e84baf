/**
 * `npm run bench -- providers`: what the policy costs and keeps, against the local Bailian with delays of its own, over the product's own
 * clients. Overhead is taken per request: when the first piece reached the caller, less when the server sent it, both by one clock.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { voiceSchema } from '../app/document/voice.ts';
import { type ProviderSettings, providerSettingsSchema, SECRETS } from '../app/providers/settings.ts';
import { NORMAL_PROSODY, type SpeechPart } from '../app/speech/plan.ts';
import { planLine } from '../app/speech/script/plan.ts';
import { createProviders, type ProviderSet } from '../main/compose-providers.ts';
import { machineClock } from '../main/engine/policy/clock.ts';
import { SAMPLE_RATE } from '../main/engine/ports/tts.ts';
import { createSpeechStage } from '../main/engine/stages/speech.ts';
import { createEspeakProvider } from '../main/providers/tts/espeak/index.ts';
import { createMemorySecrets } from '../main/storage/memory-secrets.ts';
import { ACCOUNT_FAULTS, BILLING_CODES, PASSING_FAULTS } from '../test/servers/bailian/faults.ts';
import { type FakeBailian, startBailian } from '../test/servers/bailian/server.ts';
import { type Bench, type BenchRun, numberOption } from './bench.ts';
import { type Figure, figure } from './figures.ts';

const FIRST_BYTE_MS = 120;
const VOICE = 'cosyvoice:longanyang';
export const providersBench: Bench = {
  name: 'providers',
  about: 'the cloud under the policy: what it costs in time, and that nobody is left in silence',
  options: {
    rounds: { value: 'N', about: 'requests a figure of overhead is taken from (40 unless given)' },
    utterances: { value: 'N', about: 'lines spoken under random faults (200 unless given)' },
  },
  async run(run) {
    const rounds = numberOption('rounds', run.options.rounds, 40);
    const utterances = numberOption('utterances', run.options.utterances, 200);
    const embedded = createEspeakProvider();
    const bailian = await startBailian({ firstByteMs: FIRST_BYTE_MS, betweenMs: 5 });
    try {
      const world: World = { run, embedded, bailian, rounds };
      const figures: Figure[] = [];
      for (const [what, measure] of [
        ['first pieces', overheads],
        ['text to speech', textToSpeech],
        ['a cloud that dies', dyingCloud],
        ['an open circuit', openCircuit],
        ['the cache', cacheHit],
      ] as const) {
        run.signal.throwIfAborted();
        run.say(`Measuring ${what} …`);
        figures.push(...(await measure(world)));
      }
      run.say(`Speaking ${utterances} lines under faults …`);
      figures.push(...(await underFaults(world, utterances)));
      return figures;
    } finally {
      await bailian[Symbol.asyncDispose]();
      await embedded.dispose();
    }
  },
};

interface World {
  run: BenchRun;
  embedded: ReturnType<typeof createEspeakProvider>;
  bailian: FakeBailian;
  rounds: number;
}

function providersOf(
  { run, embedded, bailian }: World,
  settings: object = {},
  more: Partial<Parameters<typeof createProviders>[0]> = {},
): ProviderSet {
  const parsed: ProviderSettings = providerSettingsSchema.parse({ policy: { firstByteMs: 20_000, ...settings } });
  return createProviders({
    ...{ dataDir: run.scratchDir, cacheDir: run.scratchDir, embedded, seed: 1, settings: parsed, pace: 'live' },
    secrets: createMemorySecrets({ [SECRETS.bailianKey]: bailian.key }),
    environment: {
      DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl,
      DASHSCOPE_WEBSOCKET_BASE_URL: bailian.webSocketBaseUrl,
    },
    ...more,
  });
}

const partOf = (text: string): SpeechPart => ({
  ...{ kind: 'speech', lang: 'zh', prosody: NORMAL_PROSODY, emphasis: false },
  tokens: [{ display: text, spoken: text, from: 0, to: text.length }],
});
const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

/** From the server's first byte to the caller's first piece; the server's own delay is in neither. */
async function overheads(world: World): Promise<Figure[]> {
  const { bailian, rounds, run } = world;
  await using providers = providersOf(world);
  const { signal } = run;
  const overServer = (atMs: number): number => atMs - (bailian.requests.at(-1)?.firstByteAtMs ?? Number.NaN);
  const llm: number[] = [];
  const tts: number[] = [];
  for (let i = -3; i < rounds; i++) {
    let first = true;
    for await (const event of providers.llm.chat(
      { model: null, messages: [{ role: 'user', content: `第${i}问` }] },
      signal,
    )) {
      if (first && event.type === 'text' && i >= 0) llm.push(overServer(performance.now()));
      if (event.type === 'text') first = false;
    }
    first = true;
    const request = { voiceId: VOICE, part: partOf(`第${i + 10}句话。`) };
    for await (const event of providers.voiceSource.speak(request, { avoid: new Set() }, signal)) {
      if (event.type !== 'audio') continue;
      if (first && i >= 0) tts.push(overServer(performance.now()));
      first = false;
    }
  }
  return [
    figure('LLM first token over the server’s own, p95', percentile(llm, 0.95), 'ms', { atMost: 25 }),
    figure('LLM first token over the server’s own, median', percentile(llm, 0.5), 'ms'),
    figure('TTS first audio over the server’s own, p95', percentile(tts, 0.95), 'ms', { atMost: 40 }),
    figure('TTS first audio over the server’s own, median', percentile(tts, 0.5), 'ms'),
  ];
}

/** A model that writes some 20 characters a second: is it heard before its second sentence is whole? */
async function textToSpeech(world: World): Promise<Figure[]> {
  const { run } = world;
  const { signal } = run;
  await using providers = providersOf(world);
  const sentences = ['今天我们来聊聊春天的花。', '它们开得又早又好看，公园里到处都是。', '走，一起去看看吧！'];
  const rounds = Math.min(10, world.rounds);
  let inTime = 0;
  const leads: number[] = [];
  for (let i = 0; i < rounds; i++) {
    let secondEndsMs = 0;
    async function* written(): AsyncGenerator<string> {
      for (const [n, sentence] of sentences.entries()) {
        for (const letter of sentence) {
          yield letter;
          await sleep(50);
        }
        if (n === 1) secondEndsMs = performance.now();
      }
    }
    let firstMs = 0;
    const request = { voiceId: VOICE, lang: 'zh', prosody: NORMAL_PROSODY } as const;
    for await (const event of providers.stream(request, written(), { avoid: new Set() }, signal))
      if (event.type === 'audio' && firstMs === 0) firstMs = performance.now();
    if (firstMs > 0 && firstMs < secondEndsMs) inTime += 1;
    leads.push(secondEndsMs - firstMs);
  }
  return [
    figure('heard before the second sentence was written', inTime / rounds, 'share', { atLeast: 1 }),
    figure('first audio ahead of the second sentence’s end, least', Math.min(...leads), 'ms'),
  ];
}

/** How long nobody is heard: by the clock, from the last piece of the dead voice to the first of the next; and in the sound itself. */
async function dyingCloud(world: World): Promise<Figure[]> {
  const { bailian, run } = world;
  const waits: number[] = [];
  const silences: number[] = [];
  const text = '今天给大家介绍一款非常好用的产品，它小巧方便，价格便宜，出门带着也不重。';
  const rounds = Math.min(12, world.rounds);
  // Whoever listens has what was sent still ahead: a voice that stalls is missed only when that is over.
  for (const fault of [
    { kind: 'cut', afterBytes: 60_000 },
    { kind: 'stall', afterChunks: 4 },
  ] as const) {
    for (let i = 0; i < rounds; i++) {
      await using providers = providersOf(world, { tries: 1 });
      bailian.faults.next('tts-task', fault);
      let startedMs = 0;
      let lastMs = 0;
      let sentMs = 0;
      let speakers = 0;
      for await (const event of providers.voiceSource.speak(
        { voiceId: VOICE, part: partOf(text) },
        { avoid: new Set() },
        run.signal,
      )) {
        if (event.type === 'speaker') speakers += 1;
        if (event.type !== 'audio') continue;
        const now = performance.now();
        startedMs ||= now;
        const silent = event.pcm.every((sample) => sample === 0);
        if (speakers === 2 && !silent) {
          const heardUntilMs = startedMs + sentMs;
          waits.push(
            fault.kind === 'cut' ? now - lastMs : Math.max(0, now - Math.max(lastMs, Math.min(now, heardUntilMs))),
          );
          break;
        }
        sentMs += (event.pcm.length * 1000) / SAMPLE_RATE;
        if (speakers === 2) silences.push((event.pcm.length * 1000) / SAMPLE_RATE);
        else lastMs = now;
      }
    }
  }
  bailian.faults.clear();
  return [
    figure('cloud dies mid-sentence: nobody heard, p95', percentile(waits, 0.95), 'ms', { atMost: 800 }),
    figure('cloud dies mid-sentence: nobody heard, longest', Math.max(...waits), 'ms'),
    figure('cloud dies mid-sentence: nobody heard, median', percentile(waits, 0.5), 'ms'),
    figure('silence laid between the two voices, longest', Math.max(...silences), 'ms', { atMost: 800 }),
    figure('deaths that were followed by the embedded voice', waits.length / (rounds * 2), 'share', { atLeast: 1 }),
  ];
}

/** What a dead cloud adds to a line's first sound, against the embedded voice asked by name; whoever goes first changes from round to round. */
async function openCircuit(world: World): Promise<Figure[]> {
  const { bailian, rounds, run } = world;
  await using providers = providersOf(world, {
    tries: 1,
    breakAfter: 1,
    breakMs: 3_600_000,
    chains: { tts: ['cosyvoice', 'espeak'] },
  });
  const first = async (voiceId: string): Promise<number> => {
    const from = performance.now();
    for await (const event of providers.voiceSource.speak(
      { voiceId, part: partOf('好的。') },
      { avoid: new Set() },
      run.signal,
    ))
      if (event.type === 'audio') return performance.now() - from;
    return Number.NaN;
  };
  bailian.faults.always('tts-task', { kind: 'error', status: 500, code: 'InternalError', message: 'down' });
  for (let i = 0; i < 4; i++) await first(VOICE);
  const asked = bailian.requests.length;
  const [dead, alone]: [number[], number[]] = [[], []];
  for (let i = 0; i < rounds; i++) {
    const order = i % 2 === 0 ? ([dead, alone] as const) : ([alone, dead] as const);
    for (const times of order) times.push(await first(times === dead ? VOICE : 'espeak:cmn'));
  }
  bailian.faults.clear();
  return [
    figure(
      'open circuit: what a dead cloud adds to an utterance, median',
      percentile(dead, 0.5) - percentile(alone, 0.5),
      'ms',
      { atMost: 5 },
    ),
    figure('open circuit: requests to the dead cloud', bailian.requests.length - asked, 'requests', { atMost: 0 }),
  ];
}

/** A question asked before, in the same words: its answer from the cache, and its speech from the cache, to the first sample in hand. */
async function cacheHit(world: World): Promise<Figure[]> {
  const { bailian, rounds, run } = world;
  const { signal } = run;
  await using providers = providersOf(world);
  const stage = createSpeechStage({ providers: providers.voiceSource, cacheDir: `${run.scratchDir}/hits` });
  const voice = voiceSchema.parse({ voiceId: VOICE });
  const ask = async (): Promise<number> => {
    const from = performance.now();
    let answer = '';
    for await (const event of providers.answers.chat(
      { model: null, messages: [{ role: 'user', content: '这个杯子多少钱？' }] },
      signal,
    ))
      if (event.type === 'text') answer += event.text;
    const plan = planLine(
      { text: answer, emotion: 'neutral', intensity: 1 },
      { dictionary: [], emotions: [], defaultLang: 'zh' },
    );
    const { samples } = await stage.speak(plan, { lineId: 'l', voice, lineVoiceId: null, pauseAfterMs: 0 }, signal);
    return samples > 0 ? performance.now() - from : Number.NaN;
  };
  await ask();
  await ask();
  const asked = bailian.requests.length;
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) times.push(await ask());
  const figures = await providers.cacheFigures();
  return [
    figure('cache hit to first audio, p95', percentile(times, 0.95), 'ms', { atMost: 30 }),
    figure('cache hit to first audio, median', percentile(times, 0.5), 'ms'),
    figure('cache hits: requests to the cloud', bailian.requests.length - asked, 'requests', { atMost: 0 }),
    figure('cache: hit rate', figures?.hitRate ?? 0, 'share'),
  ];
}

async function underFaults(world: World, utterances: number): Promise<Figure[]> {
  const { bailian, run } = world;
  let ahead = 0;
  const clock = { ...machineClock, nowMs: () => performance.now() + ahead, wallMs: () => Date.now() + ahead };
  await using providers = providersOf(world, { betweenBytesMs: 700 }, { clock, pace: 'whole' });
  const stage = createSpeechStage({ providers: providers.voiceSource, cacheDir: `${run.scratchDir}/faults` });
  bailian.timing.firstByteMs = 0;
  bailian.timing.betweenMs = 0;
  bailian.faults.random(20261122, 0.3, [...ACCOUNT_FAULTS, ...PASSING_FAULTS]);
  let spoken = 0;
  let silent = 0;
  let retriedBills = 0;
  let midway = 0;
  for (let i = 0; i < utterances; i++) {
    run.signal.throwIfAborted();
    const text = `第${i + 1}件商品，请看。`;
    const plan = planLine(
      { text, emotion: 'happy', intensity: 1 },
      { dictionary: [], emotions: [], defaultLang: 'zh' },
    );
    const wish = { lineId: `l${i}`, voice: voiceSchema.parse({ voiceId: VOICE }), lineVoiceId: null, pauseAfterMs: 0 };
    const from = bailian.requests.length;
    const said = await stage.speak(plan, wish, run.signal).catch(() => null);
    const audibleMs = said === null ? 0 : said.envelope.filter((rms) => rms > 0.01).length * 10;
    const letters = [...text].flatMap((letter, at) => (/[\p{L}\p{N}]/u.test(letter) ? [at] : []));
    const all = letters.every((at) => said?.timeline.words.some((word) => word.from <= at && at < word.to));
    if (audibleMs >= letters.length * 60 && all) spoken += 1;
    if (audibleMs < 100) silent += 1;
    const requests = bailian.requests.slice(from);
    for (const [at, { code, surface }] of requests.entries())
      if (
        BILLING_CODES.some((each) => each === code) &&
        requests.slice(at + 1).some((later) => later.surface === surface)
      )
        retriedBills += 1;
    midway += providers
      .recentEvents()
      .filter(
        (event) => event.type === 'switched' && event.midUtterance && event.atMs > Date.now() + ahead - 60_000,
      ).length;
    // Every circuit is closed again: each line meets the cloud.
    ahead += 6_000_000;
  }
  bailian.faults.clear();
  return [
    figure('utterances under 30 % faults: spoken', spoken, 'utterances', { atLeast: utterances }),
    figure('utterances under 30 % faults: silent', silent, 'utterances', { atMost: 0 }),
    figure('utterances under 30 % faults: billing errors asked again', retriedBills, 'requests', { atMost: 0 }),
    figure('utterances under 30 % faults: went on in another voice midway', midway, 'utterances'),
  ];
}
