import type { Destination } from '../../../../app/document/live.ts';
import { PLATFORM_IDS, PLATFORMS, type PlatformId } from '../../../../app/live/platforms.ts';
import type { Locale } from '../../../i18n/index.ts';

/** One that only a newer studio knows is a server like any other. */
export const platformOf = ({ platform }: Pick<Destination, 'platform'>): PlatformId =>
  PLATFORM_IDS.find((id) => id === platform) ?? 'custom';

export const destinationName = (destination: Pick<Destination, 'platform' | 'name'>, locale: Locale): string =>
  destination.name.trim() || PLATFORMS[platformOf(destination)].name[locale];

/**
 * A whole push address in two: the server, and what is very likely the key. null: it is a server's address alone. The address is part of
 * the project, where a key does not belong.
 */
export function keyInAddress(server: string): { server: string; key: string } | null {
  const parts = /^(rtmps?:\/\/[^/?#\s]+\/[^/?#\s]+)\/+([^\s]+)$/i.exec(server.trim());
  return parts === null ? null : { server: parts[1]!, key: parts[2]! };
}

/** Of an address, what may be shown in passing; a part of the path could be a key. */
export const hostOf = (server: string): string => /^rtmps?:\/\/([^/?#\s@]+)/i.exec(server.trim())?.[1] ?? '';
