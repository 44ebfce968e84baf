import { arch, cpus, freemem, platform, release, totalmem } from 'node:os';
import { type ErrorCode, type ErrorParams, StudioError } from '../../app/errors/index.ts';
import { type ChosenEncoder, chooseVideoEncoder } from './ffmpeg/encoders.ts';
import { type Ffmpeg, locateFfmpeg } from './ffmpeg/locate.ts';
import { freeBytesAt } from './part-file.ts';

export interface MachineFacts {
  platform: string;
  nodeVersion: string;
  cpu: { model: string; cores: number };
  memory: { totalMb: number; freeMb: number };
  disks: { purpose: 'data' | 'output' | 'cache'; path: string; freeMb: number | undefined }[];
  /** The ffmpeg that exports would use, or why there is none. */
  ffmpeg: { found: true; ffmpeg: Ffmpeg } | { found: false; code: ErrorCode; params: ErrorParams };
  /** The encoder a 1280×720, 25 fps MP4 would use, with what was tried; undefined without an ffmpeg. */
  videoEncoder: ChosenEncoder | undefined;
}

export interface MachineQuestion {
  dataDir: string;
  outDir: string;
  cacheDir: string;
  ffmpegPath?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** What this machine has for exports. Rejects only when aborted: whatever is missing is itself a fact. */
export async function inspectMachine(question: MachineQuestion): Promise<MachineFacts> {
  const { dataDir, outDir, cacheDir, ffmpegPath, signal } = question;
  const ffmpeg = await locateFfmpeg({ explicitPath: ffmpegPath, cacheDir, signal }).then(
    (found) => ({ found: true, ffmpeg: found }) as const,
    (error: unknown) => {
      if (!(error instanceof StudioError)) throw error;
      return { found: false, code: error.code, params: error.params } as const;
    },
  );
  const wish = { mode: 'auto', widthPx: 1280, heightPx: 720, fps: 25 } as const;
  const processors = cpus();
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    nodeVersion: process.version,
    cpu: { model: processors[0]?.model.trim() ?? 'unknown', cores: processors.length },
    memory: { totalMb: toMb(totalmem()), freeMb: toMb(freemem()) },
    disks: await Promise.all([disk('data', dataDir), disk('output', outDir), disk('cache', cacheDir)]),
    ffmpeg,
    videoEncoder: ffmpeg.found ? await chooseVideoEncoder(ffmpeg.ffmpeg, wish, cacheDir, signal) : undefined,
  };
}

const toMb = (bytes: number): number => Math.round(bytes / 1e6);

async function disk(
  purpose: MachineFacts['disks'][number]['purpose'],
  path: string,
): Promise<MachineFacts['disks'][number]> {
  const freeBytes = await freeBytesAt(path).catch(() => undefined);
  return { purpose, path, freeMb: freeBytes === undefined ? undefined : toMb(freeBytes) };
}
