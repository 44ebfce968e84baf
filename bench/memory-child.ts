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
  durationMs: number;
  wallMs: number;
}

const [avatar, rounds, folder = ''] = process.argv.slice(2);
const signal = endSignal();
await mkdir(folder, { recursive: true });
await using studio = createStudio({ dataDir: join(folder, 'studio') });
const talk = await benchTalk({ avatar, rounds: Number(rounds), preset: 'ultrafast' });
const { durationMs, wallMs } = await exportProject({ ...talk, outPath: join(folder, 'talk.mp4'), signal }, studio);
answer({ peakMb: await peakMemoryMb(), durationMs, wallMs } satisfies ExportMemory);
