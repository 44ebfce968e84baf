import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describeError, StudioError } from '../../../app/errors/index.ts';
import { createFaceMesh } from '../../../native-models/face-mesh/face-mesh.ts';
import { createStudio, type Studio } from '../../compose.ts';
import { inspectMachine, type MachineFacts } from '../../media/machine.ts';
import type { Verb, VerbContext } from '../cli.ts';
import type { CommandConsole } from '../console.ts';

type Level = 'ok' | 'warning' | 'missing';

/** One line of the diagnosis. `fix` stands wherever the level is not `ok`. */
interface Check {
  id: string;
  level: Level;
  summary: string;
  fix?: string;
  details?: string[];
}

const LOW_DISK_MB = 1000;
const LOW_MEMORY_MB = 700;

/** What this machine has, what it lacks and how to fix it. Fails when something that exports need is missing. */
export const doctorVerb: Verb = async (context) => {
  const { console, signal, studio: where } = context;
  await using studio = createStudio(where);
  const facts = await inspectMachine({
    ...{ dataDir: studio.paths.dataDir, cacheDir: studio.paths.cacheDir, outDir: resolve('out') },
    ...{ ffmpegPath: where.ffmpegPath, signal },
  });
  const checks: Check[] = [machineCheck(facts, console), ...ffmpegChecks(facts, console)];
  const probes: ((context: VerbContext, studio: Studio) => Promise<Check>)[] = [
    voicesCheck,
    faceMeshCheck,
    picturesCheck,
    lettersCheck,
    folderCheck,
    databaseCheck,
  ];
  for (const probe of probes) checks.push(await probe(context, studio));
  checks.push(...diskChecks(facts, console));

  const marks = { ok: '✔', warning: '!', missing: '✖' };
  for (const { level, summary, fix, details = [] } of checks) {
    console.print(`${marks[level]} ${summary}`);
    for (const detail of details) console.print(`    ${detail}`);
    if (fix !== undefined) console.print(`    → ${fix}`);
  }
  const lacking = checks.filter(({ level }) => level === 'missing');
  if (lacking.length === 0) console.print(console.words({ en: 'Ready to export.', zh: '可以导出视频。' }));
  const failure =
    lacking.length === 0
      ? undefined
      : new StudioError('command.machine-lacks', { what: lacking.map(({ summary }) => summary).join('; ') });
  return { json: { ready: failure === undefined, checks, machine: machineJson(facts) }, failure };
};

function machineJson({ ffmpeg, ...facts }: MachineFacts): Record<string, unknown> {
  if (!ffmpeg.found) return { ...facts, ffmpeg: null };
  const { encoders, ...program } = ffmpeg.ffmpeg;
  return { ...facts, ffmpeg: { ...program, encoders: [...encoders] } };
}

function machineCheck({ platform, nodeVersion, cpu, memory }: MachineFacts, { words }: CommandConsole): Check {
  const summary = words({
    en: `${platform}, Node ${nodeVersion}, ${cpu.cores} cores (${cpu.model}), ${memory.totalMb} MB memory (${memory.freeMb} MB free)`,
    zh: `${platform}，Node ${nodeVersion}，${cpu.cores} 核（${cpu.model}），内存 ${memory.totalMb} MB（空闲 ${memory.freeMb} MB）`,
  });
  if (memory.totalMb >= LOW_MEMORY_MB) return { id: 'machine', level: 'ok', summary };
  const fix = words({
    en: 'An export takes up to 700 MB: close other programs or choose --size 480p.',
    zh: '导出最多占用 700 MB 内存：请关闭其他程序，或选用 --size 480p。',
  });
  return { id: 'machine', level: 'warning', summary, fix };
}

function ffmpegChecks({ ffmpeg, videoEncoder }: MachineFacts, { locale, words }: CommandConsole): Check[] {
  if (!ffmpeg.found) {
    const { message, hint } = describeError(ffmpeg, locale);
    return [{ id: 'ffmpeg', level: 'missing', summary: message, fix: hint }];
  }
  const { path, version, source, rejected } = ffmpeg.ffmpeg;
  const found: Check = {
    id: 'ffmpeg',
    level: 'ok',
    summary: words({ en: `ffmpeg ${version} (${source}): ${path}`, zh: `ffmpeg ${version}（${source}）：${path}` }),
    details: rejected.map((each) =>
      words({
        en: `passed over: ${each.source} ${each.path} (${each.reason})`,
        zh: `未采用：${each.source} ${each.path}（${each.reason}）`,
      }),
    ),
  };
  if (rejected.some((each) => each.source === 'option' || each.source === 'SHENGHUA_FFMPEG')) {
    found.level = 'warning';
    found.fix = words({
      en: 'The ffmpeg you named does not work: correct --ffmpeg or SHENGHUA_FFMPEG, or leave it out.',
      zh: '您指定的 ffmpeg 不可用：请更正 --ffmpeg 或 SHENGHUA_FFMPEG，或不再指定。',
    });
  }
  if (videoEncoder === undefined) return [found];
  return [
    found,
    {
      id: 'video-encoder',
      level: 'ok',
      summary: words({ en: `MP4 video by ${videoEncoder.name}`, zh: `MP4 视频编码：${videoEncoder.name}` }),
      details: videoEncoder.trials.map(({ name, works, detail }) =>
        works
          ? words({ en: `${name}: works`, zh: `${name}：可用` })
          : words({ en: `${name}: does not work here (${detail})`, zh: `${name}：本机不可用（${detail}）` }),
      ),
    },
  ];
}

