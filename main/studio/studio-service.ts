/** The studio for an interface: who is made of whom, on top of `compose.ts`. Read top to bottom. */
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SystemInfo } from '../../app/contract/system.ts';
import { createStudio, type Studio } from '../compose.ts';
import { listSampleAvatars } from '../portrait/samples.ts';
import { servePreview } from '../preview/serve-preview.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import { createBundles } from './bundles.ts';
import { createExportQueue } from './exports/export-queue.ts';
import { createLibrary } from './library/library.ts';
import { checkMachine } from './machine.ts';
import { createOwnEmotionService } from './own-emotions.ts';
import { createProjectService, type ProjectService } from './projects.ts';
import { sampleProject } from './sample-project.ts';
import { createScriptService } from './script.ts';
import type { MediaProviders, OfferedServices, PreviewService } from './service.ts';
import { createSettingsService, type SettingsService } from './settings.ts';
import { createSpeakingLines } from './speaking.ts';
import { createSpokenMedia } from './spoken-media.ts';
import { createSystemService, systemLocale } from './system.ts';
import { createThumbnails } from './thumbnails.ts';

export interface StudioServiceOptions {
  /** Data and cache in one place of the person's choice. */
  dataDir?: string | undefined;
  ffmpegPath?: string | undefined;
  capabilities?: SystemInfo['capabilities'] | undefined;
  /** Shows a file in the system's file manager; where the host can. */
  reveal?: ((path: string) => Promise<void>) | undefined;
}

export interface StudioService extends AsyncDisposable {
  readonly services: OfferedServices;
  readonly media: MediaProviders;
  readonly preview: PreviewService;
  readonly storage: Storage;
  readonly projects: ProjectService;
  readonly settings: SettingsService;
}

/** Opens the storage; everything else is started by the first who needs it. @throws StudioError `storage.*` */
export async function openStudioService(options: StudioServiceOptions = {}): Promise<StudioService> {
  const studio: Studio = createStudio(options);
  const { dataDir } = studio.paths;
  const storage = await openStorage({ dataDir });
  const capabilities = options.capabilities ?? { revealInFolder: false, chooseFolder: false };
  const settings = createSettingsService(storage.settings);
  const system = createSystemService({
    info: {
      software: studio.software,
      version: studio.software.split(' ').at(-1) ?? '',
      platform: process.platform,
      locale: systemLocale(),
      dataDir,
      capabilities,
    },
    async checkMachine(_, signal) {
      const outDir = settings.current().exportFolder ?? join(homedir(), 'Videos');
      const { ready, checks } = await checkMachine(studio, { outDir, ffmpegPath: options.ffmpegPath, signal });
      return { ready, checks };
    },
    notices: storage.notices,
  });
  const listVoices = async () => (await Promise.all(studio.voices.map((provider) => provider.voices()))).flat();
  const projects = createProjectService({
    storage,
    sample: (request) => sampleProject(request, listVoices),
    firstPortrait: async () => ({ kind: 'sample', id: (await listSampleAvatars())[0]!.id }),
    tell: system.tell,
  });
  const emotions = createOwnEmotionService(storage.ownEmotions);
  const bundles = createBundles({ assets: storage.assets, folder: join(studio.paths.cacheDir, 'bundles') });
  const library = createLibrary({ storage, reveal: options.reveal ?? null });
  const queue = createExportQueue({
    studio,
    storage,
    snapshot: async (id) => projects.current(id),
    mayCopy: capabilities.chooseFolder,
    onWork: library.changed,
  });
  const spoken = createSpokenMedia(studio.speech);
  const speaking = createSpeakingLines(studio.speech);
  const script = createScriptService({
    ...{ speech: studio.speech, speaking, spoken, assets: storage.assets },
    project: (id) => projects.current(id).project,
  });
  const previews = new Set<Promise<void>>();
  queue.start();

  let disposed: Promise<void> | undefined;
  return {
    services: {
      ...{ system, settings, emotions, script, exports: queue.service, library: library.service },
      projects: {
        ...projects,
        importBundle: async ({ bundle }, signal) => {
          const project = await bundles.receive(bundle, signal);
          return projects.add({ ...project, id: randomUUID() });
        },
        exportBundle: ({ id }, signal) => bundles.pack(projects.current(id).project, signal),
      },
    },
    media: {
      thumbnail: createThumbnails(projects.current, storage.assets),
      bundle: bundles.media,
      library: library.media,
      speech: spoken.media,
    },
    preview(channel) {
      const { closed } = servePreview(channel, { ...studio, assets: storage.assets, documents: projects.documents });
      previews.add(closed);
      void closed.finally(() => previews.delete(closed));
    },
    storage,
    projects,
    settings,
    [Symbol.asyncDispose]: () => {
      disposed ??= (async () => {
        projects[Symbol.dispose]();
        spoken.dispose();
        // What shows or writes still reads from the studio and from the storage.
        await Promise.allSettled([queue[Symbol.asyncDispose](), ...previews]);
        await studio[Symbol.asyncDispose]();
        storage.close();
      })();
      return disposed;
    },
  };
}
