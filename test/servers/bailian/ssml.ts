/** What of SSML a voice takes: speak (rate, pitch, volume), break, sub, phoneme in pinyin, say-as, s, p. */
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import type { TextRun } from '../../../app/speech/normalise/normalise.ts';

export interface SsmlStretch {
  text: string;
  runs: TextRun[];
  /** Silence after it. */
  breakMs: number;
}

export interface Ssml {
  stretches: SsmlStretch[];
  rate: number;
  pitch: number;
}

const KNOWN = new Set(['speak', 'break', 'sub', 'phoneme', 'say-as', 's', 'p', 'soundevent', 'w', 'phrase']);

/** null: no SSML at all, or none that a voice takes. */
export function parseSsml(source: string): Ssml | null {
  const ssml: Ssml = { stretches: [], rate: 1, pitch: 1 };
  let open: SsmlStretch = { text: '', runs: [], breakMs: 0 };
  let inside: SaxesTagPlain | null = null;
  let depth = 0;
  let isBad = false;
  const parser = new SaxesParser();
  const close = (breakMs: number): void => {
    open.breakMs = breakMs;
    ssml.stretches.push(open);
    open = { text: '', runs: [], breakMs: 0 };
  };
  const add = (run: Omit<TextRun, 'from' | 'to'>, text: string): void => {
    open.runs.push({ ...run, from: open.text.length, to: open.text.length + text.length });
    open.text += text;
  };
  parser.on('error', () => {
    isBad = true;
  });
  parser.on('opentag', (tag) => {
    if ((depth === 0) !== (tag.name === 'speak') || !KNOWN.has(tag.name)) isBad = true;
    depth += 1;
    const { attributes } = tag as SaxesTagPlain;
    if (tag.name === 'speak') {
      ssml.rate = factor(attributes.rate);
      ssml.pitch = factor(attributes.pitch);
    } else if (tag.name === 'break') close(durationMs(attributes.time) ?? 300);
    else if (tag.name === 'sub' || tag.name === 'phoneme') inside = tag as SaxesTagPlain;
  });
  parser.on('text', (text) => {
    if (depth === 0) {
      if (text.trim() !== '') isBad = true;
      return;
    }
    if (inside?.name === 'sub') add({ spoken: inside.attributes.alias ?? '' }, text);
    else if (inside?.name === 'phoneme') {
      const syllables = (inside.attributes.ph ?? '').trim().split(/\s+/);
      const characters = [...text];
      if (syllables.length !== characters.length) isBad = true;
      for (const [i, character] of characters.entries()) add({ pinyin: syllables[i] ?? '' }, character);
    } else add({}, text);
  });
  parser.on('closetag', (tag) => {
    depth -= 1;
    if (tag.name === 'sub' || tag.name === 'phoneme') inside = null;
  });
  try {
    parser.write(source.trim()).close();
  } catch {
    return null;
  }
  if (isBad) return null;
  if (open.text !== '') close(0);
  return ssml.stretches.some(({ text }) => text.trim() !== '') ? ssml : null;
}

const factor = (written: string | undefined): number => {
  const value = Number(written ?? 1);
  return Number.isFinite(value) && value >= 0.5 && value <= 2 ? value : 1;
};

function durationMs(written: string | undefined): number | null {
  const match = /^([\d.]+)(ms|s)$/.exec(written?.trim() ?? '');
  if (!match) return null;
  return Math.min(10_000, Number(match[1]) * (match[2] === 's' ? 1000 : 1));
}
