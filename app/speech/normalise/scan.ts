/** Cuts text into atoms: the smallest runs that are read as one. Which language reads the neutral ones is told later. */
import { CLAUSE_END, EMOJI, isHan, isLatinOrDigit } from './characters.ts';
import type { DictionaryEntry, PronunciationDictionary } from './dictionary.ts';
import { matchNumber, mayBeginNumber, type NumberItem } from './items.ts';
import { type LatinMatch, matchLatin } from './latin.ts';
import { enclosedNumber, isOpening, punctuationOf, type SymbolReading, symbolAt } from './symbols.ts';

/** `from`/`to`: UTF-16 offsets. */
export type Atom = { from: number; to: number } & (
  | { kind: 'han' }
  | { kind: 'latin'; latin: LatinMatch }
  | { kind: 'number'; item: NumberItem }
  | { kind: 'symbol'; reading: SymbolReading }
  | { kind: 'punctuation'; reading: SymbolReading; opening: boolean; endsClause: boolean }
  | { kind: 'space' }
  /** Letters of another script: read by whoever speaks around them. */
  | { kind: 'letters' }
  /** Seen and never heard: emoji, joiners, signs without a reading. */
  | { kind: 'silent' }
  | { kind: 'entry'; entry: DictionaryEntry }
  /** Read as the script says. */
  | { kind: 'said'; spoken: string }
  | { kind: 'syllable'; pinyin: string }
);

const LETTERS = /[\p{L}\p{N}\p{M}]/u;

/**
 * Atoms of `text[from, to)` appended to `atoms`. `text` is narrowed; no atom crosses `to`, but what stands on either
 * side of the run is looked at for context.
 */
export function scan(text: string, from: number, to: number, dictionary: PronunciationDictionary, atoms: Atom[]): void {
  const run = to === text.length ? text : text.slice(0, to);
  for (let at = from; at < to; ) {
    const atom = atomAt(run, text, at, dictionary);
    atoms.push(atom);
    at = atom.to;
  }
}

function atomAt(run: string, text: string, at: number, dictionary: PronunciationDictionary): Atom {
  const match = dictionary.match(run, at);
  if (match !== null) return { kind: 'entry', from: at, to: match.to, entry: match.entry };
  const code = run.codePointAt(at)!;
  const char = run[at]!;
  if (isHan(code)) return { kind: 'han', from: at, to: at + (code > 0xffff ? 2 : 1) };
  if (char === ' ' || /\s/.test(char)) {
    let end = at + 1;
    while (end < run.length && /\s/.test(run[end]!)) end++;
    return { kind: 'space', from: at, to: end };
  }
  EMOJI.lastIndex = at;
  const emoji = EMOJI.exec(run);
  if (emoji !== null) return { kind: 'silent', from: at, to: at + emoji[0].length };
  const startsWord = !isLatinOrDigit(run[at - 1]);
  if (isLatinOrDigit(char)) {
    const address = startsWord ? matchLatin(run, at) : null;
    if (address?.kind === 'address')
      return { kind: 'latin', from: at, to: at + address.written.length, latin: address };
  }
  if (mayBeginNumber(run, at)) {
    const number = matchNumber(run, at);
    if (number !== null) return { kind: 'number', from: at, to: number.to, item: number.item };
  }
  // v2.10.3, and 1920x1080
  if (startsWord && /[vV]/.test(char) && /\d/.test(run[at + 1] ?? '')) {
    const version = matchNumber(run, at + 1);
    const said = /(?:版本|version) ?$/i.test(run.slice(Math.max(0, at - 8), at));
    if (version !== null) return { kind: 'symbol', from: at, to: at + 1, reading: versionWord(said) };
  }
  if (/\d/.test(run[at - 1] ?? '') && !isLatinOrDigit(run[at + 1])) {
    // 3x faster, 3w粉丝
    if (char === 'x') return { kind: 'symbol', from: at, to: at + 1, reading: { zh: '倍', en: 'times' } };
    if (char === 'w' && isHan(text.codePointAt(at + 1) ?? 0)) {
      return { kind: 'symbol', from: at, to: at + 1, reading: { zh: '万', en: 'ten thousand' } };
    }
  }
  if (/[xX]/.test(char) && /\d/.test(run[at - 1] ?? '') && /\d/.test(run[at + 1] ?? '')) {
    return { kind: 'symbol', from: at, to: at + 1, reading: { zh: '乘', en: 'by' } };
  }
  const latin = matchLatin(run, at);
  if (latin !== null) return { kind: 'latin', from: at, to: at + latin.written.length, latin };
  return signAt(run, text, at, code);
}

const versionWord = (said: boolean): SymbolReading => (said ? { zh: '', en: '' } : { zh: '版本', en: 'version' });

function signAt(run: string, text: string, at: number, code: number): Atom {
  const char = run[at]!;
  const punctuation = punctuationOf(char);
  if (punctuation !== null) {
    const opening = isOpening(char);
    // One breath is enough where another mark or the end follows.
    const crowded =
      /^[\s)）】\]]*(?:[，。！？；：、,.!?;:…—]|$)/.test(text.slice(at + 1, at + 8)) && /[（(）)【】—|]/.test(char);
    const reading = crowded ? { zh: '', en: '' } : punctuation;
    return { kind: 'punctuation', from: at, to: at + 1, reading, opening, endsClause: CLAUSE_END.test(char) };
  }
  const enclosed = enclosedNumber(char);
  if (enclosed !== null) {
    const low = { sign: '', int: enclosed, fraction: '', grouped: false } as const;
    const rest = { high: null, percent: '', percentTwice: false, currency: null, scale: null, unit: null } as const;
    return { kind: 'number', from: at, to: at + 1, item: { kind: 'quantity', low, ...rest, numberTo: at + 1 } };
  }
  const symbol = symbolAt(text, at);
  if (symbol !== null) return { kind: 'symbol', from: at, to: at + 1, reading: symbol };
  if (LETTERS.test(String.fromCodePoint(code))) {
    let end = at;
    while (end < run.length) {
      const next = run.codePointAt(end)!;
      const letter = String.fromCodePoint(next);
      if (!LETTERS.test(letter) || isHan(next) || isLatinOrDigit(letter) || enclosedNumber(letter) !== null) break;
      end += letter.length;
    }
    return { kind: 'letters', from: at, to: Math.max(end, at + (code > 0xffff ? 2 : 1)) };
  }
  return { kind: 'silent', from: at, to: at + (code > 0xffff ? 2 : 1) };
}
