/** What languages and accents are called in the person's language, wherever voices are listed. */
import type { Locale } from '../errors/index.ts';

/** Tags that the names of the runtime (CLDR) lack, or take for another or a broader language: `ca-va` is not the Vatican's. */
const OWN_NAMES: Readonly<Record<string, Readonly<Record<Locale, string>>>> = {
  bpy: { en: 'Bishnupriya Manipuri', 'zh-CN': '比什奴普莱利亚语' },
  'ca-ba': { en: 'Catalan (Balearic)', 'zh-CN': '加泰罗尼亚语（巴利阿里）' },
  'ca-nw': { en: 'Catalan (North-western)', 'zh-CN': '加泰罗尼亚语（西北）' },
  'ca-va': { en: 'Catalan (Valencian)', 'zh-CN': '加泰罗尼亚语（巴伦西亚）' },
  cmn: { en: 'Mandarin', 'zh-CN': '普通话' },
  'cmn-latn-pinyin': { en: 'Mandarin in Pinyin letters', 'zh-CN': '普通话（拼音字母）' },
  'en-029': { en: 'English (Caribbean)', 'zh-CN': '英语（加勒比）' },
  'en-gb-scotland': { en: 'English (Scotland)', 'zh-CN': '英语（苏格兰）' },
  'en-gb-x-gbclan': { en: 'English (Lancaster)', 'zh-CN': '英语（兰开斯特）' },
  'en-gb-x-gbcwmd': { en: 'English (West Midlands)', 'zh-CN': '英语（西米德兰兹）' },
  'en-gb-x-rp': { en: 'English (Received Pronunciation)', 'zh-CN': '英语（英国标准音）' },
  'en-us-nyc': { en: 'English (New York City)', 'zh-CN': '英语（纽约）' },
  'fa-latn': { en: 'Persian in Latin letters', 'zh-CN': '波斯语（拉丁字母）' },
  hyw: { en: 'Armenian (Western)', 'zh-CN': '亚美尼亚语（西部）' },
  lfn: { en: 'Lingua Franca Nova', 'zh-CN': '新通用语' },
  ltg: { en: 'Latgalian', 'zh-CN': '拉特加莱语' },
  mto: { en: 'Totontepec Mixe', 'zh-CN': '托通特佩克米塞语' },
  nci: { en: 'Nahuatl (Classical)', 'zh-CN': '古典纳瓦特尔语' },
  piqd: { en: 'Klingon', 'zh-CN': '克林贡语' },
  py: { en: 'Pyash', 'zh-CN': 'Pyash 语' },
  qdb: { en: 'Lang Belta', 'zh-CN': '贝尔特语' },
  qya: { en: 'Quenya', 'zh-CN': '昆雅语' },
  'ru-cl': { en: 'Russian (Classic)', 'zh-CN': '俄语（古典）' },
  sjn: { en: 'Sindarin', 'zh-CN': '辛达林语' },
  'vi-vn-x-central': { en: 'Vietnamese (Central)', 'zh-CN': '越南语（中部）' },
  'vi-vn-x-south': { en: 'Vietnamese (Southern)', 'zh-CN': '越南语（南部）' },
  xex: { en: 'Xextan', 'zh-CN': 'Xextan 语' },
  'yue-latn-jyutping': { en: 'Cantonese in Jyutping letters', 'zh-CN': '粤语（粤拼字母）' },
};

/** Of a BCP-47 tag; null where nobody has a name for it. */
export type LanguageNames = (tag: string) => string | null;

export function languageNames(locale: Locale): LanguageNames {
  const names = new Intl.DisplayNames(locale, { type: 'language', languageDisplay: 'standard' });
  const known = new Map<string, string | null>();
  return (tag) => {
    let name = known.get(tag);
    if (name === undefined) {
      name = OWN_NAMES[tag.toLowerCase()]?.[locale] ?? runtimeName(tag, names);
      known.set(tag, name);
    }
    return name;
  };
}

/** What follows x is private, and some tags hold parts that nobody registered: the longest part that has a name. */
function runtimeName(tag: string, names: Intl.DisplayNames): string | null {
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
