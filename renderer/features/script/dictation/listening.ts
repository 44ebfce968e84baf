/** In which language or dialect it is listened, and for which words: the person's own and those of the project's dictionary. */
import { rpc } from '../../../bridge/index.ts';
import type { MessageKey } from '../../../i18n/index.ts';
import { openDocument } from '../../../state/project.ts';
import { showErrorToast } from '../../../state/show-error.ts';
import { studioStore } from '../../../state/studio-store.ts';

/** '': by the voice of the line, else as it is heard. */
export const LANGUAGES = ['', 'zh', 'yue', 'zh-sichuan', 'wuu', 'nan', 'en', 'ja', 'ko'] as const;
export const languageKey = (language: string): MessageKey =>
  `script.heard-${language === '' ? 'auto' : language}` as MessageKey;

interface Listening {
  language: string;
  words: readonly string[];
}
const NONE: Listening = { language: '', words: [] };
const MAX_OWN = 300;
const MAX_ALL = 500;
const MAX_LENGTH = 100;

export const currentListening = (): Listening => studioStore.getState().settings?.listening ?? NONE;

export function changeListening(change: Partial<Listening>): void {
  const { language, words } = { ...currentListening(), ...change };
  const listening = { language, words: [...words] };
  // What is chosen next builds on it, before the studio has told it back.
  studioStore.setState(({ settings }) => ({ settings: settings && { ...settings, listening } }));
  void rpc.settings.set({ listening }).catch(showErrorToast);
}

/** One a line, or parted by commas. */
export const wordsIn = (text: string): string[] => distinct(text.split(/[\n,，、;；]+/)).slice(0, MAX_OWN);

const distinct = (words: readonly string[]): string[] => [
  ...new Set(words.map((word) => word.trim()).filter((word) => word !== '' && word.length <= MAX_LENGTH)),
];

/** What a recogniser is told; the person's own words first. */
export function listeningRequest(voiceId: string | null): { languages: string[]; hotWords: string[] } {
  const { language, words } = currentListening();
  const dictionary = (openDocument()?.script.dictionary ?? []).map(({ written }) => written);
  const byVoice = /yue/.test(voiceId ?? '') ? ['yue'] : [];
  return {
    languages: language === '' ? byVoice : [language],
    hotWords: distinct([...words, ...dictionary]).slice(0, MAX_ALL),
  };
}
