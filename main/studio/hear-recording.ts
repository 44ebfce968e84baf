/** A whole recording through a recogniser: cut where it is quiet, several stretches at a time, each as fast as it was spoken. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HeardLine } from '../../app/contract/dictation.ts';
import { asInt16, createToRate } from '../../app/media/to-rate.ts';
import { ASR_SAMPLE_RATE, type AsrProvider, type AsrRequest } from '../engine/ports/asr.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { msToSamples, type PcmFile, readPcm, samplesToMs } from '../speech/recording/pcm-file.ts';
import { linesOf } from './heard-lines.ts';

export interface HearOptions {
  /** 1: as it was spoken. */
  speed: number;
  /** How much of the recording has been heard, never less than before. */
  onHeard(heardMs: number): void;
}

/** Vendors take twenty tasks a second of an account; a person's machine has other things to send as well. */
const AT_ONCE = 4;
const SHORTEST_CUT_MS = 40_000;
const LONGEST_CUT_MS = 60_000;
const BLOCK_MS = 20;
/** A cut is made in the middle of the quietest stretch of this length. */
const QUIET_BLOCKS = 15;

/** Lines in their order, with times of the whole recording. @throws what the recogniser throws; the signal's reason */
export async function hearRecording(
  asr: Pick<AsrProvider, 'recognise'>,
  sound: PcmFile,
  request: AsrRequest,
  { speed, onHeard }: HearOptions,
  signal: AbortSignal,
): Promise<HeardLine[]> {
  const stretches = await cutWhereQuiet(sound, signal);
  const lines: HeardLine[][] = stretches.map(() => []);
  const heard = stretches.map(() => 0);
  let next = 0;
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const hearOne = async (index: number): Promise<void> => {
    const { fromMs, toMs } = stretches[index]!;
    const offsetSamples = (sound.offsetSamples ?? 0) + msToSamples(fromMs);
    const piece = { pcmPath: sound.pcmPath, offsetSamples, samples: msToSamples(toMs) - msToSamples(fromMs) };
    const tell = (ms: number): void => {
      heard[index] = Math.min(ms, toMs - fromMs);
      onHeard(heard.reduce((sum, each) => sum + each, 0));
    };
    for await (const event of asr.recognise(paced(piece, speed, tell, both), request, both)) {
      if (event.type !== 'final') continue;
      lines[index]!.push(
        ...linesOf(event).map((line) => ({
          text: line.text,
          startMs: fromMs + line.startMs,
          endMs: fromMs + line.endMs,
          words: line.words.map(({ text, startMs, endMs }) => ({
            text,
            startMs: fromMs + startMs,
            endMs: fromMs + endMs,
          })),
        })),
      );
    }
    tell(toMs - fromMs);
  };
  const worker = async (): Promise<void> => {
    while (next < stretches.length) await hearOne(next++);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, stretches.length) }, worker));
  } finally {
    stop.abort();
  }
  signal.throwIfAborted();
  return lines.flat();
}

/** At {@link ASR_SAMPLE_RATE}, no sooner than it was said. */
async function* paced(
  piece: PcmFile,
  speed: number,
  onSent: (ms: number) => void,
  signal: AbortSignal,
): AsyncGenerator<Int16Array, void, void> {
  const rate = createToRate(SAMPLE_RATE, ASR_SAMPLE_RATE);
  const beganMs = performance.now();
  let sent = 0;
  const due = async (samples: Int16Array): Promise<void> => {
    sent += samples.length;
    const sentMs = (sent * 1000) / ASR_SAMPLE_RATE;
    onSent(sentMs);
    const waitMs = sentMs / speed - (performance.now() - beganMs);
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  };
  for await (const block of readPcm(piece, signal)) {
    const samples = asInt16(rate.push(Float32Array.from(block, (sample) => sample / 32_768)));
    for (let at = 0; at < samples.length; at += ASR_SAMPLE_RATE / 10) {
      const part = samples.subarray(at, at + ASR_SAMPLE_RATE / 10);
      yield part;
      await due(part);
    }
  }
  const rest = asInt16(rate.end());
  if (rest.length > 0) yield rest;
}

/** Stretches that cover the recording, each short enough to be lost without much harm, none cut within a word if it can be helped. */
async function cutWhereQuiet(sound: PcmFile, signal: AbortSignal): Promise<{ fromMs: number; toMs: number }[]> {
  const totalMs = samplesToMs(sound.samples);
  if (totalMs <= LONGEST_CUT_MS) return [{ fromMs: 0, toMs: totalMs }];
  const blockSamples = msToSamples(BLOCK_MS);
  const energies: number[] = [];
  let energy = 0;
  let filled = 0;
  for await (const block of readPcm(sound, signal))
    for (const sample of block) {
      energy += sample * sample;
      if (++filled < blockSamples) continue;
      energies.push(energy);
      energy = 0;
      filled = 0;
    }
  const stretches: { fromMs: number; toMs: number }[] = [];
  let fromMs = 0;
  while (totalMs - fromMs > LONGEST_CUT_MS) {
    const first = Math.floor((fromMs + SHORTEST_CUT_MS) / BLOCK_MS);
    const last = Math.min(energies.length, Math.floor((fromMs + LONGEST_CUT_MS) / BLOCK_MS)) - QUIET_BLOCKS;
    let quietest = first;
    let least = Number.POSITIVE_INFINITY;
    for (let at = first; at <= last; at++) {
      let sum = 0;
      for (let k = 0; k < QUIET_BLOCKS; k++) sum += energies[at + k] ?? 0;
      if (sum < least) [least, quietest] = [sum, at];
    }
    const toMs = (quietest + QUIET_BLOCKS / 2) * BLOCK_MS;
    stretches.push({ fromMs, toMs });
    fromMs = toMs;
  }
  stretches.push({ fromMs, toMs: totalMs });
  return stretches;
}
