/** Providers for the interface: settings, keys that go in and never come out, tests, and how everything is at the moment. */
import type { StudioContract } from '../../../app/contract/index.ts';
import { type ProviderStatus, providerSecretSchema } from '../../../app/contract/providers.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { ProviderSettings } from '../../../app/providers/settings.ts';
import type { Providers } from '../../engine/ports/providers.ts';
import { createBroadcast, follow, latest } from '../broadcast.ts';
import type { ServiceOf } from '../service.ts';
import { toWireError } from '../wire-error.ts';
import { providerStatus } from './status.ts';

/** Sentences come several a second; a person reads a few. */
const TELL_EVERY_MS = 100;

export async function readStatus(providers: Providers): Promise<ProviderStatus> {
  const [states, names] = await Promise.all([providers.states(), providers.secrets.names()]);
  return providerStatus({
    ...{ settings: providers.settings(), states, events: providers.recentEvents() },
    spentTodayYuan: providers.spentTodayYuan(),
    keptSecrets: names.filter((name) => providerSecretSchema.safeParse(name).success),
    secretsFromEnvironment: providers.secretsFromEnvironment(),
  });
}

export function createProviderService(providers: Providers): ServiceOf<StudioContract['providers']> {
  const settingsChanges = createBroadcast<ProviderSettings>();
  /** Keys and tests: what the providers may not tell of themselves. */
  const pokes = createBroadcast<null>();

  return {
    getSettings: () => providers.settings(),

    async setSettings(settings) {
      await providers.change(settings);
      settingsChanges.emit(providers.settings());
      pokes.emit(null);
      return providers.settings();
    },

    watchSettings: (_, signal) =>
      follow<ProviderSettings>(
        signal,
        (push) => {
          push(providers.settings());
          return settingsChanges.listen(push);
        },
        latest,
      ),

    async setSecret({ name, value }) {
      await providers.secrets.set(name, value);
      pokes.emit(null);
      return {};
    },

    async deleteSecret({ name }) {
      await providers.secrets.delete(name);
      pokes.emit(null);
      return {};
    },

    async hasSecret({ name }) {
      const names = [...providers.secretsFromEnvironment(), ...(await providers.secrets.names())];
      return { has: names.includes(name) };
    },

    async test({ providerId }, signal) {
      try {
        return { ok: true, firstByteMs: (await providers.test(providerId, signal)).firstByteMs };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof StudioError)) throw error;
        return { ok: false, error: toWireError(error) };
      } finally {
        pokes.emit(null);
      }
    },

    watch: (_, signal) =>
      follow<ProviderStatus>(
        signal,
        (push, end) => {
          let reading = false;
          let again = false;
          let timer: NodeJS.Timeout | undefined;
          const read = async (): Promise<void> => {
            if (reading) {
              again = true;
              return;
            }
            reading = true;
            try {
              push(await readStatus(providers));
            } catch {
              // Whoever follows asks again.
              end();
            }
            reading = false;
            if (again) {
              again = false;
              soon();
            }
          };
          const soon = (): void => {
            timer ??= setTimeout(() => {
              timer = undefined;
              void read();
            }, TELL_EVERY_MS).unref();
          };
          void read();
          const stops = [providers.listen(soon), pokes.listen(soon)];
          return () => {
            clearTimeout(timer);
            for (const stop of stops) stop();
          };
        },
        latest,
      ),
  };
}
