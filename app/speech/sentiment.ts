/**
 * The mood of a sentence by its words, its punctuation and its emoji, in Chinese and English: for text whose author named none.
 * A weighted word list with negation, degree and contrast, after the rule-based classifiers for short texts (Hutto & Gilbert, "VADER",
 * ICWSM 2014), with eight moods instead of two. How often it is right: see sentiment.test.ts.
 */
import type { Emotion } from './emotion.ts';
import { CHINESE, EMOJI, ENGLISH, type Mood, TRADITIONAL } from './sentiment-words.ts';

export interface TextMood {
  emotion: Emotion;
  /** 0..1; that of `neutral` is 1. */
  intensity: number;
}

interface Entry {
  mood: Mood;
  weight: number;
}

const MOODS: readonly Mood[] = ['angry', 'surprised', 'excited', 'sad', 'serious', 'happy', 'gentle'];
/** Below it nothing is certain enough to be shown on a face. */
const LEAST = 0.85;

function entriesOf(words: typeof CHINESE): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const mood of MOODS) {
    for (const [weight, list] of Object.entries(words[mood] ?? {})) {
      for (const word of list.split(' ')) entries.set(word.replaceAll('_', ' '), { mood, weight: Number(weight) });
    }
  }
  return entries;
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Longest first: "not bad" before "bad". */
const alternatives = (entries: Map<string, Entry>): string =>
  [...entries.keys()]
    .sort((a, b) => b.length - a.length)
    .map(escaped)
    .join('|');

const chinese = entriesOf(CHINESE);
const english = entriesOf(ENGLISH);
const CHINESE_WORD = new RegExp(alternatives(chinese), 'gu');
const ENGLISH_WORD = new RegExp(`(?<![\\p{L}\\p{N}])(?:${alternatives(english)})(?![\\p{L}\\p{N}])`, 'giu');
const emoji = new Map<string, Mood>(MOODS.flatMap((mood) => [...EMOJI[mood]].map((sign) => [sign, mood] as const)));

const simplified = new Map<string, string>();
for (let i = 0; i < TRADITIONAL.length; i += 2) simplified.set(TRADITIONAL[i]!, TRADITIONAL[i + 1]!);

const NOT_BEFORE =
  /(?:不太|不是很|不怎么|并不|毫不|从不|不再|没有|没|不|别|无|未|非)(?:那么|这么|怎么|太|很|会|是|觉得|感到)?$/u;
const NOT_BEFORE_ENGLISH = /(?:\b(?:not|no|never|hardly|barely|without|nothing)|n['’]t)\s+(?:[\w'’]+\s+){0,2}$/iu;
const STRONG_BEFORE = /(?:非常|特别|极其|十分|格外|无比|超级|超|太|好|真|真是|简直|实在|最|很|更)$/u;
const STRONG_BEFORE_ENGLISH =
  /\b(?:very|so|really|extremely|absolutely|incredibly|totally|truly|such an?|most|completely|deeply)\s+$/iu;
const WEAK_BEFORE = /(?:有点|有一点|有些|稍微|略|略微|稍)$/u;
const WEAK_BEFORE_ENGLISH = /\b(?:a bit|a little|slightly|somewhat|kind of|rather|fairly)\s+$/iu;
/** What comes after it counts, what came before it hardly does. */
const BUT = /但是|但|不过|可是|然而|却|(?<!\p{L})(?:but|however|yet)(?!\p{L})/giu;

/** What becomes of a mood that is denied: "not happy" is sad, "not afraid" is a comfort, "not important" is nothing. */
const DENIED: Readonly<Partial<Record<Mood, Entry>>> = {
  happy: { mood: 'sad', weight: 0.9 },
  excited: { mood: 'sad', weight: 0.6 },
  sad: { mood: 'gentle', weight: 0.9 },
  angry: { mood: 'gentle', weight: 0.9 },
};

/** Linear in the text. */
export function moodOfText(text: string): TextMood {
  const plain = [...text.normalize('NFC')]
    .map((character) => simplified.get(character) ?? character)
    .join('')
    .replaceAll('’', "'");
  const scores = new Map<Mood, number>();
  const add = (mood: Mood, weight: number): void => {
    scores.set(mood, (scores.get(mood) ?? 0) + weight);
  };
  const turn = lastTurn(plain);
  for (const [pattern, entries, isChinese] of [
    [CHINESE_WORD, chinese, true],
    [ENGLISH_WORD, english, false],
  ] as const) {
    for (const found of plain.matchAll(pattern)) {
      const entry = entries.get(found[0]) ?? entries.get(found[0].toLowerCase());
      if (entry === undefined) continue;
      const before = plain.slice(Math.max(0, found.index - 32), found.index);
      const place = turn < 0 || found.index > turn ? 1 : 0.4;
      const isDenied = (isChinese ? NOT_BEFORE : NOT_BEFORE_ENGLISH).test(before);
      const meant = isDenied ? DENIED[entry.mood] : entry;
      if (meant === undefined) continue;
      const isStrong = (isChinese ? STRONG_BEFORE : STRONG_BEFORE_ENGLISH).test(before);
      const isWeak = (isChinese ? WEAK_BEFORE : WEAK_BEFORE_ENGLISH).test(before);
      add(meant.mood, meant.weight * place * (isStrong ? 1.4 : isWeak ? 0.75 : 1));
    }
  }
  for (const character of plain) {
    const mood = emoji.get(character);
    if (mood !== undefined) add(mood, 1);
  }
  punctuate(plain, scores, add);

  let best: Mood | null = null;
  for (const mood of MOODS) if ((scores.get(mood) ?? 0) > (best === null ? 0 : scores.get(best)!)) best = mood;
  const score = best === null ? 0 : scores.get(best)!;
  if (best === null || score < LEAST) return { emotion: 'neutral', intensity: 1 };
  return { emotion: best, intensity: Math.round(Math.min(1, 0.3 + 0.22 * score) * 100) / 100 };
}

function lastTurn(text: string): number {
  let at = -1;
  for (const { index } of text.matchAll(BUT)) at = index;
  return at;
}

/** A mood that words have told is stronger with an exclamation mark; several without a word are excitement. */
function punctuate(text: string, scores: ReadonlyMap<Mood, number>, add: (mood: Mood, weight: number) => void): void {
  if (/[?？][!！]|[!！][?？]/u.test(text)) add('surprised', 1);
  const exclamations = text.match(/[!！]/gu)?.length ?? 0;
  if (exclamations > 0) {
    for (const [mood, score] of [...scores])
      if (score > 0 && mood !== 'gentle') add(mood, 0.25 * Math.min(2, exclamations));
    add('excited', exclamations > 1 ? 0.9 : 0.35);
  }
  if (/[~～]/u.test(text)) add('gentle', 0.4);
  if (/…|\.{3}/u.test(text)) add('sad', 0.3);
}
