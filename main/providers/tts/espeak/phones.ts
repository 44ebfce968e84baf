/**
 * From the engine's phoneme events to IPA phones. The engine's ids are IPA for most languages; a few of its Chinese ones are
 * ASCII spellings, and it reports diphthongs as one. Here every phone is one segment (`ɑ`, `ʊ`, `tɕʰ`, `iː`).
 * Engine behaviour: espeak-ng `synthesize.c` (a stop's closure comes before its event, as a pre-pause).
 */
import type { Phone } from '../../../../app/speech/timeline.ts';

/** `id` is empty for a rest. `atMs` counts from the start of the clause's audio. */
export interface PhoneEvent {
  id: string;
  atMs: number;
}

const CHINESE_SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/onɡ/gu, 'ʊŋ'],
  [/oenɡ/gu, 'œŋ'],
  [/enɡ/gu, 'ɛŋ'],
  [/ts\.h/gu, 'ʈʂʰ'],
  [/ts\./gu, 'ʈʂ'],
  [/s\./gu, 'ʂ'],
  [/z\./gu, 'ʐ'],
  [/(tɕ|ts|[ptkcq])h/gu, '$1ʰ'],
  [/χ/gu, 'x'],
  [/o-/gu, 'ɤ'],
  [/i\.|i̪/gu, 'ɨ'],
  [/ŋ-/gu, 'ŋ'],
];
/** Its Cantonese affricates and long a are spelt as in Jyutping. */
const CANTONESE_SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/aa/gu, 'aː'],
  [/c/gu, 'tsʰ'],
  [/z/gu, 'ts'],
];
const NO_SPELLINGS: readonly (readonly [RegExp, string])[] = [];
const VOWEL = /[aɑɐæʌɒeɛəɚɜɝɤiɪɨᵻyʏoɔøœɵɘɞuʊʉɯɶ]/u;
const MARKS = /[\p{M}\p{Lm}\p{Sk}]/u;
const AFFRICATES = ['tɕ', 'dʑ', 'tʃ', 'dʒ', 'ʈʂ', 'ɖʐ', 'ts', 'dz', 'pf', 'tɬ'];
/** A sound that begins with the mouth's passage shut and no breath coming out. */
const STOP = /^[pbtdkɡgqɢcɟʈɖʔɓɗɠ]/u;

function spellingsOf(language: string): readonly (readonly [RegExp, string])[] {
  if (language === 'cmn') return CHINESE_SPELLINGS;
  return language === 'yue' ? [...CHINESE_SPELLINGS, ...CANTONESE_SPELLINGS] : NO_SPELLINGS;
}

