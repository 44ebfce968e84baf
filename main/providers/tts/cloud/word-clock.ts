/**
 * When each word of a text is said, from what vendors tell about it: words now or later, once or again and again, by the sentence or by
 * the task, cut otherwise than ours, and with numbers written out. What is matched is the text; the times are put right where they restart.
 */
import type { Phone, Word } from '../../../../app/speech/timeline.ts';
import { isSpeakable, type SpokenText } from './spoken-text.ts';

export interface VendorWord {
  text: string;
  startMs: number;
  endMs: number;
  /** Its sounds on the same clock, where the vendor tells them. */
  phones?: Phone[];
}

interface Sentence {
  key: number;
  words: VendorWord[];
  /** About when it began, by the sound there was when it was first heard of. */
  heardFromMs: number;
  closed: boolean;
  /** How many of `words` were given out. */
  given: number;
}

/** Beyond so many letters that were passed over, a match is chance. */
const MAX_SKIPPED = 24;
const ROUNDING_MS = 5;
const MIN_SILENCE_MS = 30;

export class WordClock {
  readonly #text: SpokenText;
  #lower = '';
  readonly #baseMs: number;
  readonly #sentences: Sentence[] = [];
  /** Up to here the text has its times. */
  #cursor: number;
  readonly #end: number;
  /** On the vendor's clock, made continuous. */
  #reachedMs = 0;
  #lastUnit = -1;
  #lastEndMs: number;
  #phones: Phone[] = [];
  #phonesEndMs: number;

  /** The stretch `from`..`to` of `text` is spoken by this task, its sound beginning at `baseMs`. The text may still grow (`to` absent). */
  constructor(text: SpokenText, from: number, to: number, baseMs: number) {
    this.#text = text;
    this.#cursor = from;
    this.#end = to;
    this.#baseMs = baseMs;
    this.#lastEndMs = baseMs;
    this.#phonesEndMs = baseMs;
  }

  /** Something is said about sentence `index` (null: the vendor does not say of which); `words` replace what was told of it before. */
  tell(index: number | null, words: readonly VendorWord[], soundMs: number): void {
    const sentence = this.#sentenceFor(index, words, soundMs);
    if (words.length === 0) return;
    if (sentence.closed) {
      const isSame = beginsAs(sentence.words, words);
      if (isSame && words.length <= sentence.words.length) return;
      // One number for all the task: what is told now goes on, or stands for another sentence.
      sentence.closed = false;
      if (!isSame) sentence.given = 0;
    }
    sentence.words = [...words];
  }

