/** One whole export: `memory-child.ts AVATAR ROUNDS FOLDER` answers with {@link ExportMemory}. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createStudio } from '../main/compose.ts';
import { exportProject } from '../main/export/export-project.ts';
import { answer, endSignal, peakMemoryMb } from './children.ts';
import { benchTalk } from './talks.ts';

export interface ExportMemory {
  /** Of this process; the encoder is another. */
  peakMb: number;
  /** At the last frame, with everything that draws and encodes still there: the peak may be an earlier step's. */
  lastFrameMb: number;
  durationMs: number;
  wallMs: number;
}

const [avatar, rounds, folder = ''] = process.argv.slice(2);
const signal = endSignal();
await mkdir(folder, { recursive: true });
await using studio = createStudio({ dataDir: join(folder, 'studio') });
const talk = await benchTalk({ avatar, rounds: Number(rounds), preset: 'ultrafast' });
let lastFrameMb = Number.NaN;
const report = await exportProject(
  {
    ...talk,
    outPath: join(folder, 'talk.mp4'),
    signal,
    onProgress: ({ step, done, total }) => {
      if (step === 'render' && done === total) lastFrameMb = process.memoryUsage.rss() / 2 ** 20;
    },
  },
  studio,
);
const { durationMs, wallMs } = report;
answer({ peakMb: await peakMemoryMb(), lastFrameMb, durationMs, wallMs } satisfies ExportMemory);
