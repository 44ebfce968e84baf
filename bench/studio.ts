/**
 * The studio as a person meets it: started by `npm start`, in a real Chromium, on this machine. Everything is measured in the page
 * or in the browser's own trace; what the engine can do alone is told beside it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { buildRenderer } from '../scripts/build-renderer.ts';
import { furnish } from '../test/ui/furnished-studio.ts';
import { type StudioPages, startStudioPages } from '../test/ui/studio-page.ts';
import { type Bench, type BenchRun, numberOption } from './bench.ts';
import { type Figure, figure } from './figures.ts';
import { accessFigures } from './studio-access.ts';
import { editAndListenFigures } from './studio-answers.ts';
import { engineFigures } from './studio-engine.ts';
import { playFigures } from './studio-play.ts';
import { startFigures } from './studio-start.ts';
import { measureTyping } from './studio-typing.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const PARTS = ['start', 'play', 'answers', 'typing', 'access', 'texts', 'engine'] as const;

export const studioBench: Bench = {
  name: 'studio',
  about: 'the studio in a Chromium: start, first load, typing, preview, answers to edits, accessibility, languages',
  options: {
    starts: { value: 'N', about: 'times it is started (3)' },
    only: { value: 'PART', about: `one of ${PARTS.join(', ')}` },
  },
  async run(run) {
    const starts = numberOption('starts', run.options.starts, 3);
    const { only } = run.options;
    const wanted = (part: (typeof PARTS)[number]): boolean => only === undefined || only === part;
    await buildRenderer({ onStart: () => run.say('building the interface') });
    const figures: Figure[] = [];
    if (wanted('start')) figures.push(...(await startFigures(starts, run)));
    if (wanted('texts')) figures.push(await textFigure(run.signal));
    if (wanted('play') || wanted('answers') || wanted('typing') || wanted('access')) {
      const pages = await startStudioPages({ rendererDir: `${root}renderer/dist` });
      try {
        await pages.set({ locale: 'en', theme: 'dark', tourDone: true, previewMaxSidePx: 640 });
        if (wanted('play')) figures.push(...(await playFigures(pages, run)));
        if (wanted('answers')) figures.push(...(await editAndListenFigures(pages, run)));
        if (wanted('typing')) figures.push(...(await typingFigures(pages, run)));
        if (wanted('access')) figures.push(...(await accessFigures(pages, await furnish(pages.rpc), run)));
        for (const fault of new Set(pages.faults)) run.say(`in the page: ${fault}`);
        figures.push(figure('errorsInPages', pages.faults.length, '', { atMost: 0 }));
      } finally {
        await pages.close();
      }
    }
    if (wanted('engine')) figures.push(...(await engineFigures(run)));
    return figures;
  },
};

async function typingFigures(pages: StudioPages, { say }: BenchRun): Promise<Figure[]> {
  say('typing in 2000 lines');
  const { p50FrameMs, p95FrameMs, worstFrameMs, longestTaskMs } = await measureTyping(pages, { lines: 2000 });
  return [
    figure('typingFrameP95', p95FrameMs, 'ms', { atMost: 50 }),
    figure('typingFrameMedian', p50FrameMs, 'ms'),
    figure('typingFrameWorst', worstFrameMs, 'ms'),
    figure('typingLongestTask', longestTaskMs, 'ms'),
  ];
}

/** Missing and unused keys, slots that differ, words in the code: as `npm run i18n:check` finds them. */
async function textFigure(signal: AbortSignal): Promise<Figure> {
  const child = spawn(process.execPath, [`${root}scripts/check-i18n.ts`], {
    stdio: ['ignore', 'ignore', 'pipe'],
    signal,
  });
  let faults = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (faults += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const count = faults.split('\n').filter((line) => line.trim() !== '').length;
  // It ended badly without a word.
  return figure('textFaults', code === 0 ? 0 : Math.max(1, count), '', { atMost: 0 });
}
