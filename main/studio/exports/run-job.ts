/** One job of the queue: the film and its side files in a folder of their own, a still, the record, copies. All of it or nothing. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { WireError } from '../../../app/contract/base.ts';
import type { WorkFile } from '../../../app/contract/library.ts';
import type { OutputFormat } from '../../../app/document/output.ts';
import type { Project } from '../../../app/document/project.ts';
import { type ExportDeps, type ExportProgress, type ExportReport, exportProject } from '../../export/export-project.ts';
import { writeTextWhole } from '../../files/atomic-file.ts';
import { asStorageError } from '../../files/failures.ts';
import { openPartFile } from '../../media/part-file.ts';
import type { AssetSource } from '../../storage/assets.ts';
import type { StoredJob } from '../../storage/repositories/export-jobs.ts';
import type { WorkRecord, WorkRecordFile } from '../../storage/repositories/works.ts';
import { makePoster } from '../library/poster.ts';
import { toWireError } from '../wire-error.ts';

export const RECORD_NAME = 'work.json';

export interface JobRun {
  job: StoredJob;
  document: Project;
  assets: AssetSource;
  /** The work's own; emptied first, and removed when the job fails. */
  folder: string;
  signal: AbortSignal;
  onProgress(progress: ExportProgress): void;
  /** As in `ExportRequest`. */
  unwanted(reason: unknown): boolean;
  /** Makes it a work. What this throws fails the job. */
  commit(record: WorkRecord, warnings: readonly WireError[]): void;
}

/** @throws StudioError of any area; `signal.reason`. Nothing is left then. */
export async function runJob(run: JobRun, studio: ExportDeps): Promise<void> {
  const { folder, signal } = run;
  try {
    // What an attempt before this one left, when its process was killed.
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await mkdir(folder, { recursive: true });
    await make(run, studio);
  } catch (error) {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 }).catch(() => {});
    signal.throwIfAborted();
    throw asStorageError(error, folder);
  }
}

async function make(run: JobRun, studio: ExportDeps): Promise<void> {
  const { job, document, assets, folder, signal, onProgress, commit } = run;
  const outPath = join(folder, job.fileName);
  const timelinePath = join(folder, `${basename(job.fileName, extname(job.fileName))}.timeline.json`);
  const { renderer } = job.target;
  const report = await exportProject(
    { project: document, assets, outPath, timelinePath, renderer, unwanted: run.unwanted, signal, onProgress },
    studio,
  );
  const { format } = document.output;
  const thumbnail =
    format === 'wav'
      ? null
      : await makePoster({
          ffmpeg: await studio.ffmpeg(signal),
          videoPath: outPath,
          format,
          alpha: document.stage.background.kind === 'transparent',
          durationMs: report.durationMs,
          folder,
          signal,
        });
  const record: WorkRecord = {
    version: 1,
    id: job.id,
    createdAtMs: Date.now(),
    software: studio.software,
    projectId: job.projectId,
    projectName: job.projectName,
    projectRevision: job.projectRevision,
    target: job.target,
    files: await filesOf(report, format, signal),
    thumbnail,
    durationMs: report.durationMs,
    widthPx: format === 'wav' ? 0 : report.widthPx,
    heightPx: format === 'wav' ? 0 : report.heightPx,
    fps: format === 'wav' ? 0 : report.fps,
    encoder: report.encoder,
    wallMs: report.wallMs,
    produceId: report.produceId,
    aiMarkVisible: format !== 'wav' && document.stage.aiMark.visible,
    voices: voicesOf(document),
    // Who is only heard is not shown.
    consent: report.consent?.record ?? null,
    consentState: report.consent?.state ?? 'not-needed',
  };
  await writeTextWhole(join(folder, RECORD_NAME), `${JSON.stringify(record, null, 2)}\n`, signal);
  const warnings = report.warnings.map(toWireError);
  if (job.copyTo !== null) {
    // The film itself is well in the library: a copy that fails is told and spoils nothing.
    const sources = [report.out, report.subtitles].filter((path) => path !== null);
    const failure = await copyOut(sources, job.copyTo, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return toWireError(asStorageError(error, job.copyTo ?? ''));
    });
    if (failure !== undefined) warnings.push(failure);
  }
  signal.throwIfAborted();
  commit(record, warnings);
}

const KINDS: Record<OutputFormat, Pick<WorkFile, 'kind' | 'mediaType'>> = {
  mp4: { kind: 'video', mediaType: 'video/mp4' },
  webm: { kind: 'video', mediaType: 'video/webm' },
  gif: { kind: 'animation', mediaType: 'image/gif' },
  wav: { kind: 'sound', mediaType: 'audio/wav' },
};

async function filesOf(
  { out, subtitles, timeline }: ExportReport,
  format: OutputFormat,
  signal: AbortSignal,
): Promise<WorkRecordFile[]> {
  const files = [await fileOf(out, KINDS[format], signal)];
  if (subtitles !== null) {
    const mediaType = subtitles.endsWith('.vtt') ? 'text/vtt' : 'application/x-subrip';
    files.push(await fileOf(subtitles, { kind: 'subtitles', mediaType }, signal));
  }
  if (timeline !== null)
    files.push(await fileOf(timeline, { kind: 'timeline', mediaType: 'application/json' }, signal));
  return files;
}

async function fileOf(
  path: string,
  about: Pick<WorkFile, 'kind' | 'mediaType'>,
  signal: AbortSignal,
): Promise<WorkRecordFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of createReadStream(path, { signal }) as AsyncIterable<Buffer>) {
    hash.update(piece);
    bytes += piece.length;
  }
  return { ...about, fileName: basename(path), bytes, sha256: hash.digest('hex') };
}

/** Those the project names; where it names none, the studio chose by language. */
function voicesOf({ voice, script }: Project): string[] {
  if (script.recording !== null) return [];
  const named = [voice.voiceId, ...Object.values(voice.byLanguage), ...script.lines.map((line) => line.voiceId)];
  return [...new Set(named.filter((id) => id !== null))];
}

/** Copies that lie on nothing: names that are taken get a number, the same for all files. */
async function copyOut(paths: readonly string[], folder: string, signal: AbortSignal): Promise<undefined> {
  const [main = ''] = paths;
  const stem = basename(main, extname(main));
  const names = (number: number): string[] =>
    paths.map((path) => join(folder, `${stem}${number > 1 ? ` (${number})` : ''}${extname(path)}`));
  const isTaken = async (path: string): Promise<boolean> => (await lstat(path).catch(() => null)) !== null;
  let number = 1;
  while ((await Promise.all(names(number).map(isTaken))).some(Boolean)) number++;
  for (const [index, target] of names(number).entries()) {
    const part = await openPartFile(target);
    try {
      await pipeline(createReadStream(paths[index] ?? main), createWriteStream(part.path), { signal });
      await part.commit();
    } finally {
      await part.discard();
    }
  }
}
