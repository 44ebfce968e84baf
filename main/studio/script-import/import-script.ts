/** A file of words becomes lines of the script: read by its format, made safe for the grammar, cut to the length of a breath. */

import type { WireError } from '../../../app/contract/base.ts';
import type { ImportedLine, ImportedScript, ScriptFormat } from '../../../app/contract/script.ts';
import { type ErrorCode, type ErrorParams, StudioError } from '../../../app/errors/index.ts';
import { sentenceRanges } from '../../../app/speech/punctuation.ts';
import { escapeScriptText } from '../../../app/speech/script/escape.ts';
import { parseLine } from '../../../app/speech/script/parse.ts';
import { readCsv } from './csv.ts';
import { readDocx } from './docx.ts';
import type { Draft, DraftLine } from './draft.ts';
import { readMarkdown } from './markdown.ts';
import { readPlainText } from './plain-text.ts';
import { readSubtitles } from './subtitles.ts';
import { decodeText } from './text-encoding.ts';

const LIMIT_MB = 32;
export const MAX_SCRIPT_BYTES = LIMIT_MB * 2 ** 20;
/** Of the lines of one import; a project of more is no project any more. */
const MAX_LINES = 10_000;
/** Characters of a paragraph that is still one utterance. */
const LONG_LINE = 220;

export interface ScriptFile {
  bytes: Uint8Array;
  /** For messages, and for the format where none is given. */
  fileName: string;
  format: ScriptFormat | null;
  /** Names of the project's own emotions, which cues and tables may use. */
  emotionNames: readonly string[];
}

const READERS: Record<Exclude<ScriptFormat, 'docx'>, (text: string, emotionNames: readonly string[]) => Draft> = {
  txt: readPlainText,
  md: readMarkdown,
  srt: readSubtitles,
  vtt: readSubtitles,
  csv: readCsv,
};
const BY_EXTENSION: Readonly<Record<string, ScriptFormat>> = {
  txt: 'txt',
  text: 'txt',
  md: 'md',
  markdown: 'md',
  srt: 'srt',
  vtt: 'vtt',
  docx: 'docx',
  csv: 'csv',
  tsv: 'csv',
};

/**
 * @throws StudioError script.import-empty, -too-large, -unsupported, -not-text, -damaged, -old-word
 */
export async function importScript(
  { bytes, fileName, format: given, emotionNames }: ScriptFile,
  signal: AbortSignal,
): Promise<ImportedScript> {
  signal.throwIfAborted();
  if (bytes.length > MAX_SCRIPT_BYTES)
    throw new StudioError('script.import-too-large', { fileName, limitMb: LIMIT_MB });
  const format = given ?? formatOf(fileName, bytes);
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf && bytes[2] === 0x11 && bytes[3] === 0xe0)
    throw new StudioError('script.import-old-word', { fileName });
  if (format === null) throw new StudioError('script.import-unsupported', { fileName });
  const draft =
    format === 'docx' ? await word(bytes, fileName, signal) : READERS[format](text(bytes, fileName), emotionNames);
  if (draft.lines.length === 0) throw new StudioError('script.import-empty', { fileName });
  return { format, ...finish(draft, format, emotionNames) };
}

/** By the name's ending; without one, a Word document or plain text by its content. */
function formatOf(fileName: string, bytes: Uint8Array): ScriptFormat | null {
  const extension = /\.([a-z0-9]+)$/i.exec(fileName)?.[1]?.toLowerCase();
  if (extension !== undefined) return BY_EXTENSION[extension] ?? null;
  return bytes[0] === 0x50 && bytes[1] === 0x4b ? 'docx' : 'txt';
}

function text(bytes: Uint8Array, fileName: string): string {
  const decoded = decodeText(bytes);
  if (decoded === null) throw new StudioError('script.import-not-text', { fileName });
  return decoded.replace(/^\ufeff/, '');
}

async function word(bytes: Uint8Array, fileName: string, signal: AbortSignal): Promise<Draft> {
  try {
    return await readDocx(bytes, signal);
  } catch (cause) {
    signal.throwIfAborted();
    throw new StudioError('script.import-damaged', { fileName, format: 'Word' }, { cause });
  }
}

function finish(
  draft: Draft,
  format: ScriptFormat,
  emotionNames: readonly string[],
): Pick<ImportedScript, 'lines' | 'warnings'> {
  const warnings: WireError[] = [];
  const warn = (code: ErrorCode, params: ErrorParams): void => {
    warnings.push({ code, params, retryable: false });
  };
  let split = 0;
  let bracketed = { count: 0, line: 0 };
  const lines: ImportedLine[] = [];
  for (const draftLine of draft.lines) {
    const { sourceLine, ...line } = draftLine;
    const cued = parseLine(line.text, 1, emotionNames).ok;
    if (!cued) bracketed = { count: bracketed.count + 1, line: bracketed.line || sourceLine };
    // A line of a script is as long as its writer made it; a paragraph of prose is cut.
    const pieces = format === 'txt' || format === 'csv' ? [line.text] : breaths(line.text);
    if (pieces.length > 1) split += 1;
    for (const [i, piece] of pieces.entries()) {
      const grammatical = cued && parseLine(piece, 1, emotionNames).ok ? piece : escapeScriptText(piece);
      lines.push(i + 1 < pieces.length ? { ...withoutPause(line), text: grammatical } : { ...line, text: grammatical });
    }
  }
  if (bracketed.count > 0) warn('script.import-brackets', bracketed);
  if (draft.leftOut > 0) warn('script.import-left-out', { count: draft.leftOut });
  if (split > 0) warn('script.import-split', { count: split });
  for (const params of draft.unknown ?? []) warn('script.import-unknown-value', params);
  if (lines.length > MAX_LINES) warn('script.import-cut', { limit: MAX_LINES });
  return { lines: lines.slice(0, MAX_LINES), warnings };
}

const withoutPause = ({ pauseAfterMs: _, ...line }: Omit<DraftLine, 'sourceLine'>): ImportedLine => line;

/** A long paragraph as pieces of whole sentences, none longer than {@link LONG_LINE} unless one sentence is. */
function breaths(paragraph: string): string[] {
  if (paragraph.length <= LONG_LINE) return [paragraph];
  const pieces: string[] = [];
  let from = 0;
  let to = 0;
  for (const range of sentenceRanges(paragraph)) {
    if (to > from && range.to - from > LONG_LINE) {
      pieces.push(paragraph.slice(from, to).trim());
      from = range.from;
    }
    to = range.to;
  }
  pieces.push(paragraph.slice(from).trim());
  return pieces.filter((piece) => piece !== '');
}
