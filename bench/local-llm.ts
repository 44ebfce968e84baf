/**
 * The language model on this machine over node-llama-cpp called bare: the same tiny model, in turns, so that whatever else the machine does
 * falls on both alike; the bare one runs in this process. Then what a dead cloud, a killed process and many loads cost.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { getLlama, LlamaChat, QwenChatWrapper } from 'node-llama-cpp';
import type { InstalledModel } from '../app/models/manifest.ts';
import { providerSettingsSchema, SECRETS } from '../app/providers/settings.ts';
import { createProviders } from '../main/compose-providers.ts';
import type { ChatRequest, LlmProvider } from '../main/engine/ports/llm.ts';
import type { LocalModels } from '../main/engine/ports/local-models.ts';
import { createLlamaProcess, llamaModel } from '../main/providers/kit/llama-process.ts';
import { createLlamaLlm } from '../main/providers/llm/llama/index.ts';
import { createMemorySecrets } from '../main/storage/memory-secrets.ts';
import { type TinyQwenOptions, tinyQwen2 } from '../scripts/tiny-models/qwen2.ts';
import { startBailian } from '../test/servers/bailian/server.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure } from './figures.ts';

const MB = 1024 * 1024;
const PAIRS = 11;
const TOKENS = 60;
/** Some milliseconds a token on one core, as a small real model. */
const AT_WORK: TinyQwenOptions = { endless: true, hidden: 384, layers: 6 };

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const request = (content: string, maxTokens: number): ChatRequest => ({
  ...{ model: null, messages: [{ role: 'user', content }], maxTokens, temperature: 0 },
});

async function install(folder: string, id: string, options: TinyQwenOptions): Promise<InstalledModel> {
  await writeFile(join(folder, `${id}.gguf`), tinyQwen2(options));
  return {
    entry: {
      ...{ id, version: '1', task: 'llm', runtime: 'llama', family: 'qwen2', languages: ['zh'], memoryBytes: 64 * MB },
      ...{ name: { zh: id, en: id }, notes: { zh: '', en: '' }, licence: { name: '–', url: null, commercial: true } },
      files: [{ path: `${id}.gguf`, bytes: null, sha256: null, sources: [] }],
      settings: { model: `${id}.gguf` },
    },
    ...{ folder, verified: true },
  };
}

const only = (model: InstalledModel): LocalModels => {
  const chosen: LocalModels['chosen'] = async (task) => (task === 'llm' ? model : null);
  return { chosen, standing: chosen, changes: () => () => undefined, reportUse: () => undefined };
};

export async function localLlmFigures({ scratchDir, signal, say }: BenchRun, cycles: number): Promise<Figure[]> {
  const atWork = await install(scratchDir, 'at-work', AT_WORK);
  const tiny = await install(scratchDir, 'tiny', {});
  say('Writing beside node-llama-cpp called bare …');
  const figures = await overhead(atWork, signal);
  say('Failing in the cloud …');
  figures.push(...(await firstFallback(tiny, scratchDir, signal)));
  say('Killing the process in the middle of answers …');
  figures.push(...(await killed(atWork, signal)));
  say(`Loading and dropping ${cycles} times …`);
  figures.push(...(await loads([tiny, await install(scratchDir, 'other', { seed: 8 })], cycles, signal)));
  return figures;
}

interface Cost {
  /** From the first piece of an answer to its last. */
  wallMs: number;
  /** Of all processes that had a part in the answer. */
  cpuMs: number;
}

/** In ticks of 10 ms, as Linux counts. */
const cpuOf = (pid: number): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};

/** Milliseconds a token. */
async function overhead(model: InstalledModel, signal: AbortSignal): Promise<Figure[]> {
  const llama = await getLlama({
    ...{ build: 'never', gpu: false, skipDownload: true, progressLogs: false },
    maxThreads: Math.max(1, availableParallelism() - 1),
  });
  const bare = await llama.loadModel({ modelPath: join(model.folder, 'at-work.gguf'), ignoreMemorySafetyChecks: true });
  const context = await bare.createContext({ contextSize: 2048, sequences: 2 });
  const sequence = context.getSequence();
  const process = createLlamaProcess();
  const llm = createLlamaLlm({ models: only(model), process });
  const ownCpu = (): number => globalThis.process.cpuUsage().user / 1000 + globalThis.process.cpuUsage().system / 1000;
  const bareMs = async (content: string): Promise<Cost> => {
    const cpu = ownCpu();
    const chat = new LlamaChat({ contextSequence: sequence, chatWrapper: new QwenChatWrapper() });
    let firstMs = 0;
    await chat.generateResponse([{ type: 'user', text: content }], {
      ...{ signal, maxTokens: TOKENS, temperature: 0 },
      onTextChunk: () => {
        firstMs ||= performance.now();
      },
    });
    chat.dispose({ disposeSequence: false });
    return { wallMs: (performance.now() - firstMs) / TOKENS, cpuMs: (ownCpu() - cpu) / TOKENS };
  };
  const ourMs = async (content: string): Promise<Cost> => {
    await process.load(llamaModel(model, 'chat'), signal);
    const { pid } = process;
    const cpu = ownCpu() + cpuOf(pid!);
    let firstMs = 0;
    for await (const event of llm.chat(request(content, TOKENS), signal))
      if (event.type === 'text') firstMs ||= performance.now();
    return { wallMs: (performance.now() - firstMs) / TOKENS, cpuMs: (ownCpu() + cpuOf(pid!) - cpu) / TOKENS };
  };
  try {
    const [ours, alone]: [Cost[], Cost[]] = [[], []];
    for (let pair = -1; pair < PAIRS; pair++) {
      const content = `第${pair}个问题`;
      const first = pair % 2 === 0;
      const one = first ? await ourMs(content) : await bareMs(content);
      const other = first ? await bareMs(content) : await ourMs(content);
      if (pair < 0) continue;
      ours.push(first ? one : other);
      alone.push(first ? other : one);
    }
    const ratio = (of: keyof Cost): number => median(ours.map((each, i) => each[of] / alone[i]![of]));
    return [
      figure('local LLM: node-llama-cpp bare', median(alone.map(({ wallMs }) => wallMs)), 'ms a token'),
      figure('local LLM: ours', median(ours.map(({ wallMs }) => wallMs)), 'ms a token'),
      figure('local LLM: ours over bare', ratio('wallMs'), '×', { atMost: 1.05 }),
      figure('local LLM: processor time, ours over bare', ratio('cpuMs'), '×'),
    ];
  } finally {
    await llm.dispose();
    await process.dispose();
    await llama.dispose();
  }
}

