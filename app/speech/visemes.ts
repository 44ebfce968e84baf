/**
 * Visemes: the mouth shapes that sounds are seen as. The set is the fifteen of the MPEG-4 / Oculus lip-sync practice,
 * each as target values of the mouth's own parameters; IPA phones map onto it.
 */

export const VISEMES = ['sil', 'PP', 'FF', 'TH', 'DD', 'nn', 'kk', 'CH', 'SS', 'RR', 'aa', 'E', 'I', 'O', 'U'] as const;
export type Viseme = (typeof VISEMES)[number];

/** What a mouth can do, each 0 at rest. `wide` is signed: negative narrows. */
export interface MouthShape {
  jaw: number;
  wide: number;
  pucker: number;
  press: number;
  tuck: number;
  upperLift: number;
  lowerDrop: number;
  tongue: number;
}
export const MOUTH_KEYS = ['jaw', 'wide', 'pucker', 'press', 'tuck', 'upperLift', 'lowerDrop', 'tongue'] as const;

const shape = (
  jaw: number,
  wide: number,
  pucker: number,
  press: number,
  tuck: number,
  upperLift: number,
  lowerDrop: number,
  tongue: number,
): MouthShape => ({ jaw, wide, pucker, press, tuck, upperLift, lowerDrop, tongue });

export const VISEME_SHAPES: Record<Viseme, MouthShape> = {
  sil: shape(0, 0, 0, 0.1, 0, 0, 0, 0),
  PP: shape(0, -0.02, 0.06, 0.85, 0, 0, 0, 0),
  FF: shape(0.1, 0.05, 0, 0, 1, 0.45, 0, 0),
  TH: shape(0.2, 0.05, 0, 0, 0, 0.15, 0.15, 0.9),
  DD: shape(0.2, 0.12, 0, 0, 0, 0.15, 0.2, 0.6),
  nn: shape(0.2, 0.08, 0, 0, 0, 0.12, 0.15, 0.6),
  kk: shape(0.28, 0.05, 0, 0, 0, 0.12, 0.15, 0),
  CH: shape(0.16, -0.1, 0.5, 0, 0, 0.35, 0.45, 0),
  SS: shape(0.1, 0.35, 0, 0, 0, 0.25, 0.35, 0),
  RR: shape(0.2, -0.1, 0.4, 0, 0, 0.2, 0.25, 0.2),
  aa: shape(0.9, 0.05, 0, 0, 0, 0.25, 0.2, 0),
  E: shape(0.52, 0.35, 0, 0, 0, 0.22, 0.2, 0),
  I: shape(0.24, 0.6, 0, 0, 0, 0.22, 0.3, 0),
  O: shape(0.55, -0.25, 0.6, 0, 0, 0.1, 0.1, 0),
  U: shape(0.22, -0.4, 1, 0, 0, 0.1, 0.1, 0),
};

/** Longest first: a digraph is one sound. */
const CLUSTERS: readonly (readonly [string, Viseme])[] = [
  ['tɕ', 'CH'],
  ['dʑ', 'CH'],
  ['tʃ', 'CH'],
  ['dʒ', 'CH'],
  ['tʂ', 'CH'],
  ['dʐ', 'CH'],
  ['ts', 'SS'],
  ['dz', 'SS'],
];

