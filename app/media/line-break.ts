/**
 * Where a line of mixed Chinese and Latin text may be broken, and the breaking itself.
 * Rules after the W3C's "Requirements for Chinese Text Layout" (clreq), 3.1.3: closing marks never start a line, opening
 * marks never end one, a Latin word or a number is never torn.
 */

/** Width of a piece of text in pixels, on one line. */
export type Measure = (text: string) => number;

/** A piece of text no line may break inside, unless it alone is wider than the line. Offsets are UTF-16 in the whole text. */
export interface Atom {
  text: string;
  from: number;
  to: number;
  /** How good it is to break after it: 0 inside a Chinese word, 1 between words, 2 after a clause, 3 after a sentence. */
  breakAfter: 0 | 1 | 2 | 3;
}

const NEVER_STARTS =
  /^[\s。，、．：；！？!?,.:;…‥—～~·・%％‰℃°)\]}）］｝〕〉》」』】〗”’»›ー々ヽヾぁぃぅぇぉっゃゅょァィゥェォッャュョ]/u;
const NEVER_ENDS = /[([{（［｛〔〈《「『【〖“‘«‹¥￥$€£#＃@＠]$/u;
const CLOSERS = '[\\s)\\]}）］｝〕〉》」』】〗”’"\'»›]*';
const SENTENCE_END = new RegExp(`(?:[。！？!?…]|\\.(?!\\d))${CLOSERS}$`, 'u');
const CLAUSE_END = new RegExp(`(?:[，、；：;]|[,:](?!\\d)|——|—)${CLOSERS}$`, 'u');
/** Scripts whose words are never torn (they have spaces between them), and digits. */
const LATIN =
  /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}\p{Script=Hangul}\p{M}\p{Nd}_]/u;
/** A full stop after these ends no sentence. */
const ABBREVIATION = /(?:^|\s)(?:[A-Z]|Mr|Mrs|Ms|Dr|Prof|St|vs|No|Fig|etc|e\.g|i\.e)\.\s*$/u;
/** Joins a Latin word or a number when it stands between two of its parts: `v2.0`, `10:30`, `don't`, `3-5`, `a/b`. */
const JOINER = /[.,:'’\-–/&+@#%~=?_]/u;
/** Chinese particles that lean on the word before them. */
const PARTICLE = /^[的了着过们吗呢吧啊呀么]/u;
const LETTER = /\p{L}/u;

const graphemes = new Intl.Segmenter('zh', { granularity: 'grapheme' });
const words = new Intl.Segmenter('zh', { granularity: 'word' });

function graphemeRuns(text: string): { text: string; from: number }[] {
  const runs: { text: string; from: number }[] = [];
  let joining = false;
  for (const { segment, index } of graphemes.segment(text)) {
    const latin = LATIN.test(segment);
    const before = runs.at(-1);
    const next = text[index + segment.length] ?? '';
    const joins: boolean = joining && JOINER.test(segment) && LATIN.test(next);
    if (before && joining && (latin || joins)) before.text += segment;
    else runs.push({ text: segment, from: index });
    joining = latin || joins;
  }
  return runs;
}

/** Offsets where a Chinese word begins or ends. Long texts are cut into pieces first: the segmenter is not linear. */
function wordBoundaries(text: string): Set<number> {
  const edges = new Set<number>([0, text.length]);
  const step = 400;
  for (let start = 0; start < text.length; start += step) {
    for (const { index } of words.segment(text.slice(start, start + step))) edges.add(start + index);
  }
  return edges;
}

/** Splits text into atoms; joined together they are the text again. */
export function atomise(text: string): Atom[] {
  const edges = wordBoundaries(text);
  const atoms: Atom[] = [];
  let glue = false;
  for (const run of graphemeRuns(text)) {
    const before = atoms.at(-1);
    const straightQuote = run.text === '"' || run.text === "'";
    const opens = NEVER_ENDS.test(run.text) || (straightQuote && (before === undefined || /\s$/.test(before.text)));
    const closes = NEVER_STARTS.test(run.text) || (straightQuote && !opens);
    const glued = before !== undefined && (glue || closes) && !/\n\s*$/.test(before.text);
    if (glued) {
      before.text += run.text;
      before.to += run.text.length;
    } else {
      atoms.push({ text: run.text, from: run.from, to: run.from + run.text.length, breakAfter: 1 });
    }
    glue = opens;
  }
  for (const [i, atom] of atoms.entries()) {
    if (atom.text.includes('\n') || (SENTENCE_END.test(atom.text) && !ABBREVIATION.test(atom.text)))
      atom.breakAfter = 3;
    else if (CLAUSE_END.test(atom.text)) atom.breakAfter = 2;
    else if (LETTER.test(atom.text) && (!edges.has(atom.to) || PARTICLE.test(atoms[i + 1]?.text ?? '')))
      atom.breakAfter = 0;
  }
  return atoms;
}

/** Atoms wider than a line cut into graphemes, so that every one fits. Closing marks stay with the last piece of their atom. */
export function fitAtoms(atoms: readonly Atom[], measure: Measure, maxWidthPx: number): Atom[] {
  return atoms.flatMap((atom) => {
    if (measure(atom.text.trimEnd()) <= maxWidthPx) return [atom];
    const pieces: Atom[] = [];
    for (const { segment, index } of graphemes.segment(atom.text)) {
      const last = pieces.at(-1);
      const tail = last !== undefined && NEVER_STARTS.test(segment) && segment.trim() === '';
      if (last && (tail || measure(last.text + segment) <= maxWidthPx)) {
        last.text += segment;
        last.to += segment.length;
      } else {
        pieces.push({ text: segment, from: atom.from + index, to: atom.from + index + segment.length, breakAfter: 1 });
      }
    }
    const last = pieces.at(-1);
    if (last) last.breakAfter = atom.breakAfter;
    return pieces;
  });
}

/** Dislike of breaking a line after an atom of each grade, as a share of the line's width. */
const BREAK_DISLIKE = [0.5, 0.1, 0, 0] as const;

/**
 * Lays atoms on at most `maxLines` lines: fewest lines first, then even lengths and breaks between words or clauses.
 * Returns for each line the half-open range of atoms; null when they need more lines.
 */
export function layLines(
  atoms: readonly Atom[],
  measure: Measure,
  maxWidthPx: number,
  maxLines: number,
): [number, number][] | null {
  const before = new Float64Array(atoms.length + 1);
  atoms.forEach((atom, i) => {
    before[i + 1] = before[i] + measure(atom.text);
  });
  /** Without the space an atom carries at its end, which does not show at a line's end. */
  const shown = atoms.map((atom) => measure(atom.text.trimEnd()));
  const width = (from: number, to: number) => (to > from ? before[to - 1] - before[from] + shown[to - 1] : 0);
  const total = width(0, atoms.length);
  if (total <= maxWidthPx) return [[0, atoms.length]];
  for (let lines = Math.max(2, Math.ceil(total / maxWidthPx)); lines <= maxLines; lines++) {
    const ideal = total / lines;
    // best[k][i]: cheapest way to lay the first i atoms on k lines.
    const cost = Array.from({ length: lines + 1 }, () => new Float64Array(atoms.length + 1).fill(Infinity));
    const from = Array.from({ length: lines + 1 }, () => new Int32Array(atoms.length + 1));
    cost[0][0] = 0;
    for (let k = 1; k <= lines; k++) {
      for (let end = 1; end <= atoms.length; end++) {
        for (let start = end - 1; start >= 0; start--) {
          const w = width(start, end);
          if (w > maxWidthPx) break;
          const uneven = (w - ideal) / maxWidthPx;
          const dislike = end < atoms.length ? BREAK_DISLIKE[atoms[end - 1].breakAfter] : 0;
          const c = cost[k - 1][start] + uneven * uneven * 4 + dislike;
          if (c < cost[k][end]) {
            cost[k][end] = c;
            from[k][end] = start;
          }
        }
      }
    }
    if (cost[lines][atoms.length] < Infinity) {
      const ranges: [number, number][] = [];
      for (let k = lines, end = atoms.length; k > 0; k--) {
        const start = from[k][end];
        ranges.unshift([start, end]);
        end = start;
      }
      return ranges;
    }
  }
  return null;
}

/** Text on as few lines as it needs, none wider than `maxWidthPx`. */
export function wrapText(text: string, measure: Measure, maxWidthPx: number): string[] {
  const atoms = fitAtoms(atomise(text), measure, maxWidthPx);
  const ranges = layLines(atoms, measure, maxWidthPx, atoms.length) ?? [];
  return ranges.map(([from, to]) =>
    atoms
      .slice(from, to)
      .map((atom) => atom.text)
      .join('')
      .trim(),
  );
}
