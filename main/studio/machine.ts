/** The machine check: what this computer has, what it lacks and how to fix it, in every language of the studio. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Words } from '../../app/contract/base.ts';
import type { MachineCheck, MachineReport } from '../../app/contract/system.ts';
import { describeError, StudioError } from '../../app/errors/index.ts';
import { createFaceMesh } from '../../native-models/face-mesh/face-mesh.ts';
import type { Studio } from '../compose.ts';
import { inspectMachine, type MachineFacts } from '../media/machine.ts';

const LOW_DISK_MB = 1000;
const LOW_MEMORY_MB = 700;

export interface MachineInspection extends MachineReport {
  facts: MachineFacts;
  /** What opening the database had to say, e.g. `storage.database-moved-aside`. Usually empty. */
  notices: readonly StudioError[];
}

export interface MachineCheckOptions {
  /** Where videos go. */
  outDir: string;
  ffmpegPath?: string | undefined;
  signal: AbortSignal;
}

const words = (en: string, zh: string): Words => ({ en, 'zh-CN': zh });
/** Paths, names and numbers that read the same everywhere. */
const same = (text: string): Words => words(text, text);
const worded = (error: Parameters<typeof describeError>[0], part: 'message' | 'hint'): Words =>
  words(describeError(error, 'en')[part], describeError(error, 'zh-CN')[part]);

/** Tries everything that an export needs. Never fails for what it finds; rejects only when aborted. */
export async function checkMachine(
  studio: Pick<Studio, 'paths' | 'voices'>,
  { outDir, ffmpegPath, signal }: MachineCheckOptions,
): Promise<MachineInspection> {
  const { dataDir, cacheDir } = studio.paths;
  const facts = await inspectMachine({ dataDir, cacheDir, outDir, ffmpegPath, signal });
  const notices: StudioError[] = [];
  const checks: MachineCheck[] = [machineCheck(facts), ...ffmpegChecks(facts)];
  const probes: (() => Promise<MachineCheck>)[] = [
    () => voicesCheck(studio, signal),
    () => faceFinderCheck(signal),
    () => picturesCheck(signal),
    () => lettersCheck(signal),
    () => folderCheck(studio, signal),
    () => databaseCheck(studio, notices, signal),
  ];
  for (const probe of probes) checks.push(await probe());
  checks.push(...diskChecks(facts));
  return { ready: checks.every(({ level }) => level !== 'missing'), checks, facts, notices };
}

const ok = (id: string, summary: Words, details: Words[] = []): MachineCheck => ({
  id,
  level: 'ok',
  summary,
  fix: null,
  details,
});

const amount = (mb: number): string => (mb < 1000 ? `${mb} MB` : `${(mb / 1000).toFixed(1)} GB`);

function machineCheck({ platform, nodeVersion, cpu, memory }: MachineFacts): MachineCheck {
  const summary = words(
    `${platform}, Node ${nodeVersion}, ${cpu.cores} cores (${cpu.model}), ${amount(memory.totalMb)} memory (${amount(memory.freeMb)} free)`,
    `${platform}，Node ${nodeVersion}，${cpu.cores} 核（${cpu.model}），内存 ${amount(memory.totalMb)}（空闲 ${amount(memory.freeMb)}）`,
  );
  if (memory.totalMb >= LOW_MEMORY_MB) return ok('machine', summary);
  const fix = words(
    'An export takes up to 700 MB: close other programs or choose a smaller video, such as 480p.',
    '导出最多占用 700 MB 内存：请关闭其他程序，或选用较小的尺寸，例如 480p。',
  );
  return { id: 'machine', level: 'warning', summary, fix, details: [] };
}

