/** Find and replace across the lines of a script. */
import { compileQuery, type FindQuery, type FoundRange, findInText, replaceInText } from '../speech/script/find.ts';
import type { ScriptLine } from './script.ts';

export interface FoundInLine extends FoundRange {
  lineId: string;
}

/** Every match in the order of the lines. @throws StudioError script.bad-pattern */
export function findInLines(lines: readonly ScriptLine[], query: FindQuery, own: readonly string[]): FoundInLine[] {
  const pattern = compileQuery(query);
  if (pattern === null) return [];
  return lines.flatMap(({ id, text }) => findInText(text, pattern, own).map((range) => ({ lineId: id, ...range })));
}

/** Lines without a match are the same objects as before. @throws StudioError script.bad-pattern */
export function replaceInLines(
  lines: readonly ScriptLine[],
  query: FindQuery & { replacement: string },
  own: readonly string[],
): { lines: ScriptLine[]; count: number } {
  const pattern = compileQuery(query);
  if (pattern === null) return { lines: [...lines], count: 0 };
  let count = 0;
  const replaced = lines.map((line) => {
    const result = replaceInText(line.text, pattern, query.replacement, query.regex, own);
    count += result.count;
    return result.count === 0 ? line : { ...line, text: result.text };
  });
  return { lines: replaced, count };
}
