/** Where a card goes beside what it is about, in px of the window. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const GAP = 14;
const EDGE = 10;

/** Beside the longest free edge it fits; over the middle of it where it fits nowhere. */
export function placeBeside(at: Box | null, card: { width: number; height: number }, view: Box): Box {
  const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));
  const within = (left: number, top: number): Box => ({
    ...card,
    left: clamp(left, EDGE, view.width - card.width - EDGE),
    top: clamp(top, EDGE, view.height - card.height - EDGE),
  });
  if (at === null) return within((view.width - card.width) / 2, (view.height - card.height) / 2);
  const centreX = at.left + at.width / 2 - card.width / 2;
  const centreY = at.top + at.height / 2 - card.height / 2;
  const free = [
    { room: at.top - card.height, box: within(centreX, at.top - GAP - card.height) },
    { room: view.height - at.top - at.height - card.height, box: within(centreX, at.top + at.height + GAP) },
    { room: at.left - card.width, box: within(at.left - GAP - card.width, centreY) },
    { room: view.width - at.left - at.width - card.width, box: within(at.left + at.width + GAP, centreY) },
  ].filter(({ room }) => room >= GAP + EDGE);
  const best = free.sort((a, b) => b.room - a.room)[0];
  return best?.box ?? within(centreX, centreY);
}
