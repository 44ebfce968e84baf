/** Which of the laid out elements an arrow key leads to. */
export function neighbour(all: readonly HTMLElement[], from: HTMLElement, key: string): HTMLElement | undefined {
  const at = all.indexOf(from);
  if (key === 'ArrowRight') return all[at + 1];
  if (key === 'ArrowLeft') return all[at - 1];
  const own = from.getBoundingClientRect();
  const middle = own.left + own.width / 2;
  const down = key === 'ArrowDown';
  const beyond = all
    .map((element) => ({ element, box: element.getBoundingClientRect() }))
    .filter(({ box }) => (down ? box.top >= own.bottom - 1 : box.bottom <= own.top + 1));
  const rank = ({ box }: (typeof beyond)[number]): number =>
    Math.abs(box.top - own.top) * 10 + Math.abs(box.left + box.width / 2 - middle);
  return beyond.sort((a, b) => rank(a) - rank(b))[0]?.element;
}
