import type { Draft } from './draft.ts';

/** One line is one utterance, as in script files (docs/script.md): blank lines and `# ` comments are skipped. */
export function readPlainText(text: string): Draft {
  const draft: Draft = { lines: [], leftOut: 0 };
  for (const [index, raw] of text.split(/\r\n|\n|\r|\u2028|\u2029/).entries()) {
    if (/^\s*#(?:\s|$)/.test(raw)) draft.leftOut += raw.trim() === '#' ? 0 : 1;
    else if (raw.trim() !== '') draft.lines.push({ text: raw.trim(), sourceLine: index + 1 });
  }
  return draft;
}
