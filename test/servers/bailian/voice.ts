/** The local Bailian's mouth: real speech of the embedded voice at the rate that was asked for, and when each word and sound of it is said. */
import { pinyin as readPinyin } from 'pinyin-pro';
import type { Pronunciation } from '../../../app/document/script.ts';
import { cleanText } from '../../../app/speech/normalise/characters.ts';
import { PronunciationDictionary } from '../../../app/speech/normalise/dictionary.ts';
import { normaliseRuns, type RunToken, type TextRun } from '../../../app/speech/normalise/normalise.ts';
import type { SpeechLang, SpeechPart } from '../../../app/speech/plan.ts';
import { sentenceRanges } from '../../../app/speech/punctuation.ts';
import type { Phone, Word } from '../../../app/speech/timeline.ts';
import { SAMPLE_RATE, type TtsProvider } from '../../../main/engine/ports/tts.ts';
import { createEspeakProvider } from '../../../main/providers/tts/espeak/index.ts';
import { resampled, toInt16 } from './resample.ts';

export interface VoiceRequest {
  text: string;
  /** The vendor's name of a voice: each sounds like somebody of its own, always the same. */
  voice: string;
  sampleRate: number;
  /** Multipliers around 1. */
  rate?: number;
  pitch?: number;
  volume?: number;
  /** Of what belongs to no language, and which Chinese reads Han; absent: as the text looks. */
  lang?: SpeechLang;
  pronunciations?: readonly Pronunciation[];
  /** Stretches of the text with a reading of their own; in order, and they cover it. */
  runs?: readonly TextRun[];
  /** Speak by the dictionary's pinyin, so that every word can say which syllable it is. */
  spelt?: boolean;
}

/** `from` and `to` index the text as asked, control characters taken out. Times are ms from the first sample. */
export interface SpokenWord extends Word {
  lang: SpeechLang;
  /** Its sounds, without rests. */
  phones: Phone[];
  /** One syllable with its tone digit, where it is one and `spelt` was asked for. */
  pinyin: string | null;
}

export interface Speech {
  text: string;
  sampleRate: number;
  pcm: Int16Array;
  durationMs: number;
  words: SpokenWord[];
  phones: Phone[];
}

/** Sentences longer than this are said in pieces. */
const LONGEST = 160;
const KEPT = 300;
const WOMEN = ['+f3', '+f1', '+f2', '+f4', '+f5'] as const;
const MEN = ['', '+m1', '+m3', '+m7'] as const;
const MALE =
  /yang|cheng|shu|shuo|hao|ze|laotie|wan_v|ethan|ryan|aiden|kai|nofish|vincent|arthur|neil|dylan|eric|rocky|zhi(?:de|lun|hao|ming|mo|shu|ye|xiang|yuan|da|shuo)|brian/i;
const CANTONESE = /longjiaxin|longjiayi|longanyue|rocky|kiki|shanshan/i;

/** Which variant of the embedded voice a vendor's voice has: the same name is always the same person. `espeak+f3` names one itself. */
export function variantOf(voice: string): string {
  if (voice.startsWith('espeak')) return voice.slice('espeak'.length);
  const people = MALE.test(voice) ? MEN : WOMEN;
  let sum = 0;
  for (const character of voice) sum = (sum * 31 + character.codePointAt(0)!) >>> 0;
  return people[sum % people.length]!;
}

export const languageOf = (text: string, voice: string): SpeechLang => {
  if (CANTONESE.test(voice)) return 'yue';
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}+/gu)?.length ?? 0;
  return latin > han ? 'en' : 'zh';
};

/** Sentences of `text`, each short enough to be said at once. Offsets are UTF-16. */
export function sayable(text: string): { from: number; to: number }[] {
  return sentenceRanges(text).flatMap(({ from, to }) => {
    const pieces: { from: number; to: number }[] = [];
    let at = from;
    while (to - at > LONGEST) {
      const window = text.slice(at, at + LONGEST);
      const mark = Math.max(...['，', ',', '、', '；', ' '].map((sign) => window.lastIndexOf(sign)));
      let end = at + (mark > LONGEST / 3 ? mark + 1 : LONGEST);
      if (/[\udc00-\udfff]/.test(text[end] ?? '')) end -= 1;
      pieces.push({ from: at, to: end });
      at = end;
    }
    pieces.push({ from: at, to });
    return pieces;
  });
}

export class PcmVoice {
  readonly #provider: TtsProvider = createEspeakProvider();
  readonly #kept = new Map<string, Promise<Speech>>();
  /** Called with everything that was newly said. */
  onSpoken: ((speech: Speech, request: VoiceRequest) => void) | null = null;

