/** `models [list | get | verify | repair | import | bundle | rm | use | rollback]`: the models of this machine. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ModelView } from '../../../app/contract/models.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { type InstalledModel, MODEL_TASKS, type ModelTask } from '../../../app/models/manifest.ts';
import { createStudio } from '../../compose.ts';
import type { ModelManager, Work } from '../../models/index.ts';
import { nameOf } from '../../models/layout.ts';
import { modelOverview } from '../../studio/models/overview.ts';
import type { Verb, VerbContext, VerbResult } from '../cli.ts';
import { badValue, oneOf, usage } from '../faults.ts';
import { createProgress } from '../progress.ts';

const WHAT = ['list', 'get', 'verify', 'repair', 'import', 'bundle', 'rm', 'use', 'rollback'] as const;
type What = (typeof WHAT)[number];

export const modelsVerb: Verb = async (context) => {
  const [what = 'list', ...names] = context.args;
  if (!(WHAT as readonly string[]).includes(what)) throw badValue('models', what, oneOf(WHAT));
  checkWords(what as What, names);
  const percent = percentOf(context);
  const limit = limitOf(context);
  await using studio = createStudio(context.studio);
  const { models } = studio;
  if (limit !== undefined) await models.limitBandwidth(limit);
  const run: Record<What, () => Promise<VerbResult>> = {
    list: () => list(context, models, studio.providers.settings().policy.mode === 'offline'),
    get: () => each(context, models, names, 'all', get),
    verify: () => verify(context, models, names),
    repair: () => each(context, models, names, 'installed', (name, work) => models.repair(name, work)),
    rm: () => remove(context, models, names),
    import: () => bring(context, models, names[0]!),
    bundle: () => bundle(context, models, names),
    use: () => use(context, models, names[0]!, percent),
    rollback: () => rollBack(context, models, names[0]!),
  };
  return await run[what as What]();

  async function get(name: InstalledModel['entry'], work: Work): Promise<InstalledModel> {
    return await models.get(name, { ...work, acceptLicence: context.options.acceptLicence === true });
  }
};

function checkWords(what: What, names: readonly string[]): void {
  const argument = what === 'import' ? '<path>' : what === 'rollback' ? '<task>' : '<model>';
  if (what !== 'list' && names.length === 0) throw usage('command.missing-argument', { argument, verb: 'models' });
  const most = what === 'list' ? 0 : ['import', 'use', 'rollback'].includes(what) ? 1 : Number.POSITIVE_INFINITY;
  if (names.length > most) throw usage('command.extra-argument', { argument: names[most]! });
  if (what === 'rollback' && !(MODEL_TASKS as readonly string[]).includes(names[0]!))
    throw badValue('rollback', names[0]!, oneOf(MODEL_TASKS));
}

function percentOf({ options }: VerbContext): number | undefined {
  if (typeof options.percent !== 'string') return undefined;
  const percent = Number(options.percent);
  if (!Number.isInteger(percent) || percent < 1 || percent > 99)
    throw badValue('--percent', options.percent, { en: 'a whole number from 1 to 99', zh: ' 1 到 99 的整数' });
  return percent;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9 };
function limitOf({ options }: VerbContext): number | null | undefined {
  if (typeof options.limit !== 'string') return undefined;
  if (options.limit === 'none') return null;
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmg]?)b?(?:\/s)?$/i.exec(options.limit) ?? [];
  const bytesPerS = Number(amount) * (UNITS[unit.toLowerCase()] ?? 0);
  if (amount === '' || bytesPerS < 1024)
    throw badValue('--limit', options.limit, {
      en: 'such as 500KB or 2MB, or none',
      zh: '如 500KB、2MB 的值，或 none',
    });
  return Math.round(bytesPerS);
}

const megabytes = (bytes: number): string =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.max(0.1, bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

async function list({ console }: VerbContext, models: ModelManager, offline: boolean): Promise<VerbResult> {
  const overview = await modelOverview(models, offline);
  const status = ({ status, chosen, trial }: ModelView): string => {
    if (trial !== null) return console.words({ en: `on trial ${trial.percent} %`, zh: `试用 ${trial.percent}%` });
    if (status === 'damaged') return console.words({ en: 'damaged', zh: '已损坏' });
    if (chosen) return console.words({ en: 'in use', zh: '使用中' });
    return status === 'installed' ? console.words({ en: 'installed', zh: '已安装' }) : '–';
  };
  const fits: Readonly<Record<ModelView['fit'], { en: string; zh: string }>> = {
    fits: { en: 'fits', zh: '适合' },
    tight: { en: 'tight', zh: '勉强' },
    'too-large': { en: 'too large', zh: '内存不足' },
    'no-disk': { en: 'no disk space', zh: '磁盘不足' },
  };
  for (const view of overview.models) {
    const { entry, bytes, fit } = view;
    const free = entry.licence.commercial ? '' : console.words({ en: '  not for commercial use', zh: '  不可商用' });
    console.print(
      [
        entry.task.padEnd(11),
        nameOf(entry).padEnd(36),
        status(view).padEnd(10),
        (bytes === null ? '?' : megabytes(bytes)).padStart(8),
        console.words(fits[fit]).padEnd(9),
        `${entry.licence.name}${free}`,
      ].join('  '),
    );
  }
  const { machine, diskBytes, folder, manifestError } = overview;
  const free = machine.freeDiskBytes === null ? '?' : megabytes(machine.freeDiskBytes);
  console.note(
    console.words({
      en: `${megabytes(diskBytes)} in ${folder}; free: ${free} of disk, ${megabytes(machine.freeMemoryBytes)} of memory.`,
      zh: `${folder} 占用 ${megabytes(diskBytes)}；可用：磁盘 ${free}，内存 ${megabytes(machine.freeMemoryBytes)}。`,
    }),
  );
  if (manifestError !== null) console.warn(new StudioError(manifestError.code, manifestError.params));
  return { json: { ...overview } };
}

/** One after the other, with its progress. */
async function each(
  context: VerbContext,
  models: ModelManager,
  names: readonly string[],
  among: 'all' | 'installed',
  work: (name: InstalledModel['entry'], work: Work) => Promise<InstalledModel>,
): Promise<VerbResult> {
  const { console } = context;
  const done: object[] = [];
  for (const name of names) {
    const entry = await models.find(name, among);
    const model = await watched(context, nameOf(entry), (each) => work(entry, each));
    const record = (await models.records()).find((one) => nameOf(one.entry) === nameOf(entry));
    done.push({ model: nameOf(entry), folder: model.folder, verified: model.verified, files: record?.files ?? [] });
    console.print(`✔ ${nameOf(entry)}  ${model.folder}`);
    if (record?.files.some(({ trust }) => trust === 'first'))
      console.note(
        console.words({
          en: 'No SHA-256 is published for some of its files: what has come now is pinned.',
          zh: '部分文件没有公布 SHA-256：已将本次下载的内容固定为准。',
        }),
      );
  }
  return { json: { models: done } };
}

