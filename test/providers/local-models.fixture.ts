/** Tiny models as if the model manager had installed them, for providers that ask for local models. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstalledModel, ModelTask } from '../../app/models/manifest.ts';
import type { LocalModels } from '../../main/engine/ports/local-models.ts';
import { writeTinySherpaModel } from '../../scripts/tiny-models/sherpa-models.ts';

export interface TinyModels extends LocalModels, AsyncDisposable {
  /** By task; may be changed. */
  readonly now: Map<ModelTask, InstalledModel>;
  readonly used: { id: string; ok: boolean; latencyMs: number }[];
}

/** In a folder whose name is what people call folders. */
export async function installTinyModels(...kinds: readonly string[]): Promise<TinyModels> {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua 本地 模型 🙂-'));
  const now = new Map<ModelTask, InstalledModel>();
  for (const kind of kinds) {
    const model = await writeTinySherpaModel(folder, kind);
    now.set(model.entry.task, model);
  }
  const used: TinyModels['used'] = [];
  const chosen = async (task: ModelTask): Promise<InstalledModel | null> => now.get(task) ?? null;
  return {
    ...{ now, used, chosen, standing: chosen },
    changes: () => () => undefined,
    reportUse: ({ entry: { id } }, use) => void used.push({ id, ...use }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
