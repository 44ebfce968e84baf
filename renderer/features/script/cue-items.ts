/** The cues one can put into a line, and how each is put in. Pure. */
import { EMOTIONS } from '../../../app/speech/emotion.ts';
import { parseCue } from '../../../app/speech/script/cue.ts';
import type { MessageKey } from '../../i18n/index.ts';
import type { TokenKind } from './line-tokens.ts';

export interface CueItem {
  id: string;
  kind: TokenKind;
  /** What it is called: a key, or a name that needs no translation. */
  label: { key: MessageKey; params?: Readonly<Record<string, string | number>> } | { name: string };
  /** Of an emotion. */
  emotion?: string;
  open: string;
  /** Ends a span; empty for a cue that stands alone. */
  close: string;
  /** What is selected in `open` afterwards: to be filled in. */
  fill?: { from: number; to: number };
}

const span = (axis: 'rate' | 'pitch' | 'volume', factor: number, key: MessageKey): CueItem => ({
  ...{ id: `${axis}-${factor}`, kind: 'prosody', label: { key } },
  ...{ open: `[${axis} ${factor}]`, close: `[/${axis}]` },
});
const PAUSES = [300, 500, 1000, 2000];
const pauseText = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);
const pause = (ms: number): CueItem => ({
  ...{ id: `pause-${ms}`, kind: 'pause', label: { key: 'script.cuePause', params: { time: pauseText(ms) } } },
  ...{ open: `[${pauseText(ms)}]`, close: '' },
});
const emotion = (name: string, intensity = 1): CueItem => ({
  ...{ id: `emotion-${name}-${intensity}`, kind: 'emotion', label: { name }, emotion: name },
  ...{ open: intensity === 1 ? `[${name}]` : `[${name} ${intensity}]`, close: '' },
});

/** All of them. `markerName` is a word in the person's language that a new marker has until it is named. */
export function cueItems(ownEmotions: readonly string[], markerName: string): CueItem[] {
  return [
    ...[...EMOTIONS, ...ownEmotions].map((name) => emotion(name)),
    ...PAUSES.map(pause),
    { id: 'emphasis', kind: 'emphasis', label: { key: 'script.cueEmphasis' }, open: '[em]', close: '[/em]' },
    span('rate', 0.8, 'script.cueSlower'),
    span('rate', 1.25, 'script.cueFaster'),
    span('pitch', 0.85, 'script.cueLower'),
    span('pitch', 1.15, 'script.cueHigher'),
    span('volume', 0.7, 'script.cueSofter'),
    span('volume', 1.3, 'script.cueLouder'),
    {
      ...{ id: 'say', kind: 'say', label: { key: 'script.cueSay' } },
      ...{ open: '[say: ]', close: '[/say]', fill: { from: 6, to: 6 } },
    },
    {
      ...{ id: 'pinyin', kind: 'pronunciation', label: { key: 'script.cuePinyin' } },
      ...{ open: '{}', close: '', fill: { from: 1, to: 1 } },
    },
    {
      ...{ id: 'slot', kind: 'slot', label: { key: 'script.cueSlot' } },
      ...{ open: '{|}', close: '', fill: { from: 1, to: 1 } },
    },
    {
      ...{ id: 'marker', kind: 'marker', label: { key: 'script.cueMarker' } },
      ...{ open: `[#${markerName}]`, close: '', fill: { from: 2, to: 2 + markerName.length } },
    },
  ];
}

/** What is typed after a bracket, where it already is a cue that stands alone: `happy 0.6`, `750ms`, `#card`. */
export function typedCue(typed: string, ownEmotions: readonly string[]): CueItem | null {
  const cue = parseCue(typed, ownEmotions);
  if (cue.kind === 'emotion') return emotion(cue.emotion, cue.intensity);
  if (cue.kind === 'pause') return { ...pause(cue.ms), open: `[${typed.trim()}]` };
  if (cue.kind !== 'marker') return null;
  return { id: 'typed-marker', kind: 'marker', label: { name: `#${cue.name}` }, open: `[${typed.trim()}]`, close: '' };
}

export interface EditedText {
  text: string;
  selectionStart: number;
  selectionEnd: number;
}

/** `item` in the place of what lies between `from` and `to`; a span, a reading goes around it. */
export function putCue(text: string, from: number, to: number, { open, close, fill }: CueItem): EditedText {
  const inside = close === '' ? '' : text.slice(from, to);
  const changed = text.slice(0, from) + open + inside + close + text.slice(to);
  if (fill !== undefined) return { text: changed, selectionStart: from + fill.from, selectionEnd: from + fill.to };
  const caret = from + open.length + (inside === '' ? 0 : inside.length + close.length);
  return { text: changed, selectionStart: caret, selectionEnd: caret };
}

/** The bracket before the caret that is still open, and what has been typed after it. */
export function openBracket(text: string, caret: number): { from: number; typed: string } | null {
  const match = /\[([^[\]{}\n]{0,30})$/.exec(text.slice(0, caret));
  if (match === null) return null;
  // An odd number of backslashes makes a plain bracket.
  const escapes = /\\*$/.exec(text.slice(0, match.index))![0].length;
  return escapes % 2 === 1 ? null : { from: match.index, typed: match[1]! };
}
