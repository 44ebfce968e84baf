/** A part of a line cut where a voice stopped, and how long its pieces take to say. */
import { isSpeech } from '../../../app/speech/normalise/normalise.ts';
import type { SpeechPart, SpeechToken } from '../../../app/speech/plan.ts';
import { restMs } from '../../../app/speech/punctuation.ts';

const HAN = /\p{Script=Han}/u;
const WORDLIKE = /[\p{L}\p{N}\p{M}]/u;
/** Of one syllable of Chinese. */
const LETTER_WEIGHT = 0.32;

/** What is said as one, and how long it takes against a syllable. UTF-16 offsets into the line's display text. */
export interface SpokenUnit {
  from: number;
  to: number;
  weight: number;
}

const weightOf = (spoken: string): number => {
  let weight = 0;
  for (const character of spoken) weight += HAN.test(character) ? 1 : WORDLIKE.test(character) ? LETTER_WEIGHT : 0;
  return weight;
};

export const hasWords = (part: SpeechPart): boolean => part.tokens.some(({ spoken }) => isSpeech(spoken));
export const spokenText = (part: SpeechPart): string => part.tokens.map(({ spoken }) => spoken).join('');

/** A Han character each, a run of letters and digits each, and whole what is read otherwise than it is written. */
export function unitsOf(part: SpeechPart): SpokenUnit[] {
  const units: SpokenUnit[] = [];
  for (const { display, spoken, from, to } of part.tokens) {
    if (spoken !== display) {
      const weight = weightOf(spoken);
      if (weight > 0) units.push({ from, to, weight });
      continue;
    }
    let at = from;
    let open: SpokenUnit | null = null;
    for (const character of spoken) {
      const end = at + character.length;
      const weight = weightOf(character);
      if (weight === 0 || HAN.test(character)) open = null;
      if (weight > 0) {
        if (open) {
          open.to = end;
          open.weight += weight;
        } else {
          open = { from: at, to: end, weight };
          units.push(open);
          if (HAN.test(character)) open = null;
        }
      }
      at = end;
    }
  }
  return units;
}

/** What of the part lies in `from`..`to` of the display text; a token that is read otherwise than written stays whole where it begins inside. */
export function slicePart(part: SpeechPart, from: number, to: number): SpeechPart {
  const tokens: SpeechToken[] = [];
  for (const token of part.tokens) {
    if (token.spoken !== token.display || token.to === token.from) {
      if (token.from >= from && token.from < to) tokens.push(token);
      continue;
    }
    const start = Math.max(token.from, from);
    const end = Math.min(token.to, to);
    if (start >= end) continue;
    const text = token.display.slice(start - token.from, end - token.from);
    const before = hanIn(token.display.slice(0, start - token.from));
    const pinyin = token.pinyin?.slice(before, before + hanIn(text));
    tokens.push({ display: text, spoken: text, from: start, to: end, ...(pinyin && { pinyin }) });
  }
  return { ...part, tokens };
}

const hanIn = (text: string): number => [...text].filter((character) => HAN.test(character)).length;

/** Silence that the punctuation at the beginning of what is left asks for; never none, so that one voice does not run into the other. */
export function joinMs(rest: SpeechPart): number {
  const shown = rest.tokens.map(({ display, spoken }) => display || spoken).join('');
  const asked = restMs(/^[^\p{L}\p{N}]*/u.exec(shown)![0]) / Math.max(0.25, rest.prosody.rate);
  return Math.max(60, asked);
}
