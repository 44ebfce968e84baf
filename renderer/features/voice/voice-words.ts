/** What voices and their languages are called in the person's language. */
import { useMemo } from 'react';
import type { VoiceDescription } from '../../../app/contract/voices.ts';
import type { MessageKey, Translate } from '../../i18n/index.ts';
import { useLanguage } from '../../state/language.ts';

export interface VoiceWords {
  language(tag: string): string;
  /** How it is chosen by: its own name, or what it speaks and as whom. */
  title(voice: VoiceDescription): string;
  /** What the provider calls it, and where it runs. */
  note(voice: VoiceDescription): string;
}

/** Tags that the language names of browsers take for another, broader language. */
const SPECIAL: Readonly<Record<string, MessageKey>> = {
  cmn: 'voice.mandarin',
  'en-029': 'voice.englishCaribbean',
  'cmn-latn-pinyin': 'voice.mandarinPinyin',
  'yue-latn-jyutping': 'voice.cantoneseJyutping',
};
/** Its voices have no names of their own: a language, and which of several people. */
const NAMELESS = 'espeak';
const GENDERS: Readonly<Record<VoiceDescription['gender'], MessageKey>> = {
  female: 'voice.female',
  male: 'voice.male',
  neutral: 'voice.neutral',
};
const PERSON = /, (wo)?man \d+$/;
const VARIANT = /\+[fm](\d+)$/;

function languageName(tag: string, names: Intl.DisplayNames, t: Translate): string | null {
  const special = SPECIAL[tag.toLowerCase()];
  if (special !== undefined) return t.any(special);
  // What follows x is private, and some tags hold parts that nobody registered: the longest part that has a name.
  const parts = tag.split('-x-')[0]!.split('-');
  for (let length = parts.length; length > 0; length--) {
    const part = parts.slice(0, length).join('-');
    try {
      const name = names.of(part);
      if (name !== undefined && name.toLowerCase() !== part.toLowerCase()) return name;
    } catch {
      // No tag at all.
    }
  }
  return null;
}

function createVoiceWords(locale: string, t: Translate): VoiceWords {
  const names = new Intl.DisplayNames(locale, { type: 'language', languageDisplay: 'standard' });
  const known = new Map<string, string | null>();
  const nameOf = (tag: string): string | null => {
    let name = known.get(tag);
    if (name === undefined) {
      name = languageName(tag, names, t);
      known.set(tag, name);
    }
    return name;
  };
  return {
    language: (tag) => nameOf(tag) ?? tag,
    title(voice) {
      if (voice.provider !== NAMELESS) return voice.name;
      const language = nameOf(voice.languages[0] ?? '') ?? voice.name.replace(PERSON, '');
      const variant = VARIANT.exec(voice.id)?.[1];
      return t('voice.nameless', {
        language,
        person: t.any(GENDERS[voice.gender]) + (variant === undefined ? '' : ` ${variant}`),
      });
    },
    note: (voice) =>
      [
        // Which accent; whose voice it is the title says.
        voice.provider === NAMELESS ? voice.name.replace(PERSON, '') : voice.name,
        ...(voice.provider === NAMELESS
          ? []
          : [t.any(GENDERS[voice.gender]), ...voice.languages.slice(0, 1).map((tag) => nameOf(tag) ?? tag)]),
        t(voice.runs === 'local' ? 'voice.local' : 'voice.cloud'),
      ].join(' · '),
  };
}

export function useVoiceWords(): VoiceWords {
  const { locale, t } = useLanguage();
  return useMemo(() => createVoiceWords(locale, t), [locale, t]);
}
