/** The project's own pronunciations, found by longest match in one pass. */
import type { Pronunciation } from '../../document/script.ts';
import { StudioError } from '../../errors/index.ts';
import { parsePinyinList } from '../script/pinyin.ts';
import { HAN, isLatinOrDigit, narrow } from './characters.ts';

export interface DictionaryEntry {
  /** What is spoken; itself normalised unless `pinyin` fixes it. */
  say: string;
  pinyin: string[] | null;
}
interface TrieNode {
  next: Map<string, TrieNode>;
  entry: DictionaryEntry | null;
}
export interface DictionaryMatch {
  entry: DictionaryEntry;
  to: number;
}

export class PronunciationDictionary {
  private readonly root: TrieNode = { next: new Map(), entry: null };

  /** Throws `script.bad-dictionary-entry` when an entry's pinyin does not fit its characters. Later entries win. */
  constructor(entries: readonly Pronunciation[]) {
    for (const { written, say, pinyin } of entries) {
      if (say === null && pinyin === null) continue;
      this.add(narrow(written), toEntry(written, say, pinyin));
    }
  }

  private add(written: string, entry: DictionaryEntry): void {
    let node = this.root;
    for (let i = 0; i < written.length; i++) {
      let next = node.next.get(written[i]!);
      if (next === undefined) {
        next = { next: new Map(), entry: null };
        node.next.set(written[i]!, next);
      }
      node = next;
    }
    node.entry = entry;
  }

  /** The longest entry at `at`; beside a Latin letter or digit only whole words match. `text` is narrowed. */
  match(text: string, at: number): DictionaryMatch | null {
    let node = this.root.next.get(text[at]!);
    if (node === undefined) return null;
    if (isLatinOrDigit(text[at]) && isLatinOrDigit(text[at - 1])) return null;
    let found: DictionaryMatch | null = null;
    for (let i = at + 1; node !== undefined; i++) {
      if (node.entry !== null && !(isLatinOrDigit(text[i - 1]) && isLatinOrDigit(text[i]))) {
        found = { entry: node.entry, to: i };
      }
      node = i < text.length ? node.next.get(text[i]!) : undefined;
    }
    return found;
  }
}

function toEntry(written: string, say: string | null, pinyin: string[] | null): DictionaryEntry {
  const spoken = say ?? written;
  if (pinyin === null) return { say: spoken, pinyin: null };
  const syllables = parsePinyinList(pinyin);
  const characters = [...spoken];
  if (syllables === null || syllables.length !== characters.length || !characters.every((c) => HAN.test(c))) {
    throw new StudioError('script.bad-dictionary-entry', { written });
  }
  return { say: spoken, pinyin: syllables };
}
