/** sherpa-onnx in a process of its own, and installed models as it is told of them. */
import { availableParallelism } from 'node:os';
import type { InstalledModel } from '../../../app/models/manifest.ts';
import type { SherpaModel } from '../../../native-models/sherpa/protocol.ts';
import { ModelProcess } from './model-process.ts';

/** A recogniser is read in one go, meanwhile nothing is heard of its process. */
const SILENCE_MS = 60_000;

export const openSherpaProcess = (): ModelProcess =>
  new ModelProcess({
    program: new URL('../../../native-models/sherpa/child.ts', import.meta.url),
    runtime: 'sherpa-onnx',
    silenceMs: SILENCE_MS,
  });

/** Half of the machine: the other half draws and encodes. */
export const sherpaThreads = (): number => Math.max(1, Math.min(4, availableParallelism() >> 1));

export const asSherpaModel = ({ entry: { family, settings }, folder }: InstalledModel): SherpaModel => ({
  family,
  folder,
  settings,
});

export const keyOf = ({ entry: { id, version }, folder }: InstalledModel): string => `${id}@${version} ${folder}`;
