/** How an emotion is called and coloured in the interface. */
import { useMemo } from 'react';
import type { OwnEmotion } from '../../../app/document/emotions.ts';
import { EMOTIONS, type Emotion, foldEmotionName, isEmotion } from '../../../app/speech/emotion.ts';
import type { MessageKey, Translate } from '../../i18n/index.ts';
import { useT } from '../../state/language.ts';
import { useDocument } from '../../state/project.ts';

const NAMES: Readonly<Record<Emotion, MessageKey>> = {
  neutral: 'script.emotionNeutral',
  happy: 'script.emotionHappy',
  gentle: 'script.emotionGentle',
  serious: 'script.emotionSerious',
  sad: 'script.emotionSad',
  surprised: 'script.emotionSurprised',
  angry: 'script.emotionAngry',
  excited: 'script.emotionExcited',
};

/** A built-in emotion in the person's language; one of their own as they called it. */
export function emotionLabel(name: string, t: Translate): string {
  const folded = foldEmotionName(name);
  return isEmotion(folded) ? t.any(NAMES[folded]) : name;
}

/** For CSS. */
export function emotionColour(name: string, own: readonly OwnEmotion[]): string {
  const folded = foldEmotionName(name);
  if (isEmotion(folded)) return `var(--emotion-${folded})`;
  return own.find((emotion) => foldEmotionName(emotion.name) === folded)?.colour ?? 'var(--emotion-own)';
}

export interface EmotionLooks {
  own: readonly OwnEmotion[];
  ownNames: readonly string[];
  all: readonly string[];
  label(name: string): string;
  colour(name: string): string;
}

export function useEmotionLooks(): EmotionLooks {
  const own = useDocument(({ emotions }) => emotions);
  const t = useT();
  return useMemo(() => {
    const ownNames = own.map(({ name }) => name);
    return {
      ...{ own, ownNames, all: [...EMOTIONS, ...ownNames] },
      label: (name) => emotionLabel(name, t),
      colour: (name) => emotionColour(name, own),
    };
  }, [own, t]);
}