  #sentenceFor(index: number | null, words: readonly VendorWord[], soundMs: number): Sentence {
    const last = this.#sentences.at(-1);
    const key =
      index ?? (last && (words.length === 0 || beginsAs(last.words, words)) ? last.key : (last?.key ?? -1) + 1);
    let sentence = this.#sentences.find((one) => one.key === key);
    if (!sentence) {
      // Words that come with their sound began before it: by as much as they last.
      const lastMs = words.at(-1)?.endMs ?? 0;
      sentence = { key, words: [], heardFromMs: soundMs - lastMs, closed: false, given: 0 };
      this.#sentences.push(sentence);
    }
    return sentence;
  }

  /** Sentence `index` has all its words: those not given out before. Without words it stays open for what comes later. */
  close(index: number | null, soundMs: number): Word[] {
    const upTo = index === null ? this.#sentences.length - 1 : this.#sentences.findIndex((one) => one.key === index);
    return this.#closeUpTo(upTo, soundMs);
  }

  /** Sentences whose sound has come, by their own times. */
  closeHeard(soundMs: number): Word[] {
    const open = this.#sentences.findIndex(({ closed, words, given, heardFromMs }) => {
      const [first] = words.slice(given);
      if (closed || !first) return false;
      return words.at(-1)!.endMs + this.#offsetMs(first, heardFromMs) + this.#baseMs > soundMs + ROUNDING_MS;
    });
    return this.#closeUpTo(open < 0 ? this.#sentences.length - 1 : open - 1, soundMs);
  }

  /** The sounds of the words given out since the last call, without a gap among them. */
  takePhones(): Phone[] {
    const phones = this.#phones;
    this.#phones = [];
    return phones;
  }

  /** Sentences before the last one heard of are over. */
  closeEarlier(soundMs: number): Word[] {
    return this.#closeUpTo(this.#sentences.length - 2, soundMs);
  }

  #closeUpTo(last: number, soundMs: number): Word[] {
    const words: Word[] = [];
    for (const sentence of this.#sentences.slice(0, last + 1)) {
      if (sentence.closed || sentence.words.length === 0) continue;
      const news = sentence.words.slice(sentence.given);
      sentence.closed = true;
      sentence.given = sentence.words.length;
      if (news.length > 0) words.push(...this.#place(news, sentence.heardFromMs, soundMs));
      sentence.heardFromMs = soundMs;
    }
    return words;
  }

  /** The task is over. `words`: of all its text, where the vendor tells them only now. */
  finish(words: readonly VendorWord[], soundMs: number): Word[] {
    const told = this.#sentences.some((one) => one.words.length > 0);
    if (!told && words.length > 0)
      this.#sentences.push({ key: -1, words: [...words], heardFromMs: 0, closed: false, given: 0 });
    return this.#closeUpTo(this.#sentences.length - 1, soundMs);
  }

  /** A clock that starts anew with each sentence is told by its going back. */
  #offsetMs(first: VendorWord, heardFromMs: number): number {
    const restarts = first.startMs < this.#reachedMs - ROUNDING_MS;
    return restarts ? Math.max(this.#reachedMs, heardFromMs - this.#baseMs) : 0;
  }

  #place(told: readonly VendorWord[], heardFromMs: number, soundMs: number): Word[] {
    const first = told[0]!;
    const offsetMs = this.#offsetMs(first, heardFromMs);
    const timed = told.map((word) => ({
      text: word.text,
      startMs: word.startMs + offsetMs,
      endMs: Math.max(word.startMs, word.endMs) + offsetMs,
    }));
    this.#reachedMs = Math.max(this.#reachedMs, ...timed.map((word) => word.endMs));
    for (const word of told)
      for (const phone of word.phones ?? []) this.#addPhone(phone, this.#baseMs + offsetMs, soundMs);
    const spans = this.#match(timed);
    return this.#unitsIn(spans, soundMs);
  }

  #addPhone({ phone, startMs, endMs }: Phone, byMs: number, soundMs: number): void {
    const from = this.#phonesEndMs;
    const start = Math.max(from, Math.min(startMs + byMs, soundMs));
    const end = Math.min(endMs + byMs, soundMs);
    if (end - start < 1) return;
    const last = this.#phones.at(-1);
    // Less than a frame of a film is rounding, not silence.
    if (last && start - from < MIN_SILENCE_MS) last.endMs = start;
    else if (start - from > 0) this.#phones.push({ phone: '', startMs: from, endMs: start });
    this.#phones.push({ phone, startMs: start, endMs: end });
    this.#phonesEndMs = end;
  }

  /** Which stretch of the text each told word is; words the text does not have take what lies between its neighbours. */
  #match(words: readonly VendorWord[]): { from: number; to: number; startMs: number; endMs: number }[] {
    const spans: { from: number; to: number; startMs: number; endMs: number }[] = [];
    let lost: VendorWord[] = [];
    if (this.#lower.length !== this.#text.text.length) this.#lower = this.#text.text.toLowerCase();
    let cursor = this.#cursor;
    const fill = (to: number): void => {
      if (lost.length === 0) return;
      const [from, end] = trimmed(this.#text.text, cursor, to);
      if (end > from) spans.push({ from, to: end, startMs: lost[0]!.startMs, endMs: lost.at(-1)!.endMs });
      lost = [];
    };
    for (const word of words) {
      const wanted = bare(word.text).toLowerCase();
      if (wanted === '') continue;
      const at = this.#lower.indexOf(wanted, cursor);
      const skipped = at < 0 ? MAX_SKIPPED + 1 : speakableCount(this.#text.text.slice(cursor, at));
      const room = lost.length === 0 ? MAX_SKIPPED / 3 : MAX_SKIPPED;
      if (at < 0 || at + wanted.length > this.#end || skipped > room) {
        lost.push(word);
        continue;
      }
      fill(at);
      spans.push({ from: at, to: at + wanted.length, startMs: word.startMs, endMs: word.endMs });
      cursor = at + wanted.length;
    }
    if (lost.length > 0) {
      const rest = this.#text.text.slice(cursor, this.#end);
      const stop = /[。．！？!?\n]/u.exec(rest);
      const to = stop ? cursor + stop.index : this.#end;
      fill(to);
      cursor = Math.max(cursor, to);
    }
    this.#cursor = cursor;
    return spans;
  }

  /** Our words within the spans: one that is several of the vendor's lasts from the first to the last, several that are one share it. */
  #unitsIn(spans: readonly { from: number; to: number; startMs: number; endMs: number }[], soundMs: number): Word[] {
    const found = new Map<number, { startMs: number; endMs: number }>();
    const { unitAt, units, text } = this.#text;
    for (const span of spans) {
      const total = Math.max(1, speakableCount(text.slice(span.from, span.to)));
      let passed = 0;
      for (let i = span.from; i < span.to; i++) {
        if (!isSpeakable(text[i]!) && unitAt[i] === -1) continue;
        const startMs = span.startMs + ((span.endMs - span.startMs) * Math.min(passed, total)) / total;
        passed += isSpeakable(text[i]!) ? 1 : 0;
        const endMs = span.startMs + ((span.endMs - span.startMs) * Math.min(passed, total)) / total;
        const unit = unitAt[i]!;
        if (unit < 0) continue;
        const known = found.get(unit);
        if (known) known.endMs = Math.max(known.endMs, endMs);
        else found.set(unit, { startMs, endMs });
      }
    }
    const words: Word[] = [];
    for (const [unit, { startMs, endMs }] of [...found].sort(([a], [b]) => a - b)) {
      const { text: shown, from, to } = units[unit]!;
      if (unit <= this.#lastUnit || to <= from) continue;
      this.#lastUnit = unit;
      const start = Math.min(Math.max(this.#baseMs + startMs, this.#lastEndMs), Math.max(soundMs, this.#lastEndMs));
      const end = Math.max(start, Math.min(this.#baseMs + endMs, soundMs));
      this.#lastEndMs = end;
      words.push({ text: shown, from, to, startMs: start, endMs: end });
    }
    return words;
  }
}

/** Is it the same list again, or a snapshot that grew? */
function beginsAs(known: readonly VendorWord[], words: readonly VendorWord[]): boolean {
  const [was] = known;
  const [is] = words;
  if (!was || !is) return true;
  return was.text === is.text && Math.abs(was.startMs - is.startMs) < ROUNDING_MS;
}

const bare = (text: string): string => text.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}]+$/gu, '');
const speakableCount = (text: string): number => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;

/** Without the blanks and marks at either end. */
function trimmed(text: string, from: number, to: number): [number, number] {
  let start = from;
  let end = to;
  while (start < end && !isSpeakable(text[start]!)) start += 1;
  while (end > start && !isSpeakable(text[end - 1]!)) end -= 1;
  return [start, end];
}
