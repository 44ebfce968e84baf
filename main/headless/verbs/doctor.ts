import { resolve } from 'node:path';
import type { Words } from '../../../app/contract/base.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { createStudio } from '../../compose.ts';
import type { MachineFacts } from '../../media/machine.ts';
import { checkMachine } from '../../studio/machine.ts';
import type { Verb } from '../cli.ts';

/** What this machine has, what it lacks and how to fix it. Fails when something that exports need is missing. */
export const doctorVerb: Verb = async ({ console, signal, studio: where }) => {
  await using studio = createStudio(where);
  const { ready, checks, facts, notices } = await checkMachine(studio, {
    ...{ outDir: resolve('out'), ffmpegPath: where.ffmpegPath, signal },
  });
  for (const notice of notices) console.warn(notice);
  const inLocale = (words: Words): string => words[console.locale];
  const marks = { ok: '✔', warning: '!', missing: '✖' };
  const told = checks.map(({ id, level, summary, fix, details }) => ({
    ...{ id, level, summary: inLocale(summary) },
    ...(fix && { fix: inLocale(fix) }),
    ...(details.length > 0 && { details: details.map(inLocale) }),
  }));
  for (const { level, summary, fix, details = [] } of told) {
    console.print(`${marks[level]} ${summary}`);
    for (const detail of details) console.print(`    ${detail}`);
    if (fix !== undefined) console.print(`    → ${fix}`);
  }
  if (ready) console.print(console.words({ en: 'Ready to export.', zh: '可以导出视频。' }));
  const lacking = told.filter(({ level }) => level === 'missing').map(({ summary }) => summary);
  const failure = ready ? undefined : new StudioError('command.machine-lacks', { what: lacking.join('; ') });
  return { json: { ready, checks: told, machine: machineJson(facts) }, failure };
};

function machineJson({ ffmpeg, ...facts }: MachineFacts): Record<string, unknown> {
  if (!ffmpeg.found) return { ...facts, ffmpeg: null };
  const { encoders, ...program } = ffmpeg.ffmpeg;
  return { ...facts, ffmpeg: { ...program, encoders: [...encoders] } };
}
