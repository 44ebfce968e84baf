/** Punctuation and signs: what is heard of them. */
import { HAN, isDigit, isLatinOrDigit } from './characters.ts';

export interface SymbolReading {
  zh: string;
  en: string;
}

/** Punctuation in the form each language's voices expect. Quotation marks are not heard. */
const PUNCTUATION: Readonly<Record<string, SymbolReading>> = Object.fromEntries(
  (
    [
      ['，,', '，', ','],
      ['。．｡.', '。', '.'],
      ['！!', '！', '!'],
      ['？?', '？', '?'],
      ['；;', '；', ';'],
      ['：:', '：', ':'],
      ['、', '、', ','],
      ['…', '…', '...'],
      ['—–―', '，', ','],
      ['（(【〔［', '，', ','],
      ['）)】〕］|｜', '，', ','],
      ['“”‘’「」『』《》〈〉"\'«»', '', ''],
    ] as const
  ).flatMap(([chars, zh, en]) => [...chars].map((char) => [char, { zh, en }])),
);

const OPENING = new Set('（(【〔［“‘「『《〈[{<«');
const SPOKEN: Readonly<Record<string, SymbolReading>> = {
  '&': { zh: '和', en: 'and' },
  '+': { zh: '加', en: 'plus' },
  '=': { zh: '等于', en: 'equals' },
  '@': { zh: '艾特', en: 'at' },
  '%': { zh: '百分号', en: 'percent' },
  '×': { zh: '乘', en: 'times' },
  '÷': { zh: '除以', en: 'divided by' },
  '±': { zh: '正负', en: 'plus or minus' },
  '≥': { zh: '大于等于', en: 'at least' },
  '≤': { zh: '小于等于', en: 'at most' },
  '≠': { zh: '不等于', en: 'is not' },
  '≈': { zh: '约等于', en: 'about' },
  '→': { zh: '到', en: 'to' },
  '°': { zh: '度', en: 'degrees' },
  '²': { zh: '平方', en: 'squared' },
  '³': { zh: '立方', en: 'cubed' },
};
/** Numbers in one character. */
const NUMBER_CHARACTERS: Readonly<Record<string, SymbolReading>> = {
  '½': { zh: '二分之一', en: 'one half' },
  '¼': { zh: '四分之一', en: 'one quarter' },
  '¾': { zh: '四分之三', en: 'three quarters' },
  '⅓': { zh: '三分之一', en: 'one third' },
  '⅔': { zh: '三分之二', en: 'two thirds' },
};

export const punctuationOf = (char: string): SymbolReading | null => PUNCTUATION[char] ?? null;
export const isOpening = (char: string): boolean => OPENING.has(char);

/** Circled and Roman numbers as the digits they stand for (①, Ⅻ), or null. */
export function enclosedNumber(char: string): string | null {
  const code = char.charCodeAt(0);
  if (code >= 0x2460 && code <= 0x2473) return String(code - 0x2460 + 1);
  if (code >= 0x2160 && code <= 0x216b) return String(code - 0x2160 + 1);
  if (code >= 0x2170 && code <= 0x217b) return String(code - 0x2170 + 1);
  return null;
}

const nextTo = (text: string, at: number, step: 1 | -1): string | undefined => {
  const char = text[at + step];
  return char === ' ' ? text[at + 2 * step] : char;
};

/** A sign that is heard where it stands, or null when it is only seen. `text` is narrowed. */
export function symbolAt(text: string, at: number): SymbolReading | null {
  const char = text[at]!;
  const number = NUMBER_CHARACTERS[char];
  if (number !== undefined) return number;
  const [before, after] = [nextTo(text, at, -1), nextTo(text, at, 1)];
  const between = isDigit(before) && isDigit(after);
  switch (char) {
    case '-':
      if (/[年月日号時时点周一二三四五六]/.test(before ?? '') && /^ ?(?:\d|周|星期)/.test(text.slice(at + 1, at + 4))) {
        return { zh: '到', en: 'to' };
      }
      if (!between) return null;
      return text[at + 1] === ' ' || /^\d{1,18}(?:\.\d{1,9})? ?=/.test(text.slice(at + 1, at + 32))
        ? { zh: '减', en: 'minus' }
        : { zh: '杠', en: 'dash' };
    case '*':
      return between ? SPOKEN['×']! : null;
    case '/':
      if (between) return { zh: '斜杠', en: 'slash' };
      // 5元/斤
      return /[元块米次人天月年角\d]/.test(before ?? '') && HAN.test(after ?? '')
        ? { zh: '每', en: 'per' }
        : { zh: '，', en: '' };
    case '>':
      return isDigit(after) ? { zh: '大于', en: 'greater than' } : null;
    case '<':
      return isDigit(after) ? { zh: '小于', en: 'less than' } : null;
    case '#':
      if (isDigit(text[at + 1])) return { zh: '', en: 'number' };
      return isLatinOrDigit(text[at + 1]) ? { zh: '', en: 'hashtag' } : null;
    case '+':
    case '=':
      return before === undefined && after === undefined ? null : SPOKEN[char]!;
    default:
      return SPOKEN[char] ?? null;
  }
}
