/**
 * Spoken lines → subtitle cues: at most two lines, broken at sentences and clauses, timed by the words.
 * All times in ms on the programme's clock.
 */
import type { Sentence, Word } from '../speech/timeline.ts';
import { type Atom, atomise, fitAtoms, layLines, type Measure } from './line-break.ts';

/** One spoken line on the programme's clock. `words` and `sentences` carry offsets into `displayText`; both may be empty. */
export interface SpokenLine {
  displayText: string;
  words: readonly Word[];
  sentences: readonly Sentence[];
  startMs: number;
  endMs: number;
}

/** A word as it stands in a subtitle line; `from`/`to` are UTF-16 offsets into that line's text. */
export interface CueWord {
  from: number;
  to: number;
  startMs: number;
  endMs: number;
}
export interface CueLine {
  text: string;
  words: CueWord[];
}
export interface SubtitleCue {
  startMs: number;
  endMs: number;
  /** One or two. */
  lines: CueLine[];
}

export interface CueOptions {
  measure: Measure;
  maxWidthPx: number;
  maxLines?: number;
}

export const MIN_CUE_MS = 800;
export const MAX_CUE_MS = 6000;
/** A pause shorter than this is bridged: the cue stays until the next one comes. */
const BRIDGE_MS = 600;
/** After the last sound a cue stays this long when nothing follows at once. */
const LINGER_MS = 300;

type TimedAtom = Atom & { startMs: number; endMs: number };

/** What cannot be shown or would break a file is taken out, offsets kept: one unit for one unit. */
const clean = (text: string) =>
  text.toWellFormed().replace(/[\p{Cc}\u2028\u2029\u2060\uFEFF]/gu, (c) => (c === '\n' ? '\n' : ' '));

/** Each atom's time by the words it overlaps; in between, or with no words at all, spread by length. */
function timeAtoms(atoms: readonly Atom[], sorted: readonly Word[], line: SpokenLine): TimedAtom[] {
  const timed: TimedAtom[] = [];
  let w = 0;
  for (const atom of atoms) {
    while (w < sorted.length && sorted[w].to <= atom.from) w++;
    let startMs = Number.NaN;
    let endMs = Number.NaN;
    for (let i = w; i < sorted.length && sorted[i].from < atom.to; i++) {
      const word = sorted[i];
      const share = (at: number) => {
        const t = (at - word.from) / (word.to - word.from);
        return word.startMs + Math.min(1, Math.max(0, t)) * (word.endMs - word.startMs);
      };
      const from = share(atom.from);
      const to = share(atom.to);
      startMs = Number.isNaN(startMs) ? from : Math.min(startMs, from);
      endMs = Number.isNaN(endMs) ? to : Math.max(endMs, to);
    }
    timed.push({ ...atom, startMs, endMs });
  }
  for (let i = 0; i < timed.length; i++) {
    if (!Number.isNaN(timed[i].startMs)) continue;
    let j = i;
    while (j < timed.length && Number.isNaN(timed[j].startMs)) j++;
    const fromMs = i > 0 ? timed[i - 1].endMs : line.startMs;
    const toMs = Math.max(fromMs, j < timed.length ? timed[j].startMs : line.endMs);
    const length = timed[j - 1].to - timed[i].from;
    for (let k = i; k < j; k++) {
      timed[k].startMs = fromMs + ((timed[k].from - timed[i].from) / length) * (toMs - fromMs);
      timed[k].endMs = fromMs + ((timed[k].to - timed[i].from) / length) * (toMs - fromMs);
    }
    i = j;
  }
  return timed;
}

/** Cost of ending a cue after an atom of each grade. */
const CUT_COST = [9, 3, 0.6, 0] as const;

/** Cuts one sentence into runs of atoms, each showable as one cue. Dynamic programme over the legal cuts. */
function cutSentence(atoms: readonly TimedAtom[], options: Required<CueOptions>): TimedAtom[][] {
  const { measure, maxWidthPx, maxLines } = options;
  const n = atoms.length;
  const before = new Float64Array(n + 1);
  atoms.forEach((atom, i) => {
    before[i + 1] = before[i] + measure(atom.text);
  });
  /** For each atom: how far one line that begins with it can reach (greedy filling needs the fewest lines). */
  const reach = new Int32Array(n + 1);
  for (let start = 0, end = 0; start < n; start++) {
    end = Math.max(end, start + 1);
    while (end < n && before[end] - before[start] + measure(atoms[end].text.trimEnd()) <= maxWidthPx) end++;
    reach[start] = end;
  }
  const linesFor = (start: number, end: number) => {
    let lines = 0;
    for (let at = start; at < end && lines <= maxLines; lines++) at = reach[at];
    return lines;
  };
  const cost = new Float64Array(n + 1).fill(Infinity);
  const from = new Int32Array(n + 1);
  cost[0] = 0;
  for (let end = 1; end <= n; end++) {
    for (let start = end - 1; start >= 0; start--) {
      const ms = atoms[end - 1].endMs - atoms[start].startMs;
      const lines = linesFor(start, end);
      if (start < end - 1 && (lines > maxLines || ms > MAX_CUE_MS)) break;
      const short = Math.max(0, 1400 - ms) / 1400;
      const c = cost[start] + 1 + CUT_COST[atoms[end - 1].breakAfter] + short * short * 4 + (lines - 1) * 0.25;
      if (c < cost[end]) {
        cost[end] = c;
        from[end] = start;
      }
    }
  }
  const runs: TimedAtom[][] = [];
  for (let end = n; end > 0; end = from[end]) runs.push(atoms.slice(from[end], end));
  return runs.reverse();
}

