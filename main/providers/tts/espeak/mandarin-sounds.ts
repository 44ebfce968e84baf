/**
 * Pinyin to the engine's own phoneme mnemonics for Mandarin (what its `[[…]]` input takes), so that a reading can be forced.
 * Mnemonics: espeak-ng `phsource/ph_zh_yue`, `dictsource/cmn_rules`. The engine's rules lack jiong, qiong and xiong: they are here.
 */

/** One spoken syllable: its mnemonics in order; the one at `nucleus` carries the tone contour (`i214`). */
export interface Syllable {
  tokens: string[];
  nucleus: number;
  neutral: boolean;
}

const TONES = ['', '55', '35', '214', '51', '11'];
export const TONE_END = /(55|35|214|51|11)$/;
export const NEUTRAL_TONE = '11';

const INITIALS: Record<string, string> = {
  b: 'p',
  p: 'ph',
  m: 'm',
  f: 'f',
  d: 't',
  t: 'th',
  n: 'n',
  l: 'l',
  g: 'k',
  k: 'kh',
  h: 'X',
  j: 'tS;',
  q: 'tS;h',
  x: 'S;',
  zh: 'ts.',
  ch: 'ts.h',
  sh: 's.',
  r: 'z.',
  z: 'ts',
  c: 'tsh',
  s: 's',
  y: 'j',
  w: 'w',
};

/** Before the bar what precedes the toned nucleus, after it the ending. Keys with a prefix hold only after that initial or class of initials (J: j q x; R: zh ch sh r; Z: z c s). */
const FINALS: Record<string, string> = {
  a: 'A',
  ai: 'ai',
  an: 'a|n',
  ang: 'A|N',
  ao: 'Au',
  e: 'o-',
  ei: 'ei',
  en: '@|n',
  eng: '@|N',
  er: '@r',
  i: 'i',
  ia: 'iA',
  ian: 'iE|n',
  iang: 'iA|N',
  iao: 'j|Au',
  ie: 'iE',
  in: 'i|n',
  ing: 'i|N',
  iong: 'j|ong',
  iu: 'iou',
  o: 'o',
  ong: 'ong',
  ou: 'ou',
  u: 'u',
  ua: 'w|A',
  uai: 'uai',
  uan: 'ua|n',
  uang: 'w|A|N',
  ui: 'uei',
  un: 'u@|n',
  uo: 'uo',
  v: 'y',
  ve: 'yE',
  ue: 'yE',
  van: 'y&|n',
  vn: 'y@|n',
  'R-i': 'i.',
  'Z-i': 'i[',
  'J-u': 'y',
  'J-uan': 'y&|n',
  'J-ue': 'yE',
  'J-un': 'y@|n',
  'd-e': '@',
  't-e': '@',
  'n-e': '@',
  'l-e': '@',
  'g-uan': 'w|a|n',
  'k-uan': 'w|a|n',
  'sh-uo': 'w|o',
  'sh-ui': 'w|ei',
  'w-an': 'A|n',
  'w-en': 'u@|n',
  'w-eng': 'u@|N',
  'y-a': 'iA',
  'y-an': 'iE|n',
  'y-ang': 'iA|N',
  'y-e': 'iE',
  'y-o': 'io',
  'y-ou': 'iou',
  'y-u': 'y',
  'y-uan': 'y&|n',
  'y-ue': 'yE',
  'y-un': 'y@|n',
};
const NUCLEUS_FIRST = /^[Aa@oeiuy]/;

const classOf = (initial: string): string => {
  if (/^[jqx]$/.test(initial)) return 'J';
  if (/^(zh|ch|sh|r)$/.test(initial)) return 'R';
  if (/^[zcs]$/.test(initial)) return 'Z';
  return initial;
};

/** `chong2`, `lv4`, `lü4`, `er2`, `ma` (neutral), `ma5`, `ma0`. Null for what is no Mandarin syllable. */
export function syllableOfPinyin(pinyin: string): Syllable | null {
  const match = /^(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?([a-z]+)([0-5])?$/.exec(
    pinyin.trim().toLowerCase().normalize('NFC').replace(/ü|u:/g, 'v'),
  );
  if (!match) return null;
  const [, initial = '', final = '', digit = '5'] = match;
  const tone = TONES[digit === '0' ? 5 : Number(digit)]!;
  if (initial === 'n' && final === 'g') return { tokens: [`N-${tone}`], nucleus: 0, neutral: tone === NEUTRAL_TONE };
  const pattern = FINALS[`${initial}-${final}`] ?? FINALS[`${classOf(initial)}-${final}`] ?? FINALS[final];
  if (pattern === undefined) return null;
  const pieces = pattern.split('|');
  const tokens = initial === '' ? pieces : [INITIALS[initial]!, ...pieces];
  let nucleus = initial === '' ? 0 : 1;
  if (!NUCLEUS_FIRST.test(tokens[nucleus]!)) nucleus += 1;
  tokens[nucleus] += tone;
  return { tokens, nucleus, neutral: tone === NEUTRAL_TONE };
}

/** Syllables said as one word: the last full-toned one carries the stress. */
export function wordMnemonics(syllables: readonly Syllable[]): string {
  let stressed = syllables.length - 1;
  while (stressed > 0 && syllables[stressed]!.neutral) stressed -= 1;
  return syllables
    .map(({ tokens, nucleus }, i) =>
      tokens.map((token, k) => (i === stressed && k === nucleus ? `'${token}` : token)).join(''),
    )
    .join('');
}
