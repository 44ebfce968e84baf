/**
 * Our whole export against ffmpeg alone: drawing and encoding together, over ffmpeg encoding the very same frames from a raw
 * file with the very same arguments, without sound. In one run, in turns; the ratio is the middle one of the pairs’, since whatever
 * slows this machine for a while slows both of a pair.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { i420Bytes } from '../app/media/i420.ts';
import { type ExportReport, exportProject } from '../main/export/export-project.ts';
import { frameInput, pictureArgs } from '../main/media/ffmpeg/args.ts';
import { type Bench, type BenchRun, numberOption } from './bench.ts';
import { type Figure, figure, median } from './figures.ts';
import { drawTalk, type StagedTalk, stageTalk } from './staged-talk.ts';
import { benchTalk } from './talks.ts';

export const exportBench: Bench = {
  name: 'export',
  about: 'our export’s render + encode rate against ffmpeg encoding the same frames (720p25, x264 veryfast)',
  options: {
    avatar: { value: 'ID', about: 'a sample avatar (lin)' },
    portrait: { value: 'FILE', about: 'a picture of your own instead' },
    rounds: { value: 'N', about: 'times everything is said, some 29 s each (4)' },
    repeats: { value: 'N', about: 'times each is done (3)' },
  },
  async run(run) {
    const { options, studio, scratchDir, signal, say } = run;
    const repeats = numberOption('repeats', options.repeats, 3);
    const rounds = Math.round(numberOption('rounds', options.rounds, 4));
    const talk = await benchTalk({ avatar: options.avatar, portrait: options.portrait, rounds });
    const outPath = join(scratchDir, 'ours.mp4');
    const ours = (): Promise<ExportReport> => exportProject({ ...talk, outPath, signal }, studio);
    say('warming up: first export, and its frames into a raw file');
    await ours();
    await using staged = await stageTalk(talk, studio, signal);
    const rawPath = await captureFrames(staged, run);
    const raw = await rawEncoding(staged, rawPath, run);
    await raw.encode();
    await assertSamePicture(outPath, raw.outPath, raw.ffmpegPath, signal);

    const rates: { ours: number[]; raw: number[] } = { ours: [], raw: [] };
    let last: ExportReport | undefined;
    for (let i = 0; i < repeats; i++) {
      last = await ours();
      rates.ours.push((last.frames * 1000) / last.stages.encodeMs);
      rates.raw.push((staged.frames * 1000) / (await raw.encode()));
      say(
        `${i + 1} of ${repeats}: ours ${rates.ours[i]!.toFixed(1)} fps, ffmpeg alone ${rates.raw[i]!.toFixed(1)} fps`,
      );
    }
    const ratio = median(rates.ours.map((fps, i) => fps / rates.raw[i]!));
    return figuresOf({ exportFps: median(rates.ours), encoderOnlyFps: median(rates.raw), ratio }, last!);
  },
};

function figuresOf(
  { exportFps, encoderOnlyFps, ratio }: { exportFps: number; encoderOnlyFps: number; ratio: number },
  report: ExportReport,
): Figure[] {
  const { frames, stages } = report;
  return [
    figure('exportFps', exportFps, 'fps'),
    figure('encoderOnlyFps', encoderOnlyFps, 'fps'),
    figure('ratio', ratio, '', { atLeast: 0.75 }),
    // On the drawing thread, while the encoder has its share of the same cores.
    figure('face', stages.faceMs / frames, 'ms/frame'),
    figure('composite', stages.stageMs / frames, 'ms/frame'),
    figure('speech', report.durationMs / 1000, 's', { atLeast: 20 }),
  ];
}

async function captureFrames(staged: StagedTalk, { scratchDir, signal }: BenchRun): Promise<string> {
  const { frames, size } = staged;
  const bytes = frames * i420Bytes(size.widthPx, size.heightPx);
  const { bavail, bsize } = await statfs(scratchDir);
  if (bavail * bsize < bytes * 1.2) {
    const [needed, free] = [bytes * 1.2, bavail * bsize].map((n) => `${Math.round(n / 1e6)} MB`);
    throw new Error(`the raw frames need ${needed} in ${scratchDir}, which has ${free}; set TMPDIR to a roomier place`);
  }
  const path = join(scratchDir, 'frames.i420');
  const file = await open(path, 'w');
  try {
    await drawTalk(staged, async (frame) => void (await file.write(frame)), signal);
    // What waits to be written to the disk would be written while others are timed.
    await file.sync();
  } finally {
    await file.close();
  }
  return path;
}

interface RawEncoding {
  ffmpegPath: string;
  outPath: string;
  /** One whole run of ffmpeg, ms. */
  encode(): Promise<number>;
}

async function rawEncoding(staged: StagedTalk, rawPath: string, run: BenchRun): Promise<RawEncoding> {
  const { signal, studio, scratchDir } = run;
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  const outPath = join(scratchDir, 'raw.mp4');
  const { output, stage } = staged.project;
  const shape = { ...staged.size, fps: stage.fps, alpha: false };
  const args = [
    ...['-nostdin', '-nostats', '-v', 'warning', '-y', ...frameInput(shape, `file:${rawPath}`)],
    ...[...pictureArgs('libx264', shape, output), '-f', 'mp4', `file:${outPath}`],
  ];
  return {
    ffmpegPath,
    outPath,
    encode: async () => {
      await rm(outPath, { force: true });
      const start = performance.now();
      await ffmpegText(ffmpegPath, args, signal);
      return performance.now() - start;
    },
  };
}

/** x264 is deterministic: the same frames and arguments make the same stream. Were it another, there would be nothing to compare. */
async function assertSamePicture(a: string, b: string, ffmpegPath: string, signal: AbortSignal): Promise<void> {
  const digest = (path: string): Promise<string> =>
    ffmpegText(ffmpegPath, ['-v', 'error', '-i', path, '-map', '0:v:0', '-c', 'copy', '-f', 'md5', '-'], signal);
  const [ours, raw] = [await digest(a), await digest(b)];
  if (ours !== raw)
    throw new Error(`the raw file did not encode to the export’s picture: ${ours.trim()}, ${raw.trim()}`);
}

/** What a run of ffmpeg prints on stdout. */
async function ffmpegText(path: string, args: readonly string[], signal: AbortSignal): Promise<string> {
  const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err = (err + text).slice(-2000)));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}: ${err}`);
  return out;
}