const SINGLE: Readonly<Record<string, Viseme>> = {
  p: 'PP',
  b: 'PP',
  m: 'PP',
  ɓ: 'PP',
  ʙ: 'PP',
  ɱ: 'FF',
  f: 'FF',
  v: 'FF',
  ʋ: 'FF',
  ɸ: 'FF',
  β: 'PP',
  θ: 'TH',
  ð: 'TH',
  t: 'DD',
  d: 'DD',
  ɾ: 'DD',
  ʈ: 'DD',
  ɖ: 'DD',
  ɗ: 'DD',
  n: 'nn',
  l: 'nn',
  ɫ: 'nn',
  ɲ: 'nn',
  ɳ: 'nn',
  ɭ: 'nn',
  ʎ: 'nn',
  ɬ: 'nn',
  ɮ: 'nn',
  k: 'kk',
  ɡ: 'kk',
  g: 'kk',
  ŋ: 'kk',
  x: 'kk',
  χ: 'kk',
  q: 'kk',
  ɢ: 'kk',
  ɣ: 'kk',
  ɴ: 'kk',
  c: 'kk',
  ɟ: 'kk',
  ç: 'kk',
  ħ: 'kk',
  ʕ: 'kk',
  ɕ: 'CH',
  ʑ: 'CH',
  ʃ: 'CH',
  ʒ: 'CH',
  ʂ: 'CH',
  ʐ: 'RR',
  s: 'SS',
  z: 'SS',
  ɹ: 'RR',
  r: 'RR',
  ɻ: 'RR',
  ɚ: 'RR',
  ɝ: 'RR',
  ʀ: 'RR',
  ʁ: 'RR',
  ɽ: 'RR',
  w: 'U',
  ɥ: 'U',
  ʍ: 'U',
  ɰ: 'U',
  j: 'I',
  ʝ: 'I',
  a: 'aa',
  ɑ: 'aa',
  ɐ: 'aa',
  æ: 'aa',
  ʌ: 'aa',
  ɶ: 'aa',
  ɒ: 'O',
  e: 'E',
  ɛ: 'E',
  ə: 'E',
  ɜ: 'E',
  ɤ: 'E',
  ɘ: 'E',
  ɞ: 'E',
  œ: 'O',
  ø: 'O',
  ɵ: 'O',
  i: 'I',
  ɪ: 'I',
  ɨ: 'I',
  ᵻ: 'I',
  y: 'U',
  ʏ: 'U',
  u: 'U',
  ʊ: 'U',
  ʉ: 'U',
  ɯ: 'I',
  o: 'O',
  ɔ: 'O',
};

/** Stress, length, tone, syllabicity, aspiration and tie marks say nothing about the mouth's shape. */
const UNSEEN = /[ˈˌːˑ\d˥˦˧˨˩↗↘'"_.ʰʲʷˠˤⁿˡ\s|-]|\p{M}/gu;

/**
 * The visemes of one IPA phone, in order (a diphthong gives two). An empty phone is silence.
 * A phone with no visible shape of its own (glottal stop, h) gives none: its neighbours' shapes show through.
 */
export function visemesOf(phone: string): Viseme[] {
  if (phone.trim() === '') return ['sil'];
  let rest = phone.replace(UNSEEN, '');
  const found: Viseme[] = [];
  while (rest.length > 0) {
    const cluster = CLUSTERS.find(([ipa]) => rest.startsWith(ipa));
    if (cluster) {
      found.push(cluster[1]);
      rest = rest.slice(cluster[0].length);
      continue;
    }
    const [char] = rest;
    const viseme = SINGLE[char!];
    if (viseme && viseme !== found.at(-1)) found.push(viseme);
    rest = rest.slice(char!.length);
  }
  return found;
}

/** A stretch of one viseme. */
export interface VisemeSpan {
  viseme: Viseme;
  startMs: number;
  endMs: number;
}

/** Lays phones out as visemes; a diphthong's shapes share its time. Phones without a shape leave a gap. */
export function toVisemes(phones: readonly { phone: string; startMs: number; endMs: number }[]): VisemeSpan[] {
  const spans: VisemeSpan[] = [];
  for (const { phone, startMs, endMs } of phones) {
    if (!(endMs > startMs)) continue;
    const visemes = visemesOf(phone);
    const each = (endMs - startMs) / visemes.length;
    visemes.forEach((viseme, i) => {
      spans.push({ viseme, startMs: startMs + each * i, endMs: startMs + each * (i + 1) });
    });
  }
  return spans;
}
