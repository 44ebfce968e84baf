/** What is typed about a word, as an entry of the dictionary; or what is wrong with it. Pure. */
import type { Pronunciation } from '../../../../app/document/script.ts';
import { parsePinyin } from '../../../../app/speech/script/pinyin.ts';

export type WordWay = 'say' | 'pinyin';
export interface TypedWord {
  written: string;
  way: WordWay;
  reading: string;
}

export type WordFault =
  | { kind: 'written-empty' | 'reading-empty' | 'not-han' }
  | { kind: 'twice'; written: string }
  | { kind: 'syllable'; syllable: string }
  | { kind: 'count'; characters: number; syllables: number };

export const typedOf = ({ written, say, pinyin }: Pronunciation): TypedWord =>
  pinyin === null ? { written, way: 'say', reading: say ?? '' } : { written, way: 'pinyin', reading: pinyin.join(' ') };

const HAN = /^\p{Script=Han}+$/u;

/** `others`: the entries that it must not repeat. */
export function readWord(
  typed: TypedWord,
  others: readonly Pick<Pronunciation, 'written'>[],
): { entry: Pronunciation } | { fault: WordFault } {
  const written = typed.written.trim();
  const reading = typed.reading.trim();
  if (written === '') return { fault: { kind: 'written-empty' } };
  if (others.some((other) => other.written.toLowerCase() === written.toLowerCase()))
    return { fault: { kind: 'twice', written } };
  if (reading === '') return { fault: { kind: 'reading-empty' } };
  if (typed.way === 'say') return { entry: { written, say: reading, pinyin: null } };
  if (!HAN.test(written)) return { fault: { kind: 'not-han' } };
  const syllables = reading.split(/[\s,，、·']+/).filter(Boolean);
  const wrong = syllables.find((syllable) => parsePinyin(syllable) === null);
  if (wrong !== undefined) return { fault: { kind: 'syllable', syllable: wrong } };
  const characters = [...written].length;
  if (syllables.length !== characters) return { fault: { kind: 'count', characters, syllables: syllables.length } };
  return { entry: { written, say: null, pinyin: syllables } };
}
