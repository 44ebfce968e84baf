/** Where the parts of a line stand: in its source, and in the text that is shown. */
import { cleanText } from '../normalise/characters.ts';
import type { EmphasisNode, ProsodyNode, ScriptNode } from './ast.ts';
import { unescapeText } from './cue.ts';

export type SpanNode = ProsodyNode | EmphasisNode;
export type LeafNode = Exclude<ScriptNode, SpanNode>;

/** All offsets are UTF-16 offsets into the source. */
export interface Leaf {
  node: LeafNode;
  from: number;
  to: number;
}
export interface SpanPlace {
  node: SpanNode;
  from: number;
  contentFrom: number;
  contentTo: number;
  to: number;
}
export interface Places {
  leaves: Leaf[];
  /** Outer spans before those inside them. */
  spans: SpanPlace[];
}

export function placesOf(nodes: readonly ScriptNode[]): Places {
  const places: Places = { leaves: [], spans: [] };
  let at = 0;
  const walk = (children: readonly ScriptNode[]): void => {
    for (const node of children) {
      const from = at;
      if ('children' in node) {
        const span: SpanPlace = { node, from, contentFrom: from + node.opening.length, contentTo: 0, to: 0 };
        places.spans.push(span);
        at = span.contentFrom;
        walk(node.children);
        span.contentTo = at;
        at += node.closing.length;
        span.to = at;
      } else {
        at += node.source.length;
        places.leaves.push({ node, from, to: at });
      }
    }
  };
  walk(nodes);
  return places;
}

/** What a leaf shows before control characters and doubled spaces are taken out. */
export function textOf(node: LeafNode): string {
  if (node.kind === 'text') return node.text;
  if (node.kind === 'pronunciation') return node.character;
  if (node.kind === 'slot') return node.alternatives[0] ?? '';
  return node.kind === 'say' ? node.shown : '';
}

/** What `text` adds to a line that shows `display` so far: the space around a cue is shown once. */
export function shownAfter(display: string, text: string): string {
  const clean = cleanText(text);
  return display === '' || display.endsWith(' ') ? clean.trimStart() : clean;
}

/** Source offsets and offsets into the text shown, each by the other. */
export class LineMap {
  readonly places: Places;
  readonly displayText: string;
  /** What is shown before each leaf. */
  readonly #before: string[] = [];

  constructor(nodes: readonly ScriptNode[]) {
    this.places = placesOf(nodes);
    let display = '';
    for (const { node } of this.places.leaves) {
      this.#before.push(display);
      display += shownAfter(display, textOf(node));
    }
    this.displayText = display.trimEnd();
  }

  /** How much is shown before `offset`. */
  displayOffset(offset: number): number {
    const { leaves } = this.places;
    let index = leaves.findIndex(({ to }) => to >= offset);
    if (index < 0) index = leaves.length - 1;
    const leaf = leaves[index];
    return leaf === undefined ? 0 : Math.min(this.displayText.length, this.#displayIn(index, offset - leaf.from));
  }

  /** The place in the source just before what is shown at `displayOffset`. */
  sourceOffset(displayOffset: number): number {
    const { leaves } = this.places;
    for (const [index, { node, from, to }] of leaves.entries()) {
      if (this.#displayIn(index, to - from) <= displayOffset) continue;
      if (node.kind !== 'text') return from;
      let low = 0;
      let high = node.source.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.#displayIn(index, middle) < displayOffset) low = middle + 1;
        else high = middle;
      }
      return from + low;
    }
    return leaves.at(-1)?.to ?? 0;
  }

  /** How much is shown up to `into` characters of a leaf's source. */
  #displayIn(index: number, into: number): number {
    const before = this.#before[index]!;
    const { node } = this.places.leaves[index]!;
    if (into <= 0) return before.length;
    const text = node.kind === 'text' ? unescapeText(node.source.slice(0, into)) : textOf(node);
    return before.length + shownAfter(before, text).length;
  }
}

