/**
 * Find and replace in what a line shows. Cues are neither found nor lost: a match may run over them, and they stay where they are.
 * Only a forced reading (`重{chóng}`, `[say: …]…[/say]`) goes when the words it belongs to are replaced.
 */
import { StudioError } from '../../errors/index.ts';
import { unescapeAlternative, unescapeText } from './cue.ts';
import { parseLine } from './parse.ts';
import { explicitLine, type Leaf, outlineOf, placesOf, textOf } from './positions.ts';

export interface FindQuery {
  find: string;
  /** `find` is a JavaScript regular expression. */
  regex: boolean;
  caseSensitive: boolean;
}
/** A match in the text's source, from the first character found to the last: UTF-16 offsets. */
export interface FoundRange {
  from: number;
  to: number;
}

/**
 * The pattern to search with; null where there is nothing to search for.
 * @throws StudioError script.bad-pattern
 */
export function compileQuery({ find, regex, caseSensitive }: FindQuery): RegExp | null {
  if (find === '') return null;
  const source = regex ? find : find.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  try {
    return new RegExp(source, caseSensitive ? 'gu' : 'giu');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^Invalid regular expression: /, '') : String(cause);
    throw new StudioError('script.bad-pattern', { pattern: find.slice(0, 80), reason }, { cause });
  }
}

export function findInText(text: string, pattern: RegExp, ownEmotions: readonly string[]): FoundRange[] {
  const searched = new Searched(text, ownEmotions);
  return searched.matches(pattern).map(({ from, to }) => searched.range(from, to));
}

/**
 * `text` with every match replaced. In a replacement for a regular expression `$1`, `$<name>`, `$&` and `$$` mean what they do in
 * JavaScript; whatever comes out is words, never a cue. `only`: which of the matches is replaced, counted from 0; absent: all.
 */
export function replaceInText(
  text: string,
  pattern: RegExp,
  replacement: string,
  isRegex: boolean,
  ownEmotions: readonly string[],
  only?: number,
): { text: string; count: number } {
  const searched = new Searched(text, ownEmotions);
  const all = searched.matches(pattern);
  const matches = only === undefined ? all : all.slice(only, only + 1);
  if (matches.length === 0) return { text, count: 0 };
  const inserts = matches.map(({ match }) => (isRegex ? expand(replacement, match) : replacement));
  const replaced = searched.replace(matches, inserts);
  if (!searched.tree || cuesOf(replaced, ownEmotions) === searched.cues)
    return { text: replaced, count: matches.length };
  // New neighbours made of an asterisk what it was not: written out, none depends on its neighbours.
  const explicit = new Searched(explicitLine(searched.tree).text, ownEmotions);
  return { text: explicit.replace(matches, inserts), count: matches.length };
}

interface Match {
  /** Offsets into what is searched. */
  from: number;
  to: number;
  match: RegExpExecArray;
}

