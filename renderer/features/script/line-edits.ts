/** What a person does to the lines of the open project, each one step of undo. Where it says so, the caret follows. */
import type { Draft } from 'immer';
import type { ImportedLine } from '../../../app/contract/script.ts';
import { DEFAULT_PAUSE_MS, type ScriptLine } from '../../../app/document/script.ts';
import { duplicateLines, mergeLines, moveLines, splitLine } from '../../../app/document/script-editing.ts';
import { foldEmotionName } from '../../../app/speech/emotion.ts';
import { emotionNames } from '../../../app/speech/emotion-presets.ts';
import type { Mood } from '../../../app/speech/script/keyframes.ts';
import type { MessageKey } from '../../i18n/index.ts';
import { editDocument, openDocument, sealEdit } from '../../state/project.ts';
import { NOTHING, select, uiStore } from '../../state/ui-store.ts';
import { putCaret } from './caret.ts';
import { lineIndex, linesNow } from './lines-index.ts';

export const newLineId = (): string => crypto.randomUUID();
const ownNames = (): string[] => openDocument()?.emotions.map(({ name }) => name) ?? [];
const indexOf = (id: string): number => {
  const document = openDocument();
  return document === null ? -1 : lineIndex(document, id);
};

export const blankLine = (from: Partial<ScriptLine> = {}): ScriptLine => ({
  ...{ id: newLineId(), text: '', emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: DEFAULT_PAUSE_MS },
  ...from,
});

/** The lines as a whole: their ids move, so patches of single ones would be no shorter. */
const setLines = (label: MessageKey, lines: readonly ScriptLine[]): void =>
  editDocument(label, (draft) => {
    draft.script.lines = lines as Draft<ScriptLine[]>;
  });

function editLines(
  label: MessageKey,
  ids: readonly string[],
  change: Partial<Omit<ScriptLine, 'id'>>,
  mergeKey?: string,
): void {
  const indices = ids.map(indexOf).filter((index) => index >= 0);
  editDocument(
    label,
    (draft) => {
      for (const index of indices) Object.assign(draft.script.lines[index]!, change);
    },
    mergeKey === undefined ? {} : { mergeKey },
  );
}

export const setText = (id: string, text: string): void =>
  editLines('script.stepType', [id], { text }, `script.text:${id}`);
/** A change of the text that is a step of its own: a cue put in, a keyframe moved. Under one `mergeKey` a drag is one step. */
export const changeText = (label: MessageKey, id: string, text: string, mergeKey?: string): void =>
  editLines(label, [id], { text }, mergeKey);

export const setMood = (ids: readonly string[], mood: Partial<Mood>, mergeKey?: string): void => {
  const intensity = mood.intensity && Math.round(Math.min(1, Math.max(0, mood.intensity)) * 100) / 100;
  const change = {
    ...(mood.emotion !== undefined && { emotion: mood.emotion }),
    ...(intensity !== undefined && { intensity }),
  };
  editLines('script.stepEmotion', ids, change, mergeKey);
};
export const setVoice = (ids: readonly string[], voiceId: string | null): void =>
  editLines('script.stepVoice', ids, { voiceId });
export const setPause = (ids: readonly string[], pauseAfterMs: number, mergeKey?: string): void =>
  editLines('script.stepPause', ids, { pauseAfterMs }, mergeKey);

/** The chosen lines, in the order of the script. */
export function selectedIds(): string[] {
  const { selection } = uiStore.getState();
  if (selection.kind !== 'lines') return [];
  const chosen = new Set(selection.ids);
  return linesNow().flatMap(({ id }) => (chosen.has(id) ? [id] : []));
}
/** What a change made at one line is for: all chosen lines where it is one of them. */
export const meantBy = (id: string): string[] => {
  const ids = selectedIds();
  return ids.includes(id) ? ids : [id];
};

/** All from `anchor` to `active`, which is the last and so the active one. */
export function selectRange(anchorId: string, activeId: string): void {
  const lines = linesNow();
  const [a, b] = [indexOf(anchorId), indexOf(activeId)];
  if (a < 0 || b < 0) return;
  const ids = lines.slice(Math.min(a, b), Math.max(a, b) + 1).map(({ id }) => id);
  select({ kind: 'lines', ids: a <= b ? ids : ids.toReversed() });
}

/** A line of its own after `afterId` (null: at the end), in its mood; the caret goes there. */
export function insertLine(afterId: string | null, text = ''): void {
  const lines = linesNow();
  const at = afterId === null ? lines.length : indexOf(afterId) + 1;
  const before = lines[at - 1];
  const line = blankLine({
    ...(before && { emotion: before.emotion, intensity: before.intensity, voiceId: before.voiceId }),
    text,
  });
  setLines('script.stepInsert', [...lines.slice(0, at), line, ...lines.slice(at)]);
  putCaret(line.id, 'end');
}

/** Enter: in two at `from`; what lies up to `to` goes. */
export function splitAt(id: string, from: number, to: number): void {
  const lines = linesNow();
  const index = indexOf(id);
  const line = lines[index];
  if (line === undefined) return;
  const text = line.text.slice(0, from) + line.text.slice(to);
  const [first, second] = splitLine({ ...line, text }, from, newLineId(), ownNames());
  setLines('script.stepSplit', [...lines.slice(0, index), first, second, ...lines.slice(index + 1)]);
  // With nothing before the place, the empty line is the new one, and the caret stays with its words.
  putCaret(second.id, 0);
}

