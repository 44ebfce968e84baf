/** The language of the interface: one dictionary a language, loaded when it is asked for, switched at run time. */
import type { Locale } from '../../app/errors/index.ts';
import type { Messages } from './en/index.ts';
import { fillMessage, type MessageParams, type MessageValue } from './message.ts';

export type { Locale };

type Area = keyof Messages & string;
/** `area.key`, e.g. `shell.saved`. */
export type MessageKey = { [A in Area]: `${A}.${keyof Messages[A] & string}` }[Area];
type TextOf<K extends MessageKey> = K extends `${infer A}.${infer Rest}`
  ? A extends Area
    ? Rest extends keyof Messages[A]
      ? Messages[A][Rest] extends string
        ? Messages[A][Rest]
        : never
      : never
    : never
  : never;

export interface Translate {
  /** The text under a key, its parameters checked against the English wording. */
  <K extends MessageKey>(key: K, ...params: MessageParams<TextOf<K>>): string;
  /** For keys that are data (an action's label): parameters are given by whoever knows them. */
  any(key: MessageKey, params?: Readonly<Record<string, MessageValue>>): string;
}

/** Any language's dictionary: the same keys as English. */
export type Dictionary = { readonly [A in Area]: Readonly<Record<keyof Messages[A], string>> };

const LOADERS: Readonly<Record<Locale, () => Promise<{ messages: Dictionary }>>> = {
  en: () => import('./en/index.ts'),
  'zh-CN': () => import('./zh-CN/index.ts'),
};

export const loadDictionary = async (locale: Locale): Promise<Dictionary> => (await LOADERS[locale]()).messages;

export function createTranslate(locale: Locale, dictionary: Dictionary): Translate {
  const any = (key: MessageKey, params: Readonly<Record<string, MessageValue>> = {}): string => {
    const dot = key.indexOf('.');
    const area = dictionary[key.slice(0, dot) as Area] as Readonly<Record<string, string>>;
    return fillMessage(area[key.slice(dot + 1)] ?? key, params, locale);
  };
  return Object.assign((key: MessageKey, ...params: unknown[]) => any(key, params[0] as never), { any }) as Translate;
}

/** What the browser's languages say; Chinese of any kind is served in Simplified Chinese. */
export function preferredLocale(languages: readonly string[]): Locale {
  for (const language of languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (language.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}
