/** Films of the speaker from vendors: who makes them, under which key, mode and budget, and where it is written down what runs there. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StudioError } from '../../app/errors/index.ts';
import type { ProviderSettings } from '../../app/providers/settings.ts';
import { noteOf } from '../engine/policy/events.ts';
import type { CloudFilms, CloudRenderer } from '../engine/ports/cloud-renderer.ts';
import { cloudFilm, type FilmDeps } from '../engine/stages/cloud-film.ts';
import { asStorageError } from '../files/failures.ts';
import { createCloudRenderers } from '../providers/cloud-renderer/index.ts';
import { openDatabase, type StudioDatabase } from '../storage/database.ts';
import { openFilmStore } from '../storage/film-store.ts';
import { openFilmTasks } from '../storage/repositories/film-tasks.ts';
import type { ProviderKeys } from './provider-keys.ts';

export interface CloudFilmsOptions extends Omit<FilmDeps, 'journal' | 'store'> {
  settings(): ProviderSettings;
  keys: ProviderKeys;
  dataDir: string;
  cacheDir: string;
}

/** Starts nothing: the database is opened by the first film. */
export function createCloudFilms({
  settings,
  keys,
  dataDir,
  cacheDir,
  ...deps
}: CloudFilmsOptions): CloudFilms & AsyncDisposable {
  const store = openFilmStore(join(cacheDir, 'films'));
  let database: Promise<StudioDatabase> | null = null;
  const journal = async () => {
    database ??= mkdir(dataDir, { recursive: true }).then(
      () => openDatabase(dataDir),
      (error: unknown) => {
        throw asStorageError(error, dataDir);
      },
    );
    // Opened anew when next asked.
    database.catch(() => {
      database = null;
    });
    return openFilmTasks(await database);
  };
  const renderers = (): readonly CloudRenderer[] => createCloudRenderers(keys.bailian(settings().bailian));
  const isOffline = (): boolean => settings().policy.mode === 'offline';
  return {
    async offers() {
      await keys.ready();
      return renderers().map((renderer) => ({
        id: renderer.id,
        lacks: isOffline() ? 'offline' : (keys.lacksBailian() ?? (renderer.offered ? null : 'region')),
        yuanPerSecond: renderer.yuan(1) - renderer.yuan(0),
        secondsAtOnce: renderer.limits.soundMs[1] / 1000,
      }));
    },
    async renderer(id) {
      await keys.ready();
      const renderer = renderers().find((each) => each.id === id)!;
      const provider = renderer.name;
      if (isOffline()) throw new StudioError('cloud.offline', { provider });
      if (keys.lacksBailian() !== null) throw new StudioError('cloud.key-missing', { provider });
      if (!renderer.offered)
        throw new StudioError('cloud.region-unsupported', { provider, region: settings().bailian.region });
      return renderer;
    },
    film: (request, signal) => cloudFilm(request, { ...deps, journal, store }, signal),
    discard: (key) => store.remove(key),
    standsIn(id, error) {
      const told = { atMs: deps.clock.wallMs(), stage: 'film' } as const;
      const note = noteOf(error, id);
      deps.emit({ ...told, type: 'failed', provider: id, error: note, tries: 1 });
      if (settings().policy.mode === 'cloud-only') return false;
      deps.emit({ ...told, type: 'switched', from: id, to: 'embedded', error: note, midUtterance: false });
      return true;
    },
    async [Symbol.asyncDispose]() {
      const opened = database;
      database = null;
      await opened?.then((each) => each.close()).catch(() => undefined);
    },
  };
}
