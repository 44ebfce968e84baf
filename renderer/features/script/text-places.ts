/** Where characters stand on the screen: read off the drawn copy of a text field's text. */

/** The text nodes of `root` in order, with the offset each begins at. */
function* textNodes(root: Node): Generator<{ node: Text; from: number }> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let from = 0;
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    yield { node: node as Text, from };
    from += (node as Text).length;
  }
}

/** The place before the character at `offset`. */
export function caretRect(root: HTMLElement, offset: number): DOMRect {
  const range = document.createRange();
  let last: { node: Text; from: number } | null = null;
  for (const each of textNodes(root)) {
    last = each;
    if (offset <= each.from + each.node.length) break;
  }
  if (last === null) return root.getBoundingClientRect();
  const at = Math.min(last.node.length, Math.max(0, offset - last.from));
  range.setStart(last.node, at);
  range.collapse(true);
  const rects = range.getClientRects();
  return rects[rects.length - 1] ?? root.getBoundingClientRect();
}

/** Whether `offset` stands in the first, or last, of the rows the text is broken into. */
export function inRow(root: HTMLElement, offset: number, length: number, row: 'first' | 'last'): boolean {
  const own = caretRect(root, offset);
  const edge = caretRect(root, row === 'first' ? 0 : length);
  return Math.abs(own.top - edge.top) < own.height / 2;
}

/** The offset in the first or last row whose place is nearest to `x`, px from the window's left. */
export function offsetAt(root: HTMLElement, length: number, x: number, row: 'first' | 'last'): number {
  const step = row === 'first' ? 1 : -1;
  let best = row === 'first' ? 0 : length;
  const edge = caretRect(root, best);
  let least = Math.abs(edge.left - x);
  for (let at = best + step; at >= 0 && at <= length; at += step) {
    const rect = caretRect(root, at);
    if (Math.abs(rect.top - edge.top) > edge.height / 2) break;
    const distance = Math.abs(rect.left - x);
    if (distance > least) break;
    least = distance;
    best = at;
  }
  return best;
}
