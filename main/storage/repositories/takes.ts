/** Takes from the microphone, by project. Their sound lies in the asset store for as long as they are listed here. */
import { type Take, takeSchema } from '../../../app/document/take.ts';
import type { StudioDatabase } from '../database.ts';

export interface TakeRepository {
  /** Latest first. One that no longer fits the schema is left out. */
  list(projectId: string): Take[];
  /** Adds, or replaces the one with this id. */
  save(take: Take): void;
  /** The project it belonged to; null: there is no such take. */
  remove(id: string): string | null;
  isAssetReferenced(sha256: string): boolean;
}

type Row = Omit<Take, 'asset'> & { asset: string };

export function openTakeRepository({ sql, read, write }: StudioDatabase): TakeRepository {
  const select = sql.prepare<[string], Row>(
    `SELECT id, project_id AS projectId, name, asset, duration_ms AS durationMs, recorded_at_ms AS recordedAtMs
     FROM takes WHERE project_id = ? AND json_valid(asset) ORDER BY recorded_at_ms DESC, id`,
  );
  const upsert = sql.prepare<[string, string, string, string, string, number, number]>(
    `INSERT INTO takes (id, project_id, name, asset, sha256, duration_ms, recorded_at_ms) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name`,
  );
  const drop = sql.prepare<[string], string>('DELETE FROM takes WHERE id = ? RETURNING project_id').pluck();
  const selectContent = sql.prepare<[string], number>('SELECT 1 FROM takes WHERE sha256 = ? LIMIT 1').pluck();
  return {
    list: (projectId) =>
      read(() =>
        select
          .all(projectId)
          .flatMap((row) => takeSchema.safeParse({ ...row, asset: JSON.parse(row.asset) }).data ?? []),
      ),
    save({ id, projectId, name, asset, durationMs, recordedAtMs }) {
      write(() => upsert.run(id, projectId, name, JSON.stringify(asset), asset.sha256, durationMs, recordedAtMs));
    },
    remove: (id) => write(() => drop.get(id) ?? null),
    isAssetReferenced: (sha256) => read(() => selectContent.get(sha256) !== undefined),
  };
}
