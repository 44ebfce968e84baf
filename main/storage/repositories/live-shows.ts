/** Shows on air, as they are needed to go on after a crash or a reboot. Stream keys are no part of them. */
import { parseProject, serialiseProject } from '../../../app/document/migrations.ts';
import type { Project } from '../../../app/document/project.ts';
import { projectAssets } from '../../../app/document/project-assets.ts';
import { type ShowPosition, showPositionSchema } from '../../../app/live/protocol.ts';
import type { StudioDatabase } from '../database.ts';

/** Without its key. */
export interface StoredDestination {
  id: string;
  url: string;
}

export type LiveHost = 'command' | 'studio';

export interface LiveShowRecord {
  projectId: string;
  project: Project;
  destinations: StoredDestination[];
  recordingDir: string | null;
  /** Unix ms; null: until somebody ends it. */
  endsAtMs: number | null;
  onAir: boolean;
  position: ShowPosition | null;
  streamMs: number;
  /** Who brings it back after a reboot. */
  host: LiveHost;
  /** Which process has or had it. */
  owner: string;
  beganAtMs: number;
  updatedAtMs: number;
}

export interface LiveShowRepository {
  /** null: never was on air, or cannot be read any more. */
  get(projectId: string): LiveShowRecord | null;
  /** Those that nobody has ended, latest first. */
  onAir(): LiveShowRecord[];
  /** A show begins, or goes on: in place of what was kept of it. */
  begin(show: Omit<LiveShowRecord, 'onAir' | 'updatedAtMs'>): void;
  savePosition(projectId: string, position: ShowPosition, streamMs: number): void;
  saveDocument(project: Project): void;
  saveDestinations(projectId: string, destinations: readonly StoredDestination[]): void;
  /** Somebody ended it, or it came to its end: it does not come back by itself. */
  end(projectId: string): void;
  isAssetReferenced(sha256: string): boolean;
}

interface Row {
  projectId: string;
  document: string;
  destinations: string;
  recordingDir: string | null;
  endsAtMs: number | null;
  onAir: number;
  position: string | null;
  streamMs: number;
  host: LiveHost;
  owner: string;
  beganAtMs: number;
  updatedAtMs: number;
}

/** A show that ended can be gone on with for so long. */
const KEPT_MS = 30 * 24 * 60 * 60 * 1000;

const COLUMNS = `project_id AS projectId, document, destinations, recording_dir AS recordingDir, ends_at_ms AS endsAtMs,
  on_air AS onAir, position, stream_ms AS streamMs, host, owner, began_at_ms AS beganAtMs, updated_at_ms AS updatedAtMs`;

export function openLiveShowRepository({ sql, read, write }: StudioDatabase): LiveShowRepository {
  const select = sql.prepare<[string], Row>(`SELECT ${COLUMNS} FROM live_shows WHERE project_id = ?`);
  const selectOnAir = sql.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM live_shows WHERE on_air = 1 ORDER BY began_at_ms DESC, project_id`,
  );
  const upsert = sql.prepare(
    `INSERT INTO live_shows (project_id, document, destinations, recording_dir, ends_at_ms, on_air, position, stream_ms, host,
       owner, began_at_ms, updated_at_ms)
     VALUES (@projectId, @document, @destinations, @recordingDir, @endsAtMs, 1, @position, @streamMs, @host,
       @owner, @beganAtMs, @now)
     ON CONFLICT (project_id) DO UPDATE SET document = excluded.document, destinations = excluded.destinations,
       recording_dir = excluded.recording_dir, ends_at_ms = excluded.ends_at_ms, on_air = 1, position = excluded.position,
       stream_ms = excluded.stream_ms, host = excluded.host, owner = excluded.owner, began_at_ms = excluded.began_at_ms,
       updated_at_ms = excluded.updated_at_ms`,
  );
  const updatePosition = sql.prepare(
    'UPDATE live_shows SET position = ?, stream_ms = ?, updated_at_ms = ? WHERE project_id = ?',
  );
  const updateDocument = sql.prepare('UPDATE live_shows SET document = ?, updated_at_ms = ? WHERE project_id = ?');
  const updateDestinations = sql.prepare(
    'UPDATE live_shows SET destinations = ?, updated_at_ms = ? WHERE project_id = ?',
  );
  const clear = sql.prepare('UPDATE live_shows SET on_air = 0, updated_at_ms = ? WHERE project_id = ?');
  const forget = sql.prepare('DELETE FROM live_shows WHERE on_air = 0 AND updated_at_ms < ?');
  const dropAssets = sql.prepare('DELETE FROM live_show_assets WHERE project_id = ?');
  const addAsset = sql.prepare('INSERT OR IGNORE INTO live_show_assets (project_id, sha256) VALUES (?, ?)');
  const selectContent = sql
    .prepare<[string], number>('SELECT 1 FROM live_show_assets WHERE sha256 = ? LIMIT 1')
    .pluck();

  const nameAssets = (project: Project): void => {
    dropAssets.run(project.id);
    for (const { sha256 } of projectAssets(project)) addAsset.run(project.id, sha256);
  };
  return {
    get: (projectId) =>
      read(() => {
        const row = select.get(projectId);
        return row === undefined ? null : recordOf(row);
      }),
    onAir: () => read(() => selectOnAir.all().flatMap((row) => recordOf(row) ?? [])),
    begin({ project, destinations, position, ...rest }) {
      write(() => {
        upsert.run({
          ...rest,
          document: serialiseProject(project),
          destinations: JSON.stringify(destinations.map(({ id, url }) => ({ id, url }))),
          position: position === null ? null : JSON.stringify(position),
          now: Date.now(),
        });
        nameAssets(project);
        forget.run(Date.now() - KEPT_MS);
      });
    },
    savePosition(projectId, position, streamMs) {
      write(() => updatePosition.run(JSON.stringify(position), streamMs, Date.now(), projectId));
    },
    saveDocument(project) {
      write(() => {
        updateDocument.run(serialiseProject(project), Date.now(), project.id);
        nameAssets(project);
      });
    },
    saveDestinations(projectId, destinations) {
      const text = JSON.stringify(destinations.map(({ id, url }) => ({ id, url })));
      write(() => updateDestinations.run(text, Date.now(), projectId));
    },
    end(projectId) {
      write(() => clear.run(Date.now(), projectId));
    },
    isAssetReferenced: (sha256) => read(() => selectContent.get(sha256) !== undefined),
  };
}

/** null where it cannot be read any more: a show that is not known does not go on air. */
function recordOf(row: Row): LiveShowRecord | null {
  try {
    const position = row.position === null ? null : showPositionSchema.safeParse(JSON.parse(row.position));
    return {
      ...row,
      project: parseProject(JSON.parse(row.document)),
      destinations: JSON.parse(row.destinations) as StoredDestination[],
      onAir: row.onAir === 1,
      // An unreadable one begins the show anew.
      position: position?.success ? position.data : null,
    };
  } catch {
    return null;
  }
}
