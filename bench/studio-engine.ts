/** What the preview's engine can do without a page: the same session, its frames counted where they are made. */
import type { BenchRun } from './bench.ts';
import { type Figure, figure } from './figures.ts';
import { MeasuredPreview, memoryOfPreviews } from './preview-measures.ts';
import { benchTalk } from './talks.ts';

const PLAYED_S = 10;
const MAX_SIDE_PX = 640;

export async function engineFigures({ studio, say }: BenchRun): Promise<Figure[]> {
  const { project, assets } = await benchTalk();
  const { portraits, speech, paths } = studio;
  const deps = { portraits, speech, assets, paths, ffmpeg: (signal: AbortSignal) => studio.ffmpeg(signal) };
  await using preview = new MeasuredPreview(deps, project, MAX_SIDE_PX);
  say('the engine alone');
  const firstFrameMs = await preview.open();
  await preview.spoken();
  const edits = await preview.edits(5);
  const { fps, lateFrames, cpuMsPerFrame, soundAheadMs } = await preview.play(PLAYED_S, project.stage.fps);
  const memory = await memoryOfPreviews(deps, project, 6);
  return [
    figure('engineFirstFrame', firstFrameMs, 'ms'),
    ...Object.entries(edits).map(([kind, ms]) => figure(`engineEdit.${kind}`, ms, 'ms', { atMost: 250 })),
    figure('engineFps', Math.round(fps * 10) / 10, 'fps', { atLeast: 25 }),
    figure('engineLateFrames', lateFrames, ''),
    figure('engineCpuPerFrame', cpuMsPerFrame, 'ms'),
    figure('engineSoundAheadLeast', soundAheadMs[0], 'ms'),
    figure('engineMemoryGrowth', memory.at(-1)! - memory[1]!, 'MB'),
  ];
}