function firstEndingAfter(sorted: readonly Word[], offset: number): number {
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const mid = (low + high) >> 1;
    if (sorted[mid].to > offset) high = mid;
    else low = mid + 1;
  }
  return low;
}

/** `sorted`: the line's words by offset. */
function toCue(
  atoms: readonly TimedAtom[],
  sorted: readonly Word[],
  options: Required<CueOptions>,
): SubtitleCue | null {
  const ranges = layLines(atoms, options.measure, options.maxWidthPx, options.maxLines) ?? [[0, atoms.length]];
  const lines = ranges.map(([a, b]): CueLine => {
    const from = atoms[a].from;
    const raw = atoms
      .slice(a, b)
      .map((atom) => atom.text)
      .join('');
    const lead = raw.length - raw.trimStart().length;
    const text = raw.trim();
    const words: CueWord[] = [];
    for (let i = firstEndingAfter(sorted, from + lead); i < sorted.length; i++) {
      const word = sorted[i];
      if (word.from >= from + lead + text.length) break;
      words.push({
        from: Math.max(0, word.from - from - lead),
        to: Math.min(text.length, word.to - from - lead),
        startMs: word.startMs,
        endMs: word.endMs,
      });
    }
    return { text: text.replace(/\s+/g, (gap) => ' '.repeat(gap.length)), words };
  });
  const shown = lines.filter((l) => l.text !== '');
  if (shown.length === 0) return null;
  return { startMs: atoms[0].startMs, endMs: atoms[atoms.length - 1].endMs, lines: shown };
}

/** Sentence ends: where the voice's timeline puts them, else by punctuation. */
function sentenceRuns(atoms: readonly TimedAtom[], line: SpokenLine): TimedAtom[][] {
  const ends = new Set(line.sentences.map((sentence) => sentence.to));
  const runs: TimedAtom[][] = [[]];
  for (const atom of atoms) {
    runs.at(-1)?.push(atom);
    const spoken = ends.has(atom.to) || ends.has(atom.from + atom.text.trimEnd().length);
    if (spoken || atom.breakAfter === 3) runs.push([]);
  }
  return runs.filter((run) => run.length > 0);
}

/** Very short sentences ("好。") join the next or the one before when both fit on one cue. */
function joinShort(runs: TimedAtom[][], options: Required<CueOptions>): TimedAtom[][] {
  const joined: TimedAtom[][] = [];
  const ms = (run: readonly TimedAtom[]) => run[run.length - 1].endMs - run[0].startMs;
  for (const run of runs) {
    const last = joined.at(-1);
    const both = last ? [...last, ...run] : run;
    const short = last !== undefined && (ms(last) < MIN_CUE_MS || ms(run) < MIN_CUE_MS);
    const newline = last?.at(-1)?.text.includes('\n') ?? false;
    const fits = layLines(both, options.measure, options.maxWidthPx, options.maxLines) !== null;
    if (last && short && !newline && fits && ms(both) <= MAX_CUE_MS) joined[joined.length - 1] = both;
    else joined.push(run);
  }
  return joined;
}

/** Bridges short gaps and gives every cue its least time, without any two overlapping. In place. */
function settleTimes(cues: SubtitleCue[]): void {
  for (let i = 0; i < cues.length; i++) {
    const cue = cues[i];
    const next = cues[i + 1];
    const limit = next ? Math.max(next.startMs, cue.startMs) : Infinity;
    cue.endMs = Math.min(Math.max(cue.endMs, cue.startMs), limit);
    const gap = limit - cue.endMs;
    const held = gap <= BRIDGE_MS ? limit : cue.endMs + LINGER_MS;
    cue.endMs = Math.min(held, limit, Math.max(cue.endMs, cue.startMs + MAX_CUE_MS));
    if (cue.endMs - cue.startMs >= MIN_CUE_MS) continue;
    cue.endMs = Math.min(cue.startMs + MIN_CUE_MS, limit);
    const earliest = i > 0 ? cues[i - 1].endMs : 0;
    cue.startMs = Math.max(Math.min(cue.startMs, earliest), earliest, cue.endMs - MIN_CUE_MS);
    const lacking = MIN_CUE_MS - (cue.endMs - cue.startMs);
    if (lacking > 0 && next && next.endMs - next.startMs - lacking >= MIN_CUE_MS) {
      cue.endMs += lacking;
      next.startMs += lacking;
    }
  }
}

/** Cues for spoken lines in the order of time. Cost grows linearly with the text. */
export function buildCues(lines: readonly SpokenLine[], options: CueOptions): SubtitleCue[] {
  const full = { maxLines: 2, ...options };
  const cues = lines.flatMap((line) => {
    const text = clean(line.displayText);
    const sorted = line.words.filter((word) => word.to > word.from).sort((a, b) => a.from - b.from);
    const atoms = timeAtoms(fitAtoms(atomise(text), full.measure, full.maxWidthPx), sorted, line);
    const runs = sentenceRuns(atoms, line).flatMap((sentence) => cutSentence(sentence, full));
    return joinShort(runs, full)
      .map((run) => toCue(run, sorted, full))
      .filter((cue) => cue !== null);
  });
  settleTimes(cues);
  for (const cue of cues) {
    cue.startMs = Math.round(cue.startMs);
    cue.endMs = Math.round(cue.endMs);
  }
  return cues;
}