/** A cloud that begins to fail: the first failure finds the model cold, the others warm. From the failure to the local model's first text. */
async function firstFallback(model: InstalledModel, scratchDir: string, signal: AbortSignal): Promise<Figure[]> {
  await using bailian = await startBailian();
  const embedded = {
    id: 'espeak',
    version: '1',
    voices: async () => [],
    async *synthesise() {},
    dispose: async () => {},
  };
  await using providers = createProviders({
    ...{ dataDir: scratchDir, cacheDir: scratchDir, embedded, seed: 1, models: only(model) },
    settings: providerSettingsSchema.parse({ policy: { tries: 1, breakAfter: 20 }, cache: { enabled: false } }),
    secrets: createMemorySecrets({ [SECRETS.bailianKey]: bailian.key }),
    environment: {
      DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl,
      DASHSCOPE_WEBSOCKET_BASE_URL: bailian.webSocketBaseUrl,
    },
  });
  bailian.faults.always('chat', { kind: 'error', status: 500, code: 'InternalError', message: 'down' });
  const waits: number[] = [];
  for (let i = 0; i < 15; i++) {
    let failedMs = 0;
    const stop = providers.listen((event) => {
      if (event?.type === 'failed') failedMs = performance.now();
    });
    for await (const event of providers.llm.chat(request(`第${i}问`, 20), signal))
      if (event.type === 'text') {
        waits.push(performance.now() - failedMs);
        break;
      }
    stop();
    await sleep(50);
  }
  const [cold, ...warm] = waits;
  return [
    figure('local LLM: cloud failure to first text, warm, median', median(warm), 'ms', { atMost: 300 }),
    figure('local LLM: cloud failure to first text, warm, longest', Math.max(...warm), 'ms'),
    figure('local LLM: cloud failure to first text, cold', cold ?? Number.NaN, 'ms'),
  ];
}

async function killed(model: InstalledModel, signal: AbortSignal): Promise<Figure[]> {
  const llama = createLlamaProcess();
  const llm: LlmProvider = createLlamaLlm({ models: only(model), process: llama });
  const waits: number[] = [];
  let whole = 0;
  const rounds = 5;
  try {
    for (let round = 0; round < rounds; round++) {
      let killedMs = 0;
      let wentOnMs = 0;
      let tokens = 0;
      for await (const event of llm.chat(request(`第${round}问`, 80), signal)) {
        if (event.type === 'done') tokens = event.usage?.outputTokens ?? 0;
        if (event.type !== 'text') continue;
        if (killedMs === 0) {
          killedMs = performance.now();
          process.kill(llama.pid!, 'SIGKILL');
          // What was on its way when it died is no answer of the next.
          await sleep(20);
        } else if (performance.now() - killedMs > 40) wentOnMs ||= performance.now();
      }
      waits.push(wentOnMs - killedMs);
      if (tokens > 0) whole += 1;
    }
  } finally {
    await llm.dispose();
    await llama.dispose();
  }
  return [
    figure('local LLM: killed in an answer, until it goes on, longest', Math.max(...waits), 'ms', { atMost: 3000 }),
    figure('local LLM: killed in an answer, until it goes on, median', median(waits), 'ms'),
    figure('local LLM: questions answered all the same', whole / rounds, 'share', { atLeast: 1 }),
  ];
}

/** Memory of the process when nothing is loaded: after the first few cycles against after the last. */
async function loads(models: readonly InstalledModel[], cycles: number, signal: AbortSignal): Promise<Figure[]> {
  const llama = createLlamaProcess({ checkMs: 600_000 });
  const rss = (): number => {
    const status = readFileSync(`/proc/${llama.pid}/status`, 'utf8');
    return (Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) * 1024) / MB;
  };
  const settle = 50;
  let before = Number.NaN;
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      // The other one, while the first is still there: a switch.
      await llama.load(llamaModel(models[cycle % models.length]!, 'chat'), signal);
      if (cycle % 2 === 1) await llama.release();
      if (cycle === settle - 1) before = rss();
    }
    await llama.release();
    const after = rss();
    const { pid } = llama;
    await llama.dispose();
    let left = 0;
    try {
      process.kill(pid!, 0);
      left = 1;
    } catch {}
    return [
      figure(`local LLM: memory after ${cycles} loads against after ${settle}`, after - before, 'MB', {
        atLeast: -30,
        atMost: 30,
      }),
      figure('local LLM: processes left', left, 'processes', { atMost: 0 }),
    ];
  } finally {
    await llama.dispose();
  }
}
