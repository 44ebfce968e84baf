/** What voices and their languages are called in the person's language. */
import { useMemo } from 'react';
import type { VoiceDescription } from '../../../app/contract/voices.ts';
import { languageNames } from '../../../app/i18n/language-names.ts';
import type { Locale, MessageKey, Translate } from '../../i18n/index.ts';
import { useLanguage } from '../../state/language.ts';

export interface VoiceWords {
  language(tag: string): string;
  /** How it is chosen by: its own name, or what it speaks and as whom. */
  title(voice: VoiceDescription): string;
  /** What the title does not say of it: whose voice it is where it has a name of its own, and where it runs. */
  note(voice: VoiceDescription): string;
}

/** Its voices have no names of their own: a language, and which of several people. */
const NAMELESS = 'espeak';
const GENDERS: Readonly<Record<VoiceDescription['gender'], MessageKey>> = {
  female: 'voice.female',
  male: 'voice.male',
  neutral: 'voice.neutral',
};
const PERSON = /, (wo)?man \d+$/;
const VARIANT = /\+[fm](\d+)$/;

export function createVoiceWords(locale: Locale, t: Translate): VoiceWords {
  const nameOf = languageNames(locale);
  const language = (tag: string): string => nameOf(tag) ?? tag;
  return {
    language,
    title(voice) {
      if (voice.provider !== NAMELESS) return voice.name;
      const variant = VARIANT.exec(voice.id)?.[1];
      return t('voice.nameless', {
        language: nameOf(voice.languages[0] ?? '') ?? voice.name.replace(PERSON, ''),
        person: t.any(GENDERS[voice.gender]) + (variant === undefined ? '' : ` ${variant}`),
      });
    },
    note(voice) {
      const whose =
        voice.provider === NAMELESS ? [] : [t.any(GENDERS[voice.gender]), ...voice.languages.slice(0, 1).map(language)];
      return [...whose, t(voice.runs === 'local' ? 'voice.local' : 'voice.cloud')].join(' · ');
    },
  };
}

export function useVoiceWords(): VoiceWords {
  const { locale, t } = useLanguage();
  return useMemo(() => createVoiceWords(locale, t), [locale, t]);
}
