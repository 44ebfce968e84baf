/** The studio for an interface: who is made of whom, on top of `compose.ts`. Read top to bottom. */
import { randomUUID } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { SystemInfo } from '../../app/contract/system.ts';
import type { LiveHealth } from '../../app/live/health.ts';
import { createStudio, type Studio } from '../compose.ts';
import type { SecretStore } from '../engine/ports/secrets.ts';
import { safeFileName } from '../export/file-name.ts';
import { listSampleAvatars } from '../portrait/samples.ts';
import { servePreview } from '../preview/serve-preview.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import { createSecretFile } from '../storage/secret-file.ts';
import { createBundles } from './bundles.ts';
import { createCloningService } from './cloning.ts';
import { createDictationService } from './dictation.ts';
import { diskUse } from './disk-use.ts';
import { createExportQueue } from './exports/export-queue.ts';
import { createLibrary } from './library/library.ts';
import { createLiveService } from './live/live-service.ts';
import { checkMachine } from './machine.ts';
import { createModelService } from './models/model-service.ts';
import { createOwnEmotionService } from './own-emotions.ts';
import { createPortraitService } from './portraits.ts';
import { createProjectService, type ProjectService } from './projects.ts';
import { createProviderService } from './providers/provider-service.ts';
import { sampleProject } from './sample-project.ts';
import { createScriptService } from './script.ts';
import type { MediaProviders, PreviewService, StudioServices } from './service.ts';
import { createSettingsService, type SettingsService } from './settings.ts';
import { createSpeakingLines } from './speaking.ts';
import { createSpokenMedia } from './spoken-media.ts';
import { createStillStudio } from './stills/still-studio.ts';
import { createSystemService, systemLocale } from './system.ts';
import { createTakeService } from './takes.ts';
import { createThumbnails } from './thumbnails.ts';
import { createVoiceService } from './voices.ts';
import { toWireError } from './wire-error.ts';
import { createWritingService } from './writing/writing-service.ts';

export interface StudioServiceOptions {
  /** Data and cache in one place of the person's choice. */
  dataDir?: string | undefined;
  ffmpegPath?: string | undefined;
  capabilities?: SystemInfo['capabilities'] | undefined;
  /** Shows a file in the system's file manager; where the host can. */
  reveal?: ((path: string) => Promise<void>) | undefined;
  /** The person's keys; unless given, an encrypted file in the data folder. */
  secrets?: SecretStore | undefined;
}

export interface StudioService extends AsyncDisposable {
  readonly services: StudioServices;
  readonly media: MediaProviders;
  readonly preview: PreviewService;
  readonly storage: Storage;
  readonly projects: ProjectService;
  readonly settings: SettingsService;
  /** Of the shows on air. */
  health(): LiveHealth[];
}

const WARM_UP_AFTER_MS = 1500;
const TIDY_FIRST_MS = 2 * 60 * 1000;
const TIDY_EVERY_MS = 12 * 60 * 60 * 1000;

/** Removes files that nothing needs any more, now and then; that it fails can wait until the next time. */
function tidyAssets({ assets }: Storage): () => void {
  const stop = new AbortController();
  const tidy = (): void => void assets.collectGarbage({ signal: stop.signal }).catch(() => {});
  const first = setTimeout(tidy, TIDY_FIRST_MS).unref();
  const again = setInterval(tidy, TIDY_EVERY_MS).unref();
  return () => {
    stop.abort();
    clearTimeout(first);
    clearInterval(again);
  };
}

