/** A tiny language model, installed as the model manager would have it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InstalledModel, ModelTask } from '../../app/models/manifest.ts';
import type { LocalModels } from '../../main/engine/ports/local-models.ts';
import { type TinyQwenOptions, tinyQwen2 } from '../../scripts/tiny-models/qwen2.ts';

export interface TinyModels extends LocalModels, AsyncDisposable {
  readonly folder: string;
  readonly uses: { id: string; ok: boolean }[];
  /** The model of a task from now on; null: none. */
  choose(task: ModelTask, model: InstalledModel | null): void;
}

export async function tinyModels(): Promise<TinyModels> {
  // As a person's folder may be called.
  const folder = await mkdtemp(join(tmpdir(), 'models 模型 🎈 '));
  const chosen = new Map<ModelTask, InstalledModel>();
  const listeners = new Set<(task: ModelTask) => void>();
  const uses: TinyModels['uses'] = [];
  return {
    ...{ folder, uses },
    choose(task, model) {
      if (model === null) chosen.delete(task);
      else chosen.set(task, model);
      for (const listener of listeners) listener(task);
    },
    chosen: async (task) => chosen.get(task) ?? null,
    standing: async (task) => chosen.get(task) ?? null,
    changes(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reportUse: ({ entry: { id } }, { ok }) => void uses.push({ id, ok }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Written into `folder`, under its id. */
export async function tinyLlm(
  folder: string,
  id: string,
  options: TinyQwenOptions & { bytes?: Buffer; memoryBytes?: number; task?: 'llm' | 'embedding' } = {},
): Promise<InstalledModel> {
  const { bytes = tinyQwen2(options), memoryBytes = 16 * 1024 * 1024, task = 'llm' } = options;
  await writeFile(join(folder, `${id}.gguf`), bytes);
  return {
    entry: {
      ...{ id, version: '1', task, runtime: 'llama', family: 'qwen2', languages: ['zh'], memoryBytes },
      ...{ name: { zh: '小模型', en: 'Tiny' }, notes: { zh: '', en: '' } },
      licence: { name: 'none', url: null, commercial: true },
      files: [{ path: `${id}.gguf`, bytes: bytes.length, sha256: null, sources: [] }],
      settings: { model: `${id}.gguf` },
    },
    ...{ folder, verified: true },
  };
}
