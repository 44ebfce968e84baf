/** A whole script as plain text: one line is one utterance. Told to people in docs/script.md. */
import type { StudioError } from '../../errors/index.ts';
import type { ScriptNode } from './ast.ts';
import { parseLine } from './parse.ts';

export interface ScriptTextLine {
  /** 1-based, blank and comment lines counted. */
  lineNumber: number;
  /** The line in the script grammar, without white space at its end. */
  text: string;
  nodes: ScriptNode[];
}
export type ParsedScriptText = { ok: true; lines: ScriptTextLine[] } | { ok: false; errors: StudioError[] };

/**
 * Blank lines are skipped, and so are comments: a line that is `#` alone or starts with `# ` (a hash and white space),
 * so that a line may begin with a hashtag. Line ends may be LF, CRLF or CR; a byte-order mark is ignored.
 * `ownEmotions`: names of the project's own emotions.
 */
export function parseScriptText(text: string, ownEmotions: readonly string[] = []): ParsedScriptText {
  const lines: ScriptTextLine[] = [];
  const errors: StudioError[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const trimmed = raw.trimEnd();
    if (trimmed.trimStart() === '' || /^\s*#(?:\s|$)/.test(trimmed)) continue;
    // Leading space stays while parsing, so that columns count from the line's edge.
    const parsed = parseLine(trimmed, index + 1, ownEmotions);
    if (!parsed.ok) {
      errors.push(...parsed.errors);
      continue;
    }
    lines.push({ lineNumber: index + 1, text: trimmed, nodes: parsed.nodes });
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, lines };
}

/** The lines of a valid script. Throws the script's first error. */
export function parseScriptTextOrThrow(text: string): ScriptTextLine[] {
  const parsed = parseScriptText(text);
  if (!parsed.ok) throw parsed.errors[0]!;
  return parsed.lines;
}
