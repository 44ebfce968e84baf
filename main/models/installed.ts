/** What lies whole on this machine, by what its folders say. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InstalledModel, modelIdSchema, modelVersionSchema } from '../../app/models/manifest.ts';
import { writeTextWhole } from '../files/atomic-file.ts';
import {
  type ModelFolders,
  type ModelName,
  type ModelRecord,
  modelRecordSchema,
  patiently,
  RECORD_FILE,
} from './layout.ts';

/** null: there is none, or its record is no longer one. */
export async function readRecord(folder: string): Promise<ModelRecord | null> {
  try {
    return modelRecordSchema.parse(JSON.parse(await readFile(join(folder, RECORD_FILE), 'utf8')));
  } catch {
    return null;
  }
}

export async function writeRecord(folder: string, record: ModelRecord): Promise<void> {
  const path = join(folder, RECORD_FILE);
  await patiently(path, () => writeTextWhole(path, `${JSON.stringify(record, null, 1)}\n`));
}

/** Those that are named as their folders are; in the order of ids, the newest version of each first. */
export async function readInstalled(folders: ModelFolders): Promise<ModelRecord[]> {
  const names = async (folder: string): Promise<string[]> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    return entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  };
  const found: ModelRecord[] = [];
  for (const id of (await names(folders.root)).sort()) {
    if (!modelIdSchema.safeParse(id).success) continue;
    for (const version of await names(join(folders.root, id))) {
      if (!modelVersionSchema.safeParse(version).success) continue;
      const record = await readRecord(folders.model({ id, version }));
      if (record?.entry.id === id && record.entry.version === version) found.push(record);
    }
  }
  return found.sort((a, b) => (a.entry.id === b.entry.id ? b.installedAtMs - a.installedAtMs : 0));
}

export const asInstalled = (folders: ModelFolders, record: ModelRecord): InstalledModel => ({
  entry: record.entry,
  folder: folders.model(record.entry),
  verified: record.verifiedAtMs !== null,
});

export const isSame = (a: ModelName, b: ModelName): boolean => a.id === b.id && a.version === b.version;
export const bytesOf = (record: ModelRecord): number => record.files.reduce((sum, { bytes }) => sum + bytes, 0);
