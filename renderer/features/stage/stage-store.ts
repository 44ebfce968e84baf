/** What is chosen on the stage beside the pictures: the avatar, to be moved. */
import { createStore } from 'zustand/vanilla';
import { NOTHING, select, uiStore } from '../../state/ui-store.ts';

export const stageStore = createStore<{ avatar: boolean }>(() => ({ avatar: false }));

export function selectAvatar(): void {
  stageStore.setState({ avatar: true });
  if (uiStore.getState().selection.kind === 'overlay') select(NOTHING);
}
export function selectOverlay(id: string): void {
  stageStore.setState({ avatar: false });
  select({ kind: 'overlay', id });
}
export function selectNothing(): void {
  stageStore.setState({ avatar: false });
  if (uiStore.getState().selection.kind === 'overlay') select(NOTHING);
}
