/** Finished works in the database: what was made, of what, and by what right. */
import type { ExportTarget } from '../../../app/contract/exports.ts';
import type { WorkFile } from '../../../app/contract/library.ts';
import type { Consent, ConsentState } from '../../../app/document/consent.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { StudioDatabase } from '../database.ts';

export type WorkRecordFile = Omit<WorkFile, 'path'> & { sha256: string };

/** The audit of one export. It is also written beside the files as `work.json`, so that it outlives the database. */
export interface WorkRecord {
  version: 1;
  id: string;
  createdAtMs: number;
  software: string;
  projectId: string;
  projectName: string;
  projectRevision: number;
  target: ExportTarget;
  /** The main file first; all in the work's folder. */
  files: WorkRecordFile[];
  /** In the same folder. */
  thumbnail: string | null;
  durationMs: number;
  widthPx: number;
  heightPx: number;
  fps: number;
  encoder: string;
  wallMs: number;
  produceId: string;
  aiMarkVisible: boolean;
  voices: string[];
  consent: Consent | null;
  consentState: ConsentState;
}

export interface StoredWork {
  name: string;
  trashedAtMs: number | null;
  record: WorkRecord;
}

export interface WorkRepository {
  create(name: string, record: WorkRecord): void;
  /** Trashed ones as well. @throws StudioError `exports.work-not-found` */
  load(id: string): StoredWork;
  /** Latest first, the trashed among them. */
  list(): StoredWork[];
  /** @throws StudioError `exports.work-not-found` */
  rename(id: string, name: string): void;
  /** null takes it back. @throws StudioError `exports.work-not-found` */
  trash(id: string, atMs: number | null): void;
  /** For good. */
  delete(id: string): void;
  /** Whether any work's consent is proved by the content. */
  isAssetReferenced(sha256: string): boolean;
}

interface Row {
  name: string;
  record: string;
  trashedAtMs: number | null;
}

export function openWorkRepository({ sql, read, write }: StudioDatabase): WorkRepository {
  const COLUMNS = 'name, record, trashed_at_ms AS trashedAtMs';
  const insert = sql.prepare<[string, string, string, string | null, number]>(
    'INSERT OR REPLACE INTO works (id, name, record, evidence, created_at_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const selectOne = sql.prepare<[string], Row>(`SELECT ${COLUMNS} FROM works WHERE id = ?`);
  const selectAll = sql.prepare<[], Row>(`SELECT ${COLUMNS} FROM works ORDER BY created_at_ms DESC, id`);
  const updateName = sql.prepare<[string, string]>('UPDATE works SET name = ? WHERE id = ?');
  const updateTrash = sql.prepare<[number | null, string]>('UPDATE works SET trashed_at_ms = ? WHERE id = ?');
  const remove = sql.prepare<[string]>('DELETE FROM works WHERE id = ?');
  const findReference = sql.prepare<[string], number>('SELECT 1 FROM works WHERE evidence = ? LIMIT 1').pluck();

  const stored = ({ record, ...row }: Row): StoredWork => ({ ...row, record: JSON.parse(record) as WorkRecord });
  const mustChange = (id: string, { changes }: { changes: number }): void => {
    if (changes === 0) throw new StudioError('exports.work-not-found', { id });
  };
  return {
    create(name, record) {
      const { id, consent, createdAtMs } = record;
      write(() => insert.run(id, name, JSON.stringify(record), consent?.evidence?.sha256 ?? null, createdAtMs));
    },
    load(id) {
      const row = read(() => selectOne.get(id));
      if (row === undefined) throw new StudioError('exports.work-not-found', { id });
      return stored(row);
    },
    list: () => read(() => selectAll.all()).map(stored),
    rename: (id, name) => write(() => mustChange(id, updateName.run(name, id))),
    trash: (id, atMs) => write(() => mustChange(id, updateTrash.run(atMs, id))),
    delete: (id) => void write(() => remove.run(id)),
    isAssetReferenced: (sha256) => read(() => findReference.get(sha256) !== undefined),
  };
}
