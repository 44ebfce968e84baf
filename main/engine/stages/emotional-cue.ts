/** A mood as a language model writes it: the script grammar's cue `[happy 0.6]`, and what models make of it. */
import { EMOTIONS, type Emotion, foldEmotionName } from '../../../app/speech/emotion.ts';
import { parseCue } from '../../../app/speech/script/cue.ts';

export interface Mood {
  /** One of EMOTIONS, or one of the project's own as it is spelt there. */
  emotion: string;
  intensity: number;
}

/** What a cue without a number means: plainly there, and not at its utmost. */
const PLAIN = 0.7;

const ALIASES: Readonly<Record<Emotion, string>> = {
  neutral: '中性 平静 平淡 自然 正常 calm normal plain default none no-emotion',
  happy:
    '开心 高兴 快乐 喜悦 愉快 欢快 幸福 joy joyful happiness cheerful glad delighted pleased amused playful 调皮 俏皮 smile smiling',
  gentle:
    '温柔 温和 亲切 柔和 温暖 关心 安慰 warm tender soft kind caring comforting soothing friendly affectionate grateful 感激 友好',
  serious: '严肃 认真 郑重 庄重 坚定 formal solemn firm concerned stern determined confident 自信 担心 worried',
  sad: '难过 悲伤 伤心 忧伤 失落 遗憾 沮丧 sorrow sadness unhappy melancholy disappointed regretful sorry crying fear fearful scared 害怕 恐惧',
  surprised: '惊讶 惊喜 吃惊 震惊 意外 好奇 疑惑 surprise shocked amazed astonished curious confused',
  angry: '生气 愤怒 恼火 不满 厌恶 anger mad furious annoyed irritated disgusted disgust frustrated',
  excited: '激动 兴奋 热情 热烈 excitement enthusiastic energetic thrilled passionate eager',
};
const aliases = new Map<string, Emotion>(
  EMOTIONS.flatMap((emotion) => [emotion, ...ALIASES[emotion].split(' ')].map((name) => [name, emotion] as const)),
);
/** Directions to an actor, no words to be said. */
const DIRECTION =
  /^(?:微笑|大笑|笑|轻笑|叹气|停顿|鼓掌|掌声|音乐|沉默|咳嗽|laugh(?:s|ing|ter)?|chuckl(?:es|ing)|sighs?|sighing|pauses?|claps?|applause|music|smiles|whisper(?:s|ing)?|gasps?|clears throat|beat)$/i;

export function emotionNamed(name: string, own: readonly string[]): string | null {
  const folded = foldEmotionName(name);
  return own.find((each) => foldEmotionName(each) === folded) ?? aliases.get(folded) ?? null;
}

/** The whole name is one too. */
function beginsName(part: string, own: readonly string[]): boolean {
  const folded = foldEmotionName(part);
  return [...aliases.keys(), ...own.map(foldEmotionName)].some((name) => name.startsWith(folded));
}

/** 0..1, also of "80%", of "8" out of ten and "80" out of a hundred. */
function intensityOf(text: string): number {
  const value = Number.parseFloat(text);
  if (!Number.isFinite(value)) return PLAIN;
  const scaled = text.includes('%') || value > 10 ? value / 100 : value > 1 ? value / 10 : value;
  return Math.min(1, Math.max(0, scaled));
}

const MOOD =
  /^\s*(?:(?:emotion|mood|情绪|情感|语气)\s*[:：=]?\s*)?(\p{L}[\p{L}\p{M}\p{N}_-]*)\s*[,，:：=\s]*(?:(?:intensity|level|强度)\s*[:：=]?\s*)?(\d*\.?\d+\s*%?)?\s*$/iu;

/** `body` stands between brackets. Of two moods ("happy, excited 0.8") the first counts. */
export function moodIn(body: string, own: readonly string[]): Mood | null {
  const said = MOOD.exec(body) ?? MOOD.exec(body.replace(/[,，、/|+&].*?(?=\d|$)/su, ' '));
  const emotion = said === null ? null : emotionNamed(said[1]!, own);
  return emotion === null ? null : { emotion, intensity: intensityOf(said![2] ?? '') };
}

/** A mood whose bracket was never closed, at the beginning of `text`: what it is, and its length. */
export function unclosedMood(text: string, own: readonly string[]): { mood: Mood; length: number } | null {
  const said = /^\s*([a-z]+(?:-[a-z]+)?|\p{Script=Han}{2,4})(?:[\s,:：]+(\d*\.?\d+%?)[\s,，:：]*|[\s,，:：]+)/iu.exec(
    text,
  );
  const emotion = said === null ? null : emotionNamed(said[1]!, own);
  if (emotion === null) return null;
  return { mood: { emotion, intensity: intensityOf(said![2] ?? '') }, length: said![0].length };
}

/** A mood whose bracket was never opened ("happy 0.6] …"): it has a number, or it would be a word. */
export function unopenedMood(text: string, own: readonly string[]): { mood: Mood; length: number } | 'perhaps' | null {
  const said = /^(\p{L}[\p{L}\p{M}_-]*)[\s,:：]+(\d*\.?\d+%?)\s*[\]】]/u.exec(text);
  if (said !== null) {
    const emotion = emotionNamed(said[1]!, own);
    return emotion === null ? null : { mood: { emotion, intensity: intensityOf(said[2]!) }, length: said[0].length };
  }
  const begun = /^(\p{L}[\p{L}\p{M}_-]*)([\s,:：]+[\d.]*%?\s*)?$/u.exec(text);
  if (begun === null) return null;
  const [, name, rest] = begun;
  const isName = rest === undefined ? beginsName(name!, own) : emotionNamed(name!, own) !== null;
  return isName ? 'perhaps' : null;
}

/** A cue of the script's other kinds, a footnote's number, a direction: not to be said. */
export function isUnspoken(body: string): boolean {
  const trimmed = body.trim();
  if (trimmed === '' || /^\^?\d+(?:\s*[,，-]\s*\d+)*$/.test(trimmed) || DIRECTION.test(trimmed)) return true;
  return trimmed.startsWith('/') || parseCue(trimmed).kind !== 'fault';
}
