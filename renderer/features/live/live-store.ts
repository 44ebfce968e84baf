/** What shows on air tell of themselves, followed for as long as the page lives, and what is chosen on the desk. */
import { useMemo } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { LiveCommand, LiveStatus } from '../../../app/live/protocol.ts';
import { rpc } from '../../bridge/index.ts';
import { projectStore, useProject } from '../../state/project.ts';
import { showErrorToast } from '../../state/show-error.ts';
import { follow } from '../../state/studio-store.ts';

export const liveStore = createStore<{ shows: readonly LiveStatus[] | null }>(() => ({ shows: null }));

let following = false;
/** The first who needs it starts it. */
export function followShows(): void {
  if (following) return;
  following = true;
  void follow(
    (signal) => rpc.live.watch({}, { signal }),
    (shows) => liveStore.setState({ shows }),
    new AbortController().signal,
  );
}

export const isRunning = (status: LiveStatus | null): boolean =>
  status !== null && status.state !== 'off' && status.state !== 'failed';
/** There is an engine that hears commands. */
export const isOnAir = (status: LiveStatus | null): boolean =>
  status !== null && (status.state === 'on-air' || status.state === 'recovering');

export const showOf = (projectId: string | null): LiveStatus | null =>
  liveStore.getState().shows?.find((show) => show.projectId === projectId) ?? null;

/** Of the open project; null: it is not on air and was not since the studio started. */
export function useShow<T>(selector: (status: LiveStatus | null) => T): T {
  const projectId = useProject(({ id }) => id);
  return useStore(liveStore, ({ shows }) => selector(shows?.find((show) => show.projectId === projectId) ?? null));
}
export const useIsRunning = (): boolean => useShow(isRunning);
export const useIsOnAir = (): boolean => useShow(isOnAir);

/** Tells the show of the open project; what goes wrong is told. */
export function useCommand(): (command: LiveCommand) => void {
  const projectId = useProject(({ id }) => id);
  return useMemo(
    () => (command) => {
      if (projectId === null) return;
      // What it names may have been added a moment ago.
      projectStore()
        .flush()
        .then(() => rpc.live.command({ projectId, command }))
        .catch(showErrorToast);
    },
    [projectId],
  );
}

// ---- what is chosen

export const LIVE_TABS = ['segment', 'overlays', 'scenes', 'stream'] as const;
export type LiveTab = (typeof LIVE_TABS)[number];

interface DeskState {
  tab: LiveTab;
  segmentId: string | null;
  overlayId: string | null;
  sceneId: string | null;
}
export const deskStore = createStore<DeskState>(() => ({
  tab: 'segment',
  segmentId: null,
  overlayId: null,
  sceneId: null,
}));
export const showLiveTab = (tab: LiveTab): void => deskStore.setState({ tab });
export const chooseSegment = (segmentId: string | null): void => deskStore.setState({ segmentId, tab: 'segment' });
export const chooseOverlay = (overlayId: string | null): void => deskStore.setState({ overlayId, tab: 'overlays' });
export const chooseScene = (sceneId: string | null): void => deskStore.setState({ sceneId, tab: 'scenes' });