/** The line `id` and the one before it become one; the caret goes between what they were. */
export function mergeIntoPrevious(id: string): boolean {
  const lines = linesNow();
  const index = indexOf(id);
  const [first, second] = [lines[index - 1], lines[index]];
  if (first === undefined || second === undefined) return false;
  const merged = mergeLines(first, second, ownNames());
  setLines('script.stepMerge', [...lines.slice(0, index - 1), merged, ...lines.slice(index + 1)]);
  putCaret(merged.id, Math.min(first.text.trimEnd().length, merged.text.length));
  return true;
}

export function deleteLines(ids: readonly string[]): void {
  const lines = linesNow();
  const gone = new Set(ids);
  const first = lines.findIndex(({ id }) => gone.has(id));
  const left = lines.filter(({ id }) => !gone.has(id));
  if (left.length === lines.length) return;
  setLines('script.stepDelete', left);
  const next = left[Math.min(first, left.length - 1)];
  if (next === undefined) select(NOTHING);
  else putCaret(next.id, 'end');
}

export function moveSelected(ids: readonly string[], by: -1 | 1): void {
  const lines = linesNow();
  const moving = new Set(ids);
  const first = lines.findIndex(({ id }) => moving.has(id));
  const last = lines.findLastIndex(({ id }) => moving.has(id));
  if (first < 0 || (by < 0 ? first === 0 : last === lines.length - 1)) return;
  const before = by < 0 ? lines[first - 1]!.id : (lines[last + 2]?.id ?? null);
  setLines('script.stepMove', moveLines(lines, moving, before));
}
export function moveBefore(ids: readonly string[], beforeId: string | null): void {
  const lines = linesNow();
  const moved = moveLines(lines, new Set(ids), beforeId);
  if (moved.some(({ id }, index) => id !== lines[index]!.id)) setLines('script.stepMove', moved);
}

export function duplicate(ids: readonly string[]): void {
  const newIds = ids.map(newLineId);
  if (newIds.length === 0) return;
  setLines('script.stepDuplicate', duplicateLines(linesNow(), new Set(ids), newIds));
  if (newIds.length === 1) putCaret(newIds[0]!, 'end');
  else select({ kind: 'lines', ids: newIds });
}

/** Pasted lines: the first goes on where the caret is, the last before what stood after it. */
export function pasteLines(id: string, from: number, to: number, texts: readonly string[]): void {
  const lines = linesNow();
  const index = indexOf(id);
  const line = lines[index];
  if (line === undefined) return;
  const [before, after] = [line.text.slice(0, from), line.text.slice(to)];
  const mood = { emotion: line.emotion, intensity: line.intensity, voiceId: line.voiceId };
  const last = texts.length - 1;
  const pasted = texts.map((text, i) => {
    const whole = (i === 0 ? before : '') + text + (i === last ? after : '');
    return i === 0 ? { ...line, text: whole } : blankLine({ ...mood, text: whole });
  });
  setLines('script.stepPaste', [...lines.slice(0, index), ...pasted, ...lines.slice(index + 1)]);
  putCaret(pasted[last]!.id, pasted[last]!.text.length - after.length);
}

/** Whole lines, as they were copied, after the line `afterId`. */
export function pasteWholeLines(afterId: string | null, copied: readonly Omit<ScriptLine, 'id'>[]): void {
  const lines = linesNow();
  const known = new Set(emotionNames(openDocument()?.emotions ?? []).map(foldEmotionName));
  const fresh = copied.map((line) =>
    blankLine({
      ...line,
      id: newLineId(),
      emotion: known.has(foldEmotionName(line.emotion)) ? line.emotion : 'neutral',
    }),
  );
  const at = afterId === null ? lines.length : indexOf(afterId) + 1;
  setLines('script.stepPaste', [...lines.slice(0, at), ...fresh, ...lines.slice(at)]);
  select({ kind: 'lines', ids: fresh.map(({ id }) => id) });
}

export function addImported(imported: readonly ImportedLine[], how: 'replace' | 'append'): void {
  const fresh = imported.map((line) =>
    blankLine({
      text: line.text,
      ...(line.emotion !== undefined && { emotion: line.emotion }),
      ...(line.intensity !== undefined && { intensity: line.intensity }),
      ...(line.voiceId !== undefined && { voiceId: line.voiceId }),
      ...(line.pauseAfterMs !== undefined && { pauseAfterMs: line.pauseAfterMs }),
    }),
  );
  const old = linesNow();
  // A script of one empty line is an empty script.
  const kept = how === 'replace' || old.every(({ text }) => text.trim() === '') ? [] : old;
  setLines('script.stepImport', [...kept, ...fresh]);
  if (fresh[0] !== undefined) putCaret(fresh[0].id, 0);
}

export const replaceLines = (lines: readonly ScriptLine[]): void => setLines('script.stepReplace', lines);
export { sealEdit };

/** Lines written anew, all of them one step of undo. */
export function setWritten(label: MessageKey, written: ReadonlyMap<string, Partial<Omit<ScriptLine, 'id'>>>): void {
  editDocument(label, (draft) => {
    for (const line of draft.script.lines) Object.assign(line, written.get(line.id));
  });
  sealEdit();
}

/** Lines that were drafted, after the line `afterId` (null: at the end), one step of undo. */
export function insertDrafted(
  label: MessageKey,
  afterId: string | null,
  drafted: readonly Partial<ScriptLine>[],
): void {
  const lines = linesNow();
  const voiceId = lines.find(({ id }) => id === afterId)?.voiceId ?? null;
  const fresh = drafted.map((line) => blankLine({ voiceId, ...line }));
  if (lines.every(({ text }) => text.trim() === '')) setLines(label, fresh);
  else {
    const place = afterId === null ? -1 : indexOf(afterId);
    setLines(label, lines.toSpliced(place < 0 ? lines.length : place + 1, 0, ...fresh));
  }
  sealEdit();
  select({ kind: 'lines', ids: fresh.map(({ id }) => id) });
}