  /**
   * One sentence, or some. Text without anything to say gives an empty speech.
   * @throws StudioError script.bad-dictionary-entry for pinyin that fits no character.
   */
  async speak(request: VoiceRequest, signal: AbortSignal): Promise<Speech> {
    const name = JSON.stringify(request);
    let speech = this.#kept.get(name);
    if (!speech) {
      // Whoever asks first may leave: what is being said is finished for the others.
      speech = this.#speak(request, new AbortController().signal);
      speech.catch(() => this.#kept.delete(name));
      speech.then(
        (said) => this.onSpoken?.(said, request),
        () => {},
      );
      this.#kept.set(name, speech);
      if (this.#kept.size > KEPT) this.#kept.delete(this.#kept.keys().next().value!);
    }
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const leave = (): void => reject(signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      speech.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
    });
  }

  async dispose(): Promise<void> {
    await this.#provider.dispose();
  }

  async #speak(request: VoiceRequest, signal: AbortSignal): Promise<Speech> {
    const text = cleanText(request.text);
    const lang = request.lang ?? languageOf(text, request.voice);
    const runs = request.runs ?? [{ from: 0, to: text.length }];
    const tokens = normaliseRuns(text, runs, lang, new PronunciationDictionary(request.pronunciations ?? []));
    const syllables = request.spelt ? spell(text, tokens) : null;
    const variant = variantOf(request.voice);
    const { rate = 1, pitch = 1, volume = 1 } = request;

    const pieces: Float32Array[] = [];
    const phones: Phone[] = [];
    const words: SpokenWord[] = [];
    let samples = 0;
    for (const part of partsOf(tokens, { rate, pitch, volume })) {
      const offsetMs = (samples * 1000) / SAMPLE_RATE;
      const later = <T extends { startMs: number; endMs: number }>(item: T): T => ({
        ...item,
        startMs: item.startMs + offsetMs,
        endMs: item.endMs + offsetMs,
      });
      const language = { zh: 'cmn', yue: 'yue', en: 'en-us' }[part.lang];
      for await (const event of this.#provider.synthesise({ voiceId: `espeak:${language}${variant}`, part }, signal)) {
        if (event.type === 'audio') {
          pieces.push(event.pcm.slice());
          samples += event.pcm.length;
        } else if (event.type === 'phones') phones.push(...event.phones.map(later));
        else
          for (const word of event.words)
            words.push({ ...later(word), lang: part.lang, phones: [], pinyin: syllables?.get(word.from) ?? null });
      }
    }
    shareOut(phones, words);
    const whole = new Float32Array(samples);
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    const pcm = toInt16(resampled(whole, SAMPLE_RATE, request.sampleRate));
    return {
      text,
      sampleRate: request.sampleRate,
      pcm,
      durationMs: (pcm.length * 1000) / request.sampleRate,
      words,
      phones,
    };
  }
}

const STOP = /^[pbtdkɡgqcɟʈɖʔ]/u;

/** Every sound to the word it is a sound of. The closure of a stop begins before the word's own mark. */
function shareOut(phones: readonly Phone[], words: readonly SpokenWord[]): void {
  let at = -1;
  for (const phone of phones) {
    const turnsMs = STOP.test(phone.phone) ? phone.endMs - 8 : (phone.startMs + phone.endMs) / 2;
    while (at + 1 < words.length && words[at + 1]!.startMs <= turnsMs) at += 1;
    if (at >= 0 && phone.phone !== '') words[at]!.phones.push(phone);
  }
}

/** Tokens of one language in a row are one part. */
function partsOf(tokens: readonly RunToken[], prosody: SpeechPart['prosody']): SpeechPart[] {
  const parts: SpeechPart[] = [];
  for (const { lang, run: _, ...token } of tokens) {
    const last = parts.at(-1);
    const says = /[\p{L}\p{N}]/u.test(token.spoken);
    if (last && (last.lang === lang || !says)) last.tokens.push(token);
    else parts.push({ kind: 'speech', lang, tokens: [token], prosody, emphasis: false });
  }
  return parts;
}

/** Fixes the reading of every Chinese character as the dictionary has it; the syllable by the character's offset. */
function spell(text: string, tokens: RunToken[]): Map<number, string> {
  const shown = [...text];
  const readings = readPinyin(text, { toneType: 'num', type: 'array' });
  const readingAt = new Map<number, string>();
  let at = 0;
  if (readings.length === shown.length)
    for (const [i, character] of shown.entries()) {
      readingAt.set(at, readings[i]!);
      at += character.length;
    }
  const syllables = new Map<number, string>();
  for (const token of tokens) {
    if (token.lang !== 'zh' || !/\p{Script=Han}/u.test(token.spoken)) continue;
    const alone = [...token.spoken].length === 1 && token.spoken === token.display;
    const own = alone ? readingAt.get(token.from) : undefined;
    token.pinyin ??= own
      ? [own]
      : readPinyin(token.spoken.replace(/\P{Script=Han}/gu, ''), { toneType: 'num', type: 'array' });
    if (alone && token.pinyin.length === 1) syllables.set(token.from, token.pinyin[0]!);
  }
  return syllables;
}
