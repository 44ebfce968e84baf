/** The player on the stage, for actions; null while there is none. */
import type { Player } from './player.ts';

let active: { player: Player; element: HTMLElement } | null = null;

/** Gives back what takes it away again. */
export function setActivePlayer(player: Player, element: HTMLElement): () => void {
  const mine = { player, element };
  active = mine;
  return () => {
    if (active === mine) active = null;
  };
}
export const activePlayer = (): Player | null => active?.player ?? null;

export async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement !== null) await document.exitFullscreen();
  else await active?.element.requestFullscreen();
}
