/** Words in Latin letters: acronyms become letters, brand spellings come apart, addresses are read out. */
import { digitsEn } from './numbers-en.ts';

/** Capitals that are said as words, or that emphasis writes so. */
const SAID_AS_WORDS = new Set(
  'NASA NATO UNESCO UNICEF OPEC COVID SARS AIDS RAM ROM LASER RADAR GIF PIN SIM VIN LAN WAN BIOS IELTS TOEFL IMAX NAND CUDA YOLO RAG ASAP POP ZIP OK NO YES NOT THE AND BUT FOR YOU ARE CAN GET NEW NOW ONE OUT SEE WHO WHY HOW ALL ANY BIG HOT TOP FUN WOW HEY BYE BUY OFF ON IN IS IT AT TO OF OR DO GO WE MY BE BY UP SO AN AM AS IF HE ME HI OH SALE STOP FREE'.split(
    ' ',
  ),
);
/** Longer capitals that read like a word and are spelt all the same. */
const SPELT = new Set('AIGC ASMR UEFI IEEE ISBN ICBC'.split(' '));
const SAID_DIFFERENTLY: Readonly<Record<string, string>> = {
  JPEG: 'jay peg',
  JPG: 'jay peg',
  SQL: 'sequel',
  JSON: 'jason',
  'Mr.': 'Mister',
  'Mrs.': 'Missus',
  'Ms.': 'Miz',
  'Dr.': 'Doctor',
  'Prof.': 'Professor',
  'St.': 'Saint',
  'vs.': 'versus',
  vs: 'versus',
  'etc.': 'et cetera',
  'e.g.': 'for example',
  'i.e.': 'that is',
  'No.': 'number',
  'NO.': 'number',
  'Inc.': 'Incorporated',
  'Ltd.': 'Limited',
  'Jr.': 'Junior',
  'Sr.': 'Senior',
  'approx.': 'approximately',
  'a.m.': 'A.M',
  'p.m.': 'P.M',
  'w/': 'with',
  'w/o': 'without',
  'C++': 'C plus plus',
  'C#': 'C sharp',
  'F#': 'F sharp',
};

const MONTHS = 'january february march april may june july august september october november december'.split(' ');
/** Without a vowel and no abbreviation all the same. */
const HUMMED = new Set('hm hmm mm mmm sh shh psst pfft brr grr tsk nth ms mr mrs dr st vs'.split(' '));

