/** Tables: RFC 4180, with the separators and headings that spreadsheets of both languages write. */
import { type Emotion, foldEmotionName, isEmotion } from '../../../app/speech/emotion.ts';
import type { Draft, DraftLine } from './draft.ts';

type Column = 'text' | 'emotion' | 'intensity' | 'voice' | 'pause';

const HEADINGS: Record<Column, readonly string[]> = {
  text: [
    'text',
    'line',
    'script',
    'content',
    'sentence',
    '文案',
    '台词',
    '内容',
    '文本',
    '文字',
    '正文',
    '句子',
    '口播',
  ],
  emotion: ['emotion', 'mood', '情绪', '情感', '表情'],
  intensity: ['intensity', 'strength', '强度', '程度'],
  voice: ['voice', 'voiceid', '声音', '音色', '配音'],
  pause: ['pause', 'pausems', 'pauseafterms', '停顿', '间隔'],
};

const CHINESE_EMOTIONS: Readonly<Record<string, Emotion>> = {
  平静: 'neutral',
  中性: 'neutral',
  自然: 'neutral',
  开心: 'happy',
  高兴: 'happy',
  快乐: 'happy',
  温柔: 'gentle',
  严肃: 'serious',
  认真: 'serious',
  悲伤: 'sad',
  难过: 'sad',
  伤心: 'sad',
  惊讶: 'surprised',
  吃惊: 'surprised',
  生气: 'angry',
  愤怒: 'angry',
  兴奋: 'excited',
  激动: 'excited',
};

/** Records of a table; a cell in quotes may hold separators, line ends and doubled quotes. Never fails: an open quote ends with the file. */
export function parseCsv(text: string, separator = separatorOf(text)): { cells: string[]; line: number }[] {
  const records: { cells: string[]; line: number }[] = [];
  let cells: string[] = [];
  let cell = '';
  let line = 1;
  let startLine = 1;
  let quoted = false;
  const endRecord = (): void => {
    cells.push(cell);
    if (cells.some((each) => each.trim() !== '')) records.push({ cells, line: startLine });
    cells = [];
    cell = '';
    startLine = line;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    const lineEnd = char === '\n' || (char === '\r' && text[i + 1] !== '\n');
    if (lineEnd) line += 1;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (char === '"' && cell.trim() === '') {
      quoted = true;
      cell = '';
    } else if (char === separator) {
      cells.push(cell);
      cell = '';
    } else if (lineEnd) endRecord();
    else if (char !== '\r') cell += char;
  }
  if (cell !== '' || cells.length > 0) endRecord();
  return records;
}

/** Comma, semicolon (spreadsheets of half of Europe) or tab: whichever the first line has most of, outside quotes. */
function separatorOf(text: string): string {
  const first = (/^[^\r\n]*/.exec(text)?.[0] ?? '').replace(/"(?:[^"]|"")*"/g, '');
  const counts = [',', ';', '\t'].map((mark) => [mark, first.split(mark).length] as const);
  return counts.reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}

export function readCsv(text: string, emotionNames: readonly string[]): Draft {
  const records = parseCsv(text);
  const draft: Draft = { lines: [], leftOut: 0, unknown: [] };
  const named = headingsOf(records[0]?.cells ?? []);
  const columns = named ?? new Map<Column, number>([['text', wordiest(records.map(({ cells }) => cells))]]);
  const unknown = new Map<Column, { count: number; line: number; value: string; column: string }>();
  for (const { cells, line } of named ? records.slice(1) : records) {
    const at = (column: Column): string => {
      const index = columns.get(column);
      return index === undefined ? '' : (cells[index] ?? '').trim();
    };
    const said = at('text').replace(/\s*[\r\n]+\s*/g, ' ');
    if (said === '') continue;
    const entry: DraftLine = { text: said, sourceLine: line };
    const miss = (column: Column): void => {
      const known = unknown.get(column);
      const heading = records[0]!.cells[columns.get(column)!]!.trim();
      if (known) known.count += 1;
      else unknown.set(column, { count: 1, line, value: at(column).slice(0, 40), column: heading });
    };
    const mood = foldEmotionName(at('emotion'));
    const own = emotionNames.find((name) => foldEmotionName(name) === mood);
    const emotion = isEmotion(mood) ? mood : (own ?? CHINESE_EMOTIONS[mood]);
    if (emotion !== undefined) entry.emotion = emotion;
    else if (mood !== '') miss('emotion');
    const intensity = share(at('intensity'));
    if (intensity !== null && intensity <= 1) entry.intensity = intensity;
    else if (at('intensity') !== '') miss('intensity');
    if (/^[a-z0-9-]+:.+$/.test(at('voice'))) entry.voiceId = at('voice');
    else if (at('voice') !== '') miss('voice');
    const pauseMs = duration(at('pause'));
    if (pauseMs !== null && pauseMs <= 60_000) entry.pauseAfterMs = pauseMs;
    else if (at('pause') !== '') miss('pause');
    draft.lines.push(entry);
  }
  draft.unknown = [...unknown.values()];
  return draft;
}

/** Where each column is, if the first row names one for the text. */
function headingsOf(cells: readonly string[]): Map<Column, number> | null {
  const found = new Map<Column, number>();
  for (const [index, cell] of cells.entries()) {
    const name = cell
      .trim()
      .toLowerCase()
      .replace(/[\s_()（）-]/g, '');
    const column = (Object.keys(HEADINGS) as Column[]).find((each) => HEADINGS[each].includes(name));
    if (column !== undefined && !found.has(column)) found.set(column, index);
  }
  return found.has('text') ? found : null;
}

function wordiest(rows: readonly (readonly string[])[]): number {
  const letters: number[] = [];
  for (const row of rows.slice(0, 200))
    for (const [index, cell] of row.entries())
      letters[index] = (letters[index] ?? 0) + (cell.match(/\p{L}/gu)?.length ?? 0);
  return letters.length === 0 ? 0 : letters.reduce((best, count, index) => (count > letters[best]! ? index : best), 0);
}

function share(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(%?)$/.exec(text);
  return match ? Number(match[1]) / (match[2] === '%' ? 100 : 1) : null;
}

/** `300`, `300ms`, `0.5s`, `0.5秒` in ms. */
function duration(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(ms|毫秒|s|秒)?$/i.exec(text);
  if (!match) return null;
  return Math.round(Number(match[1]) * (/^(?:s|秒)$/i.test(match[2] ?? '') ? 1000 : 1));
}
