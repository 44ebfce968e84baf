/**
 * A script line as a tree that keeps every character of its source, cues and escapes included.
 * The grammar is told to people in docs/script.md.
 */
/** Words. `text` is `source` without escapes; characters that are never shown or spoken are still in both. */
export interface TextNode {
  kind: 'text';
  source: string;
  text: string;
}
export interface EmotionNode {
  kind: 'emotion';
  source: string;
  /** A built-in emotion or one of the project's own, as named there. */
  emotion: string;
  /** 0..1. */
  intensity: number;
}
export interface PauseNode {
  kind: 'pause';
  source: string;
  ms: number;
}
export interface MarkerNode {
  kind: 'marker';
  source: string;
  name: string;
  argument: string;
}
/** `重{chóng}`: one Han character and its Mandarin syllable with a tone digit. */
export interface PronunciationNode {
  kind: 'pronunciation';
  source: string;
  character: string;
  pinyin: string;
}
/** `[say: spoken]` (`shown` is empty) or `[say: spoken]shown[/say]`. */
export interface SayNode {
  kind: 'say';
  source: string;
  spoken: string;
  shown: string;
}
/** `{新品|爆款}`: one of these words each time the line is said. Two at least; one may be empty. */
export interface SlotNode {
  kind: 'slot';
  source: string;
  /** Without their escapes. */
  alternatives: string[];
}
export type ProsodyAxis = 'rate' | 'pitch' | 'volume';
/** `[rate 1.2]…[/rate]`. `opening` and `closing` are the cues as written. */
export interface ProsodyNode {
  kind: 'prosody';
  axis: ProsodyAxis;
  factor: number;
  opening: string;
  closing: string;
  children: ScriptNode[];
}
/** `*…*` or `[em]…[/em]`. */
export interface EmphasisNode {
  kind: 'emphasis';
  opening: string;
  closing: string;
  children: ScriptNode[];
}
export type ScriptNode =
  | TextNode
  | EmotionNode
  | PauseNode
  | MarkerNode
  | PronunciationNode
  | SayNode
  | SlotNode
  | ProsodyNode
  | EmphasisNode;

/** The line exactly as it was written. */
export function printLine(nodes: readonly ScriptNode[]): string {
  let out = '';
  for (const node of nodes) {
    out += 'children' in node ? node.opening + printLine(node.children) + node.closing : node.source;
  }
  return out;
}
