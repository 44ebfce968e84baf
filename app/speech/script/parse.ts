/**
 * The script grammar's parser: one pass, no recursion, time linear in the text.
 * It tells every fault of a line at once, so that an editor can underline them all.
 */
import { type ErrorCode, type ErrorParams, StudioError } from '../../errors/index.ts';
import type { EmphasisNode, ProsodyNode, ScriptNode } from './ast.ts';
import { type Closable, parseCue, unescapeAlternative, unescapeText } from './cue.ts';
import { parsePinyin } from './pinyin.ts';

export { printLine } from './ast.ts';

/**
 * Each error's params hold `line`, `column` and `endColumn` (after the last character), 1-based, in code points.
 * Errors come in the order of their places.
 */
export type ParsedLine = { ok: true; nodes: ScriptNode[] } | { ok: false; errors: StudioError[] };

/** Deep enough for any person, shallow enough to walk by recursion. */
const MAX_DEPTH = 32;
/** Characters of a slot: a brace that is never closed is not looked for to the end of a book. */
const MAX_SLOT = 2000;

interface Frame {
  /** `star` is `*…*`: without its partner it is a plain asterisk, never an error. */
  opens: Closable | 'star' | 'line';
  from: number;
  opening: string;
  span: ProsodyNode | EmphasisNode | null;
  children: ScriptNode[];
}
interface Fault {
  code: ErrorCode;
  params: ErrorParams;
  from: number;
  to: number;
}

const ESCAPABLE = '\\[]{}*#';
const HAN_AT_END = /\p{Script=Han}$/u;
const WORD_CHARACTER = /[\p{Script=Latin}\p{Nd}]/u;

/** `lineNumber`: what errors call the text's first line. `ownEmotions`: names of the project's own emotions. */
export function parseLine(text: string, lineNumber = 1, ownEmotions: readonly string[] = []): ParsedLine {
  const parser = new LineParser(text, ownEmotions);
  parser.run();
  if (parser.faults.length === 0) return { ok: true, nodes: parser.root.children };
  return { ok: false, errors: locate(text, parser.faults, lineNumber) };
}

/** The tree of a valid line. Throws the line's first error. */
export function parseLineOrThrow(text: string, lineNumber = 1, ownEmotions: readonly string[] = []): ScriptNode[] {
  const parsed = parseLine(text, lineNumber, ownEmotions);
  if (!parsed.ok) throw parsed.errors[0]!;
  return parsed.nodes;
}

class LineParser {
  readonly root: Frame = { opens: 'line', from: 0, opening: '', span: null, children: [] };
  readonly faults: Fault[] = [];
  private readonly text: string;
  private readonly stack: Frame[] = [this.root];
  private textFrom = 0;
  private at = 0;
  private starOpen = false;

  private readonly ownEmotions: readonly string[];

  constructor(text: string, ownEmotions: readonly string[]) {
    this.text = text;
    this.ownEmotions = ownEmotions;
  }

