/**
 * Display text → what each voice says for it. Mandarin, Cantonese and English parts are told apart, and
 *  - a `zh` or `yue` token never speaks a Latin letter, an `en` token never a Han character:
 *    every Latin word and acronym in Chinese text is an English voice's, because letter names and brand words are said the
 *    English way in Chinese speech too, and a Mandarin voice has no sounds of its own for them;
 *  - plain Han is one token a character, a Latin word is one token, so that each can be timed and highlighted.
 */
import type { SpeechLang, SpeechToken } from '../plan.ts';
import { cleanText, HAN, LATIN, narrow } from './characters.ts';
import { PronunciationDictionary } from './dictionary.ts';
import { tellLanguages } from './language.ts';
import { isCapitals, isSpelt, readLatin } from './latin.ts';
import { readEn } from './read-en.ts';
import { readZh } from './read-zh.ts';
import { type Atom, scan } from './scan.ts';

export interface LanguageToken extends SpeechToken {
  lang: SpeechLang;
}

/** A stretch of the display text that no cue interrupts. `run` numbers come back on its tokens. */
export interface TextRun {
  from: number;
  to: number;
  /** Mandarin syllable for the one Han character of the run. */
  pinyin?: string;
  /** Spoken in place of the run, which may be empty. */
  spoken?: string;
}
export interface RunToken extends LanguageToken {
  run: number;
}

const NO_DICTIONARY = new PronunciationDictionary([]);

/**
 * Tokens of `text`, in order and without gaps: each token's `display` is `text.slice(from, to)`.
 * Control characters and lone surrogates are taken out first; offsets are into what is left.
 */
export function normaliseText(
  text: string,
  defaultLang: SpeechLang,
  dictionary: PronunciationDictionary = NO_DICTIONARY,
): LanguageToken[] {
  const display = cleanText(text);
  return normaliseRuns(display, [{ from: 0, to: display.length }], defaultLang, dictionary).map(
    ({ run: _, ...token }) => token,
  );
}

/** Tokens of the runs of an already clean display text; the runs are in order and cover it. */
export function normaliseRuns(
  display: string,
  runs: readonly TextRun[],
  defaultLang: SpeechLang,
  dictionary: PronunciationDictionary,
): RunToken[] {
  const text = narrow(display);
  const atoms: Atom[] = [];
  const runOf: number[] = [];
  runs.forEach(({ from, to, pinyin, spoken }, run) => {
    if (spoken !== undefined) atoms.push({ kind: 'said', from, to, spoken });
    else if (pinyin !== undefined) atoms.push({ kind: 'syllable', from, to, pinyin });
    else scan(text, from, to, dictionary, atoms);
    while (runOf.length < atoms.length) runOf.push(run);
  });

  const reader = new Reader(display, text, defaultLang, atoms);
  const langs = tellLanguages(atoms, defaultLang, (atom) => reader.ownLanguage(atom));
  const tokens: RunToken[] = [];
  atoms.forEach((atom, i) => {
    for (const token of reader.read(atom, langs[i]!)) tokens.push({ ...token, run: runOf[i]! });
  });
  spaceWords(tokens);
  return tokens;
}

