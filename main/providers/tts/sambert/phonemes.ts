/**
 * Sambert's phonemes (a pinyin initial or final with `_c`; of English words ARPAbet) as the phones of the studio's timeline, which are those
 * the embedded voice has: single IPA segments that `app/speech/visemes.ts` knows.
 */
import type { Phone } from '../../../../app/speech/timeline.ts';

const INITIALS: Readonly<Record<string, string>> = {
  b: 'p',
  p: 'pʰ',
  m: 'm',
  f: 'f',
  d: 't',
  t: 'tʰ',
  n: 'n',
  l: 'l',
  g: 'k',
  k: 'kʰ',
  h: 'x',
  j: 'tɕ',
  q: 'tɕʰ',
  x: 'ɕ',
  zh: 'ʈʂ',
  ch: 'ʈʂʰ',
  sh: 'ʂ',
  r: 'ʐ',
  z: 'ts',
  c: 'tsʰ',
  s: 's',
  y: 'j',
  w: 'w',
};

/** Segments in order. Keys with a prefix hold only after that initial, or class of initials (J: j q x y; D: d t n l). */
const FINALS: Readonly<Record<string, string>> = {
  a: 'ɑ',
  ai: 'a i',
  an: 'a n',
  ang: 'ɑ ŋ',
  ao: 'ɑ u',
  e: 'ɤ',
  'D-e': 'ə',
  ê: 'ɛ',
  ei: 'e i',
  en: 'ə n',
  eng: 'ə ŋ',
  er: 'ə r',
  i: 'i',
  // The vowels of zhi and zi, where they have names of their own.
  ih: 'ɨ',
  ii: 'ɨ',
  iii: 'ɨ',
  'R-i': 'ɨ',
  ia: 'i ɑ',
  ian: 'i ɛ n',
  iang: 'i ɑ ŋ',
  iao: 'i ɑ u',
  ie: 'i ɛ',
  in: 'i n',
  ing: 'i ŋ',
  io: 'i o',
  iong: 'i ʊ ŋ',
  iou: 'i o u',
  iu: 'i o u',
  m: 'm',
  n: 'n',
  ng: 'ŋ',
  o: 'o',
  ong: 'ʊ ŋ',
  ou: 'o u',
  u: 'u',
  'J-u': 'y',
  ua: 'w ɑ',
  uai: 'u a i',
  uan: 'w a n',
  'J-uan': 'y æ n',
  uang: 'w ɑ ŋ',
  ue: 'y ɛ',
  uei: 'u e i',
  ui: 'u e i',
  uen: 'u ə n',
  ueng: 'u ə ŋ',
  un: 'u ə n',
  'J-un': 'y ə n',
  uo: 'u o',
  v: 'y',
  van: 'y æ n',
  ve: 'y ɛ',
  vn: 'y ə n',
  'y-an': 'i ɛ n',
  'y-e': 'i ɛ',
};

const classOf = (initial: string): string => {
  if (/^[jqxy]$/.test(initial)) return 'J';
  if (/^(zh|ch|sh|[rzcs])$/.test(initial)) return 'R';
  return /^[dtnl]$/.test(initial) ? 'D' : '';
};

const ARPABET: Readonly<Record<string, string>> = {
  aa: 'ɑ',
  ae: 'æ',
  ah: 'ʌ',
  ao: 'ɔ',
  aw: 'a ʊ',
  ax: 'ə',
  axr: 'ɚ',
  ay: 'a ɪ',
  b: 'b',
  ch: 'tʃ',
  d: 'd',
  dh: 'ð',
  dx: 'ɾ',
  eh: 'ɛ',
  er: 'ɝ',
  ey: 'e ɪ',
  f: 'f',
  g: 'ɡ',
  hh: 'h',
  h: 'h',
  ih: 'ɪ',
  ix: 'ɨ',
  iy: 'i',
  jh: 'dʒ',
  k: 'k',
  l: 'l',
  m: 'm',
  n: 'n',
  ng: 'ŋ',
  ow: 'o ʊ',
  oy: 'ɔ ɪ',
  p: 'p',
  r: 'ɹ',
  s: 's',
  sh: 'ʃ',
  t: 't',
  th: 'θ',
  uh: 'ʊ',
  uw: 'u',
  v: 'v',
  w: 'w',
  y: 'j',
  z: 'z',
  zh: 'ʒ',
};
/** Onset marks and rests, which are no sounds of the mouth. */
const SILENT = /^(|sil|sp|pau|xx|ga|ge|go|_|#\d*)$/;

export interface SambertPhoneme {
  text: string;
  startMs: number;
  endMs: number;
}

/** Segments of one phoneme; `before` is the one before it in the same word. None: a rest. */
export function segmentsOf(symbol: string, before: string | null): string[] {
  const name = symbol.trim();
  const isChinese = /_c$/i.test(name);
  const bare = name
    .replace(/_[a-z]+$/i, '')
    .toLowerCase()
    .normalize('NFC')
    .replace(/ü|u:/g, 'v')
    .replace(/[0-9]+$/, '');
  if (SILENT.test(bare)) return [];
  if (!isChinese && ARPABET[bare] !== undefined) return ARPABET[bare].split(' ');
  const initial = before === null ? '' : before.replace(/_c$/i, '').toLowerCase();
  const ofFinal = (final: string): string | undefined =>
    FINALS[`${initial}-${final}`] ?? FINALS[`${classOf(initial)}-${final}`] ?? FINALS[final];
  // `m`, `n` are initials unless one stands before them.
  const found = initial === '' ? (INITIALS[bare] ?? ofFinal(bare)) : (ofFinal(bare) ?? INITIALS[bare]);
  if (found !== undefined) return found.split(' ');
  // 儿化: `ar`, `uanr`; the n before the r is not said.
  const stem = bare.endsWith('r') ? ofFinal(bare.slice(0, -1)) : undefined;
  if (stem !== undefined)
    return [...stem.split(' ').filter((segment, i, all) => i < all.length - 1 || segment !== 'n'), 'r'];
  // A sound we have no name for: the mouth is open a little.
  return ['ə'];
}

const GLIDE = /^[iyu]$/;
const CONSONANT = /^[nŋrmw]$/;

/** Each phoneme's segments share its time: glides are short, the vowel long. */
export function phonesOf(phonemes: readonly SambertPhoneme[]): Phone[] {
  const phones: Phone[] = [];
  for (const [i, { text, startMs, endMs }] of phonemes.entries()) {
    const segments = segmentsOf(text, i === 0 ? null : initialIn(phonemes[i - 1]!.text));
    const weights = segments.map((segment, k) => {
      if (CONSONANT.test(segment)) return 0.8;
      return k === 0 && segments.length > 1 && GLIDE.test(segment) ? 0.6 : 1;
    });
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let at = startMs;
    for (const [k, segment] of segments.entries()) {
      const end = k === segments.length - 1 ? endMs : at + ((endMs - startMs) * weights[k]!) / total;
      phones.push({ phone: segment, startMs: at, endMs: end });
      at = end;
    }
  }
  return phones;
}

/** null where the phoneme before is no initial: several characters may be one word. */
const initialIn = (symbol: string): string | null => {
  const bare = symbol.replace(/_c$/i, '').toLowerCase();
  return INITIALS[bare] === undefined ? null : bare;
};
