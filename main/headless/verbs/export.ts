import { dirname, relative, resolve } from 'node:path';
import { StudioError } from '../../../app/errors/index.ts';
import { RENDERERS } from '../../../app/providers/renderers.ts';
import { createStudio } from '../../compose.ts';
import { type ExportReport, type ExportStep, exportProject } from '../../export/export-project.ts';
import { subtitlePath } from '../../export/side-files.ts';
import type { Verb, VerbContext } from '../cli.ts';
import { usage } from '../faults.ts';
import { openGivenProject } from '../given-project.ts';
import { checkOutputs, type NamedOutput } from '../output-names.ts';
import { createProgress } from '../progress.ts';
import { type AskedExport, projectFromOptions } from '../project-from-options.ts';

const STEPS: Readonly<Record<ExportStep, { en: string; zh: string }>> = {
  portrait: { en: 'Preparing the portrait', zh: '准备人像' },
  speech: { en: 'Speaking the text', zh: '合成语音' },
  loudness: { en: 'Measuring loudness', zh: '调整响度' },
  film: { en: 'Waiting for the film from the cloud', zh: '等待云端生成视频' },
  render: { en: 'Drawing and encoding', zh: '绘制并编码' },
};

const CONSENT_OPTIONS = {
  en: 'Record it with --consent-self "your name", --consent-person "their name", or --not-a-person.',
  zh: '可用 --consent-self "本人姓名"、--consent-person "他人姓名" 或 --not-a-person 记录。',
};

export const exportVerb: Verb = async (context) => {
  const { console, signal, options, studio: where } = context;
  await using studio = createStudio(where);
  const listVoices = async () => (await Promise.all(studio.voices.map((provider) => provider.voices(signal)))).flat();
  await using opened = new AsyncDisposableStack();
  const openProject = async (path: string) => opened.use(await openGivenProject(path, studio.paths.tempDir, signal));
  const asked = await projectFromOptions(context, listVoices, openProject);
  const timelinePath = typeof options.timeline === 'string' ? options.timeline : undefined;
  if (timelinePath === '') throw usage('command.missing-value', { option: '--timeline', verb: 'export' });
  const renderer = RENDERERS.find((id) => id === options.renderer);
  const lipsPath = typeof options.lips === 'string' ? options.lips : undefined;
  if (lipsPath === '') throw usage('command.missing-value', { option: '--lips', verb: 'export' });
  await checkOutputs(outputsOf(asked, timelinePath), [...asked.inputs, ...(lipsPath ? [lipsPath] : [])]);

  const progress = createProgress({ stream: process.stderr, console });
  let report: ExportReport;
  try {
    report = await exportProject(
      {
        ...{
          project: asked.project,
          assets: asked.assets,
          outPath: asked.outPath,
          timelinePath,
          renderer,
          lipsPath,
          signal,
        },
        onProgress: ({ step, done, total }) => progress.update({ label: console.words(STEPS[step]), done, total }),
      },
      studio,
    );
  } finally {
    progress.end();
  }
  for (const warning of report.warnings) console.warn(warning);
  if (report.consent?.state === 'missing') console.note(console.words(CONSENT_OPTIONS));
  if (where.ffmpegPath !== undefined && report.frames > 0) {
    const unusable = (await studio.ffmpeg(signal)).rejected.find(({ source }) => source === 'option');
    if (unusable)
      console.warn(new StudioError('command.ffmpeg-passed-over', { path: unusable.path, reason: unusable.reason }));
  }
  if (console.quiet) console.print(report.out);
  else summary(report, context);
  return { json: { ...report } };
};

function outputsOf({ project, outPath }: AskedExport, timelinePath: string | undefined): NamedOutput[] {
  const outputs: NamedOutput[] = [{ option: '--out', path: outPath }];
  const { mode } = project.stage.subtitles;
  if (mode === 'srt' || mode === 'vtt') outputs.push({ option: '--subtitles', path: subtitlePath(outPath, mode) });
  if (timelinePath !== undefined) outputs.push({ option: '--timeline', path: timelinePath });
  return outputs;
}

function summary(report: ExportReport, { console }: VerbContext): void {
  const seconds = (ms: number): string => (ms / 1000).toFixed(1);
  const shown = (path: string): string => {
    const short = relative(process.cwd(), resolve(path));
    return short.startsWith('..') ? resolve(path) : short;
  };
  const picture = report.frames > 0 ? `, ${report.widthPx}×${report.heightPx}, ${report.fps} fps` : '';
  console.print(
    console.words({
      en: `Done: ${shown(report.out)} (${seconds(report.durationMs)} s${picture})`,
      zh: `完成：${shown(report.out)}（${seconds(report.durationMs)} 秒${picture.replace(/, /g, '，')}）`,
    }),
  );
  for (const [path, words] of [
    [report.subtitles, { en: 'Subtitles', zh: '字幕' }],
    [report.timeline, { en: 'Timeline', zh: '时间轴' }],
  ] as const) {
    if (path !== null) console.print(`${console.words(words)}${console.words({ en: ': ', zh: '：' })}${shown(path)}`);
  }
  console.note(
    console.words({
      en: `It took ${seconds(report.wallMs)} s (${report.realtimeFactor}× real time, ${report.encoder}). Folder: ${dirname(resolve(report.out))}`,
      zh: `用时 ${seconds(report.wallMs)} 秒（${report.realtimeFactor} 倍速，${report.encoder}）。文件夹：${dirname(resolve(report.out))}`,
    }),
  );
}
