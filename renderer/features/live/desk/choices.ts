/** What can be chosen for something that is said: emotions and voices. */
import { useMemo } from 'react';
import { EMOTIONS } from '../../../../app/speech/emotion.ts';
import { useLanguage } from '../../../state/language.ts';
import { useDocument } from '../../../state/project.ts';
import type { Option } from '../../../ui/index.ts';
import { presetLabel } from '../../emotion/names.ts';
import { useVoiceList } from '../../voice/voice-list.ts';
import { createVoiceWords } from '../../voice/voice-words.ts';

export function useEmotionOptions(): Option<string>[] {
  const { t } = useLanguage();
  const own = useDocument(({ emotions }) => emotions);
  return useMemo(
    () => [
      ...EMOTIONS.map((emotion) => ({ value: emotion as string, label: presetLabel(emotion, t) })),
      ...own.map(({ name }) => ({ value: name, label: name })),
    ],
    [own, t],
  );
}

export function useVoiceOptions(): Option<string>[] {
  const { t, locale } = useLanguage();
  const { voices } = useVoiceList();
  return useMemo(() => {
    const words = createVoiceWords(locale, t);
    return (voices ?? []).map((voice) => ({ value: voice.id, label: words.title(voice), note: words.note(voice) }));
  }, [voices, locale, t]);
}
