/** The language in use, with its dictionary: switched as a whole, once the dictionary is there. */
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { createFormat, type Format } from '../i18n/format.ts';
import { createTranslate, type Locale, loadDictionary, preferredLocale, type Translate } from '../i18n/index.ts';
import { uiStore } from './ui-store.ts';

interface Language {
  locale: Locale;
  t: Translate;
  format: Format;
}

/** Before {@link startLanguage} has settled there is none, and nothing is drawn. */
const languageStore = createStore<{ language: Language | null }>(() => ({ language: null }));

async function use(locale: Locale): Promise<void> {
  const dictionary = await loadDictionary(locale);
  if (wanted() !== locale) return;
  document.documentElement.lang = locale;
  languageStore.setState({
    language: { locale, t: createTranslate(locale, dictionary), format: createFormat(locale) },
  });
}
const wanted = (): Locale => uiStore.getState().localeChoice ?? preferredLocale(navigator.languages);

export async function startLanguage(): Promise<void> {
  uiStore.subscribe((state, before) => {
    if (state.localeChoice !== before.localeChoice) void use(wanted());
  });
  await use(wanted());
}

export function language(): Language {
  const { language: current } = languageStore.getState();
  if (current === null) throw new Error('No language has been loaded yet');
  return current;
}

export const useLanguage = (): Language => useStore(languageStore, () => language());
/** The texts of the language in use; the component is drawn again when it changes. */
export const useT = (): Translate => useLanguage().t;
export const useFormat = (): Format => useLanguage().format;
export const useLocale = (): Locale => useLanguage().locale;

/** Tells the language in use, now and whenever it is switched. */
export function followLocale(tell: (locale: Locale) => void): void {
  tell(language().locale);
  languageStore.subscribe((state, before) => {
    if (state.language !== null && state.language.locale !== before.language?.locale) tell(state.language.locale);
  });
}