  run(): void {
    const { text } = this;
    const special = /[\\[{*]/g;
    while (this.at < text.length) {
      special.lastIndex = this.at;
      const found = special.exec(text);
      if (found === null) break;
      this.at = found.index;
      const char = found[0];
      if (char === '\\') this.at += ESCAPABLE.includes(text[this.at + 1] ?? ' ') ? 2 : 1;
      else if (char === '[') this.cue();
      else if (char === '{') this.brace();
      else this.star();
    }
    this.at = text.length;
    this.flushText(text.length);
    while (this.stack.length > 1) this.abandon();
  }

  private get top(): Frame {
    return this.stack[this.stack.length - 1]!;
  }

  private fail(code: ErrorCode, params: ErrorParams, from: number, to: number): void {
    this.faults.push({ code, params, from, to });
  }

  /** Source up to `to` that no node has taken yet becomes text; the next node begins there. */
  private flushText(to: number): void {
    if (to > this.textFrom) this.append(textNode(this.text.slice(this.textFrom, to)));
    this.textFrom = to;
  }

  private append(node: ScriptNode): void {
    const { children } = this.top;
    const last = children[children.length - 1];
    if (node.kind === 'text' && last?.kind === 'text') {
      last.source += node.source;
      last.text += node.text;
    } else {
      children.push(node);
    }
  }

  /** Index of the next unescaped `wanted`, or −1 when `[`, `{` or the line's end comes first. */
  private closing(from: number, wanted: ']' | '}'): number {
    const { text } = this;
    for (let i = from; i < text.length; i++) {
      const char = text[i]!;
      if (char === wanted) return i;
      if (char === '[' || char === '{' || char === '\n') return -1;
      if (char === '\\' && ESCAPABLE.includes(text[i + 1] ?? ' ')) i++;
    }
    return -1;
  }

  private cue(): void {
    const from = this.at;
    const end = this.closing(from + 1, ']');
    if (end < 0) {
      this.fail('script.unclosed-bracket', { bracket: '[' }, from, from + 1);
      this.at = from + 1;
      return;
    }
    const to = end + 1;
    const source = this.text.slice(from, to);
    const cue = parseCue(source.slice(1, -1), this.ownEmotions);
    this.flushText(from);
    this.at = to;
    this.textFrom = to;
    switch (cue.kind) {
      case 'fault':
        this.fail(cue.code, cue.params, from, to);
        // A span that is wrong in its number is still a span: its end is not another fault.
        if (/^\[\s*(rate|pitch|volume)\b/i.test(source)) {
          const axis = /rate|pitch|volume/i.exec(source)![0].toLowerCase() as 'rate' | 'pitch' | 'volume';
          this.open({ opens: axis, from, opening: source, span: null, children: [] });
        }
        return;
      case 'prosody': {
        const children: ScriptNode[] = [];
        const span: ProsodyNode = { ...cue, opening: source, closing: '', children };
        this.open({ opens: cue.axis, from, opening: source, span, children });
        return;
      }
      case 'em': {
        const children: ScriptNode[] = [];
        const span: EmphasisNode = { kind: 'emphasis', opening: source, closing: '', children };
        this.open({ opens: 'em', from, opening: source, span, children });
        return;
      }
      case 'close':
        this.close(cue.closes, from, to, source);
        return;
      case 'say':
        this.say(cue.spoken, from, to);
        return;
      default:
        this.append({ ...cue, source });
    }
  }

  private open(frame: Frame): void {
    this.stack.push(frame);
    if (this.stack.length === MAX_DEPTH + 2) {
      this.fail('script.nested-too-deep', { max: MAX_DEPTH }, frame.from, frame.from + frame.opening.length);
    }
  }

  private close(closes: Closable, from: number, to: number, source: string): void {
    let depth = this.stack.length - 1;
    while (this.stack[depth]!.opens === 'star') depth--;
    if (this.stack[depth]!.opens !== closes) {
      this.fail('script.unmatched-close', { cue: closes }, from, to);
      return;
    }
    while (this.stack.length - 1 > depth) this.abandon();
    const { span } = this.stack.pop()!;
    if (span === null) return;
    span.closing = source;
    this.append(span);
  }

  /** The top frame has no end: a star is an asterisk after all, any other span is a fault. */
  private abandon(): void {
    const frame = this.stack.pop()!;
    if (frame.opens === 'star') {
      this.starOpen = false;
      this.append(textNode('*'));
      for (const node of frame.children) this.append(node);
    } else {
      this.fail('script.unclosed-span', { cue: frame.opens }, frame.from, frame.from + frame.opening.length);
    }
  }

  /** `[say: spoken]`, and the words it stands for when `[/say]` is the next cue. */
  private say(spoken: string, from: number, to: number): void {
    const { text } = this;
    let end = to;
    while (end < text.length && text[end] !== '[' && text[end] !== '\n') {
      end += text[end] === '\\' && ESCAPABLE.includes(text[end + 1] ?? ' ') ? 2 : 1;
    }
    const closing = /\[\s*\/\s*say\s*\]/iy;
    closing.lastIndex = end;
    const match = closing.exec(text);
    if (match !== null) {
      const shown = unescapeText(text.slice(to, end));
      end += match[0].length;
      this.append({ kind: 'say', source: text.slice(from, end), spoken, shown });
      this.at = end;
      this.textFrom = end;
    } else if (spoken === '') {
      this.fail('script.empty-say', { cue: text.slice(from, to) }, from, to);
    } else {
      this.append({ kind: 'say', source: text.slice(from, to), spoken, shown: '' });
    }
  }

  /** A slot where there is a `|` between the braces; else a pronunciation. */
  private brace(): void {
    const { text } = this;
    const from = this.at;
    let wordsFrom = from + 1;
    const found: string[] = [];
    let cueAt = -1;
    const furthest = Math.min(text.length, from + MAX_SLOT);
    for (let i = from + 1; i < furthest && text[i] !== '\n'; i++) {
      const char = text[i]!;
      if (char === '\\' && `${ESCAPABLE}|`.includes(text[i + 1] ?? ' ')) i++;
      else if (cueAt < 0 && (char === '[' || char === '{')) cueAt = i;
      else if (char === '|') {
        found.push(text.slice(wordsFrom, i));
        wordsFrom = i + 1;
      } else if (char === '}') {
        if (found.length === 0) break;
        found.push(text.slice(wordsFrom, i));
        this.slot(found, from, i + 1, cueAt);
        return;
      }
    }
    this.pronunciation();
  }

  private slot(written: readonly string[], from: number, to: number, cueAt: number): void {
    const { text } = this;
    this.flushText(from);
    this.at = to;
    this.textFrom = to;
    if (cueAt >= 0) {
      this.fail('script.cue-in-slot', { cue: text.slice(cueAt, Math.min(to, cueAt + 40)) }, cueAt, cueAt + 1);
      return;
    }
    const alternatives = written.map(unescapeAlternative);
    if (alternatives.every((words) => words.trim() === '')) {
      this.fail('script.empty-slot', { slot: text.slice(from, Math.min(to, from + 40)) }, from, to);
      return;
    }
    this.append({ kind: 'slot', source: text.slice(from, to), alternatives });
  }

  private pronunciation(): void {
    const { text } = this;
    const from = this.at;
    const end = this.closing(from + 1, '}');
    if (end < 0) {
      this.fail('script.unclosed-bracket', { bracket: '{' }, from, from + 1);
      this.at = from + 1;
      return;
    }
    const to = end + 1;
    const written = text.slice(from + 1, end);
    this.at = to;
    const before = text.slice(Math.max(this.textFrom, from - 2), from);
    const character = HAN_AT_END.exec(before)?.[0];
    const pinyin = parsePinyin(written);
    if (character === undefined) {
      this.fail('script.pinyin-not-after-han', { pinyin: written.slice(0, 40) }, from, to);
    } else if (pinyin === null) {
      this.fail('script.bad-pinyin', { pinyin: written.slice(0, 40) }, from, to);
    } else {
      const start = from - character.length;
      this.flushText(start);
      this.append({ kind: 'pronunciation', source: text.slice(start, to), character, pinyin });
      this.textFrom = to;
    }
  }

  /**
   * An asterisk opens emphasis before a non-space and closes it after one; beside a Latin letter or a digit on its
   * outer side it is a plain asterisk, so that `5*3*2` is a product.
   */
  private star(): void {
    const { text, at } = this;
    const before = text[at - 1] ?? ' ';
    const after = text[at + 1] ?? ' ';
    if (
      this.starOpen &&
      this.top.opens === 'star' &&
      !/\s/.test(before) &&
      !WORD_CHARACTER.test(after) &&
      at > this.top.from + 1
    ) {
      this.flushText(at);
      const frame = this.stack.pop()!;
      this.starOpen = false;
      this.append({ kind: 'emphasis', opening: '*', closing: '*', children: frame.children });
      this.textFrom = at + 1;
    } else if (!this.starOpen && !/[\s*]/.test(after) && !WORD_CHARACTER.test(before)) {
      this.flushText(at);
      this.textFrom = at + 1;
      this.starOpen = true;
      this.open({ opens: 'star', from: at, opening: '*', span: null, children: [] });
    }
    this.at = at + 1;
  }
}

const textNode = (source: string): ScriptNode => ({ kind: 'text', source, text: unescapeText(source) });

/** Faults in the order of their places, with line and column counted in one pass over the text. */
function locate(text: string, faults: Fault[], lineNumber: number): StudioError[] {
  const sorted = faults.toSorted((a, b) => a.from - b.from || a.to - b.to);
  let at = 0;
  let line = lineNumber;
  let column = 1;
  return sorted.map(({ code, params, from, to }) => {
    while (at < from) {
      const size = codePointSize(text, at);
      if (text[at] === '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
      at += size;
    }
    let endColumn = column;
    for (let i = at; i < to; i += codePointSize(text, i)) endColumn++;
    return new StudioError(code, { ...params, line, column, endColumn });
  });
}

const codePointSize = (text: string, at: number): number => (text.codePointAt(at)! > 0xffff ? 2 : 1);
