/** llama.cpp, in the one process that all its models on this machine share. */
import { isAbsolute, join, relative } from 'node:path';
import { StudioError } from '../../../app/errors/index.ts';
import type { InstalledModel } from '../../../app/models/manifest.ts';
import type { LlamaSettings } from '../../../native-models/llama/work.ts';
import { ModelProcess, type ModelProcessOptions, type ModelToLoad } from './model-process.ts';

export function createLlamaProcess(
  options: Partial<Omit<ModelProcessOptions, 'program' | 'runtime'>> = {},
): ModelProcess {
  const program = new URL('../../../native-models/llama/child.ts', import.meta.url);
  return new ModelProcess({ ...options, program, runtime: 'llama.cpp' });
}

/** @throws StudioError model.not-readable: its entry names no file of its own */
export function llamaModel({ entry, folder }: InstalledModel, does: LlamaSettings['does']): ModelToLoad {
  const { id, version, name, memoryBytes, settings } = entry;
  const file = typeof settings.model === 'string' ? settings.model : entry.files[0]!.path;
  const path = join(folder, file);
  const inside = relative(folder, path);
  if (inside.startsWith('..') || isAbsolute(inside))
    throw new StudioError('model.not-readable', { model: name.en, detail: `${file} is not in its folder` });
  const contextTokens = typeof settings.contextTokens === 'number' ? settings.contextTokens : null;
  return {
    ...{ key: `${does}:${id}@${version}:${folder}`, slot: does, name: `${name.en} ${version}`, memoryBytes },
    settings: { does, path, contextTokens } satisfies LlamaSettings,
  };
}
