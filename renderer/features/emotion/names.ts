/** How emotions are called and coloured here, and names that are still free. */
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import {
  type Emotion,
  emotionNameFault,
  foldEmotionName,
  isEmotion,
  MAX_EMOTION_NAME,
} from '../../../app/speech/emotion.ts';
import type { MessageKey, Translate } from '../../i18n/index.ts';

const PRESETS: Readonly<Record<Emotion, MessageKey>> = {
  neutral: 'emotion.neutral',
  happy: 'emotion.happy',
  gentle: 'emotion.gentle',
  serious: 'emotion.serious',
  sad: 'emotion.sad',
  surprised: 'emotion.surprised',
  angry: 'emotion.angry',
  excited: 'emotion.excited',
};
export const presetLabel = (emotion: Emotion, t: Translate): string => t.any(PRESETS[emotion]);
/** For CSS; as lines and timeline show it. */
export const presetColour = (emotion: Emotion): string => `var(--emotion-${emotion})`;

/** By the name that lines use. */
export const emotionLabel = (name: string, t: Translate): string => (isEmotion(name) ? presetLabel(name, t) : name);

const isTaken = (name: string, own: readonly OwnEmotion[], exceptId: string | null): boolean => {
  const folded = foldEmotionName(name);
  return own.some((emotion) => emotion.id !== exceptId && foldEmotionName(emotion.name) === folded);
};

/** Why an emotion of the project cannot be called so, in words; null when it can. */
export function nameFault(
  name: string,
  own: readonly OwnEmotion[],
  exceptId: string | null,
  t: Translate,
): string | null {
  if (name === '') return t('emotion.nameEmpty');
  switch (emotionNameFault(name)) {
    case 'characters':
      return t('emotion.nameCharacters');
    case 'too-long':
      return t('emotion.nameTooLong', { count: MAX_EMOTION_NAME });
    case 'built-in':
      return t('emotion.nameBuiltIn');
    case 'reserved':
      return t('emotion.nameReserved');
    default:
      return isTaken(name, own, exceptId) ? t('emotion.nameTaken') : null;
  }
}

/** `wish`, else the first of `wish-2`, `wish-3` … that nobody has. */
export function freeName(wish: string, own: readonly OwnEmotion[]): string {
  const cut = (length: number): string => [...wish].slice(0, length).join('');
  for (let count = 1; ; count++) {
    const tail = count === 1 ? '' : `-${count}`;
    const name = cut(MAX_EMOTION_NAME - tail.length) + tail;
    if (!isTaken(name, own, null)) return name;
  }
}

const PALETTE = ['#4fc4c4', '#e07aa8', '#9ccc4f', '#b58be8', '#f0a15c', '#5fa8f0', '#d9c24a', '#e0756b'];
export const nextColour = (own: readonly OwnEmotion[]): string =>
  PALETTE.find((colour) => !own.some((emotion) => emotion.colour.toLowerCase() === colour)) ??
  PALETTE[own.length % PALETTE.length]!;
