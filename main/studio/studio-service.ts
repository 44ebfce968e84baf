/** The studio for an interface: who is made of whom, on top of `compose.ts`. Read top to bottom. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SystemInfo } from '../../app/contract/system.ts';
import { createStudio, type Studio } from '../compose.ts';
import { listSampleAvatars } from '../portrait/samples.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import { checkMachine } from './machine.ts';
import { createOwnEmotionService } from './own-emotions.ts';
import { createProjectService, type ProjectService } from './projects.ts';
import { sampleProject } from './sample-project.ts';
import type { MediaProviders, PreviewService, StudioServices } from './service.ts';
import { createSettingsService, type SettingsService } from './settings.ts';
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
  readonly services: { [Area in keyof StudioServices]?: Partial<StudioServices[Area]> };
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
  const settings = createSettingsService(storage.settings);
  const system = createSystemService({
    info: {
      software: studio.software,
      version: studio.software.split(' ').at(-1) ?? '',
      platform: process.platform,
      locale: systemLocale(),
      dataDir,
      capabilities: options.capabilities ?? { revealInFolder: false, chooseFolder: false },
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

  let disposed: Promise<void> | undefined;
  return {
    services: { system, projects, settings, emotions },
    media: { thumbnail: createThumbnails(projects.current, storage.assets) },
    preview: (channel) => channel.close(),
    storage,
    projects,
    settings,
    [Symbol.asyncDispose]: () => {
      disposed ??= (async () => {
        projects[Symbol.dispose]();
        await studio[Symbol.asyncDispose]();
        storage.close();
      })();
      return disposed;
    },
  };
}
