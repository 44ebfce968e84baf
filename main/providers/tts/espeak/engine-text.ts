/** The text handed to the engine for a clause, and the way back from its positions to the clause's characters. */
import { isHan } from '../cells.ts';
import { type ReadMandarin, readRun } from './mandarin.ts';
import { wordMnemonics } from './mandarin-sounds.ts';
import type { ClauseJob } from './protocol.ts';

export interface EngineText {
  text: string;
  /** For every code point of `text`: the clause's character it stands for, or −1. */
  characterAt: number[];
  /** Words said by mnemonics: by the index of their first character, how many sounds each of their characters has. */
  sounds: Map<number, number[]>;
}

/** Chinese read in Mandarin is spelt out by sound; everything else is left to the engine's own reading. */
export function engineText(job: ClauseJob, read: ReadMandarin): EngineText {
  const pieces: string[] = [];
  const characterAt: number[] = [];
  const sounds = new Map<number, number[]>();
  const push = (text: string, character: number): void => {
    pieces.push(text);
    for (const _ of text) characterAt.push(character);
  };
  const { characters } = job;
  for (let i = 0; i < characters.length; ) {
    if (!job.mandarin || !isHan(characters[i]!)) {
      push(characters[i]!, i);
      i += 1;
      continue;
    }
    let end = i;
    while (end < characters.length && isHan(characters[end]!)) end += 1;
    for (const word of readRun(characters.slice(i, end), job.pinyin.slice(i, end), read)) {
      const known = word.syllables.filter((syllable) => syllable !== null);
      if (known.length === 0) continue;
      const first = i + word.first;
      push(`[[${wordMnemonics(known)}]]`, first);
      sounds.set(
        first,
        word.syllables.map((syllable) => syllable?.tokens.length ?? 0),
      );
      push(' ', -1);
    }
    i = end;
  }
  push(job.ending, -1);
  return { text: pieces.join(''), characterAt, sounds };
}
