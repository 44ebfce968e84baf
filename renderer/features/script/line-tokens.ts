/** A line's text cut into what is drawn alike: words, cues by their kind, and what is wrong. Offsets are UTF-16. */
import type { ErrorCode, ErrorParams } from '../../../app/errors/index.ts';
import { parseCue } from '../../../app/speech/script/cue.ts';
import { parseLine } from '../../../app/speech/script/parse.ts';
import { placesOf } from '../../../app/speech/script/positions.ts';

export type TokenKind = 'emotion' | 'pause' | 'marker' | 'say' | 'pronunciation' | 'slot' | 'prosody' | 'emphasis';

export interface Range {
  from: number;
  to: number;
}
export interface Token extends Range {
  kind: TokenKind;
  /** Of an emotion cue. */
  emotion?: string;
}
export interface Fault extends Range {
  code: ErrorCode;
  params: ErrorParams;
}
export interface LineAnalysis {
  tokens: readonly Token[];
  /** What stands inside emphasis. */
  stressed: readonly Range[];
  faults: readonly Fault[];
}

/** `lineNumber` is what the messages of the faults call it. Costs what parsing the one line costs. */
export function analyseLine(text: string, lineNumber: number, ownEmotions: readonly string[]): LineAnalysis {
  const parsed = parseLine(text, lineNumber, ownEmotions);
  if (!parsed.ok) {
    const faults = parsed.errors.map(({ code, params }): Fault => {
      const { line, column, endColumn } = params as Record<string, number>;
      const from = offsetOf(text, line! - lineNumber, column!);
      return { code, params, from, to: Math.max(from, offsetOf(text, line! - lineNumber, endColumn!)) };
    });
    return { tokens: roughTokens(text, ownEmotions), stressed: [], faults };
  }
  const tokens: Token[] = [];
  const stressed: Range[] = [];
  const { leaves, spans } = placesOf(parsed.nodes);
  for (const { node, from, to } of leaves) {
    if (node.kind === 'text') continue;
    if (node.kind === 'pronunciation') tokens.push({ kind: 'pronunciation', from: from + node.character.length, to });
    else if (node.kind === 'emotion') tokens.push({ kind: 'emotion', emotion: node.emotion, from, to });
    else if (node.kind === 'say') {
      const opening = /^\[(?:\\.|[^\]\\])*\]/.exec(node.source)?.[0].length ?? node.source.length;
      tokens.push({ kind: 'say', from, to: from + opening });
      const closing = opening === node.source.length ? -1 : node.source.lastIndexOf('[');
      if (closing > 0) tokens.push({ kind: 'say', from: from + closing, to });
    } else tokens.push({ kind: node.kind, from, to });
  }
  for (const { node, from, contentFrom, contentTo, to } of spans) {
    tokens.push({ kind: node.kind, from, to: contentFrom }, { kind: node.kind, from: contentTo, to });
    if (node.kind === 'emphasis') stressed.push({ from: contentFrom, to: contentTo });
  }
  tokens.sort((a, b) => a.from - b.from);
  return { tokens, stressed, faults: [] };
}

/** Where there are errors there is no tree: each bracket is looked at by itself. */
function roughTokens(text: string, ownEmotions: readonly string[]): Token[] {
  const tokens: Token[] = [];
  for (const { 0: source, index: from } of text.matchAll(
    /\\[\\[\]{}*#]|\[(?:\\[\\[\]{}*#]|[^[\]{}\n])*\]|\{[^[\]{}\n]*\}/g,
  )) {
    const to = from + source.length;
    if (source.startsWith('{')) tokens.push({ kind: source.includes('|') ? 'slot' : 'pronunciation', from, to });
    if (!source.startsWith('[')) continue;
    const cue = parseCue(source.slice(1, -1), ownEmotions);
    if (cue.kind === 'emotion') tokens.push({ kind: 'emotion', emotion: cue.emotion, from, to });
    else if (cue.kind === 'em') tokens.push({ kind: 'emphasis', from, to });
    else if (cue.kind === 'close') {
      tokens.push({ kind: cue.closes === 'em' ? 'emphasis' : cue.closes === 'say' ? 'say' : 'prosody', from, to });
    } else if (cue.kind !== 'fault') tokens.push({ kind: cue.kind, from, to });
  }
  return tokens;
}

/** `lines` line ends further, then `column` code points, counted from 1. */
function offsetOf(text: string, lines: number, column: number): number {
  let at = 0;
  for (let line = 0; line < lines; line++) at = text.indexOf('\n', at) + 1;
  for (let left = column - 1; left > 0 && at < text.length; left--) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return at;
}

export interface Piece {
  from: number;
  text: string;
  token: Token | null;
  stressed: boolean;
  /** Index into the faults; null where nothing is wrong. */
  fault: number | null;
  /** 'now' is the match that the search stands at. */
  found: 'no' | 'yes' | 'now';
}

export interface FoundPlace extends Range {
  now: boolean;
}

/** The text in pieces, in order and without gaps; none is empty. */
export function piecesOf(text: string, analysis: LineAnalysis, found: readonly FoundPlace[] = []): Piece[] {
  const { tokens, stressed, faults } = analysis;
  const edges = new Set([0, text.length]);
  // A fault of no width is shown on the character before it, or after it at the line's start.
  const wide = faults.map(({ from, to }) =>
    to > from ? { from, to } : { from: Math.max(0, from - 1), to: from || 1 },
  );
  for (const { from, to } of [...tokens, ...stressed, ...wide, ...found]) edges.add(from).add(to);
  const cuts = [...edges].filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  const covers = (from: number) => (range: Range) => range.from <= from && from < range.to;
  return cuts.slice(0, -1).map((from, i) => {
    const covering = covers(from);
    const fault = wide.findIndex(covering);
    const match = found.find(covering);
    return {
      from,
      text: text.slice(from, cuts[i + 1]),
      token: tokens.find(covering) ?? null,
      stressed: stressed.some(covering),
      fault: fault < 0 ? null : fault,
      found: match === undefined ? 'no' : match.now ? 'now' : 'yes',
    };
  });
}
