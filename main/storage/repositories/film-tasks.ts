/** Films that vendors are making for this studio. */
import type { CloudRendererId } from '../../../app/providers/renderers.ts';
import type { FilmJournal, FilmTask } from '../../engine/ports/cloud-renderer.ts';
import type { StudioDatabase } from '../database.ts';

export function openFilmTasks({ sql, read, write }: StudioDatabase): FilmJournal {
  const select = sql.prepare<[string], FilmTask>(
    `SELECT key, renderer, model, task_id AS taskId, submitted_at_ms AS submittedAtMs, yuan FROM film_tasks WHERE key = ?`,
  );
  const upsert = sql.prepare<[string, CloudRendererId, string, string, number, number]>(
    `INSERT OR REPLACE INTO film_tasks (key, renderer, model, task_id, submitted_at_ms, yuan) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const drop = sql.prepare<[string]>('DELETE FROM film_tasks WHERE key = ?');
  return {
    find: (key) => read(() => select.get(key) ?? null),
    add({ key, renderer, model, taskId, submittedAtMs, yuan }) {
      write(() => upsert.run(key, renderer, model, taskId, submittedAtMs, yuan));
    },
    remove(key) {
      write(() => drop.run(key));
    },
  };
}
