/** What a language model wrote, as lines of the script: read as it streams, forgiving about its form, strict about what comes out. Pure. */
import { foldEmotionName } from '../../../app/speech/emotion.ts';
import { escapeScriptText } from '../../../app/speech/script/escape.ts';
import { parseLine } from '../../../app/speech/script/parse.ts';

export interface Mood {
  emotion: string;
  intensity: number;
}

const NUMBERED = /^\s*(?:[-*•]\s+|\d{1,3}[.)、．]\s*)/;
const QUOTED = /^(["“「『])([\s\S]*)(["”」』])$/;
const CLOSES: Readonly<Record<string, string>> = { '"': '"', '“': '”', '「': '」', '『': '』' };

/** One line without what models like to put around it. */
function bare(text: string): string {
  const flat = text
    .replace(/^\s*```\w*\s*|\s*```\s*$/g, '')
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(NUMBERED, '')
    .trim();
  const quoted = QUOTED.exec(flat);
  return quoted !== null && CLOSES[quoted[1]!] === quoted[3] && !quoted[2]!.includes(quoted[3]!)
    ? quoted[2]!.trim()
    : flat;
}

/** A whole line that the grammar takes: directions it does not know are left out, and if that is not enough, everything stands for itself. */
export function asScriptLine(written: string, ownEmotions: readonly string[]): string {
  const text = bare(written);
  if (parseLine(text, 1, ownEmotions).ok) return text;
  const plain = text
    .replace(/\[[^\]]*\]|\{[^}]*\}/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return parseLine(plain, 1, ownEmotions).ok ? plain : escapeScriptText(plain);
}

/** As `asScriptLine` for what is still being written: what may yet become a direction is held back. */
export const asItIsWritten = (written: string): string => bare(written).replace(/\[[^\]]*$/, '');

const MOOD = /^\s*[[【]\s*([^\]】]+?)(?:\s+([01]?(?:\.\d+)?))?\s*[\]】]\s*/;

/** `[happy 0.6]` in front of a line, where it names an emotion there is. */
export function leadingMood(written: string, emotions: readonly string[]): { mood: Mood | null; rest: string } {
  const text = written.replace(NUMBERED, '');
  const match = MOOD.exec(text);
  const emotion = match === null ? null : knownEmotion(match[1]!, emotions);
  if (match === null || emotion === null) return { mood: null, rest: text };
  return { mood: { emotion, intensity: strength(match[2]) }, rest: text.slice(match[0].length) };
}

const knownEmotion = (name: string, emotions: readonly string[]): string | null =>
  emotions.find((known) => foldEmotionName(known) === foldEmotionName(name.trim())) ?? null;

const strength = (value: unknown): number => {
  const number = value === undefined || value === '' ? 1 : Number(value);
  return Number.isFinite(number) ? Math.round(Math.min(1, Math.max(0, number)) * 100) / 100 : 1;
};

/** Finds each `{"line":1,"emotion":"happy","intensity":0.6}` as soon as its bracket closes. */
export class MoodReader {
  private waiting = '';
  private readonly emotions: readonly string[];
  constructor(emotions: readonly string[]) {
    this.emotions = emotions;
  }

  push(text: string): { line: number; mood: Mood }[] {
    this.waiting += text;
    const found: { line: number; mood: Mood }[] = [];
    let read = 0;
    for (const match of this.waiting.matchAll(/\{[^{}]*\}/g)) {
      read = match.index + match[0].length;
      const mood = this.moodIn(match[0]);
      if (mood !== null) found.push(mood);
    }
    this.waiting = this.waiting.slice(read);
    return found;
  }

  private moodIn(json: string): { line: number; mood: Mood } | null {
    try {
      const { line, emotion, intensity } = JSON.parse(json) as Record<string, unknown>;
      const known = typeof emotion === 'string' ? knownEmotion(emotion, this.emotions) : null;
      if (typeof line !== 'number' || !Number.isInteger(line) || known === null) return null;
      return { line: line - 1, mood: { emotion: known, intensity: strength(intensity) } };
    } catch {
      return null;
    }
  }
}
