/** What stands between `[` and `]`: its meaning, or what is wrong with it. */

import { nearest, suggestion } from '../../errors/did-you-mean.ts';
import type { ErrorCode, ErrorParams } from '../../errors/index.ts';
import { EMOTIONS, foldEmotionName } from '../emotion.ts';
import type { ProsodyAxis } from './ast.ts';

export const CLOSABLE = ['rate', 'pitch', 'volume', 'em', 'say'] as const;
export type Closable = (typeof CLOSABLE)[number];

export const MAX_PAUSE_MS = 60_000;
export const MIN_FACTOR = 0.5;
export const MAX_FACTOR = 2;

export type Cue =
  | { kind: 'emotion'; emotion: string; intensity: number }
  | { kind: 'pause'; ms: number }
  | { kind: 'marker'; name: string; argument: string }
  | { kind: 'say'; spoken: string }
  | { kind: 'prosody'; axis: ProsodyAxis; factor: number }
  | { kind: 'em' }
  | { kind: 'close'; closes: Closable };
export type CueFault = { kind: 'fault'; code: ErrorCode; params: ErrorParams };

const NUMBER = /^(\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(%?)$/;
/** How much of a bad cue an error quotes. */
const QUOTED = 40;

export const unescapeText = (source: string): string => source.replace(/\\([\\[\]{}*#])/g, '$1');
/** Within a slot a `|` can be escaped as well. */
export const unescapeAlternative = (source: string): string => source.replace(/\\([\\[\]{}*#|])/g, '$1');
const fault = (code: ErrorCode, params: ErrorParams): CueFault => ({ kind: 'fault', code, params });
const quote = (text: string): string => {
  const characters = [...text.slice(0, 4 * QUOTED)];
  return characters.length > QUOTED ? `${characters.slice(0, QUOTED).join('')}…` : text;
};

/** A plain number or a percentage as a factor; null when it is neither. */
function parseFactor(text: string): number | null {
  const match = NUMBER.exec(text.trim());
  if (match === null) return null;
  return Number(match[1]) / (match[2] === '%' ? 100 : 1);
}

function numbered(cue: string, text: string, example: string, min: number, max: number): number | CueFault {
  const value = parseFactor(text);
  if (value === null) {
    // A sign makes a number that reads well and can never be in range.
    const signed = /^[-+−]/.test(text.trim()) && parseFactor(text.trim().slice(1)) !== null;
    if (signed) return fault('script.out-of-range', { cue, value: quote(text.trim()), min, max });
    return fault('script.bad-number', { cue, value: quote(text.trim()), example });
  }
  if (value < min || value > max) return fault('script.out-of-range', { cue, value: quote(text.trim()), min, max });
  return value;
}

/**
 * `body` is the source between the brackets, escapes still in it; `ownEmotions` are names that may be used beside the
 * built-in ones.
 */
export function parseCue(body: string, ownEmotions: readonly string[] = []): Cue | CueFault {
  const trimmed = body.trim();
  const cue = `[${quote(trimmed)}]`;

  if (trimmed.startsWith('#')) {
    const match = /^#([\p{L}\p{N}_-]+)(?:\s+([\s\S]*))?$/u.exec(trimmed);
    if (match === null) return fault('script.bad-marker', { cue });
    return { kind: 'marker', name: match[1]!, argument: unescapeText(match[2] ?? '') };
  }
  const say = /^say\s*[:：]([\s\S]*)$/i.exec(trimmed);
  if (say !== null) return { kind: 'say', spoken: unescapeText(say[1]!.trim()) };

  if (trimmed.startsWith('/')) {
    const name = trimmed.slice(1).trim().toLowerCase();
    const closes = CLOSABLE.find((candidate) => candidate === name);
    return closes === undefined ? fault('script.unknown-cue', { cue }) : { kind: 'close', closes };
  }
  if (/^[-+−.\d]/.test(trimmed)) return parsePause(trimmed, cue);

  const [, word = '', rest = ''] = /^(\S+)\s*([\s\S]*)$/.exec(trimmed) ?? [];
  const name = word.toLowerCase();
  if (name === 'rate' || name === 'pitch' || name === 'volume') {
    const factor = numbered(cue, rest, `[${name} 1.2]`, MIN_FACTOR, MAX_FACTOR);
    return typeof factor === 'number' ? { kind: 'prosody', axis: name, factor } : factor;
  }
  if (name === 'em' && rest === '') return { kind: 'em' };
  const folded = foldEmotionName(word);
  const emotion =
    EMOTIONS.find((each) => each === folded) ?? ownEmotions.find((each) => foldEmotionName(each) === folded);
  if (emotion !== undefined) {
    if (rest === '') return { kind: 'emotion', emotion, intensity: 1 };
    const intensity = numbered(cue, rest, `[${emotion} 0.6]`, 0, 1);
    return typeof intensity === 'number' ? { kind: 'emotion', emotion, intensity } : intensity;
  }
  // A lone word, or a word with a number, is shaped like an emotion; anything else like a cue.
  if (/^[\p{L}\p{M}\p{N}_-]+$/u.test(word) && (rest === '' || parseFactor(rest) !== null))
    return { kind: 'fault', ...unknownEmotion(word, ownEmotions) };
  return fault('script.unknown-cue', { cue });
}

/** `nearest` is the name that was probably meant, empty where none is near. */
export function unknownEmotion(name: string, ownEmotions: readonly string[]): { code: ErrorCode; params: ErrorParams } {
  const known = [...EMOTIONS, ...ownEmotions];
  return {
    code: 'script.unknown-emotion',
    params: {
      emotion: quote(name),
      emotions: known.join(', '),
      nearest: nearest(name, known) ?? '',
      ...suggestion(name, known),
    },
  };
}

function parsePause(text: string, cue: string): Cue | CueFault {
  const match = /^([^a-z]*?)\s*(ms|s)$/i.exec(text.length > 40 ? '' : text);
  const value = match === null ? null : NUMBER.exec(match[1]!);
  if (match === null || value === null || value[2] === '%') {
    if (match !== null && /^[-+−]/.test(text) && NUMBER.test(match[1]!.slice(1))) {
      return fault('script.out-of-range', { cue, value: text, min: '0ms', max: `${MAX_PAUSE_MS / 1000}s` });
    }
    return fault('script.bad-number', { cue, value: quote(text), example: '[500ms] / [1.5s]' });
  }
  const ms = Math.round(Number(value[1]) * (match[2]!.toLowerCase() === 's' ? 1000 : 1));
  if (ms > MAX_PAUSE_MS) {
    return fault('script.out-of-range', { cue, value: text, min: '0ms', max: `${MAX_PAUSE_MS / 1000}s` });
  }
  return { kind: 'pause', ms };
}
