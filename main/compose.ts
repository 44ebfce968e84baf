/** The composition root: who is made of whom. Plain constructor calls, read top to bottom. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProviderSettings } from '../app/providers/settings.ts';
import { createProviders, type ProviderSet } from './compose-providers.ts';
import type { SecretStore } from './engine/ports/secrets.ts';
import type { TtsProvider } from './engine/ports/tts.ts';
import { createSpeechStage, type SpeechStage } from './engine/stages/speech.ts';
import type { ExportDeps } from './export/export-project.ts';
import { type Ffmpeg, locateFfmpeg } from './media/ffmpeg/locate.ts';
import { createModels, type ModelManager } from './models/index.ts';
import { createPortraitImporter, type PortraitImporter } from './portrait/prepare.ts';
import { createEspeakProvider } from './providers/tts/espeak/index.ts';
import { type StudioPaths, studioPaths } from './storage/paths.ts';
import { createSecretFile } from './storage/secret-file.ts';

export interface StudioOptions {
  /** Data and cache in one place of the person's choice. */
  dataDir?: string | undefined;
  ffmpegPath?: string | undefined;
  /** The person's keys; unless given, an encrypted file in the data folder. */
  secrets?: SecretStore | undefined;
  /** Of a process that was told how providers are set up; unless given, what the data folder says. */
  providerSettings?: ProviderSettings | undefined;
  /** `live`: somebody listens while lines are made, so a voice that stops is followed by the next at once. */
  pace?: 'live' | 'whole' | undefined;
}

export interface Studio extends ExportDeps, AsyncDisposable {
  readonly paths: StudioPaths;
  readonly portraits: PortraitImporter;
  readonly speech: SpeechStage;
  /** The embedded voice first. */
  readonly voices: readonly TtsProvider[];
  /** Cloud and local engines under one policy; the speech stage speaks through it. */
  readonly providers: ProviderSet;
  /** Of this machine. */
  readonly models: ModelManager;
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
export const SOFTWARE = `Shenghua Studio ${version}`;

/** Starts nothing: workers and children come with the first work that needs them. */
export function createStudio(options: StudioOptions = {}): Studio {
  const paths = studioPaths({ dataDir: options.dataDir });
  const embedded = createEspeakProvider();
  const models = createModels({
    folder: join(paths.dataDir, 'models'),
    isOffline: () => providers.settings().policy.mode === 'offline',
  });
  const providers = createProviders({
    ...{
      dataDir: paths.dataDir,
      cacheDir: paths.cacheDir,
      embedded,
      pace: options.pace,
      settings: options.providerSettings,
    },
    models,
    secrets: options.secrets ?? createSecretFile(paths.dataDir),
  });
  const speech = createSpeechStage({ providers: providers.voiceSource, cacheDir: join(paths.cacheDir, 'speech') });
  const portraits = createPortraitImporter({ cacheDir: join(paths.cacheDir, 'portraits') });
  let found: Promise<Ffmpeg> | undefined;
  const ffmpeg = (signal: AbortSignal): Promise<Ffmpeg> => {
    found ??= locateFfmpeg({ explicitPath: options.ffmpegPath, cacheDir: paths.cacheDir, signal });
    // A search that failed or was stopped is begun anew when next asked.
    found.catch(() => {
      found = undefined;
    });
    return found;
  };
  return {
    paths,
    portraits,
    speech,
    voices: providers.voices,
    providers,
    models,
    ffmpeg,
    software: SOFTWARE,
    async [Symbol.asyncDispose]() {
      await Promise.all([portraits.dispose(), providers[Symbol.asyncDispose](), embedded.dispose()]);
      // Providers tell it how their last uses went.
      await models[Symbol.asyncDispose]();
    },
  };
}
