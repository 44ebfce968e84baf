/** `npm run bench -- local`: models on this machine, by what the studio adds to the runtimes that carry them. */
import { type Bench, numberOption, UsageError } from './bench.ts';
import type { Figure } from './figures.ts';
import { localLlmFigures } from './local-llm.ts';
import { localSpeechFigures } from './local-speech.ts';

export const localBench: Bench = {
  name: 'local',
  about: 'models on this machine: what the studio adds to the runtimes that carry them',
  options: {
    only: { value: 'PART', about: 'llm or speech (both unless given)' },
    cycles: { value: 'N', about: 'loads of the tiny language model (1000 unless given)' },
  },
  async run(run) {
    const { only } = run.options;
    if (only !== undefined && only !== 'llm' && only !== 'speech')
      throw new UsageError(`--only needs llm or speech, not ${only}`);
    const figures: Figure[] = [];
    if (only !== 'speech')
      figures.push(...(await localLlmFigures(run, numberOption('cycles', run.options.cycles, 1000))));
    if (only !== 'llm') figures.push(...(await localSpeechFigures(run)));
    return figures;
  },
};
