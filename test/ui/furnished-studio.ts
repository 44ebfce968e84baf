/** A studio as it looks after some days of use: projects in both languages, and works in the library. */
import type { StudioClient } from '../../app/contract/index.ts';
import type { Locale } from './screens.ts';

export interface Furnished {
  /** With lines. */
  projectId: string;
  /** Without any. */
  emptyProjectId: string;
}

const NAMES: Readonly<Record<Locale, readonly [sample: string, second: string, empty: string]>> = {
  en: ['Welcome film', 'Lesson 3: tides', 'Untitled'],
  'zh-CN': ['欢迎短片', '第三课：潮汐', '未命名项目'],
};

export async function furnish(rpc: StudioClient, { works = true } = {}): Promise<Record<Locale, Furnished>> {
  const made = {} as Record<Locale, Furnished>;
  for (const locale of ['en', 'zh-CN'] as const) {
    const [sample, second, empty] = NAMES[locale];
    const { id: projectId } = await rpc.projects.create({ from: 'sample', locale, name: sample });
    await rpc.projects.create({ from: 'sample', sampleId: 'mika', locale, name: second });
    const { id: emptyProjectId } = await rpc.projects.create({
      ...{ from: 'empty', locale, name: empty },
      size: { widthPx: 1280, heightPx: 720 },
    });
    made[locale] = { projectId, emptyProjectId };
    if (!works) continue;
    const size = { widthPx: 640, heightPx: 360 };
    const targets = [{ preset: null, format: 'mp4' as const, size, output: { preset: 'ultrafast' as const } }];
    await rpc.exports.enqueue({ projectId, targets, name: sample });
  }
  if (works) await exported(rpc);
  return made;
}

/** Resolves when nothing is queued or runs. */
export async function exported(rpc: StudioClient): Promise<void> {
  for await (const jobs of await rpc.exports.watch({}))
    if (jobs.every(({ status }) => status.state !== 'queued' && status.state !== 'running')) return;
}
