/** The person's choices for the whole studio. */

import type { StudioContract } from '../../app/contract/index.ts';
import { type Settings, settingsSchema } from '../../app/contract/settings.ts';
import type { SettingsRepository } from '../storage/repositories/settings.ts';
import { createBroadcast, follow, latest } from './broadcast.ts';
import type { ServiceOf } from './service.ts';

export interface SettingsService extends ServiceOf<StudioContract['settings']> {
  current(): Settings;
}

export function createSettingsService(repository: SettingsRepository): SettingsService {
  const changes = createBroadcast<Settings>();
  const current = (): Settings => readSettings(repository.all());
  return {
    current,
    get: () => current(),
    set(changed) {
      repository.set(Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined)));
      const now = current();
      changes.emit(now);
      return now;
    },
    watch: (_, signal) =>
      follow<Settings>(
        signal,
        (push) => {
          push(current());
          return changes.listen(push);
        },
        latest,
      ),
  };
}

/** What another build wrote and this one does not take is as if it had not been set. */
function readSettings(stored: Record<string, unknown>): Settings {
  const known = Object.entries(settingsSchema.shape).flatMap(([name, schema]) => {
    const result = name in stored ? schema.safeParse(stored[name]) : undefined;
    return result?.success ? [[name, result.data] as const] : [];
  });
  return settingsSchema.parse(Object.fromEntries(known));
}