function ffmpegChecks({ ffmpeg, videoEncoder }: MachineFacts): MachineCheck[] {
  if (!ffmpeg.found) {
    return [
      { id: 'ffmpeg', level: 'missing', summary: worded(ffmpeg, 'message'), fix: worded(ffmpeg, 'hint'), details: [] },
    ];
  }
  const { path, version, source, rejected } = ffmpeg.ffmpeg;
  const found = ok(
    'ffmpeg',
    words(`ffmpeg ${version} (${source}): ${path}`, `ffmpeg ${version}（${source}）：${path}`),
    rejected.map((each) =>
      words(
        `passed over: ${each.source} ${each.path} (${each.reason})`,
        `未采用：${each.source} ${each.path}（${each.reason}）`,
      ),
    ),
  );
  if (rejected.some((each) => each.source === 'option' || each.source === 'SHENGHUA_FFMPEG')) {
    found.level = 'warning';
    found.fix = words(
      'The ffmpeg you named does not work: correct --ffmpeg or SHENGHUA_FFMPEG, or leave it out.',
      '您指定的 ffmpeg 不可用：请更正 --ffmpeg 或 SHENGHUA_FFMPEG，或不再指定。',
    );
  }
  if (videoEncoder === undefined) return [found];
  const details = videoEncoder.trials.map(({ name, works, detail }) =>
    works
      ? words(`${name}: works`, `${name}：可用`)
      : words(`${name}: does not work here (${detail})`, `${name}：本机不可用（${detail}）`),
  );
  const { name } = videoEncoder;
  const byCard = name !== 'libx264';
  return [
    found,
    ok('video-encoder', words(`MP4 video by ${name}`, `MP4 视频编码：${name}`), details),
    ok(
      'gpu',
      byCard
        ? words(
            'Graphics card: encodes the video; faces are drawn by the processor',
            '显卡：用于视频编码；人脸由处理器绘制',
          )
        : words(
            'Graphics card: none is used, and none is needed; the processor draws and encodes',
            '显卡：未使用，也不需要；绘制与编码都由处理器完成',
          ),
    ),
  ];
}

/** A part that works says so; one that throws is missing, in its own words where it has them. */
async function part(id: string, name: Words, signal: AbortSignal, work: () => Promise<Words>): Promise<MachineCheck> {
  try {
    const found = await work();
    return ok(id, words(`${name.en}: ${found.en}`, `${name['zh-CN']}：${found['zh-CN']}`));
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StudioError)
      return { id, level: 'missing', summary: worded(error, 'message'), fix: worded(error, 'hint'), details: [] };
    const detail = error instanceof Error ? error.message : String(error);
    const fix = words(
      'Install the studio again (from its source: `npm ci`); if that does not help, report it with the text above.',
      '请重新安装本软件（源码运行请执行 `npm ci`）；若仍无效，请附上以上文字反馈给我们。',
    );
    const summary = words(`${name.en} does not work: ${detail}`, `${name['zh-CN']}不可用：${detail}`);
    return { id, level: 'missing', summary, fix, details: [] };
  }
}

const voicesCheck = (studio: Pick<Studio, 'voices'>, signal: AbortSignal): Promise<MachineCheck> =>
  part('voices', words('Voices', '声音'), signal, async () => {
    const voices = (await Promise.all(studio.voices.map((each) => each.voices(signal)))).flat();
    const languages = new Set(voices.map((voice) => voice.languages[0])).size;
    const local = voices.filter((voice) => voice.runs === 'local').length;
    return local === voices.length
      ? words(
          `${voices.length} in ${languages} languages, on this machine`,
          `${voices.length} 个，${languages} 种语言，均在本机合成`,
        )
      : words(
          `${voices.length} in ${languages} languages, ${local} of them on this machine`,
          `${voices.length} 个，${languages} 种语言，其中 ${local} 个在本机合成`,
        );
  });

