/**
 * How Chinese characters are read in Mandarin. Three sources, the surest first: the reading the script forces; the
 * polyphone dictionary of pinyin-pro (重庆, 银行, 角色); the engine's own dictionary, which knows neutral tones and tone
 * sandhi better but reads some characters as English letters (熊, 兄, 花儿): those are caught here.
 */
import { pinyin, segment } from 'pinyin-pro';
import { NEUTRAL_TONE, type Syllable, syllableOfPinyin, TONE_END } from './mandarin-sounds.ts';

/** The engine's phoneme mnemonics for `text` read as Mandarin, `_` between phonemes, spaces between words. */
export type ReadMandarin = (text: string) => string;

export interface SpokenWord {
  /** Index of its first character in the run. */
  first: number;
  /** One a character; null where nobody knows how to say it. */
  syllables: (Syllable | null)[];
}

const segmenter = new Intl.Segmenter('zh', { granularity: 'word' });
/** Readings where the dictionaries agree on the wrong one. */
const CORRECTIONS: Record<string, string[]> = {
  东西: ['dong1', 'xi5'],
  朋友: ['peng2', 'you5'],
  便宜: ['pian2', 'yi5'],
  一行: ['yi4', 'xing2'],
};
/** Words in which 儿 is a child, not a suffix. */
const CHILD = /(?:女|婴|幼|胎|孤|男|少|小|健|宠|混血|新生)儿$/u;
const MAX_GROUP = 3;

/** Syllables of an engine reading, or null unless there are exactly `characters.length` of them. */
export function parseReading(reading: string, characters: readonly string[]): Syllable[] | null {
  if (reading.includes('(')) return null;
  const syllables: Syllable[] = [];
  for (const word of reading.trim().split(/\s+/u)) {
    let open: string[] = [];
    let closed = false;
    const tokens = word
      .split('_')
      .map((token) => token.replace(/[',|%=]/g, ''))
      .filter((token) => token !== '');
    for (const [i, token] of tokens.entries()) {
      const last = syllables.at(-1);
      if (TONE_END.test(token)) {
        syllables.push({ tokens: [...open, token], nucleus: open.length, neutral: token.endsWith(NEUTRAL_TONE) });
        open = [];
        closed = false;
      } else if (
        last &&
        !closed &&
        open.length === 0 &&
        /^[nN]$/.test(token) &&
        isCoda(tokens, i, characters[syllables.length])
      ) {
        last.tokens.push(token);
        closed = true;
      } else open.push(token);
    }
    if (open.length > 0) return null;
  }
  return syllables.length === characters.length ? syllables : null;
}

/** `n` before a vowel closes the syllable before it, unless the next character begins with it. */
function isCoda(tokens: readonly string[], at: number, next: string | undefined): boolean {
  if (tokens[at] === 'N') return true;
  const following = tokens[at + 1];
  if (following === undefined || !TONE_END.test(following)) return true;
  return next === undefined || !pinyin(next, { toneType: 'none' }).startsWith('n');
}

const pinyinOf = (text: string): (Syllable | null)[] =>
  pinyin(text, { toneType: 'num', type: 'array' }).map(syllableOfPinyin);

/** The engine's reading of `characters`, falling back word by word, then character by character, then to pinyin-pro. */
function engineReading(characters: readonly string[], read: ReadMandarin): (Syllable | null)[] {
  const whole = parseReading(read(characters.join('')), characters);
  if (whole) return whole;
  if (characters.length === 1) return [pinyinOf(characters[0]!)[0] ?? null];
  const words = [...segmenter.segment(characters.join(''))].map((piece) => [...piece.segment]);
  const pieces = words.length > 1 ? words : characters.map((character) => [character]);
  return pieces.flatMap((piece) => engineReading(piece, read));
}

/** Writes what pinyin-pro's dictionary of words knows about characters with several readings over `syllables`. */
function applyPolyphones(run: string, syllables: (Syllable | null)[]): void {
  let at = 0;
  for (const { origin } of segment(run)) {
    const characters = [...origin];
    const correction = CORRECTIONS[origin];
    if (characters.length > 1 && !correction) {
      const readings = pinyinOf(origin);
      if (readings.length === characters.length)
        for (const [k, reading] of readings.entries()) {
          const own = syllables[at + k];
          if (reading && !(own && sameButTone(own, reading) && own.neutral)) syllables[at + k] = reading;
        }
    }
    at += characters.length;
  }
}

const sameButTone = (a: Syllable, b: Syllable): boolean =>
  a.tokens.length === b.tokens.length &&
  a.tokens.every((token, i) => token.replace(TONE_END, '') === b.tokens[i]!.replace(TONE_END, ''));

/** Words of a run of Chinese characters, each character with its sound. `forced[i]`: pinyin for character i, or null. */
export function readRun(
  characters: readonly string[],
  forced: readonly (string | null)[],
  read: ReadMandarin,
): SpokenWord[] {
  const run = characters.join('');
  const syllables = engineReading(characters, read);
  applyPolyphones(run, syllables);
  const words: SpokenWord[] = [];
  let first = 0;
  for (const piece of segmenter.segment(run)) {
    const letters = [...piece.segment];
    const correction = CORRECTIONS[piece.segment];
    if (correction) for (const [k, said] of correction.entries()) syllables[first + k] = syllableOfPinyin(said);
    if (letters.length > 1 && letters.at(-1) === '儿' && !CHILD.test(piece.segment))
      syllables[first + letters.length - 1] = syllableOfPinyin('er5');
    for (let from = 0; from < letters.length; ) {
      const left = letters.length - from;
      const size = left <= MAX_GROUP ? left : 2;
      words.push({ first: first + from, syllables: syllables.slice(first + from, first + from + size) });
      from += size;
    }
    first += letters.length;
  }
  for (const word of words)
    for (const k of word.syllables.keys()) {
      const said = forced[word.first + k];
      const syllable = said ? syllableOfPinyin(said) : null;
      if (syllable) word.syllables[k] = syllable;
    }
  return words;
}
