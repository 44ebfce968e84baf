/** What can be undone and redone: labelled steps, each a pair of patch lists. Plain values; every function gives a new history. */
import type { Patch } from '../../app/contract/projects.ts';
import type { MessageKey } from '../i18n/index.ts';
import { compactPatches, sectionsMeet, sectionsOf } from './patches.ts';

export interface HistoryStep {
  label: MessageKey;
  patches: readonly Patch[];
  inverse: readonly Patch[];
  /** Steps that follow each other under one key become one. null: a step of its own, or one that is closed. */
  mergeKey: string | null;
  atMs: number;
}

export interface History {
  undo: readonly HistoryStep[];
  redo: readonly HistoryStep[];
}

export const EMPTY_HISTORY: History = { undo: [], redo: [] };
const STEPS_KEPT = 500;
/** Typing that pauses longer than this begins a new step. */
const MERGE_WITHIN_MS = 1_500;

/** `heldSinceMs`: since when a pointer is held down; a drag that rests goes on where it was. */
export function addStep(history: History, step: HistoryStep, heldSinceMs: number | null): History {
  const last = history.undo.at(-1);
  const merges =
    last !== undefined &&
    step.mergeKey !== null &&
    last.mergeKey === step.mergeKey &&
    history.redo.length === 0 &&
    (step.atMs - last.atMs <= MERGE_WITHIN_MS || (heldSinceMs !== null && heldSinceMs <= last.atMs));
  if (!merges) return { undo: [...history.undo.slice(1 - STEPS_KEPT), step], redo: [] };
  const merged: HistoryStep = {
    ...step,
    patches: compactPatches([...last.patches, ...step.patches]),
    // The earliest value is what undoing leads to: it is applied last, so of the same place only it is kept.
    inverse: compactPatches([...step.inverse, ...last.inverse]),
  };
  return { undo: [...history.undo.slice(0, -1), merged], redo: [] };
}

/** The next change begins a new step, whatever its key. */
export function seal(history: History): History {
  const last = history.undo.at(-1);
  if (last === undefined || last.mergeKey === null) return history;
  return { ...history, undo: [...history.undo.slice(0, -1), { ...last, mergeKey: null }] };
}

export const stepBack = ({ undo, redo }: History): History => ({
  undo: undo.slice(0, -1),
  redo: [...redo, undo.at(-1)!],
});
export const stepForward = ({ undo, redo }: History): History => ({
  undo: [...undo, redo.at(-1)!],
  redo: redo.slice(0, -1),
});

/**
 * After somebody else's change: steps that touch the same sections can no longer be taken back without undoing theirs, nor can
 * any step that lies behind one of those.
 */
export function withoutSections(history: History, foreign: ReadonlySet<string>): History {
  const meets = (step: HistoryStep): boolean => sectionsMeet(sectionsOf(step.patches), foreign);
  return {
    undo: history.undo.slice(history.undo.findLastIndex(meets) + 1),
    redo: history.redo.slice(history.redo.findLastIndex(meets) + 1),
  };
}