/**
 * What a line is, apart from how it is written: every cue, span and shown stretch in order. Two sources with the same
 * outline look and sound alike. `without`: a leaf to pass over.
 */
export function outlineOf(nodes: readonly ScriptNode[], without?: ScriptNode): string[] {
  const outline: string[] = [];
  let display = '';
  let inText = false;
  const say = (entry: string): void => {
    outline.push(entry);
    inText = false;
  };
  const walk = (children: readonly ScriptNode[]): void => {
    for (const node of children) {
      if (node === without) continue;
      if (node.kind === 'text') {
        const shown = shownAfter(display, node.text);
        display += shown;
        if (shown === '') continue;
        if (inText) outline[outline.length - 1] += shown;
        else outline.push(shown);
        inText = true;
      } else if ('children' in node) {
        const name = node.kind === 'prosody' ? `${node.axis} ${node.factor}` : 'em';
        say(`<${name}>`);
        walk(node.children);
        say(`</${name}>`);
      } else {
        const { source: _, ...rest } = node;
        display += shownAfter(display, textOf(node));
        say(JSON.stringify(rest));
      }
    }
  };
  walk(nodes);
  if (inText) outline.push(outline.pop()!.trimEnd());
  return outline.filter((entry) => entry !== '');
}

export const sameOutline = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((entry, i) => entry === b[i]);

const escapeAll = (source: string): string =>
  source.replace(/\\[\\[\]{}*#]|[*\\]/g, (found) => (found.length === 1 ? `\\${found}` : found));

/**
 * The same line with nothing in it that depends on its neighbours: emphasis as `[em]`, asterisks and backslashes escaped. `offset` is moved
 * along with what it stands before.
 */
export function explicitLine(nodes: readonly ScriptNode[], offset = 0): { text: string; offset: number } {
  let text = '';
  let read = 0;
  let moved = -1;
  const write = (source: string, written: string, inside: (into: number) => number): void => {
    if (moved < 0 && offset < read + source.length) moved = text.length + inside(offset - read);
    text += written;
    read += source.length;
  };
  const walk = (children: readonly ScriptNode[]): void => {
    for (const node of children) {
      if ('children' in node) {
        const star = node.opening === '*';
        write(node.opening, star ? '[em]' : node.opening, () => 0);
        walk(node.children);
        write(node.closing, star ? '[/em]' : node.closing, () => 0);
      } else if (node.kind === 'text') {
        write(node.source, escapeAll(node.source), (into) => escapeAll(node.source.slice(0, into)).length);
      } else {
        write(node.source, node.source, (into) => into);
      }
    }
  };
  walk(nodes);
  return { text, offset: moved < 0 ? text.length : moved };
}

/** The nearest place where something may be put in: not inside a cue, a span's edge, an escape or a character. */
export function snap({ leaves, spans }: Places, text: string, offset: number): number {
  const solid = [
    ...leaves.filter(({ node }) => node.kind !== 'text'),
    ...spans.flatMap(({ from, contentFrom, contentTo, to }) => [
      { from, to: contentFrom },
      { from: contentTo, to },
    ]),
  ];
  const wanted = Math.min(text.length, Math.max(0, offset));
  const inside = solid.find(({ from, to }) => from < wanted && wanted < to);
  if (inside !== undefined) return wanted - inside.from <= inside.to - wanted ? inside.from : inside.to;
  const leaf = leaves.find(({ from, to }) => from < wanted && wanted < to);
  if (leaf === undefined) return wanted;
  let at = leaf.from;
  for (const [unit] of text.slice(leaf.from, leaf.to).matchAll(UNIT)) {
    if (at + unit.length > wanted) break;
    at += unit.length;
  }
  return at;
}

/** An escape, or one character as people see it: with its marks, modifiers and joined others. */
const UNIT =
  /\\[\\[\]{}*#]|\p{Regional_Indicator}{2}|[\s\S](?:\p{M}|\p{Emoji_Modifier}|\u200d\p{Extended_Pictographic})*/gu;