const faceFinderCheck = (signal: AbortSignal): Promise<MachineCheck> =>
  part('face-finder', words('Face finder', '人脸识别'), signal, async () => {
    const mesh = createFaceMesh();
    const side = 192;
    const from = performance.now();
    try {
      await mesh.find({ width: side, height: side, rgba: new Uint8Array(side * side * 4).fill(128) }, signal);
    } finally {
      await mesh.dispose();
    }
    const ms = Math.round(performance.now() - from);
    return words(`loads and runs (${ms} ms)`, `可加载运行（${ms} 毫秒）`);
  });

const picturesCheck = (signal: AbortSignal): Promise<MachineCheck> =>
  part('pictures', words('Pictures', '图片'), signal, async () => {
    const { default: sharp } = await import('sharp');
    const lacking = (['jpeg', 'png', 'webp', 'heif'] as const).filter((name) => !sharp.format[name].input.buffer);
    if (lacking.length > 0) throw new Error(`sharp cannot read ${lacking.join(', ')}`);
    const version = sharp.versions.sharp ?? sharp.versions.vips;
    return words(`JPEG, PNG, WebP, AVIF (sharp ${version})`, `JPEG、PNG、WebP、AVIF（sharp ${version}）`);
  });

const lettersCheck = (signal: AbortSignal): Promise<MachineCheck> =>
  part('letters', words('Subtitles', '字幕'), signal, async () => {
    const { createMeasure } = await import('../stage/font.ts');
    const widthPx = createMeasure(40)('声画 AI');
    if (!(widthPx > 80)) throw new Error(`"声画 AI" measures ${widthPx} px`);
    return words('Noto Sans SC, on a working canvas', 'Noto Sans SC 字体，画布可用');
  });

const folderCheck = ({ paths }: Pick<Studio, 'paths'>, signal: AbortSignal): Promise<MachineCheck> =>
  part('data-folder', words('Data folder', '数据文件夹'), signal, async () => {
    const { asStorageError } = await import('../files/failures.ts');
    for (const folder of [paths.dataDir, paths.cacheDir]) {
      const probe = join(folder, `.probe-${process.pid}-${randomUUID()}`);
      try {
        await mkdir(folder, { recursive: true });
        await writeFile(probe, 'probe');
      } catch (error) {
        throw asStorageError(error, folder);
      } finally {
        await rm(probe, { force: true }).catch(() => {});
      }
    }
    return same(`${paths.dataDir}${paths.cacheDir.startsWith(paths.dataDir) ? '' : `, ${paths.cacheDir}`}`);
  });

const databaseCheck = (
  { paths }: Pick<Studio, 'paths'>,
  notices: StudioError[],
  signal: AbortSignal,
): Promise<MachineCheck> =>
  part('database', words('Database', '数据库'), signal, async () => {
    const { openStorage } = await import('../storage/open.ts');
    const storage = await openStorage({ dataDir: paths.dataDir, signal });
    try {
      notices.push(...storage.notices);
      const projects = storage.projects.list().length;
      return words(`opens, ${projects} projects`, `可打开，共 ${projects} 个项目`);
    } finally {
      storage.close();
    }
  });

function diskChecks({ disks }: MachineFacts): MachineCheck[] {
  const purposes = { data: words('data', '数据'), output: words('videos', '视频'), cache: words('cache', '缓存') };
  return disks.map(({ purpose, path, freeMb }) => {
    const [en, zh] = freeMb === undefined ? ['unknown', '未知'] : [amount(freeMb), amount(freeMb)];
    const summary = words(
      `Free for ${purposes[purpose].en}: ${en} (${path})`,
      `${purposes[purpose]['zh-CN']}可用空间：${zh}（${path}）`,
    );
    if (freeMb === undefined || freeMb >= LOW_DISK_MB) return ok(`disk-${purpose}`, summary);
    const fix = words(
      'Free some space, or choose another folder (--data for data and cache, --out for videos).',
      '请清理空间，或换一个文件夹（数据与缓存用 --data，视频用 --out）。',
    );
    return { id: `disk-${purpose}`, level: 'warning', summary, fix, details: [] };
  });
}
