/** How well a text answers a search: its letters in order, best together and at the start of words. 0: not at all. */
export function fuzzyScore(query: string, text: string): number {
  const wanted = query.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
  if (wanted === '') return 1;
  const given = text.normalize('NFKC').toLowerCase();
  const whole = given.indexOf(query.normalize('NFKC').toLowerCase().trim());
  if (whole >= 0) return 1000 - whole + (isWordStart(given, whole) ? 500 : 0) - given.length / 1000;
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = given.indexOf(letter, at + 1);
    if (next < 0) return 0;
    score += next === at + 1 ? 4 : isWordStart(given, next) ? 3 : 1;
    at = next;
  }
  return score / (1 + given.length / 200);
}

const isWordStart = (text: string, at: number): boolean => at === 0 || !/[\p{L}\p{N}]/u.test(text[at - 1]!);
