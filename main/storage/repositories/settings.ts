/** The person's choices for the whole studio, name by name. What they may be is the reader's business. */
import type { StudioDatabase } from '../database.ts';

export interface SettingsRepository {
  /** Everything that was ever set; what is not JSON any more is left out. */
  all(): Record<string, unknown>;
  /** All of them or none. @throws StudioError `storage.disk-full` … */
  set(changes: Readonly<Record<string, unknown>>): void;
}

export function openSettingsRepository({ sql, read, write }: StudioDatabase): SettingsRepository {
  const select = sql.prepare<[], { name: string; value: string }>(
    'SELECT name, value FROM settings WHERE json_valid(value)',
  );
  const upsert = sql.prepare<[string, string]>(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  return {
    all: () => read(() => Object.fromEntries(select.all().map(({ name, value }) => [name, JSON.parse(value)]))),
    set(changes) {
      write(() => {
        for (const [name, value] of Object.entries(changes)) upsert.run(name, JSON.stringify(value));
      });
    },
  };
}