/** One engine id as single segments: `ˈɑu` → `ɑ`, `u`; `ts.h` → `ʈʂʰ`. Stress, tones and language switches vanish. */
export function segmentsOf(id: string, language: string): string[] {
  if (id.startsWith('(')) return [];
  let text = id.replace(/[ˈˌ'_|0-9˥˦˧˨˩^!?"#*]/gu, '');
  for (const [pattern, ipa] of spellingsOf(language)) text = text.replace(pattern, ipa);
  const segments: string[] = [];
  // Decomposed, so that a mark is a mark; ç is a letter of its own.
  const letters = [...text.normalize('NFD').replaceAll('c\u0327', 'ç')];
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!;
    const last = segments.length - 1;
    if (MARKS.test(letter) && last >= 0) segments[last] += letter;
    else if (last >= 0 && AFFRICATES.includes(segments[last]! + letter)) segments[last] += letter;
    else if (/\p{L}/u.test(letter) && !MARKS.test(letter)) segments.push(letter);
  }
  return segments;
}

/** The shares of a diphthong or a spelt cluster: glides short, the nucleus long, an ending in between. */
function shares(segments: readonly string[]): number[] {
  if (segments.length === 1) return [1];
  const weights = segments.map((segment, i) => {
    const isVowel = VOWEL.test(segment[0]!);
    if (!isVowel) return 0.8;
    const glide = i === 0 && /^[iyu]/u.test(segment) && VOWEL.test(segments[1]![0]!);
    return glide ? 0.6 : 1;
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

const MIN_REST_MS = 50;
const MAX_CLOSURE_MS = 120;
const MIN_BEFORE_CLOSURE_MS = 30;
const WINDOW_MS = 4;

/** The time the sound before `atMs` has faded out, at most {@link MAX_CLOSURE_MS} and never before `floorMs`. */
function closureStart(pcm: Int16Array, sampleRate: number, atMs: number, floorMs: number, quiet: number): number {
  let start = atMs;
  const earliest = Math.max(floorMs, atMs - MAX_CLOSURE_MS);
  while (start - WINDOW_MS >= earliest) {
    const from = Math.round(((start - WINDOW_MS) * sampleRate) / 1000);
    const to = Math.min(pcm.length, Math.round((start * sampleRate) / 1000));
    let energy = 0;
    for (let i = from; i < to; i++) energy += pcm[i]! * pcm[i]!;
    if (to <= from || Math.sqrt(energy / (to - from)) > quiet) break;
    start -= WINDOW_MS;
  }
  return start;
}

/**
 * Contiguous phones covering 0..`durationMs`, rests as `''`. The silent closure the engine leaves before a stop belongs to the stop:
 * lips are shut in it, the sound before has ended.
 */
export function phonesOf(
  events: readonly PhoneEvent[],
  pcm: Int16Array,
  sampleRate: number,
  durationMs: number,
  language: string,
): Phone[] {
  const quiet = 0.06 * loudRms(pcm);
  const raw: { segments: string[]; atMs: number }[] = [];
  for (const event of events) {
    const segments = event.id === '' ? [''] : segmentsOf(event.id, language);
    if (segments.length > 0) raw.push({ segments, atMs: Math.min(event.atMs, durationMs) });
  }
  if (raw.length === 0) return durationMs > 0 ? [{ phone: '', startMs: 0, endMs: durationMs }] : [];
  const starts = raw.map(({ segments, atMs }, i) => {
    if (i === 0 || !STOP.test(segments[0]!)) return atMs;
    const before = raw[i - 1]!;
    const floor = before.segments[0] === '' ? before.atMs : before.atMs + MIN_BEFORE_CLOSURE_MS;
    return closureStart(pcm, sampleRate, atMs, floor, quiet);
  });
  starts[0] = raw[0]!.segments[0] === '' || raw[0]!.atMs < MIN_REST_MS ? 0 : starts[0]!;
  const phones: Phone[] = [];
  if (starts[0]! > 0) phones.push({ phone: '', startMs: 0, endMs: starts[0]! });
  for (const [i, { segments }] of raw.entries()) {
    const startMs = starts[i]!;
    const endMs = i + 1 < raw.length ? starts[i + 1]! : durationMs;
    if (endMs <= startMs) continue;
    let at = startMs;
    const parts = shares(segments);
    for (const [k, segment] of segments.entries()) {
      const end = k === segments.length - 1 ? endMs : at + parts[k]! * (endMs - startMs);
      append(phones, segment, at, end);
      at = end;
    }
  }
  return absorbShortRests(phones);
}

/** RMS over the louder half of 10 ms windows: what "speaking" is in this clause. */
function loudRms(pcm: Int16Array): number {
  const size = 220;
  const levels: number[] = [];
  for (let from = 0; from + size <= pcm.length; from += size) {
    let energy = 0;
    for (let i = from; i < from + size; i++) energy += pcm[i]! * pcm[i]!;
    levels.push(Math.sqrt(energy / size));
  }
  levels.sort((a, b) => a - b);
  return levels[Math.floor(levels.length * 0.75)] ?? 0;
}

function append(phones: Phone[], phone: string, startMs: number, endMs: number): void {
  const last = phones.at(-1);
  if (last && phone === '' && last.phone === '') last.endMs = endMs;
  else phones.push({ phone, startMs, endMs });
}

/** Gaps too short to be heard as rests go to the sound before them, at the beginning to the one after. */
function absorbShortRests(phones: readonly Phone[]): Phone[] {
  const kept: Phone[] = [];
  for (const phone of phones) {
    const last = kept.at(-1);
    if (last && phone.phone === '' && phone.endMs - phone.startMs < MIN_REST_MS) last.endMs = phone.endMs;
    else kept.push({ ...phone });
  }
  const [first, second] = kept;
  if (first?.phone === '' && second && first.endMs - first.startMs < MIN_REST_MS) {
    second.startMs = first.startMs;
    kept.shift();
  }
  return kept;
}
