/** `live --why <frame>`: the log's answer to why a frame came late. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../../app/errors/index.ts';
import { liveFolder, readTrace } from '../../live/supervisor/trace-log.ts';
import { type LateReason, type WhyLate, whyLate } from '../../live/supervisor/why-late.ts';
import type { Storage } from '../../storage/open.ts';
import { readProjectFile } from '../../storage/project-file.ts';
import type { VerbContext, VerbResult } from '../cli.ts';

const REASONS: Readonly<Record<LateReason, { en: string; zh: string }>> = {
  stalled: { en: 'the whole process had stood still (sleep, or stopped)', zh: '整个进程曾停住（睡眠或被暂停）' },
  encoder: { en: 'the encoder did not take frames fast enough', zh: '编码器处理不过来' },
  drawing: { en: 'frames were not drawn in time', zh: '画面没有按时画好' },
};

/** @throws StudioError live.no-log */
export async function answerWhy(
  { console, options, signal }: VerbContext,
  { dataDir }: Storage,
  frame: number,
): Promise<VerbResult> {
  const folder =
    typeof options.project === 'string'
      ? liveFolder(dataDir, (await readProjectFile(options.project, { signal })).project.id)
      : await newest(join(dataDir, 'live'));
  const found = folder === null ? null : whyLate(await readTrace(folder), frame);
  if (found === null) throw new StudioError('live.no-log', { frame });
  for (const line of linesOf(found)) console.print(console.words(line));
  return { json: { frame, ...found } };
}

async function newest(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => []);
  const logs = await Promise.all(
    names.map(async (name) => {
      const info = await stat(join(folder, name, 'trace.jsonl')).catch(() => null);
      return { path: join(folder, name), atMs: info?.mtimeMs ?? 0 };
    }),
  );
  return logs.filter(({ atMs }) => atMs > 0).sort((a, b) => b.atMs - a.atMs)[0]?.path ?? null;
}

function linesOf({ burst, atWallMs, reason, utterance, around }: WhyLate): { en: string; zh: string }[] {
  const at = new Date(atWallMs).toISOString();
  const { fromFrame, toFrame, lateFrames } = burst;
  const lines = [
    {
      en: `${at}: ${lateFrames} of the frames ${fromFrame}–${toFrame} came late: ${REASONS[reason].en}.`,
      zh: `${at}：第 ${fromFrame}–${toFrame} 帧中有 ${lateFrames} 帧迟到：${REASONS[reason].zh}。`,
    },
    {
      en: `  drawn ahead ${burst.renderAheadLeast} at least, drawn ${burst.fpsInLeast.toFixed(1)} a second; encoder: ${burst.encoderQueueMost} waiting, speed ${burst.encoderSpeedLeast ?? '?'}; session’s CPU ${Math.round(burst.cpuPercentMost)} %; ladder step ${burst.step}`,
      zh: `  预渲染最少 ${burst.renderAheadLeast} 帧，绘制 ${burst.fpsInLeast.toFixed(1)} 帧/秒；编码器：积压 ${burst.encoderQueueMost} 帧，速度 ${burst.encoderSpeedLeast ?? '?'}；直播进程 CPU ${Math.round(burst.cpuPercentMost)}%；画质降档 ${burst.step}`,
    },
  ];
  if (utterance !== null) {
    const ms = (value: number | null): string => (value === null ? '?' : `${value} ms`);
    const { id, text, voiceMs, lipsMs, compositorMs, encoderMs } = utterance;
    const way = [ms(voiceMs), ms(lipsMs), ms(compositorMs), ms(encoderMs)];
    lines.push({
      en: `  said then: ${id} “${text}”: voice ${way[0]} → lips ${way[1]} → compositor ${way[2]} → encoder ${way[3]}`,
      zh: `  当时在说：${id}“${text}”：语音 ${way[0]} → 口型 ${way[1]} → 合成 ${way[2]} → 编码 ${way[3]}`,
    });
  }
  for (const { atWallMs: then, what, detail } of around) {
    const line = `  ${new Date(then).toISOString().slice(11, 23)} ${what} ${detail}`;
    lines.push({ en: line, zh: line });
  }
  return lines;
}
