/** Which voices answer a search, and in which order. Pure. */
import type { VoiceDescription } from '../../../../app/contract/voices.ts';
import { fuzzyScore } from '../../../ui/fuzzy.ts';
import type { VoiceWords } from '../voice-words.ts';

export interface VoiceFilter {
  query: string;
  /** A base tag such as `en`; empty: all. */
  language: string;
  gender: 'any' | VoiceDescription['gender'];
  runs: 'any' | VoiceDescription['runs'];
  only: 'liked' | 'recent' | null;
}
export const NO_FILTER: VoiceFilter = { query: '', language: '', gender: 'any', runs: 'any', only: null };

/** Of its first language, without region and script. */
export const baseOf = ({ languages }: Pick<VoiceDescription, 'languages'>): string =>
  (languages[0] ?? '').toLowerCase().split('-')[0]!;

export function languagesOf(voices: readonly VoiceDescription[]): { language: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const voice of voices) counts.set(baseOf(voice), (counts.get(baseOf(voice)) ?? 0) + 1);
  return [...counts].map(([language, count]) => ({ language, count }));
}

/** Those for text in `lang` first, then the other languages of scripts, then the rest by name. */
export function orderVoices(
  voices: readonly VoiceDescription[],
  lang: 'zh' | 'en' | 'yue',
  locale: string,
  words: Pick<VoiceWords, 'language'>,
): VoiceDescription[] {
  const tags = { zh: ['cmn', 'zh'], en: ['en-us', 'en-gb', 'en'], yue: ['yue'] };
  const first = [...tags[lang], ...tags.zh, ...tags.en, ...tags.yue];
  const rank = (voice: VoiceDescription): number => {
    const whole = first.indexOf((voice.languages[0] ?? '').toLowerCase());
    const at = whole < 0 ? first.indexOf(baseOf(voice)) : whole;
    return at < 0 ? first.length : at;
  };
  const compare = new Intl.Collator(locale).compare;
  const keyed = voices.map((voice, index) => ({
    voice,
    index,
    rank: rank(voice),
    name: words.language(baseOf(voice)),
  }));
  return keyed
    .sort((a, b) => a.rank - b.rank || (a.rank < first.length ? 0 : compare(a.name, b.name)) || a.index - b.index)
    .map(({ voice }) => voice);
}

export interface ListedVoice {
  voice: VoiceDescription;
  title: string;
  note: string;
  /** All that a search looks in. */
  text: string;
}

export function filterVoices(
  listed: readonly ListedVoice[],
  { query, language, gender, runs, only }: VoiceFilter,
  { liked, recent }: { liked: ReadonlySet<string>; recent: readonly string[] },
): ListedVoice[] {
  const fitting = listed.filter(
    ({ voice }) =>
      (language === '' || baseOf(voice) === language) &&
      (gender === 'any' || voice.gender === gender) &&
      (runs === 'any' || voice.runs === runs) &&
      (only !== 'liked' || liked.has(voice.id)) &&
      (only !== 'recent' || recent.includes(voice.id)),
  );
  if (only === 'recent') fitting.sort((a, b) => recent.indexOf(a.voice.id) - recent.indexOf(b.voice.id));
  const wanted = query.trim().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return fitting;
  // Every word must be there as it is typed: letters strewn over a long name find everything.
  const scored = fitting.map((item) => ({ item, scores: wanted.map((word) => wholeScore(word, item.text)) }));
  return scored
    .filter(({ scores }) => scores.every((score) => score > 0))
    .map(({ item, scores }) => ({ item, score: scores.reduce((sum, score) => sum + score, 0) }))
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item);
}

/** 0 where the word is not found in one piece; more at the beginning of a word. */
function wholeScore(word: string, text: string): number {
  const plain = (value: string): string => value.normalize('NFKC').toLowerCase();
  return plain(text).includes(plain(word)) ? fuzzyScore(word, text) : 0;
}
