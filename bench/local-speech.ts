/**
 * The ear and the voice on this machine over sherpa-onnx called bare: the same model, text and sound, in turns. The models are tiny ones
 * with the arithmetic of real ones added (scripts/tiny-models/extra-work.ts); with a folder of true weights the ratio would be nearer to 1.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import sherpa from 'sherpa-onnx-node';
import type { InstalledModel, ModelTask } from '../app/models/manifest.ts';
import { NORMAL_PROSODY, type SpeechPart } from '../app/speech/plan.ts';
import type { LocalModels } from '../main/engine/ports/local-models.ts';
import { SAMPLE_RATE } from '../main/engine/ports/tts.ts';
import { createSherpaEar } from '../main/providers/asr/sherpa/index.ts';
import type { ModelProcess } from '../main/providers/kit/model-process.ts';
import { asSherpaModel, openSherpaProcess, sherpaThreads } from '../main/providers/kit/sherpa-process.ts';
import { createSherpaVoice } from '../main/providers/tts/sherpa/index.ts';
import { streamingConfig, voiceConfig } from '../native-models/sherpa/families.ts';
import { spoken } from '../scripts/tiny-models/alphabet.ts';
import { writeTinySherpaModel } from '../scripts/tiny-models/sherpa-models.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure } from './figures.ts';

const EAR_RATE = 16_000;
const PIECE = EAR_RATE / 10;
/** Silence that a streaming model is given at the end, to tell what it still holds. */
const TAIL = EAR_RATE * 0.6;
/** One core's work for a second of sound as of a streaming Zipformer (0.1 s) and a VITS like MeloTTS (0.3 s). */
const VOICE_WORK = { width: 128, layers: 6 };
const EAR_WORK = { width: 768, layers: 8 };
const SENTENCES = ['今天天气真好，我们去公园散步。', '你听我说，明天也去公园散步呢。'];
/** Many short ones: what else the machine does falls on both alike. */
const PAIRS = 9;

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const only = (...installed: readonly InstalledModel[]): LocalModels => {
  const chosen = async (task: ModelTask) => installed.find(({ entry }) => entry.task === task) ?? null;
  return { chosen, standing: chosen, changes: () => () => undefined, reportUse: () => undefined };
};

export async function localSpeechFigures({ scratchDir, signal, say }: BenchRun): Promise<Figure[]> {
  const [voice, ear] = [
    await writeTinySherpaModel(scratchDir, 'voice-zh', VOICE_WORK),
    await writeTinySherpaModel(scratchDir, 'zipformer', EAR_WORK),
  ];
  say('Speaking …');
  const speaking = await voicePairs(voice, signal);
  say('Hearing …');
  const hearing = await earPairs(ear, signal);
  return [
    figure('local TTS: real-time factor of sherpa-onnx bare', speaking.bareFactor, ''),
    figure('local TTS: ours over bare', speaking.ratio, '×', { atMost: 1.05 }),
    figure('local TTS: processor time, ours over bare', speaking.cpuRatio, '×'),
    figure('local ASR: real-time factor of sherpa-onnx bare', hearing.bareFactor, ''),
    figure('local ASR: ours over bare', hearing.ratio, '×', { atMost: 1.05 }),
    figure('local ASR: processor time, ours over bare', hearing.cpuRatio, '×'),
  ];
}

interface Pairs {
  /** Medians of wall time. */
  ratio: number;
  bareFactor: number;
  /** Of all processors' time over all pairs, ours with its process; NaN where the system does not tell. */
  cpuRatio: number;
}

