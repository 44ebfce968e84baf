/** Classes of characters, as the normaliser tells them apart. */

export const HAN = /\p{Script=Han}/u;
export const LATIN = /\p{Script=Latin}/u;

/** By code point; faster than a property escape where every character asks. */
export const isHan = (codePoint: number): boolean =>
  (codePoint >= 0x4e00 && codePoint <= 0x9fff) || (codePoint > 0x2e7f && HAN.test(String.fromCodePoint(codePoint)));

export const isDigit = (char: string | undefined): boolean => char !== undefined && char >= '0' && char <= '9';
export const isLatinOrDigit = (char: string | undefined): boolean =>
  char !== undefined && (/[A-Za-z0-9]/.test(char) || LATIN.test(char));

/** One emoji as seen: keycap, flag, or a picture with its modifiers and joined others. */
export const EMOJI =
  /(?:[0-9#*]\ufe0f?\u20e3|\p{Regional_Indicator}{2}|\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?(?:\u200d\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)*|\p{Emoji_Modifier})/uy;

/**
 * What must never reach a voice or a picture: control characters other than white space, lone surrogates and
 * noncharacters. Line breaks and tabs become spaces, as a line is one utterance.
 */
export const cleanText = (text: string): string =>
  text
    .replace(/\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g, ' ')
    .replace(/[\p{Cc}\p{Cs}\ufeff\ufff9-\uffff]|\p{Noncharacter_Code_Point}/gu, '');

const NARROW: Readonly<Record<string, string>> = {
  '％': '%',
  '＋': '+',
  '－': '-',
  '−': '-',
  '＝': '=',
  '＆': '&',
  '＠': '@',
  '＃': '#',
  '／': '/',
  '￥': '¥',
  '＄': '$',
  '￡': '£',
  '～': '~',
  '〜': '~',
  '．': '.',
  '’': "'",
  ...Object.fromEntries([...'₀₁₂₃₄₅₆₇₈₉'].map((char, digit) => [char, String(digit)])),
};

/** The same text, unit for unit, with full-width letters, digits and signs in their ASCII form; punctuation stays. */
export const narrow = (text: string): string =>
  text.replace(/[０-９Ａ-Ｚａ-ｚ％＋－−＝＆＠＃／￥＄￡～〜．’₀-₉]/g, (char) => {
    const mapped = NARROW[char];
    return mapped ?? String.fromCharCode(char.charCodeAt(0) - 0xfee0);
  });

/** Marks that end a clause: the language of numbers is told clause by clause. */
export const CLAUSE_END = /[。！？；，、：….,!?;:｡]/;
