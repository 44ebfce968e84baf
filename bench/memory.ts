/** Whether a long talk needs more memory than a short one: whole exports, each in a process of its own. */
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { exportProject } from '../main/export/export-project.ts';
import { type Bench, type BenchRun, numberOption, UsageError } from './bench.ts';
import { runChild, treeMemoryMb } from './children.ts';
import { type Figure, figure } from './figures.ts';
import type { ExportMemory } from './memory-child.ts';
import { benchTalk } from './talks.ts';

const SAMPLE_EVERY_MS = 200;

/**
 * Real exports at 1280 × 720, 25 fps, subtitles burnt in, every line synthesised anew; x264 runs its fastest preset so that ten
 * minutes are done in a few. The preset changes the encoder's own memory alone, a process beside ours.
 */
export const memoryBench: Bench = {
  name: 'memory',
  about: 'peak memory of whole 720p exports of 1 and of 10 minutes of speech (takes some minutes)',
  options: {
    avatar: { value: 'ID', about: 'a sample avatar (lin)' },
    short: { value: 'MINUTES', about: 'the shorter talk (1)' },
    long: { value: 'MINUTES', about: 'the longer talk (10)' },
  },
  async run(run) {
    const { options } = run;
    const short = numberOption('short', options.short, 1);
    const long = numberOption('long', options.long, 10);
    if (long <= short) throw new UsageError(`--long ${long} is not longer than --short ${short}`);
    const { avatar = 'lin' } = options;
    const roundMs = await lengthOfRound(avatar, run);
    const figures: Figure[] = [];
    const measure = async (name: string, minutes: number): Promise<ExportMemory & { treeMb: number | null }> => {
      const rounds = Math.ceil((minutes * 60_000) / roundMs);
      run.say(`exporting ${rounds} rounds, about ${((rounds * roundMs) / 60_000).toFixed(1)} minutes of speech`);
      let treeMb: number | null = null;
      let watching: Promise<void> = Promise.resolve();
      const done = new AbortController();
      const taken = await runChild<ExportMemory>(
        new URL('./memory-child.ts', import.meta.url),
        [avatar, String(rounds), join(run.scratchDir, name)],
        run.signal,
        (pid) => {
          watching = watchTree(pid, done.signal, (mb) => {
            treeMb = Math.max(treeMb ?? 0, mb);
          });
        },
      ).finally(() => done.abort());
      await watching;
      figures.push(
        figure(`${name}Speech`, taken.durationMs / 60_000, 'min', { atLeast: minutes }),
        figure(`${name}Wall`, taken.wallMs / 1000, 's'),
      );
      return { ...taken, treeMb };
    };
    const one = await measure('short', short);
    const ten = await measure('long', long);
    return [
      figure('peakGrowth', ten.peakMb - one.peakMb, 'MB', { atMost: 50 }),
      figure('growthAtLastFrame', ten.lastFrameMb - one.lastFrameMb, 'MB', { atMost: 50 }),
      figure('shortPeak', one.peakMb, 'MB', { atMost: 700 }),
      figure('longPeak', ten.peakMb, 'MB', { atMost: 700 }),
      // With ffmpeg, which runs beside us; sampled, so a shorter peak may slip through.
      ...(one.treeMb === null ? [] : [figure('shortPeakWithEncoder', one.treeMb, 'MB')]),
      ...(ten.treeMb === null ? [] : [figure('longPeakWithEncoder', ten.treeMb, 'MB', { atMost: 700 })]),
      ...figures,
    ];
  },
};

/** How long saying everything once takes. */
async function lengthOfRound(avatar: string, { studio, scratchDir, signal }: BenchRun): Promise<number> {
  const talk = await benchTalk({ avatar, rounds: 1, format: 'wav' });
  return (await exportProject({ ...talk, outPath: join(scratchDir, 'round.wav'), signal }, studio)).durationMs;
}

async function watchTree(pid: number, done: AbortSignal, seen: (mb: number) => void): Promise<void> {
  while (!done.aborted) {
    const mb = await treeMemoryMb(pid);
    if (mb !== null) seen(mb);
    await setTimeout(SAMPLE_EVERY_MS, undefined, { signal: done }).catch(() => undefined);
  }
}
