/** The lines of a show's segments, ready to be played: what has a fault is left out and told. */
import type { AssetRef } from '../document/asset.ts';
import type { Segment } from '../document/live.ts';
import type { Project } from '../document/project.ts';
import type { ScriptLine } from '../document/script.ts';
import { StudioError } from '../errors/index.ts';
import { findEmotion } from '../speech/emotion-presets.ts';
import type { ScriptNode } from '../speech/script/ast.ts';
import { unknownEmotion } from '../speech/script/cue.ts';
import { parseLine } from '../speech/script/parse.ts';
import { slotsOf, writeFilled } from '../speech/script/slots.ts';
import { variationAt } from './variation.ts';

/** What of a project decides its show. */
export type ShowSource = Pick<Project, 'script' | 'emotions'> & { live: Pick<Project['live'], 'show'> };

/** A line that cannot be played, because its text has a fault: told once, not each round. */
export interface LineFault {
  segmentId: string;
  lineId: string;
  error: StudioError;
}

export interface PreparedLine {
  line: ScriptLine;
  nodes: readonly ScriptNode[];
  hasSlots: boolean;
}
/** What a segment consists of: lines, or one thing that is played whole. */
export type PreparedSegment =
  | { kind: 'lines'; lines: readonly PreparedLine[]; takesTime: boolean }
  | { kind: 'recording'; asset: AssetRef; text: string; takesTime: true }
  | { kind: 'whole'; takesTime: true };

/** A pause shorter than this is no reason to play a segment of nothing else. */
const SHORTEST_MS = 100;

export function prepareSegment(
  segment: Segment,
  { script, emotions }: ShowSource,
  onFault: (fault: LineFault) => void,
): PreparedSegment {
  if (segment.kind === 'recording')
    return { kind: 'recording', asset: segment.asset, text: segment.text, takesTime: true };
  if (segment.kind !== 'script') return { kind: 'whole', takesTime: true };
  if (segment.lines === null && script.recording !== null) {
    const text = script.lines.map((line) => line.text).join('\n');
    return { kind: 'recording', asset: script.recording, text, takesTime: true };
  }
  const names = emotions.map(({ name }) => name);
  const lines: PreparedLine[] = [];
  for (const [index, line] of (segment.lines ?? script.lines).entries()) {
    if (line.text.trim() === '') continue;
    const parsed = parseLine(line.text, index + 1, names);
    const tell = (error: StudioError): void => onFault({ segmentId: segment.id, lineId: line.id, error });
    if (!parsed.ok) tell(parsed.errors[0]!);
    else if (findEmotion(line.emotion, emotions) === undefined) {
      const { code, params } = unknownEmotion(line.emotion, names);
      tell(new StudioError(code, { ...params, line: index + 1, column: 1, endColumn: 1 }));
    } else lines.push({ line, nodes: parsed.nodes, hasSlots: slotsOf(parsed.nodes).length > 0 });
  }
  return { kind: 'lines', lines, takesTime: lines.some(({ nodes }) => takesTime(nodes)) };
}

/** The line as it is said the `nth` time, from 0. `name` is the line's in the show: no slot says the same twice in a row. */
export function variedLine(
  { line, nodes, hasSlots }: PreparedLine,
  seed: number,
  name: string,
  nth: number,
): ScriptLine {
  if (!hasSlots) return line;
  const text = writeFilled(nodes, (slot, { alternatives }) =>
    variationAt(alternatives.length, seed, `${name} ${slot}`, nth),
  );
  return { ...line, text };
}

const isHeard = (words: string): boolean => /[\p{L}\p{N}]/u.test(words);

/** Whatever alternatives its slots take. */
const takesTime = (nodes: readonly ScriptNode[]): boolean =>
  nodes.some((node) => {
    if (node.kind === 'text') return isHeard(node.text);
    if (node.kind === 'say') return isHeard(node.spoken);
    if (node.kind === 'slot') return node.alternatives.every(isHeard);
    if (node.kind === 'pause') return node.ms >= SHORTEST_MS;
    return node.kind === 'pronunciation' || ('children' in node && takesTime(node.children));
  });
