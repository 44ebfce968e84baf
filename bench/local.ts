/** `npm run bench -- local`: models on this machine, by what the studio adds to the runtimes that carry them. */
import type { Bench } from './bench.ts';
import { localSpeechFigures } from './local-speech.ts';

export const localBench: Bench = {
  name: 'local',
  about: 'models on this machine: what the studio adds to the runtimes that carry them',
  options: {},
  run: async (run) => await localSpeechFigures(run),
};
