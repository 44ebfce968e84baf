/** From BCP-47 to what each model takes as a hint; a dialect without a hint of its own is heard under the language it belongs to. */

/** Both ways to write Cantonese and Mandarin: `yue-HK` and `zh-yue`, `cmn` and `zh`. */
function languageOf(tag: string): string {
  const [primary = '', ...rest] = tag.toLowerCase().split(/[-_]/);
  if (primary === 'yue' || (primary === 'zh' && (rest.includes('yue') || rest.includes('cantonese')))) return 'yue';
  return ['cmn', 'wuu', 'nan', 'hsn', 'hak', 'gan'].includes(primary) ? 'zh' : primary;
}

/** Those of `languages` that the model knows, best first, each once. */
const known = (languages: readonly string[], takes: readonly string[]): string[] => [
  ...new Set(languages.map(languageOf).filter((language) => takes.includes(language))),
];

/** Of the page "Real-time speech recognition": Fun-ASR uses the first hint only and finds dialects by itself. */
const FUN_ASR = ['zh', 'en', 'ja'];
const PARAFORMER_V2 = ['zh', 'en', 'ja', 'yue', 'ko', 'de', 'fr', 'ru'];
/** Sichuanese, Minnan and Wu are heard under `zh`. */
const QWEN_ASR = [
  'zh',
  'yue',
  'en',
  'ja',
  'de',
  'ko',
  'ru',
  'fr',
  'pt',
  'ar',
  'it',
  'es',
  'hi',
  'id',
  'th',
  'tr',
  'uk',
  'vi',
];

/** `language_hints` of a run-task model; empty: it finds out by itself. */
export function taskLanguageHints(model: string, languages: readonly string[]): string[] {
  if (model.startsWith('paraformer')) return /-v2$/.test(model) ? known(languages, PARAFORMER_V2) : [];
  // Under a hint for another language Cantonese would be lost.
  if (languages.some((tag) => languageOf(tag) === 'yue')) return [];
  return known(languages, FUN_ASR).slice(0, 1);
}

/** One language or none: with several it has to find out. */
export function qwenLanguage(languages: readonly string[]): string | null {
  const all = known(languages, QWEN_ASR);
  return all.length === 1 ? all[0]! : null;
}
