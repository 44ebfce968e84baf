import type { Destination } from '../../../../app/document/live.ts';
import { PLATFORM_IDS, PLATFORMS, type PlatformId } from '../../../../app/live/platforms.ts';
import type { Locale } from '../../../i18n/index.ts';

/** One that only a newer studio knows is a server like any other. */
export const platformOf = ({ platform }: Pick<Destination, 'platform'>): PlatformId =>
  PLATFORM_IDS.find((id) => id === platform) ?? 'custom';

export const destinationName = (destination: Pick<Destination, 'platform' | 'name'>, locale: Locale): string =>
  destination.name.trim() || PLATFORMS[platformOf(destination)].name[locale];

/** Of an address, what may be shown in passing; a part of the path could be a key. */
export const hostOf = (server: string): string => /^rtmps?:\/\/([^/?#\s@]+)/i.exec(server.trim())?.[1] ?? '';
