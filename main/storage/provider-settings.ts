/** How providers are set up: one name in the settings, read by every process of the studio, written by whoever the person asks to. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type ProviderSettings, providerSettingsSchema } from '../../app/providers/settings.ts';
import { openStorage } from './open.ts';
import type { SettingsRepository } from './repositories/settings.ts';

const PROVIDERS_SETTING = 'providers';

/**
 * What can be read of `value`: a field that is not understood (of a newer studio, or edited by hand) falls back to its default by itself,
 * and takes nothing else with it.
 */
export function parseProviderSettings(value: unknown): ProviderSettings {
  let candidate: unknown = isRecord(value) ? structuredClone(value) : {};
  addLocalMembers(candidate);
  for (;;) {
    const parsed = providerSettingsSchema.safeParse(candidate);
    if (parsed.success) return parsed.data;
    const paths = parsed.error.issues.flatMap(({ path, ...issue }) =>
      issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path],
    );
    if (!paths.some((path) => remove(candidate, path))) candidate = {};
  }
}

/** Whoever works on this machine, in chains that were kept before there was such a one: after the cloud, before the embedded voice. */
function addLocalMembers(settings: unknown): void {
  const policy = isRecord(settings) ? settings.policy : null;
  if (!isRecord(policy) || 'cannedAnswers' in policy || !isRecord(policy.chains)) return;
  for (const [stage, id, before] of [
    ['llm', 'local-qwen', null],
    ['tts', 'local-voice', 'espeak'],
    ['asr', 'local-asr', null],
  ] as const) {
    const chain: unknown = policy.chains[stage];
    if (!Array.isArray(chain) || chain.includes(id)) continue;
    const at = before === null ? -1 : chain.indexOf(before);
    chain.splice(at < 0 ? chain.length : at, 0, id);
  }
}

const isRecord = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The field at `path`, or, of a list, its faulty item; the nearest thing above it where it is not there at all. */
function remove(root: unknown, path: readonly PropertyKey[]): boolean {
  for (let length = path.length; length > 0; length--) {
    let holder = root;
    for (const name of path.slice(0, length - 1))
      holder = Array.isArray(holder) ? holder[Number(name)] : isRecord(holder) ? holder[name] : undefined;
    const last = path[length - 1]!;
    if (Array.isArray(holder) && Number(last) < holder.length) {
      holder.splice(Number(last), 1);
      return true;
    }
    if (isRecord(holder) && last in holder) {
      delete holder[last];
      return true;
    }
  }
  return false;
}

/** @throws StudioError `storage.*` */
function saveProviderSettings(settings: Pick<SettingsRepository, 'set'>, value: ProviderSettings): void {
  settings.set({ [PROVIDERS_SETTING]: providerSettingsSchema.parse(value) });
}

/** As they are on disk now, without opening the storage; the defaults where there is none, or none that can be read. */
export function readProviderSettings(dataDir: string): ProviderSettings {
  const path = join(dataDir, 'studio.db');
  if (!existsSync(path)) return parseProviderSettings({});
  let sql: Database.Database | null = null;
  try {
    sql = new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 });
    const row = sql
      .prepare<[string], { value: string }>('SELECT value FROM settings WHERE name = ?')
      .get(PROVIDERS_SETTING);
    return parseProviderSettings(row ? JSON.parse(row.value) : {});
  } catch {
    return parseProviderSettings({});
  } finally {
    sql?.close();
  }
}

/** For who has no storage open. @throws StudioError `storage.*` */
export async function writeProviderSettings(dataDir: string, value: ProviderSettings): Promise<void> {
  const storage = await openStorage({ dataDir });
  try {
    saveProviderSettings(storage.settings, value);
  } finally {
    storage.close();
  }
}
