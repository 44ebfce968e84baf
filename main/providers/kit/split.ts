/** Texts beyond a vendor's limit, in pieces that end where sentences do. */

/** At most so many characters a piece; a sentence longer than that is parted at a blank, or anywhere when it has none. */
export function splitAtSentences(text: string, maxCharacters: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > maxCharacters) {
    const room = rest.slice(0, maxCharacters);
    const at = lastEnd(room, /[。！？!?…\n]|\.(?=\s)/gu) ?? lastEnd(room, /\s/gu) ?? wholeCharacters(room);
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at);
  }
  pieces.push(rest);
  return pieces.filter((piece) => piece.trim() !== '');
}

/** Not so near the beginning that hardly anything would be taken. */
function lastEnd(room: string, mark: RegExp): number | null {
  let end: number | null = null;
  for (const { index, 0: found } of room.matchAll(mark)) end = index + found.length;
  return end !== null && end > room.length / 4 ? end : null;
}

/** Between two code points. */
const wholeCharacters = (room: string): number => (/[\uD800-\uDBFF]$/.test(room) ? room.length - 1 : room.length);