const reinstall = ({ words }: CommandConsole): string =>
  words({
    en: 'Run `npm ci` again in the studio’s folder; if that does not help, report it with the text above.',
    zh: '请在程序目录重新运行 `npm ci`；若仍无效，请附上以上文字反馈给我们。',
  });

/** A part that works says so; one that throws is missing, in its own words where it has them. */
async function part(
  id: string,
  name: { en: string; zh: string },
  { console, signal }: VerbContext,
  work: () => Promise<string>,
): Promise<Check> {
  try {
    return {
      id,
      level: 'ok',
      summary: `${console.words(name)}${console.words({ en: ': ', zh: '：' })}${await work()}`,
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof StudioError) {
      const { message, hint } = describeError(error, console.locale);
      return { id, level: 'missing', summary: message, fix: hint };
    }
    const detail = error instanceof Error ? error.message : String(error);
    const summary = `${console.words(name)}${console.words({ en: ` does not work: ${detail}`, zh: `不可用：${detail}` })}`;
    return { id, level: 'missing', summary, fix: reinstall(console) };
  }
}

const voicesCheck = (context: VerbContext, studio: Studio): Promise<Check> =>
  part('voices', { en: 'Voices', zh: '声音' }, context, async () => {
    const voices = (await Promise.all(studio.voices.map((each) => each.voices(context.signal)))).flat();
    const languages = new Set(voices.map((voice) => voice.languages[0])).size;
    return context.console.words({
      en: `${voices.length} in ${languages} languages, on this machine`,
      zh: `${voices.length} 个，${languages} 种语言，均在本机合成`,
    });
  });

const faceMeshCheck = (context: VerbContext): Promise<Check> =>
  part('face-finder', { en: 'Face finder', zh: '人脸识别' }, context, async () => {
    const mesh = createFaceMesh();
    const side = 192;
    const from = performance.now();
    try {
      await mesh.find({ width: side, height: side, rgba: new Uint8Array(side * side * 4).fill(128) }, context.signal);
    } finally {
      await mesh.dispose();
    }
    const ms = Math.round(performance.now() - from);
    return context.console.words({ en: `loads and runs (${ms} ms)`, zh: `可加载运行（${ms} 毫秒）` });
  });

const picturesCheck = (context: VerbContext): Promise<Check> =>
  part('pictures', { en: 'Pictures', zh: '图片' }, context, async () => {
    const { default: sharp } = await import('sharp');
    const lacking = (['jpeg', 'png', 'webp', 'heif'] as const).filter((name) => !sharp.format[name].input.buffer);
    if (lacking.length > 0) throw new Error(`sharp cannot read ${lacking.join(', ')}`);
    return context.console.words({
      en: `JPEG, PNG, WebP, AVIF (sharp ${sharp.versions.sharp ?? sharp.versions.vips})`,
      zh: `JPEG、PNG、WebP、AVIF（sharp ${sharp.versions.sharp ?? sharp.versions.vips}）`,
    });
  });

const lettersCheck = (context: VerbContext): Promise<Check> =>
  part('letters', { en: 'Subtitles', zh: '字幕' }, context, async () => {
    const { createMeasure } = await import('../../stage/font.ts');
    const widthPx = createMeasure(40)('声画 AI');
    if (!(widthPx > 80)) throw new Error(`"声画 AI" measures ${widthPx} px`);
    return context.console.words({ en: 'Noto Sans SC, on a working canvas', zh: 'Noto Sans SC 字体，画布可用' });
  });

const folderCheck = (context: VerbContext, { paths }: Studio): Promise<Check> =>
  part('data-folder', { en: 'Data folder', zh: '数据文件夹' }, context, async () => {
    const { asStorageError } = await import('../../storage/failures.ts');
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
    const cache = paths.cacheDir.startsWith(paths.dataDir) ? '' : `, ${paths.cacheDir}`;
    return `${paths.dataDir}${cache}`;
  });

const databaseCheck = (context: VerbContext, { paths }: Studio): Promise<Check> =>
  part('database', { en: 'Database', zh: '数据库' }, context, async () => {
    const { openStorage } = await import('../../storage/open.ts');
    const storage = await openStorage({ dataDir: paths.dataDir, signal: context.signal });
    try {
      for (const notice of storage.notices) context.console.warn(notice);
      const projects = storage.projects.list().length;
      return context.console.words({ en: `opens, ${projects} projects`, zh: `可打开，共 ${projects} 个项目` });
    } finally {
      storage.close();
    }
  });

function diskChecks({ disks }: MachineFacts, { words }: CommandConsole): Check[] {
  const purposes = {
    data: words({ en: 'data', zh: '数据' }),
    output: words({ en: 'videos', zh: '视频' }),
    cache: words({ en: 'cache', zh: '缓存' }),
  };
  return disks.map(({ purpose, path, freeMb }) => {
    const free = freeMb === undefined ? words({ en: 'unknown', zh: '未知' }) : `${freeMb} MB`;
    const summary = words({
      en: `Free for ${purposes[purpose]}: ${free} (${path})`,
      zh: `${purposes[purpose]}可用空间：${free}（${path}）`,
    });
    if (freeMb === undefined || freeMb >= LOW_DISK_MB) return { id: `disk-${purpose}`, level: 'ok', summary };
    const fix = words({
      en: 'Free some space, or choose another folder (--data for data and cache, --out for videos).',
      zh: '请清理空间，或换一个文件夹（数据与缓存用 --data，视频用 --out）。',
    });
    return { id: `disk-${purpose}`, level: 'warning', summary, fix };
  });
}
