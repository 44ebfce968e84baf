/** Variation slots: `{新品|爆款|今天的主角}` is one of its alternatives each time it is said. */
import type { ScriptNode, SlotNode, TextNode } from './ast.ts';
import { escapeScriptText } from './escape.ts';
import { explicitLine } from './positions.ts';

/** Which alternative the line's slot number `index`, from 0, takes. */
export type ChooseAlternative = (index: number, slot: SlotNode) => number;

export function slotsOf(nodes: readonly ScriptNode[]): SlotNode[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'slot') return [node];
    return 'children' in node ? slotsOf(node.children) : [];
  });
}

/** The same line with words in the place of its slots. */
export function fillSlots(nodes: readonly ScriptNode[], choose: ChooseAlternative): ScriptNode[] {
  let index = 0;
  const fill = (children: readonly ScriptNode[]): ScriptNode[] => {
    const filled: ScriptNode[] = [];
    for (const node of children) {
      const next =
        node.kind === 'slot'
          ? wordsNode(node.alternatives[choose(index++, node)] ?? '')
          : 'children' in node
            ? { ...node, children: fill(node.children) }
            : node;
      const last = filled.at(-1);
      if (next.kind !== 'text' || last?.kind !== 'text') filled.push(next);
      else filled[filled.length - 1] = { ...last, source: last.source + next.source, text: last.text + next.text };
    }
    return filled;
  };
  return fill(nodes);
}

/** A line's source with its slots filled. */
export const writeFilled = (nodes: readonly ScriptNode[], choose: ChooseAlternative): string =>
  // Nothing in it may depend on its neighbours: they are others now.
  explicitLine(fillSlots(nodes, choose)).text;

const wordsNode = (words: string): TextNode => ({ kind: 'text', source: escapeScriptText(words), text: words });
