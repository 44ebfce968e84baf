/**
 * A language model's answer, sentence by sentence with its mood, while it is being written. The model is asked to begin each sentence with
 * the script grammar's cue, `[happy 0.6]`: a few tokens, readable in a half-written answer, where JSON would have to be whole. What it leaves out
 * or writes badly is told by the words themselves.
 */
import { EMOTIONS } from '../../../app/speech/emotion.ts';
import { moodOfText } from '../../../app/speech/sentiment.ts';
import { isUnspoken, type Mood, moodIn, unclosedMood, unopenedMood } from './emotional-cue.ts';

export interface EmotionalSentence {
  /** As it is said and shown: without cues, never blank. */
  text: string;
  emotion: string;
  /** 0..1 */
  intensity: number;
  /** The model named the mood, or its words told it. */
  told: 'by-model' | 'by-words';
}

/** What the model is told, before whatever else it is told. `own`: names of the project's own emotions. */
export function emotionInstruction(language: 'zh' | 'en', own: readonly string[] = []): string {
  const names = [...EMOTIONS, ...own].join(', ');
  return language === 'zh'
    ? `你的回答会被逐句朗读。每句话都以方括号开头，写明说这句话的情绪和强度（0 到 1），例如：[happy 0.6] 大家好！[serious 0.4] 先说一件要紧的事。情绪只能用这些名称：${names}。方括号里不写别的；不用 Markdown、列表和表情符号。`
    : `Your answer is read aloud sentence by sentence. Begin every sentence with its emotion and how strong it is (0 to 1) in square brackets, for example: [happy 0.6] Hello, everyone! [serious 0.4] One important thing first. The only names are: ${names}. Put nothing else in brackets; use no Markdown, lists or emoji.`;
}

/** @throws whatever `pieces` throws; what was said whole before it is given first */
export async function* emotionalSentences(
  pieces: AsyncIterable<string>,
  own: readonly string[] = [],
): AsyncGenerator<EmotionalSentence, void, undefined> {
  const text = new EmotionalText(own);
  for await (const piece of pieces) yield* text.push(piece);
  yield* text.end();
}

/** A cue is no longer than this; a bracket that is not closed by then is none. */
const MAX_CUE = 48;
/** From here on a comma ends a piece, and from there on anything does: a voice cannot wait for ever. */
const LONG = 120;
const TOO_LONG = 300;

