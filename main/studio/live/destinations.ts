/** A document's destinations with the keys that the person's secrets hold for them. */
import type { CheckItem } from '../../../app/contract/live.ts';
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { SecretStore } from '../../engine/ports/secrets.ts';
import type { LiveDestination } from '../../live/supervisor/live-show.ts';
import { toWireError } from '../wire-error.ts';

/** Under which name a destination's key is kept. */
export const keyName = (destinationId: string): string => `stream-key:${destinationId}`;

export interface ReadyDestinations {
  /** Those that are switched on and have all they need. */
  destinations: LiveDestination[];
  /** What the others lack. */
  lacking: CheckItem[];
}

/**
 * A server of one's own may need no key, or have it in its address; a platform always gives one.
 */
export async function readyDestinations(
  { live }: Pick<Project, 'live'>,
  secrets: Pick<SecretStore, 'get'>,
): Promise<ReadyDestinations> {
  const destinations: LiveDestination[] = [];
  const lacking: CheckItem[] = [];
  for (const [index, { id, name, platform, server, enabled }] of live.destinations.entries()) {
    if (!enabled) continue;
    const lacks = (check: 'destination' | 'key', error: StudioError): void =>
      void lacking.push({ id: check, destinationId: id, level: 'problem', error: toWireError(error) });
    if (server.trim() === '') {
      lacks('destination', new StudioError('live.server-missing', { name: name || platform }));
      continue;
    }
    const key = (await secrets.get(keyName(id))) ?? '';
    if (key === '' && platform !== 'custom') {
      lacks('key', new StudioError('live.key-missing', { id: name || platform, number: index + 1 }));
      continue;
    }
    destinations.push({ id, url: server.trim(), key });
  }
  return { destinations, lacking };
}