const ADDRESS =
  /(?:https?:\/\/|www\.)[\w\-.~:/?#@!$&'()*+,;=%]*[\w/=]|[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}|[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,4}\.(?:com|cn|org|net|io|ai|dev|app|edu|gov|co|tv|me|uk|hk|tw|jp)(?![A-Za-z0-9])(?:\/[\w\-.~/?#&=%]*[\w/=])?/iy;
const ABBREVIATION =
  /(?:(?:[A-Za-z]\.){2,}|(?:Mrs?|Ms|Dr|Prof|St|vs|etc|Inc|Ltd|Jr|Sr|approx)\.|No\.(?= ?\d)|w\/o?|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?(?= \d))(?![A-Za-z])/iy;
const NAMED_WITH_SIGN = /[CF](?:\+\+|#)(?![A-Za-z0-9])/y;
const WORD = /\p{Script=Latin}(?:[\p{Script=Latin}\p{M}]|['-](?=\p{Script=Latin}))*/uy;

export type LatinMatch = { kind: 'address' | 'abbreviation' | 'word'; written: string };

/** An address, an abbreviation with its dots, or a word at `at`; null where no Latin letter begins (addresses may begin with a digit). */
export function matchLatin(text: string, at: number): LatinMatch | null {
  const match = (pattern: RegExp): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  const address = match(ADDRESS);
  if (address !== null && /[A-Za-z]/.test(address)) return { kind: 'address', written: address };
  const abbreviation = match(ABBREVIATION) ?? match(NAMED_WITH_SIGN);
  if (abbreviation !== null) return { kind: 'abbreviation', written: abbreviation };
  const word = match(WORD);
  return word === null ? null : { kind: 'word', written: word };
}

/**
 * `A.I`: dots make an English voice say the letters' names and never the article “a”. None after the last letter: it would
 * swallow the comma or full stop that follows.
 */
const spell = (letters: string): string => [...letters].join('.');

/**
 * Words in capitals are spelt when they are short or cannot be said; `shouting` (the text around is in capitals too)
 * leaves them words.
 */
export function readLatin(match: LatinMatch, shouting: boolean): string {
  if (match.kind === 'address') return readAddress(match.written);
  if (match.kind === 'abbreviation') {
    const month = MONTHS.find((name) => name.startsWith(match.written.slice(0, 3).toLowerCase()));
    if (month !== undefined && /^[A-Za-z]{3,4}\.?$/.test(match.written)) return capitalised(month);
    const known = SAID_DIFFERENTLY[match.written] ?? SAID_DIFFERENTLY[capitalised(match.written)];
    return known ?? SAID_DIFFERENTLY[match.written.toLowerCase()] ?? match.written.replace(/\.$/, '');
  }
  const known = SAID_DIFFERENTLY[match.written];
  if (known !== undefined) return known;
  return match.written
    .split('-')
    .map((piece) => readWord(piece, shouting))
    .join(match.written.split('-').some(isCapitals) ? ' ' : '-');
}

const capitalised = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase();
export const isCapitals = (word: string): boolean => /^[A-Z]{2,}$/.test(word);

/** Are these capitals letters rather than a word? */
export function isSpelt(capitals: string): boolean {
  if (SAID_AS_WORDS.has(capitals)) return false;
  if (capitals.length <= 3 || SPELT.has(capitals)) return true;
  if (capitals.length > 6) return !/[AEIOUY]/.test(capitals);
  return !/[AEIOUY]/.test(capitals) || /^[BCDFGHJKLMNPQRSTVWXZ]{3}|[BCDFGHJKLMNPQRSTVWXZ]{4}/.test(capitals);
}

function readWord(word: string, shouting: boolean): string {
  const known = SAID_DIFFERENTLY[word];
  if (known !== undefined) return known;
  // GPUs, API's
  const plural = /^([A-Z]{2,})('?s)$/.exec(word);
  if (plural !== null) return `${isSpelt(plural[1]!) ? spell(plural[1]!) : plural[1]}'s`;
  if (isCapitals(word)) return isSpelt(word) && !shouting ? spell(word) : shouting ? word.toLowerCase() : word;
  // ChatGPT, macOS, OpenAI: a name that ends in capitals
  if (/^i[A-Z]{2,}$/.test(word)) return spell(word.toUpperCase());
  // gpt, html
  if (/^[b-df-hj-np-tv-xz]{2,5}$/.test(word) && !HUMMED.has(word)) return spell(word.toUpperCase());
  const tail = /^(\p{Lu}?\p{Ll}+)([A-Z]{2,})(s?)$/u.exec(word);
  if (tail !== null) return `${tail[1]} ${spell(tail[2]!)}${tail[3] === '' ? '' : "'s"}`;
  return word;
}

const ADDRESS_SIGNS: Readonly<Record<string, string>> = {
  '.': 'dot',
  '/': 'slash',
  '@': 'at',
  '-': 'dash',
  _: 'underscore',
  '?': 'question mark',
  '=': 'equals',
  '&': 'and',
  '#': 'hash',
  ':': 'colon',
  '+': 'plus',
  '%': 'percent',
  '~': 'tilde',
};

function readAddress(address: string): string {
  const pieces = address
    .replace(/^https?:\/\//i, '')
    .replace(/\/$/, '')
    .match(/[A-Za-z]+|\d+|[^A-Za-z\d]/g);
  return (pieces ?? [])
    .map((piece) => {
      if (/^\d/.test(piece)) return digitsEn(piece);
      if (/^www$/i.test(piece)) return 'W.W.W';
      return /^[A-Za-z]/.test(piece) ? readWord(piece, false) : (ADDRESS_SIGNS[piece] ?? '');
    })
    .filter((piece) => piece !== '')
    .join(' ');
}
