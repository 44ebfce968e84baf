/**
 * `npm run tiny-models -- <folder>`: models of the real architectures without weights worth the name, each in a folder that
 * `shenghua models import <folder>` takes. With them the whole studio is tried offline: the language model says one sentence, the voice and
 * the ears speak and understand tones.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ModelEntry } from '../app/models/manifest.ts';
import { modelRecordSchema, RECORD_FILE } from '../main/models/layout.ts';
import { tinyQwen2 } from './tiny-models/qwen2.ts';
import { TINY_SHERPA_MODELS, writeTinySherpaModel } from './tiny-models/sherpa-models.ts';

const [given] = process.argv.slice(2);
if (given === undefined || given.startsWith('-')) {
  console.error('npm run tiny-models -- <folder>');
  process.exit(2);
}
const folder = resolve(given);

/** As the model manager keeps it, so that it knows the files for what they are. */
async function record(own: string, entry: ModelEntry): Promise<void> {
  const files = entry.files.map(({ path, bytes, sha256 }) => ({ path, bytes, sha256, trust: 'manifest' }));
  const now = Date.now();
  const whole = modelRecordSchema.parse({ entry, files, installedAtMs: now, verifiedAtMs: now });
  await writeFile(join(own, RECORD_FILE), `${JSON.stringify(whole, null, 1)}\n`);
  console.log(`${entry.id.padEnd(18)} ${entry.task.padEnd(12)} ${own}`);
}

for (const kind of TINY_SHERPA_MODELS) {
  const { entry, folder: own } = await writeTinySherpaModel(folder, kind);
  await record(own, entry);
}

const model = tinyQwen2();
const own = join(folder, 'tiny-qwen2');
await mkdir(own, { recursive: true });
await writeFile(join(own, 'model.gguf'), model);
await record(own, {
  ...{ id: 'tiny-qwen2', version: '1', task: 'llm', runtime: 'llama', family: 'qwen2', languages: ['zh'] },
  name: { zh: '试验用 Qwen2', en: 'Trial Qwen2' },
  licence: { name: 'GPL-3.0-or-later', url: null, commercial: true },
  memoryBytes: 16 * 1024 * 1024,
  notes: { zh: '只会说一句话。', en: 'Says one sentence alone.' },
  files: [
    {
      path: 'model.gguf',
      bytes: model.length,
      sha256: createHash('sha256').update(model).digest('hex'),
      sources: [],
    },
  ],
  settings: { model: 'model.gguf' },
});
console.log(`\nnpm run shenghua -- models import ${JSON.stringify(folder)}`);
