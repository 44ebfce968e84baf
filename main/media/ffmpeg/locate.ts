import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { StudioError } from '../../../app/errors/index.ts';
import { runCaptured } from './run.ts';

export type FfmpegSource = 'option' | 'SHENGHUA_FFMPEG' | 'ffmpeg-static' | 'system' | '@ffmpeg-installer';

export interface FfmpegCandidate {
  source: FfmpegSource;
  path: string;
}
export interface RejectedFfmpeg extends FfmpegCandidate {
  reason: string;
}

/** An ffmpeg that was really run and has what the studio needs at least. */
export interface Ffmpeg extends FfmpegCandidate {
  /** As it names itself: `5.1.9-0+deb12u1`, `N-47683-g0e8eb07980-static`. */
  version: string;
  /** Names of its encoders, as `-c:v`/`-c:a` take them. */
  encoders: ReadonlySet<string>;
  /** What was preferred but did not work, for `doctor`. */
  rejected: readonly RejectedFfmpeg[];
}

export interface LocateOptions {
  /** Set by the person; tried before anything else. */
  explicitPath?: string | undefined;
  env?: NodeJS.ProcessEnv;
  /** Where a binary that may not be made executable in place is copied to. */
  cacheDir: string;
  signal?: AbortSignal | undefined;
  /** Instead of the usual search order. */
  candidates?: readonly FfmpegCandidate[];
}

const PROBE_TIMEOUT_MS = 15_000;
/** Without these no default export is possible; distributions leave x264 out of some builds. */
const REQUIRED_ENCODERS = ['libx264', 'aac'] as const;
const NOT_THERE = 'not there';
const require = createRequire(import.meta.url);

/**
 * Finds an ffmpeg that works: option, SHENGHUA_FFMPEG, ffmpeg-static, the system's, then the one inside @ffmpeg-installer.
 * Each is run before it is believed. @throws StudioError media.ffmpeg-not-found naming all that was tried.
 */
export async function locateFfmpeg(options: LocateOptions): Promise<Ffmpeg> {
  const { cacheDir, signal } = options;
  const rejected: RejectedFfmpeg[] = [];
  for (const candidate of options.candidates ?? ffmpegCandidates(options.explicitPath, options.env ?? process.env)) {
    signal?.throwIfAborted();
    const outcome = await probe(candidate, cacheDir, signal);
    if (typeof outcome !== 'string') return { ...outcome, rejected };
    // Most folders of the PATH hold no ffmpeg; only one that is there and does not work is news.
    if (candidate.source !== 'system' || outcome !== NOT_THERE) rejected.push({ ...candidate, reason: outcome });
  }
  if (!rejected.some(({ source }) => source === 'system')) {
    rejected.push({ source: 'system', path: 'PATH', reason: NOT_THERE });
  }
  const tried = rejected.map(({ source, path, reason }) => `${source} ${path} (${reason})`).join('; ');
  throw new StudioError('media.ffmpeg-not-found', { tried });
}

/** Everything worth trying, in order; packages that are not installed are left out. */
export function ffmpegCandidates(explicitPath: string | undefined, env: NodeJS.ProcessEnv): FfmpegCandidate[] {
  const candidates: FfmpegCandidate[] = [];
  const add = (source: FfmpegSource, path: string | undefined): void => {
    if (path !== undefined && path !== '') candidates.push({ source, path });
  };
  add('option', explicitPath);
  add('SHENGHUA_FFMPEG', env.SHENGHUA_FFMPEG);
  const binary = platform() === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  add('ffmpeg-static', packageFile(require, 'ffmpeg-static', binary));
  for (const folder of (env.PATH ?? env.Path ?? '').split(delimiter)) {
    // npm puts node_modules/.bin first in PATH; nothing there is the system's ffmpeg.
    if (folder !== '' && !folder.includes('node_modules')) add('system', join(folder, binary));
  }
  add('@ffmpeg-installer', installerBinary(binary));
  return candidates;
}

