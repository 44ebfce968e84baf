/** In which order the providers of a stage are asked. */
import type { Mode } from '../providers/settings.ts';

export interface Placed {
  readonly id: string;
  readonly runs: 'local' | 'cloud';
}

/**
 * Those of `providers` that the mode allows, first choice first: `chain`'s own order within the cloud and within this machine.
 * `wished` is one that the document names (a voice of its own): it is a choice of content, not of providers, so it goes before
 * the chain in every mode but offline, where the cloud has no part.
 */
export function orderOf<T extends Placed>(
  providers: readonly T[],
  chain: readonly string[],
  mode: Mode,
  wished: string | null = null,
): T[] {
  const byId = new Map(providers.map((provider) => [provider.id, provider]));
  const named = [...new Set(chain)].flatMap((id) => byId.get(id) ?? []);
  const cloud = named.filter(({ runs }) => runs === 'cloud');
  const local = named.filter(({ runs }) => runs === 'local');
  const first = (wished !== null && byId.get(wished)) || null;
  const rest = {
    'cloud-first': [...cloud, ...local],
    'local-first': [...local, ...cloud],
    'cloud-only': cloud,
    offline: local,
  }[mode];
  if (first === null || (mode === 'offline' && first.runs === 'cloud')) return rest;
  return [first, ...rest.filter((provider) => provider !== first)];
}