const ENDS = /[。．！？!?…\n]/u;
const CLOSES = /[。．！？!?….”’」』)）"']/u;
const RESTS = /[，,；;：:、\s]/u;
const SPOKEN = /[\p{L}\p{N}]/u;
const ABBREVIATION =
  /(?:^|[\s(（"“])(?:Mr|Mrs|Ms|Dr|Prof|St|Jr|Sr|vs|No|Fig|approx|e\.g|i\.e|a\.m|p\.m|\p{Lu}|(?:\p{L}\.)+\p{L})$/u;
const LIST_NUMBER = /^\s*\d{1,3}$/;

export class EmotionalText {
  readonly #own: readonly string[];
  /** Not read yet: its meaning hangs on what comes next. */
  #held = '';
  #text = '';
  #mood: Mood | null = null;
  /** Of the next sentence: named in the middle of this one. */
  #nextMood: Mood | null = null;

  constructor(own: readonly string[] = []) {
    this.#own = own;
  }

  /** The sentences that ended with this piece. */
  push(piece: string): EmotionalSentence[] {
    this.#held += piece;
    return this.#read(false);
  }

  /** Of the sentence that is being written what is certain by now, as it will begin; null while there is nothing to be said. */
  get draft(): { text: string; mood: Mood | null } | null {
    const text = asSaid(this.#text);
    return SPOKEN.test(text) ? { text, mood: this.#mood } : null;
  }

  end(): EmotionalSentence[] {
    const sentences = this.#read(true);
    const last = this.#sentence();
    return last === null ? sentences : [...sentences, last];
  }

  #read(isEnd: boolean): EmotionalSentence[] {
    const sentences: EmotionalSentence[] = [];
    let at = 0;
    while (at < this.#held.length) {
      const step = this.#step(at, isEnd);
      if (step === null) break;
      at = step.to;
      const sentence = step.ends ? this.#sentence() : null;
      if (sentence !== null) sentences.push(sentence);
    }
    this.#held = this.#held.slice(at);
    return sentences;
  }

  /** Takes what stands at `at`; null: it cannot be told yet what it is. */
  #step(at: number, isEnd: boolean): { to: number; ends: boolean } | null {
    const held = this.#held;
    const character = String.fromCodePoint(held.codePointAt(at)!);
    const isStart = this.#text.trim() === '';
    if (character === '[' || character === '【') return this.#bracket(at, isEnd);
    if (isStart && (character === '(' || character === '（')) {
      const round = this.#round(at, isEnd);
      if (round !== 'text') return round;
    }
    if (isStart && /\p{L}/u.test(character)) {
      const unopened = unopenedMood(held.slice(at, at + MAX_CUE), this.#own);
      if (unopened === 'perhaps' && !isEnd && held.length - at < MAX_CUE) return null;
      if (unopened !== null && unopened !== 'perhaps') {
        this.#take(unopened.mood);
        return { to: at + unopened.length, ends: false };
      }
    }
    const ends = this.#endsAt(at, character, isEnd);
    if (ends === null) return null;
    this.#text += held.slice(at, ends.to);
    return ends;
  }

  #bracket(at: number, isEnd: boolean): { to: number; ends: boolean } | null {
    const rest = this.#held.slice(at + 1, at + 1 + MAX_CUE);
    const stop = /[\]】[【\n]|[。！？!?]/u.exec(rest);
    if (stop !== null && (stop[0] === ']' || stop[0] === '】')) {
      const body = rest.slice(0, stop.index);
      const to = at + 1 + stop.index + 1;
      const mood = moodIn(body, this.#own);
      if (mood !== null) this.#take(mood);
      else if (!isUnspoken(body)) this.#text += this.#held.slice(at, to);
      return { to, ends: false };
    }
    if (stop === null && !isEnd && rest.length < MAX_CUE) return null;
    const unclosed = unclosedMood(rest, this.#own) ?? (stop === null ? null : this.#alone(rest.slice(0, stop.index)));
    if (unclosed !== null) this.#take(unclosed.mood);
    return { to: at + 1 + (unclosed?.length ?? 0), ends: false };
  }

  /** "[happy" and another bracket or the end. */
  #alone(body: string): { mood: Mood; length: number } | null {
    const mood = moodIn(body, this.#own);
    return mood === null ? null : { mood, length: body.length };
  }

  /** "(happy 0.6)" before a sentence is a cue; any other round bracket is text. */
  #round(at: number, isEnd: boolean): { to: number; ends: boolean } | null | 'text' {
    const rest = this.#held.slice(at + 1, at + 1 + MAX_CUE);
    const close = rest.search(/[)）]/);
    if (close < 0) return isEnd || rest.length >= MAX_CUE || /[。！？!?\n]/u.test(rest) ? 'text' : null;
    const mood = moodIn(rest.slice(0, close), this.#own);
    if (mood === null) return 'text';
    this.#take(mood);
    return { to: at + 1 + close + 1, ends: false };
  }

  /** The first mood of a sentence is the sentence's; one in its middle waits for the next. */
  #take(mood: Mood): void {
    if (this.#mood === null || this.#text.trim() === '') this.#mood = mood;
    else this.#nextMood = mood;
  }

  #endsAt(at: number, character: string, isEnd: boolean): { to: number; ends: boolean } | null {
    const held = this.#held;
    let to = at + character.length;
    const length = this.#text.length;
    if (length > TOO_LONG || (length > LONG && RESTS.test(character))) return { to, ends: true };
    if (character === '.') {
      if (to >= held.length && !isEnd) return null;
      const next = held.slice(to, to + 2);
      const isWithin = /^[\p{L}\p{N}]/u.test(next) || ABBREVIATION.test(this.#text) || LIST_NUMBER.test(this.#text);
      if (isWithin) return { to, ends: false };
    } else if (!ENDS.test(character)) return { to, ends: false };
    if (character === '\n') return { to, ends: true };
    while (to < held.length && this.#closes(held[to]!, held.slice(at, to))) to++;
    return to >= held.length && !isEnd ? null : { to, ends: true };
  }

  /** Straight quotes close only what they opened. */
  #closes(character: string, since: string): boolean {
    if (!CLOSES.test(character)) return false;
    if (character !== '"' && character !== "'") return true;
    return ((this.#text + since).split(character).length - 1) % 2 === 1;
  }

  #sentence(): EmotionalSentence | null {
    const text = asSaid(this.#text);
    this.#text = '';
    if (!SPOKEN.test(text)) return null;
    const mood = this.#mood;
    this.#mood = this.#nextMood;
    this.#nextMood = null;
    return mood === null ? { text, ...moodOfText(text), told: 'by-words' } : { text, ...mood, told: 'by-model' };
  }
}

/* A cue leaves its blank behind, which between Chinese words is none. */
const asSaid = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/(?<=[\u3000-\u303f\uff00-\uffef]) /g, '')
    .trim();