function packageFile(from: NodeJS.Require, name: string, file: string): string | undefined {
  try {
    const path = join(dirname(from.resolve(`${name}/package.json`)), file);
    return path.replace(/\bapp\.asar(?=[\\/])/, 'app.asar.unpacked'); // a binary inside an asar archive cannot be run
  } catch {
    return undefined;
  }
}

function installerBinary(binary: string): string | undefined {
  try {
    const beside = createRequire(require.resolve('@ffmpeg-installer/ffmpeg/package.json'));
    return packageFile(beside, `@ffmpeg-installer/${platform()}-${arch()}`, binary);
  } catch {
    return undefined;
  }
}

/** The working ffmpeg, or why it does not work. */
async function probe(
  candidate: FfmpegCandidate,
  cacheDir: string,
  signal: AbortSignal | undefined,
): Promise<Omit<Ffmpeg, 'rejected'> | string> {
  const path = await runnable(candidate.path, cacheDir).catch((error: NodeJS.ErrnoException) => error);
  if (path instanceof Error) return path.code === 'ENOENT' ? NOT_THERE : path.message;
  const [versionRun, encodersRun] = await Promise.all([
    runCaptured(path, ['-version'], { timeoutMs: PROBE_TIMEOUT_MS, signal }),
    runCaptured(path, ['-hide_banner', '-v', 'error', '-encoders'], { timeoutMs: PROBE_TIMEOUT_MS, signal }),
  ]);
  for (const run of [versionRun, encodersRun]) {
    if (run.startError) return `cannot be run: ${run.startError.code ?? run.startError.message}`;
    if (run.timedOut) return `no answer in ${PROBE_TIMEOUT_MS / 1000} s`;
    if (run.exitCode !== 0) return `exit ${run.exitCode ?? run.signal}: ${firstLine(run.stderr)}`;
  }
  const version = /^ffmpeg version (\S+)/m.exec(versionRun.stdout.toString('utf8'))?.[1];
  if (version === undefined) return 'is not ffmpeg';
  const encoders = parseEncoders(encodersRun.stdout.toString('utf8'));
  const lacking = REQUIRED_ENCODERS.filter((name) => !encoders.has(name));
  if (lacking.length > 0) return `lacks ${lacking.join(' and ')}`;
  return { source: candidate.source, path, version, encoders };
}

const firstLine = (text: string): string => text.trim().split('\n', 1)[0]!;

/** Reads `ffmpeg -encoders`: six flag characters, then the name. */
export function parseEncoders(listing: string): Set<string> {
  const names = new Set<string>();
  const body = listing.split(/^ -{6}$/m)[1] ?? '';
  for (const match of body.matchAll(/^ [VAS][A-Z.]{5} (\S+)/gm)) names.add(match[1]!);
  return names;
}

/**
 * The path to run: the file itself, made executable if the installer's own script was not allowed to do so,
 * or, where it may not be changed (read-only install), an executable copy in cacheDir.
 */
async function runnable(path: string, cacheDir: string): Promise<string> {
  const info = await stat(path);
  if (!info.isFile()) throw new Error('is not a file');
  if (platform() === 'win32' || (info.mode & 0o111) !== 0) return path;
  try {
    await chmod(path, info.mode | 0o755);
    return path;
  } catch {
    return await executableCopy(path, `${info.size}-${info.mtimeMs}`, cacheDir);
  }
}

export async function executableCopy(path: string, revision: string, cacheDir: string): Promise<string> {
  const key = createHash('sha256').update(`${path}\0${revision}`).digest('hex').slice(0, 16);
  const copy = join(cacheDir, 'ffmpeg', key, 'ffmpeg');
  if (await stat(copy).catch(() => undefined)) return copy;
  const temporary = `${copy}.${process.pid}.part`;
  await mkdir(dirname(copy), { recursive: true });
  try {
    await copyFile(path, temporary);
    await chmod(temporary, 0o755);
    await rename(temporary, copy);
  } finally {
    await rm(temporary, { force: true });
  }
  return copy;
}
