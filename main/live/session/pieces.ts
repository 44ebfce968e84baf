/** A line's plan cut where its sentences end: each is spoken by itself, so that the first is heard while the rest is being made. */
import type { EmotionPart, PlanPart, SpeechPart, UtterancePlan } from '../../../app/speech/plan.ts';
import { restMs, sentenceRanges } from '../../../app/speech/punctuation.ts';
import { hasSpeech } from '../../../app/speech/script/plan.ts';

export interface Piece {
  plan: UtterancePlan;
  text: string;
  /** Silence after it, before the next of the line. */
  restMs: number;
}

/**
 * At least one piece; what is not heard (a sentence of emoji) goes with the one before it, or the first. A piece begins with the mood that
 * holds where it begins, so that a line can be spoken from any of them on.
 */
export function piecesOf(plan: UtterancePlan): Piece[] {
  const ranges = sentenceRanges(plan.displayText);
  if (ranges.length < 2) return [{ plan, text: plan.displayText, restMs: 0 }];
  // A piece reaches to where the next begins: nothing between them is lost.
  const starts = ranges.map(({ from }, i) => (i === 0 ? 0 : from));
  const pieceAt = (offset: number): number => {
    let at = 0;
    while (at + 1 < starts.length && starts[at + 1]! <= offset) at++;
    return at;
  };
  const parts: PlanPart[][] = starts.map(() => []);
  let mood: EmotionPart | undefined;
  const moods: (EmotionPart | undefined)[] = starts.map(() => undefined);
  let current = 0;
  let held: PlanPart[] = [];
  const enter = (index: number): void => {
    while (current < index) {
      current++;
      moods[current] = mood;
    }
  };
  const release = (): void => {
    for (const part of held) {
      parts[current]!.push(part);
      if (part.kind === 'emotion') mood = part;
    }
    held = [];
  };
  for (const part of plan.parts) {
    if (part.kind !== 'speech') {
      // A written pause stays with what was said, moods and markers go with what comes.
      if (part.kind === 'pause' && parts[current]!.length > 0) {
        release();
        parts[current]!.push(part);
      } else held.push(part);
      continue;
    }
    const runs = new Map<number, SpeechPart['tokens']>();
    let least = 0;
    for (const token of part.tokens) {
      least = Math.max(least, pieceAt(token.from), current);
      const run = runs.get(least);
      if (run) run.push(token);
      else runs.set(least, [token]);
    }
    for (const [index, tokens] of runs) {
      enter(index);
      release();
      parts[index]!.push({ ...part, tokens });
    }
  }
  release();
  const pieces: { plan: UtterancePlan; from: number; to: number }[] = [];
  for (const [i, own] of parts.entries()) {
    const from = starts[i]!;
    const to = starts[i + 1] ?? plan.displayText.length;
    const begun = own[0]?.kind === 'emotion' || moods[i] === undefined ? own : [withoutCue(moods[i]!), ...own];
    pieces.push({ plan: rebased(begun, plan.displayText.slice(from, to), from), from, to });
  }
  return joinUnheard(plan, pieces, parts, starts);
}

const withoutCue = ({ cue: _, ...mood }: EmotionPart): EmotionPart => mood;

function rebased(parts: readonly PlanPart[], text: string, from: number): UtterancePlan {
  const displayText = text.trimEnd();
  const at = (offset: number): number => Math.max(0, Math.min(displayText.length, offset - from));
  return {
    displayText,
    parts: parts.map((part) =>
      part.kind !== 'speech'
        ? part
        : {
            ...part,
            tokens: part.tokens.map((token) => {
              const span = { from: at(token.from), to: at(token.to) };
              return { ...token, ...span, display: displayText.slice(span.from, span.to) };
            }),
          },
    ),
  };
}

/** Only what has sound is a piece; the rest is shown, and its markers met, with its neighbour. */
function joinUnheard(
  plan: UtterancePlan,
  pieces: readonly { plan: UtterancePlan; from: number; to: number }[],
  parts: readonly PlanPart[][],
  starts: readonly number[],
): Piece[] {
  const heard = pieces.map((piece) => hasSpeech(piece.plan));
  if (heard.every(Boolean))
    return pieces.map((piece, i) => ({
      plan: piece.plan,
      text: piece.plan.displayText,
      restMs: i === pieces.length - 1 ? 0 : restBetween(plan.displayText, piece, pieces[i + 1]!),
    }));
  if (!heard.some(Boolean)) return [{ plan, text: plan.displayText, restMs: 0 }];
  const groups: number[][] = [];
  for (const [i, isHeard] of heard.entries()) {
    const last = groups.at(-1);
    if (last && (!isHeard || !last.some((each) => heard[each]))) last.push(i);
    else groups.push([i]);
  }
  const joined = groups.map((group) => {
    const first = group[0]!;
    const from = starts[first]!;
    const to = starts[group.at(-1)! + 1] ?? plan.displayText.length;
    const own = group.flatMap((i) => parts[i]!);
    const mood = pieces[first]!.plan.parts[0];
    const begun = own[0]?.kind === 'emotion' || mood?.kind !== 'emotion' ? own : [mood, ...own];
    return { plan: rebased(begun, plan.displayText.slice(from, to), from), from, to };
  });
  return joined.map((piece, i) => ({
    plan: piece.plan,
    text: piece.plan.displayText,
    restMs: i === joined.length - 1 ? 0 : restBetween(plan.displayText, piece, joined[i + 1]!),
  }));
}

function restBetween(text: string, before: { from: number; to: number }, after: { from: number; to: number }): number {
  const left = /[^\p{L}\p{N}]*$/u.exec(text.slice(before.from, before.to))![0];
  const right = /^[^\p{L}\p{N}]*/u.exec(text.slice(after.from, after.to))![0];
  return restMs(`${left}${right}`);
}
