/** Whole lines on the clipboard: as text for everybody, and with their moods and voices for this editor. */
import { z } from 'zod';
import { type ScriptLine, scriptLineSchema } from '../../../app/document/script.ts';
import { openDocument } from '../../state/project.ts';
import { LINES_TYPE } from './drag-lines.ts';
import { deleteLines, pasteWholeLines, selectedIds } from './line-edits.ts';
import { lineOf } from './lines-index.ts';

const copiedSchema = z.array(scriptLineSchema.omit({ id: true })).min(1);

const chosenLines = (ids: readonly string[]): ScriptLine[] => {
  const document = openDocument();
  return document === null ? [] : ids.flatMap((id) => lineOf(document, id) ?? []);
};
const asText = (lines: readonly ScriptLine[]): string => lines.map(({ text }) => text).join('\n');

/** By a button; moods and voices need the keyboard's copy, which may bring more than text. */
export const copyLines = (ids: readonly string[]): Promise<void> =>
  navigator.clipboard.writeText(asText(chosenLines(ids)));

/** Several chosen lines; false: fewer, the text field does it. */
export function onCopy(event: ClipboardEvent, cut: boolean): boolean {
  const ids = selectedIds();
  if (ids.length < 2 || event.clipboardData === null) return false;
  const lines = chosenLines(ids);
  event.clipboardData.setData('text/plain', asText(lines));
  event.clipboardData.setData(LINES_TYPE, JSON.stringify(lines.map(({ id: _, ...line }) => line)));
  if (cut) deleteLines(ids);
  return true;
}

/** What {@link onCopy} has put there, after the line `afterId`. False: it is something else. */
export function onPasteLines(event: ClipboardEvent, afterId: string | null): boolean {
  const json = event.clipboardData?.getData(LINES_TYPE) ?? '';
  if (json === '') return false;
  try {
    pasteWholeLines(afterId, copiedSchema.parse(JSON.parse(json)));
    return true;
  } catch {
    return false;
  }
}
