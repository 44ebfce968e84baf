/**
 * Mandarin syllables in Hanyu Pinyin (GB/T 16159), with a tone mark (`chóng`) or a digit (`chong2`),
 * to one canonical form: lower case, `ü` only where it differs from `u`, and a tone digit 1–5 (`chong2`, `lü4`, `de5`).
 */

/** Combining macron, acute, caron (and the breve often typed for it), grave. */
const MARKS = '\u0304\u0301\u030c\u0300';
const MARK = /[\u0304\u0301\u030c\u0306\u0300]/g;

/** What each initial takes. Written as spelt, `v` for ü after l and n. */
const FINALS_BY_INITIAL: Readonly<Record<string, string>> = {
  '': 'a o e ai ei ao ou an en ang eng er',
  b: 'a o ai ei ao an en ang eng i ie iao ian in ing u',
  p: 'a o ai ei ao ou an en ang eng i ie iao ian in ing u',
  m: 'a o e ai ei ao ou an en ang eng i ie iao iu ian in ing u',
  f: 'a o ei ou an en ang eng u',
  d: 'a e ai ei ao ou an en ang eng ong i ia ie iao iu ian ing u uo ui uan un',
  t: 'a e ai ei ao ou an ang eng ong i ie iao ian ing u uo ui uan un',
  n: 'a e ai ei ao ou an en ang eng ong i ie iao iu ian in iang ing u uo uan un v ve',
  l: 'a o e ai ei ao ou an ang eng ong i ia ie iao iu ian in iang ing u uo uan un v ve',
  g: 'a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang',
  k: 'a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang',
  h: 'a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang',
  j: 'i ia ie iao iu ian in iang ing iong u ue uan un',
  q: 'i ia ie iao iu ian in iang ing iong u ue uan un',
  x: 'i ia ie iao iu ian in iang ing iong u ue uan un',
  zh: 'i a e ai ei ao ou an en ang eng ong u ua uo uai ui uan un uang',
  ch: 'i a e ai ao ou an en ang eng ong u ua uo uai ui uan un uang',
  sh: 'i a e ai ei ao ou an en ang eng u ua uo uai ui uan un uang',
  r: 'i e ao ou an en ang eng ong u ua uo ui uan un',
  z: 'i a e ai ei ao ou an en ang eng ong u uo ui uan un',
  c: 'i a e ai ei ao ou an en ang eng ong u uo ui uan un',
  s: 'i a e ai ei ao ou an en ang eng ong u uo ui uan un',
  y: 'i a o e ai ao ou an in ang ing ong u ue uan un',
  w: 'u a o ai ei an en ang eng',
};
const SYLLABLES: ReadonlySet<string> = new Set(
  Object.entries(FINALS_BY_INITIAL).flatMap(([initial, finals]) => finals.split(' ').map((final) => initial + final)),
);

/** The canonical syllable, or null when `written` is not one syllable with exactly one tone. */
export function parsePinyin(written: string): string | null {
  if (written.length > 16) return null;
  const decomposed = written.trim().toLowerCase().normalize('NFD').replaceAll('\u0306', '\u030c');
  const [, marked = '', digit = ''] = /^([^0-9]+)([0-5]?)$/.exec(decomposed) ?? [];
  const marks = marked.match(MARK) ?? [];
  if (marks.length + digit.length !== 1) return null;
  const tone = digit === '' ? MARKS.indexOf(marks[0]!) + 1 : Number(digit) || 5;
  const letters = marked
    .replace(MARK, '')
    .replace(/u\u0308|u:/, 'v')
    .replace(/^([jqxy])v/, '$1u');
  return SYLLABLES.has(letters) ? `${letters.replace('v', 'ü')}${tone}` : null;
}

/** One canonical syllable for each piece, or null when any of them is bad. */
export function parsePinyinList(written: readonly string[]): string[] | null {
  const syllables: string[] = [];
  for (const piece of written.flatMap((item) => item.trim().split(/\s+/))) {
    const syllable = parsePinyin(piece);
    if (syllable === null) return null;
    syllables.push(syllable);
  }
  return syllables;
}