/** Every cue and span of a line, without its words. */
function cuesOf(text: string, ownEmotions: readonly string[]): string | null {
  const parsed = parseLine(text, 1, ownEmotions);
  if (!parsed.ok) return null;
  return outlineOf(parsed.nodes)
    .filter((entry) => /^(?:<|\{"kind":"(?!say|pronunciation|slot))/.test(entry))
    .join();
}

/** The words of a text in a row, each character with its place in the source. */
class Searched {
  readonly tree: ReturnType<typeof treeOf>;
  readonly cues: string | null;
  readonly #text: string;
  readonly #leaves: readonly Leaf[];
  #words = '';
  /** Of each unit of the words, its leaf, and its source from and to. */
  readonly #places: { leaf: Leaf; from: number; to: number }[] = [];

  constructor(text: string, ownEmotions: readonly string[]) {
    this.#text = text;
    this.tree = treeOf(text, ownEmotions);
    this.cues = cuesOf(text, ownEmotions);
    this.#leaves = this.tree === null ? roughLeaves(text) : placesOf(this.tree).leaves;
    for (const leaf of this.#leaves) {
      if (leaf.node.kind === 'slot') {
        this.#addSlot(leaf);
        continue;
      }
      if (leaf.node.kind !== 'text') {
        for (const _ of new Array(textOf(leaf.node).length)) this.#places.push({ leaf, from: leaf.from, to: leaf.to });
        this.#words += textOf(leaf.node);
        continue;
      }
      let at = leaf.from;
      const escapes = this.tree === null ? /[\s\S]/g : /\\[\\[\]{}*#]|[\s\S]/g;
      for (const [unit] of leaf.node.source.matchAll(escapes)) {
        this.#places.push({ leaf, from: at, to: at + unit.length });
        this.#words += this.tree === null ? unit : unescapeText(unit);
        at += unit.length;
      }
    }
  }

  /** Each alternative is searched by itself; what parts them is no character that could go. */
  #addSlot(leaf: Leaf): void {
    let at = leaf.from;
    for (const [unit] of leaf.node.kind === 'slot' ? leaf.node.source.matchAll(SLOT_UNIT) : []) {
      const parts = unit === '{' || unit === '|' || unit === '}';
      this.#places.push({ leaf, from: at, to: parts ? at : at + unit.length });
      this.#words += parts ? '\n' : unescapeAlternative(unit);
      at += unit.length;
    }
  }

  matches(pattern: RegExp): Match[] {
    return [...this.#words.matchAll(pattern)]
      .filter((match) => match[0] !== '')
      .map((match) => ({ from: match.index, to: match.index + match[0].length, match }));
  }

  range(from: number, to: number): FoundRange {
    return { from: this.#places[from]!.from, to: this.#places[to - 1]!.to };
  }

  replace(matches: readonly Match[], inserts: readonly string[]): string {
    /** The replacements by the place they begin at, and the places that go. */
    const begins = new Map(matches.map(({ from }, i) => [from, inserts[i]!]));
    const gone = new Set(matches.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i)));
    let out = '';
    let at = 0;
    for (let i = 0; i < this.#places.length; i++) {
      const { leaf, from, to } = this.#places[i]!;
      const inSlot = leaf.node.kind === 'slot';
      const write = (words: string): string => (this.tree === null ? words : escapeWords(words, inSlot));
      out += this.#text.slice(at, Math.max(at, from));
      if (leaf.node.kind === 'text' || inSlot) {
        out += (begins.has(i) ? write(begins.get(i)!) : '') + (gone.has(i) ? '' : this.#text.slice(from, to));
        at = to;
        continue;
      }
      // A forced reading stands and falls as one.
      const size = textOf(leaf.node).length;
      const units = Array.from({ length: size }, (_, k) => i + k);
      if (units.some((unit) => gone.has(unit)))
        for (const unit of units) out += write((begins.get(unit) ?? '') + (gone.has(unit) ? '' : this.#words[unit]!));
      else out += this.#text.slice(from, to);
      at = to;
      i += size - 1;
    }
    return out + this.#text.slice(at);
  }
}

function treeOf(text: string, ownEmotions: readonly string[]) {
  const parsed = parseLine(text, 1, ownEmotions);
  return parsed.ok ? parsed.nodes : null;
}

/** A line with an error in it: whatever looks like a cue is left alone. */
const roughLeaves = (text: string): Leaf[] =>
  [...text.matchAll(/\[[^[\]\n]*\]|\{[^{}\n]*\}|(?:(?!\[[^[\]\n]*\]|\{[^{}\n]*\})[\s\S])+/g)].flatMap(
    ({ 0: source, index }) =>
      /^[[{]/.test(source) && /[\]}]$/.test(source)
        ? []
        : [{ node: { kind: 'text' as const, source, text: source }, from: index, to: index + source.length }],
  );

const SLOT_UNIT = /\\[\\[\]{}*#|]|[\s\S]/g;
const escapeWords = (words: string, inSlot: boolean): string =>
  words.replace(inSlot ? /[\\[\]{}*#|]/g : /[\\[\]{}*#]/g, '\\$&').replace(/[\r\n]+/g, ' ');

function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:(\$)|(&)|(\d{1,2})|<([^>]*)>)/g, (whole, dollar, all, digits, name) => {
    if (dollar !== undefined) return '$';
    if (all !== undefined) return match[0];
    if (name !== undefined) return match.groups === undefined ? whole : (match.groups[name] ?? '');
    // `$12` is the twelfth group, or the first before a 2.
    for (const length of [2, 1]) {
      const group = Number(String(digits).slice(0, length));
      if (String(digits).length >= length && group > 0 && group < match.length)
        return (match[group] ?? '') + String(digits).slice(length);
    }
    return whole;
  });
}
