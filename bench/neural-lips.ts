/**
 * How fast a network draws lips: the whole way of a frame, from sound to the picture with the mouth laid on, against the network
 * alone. Both are measured in turns, so that whatever else the machine does slows both.
 */
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { SAMPLE_RATE } from '../main/engine/ports/tts.ts';
import { createWav2LipEngine } from '../main/providers/lipsync/wav2lip/engine.ts';
import type { LipModel, LipNetwork } from '../main/providers/lipsync/wav2lip/lip-network.ts';
import { openOnnxLips } from '../main/providers/lipsync/wav2lip/onnx-lips.ts';
import { randomWav2Lip } from '../scripts/tiny-models/wav2lip.ts';
import type { BenchRun } from './bench.ts';
import { type Figure, figure } from './figures.ts';
import { stageTalk } from './staged-talk.ts';
import type { Talk } from './talks.ts';

const ROUNDS = 15;
/** Not counted: caches fill, code is compiled. */
const WARM_UP = 2;
/** Values of one mel window. */
const WINDOW = 80 * 16;

/** `modelPath`: unless given, Wav2Lip-96 with weights drawn by lot. */
export async function neuralLipFigures(talk: Talk, modelPath: string | undefined, run: BenchRun): Promise<Figure[]> {
  const { studio, signal, say, scratchDir } = run;
  const path = modelPath ?? join(scratchDir, 'wav2lip-96-random.onnx');
  if (modelPath === undefined) await writeFile(path, randomWav2Lip(1));
  await using staged = await stageTalk(talk, studio, signal);
  const { fps } = staged.project.stage;

  const began = performance.now();
  await using lips = await openOnnxLips({ path, unprobed: modelPath === undefined }, signal);
  let network: LipNetwork | undefined;
  const seen: LipModel = {
    ...{ sizePx: lips.sizePx, batch: lips.batch },
    face: async (reference) => {
      network = await lips.face(reference);
      return network;
    },
  };
  const options = { fps, seed: staged.project.seed, rig: staged.project.avatar.rig };
  const session = await createWav2LipEngine(seen).open(staged.plate, options);
  const durationMs = ((ROUNDS + 2) * lips.batch * 1000) / fps;
  session.speak({
    startMs: 0,
    timeline: { durationMs, phones: [], words: [], sentences: [] },
    envelope: new Float32Array(),
    emotions: [],
    pcm: (fromMs, toMs) =>
      Float32Array.from({ length: Math.round(((toMs - fromMs) * SAMPLE_RATE) / 1000) }, () => Math.random() - 0.5),
  });
  await session.prepare?.([0]);
  session.frame(0);
  const firstFrameMs = performance.now() - began;
  say(`${basename(path)}, ${lips.sizePx} px, by ${lips.provider}, ${lips.batch} frames at once`);

  let [wholeMs, within, aloneMs] = [0, 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    signal.throwIfAborted();
    const indices = Array.from({ length: lips.batch }, (_, i) => 1 + round * lips.batch + i);
    const start = performance.now();
    await session.prepare?.(indices);
    for (const index of indices) session.frame(index);
    const tookMs = performance.now() - start;
    const ranMs = lips.runMs;
    await network!.draw(new Float32Array(lips.batch * WINDOW), lips.batch);
    if (round < WARM_UP) continue;
    wholeMs += tookMs;
    within += ranMs;
    aloneMs += lips.runMs;
  }
  session.dispose();
  const frames = (ROUNDS - WARM_UP) * lips.batch;
  return [
    figure('frameRate', (frames * 1000) / wholeMs, 'fps'),
    figure('networkAlone', (frames * 1000) / aloneMs, 'fps'),
    figure('ofNetworkAlone', aloneMs / wholeMs, '', { atLeast: 0.9 }),
    figure('besidesNetwork', (wholeMs - within) / frames, 'ms', { atMost: 4 }),
    figure('firstFrame', firstFrameMs, 'ms', { atMost: 3000 }),
  ];
}
