/** The script as a file for elsewhere: in its own grammar, as plain reading, or as subtitles. */
import { setImmediate as turn } from 'node:timers/promises';
import type { ScriptExportFormat } from '../../app/contract/script.ts';
import type { Project } from '../../app/document/project.ts';
import { DEFAULT_PAUSE_MS, type ScriptLine } from '../../app/document/script.ts';
import { chooseStageSize } from '../../app/media/stage-size.ts';
import { toSrt, toVtt } from '../../app/media/subtitle-files.ts';
import { buildCues } from '../../app/media/subtitles.ts';
import { writeMood } from '../../app/speech/script/keyframes.ts';
import type { Utterance } from '../engine/ports/speech.ts';
import { layoutProgramme } from '../engine/stages/programme.ts';
import { spokenLines } from '../export/timeline-document.ts';

/** A line with its words alone, and how it is or will be spoken. */
export interface TimedLine {
  utterance: Utterance;
  /** Its times are of sound that is there. */
  measured: boolean;
}

export interface WrittenScript {
  text: string;
  /** Lines whose times are reckoned from their words. */
  estimatedLines: number;
}

const BATCH = 100;
/** Of byte order: programs of Windows take what has none for text of the local code page. */
const MARK = '\uFEFF';
/** @param timed asked line by line, in their order, where the format needs it */
export async function writeScript(
  project: Project,
  format: ScriptExportFormat,
  timed: (line: ScriptLine, index: number) => Promise<TimedLine>,
  signal: AbortSignal,
): Promise<WrittenScript> {
  const { lines } = project.script;
  if (format === 'txt') return { text: MARK + lines.map(grammarLine).join(''), estimatedLines: 0 };

  const all: TimedLine[] = [];
  for (const [index, line] of lines.entries()) {
    if (index % BATCH === 0) await turn(undefined, { signal });
    all.push(await timed(line, index));
  }
  if (format === 'md') {
    const said = all.map(({ utterance }) => utterance.displayText.trim()).filter((words) => words !== '');
    const text = [`# ${markdownOf(project.name)}`, ...said.map(markdownOf)].join('\n\n');
    return { text: `${text}\n`, estimatedLines: 0 };
  }
  // What measures the letters brings fonts along: loaded when it is first needed.
  const { subtitleMetrics } = await import('../stage/subtitle-sprites.ts');
  const { measure, maxWidthPx } = subtitleMetrics(chooseStageSize(project.stage.size, 16 / 9), project.stage.subtitles);
  const cues = buildCues(spokenLines(layoutProgramme(all.map(({ utterance }) => utterance))), { measure, maxWidthPx });
  // To one who speaks himself the voices' times are a guess as well.
  const estimated = project.script.recording === null ? all.filter(({ measured }) => !measured) : all;
  return { text: format === 'srt' ? MARK + toSrt(cues) : toVtt(cues), estimatedLines: estimated.length };
}

/** Comes in again as the same line, where it is brought in as text: its mood and a longer pause as cues. */
function grammarLine({ text, emotion, intensity, pauseAfterMs }: ScriptLine): string {
  if (text.trim() === '') return '';
  const mood = emotion === 'neutral' ? '' : writeMood({ emotion, intensity });
  const rest = Math.round(pauseAfterMs - DEFAULT_PAUSE_MS);
  const line = `${mood}${text.trim()}${rest > 0 ? `[${rest}ms]` : ''}`;
  // Else it would be a comment.
  return `${/^#(?:\s|$)/.test(line) ? '\\' : ''}${line}\n`;
}

/** Words that mean nothing to Markdown but themselves. */
const markdownOf = (words: string): string =>
  words
    .replace(/[\\`*_[\]<>~|]/g, '\\$&')
    .replace(/^(\s*)(#{1,6}(?=\s)|[-+](?=\s)|>)/, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])(?=\s)/, '$1\\$2');
