/** A key is refused alike when it is wrong and when it belongs to another region: only asking there tells which. */
import { StudioError } from '../../../app/errors/index.ts';
import { REGIONS, type Region } from '../../../app/providers/settings.ts';
import { type BailianAccess, bailianEndpoint, usableKey } from './endpoint.ts';
import { cloudError } from './failures.ts';
import { requestJson } from './http.ts';

const PATIENCE = { firstByteMs: 1500, betweenBytesMs: 1500 };

/**
 * The region that takes the key, of those with a host that everybody shares; null where none does. Nothing is asked of anybody when a
 * gateway or a workspace's own host is set: a key made for those goes nowhere else. What is asked for costs nothing: a temporary key of one second.
 * `url` replaces the regions' hosts.
 */
export async function regionOfKey(
  access: BailianAccess,
  provider: string,
  signal: AbortSignal,
  url: (region: Region) => string = (region) =>
    bailianEndpoint({ ...access, settings: { ...access.settings, region } }, provider).nativeUrl('/tokens'),
): Promise<Region | null> {
  const { settings } = access;
  if (settings.httpBaseUrl !== null || settings.workspaceHostId !== null) return null;
  const key = usableKey(await access.key(signal), provider);
  const asked = REGIONS.filter((region) => region !== settings.region).map(async (region) => {
    await requestJson(
      {
        provider,
        url: `${url(region)}?expire_in_seconds=1`,
        method: 'POST',
        headers: { Authorization: `Bearer ${key}` },
        timeouts: PATIENCE,
        maxBytes: 64 * 1024,
      },
      signal,
    );
    return region;
  });
  const region = await Promise.any(asked).catch(() => null);
  signal.throwIfAborted();
  return region;
}

/** `error` said better where it is a refused key that another region takes; otherwise as it is. */
export async function explainRefusedKey(
  error: unknown,
  access: BailianAccess,
  provider: string,
  signal: AbortSignal,
  url?: (region: Region) => string,
): Promise<unknown> {
  if (!(error instanceof StudioError) || error.code !== 'cloud.key-wrong') return error;
  const region = await regionOfKey(access, provider, signal, url);
  if (region === null) return error;
  return cloudError('cloud.key-other-region', { provider, region: access.settings.region }, { cause: error });
}
