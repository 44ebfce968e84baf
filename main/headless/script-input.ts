/** The words of --text, --script and --emotion as the document's script lines. */
import type { ScriptLine } from '../../app/document/script.ts';
import type { StudioError } from '../../app/errors/index.ts';
import { parseLine } from '../../app/speech/script/parse.ts';
import { parseScriptText } from '../../app/speech/script/script-text.ts';
import type { VerbContext } from './cli.ts';
import { ManyFaults, usage } from './faults.ts';
import { emotionOption } from './option-values.ts';
import { readStdin, readTextFile } from './text-input.ts';

/** What --text or --script say, in the emotions everybody has and `ownEmotions`; null when neither is given. Every mistake is told at once. @throws ManyFaults script.* */
export async function scriptLines(
  { options, console, signal }: VerbContext,
  ownEmotions: readonly string[],
): Promise<ScriptLine[] | null> {
  const { text, script } = options;
  if (typeof text === 'string' && typeof script === 'string')
    throw usage('command.conflicting-options', { option: '--text', other: '--script' });
  let texts: string[];
  if (typeof text === 'string')
    texts = linesOfText(text === '-' ? await readStdin(console, signal) : text, ownEmotions);
  else if (typeof script === 'string') {
    const written = script === '-' ? await readStdin(console, signal) : await readTextFile(script, signal);
    texts = linesOfScript(written, ownEmotions);
  } else return null;
  return texts.map((line, i) => ({
    id: `line-${i + 1}`,
    text: line,
    ...lineEmotion(options.emotion, ownEmotions),
    voiceId: null,
    pauseAfterMs: 300,
  }));
}

const lineEmotion = (emotion: string | boolean | undefined, ownEmotions: readonly string[]) =>
  typeof emotion === 'string'
    ? emotionOption('--emotion', emotion, ownEmotions)
    : { emotion: 'neutral' as const, intensity: 1 };

/** Typed words: every line counts, a hash is a hash. */
function linesOfText(text: string, ownEmotions: readonly string[]): string[] {
  const faults: StudioError[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (const [i, line] of lines.entries()) {
    const parsed = parseLine(line, i + 1, ownEmotions);
    if (!parsed.ok) faults.push(...parsed.errors);
  }
  if (faults.length > 0) throw new ManyFaults(faults);
  return lines.filter((line) => line.trim() !== '');
}

function linesOfScript(text: string, ownEmotions: readonly string[]): string[] {
  const parsed = parseScriptText(text, ownEmotions);
  if (!parsed.ok) throw new ManyFaults(parsed.errors);
  return parsed.lines.map((line) => line.text);
}