/** Opens the storage; everything else is started by the first who needs it. @throws StudioError `storage.*` */
export async function openStudioService(options: StudioServiceOptions = {}): Promise<StudioService> {
  const studio: Studio = createStudio(options);
  const { dataDir } = studio.paths;
  const storage = await openStorage({ dataDir });
  // Which keys there are decides who says a line, and so what it is called.
  await studio.providers.voiceSource.ready?.();
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
    diskUse: (_, signal) => diskUse(studio.paths, signal),
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
    ...{ speech: studio.speech, speaking, spoken, assets: storage.assets, lay: bundles.packText },
    project: (id) => projects.current(id).project,
  });
  const voices = createVoiceService({ studio, speaking, spoken, assets: storage.assets });
  const stills = createStillStudio();
  const portraits = createPortraitService({ studio, ...storage, stills });
  const models = createModelService({
    models: studio.models,
    isOffline: () => studio.providers.settings().policy.mode === 'offline',
    onModes: (listener) => studio.providers.listen(listener),
    tell: (error) => system.tell({ type: 'notice', severity: 'warning', error: toWireError(error), projectId: null }),
  });
  const live = createLiveService({
    ...{ studio, ffmpegPath: options.ffmpegPath, storage, projects, tell: system.tell },
    secrets: options.secrets ?? createSecretFile(dataDir),
    recordingFolder: () => settings.current().exportFolder ?? join(dataDir, 'live', 'recordings'),
  });
  const previews = new Set<Promise<void>>();
  const stopTidying = tidyAssets(storage);
  queue.start();
  void live.resume();

  let warm = false;
  const watch: StudioServices['projects']['watch'] = (input, signal) => {
    // Whoever opens a project will listen to it: a little later, so as not to be in the way of its first picture.
    if (!warm) setTimeout(() => void voices.warmUp(), WARM_UP_AFTER_MS).unref();
    warm = true;
    return projects.watch(input, signal);
  };

  let disposed: Promise<void> | undefined;
  return {
    services: {
      ...{ system, settings, emotions, script, exports: queue.service, library: library.service },
      ...{ voices: voices.calls, portraits: portraits.calls, live: live.calls, models: models.calls },
      providers: createProviderService(studio.providers),
      writing: createWritingService(studio.providers),
      cloning: createCloningService({
        ...{ providers: studio.providers.cloning, consents: storage.voiceConsents, assets: storage.assets },
        onChange: studio.providers.clonesChanged,
      }),
      dictation: createDictationService({
        ...{ asr: studio.providers.asr, assets: storage.assets, ffmpeg: studio.ffmpeg, lay: bundles.packText },
        scratchDir: studio.paths.tempDir,
      }),
      takes: createTakeService(storage.takes, storage.assets),
      projects: {
        ...projects,
        watch,
        importBundle: async ({ bundle }, signal) => {
          const project = await bundles.receive(bundle, signal);
          return projects.add({ ...project, id: randomUUID() });
        },
        exportDocument: ({ id }) => {
          const { name, text } = storage.projects.documentText(id);
          return bundles.packText(`${safeFileName(name, 'project')}.json`, text);
        },
        exportBundle: ({ id }, signal) => bundles.pack(projects.current(id).project, signal),
      },
    },
    media: {
      thumbnail: createThumbnails(projects.current, { studio, assets: storage.assets, stills }),
      bundle: bundles.media,
      library: library.media,
      live: live.media,
      speech: spoken.media,
      portrait: portraits.media,
      recording: voices.media,
    },
    preview(channel) {
      const { closed } = servePreview(channel, { ...studio, assets: storage.assets, documents: projects.documents });
      previews.add(closed);
      void closed.finally(() => previews.delete(closed));
    },
    storage,
    projects,
    settings,
    health: live.health,
    [Symbol.asyncDispose]: () => {
      disposed ??= (async () => {
        stopTidying();
        await live[Symbol.asyncDispose]();
        projects[Symbol.dispose]();
        spoken.dispose();
        speaking.dispose();
        portraits[Symbol.dispose]();
        // What shows or writes still reads from the studio and from the storage.
        await Promise.allSettled([
          queue[Symbol.asyncDispose](),
          stills.dispose(),
          models[Symbol.asyncDispose](),
          ...previews,
        ]);
        await studio[Symbol.asyncDispose]();
        storage.close();
      })();
      return disposed;
    },
  };
}
