/** Markdown as a reader aloud would take it: paragraphs and list items are lines, marks of layout are gone. */
import type { Draft } from './draft.ts';
import { joinText } from './subtitles.ts';

const HEADING_PAUSE_MS = 600;
const FENCE = /^\s{0,3}(`{3,}|~{3,})/;
const RULE = /^\s{0,3}(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$/;
const ITEM = /^\s*(?:[-+*]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/;
const TABLE_LINE = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*$/;

export function readMarkdown(text: string): Draft {
  const draft: Draft = { lines: [], leftOut: 0 };
  const rows = text
    .replace(/^---\r?\n[\s\S]*?\r?\n(?:---|\.\.\.)\s*(?:\r?\n|$)/, (front) => front.replace(/[^\n]/g, ''))
    .split(/\r\n|\n|\r/);
  let open: { pieces: string[]; sourceLine: number } = { pieces: [], sourceLine: 0 };
  let inComment = false;
  const close = (pauseAfterMs?: number): void => {
    const { text: said, leftOut } = inline(joinText(open.pieces));
    draft.leftOut += leftOut;
    if (said !== '')
      draft.lines.push({
        text: said,
        sourceLine: open.sourceLine,
        ...(pauseAfterMs !== undefined && { pauseAfterMs }),
      });
    open = { pieces: [], sourceLine: 0 };
  };
  const take = (row: string, sourceLine: number): void => {
    // Two blanks or a backslash at its end part a line from the next.
    const ends = /(?: {2,}|\\)$/.test(row);
    const piece = row.trim().replace(ends ? /\\$/ : /$^/, '');
    if (open.pieces.length === 0) open.sourceLine = sourceLine;
    if (piece !== '') open.pieces.push(piece);
    if (ends) close();
  };
  for (let i = 0; i < rows.length; i++) {
    let row = rows[i]!;
    if (inComment || /^\s*<!--/.test(row)) {
      draft.leftOut += inComment ? 0 : 1;
      inComment = !row.includes('-->');
      continue;
    }
    const fence = FENCE.exec(row)?.[1];
    if (fence !== undefined) {
      close();
      draft.leftOut += 1;
      for (i += 1; i < rows.length && !rows[i]!.trim().startsWith(fence); i++);
      continue;
    }
    row = row.replace(/^(?:\s{0,3}>\s?)+/, '');
    const heading = /^\s{0,3}#{1,6}\s+(.*?)(?:\s+#+)?\s*$/.exec(row);
    if (heading) {
      close();
      take(heading[1]!, i + 1);
      close(HEADING_PAUSE_MS);
    } else if (/^\s{0,3}(?:=+|-{2,})\s*$/.test(row) && open.pieces.length > 0) close(HEADING_PAUSE_MS);
    else if (row.trim() === '' || RULE.test(row)) close();
    else if (TABLE_LINE.test(row) && row.includes('|')) {
      // The row above it was the table's head.
      open.pieces = [];
      draft.leftOut += 1;
      for (i += 1; i < rows.length && rows[i]!.includes('|'); i++);
      i -= 1;
    } else if (/^\s{0,3}\[[^\]]+\]:\s/.test(row)) draft.leftOut += 1;
    else {
      if (ITEM.test(row)) close();
      take(row.replace(ITEM, ''), i + 1);
    }
  }
  close();
  return draft;
}

/** Links keep their words, strong words one pair of asterisks (the script's emphasis), pictures and HTML go. */
function inline(source: string): { text: string; leftOut: number } {
  let leftOut = 0;
  const gone = (): string => {
    leftOut += 1;
    return '';
  };
  // Nothing looks further than the next mark of its own kind, or so far, so that a file full of marks takes no longer than another.
  const text = source
    .replace(/!\[[^[\]]*\](?:\([^)]{0,2000}\)|\[[^[\]]*\])/g, gone)
    .replace(/\[\^[^[\]]*\]/g, gone)
    .replace(/(?<!\\)\[([^[\]]+)\](?:\([^)]{0,2000}\)|\[[^[\]]*\])/g, '$1')
    .replace(/<(https?:[^<>\s]+|[^<>\s@]+@[^<>\s]+)>/g, '$1')
    .replace(/<!--(?:(?!<!--).)*?-->/g, gone)
    .replace(/<\/?[a-zA-Z][^<>]*>/g, '')
    .replace(/~~(.+?)~~/g, '$1')
    .replace(/(?<!`)`+([^`]+)`+/g, '$1')
    .replace(/(\*{2,3}|_{2,3})(?=\S)(.{1,2000}?)(?<=\S)\1/g, '*$2*')
    .replace(/(?<![\p{L}\p{N}_])_(?=\S)([^_]+?)(?<=\S)_(?![\p{L}\p{N}_])/gu, '*$1*')
    // What Markdown escapes and the script does not.
    .replace(/\\([^\\[\]{}*#\p{L}\p{N}\s])/gu, '$1');
  return { text: text.replace(/\s+/g, ' ').trim(), leftOut };
}