/** English words that touch on the page (MP3, R&D), or have a full-width mark between them, are still words of their own. */
function spaceWords(tokens: RunToken[]): void {
  let last = '';
  let lastLang: SpeechLang | null = null;
  for (const token of tokens) {
    if (token.spoken === '') continue;
    if (
      token.lang === 'en' &&
      lastLang === 'en' &&
      /[\p{L}\p{N}.,!?;:']$/u.test(last) &&
      /^[\p{L}\p{N}]/u.test(token.spoken)
    ) {
      token.spoken = ` ${token.spoken}`;
    }
    last = token.spoken;
    lastLang = token.lang;
  }
}

class Reader {
  private readonly display: string;
  private readonly text: string;
  private readonly base: SpeechLang;
  private readonly shouting: boolean;
  private readonly said = new Map<Atom, LanguageToken[]>();

  constructor(display: string, text: string, base: SpeechLang, atoms: readonly Atom[]) {
    this.display = display;
    this.text = text;
    this.base = base;
    const words = atoms.flatMap((atom) =>
      atom.kind === 'latin' && atom.latin.kind === 'word' ? [atom.latin.written] : [],
    );
    const letters = words.filter((word) => word.length > 1);
    // I LOVE THIS SHOP: most words in capitals, and not a list of acronyms in other text.
    const capitals = letters.filter(isCapitals);
    const sayable = capitals.filter((word) => word.length > 3 && !isSpelt(word));
    this.shouting =
      capitals.length >= 3 &&
      capitals.length * 10 >= letters.length * 7 &&
      sayable.length >= 2 &&
      !atoms.some((atom) => atom.kind === 'han');
  }

  /** What the script or the dictionary makes an atom say. */
  private spokenFor(atom: Atom): LanguageToken[] | null {
    if (atom.kind !== 'said' && atom.kind !== 'entry') return null;
    let tokens = this.said.get(atom);
    if (tokens === undefined) {
      tokens = this.speakInstead(atom);
      this.said.set(atom, tokens);
    }
    return tokens;
  }

  private speakInstead(atom: Extract<Atom, { kind: 'said' | 'entry' }>): LanguageToken[] {
    const { from, to } = atom;
    const pinyin = atom.kind === 'entry' ? atom.entry.pinyin : null;
    const words = atom.kind === 'entry' ? atom.entry.say : atom.spoken;
    const groups: { lang: SpeechLang; spoken: string }[] = [];
    if (pinyin !== null) {
      groups.push({ lang: this.base === 'yue' ? 'yue' : 'zh', spoken: words });
    } else {
      for (const { lang, spoken } of normaliseText(words, this.base)) {
        const last = groups[groups.length - 1];
        if (last?.lang === lang) last.spoken += spoken;
        else groups.push({ lang, spoken });
      }
    }
    const tokens = groups.map(({ lang, spoken }, i): LanguageToken => {
      const start = i === 0 ? from : to;
      return { lang, display: this.display.slice(start, to), spoken: spoken.trim(), from: start, to };
    });
    const [first] = tokens;
    if (first !== undefined && pinyin !== null && first.lang === 'zh') first.pinyin = pinyin;
    return tokens;
  }

  ownLanguage(atom: Atom): SpeechLang | null {
    return this.spokenFor(atom)?.find((token) => token.spoken !== '')?.lang ?? null;
  }

  read(atom: Atom, lang: SpeechLang): LanguageToken[] {
    const { from, to } = atom;
    const token = (spoken: string, start = from, end = to): LanguageToken => ({
      lang,
      display: this.display.slice(start, end),
      spoken,
      from: start,
      to: end,
    });
    const en = lang === 'en';
    switch (atom.kind) {
      case 'said':
      case 'entry': {
        const tokens = this.spokenFor(atom)!;
        return tokens.length > 0 ? tokens : from < to ? [token('')] : [];
      }
      case 'syllable': {
        const spoken = this.display.slice(from, to);
        return [lang === 'zh' ? { ...token(spoken), pinyin: [atom.pinyin] } : token(spoken)];
      }
      case 'han':
        return [token(this.text[from] === '〇' ? '零' : this.text.slice(from, to))];
      case 'latin':
        return [token(this.readLatinAtom(atom))];
      case 'punctuation':
      case 'symbol':
        return [token(en ? atom.reading.en : atom.reading.zh)];
      case 'space':
        return [token(' ')];
      case 'letters':
        return [token(this.text.slice(from, to))];
      case 'silent':
        return [token('')];
      case 'number':
        return this.readNumber(atom, lang, token);
    }
  }

  private readLatinAtom({ latin, from, to }: Extract<Atom, { kind: 'latin' }>): string {
    // 1080p, 4k: a lone letter on a number is that letter's name.
    const lone = latin.written.length === 1 && /\d/.test(this.text[from - 1] ?? '');
    if (lone) return latin.written.toUpperCase();
    const spoken = readLatin(latin, this.shouting);
    const endsSentence =
      latin.kind === 'abbreviation' &&
      /^(?:etc|[A-Za-z]\.[A-Za-z])/.test(latin.written) &&
      latin.written.endsWith('.') &&
      /^\s*$/.test(this.text.slice(to, to + 8));
    return endsSentence ? `${spoken}.` : spoken;
  }

  private readNumber(
    { item, from, to }: Extract<Atom, { kind: 'number' }>,
    lang: SpeechLang,
    token: (spoken: string, start?: number, end?: number) => LanguageToken,
  ): LanguageToken[] {
    const context = { text: this.text, from, to, cantonese: lang === 'yue' };
    if (lang === 'en') return [token(readEn(item, context))];
    if (item.kind === 'quantity' && item.unit !== null && item.unit.zh === null) {
      // 16GB: the number in Chinese, the letters by an English voice.
      const { numberTo } = item;
      const gap = this.text[numberTo] === ' ' ? 1 : 0;
      const letters = this.text.slice(numberTo + gap, to);
      const spelt = /ps$/.test(letters)
        ? item.unit.en[1]
        : readLatin({ kind: 'word', written: letters.toUpperCase() }, false);
      return [
        token(readZh({ ...item, unit: null }, { ...context, to: numberTo }), from, numberTo + gap),
        { ...token(spelt, numberTo + gap, to), lang: 'en' },
      ];
    }
    return [token(readZh(item, context))];
  }
}

/** Does any voice have anything to say here? Punctuation and white space are not speech. */
export const isSpeech = (spoken: string): boolean => /[\p{L}\p{N}]/u.test(spoken);

/** Chinese unless Latin words outnumber Han characters. Cues are not counted. */
export function suggestDefaultLang(texts: readonly string[]): SpeechLang {
  let han = 0;
  let words = 0;
  for (const text of texts) {
    const shown = text.replace(/\[[^[\]]*\]|\{[^{}]*\}/g, ' ');
    han += shown.match(new RegExp(HAN, 'gu'))?.length ?? 0;
    words += shown.match(new RegExp(`${LATIN.source}+`, 'gu'))?.length ?? 0;
  }
  return words > han ? 'en' : 'zh';
}
