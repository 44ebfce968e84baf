/** `npm run bench -- local`: models on this machine, by what the studio adds to the runtimes that carry them. */
import { type Bench, numberOption, UsageError } from './bench.ts';
import type { Figure } from './figures.ts';
import { localDownloadFigures } from './local-download.ts';
import { localLlmFigures } from './local-llm.ts';
import { localSpeechFigures } from './local-speech.ts';

export const localBench: Bench = {
  name: 'local',
  about: 'models on this machine: what the studio adds to the runtimes that carry them',
  options: {
    only: { value: 'PART', about: 'llm, speech or download (all unless given)' },
    cycles: { value: 'N', about: 'loads of the tiny language model (1000 unless given)' },
  },
  async run(run) {
    const { only } = run.options;
    if (only !== undefined && !['llm', 'speech', 'download'].includes(only))
      throw new UsageError(`--only needs llm, speech or download, not ${only}`);
    const isAsked = (part: string): boolean => only === undefined || only === part;
    const figures: Figure[] = [];
    if (isAsked('llm')) figures.push(...(await localLlmFigures(run, numberOption('cycles', run.options.cycles, 1000))));
    if (isAsked('speech')) figures.push(...(await localSpeechFigures(run)));
    if (isAsked('download')) figures.push(...(await localDownloadFigures(run)));
    return figures;
  },
};
