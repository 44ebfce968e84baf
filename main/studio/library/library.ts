/**
 * Finished works: what lies in `library/<id>/`, and what is known of it. A work that is removed stays where it is, unseen, for a
 * day; then its folder goes with it.
 */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { StudioContract } from '../../../app/contract/index.ts';
import type { Work, WorkDetails } from '../../../app/contract/library.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { Storage } from '../../storage/open.ts';
import type { StoredWork, WorkRecord } from '../../storage/repositories/works.ts';
import { createBroadcast } from '../broadcast.ts';
import type { MediaProvider, ServiceOf } from '../service.ts';
import { watchPaced } from '../watch-paced.ts';
import { libraryFolder } from './library-folder.ts';

export interface LibraryDeps {
  storage: Pick<Storage, 'dataDir' | 'works'>;
  /** Shows a file in the system's file manager; null where there is none. */
  reveal: ((path: string) => Promise<void>) | null;
}

export interface Library {
  readonly service: ServiceOf<StudioContract['library']>;
  /** `/media/library/<id>/<file>` */
  readonly media: MediaProvider;
  /** A work was made elsewhere. */
  changed(): void;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const TELL_EVERY_MS = 200;

export function createLibrary({ storage, reveal }: LibraryDeps): Library {
  const { works, dataDir } = storage;
  const changes = createBroadcast<void>();
  const folderOf = (id: string): string => libraryFolder(dataDir, id);
  const mediaPath = (id: string, file: string): `/media/${string}` =>
    `/media/library/${encodeURIComponent(id)}/${encodeURIComponent(file)}`;
  const mainPath = ({ id, files }: WorkRecord): string => join(folderOf(id), files[0]?.fileName ?? '');
  const isThere = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isFile() === true;

  const shown = async ({ name, record }: StoredWork): Promise<Work> => {
    const { id, projectId, projectName, createdAtMs, durationMs, widthPx, heightPx, fps, thumbnail, target } = record;
    return {
      ...{ id, name, projectId, projectName, createdAtMs, durationMs, widthPx, heightPx, fps },
      preset: target.preset,
      format: target.format,
      files: record.files.map(({ kind, fileName, mediaType, bytes }) => {
        return { kind, fileName, mediaType, bytes, path: mediaPath(id, fileName) };
      }),
      thumbnail: thumbnail === null ? null : mediaPath(id, thumbnail),
      missing: !(await isThere(mainPath(record))),
    };
  };
  const load = (id: string): StoredWork => {
    const work = works.load(id);
    if (work.trashedAtMs !== null) throw new StudioError('exports.work-not-found', { id });
    return work;
  };

  /** What has been in the trash for a day goes. A folder that cannot be removed now is tried again later. */
  const emptyTrash = async (all: readonly StoredWork[]): Promise<void> => {
    for (const { trashedAtMs, record } of all) {
      if (trashedAtMs === null || Date.now() - trashedAtMs < DAY_MS) continue;
      try {
        await rm(folderOf(record.id), { recursive: true, force: true, maxRetries: 3 });
        works.delete(record.id);
      } catch {
        // next time
      }
    }
  };
  const list = async (): Promise<Work[]> => {
    const all = works.list();
    await emptyTrash(all);
    return await Promise.all(all.filter(({ trashedAtMs }) => trashedAtMs === null).map(shown));
  };

  const service: Library['service'] = {
    list,
    watch: (_, signal) => watchPaced(signal, changes, list, TELL_EVERY_MS),
    async details({ id }): Promise<WorkDetails> {
      const work = load(id);
      const { software, encoder, produceId, aiMarkVisible, wallMs, consent, consentState, voices, files } = work.record;
      return {
        ...(await shown(work)),
        ...{ software, encoder, produceId, aiMarkVisible, wallMs, consent, consentState, voices },
        sha256: files[0]?.sha256 ?? '',
        folder: folderOf(id),
      };
    },
    async rename({ id, name }) {
      load(id);
      works.rename(id, name);
      changes.emit();
      return await shown(works.load(id));
    },
    remove({ id }) {
      load(id);
      works.trash(id, Date.now());
      changes.emit();
      return {};
    },
    async restore({ id }) {
      works.trash(id, null);
      changes.emit();
      return await shown(works.load(id));
    },
    async reveal({ id }) {
      const path = mainPath(load(id).record);
      if (reveal === null) throw new StudioError('host.not-capable', { what: 'reveal' });
      if (!(await isThere(path))) throw new StudioError('exports.work-file-missing', { path });
      await reveal(path);
      return {};
    },
  };

  const media: MediaProvider = async ([id = '', fileName = '', ...more]) => {
    const work = works.list().find(({ record, trashedAtMs }) => record.id === id && trashedAtMs === null);
    if (work === undefined || more.length > 0) return null;
    const { files, thumbnail } = work.record;
    const mediaType =
      fileName === thumbnail
        ? fileName.endsWith('.png')
          ? 'image/png'
          : 'image/jpeg'
        : files.find((file) => file.fileName === fileName)?.mediaType;
    const path = join(folderOf(id), fileName);
    if (mediaType === undefined || !(await isThere(path))) return null;
    return { body: { kind: 'file', path }, mediaType, fileName, immutable: true };
  };

  return { service, media, changed: () => changes.emit() };
}