/** Processor time of this process and of `pid`; Linux alone tells of another, in hundredths of a second. */
function cpuMs(pid: number | null): number {
  const { user, system } = process.cpuUsage();
  if (pid === null) return (user + system) / 1000;
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (user + system) / 1000 + (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

/** Time for time: what ours adds as rests between sentences counts for nothing. */
async function pairsOf(
  soundMs: number,
  bare: () => Promise<void>,
  ours: () => Promise<void>,
  child: ModelProcess,
): Promise<Pairs> {
  // Models are loaded, code is compiled.
  await bare();
  await ours();
  const spent = { bare: [0], ours: [0] };
  const cpu = { bare: 0, ours: 0 };
  const ratios: number[] = [];
  const timed = async (who: 'bare' | 'ours'): Promise<number> => {
    const [began, cpuBefore] = [performance.now(), cpuMs(child.pid)];
    await (who === 'bare' ? bare() : ours());
    cpu[who] += cpuMs(child.pid) - cpuBefore;
    spent[who].push(performance.now() - began);
    return spent[who].at(-1)!;
  };
  for (let i = 0; i < PAIRS; i++) {
    const first = await timed(i % 2 === 0 ? 'bare' : 'ours');
    const second = await timed(i % 2 === 0 ? 'ours' : 'bare');
    ratios.push(i % 2 === 0 ? second / first : first / second);
  }
  return { ratio: median(ratios), bareFactor: median(spent.bare.slice(1)) / soundMs, cpuRatio: cpu.ours / cpu.bare };
}

async function voicePairs(installed: InstalledModel, signal: AbortSignal) {
  const text = SENTENCES.join('');
  const part: SpeechPart = {
    ...{ kind: 'speech', lang: 'zh', prosody: NORMAL_PROSODY, emphasis: false },
    tokens: [{ display: text, spoken: text, from: 0, to: text.length }],
  };
  const bareVoice = new sherpa.OfflineTts(voiceConfig(asSherpaModel(installed), sherpaThreads()));
  const child = openSherpaProcess();
  const voice = createSherpaVoice({ models: only(installed), process: child });
  const generate = (sentence: string) =>
    bareVoice.generateAsync({ text: sentence, sid: 0, speed: 1, enableExternalBuffer: false });
  try {
    let soundMs = 0;
    for (const sentence of SENTENCES)
      soundMs += ((await generate(sentence)).samples.length * 1000) / bareVoice.sampleRate;
    return await pairsOf(
      soundMs,
      async () => {
        for (const sentence of SENTENCES) await generate(sentence);
      },
      async () => {
        let samples = 0;
        const voiceId = `local-voice:${installed.entry.id}-0`;
        for await (const event of voice.synthesise({ voiceId, part }, signal))
          if (event.type === 'audio') samples += event.pcm.length;
        if ((samples * 1000) / SAMPLE_RATE < soundMs * 0.9) throw new Error(`${samples} samples for ${soundMs} ms`);
      },
      child,
    );
  } finally {
    await voice.dispose();
  }
}

async function earPairs(installed: InstalledModel, signal: AbortSignal) {
  const pause = '，，，，，，';
  const sound = spoken(`${pause}${SENTENCES.join(pause)}${pause}`, EAR_RATE);
  const s16 = Int16Array.from(sound, (sample) => Math.round(sample * 32_767));
  const bareEar = new sherpa.OnlineRecognizer(streamingConfig(asSherpaModel(installed), sherpaThreads()));
  const child = openSherpaProcess();
  const ear = createSherpaEar({ models: only(installed), process: child });
  const bare = async (): Promise<number> => {
    const stream = bareEar.createStream();
    let sentences = 0;
    for (let at = 0; at < sound.length + TAIL; at += PIECE) {
      const samples = at < sound.length ? sound.subarray(at, at + PIECE) : new Float32Array(PIECE);
      stream.acceptWaveform({ samples, sampleRate: EAR_RATE });
      while (bareEar.isReady(stream)) {
        bareEar.decode(stream);
        const { text } = bareEar.getResult(stream);
        if (!bareEar.isEndpoint(stream)) continue;
        if (text !== '') sentences += 1;
        bareEar.reset(stream);
      }
    }
    return sentences;
  };
  const said = async function* (): AsyncGenerator<Int16Array> {
    for (let at = 0; at < s16.length; at += PIECE) yield s16.subarray(at, at + PIECE);
  };
  try {
    return await pairsOf(
      (sound.length * 1000) / EAR_RATE,
      async () => {
        if ((await bare()) !== SENTENCES.length) throw new Error('bare sherpa-onnx heard something else');
      },
      async () => {
        let sentences = 0;
        for await (const event of ear.recognise(said(), { languages: ['zh'], hotWords: [] }, signal))
          if (event.type === 'final') sentences += 1;
        if (sentences !== SENTENCES.length) throw new Error(`ours heard ${sentences} sentences`);
      },
      child,
    );
  } finally {
    await ear.dispose();
  }
}
