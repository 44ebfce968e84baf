/** The word a person probably meant. */

/** Edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`: optimal string alignment distance. */
function edits(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, beforeLast[j - 2]! + 1);
      row.push(least);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

const LONGEST = 60;

/** The nearest candidate, or null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const wanted = word.toLowerCase().slice(0, LONGEST);
  let best: string | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const distance = edits(wanted, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best !== null && least <= Math.max(1, Math.floor(Math.max(wanted.length, best.length) * 0.4)) ? best : null;
}

/** The params that an error's words take: a whole sentence, or nothing. */
export function suggestion(word: string, candidates: readonly string[]): { suggestion: string; suggestionZh: string } {
  const near = nearest(word, candidates);
  return near === null
    ? { suggestion: '', suggestionZh: '' }
    : { suggestion: `Did you mean ${near}? `, suggestionZh: `您是不是想用 ${near}？` };
}