const PHASES: Readonly<Record<string, { en: string; zh: string }>> = {
  waiting: { en: 'another program is at it', zh: '等待其他程序' },
  asking: { en: 'asking', zh: '查询' },
  downloading: { en: 'downloading', zh: '下载' },
  checking: { en: 'checking', zh: '校验' },
  copying: { en: 'copying', zh: '复制' },
};

async function watched<T>(
  { console, signal }: VerbContext,
  name: string,
  work: (work: Work) => Promise<T>,
): Promise<T> {
  const progress = createProgress({ stream: process.stderr, console });
  try {
    return await work({
      signal,
      onProgress: ({ phase, doneBytes, totalBytes }) =>
        progress.update({ label: `${name}: ${console.words(PHASES[phase]!)}`, done: doneBytes, total: totalBytes }),
    });
  } finally {
    progress.end();
  }
}

async function verify(context: VerbContext, models: ModelManager, names: readonly string[]): Promise<VerbResult> {
  const { console } = context;
  const results: { model: string; damaged: readonly object[] }[] = [];
  let failure: StudioError | undefined;
  for (const name of names) {
    const entry = await models.find(name, 'installed');
    const damaged = await watched(context, nameOf(entry), (work) => models.verify(entry, work));
    results.push({ model: nameOf(entry), damaged });
    console.print(damaged.length === 0 ? `✔ ${nameOf(entry)}` : `✖ ${nameOf(entry)}`);
    for (const { path, damage } of damaged) console.print(`    ${path}: ${damage}`);
    const [first] = damaged;
    if (first !== undefined)
      failure ??= new StudioError('model.file-not-a-model', {
        ...{ file: first.path, format: nameOf(entry), detail: first.damage },
      });
  }
  return { json: { results }, failure };
}

async function remove({ console }: VerbContext, models: ModelManager, names: readonly string[]): Promise<VerbResult> {
  const removed: string[] = [];
  for (const name of names) {
    const entry = await models.find(name, 'installed');
    await models.remove(entry);
    removed.push(nameOf(entry));
    console.print(`✔ ${nameOf(entry)}`);
  }
  return { json: { removed } };
}

async function bring(context: VerbContext, models: ModelManager, path: string): Promise<VerbResult> {
  const full = resolve(path.replace(/^~(?=\/|$)/, homedir()));
  const brought = await watched(context, path, (work) => models.importFrom(full, work));
  for (const { entry, folder } of brought) context.console.print(`✔ ${nameOf(entry)}  ${folder}`);
  return { json: { models: brought.map(({ entry, folder }) => ({ model: nameOf(entry), folder })) } };
}

async function bundle(context: VerbContext, models: ModelManager, names: readonly string[]): Promise<VerbResult> {
  const { options, console } = context;
  const out = resolve(typeof options.out === 'string' ? options.out : join('.', 'shenghua-models.zip'));
  const entries = await Promise.all(names.map((name) => models.find(name, 'installed')));
  const { bytes } = await watched(context, out, (work) => models.pack(entries, out, work));
  console.print(`✔ ${out}  ${megabytes(bytes)}`);
  return { json: { path: out, bytes, models: entries.map(nameOf) } };
}

async function use(
  { console }: VerbContext,
  models: ModelManager,
  name: string,
  percent: number | undefined,
): Promise<VerbResult> {
  const entry = await models.find(name, 'installed');
  await models.use(entry, percent);
  const share = percent === undefined ? '' : ` (${percent} %)`;
  console.print(`✔ ${entry.task}: ${nameOf(entry)}${share}`);
  return { json: { task: entry.task, model: nameOf(entry), percent: percent ?? null } };
}

async function rollBack({ console }: VerbContext, models: ModelManager, task: string): Promise<VerbResult> {
  const back = await models.rollBack(task as ModelTask);
  console.print(`✔ ${task}: ${nameOf(back)}`);
  return { json: { task, model: nameOf(back) } };
}
