/** Voices the person likes or has used lately: kept with the interface's own memory, so that they are there in every window. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { setLayout, uiStore } from '../../state/ui-store.ts';

const LIKED = 'voice.liked.';
const RECENT = 'voice.recent.';
const KEPT = 12;

const idsUnder = (layout: Readonly<Record<string, number>>, prefix: string): string[] =>
  Object.entries(layout)
    .filter(([name, value]) => name.startsWith(prefix) && value > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([name]) => name.slice(prefix.length));

export interface LikedVoices {
  liked: ReadonlySet<string>;
  /** Latest first. */
  recent: readonly string[];
}

export function useLikedVoices(): LikedVoices {
  const layout = useStore(uiStore, (state) => state.layout);
  return useMemo(() => ({ liked: new Set(idsUnder(layout, LIKED)), recent: idsUnder(layout, RECENT) }), [layout]);
}

export const like = (id: string, on: boolean): void => setLayout(LIKED + id, on ? 1 : 0);

export function rememberUse(id: string): void {
  const { layout } = uiStore.getState();
  const kept = new Set([id, ...idsUnder(layout, RECENT)].slice(0, KEPT));
  // Seconds: whoever reads them wants their order alone.
  const next = { ...layout, [RECENT + id]: Math.round(Date.now() / 1000) };
  for (const name of Object.keys(next))
    if (name.startsWith(RECENT) && !kept.has(name.slice(RECENT.length))) delete next[name];
  uiStore.setState({ layout: next });
}
