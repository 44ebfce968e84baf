/** What a run of digits with its signs is: the shapes, told apart before any language reads them. */
import { isDigit, isLatinOrDigit } from './characters.ts';
import { CURRENCIES, type Currency, type Unit, unitAt } from './units.ts';

/** Digits as written without separators; `fraction` is empty where there is no decimal point. */
export interface Numeral {
  sign: '' | '-' | '+' | '±';
  int: string;
  fraction: string;
  /** It had thousands separators: never a year, never an identifier. */
  grouped: boolean;
}
export type Scale = 'thousand' | 'million' | 'billion' | 'trillion' | '万' | '亿';
export interface ClockTime {
  hour: number;
  minute: number;
  second: number | null;
}

export type NumberItem =
  | {
      kind: 'quantity';
      low: Numeral;
      /** The upper end of a range. */
      high: Numeral | null;
      percent: '' | '%' | '‰';
      /** 10%-20% rather than 10-20%. */
      percentTwice: boolean;
      currency: Currency | null;
      scale: Scale | null;
      unit: Unit | null;
      /** Where the number ends and the space or unit begins; offset into the text. */
      numberTo: number;
    }
  /** `year` is empty where only month and day are written, `day` is 0 where only year and month are. */
  | { kind: 'date'; year: string; month: number; day: number }
  | { kind: 'time'; from: ClockTime; until: ClockTime | null; meridiem: '' | 'a' | 'p' }
  | { kind: 'ratio'; terms: Numeral[] }
  | { kind: 'fraction'; over: string; under: string }
  /** One by one, with a breath between groups. `phone`: Mandarin says 幺 for 1. */
  | { kind: 'digits'; groups: string[]; phone: boolean; plus: boolean }
  | { kind: 'dotted'; segments: string[]; version: boolean }
  /** Model numbers, screen lines: one by one in Chinese, in pairs in English. */
  | { kind: 'model'; digits: string }
  | { kind: 'ordinal'; int: string }
  | { kind: 'decade'; digits: string };

export interface MatchedItem {
  item: NumberItem;
  to: number;
}

const NUMBER = /(\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.(\d+))?/y;
const CURRENCY = /(?:US\$|HK\$|NT\$|A\$|C\$|CN¥|JP¥|RMB|CNY|USD|EUR|GBP|[¥$€£₩₹₽]) ?(?=[-+]?\d)/y;
const CURRENCY_AFTER = / ?(RMB|CNY|USD|EUR|GBP|€|£)(?![A-Za-z])/y;
const SCALE_WORD = / ?(thousand|million|billion|trillion)(?![A-Za-z])/iy;
const SCALE_LETTER = /([kKMB])(?![A-Za-z0-9])/y;
const RANGE = /(?:-(?=[¥$€£]?\d)| ?(?:[~–]|—(?!—)) ?(?=[¥$€£]?[-+]?\d))/y;
const ISO_DATE = /(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d|[-/.]\d)/y;
const US_DATE = /(\d{1,2})\/(\d{1,2})\/(\d{4})(?![\d/])/y;
const YEAR_MONTH = /(199\d|20[0-4]\d)[-/](0[1-9]|1[0-2])(?![\d.]|[-/]\d|年)/y;
const MONTH_DAY = /([1-9]\d?)\/([1-9]\d?)(?![\d/])/y;
const DAY_BEFORE = /(?:今天|明天|昨天|日期|截至|截止|定于|today|date|due|on|until)[是为到于:： ]{0,2}$/i;
const PHONES = [
  /1[3-9]\d(?:[- ]?\d{4}){2}(?![\d.])/y,
  /0\d{2,3}[- ]\d{7,8}(?:-\d{1,6})?(?!\d)/y,
  /[48]00-?\d{3}-?\d{4}(?!\d)/y,
  /[48]00-\d{4}-\d{3}(?!\d)/y,
  /\d{3}-\d{3}-\d{4}(?!\d)/y,
  /1-\d{3}-\d{3}-\d{4}(?!\d)/y,
  /\(0\d{2,3}\) ?\d{7,8}(?!\d)/y,
  /\(\d{3}\) ?\d{3}-\d{4}(?!\d)/y,
];
const INTERNATIONAL = /\+\d{1,3}(?:[- ]?\(?\d{1,14}\)?){1,6}/y;
const DOTTED = /\d+(?:\.\d+){2,}(?!\d)/y;
const DASHED = /\d+(?:-\d+){2,}(?![\d.])/y;
const TIME = /(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?(?![\d]|[:：.]\d)/y;
const TIME_UNTIL = / ?[-~–—] ?(?=\d{1,2}[:：]\d{2}(?!\d))/y;
const MERIDIEM = / ?([ap])(?:m|\.m\.)(?![A-Za-z])/iy;
const RATIO = /\d+(?:\.\d+)?(?:[:：]\d+(?:\.\d+)?)+/y;
const SCORE = /(\d{1,3})-(\d{1,3})(?![\d-])/y;
const WON_SCORE = /(\d{1,3})-(\d{1,3})(?= ?(?:战胜|击败|险胜|大胜|完胜|取胜|获胜|力克|不敌|落败|负于|领先|战平))/y;
const FRACTION = /([1-9]\d*)\/([1-9]\d*)(?![\d/])/y;
const ORDINAL = /(\d+)(?:st|nd|rd|th)(?![A-Za-z])/iy;
const DECADE = /(\d{3}0|\d0)'?s(?![A-Za-z])/y;
const SCREEN_LINES = /(\d{3,4})(?=[pPiI](?![A-Za-z]))/y;

const PHONE_BEFORE =
  /(?:电话|手机号?|热线|拨打|拨|致电|客服|传真|號碼|号码|tel|phone|call|dial|fax|hotline)[是为为:： .,，]{0,3}$/i;
const ID_BEFORE =
  /(?:编号|单号|订单号?|学号|工号|证号|身份证号?|账号|卡号|密码|验证码|代码|邮编|尾号|房号|车牌号?|车次|航班号?|股票|QQ号?|微信号?|\bID|\bPIN|\bcode|\bzip)[是为:：# ]{0,3}$|[A-Za-z]_$/i;
const SCORE_BEFORE =
  /(?:比分|比例|比率|配比|赔率|大胜|战胜|击败|战平|不敌|领先|落后|score|ratio|won|win|beat|lost|lead|tied)[是为了:： a-z]{0,6}$/i;
/** Numbers every caller in China knows by their digits. */
const HOTLINES = new Set(['10086', '10010', '12306', '12315', '12333', '12358']);
/** How far back such words are looked for. */
const LOOK_BACK = 14;

const exec = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at;
  return pattern.exec(text);
};
const plain = (int: string): Numeral => ({ sign: '', int, fraction: '', grouped: false });
const leadingZero = (digits: string): boolean => digits.length > 1 && digits.startsWith('0');

/** Can a numeric item begin here at all? `text` ends where the run ends. */
export const mayBeginNumber = (text: string, at: number): boolean => {
  const char = text[at]!;
  if (isDigit(char)) return true;
  if ('-+±(¥$€£₩₹₽'.includes(char)) return true;
  return 'UHNACJREG'.includes(char) && !isLatinOrDigit(text[at - 1]);
};

/** The item at `at`, or null. `text` is narrowed and ends where the run ends. */
export function matchNumber(text: string, at: number): MatchedItem | null {
  const before = text.slice(Math.max(0, at - LOOK_BACK), at);
  const char = text[at]!;
  const afterLatin = /[A-Za-z]-?$/.test(before);
  if (isDigit(char) && !afterLatin) {
    const special = matchDate(text, at, before) ?? matchPhone(text, at) ?? matchClock(text, at, before);
    if (special !== null) return special;
  } else if (char === '(' || char === '+') {
    const phone = matchPhone(text, at);
    if (phone !== null) return phone;
  }
  if (isDigit(char)) {
    const shaped = matchShaped(text, at, before, afterLatin);
    if (shaped !== null) return shaped;
  }
  return matchQuantity(text, at, before);
}

function matchDate(text: string, at: number, before: string): MatchedItem | null {
  const short = DAY_BEFORE.test(before) ? exec(MONTH_DAY, text, at) : null;
  if (short !== null && Number(short[1]) <= 12 && Number(short[2]) <= 31) {
    const item = { kind: 'date', year: '', month: Number(short[1]), day: Number(short[2]) } as const;
    return { item, to: at + short[0].length };
  }
  const yearMonth = exec(YEAR_MONTH, text, at);
  if (yearMonth !== null) {
    const item = { kind: 'date', year: yearMonth[1]!, month: Number(yearMonth[2]), day: 0 } as const;
    return { item, to: at + yearMonth[0].length };
  }
  const iso = exec(ISO_DATE, text, at);
  const us = iso === null ? exec(US_DATE, text, at) : null;
  const match = iso ?? us;
  if (match === null) return null;
  let year = match[3]!;
  let month = Number(match[1]);
  let day = Number(match[2]);
  if (iso !== null) {
    year = iso[1]!;
    month = Number(iso[3]);
    day = Number(iso[4]);
  } else if (month > 12) {
    [month, day] = [day, month];
  }
  if (month < 1 || month > 12 || day < 1 || day > 31 || Number(year) < 1000) return null;
  return { item: { kind: 'date', year, month, day }, to: at + match[0].length };
}

function matchPhone(text: string, at: number): MatchedItem | null {
  for (const pattern of PHONES) {
    const match = exec(pattern, text, at);
    if (match === null) continue;
    const groups = match[0].split(/[- ()]+/).filter((group) => group !== '');
    return { item: { kind: 'digits', groups, phone: true, plus: false }, to: at + match[0].length };
  }
  if (text[at] !== '+') return null;
  const match = exec(INTERNATIONAL, text, at);
  const groups = match?.[0].match(/\d+/g) ?? [];
  if (match === null || groups.join('').length < 9) return null;
  return { item: { kind: 'digits', groups, phone: true, plus: true }, to: at + match[0].length };
}

function clockTime(match: RegExpExecArray): ClockTime | null {
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), match[3] === undefined ? null : Number(match[3])];
  return hour <= 24 && minute < 60 && (second ?? 0) < 60 ? { hour, minute, second } : null;
}

function matchClock(text: string, at: number, before: string): MatchedItem | null {
  const first = SCORE_BEFORE.test(before) ? null : exec(TIME, text, at);
  const from = first === null ? null : clockTime(first);
  if (first !== null && from !== null) {
    let to = at + first[0].length;
    let until: ClockTime | null = null;
    const dash = exec(TIME_UNTIL, text, to);
    const second = dash === null ? null : exec(TIME, text, to + dash[0].length);
    if (dash !== null && second !== null) {
      until = clockTime(second);
      if (until !== null) to += dash[0].length + second[0].length;
    }
    const meridiem = exec(MERIDIEM, text, to);
    if (meridiem !== null) to += meridiem[0].length;
    const half = (meridiem?.[1]?.toLowerCase() ?? '') as '' | 'a' | 'p';
    return { item: { kind: 'time', from, until, meridiem: half }, to };
  }
  const ratio = exec(RATIO, text, at);
  const score = ratio === null ? exec(SCORE_BEFORE.test(before) ? SCORE : WON_SCORE, text, at) : null;
  const match = ratio ?? score;
  if (match === null) return null;
  const terms = match[0].split(/[:：-]/).map((term) => {
    const [int = '', fraction = ''] = term.split('.');
    return { ...plain(int), fraction };
  });
  return { item: { kind: 'ratio', terms }, to: at + match[0].length };
}

function matchShaped(text: string, at: number, before: string, afterLatin: boolean): MatchedItem | null {
  const end = (match: RegExpExecArray): number => at + match[0].length;
  const dotted = exec(DOTTED, text, at);
  if (dotted !== null) {
    const segments = dotted[0].split('.');
    const address = segments.length === 4 && segments.every((segment) => Number(segment) < 256);
    return { item: { kind: 'dotted', segments, version: !address || afterLatin }, to: end(dotted) };
  }
  const dashed = exec(DASHED, text, at);
  if (dashed !== null) {
    return { item: { kind: 'digits', groups: dashed[0].split('-'), phone: false, plus: false }, to: end(dashed) };
  }
  const ordinal = exec(ORDINAL, text, at);
  if (ordinal !== null) return { item: { kind: 'ordinal', int: ordinal[1]! }, to: end(ordinal) };
  const decade = exec(DECADE, text, at);
  if (decade !== null && (decade[1]!.length === 4 || /(?:\bthe |')$/i.test(before))) {
    return { item: { kind: 'decade', digits: decade[1]! }, to: end(decade) };
  }
  const lines = exec(SCREEN_LINES, text, at);
  if (lines !== null) return { item: { kind: 'model', digits: lines[1]! }, to: end(lines) };
  const fraction = exec(FRACTION, text, at);
  if (fraction !== null && !afterLatin) {
    return { item: { kind: 'fraction', over: fraction[1]!, under: fraction[2]! }, to: end(fraction) };
  }
  return null;
}

function numeralAt(text: string, at: number): { numeral: Numeral; to: number } | null {
  let from = at;
  let sign: Numeral['sign'] = '';
  const char = text[at];
  if (char === '-' || char === '+' || char === '±') {
    // Not a sign after a word, and not in 12月1日-12月3日.
    if (isLatinOrDigit(text[at - 1]) || ')-%年月日号時时点周'.includes(text[at - 1] ?? ' ')) return null;
    sign = char;
    from++;
  }
  const match = exec(NUMBER, text, from);
  if (match === null) return null;
  const int = match[1]!.replaceAll(',', '');
  const numeral: Numeral = { sign, int, fraction: match[2] ?? '', grouped: match[1]!.includes(',') };
  return { numeral, to: from + match[0].length };
}

function matchQuantity(text: string, start: number, before: string): MatchedItem | null {
  let at = start;
  let outerSign = '';
  // -$5 and -¥5
  if (text[at] === '-' && !isLatinOrDigit(text[at - 1]) && /[¥$€£]/.test(text[at + 1] ?? '')) {
    outerSign = '-';
    at++;
  }
  const prefix = exec(CURRENCY, text, at);
  let currency: Currency | null = prefix === null ? null : CURRENCIES[prefix[0].trim()]!;
  if (prefix !== null) at += prefix[0].length;
  const first = numeralAt(text, at);
  if (first === null) return null;
  const low = outerSign === '-' ? { ...first.numeral, sign: '-' as const } : first.numeral;
  let to = first.to;

  const identifier = currency === null && low.fraction === '' && !low.grouped && low.sign === '';
  if (identifier) {
    const digits = matchIdentifier(text, low.int, to, before);
    if (digits !== null) return digits;
  }
  let percent = percentAt(text, to);
  if (percent !== '') to++;
  let percentTwice = false;

  let high: Numeral | null = null;
  // -5℃~3℃ says its unit once.
  const lowUnit = currency === null && percent === '' ? unitAt(text, to) : null;
  let range = exec(RANGE, text, to);
  if (range === null && lowUnit !== null) {
    range = exec(RANGE, text, lowUnit.to);
    const second = range === null ? null : numeralAt(text, lowUnit.to + range[0].length);
    if (second !== null && unitAt(text, second.to)?.unit === lowUnit.unit) to = lowUnit.to;
    else range = null;
  }
  if (range !== null) {
    const dash = range[0] === '-';
    const second = numeralAt(text, to + range[0].length + (/[¥$€£]/.test(text[to + range[0].length]!) ? 1 : 0));
    if (second !== null && (!dash || isRange(low, second.numeral, text, second.to))) {
      high = second.numeral;
      to = second.to;
      percentTwice = percent !== '';
      const after = percentAt(text, to);
      if (after !== '') {
        percent = after;
        to++;
      }
    }
  }
  const numberTo = to;
  let scale: Scale | null = null;
  let unit: Unit | null = null;
  if (percent === '') {
    const suffix = currency === null ? exec(CURRENCY_AFTER, text, to) : null;
    if (suffix !== null) {
      currency = CURRENCIES[suffix[1]!]!;
      to += suffix[0].length;
    }
    if (currency !== null) {
      const scaled = scaleAt(text, to);
      scale = scaled.scale;
      to = scaled.to;
      // ¥99元 says its currency once.
      if (text.startsWith(currency.zh, to)) to += currency.zh.length;
    } else {
      const found = unitAt(text, to);
      if (found !== null) {
        unit = found.unit;
        to = found.to;
      }
    }
  }
  return { item: { kind: 'quantity', low, high, percent, percentTwice, currency, scale, unit, numberTo }, to };
}

const percentAt = (text: string, at: number): '' | '%' | '‰' => {
  const char = text[at];
  return char === '%' || char === '‰' ? char : '';
};

const SCALE_OF_LETTER: Readonly<Record<string, Scale>> = { k: 'thousand', K: 'thousand', M: 'million', B: 'billion' };

function scaleAt(text: string, at: number): { scale: Scale | null; to: number } {
  const char = text[at];
  if (char === '万' || char === '亿') return { scale: char, to: at + 1 };
  const word = exec(SCALE_WORD, text, at);
  if (word !== null) return { scale: word[1]!.toLowerCase() as Scale, to: at + word[0].length };
  const letter = exec(SCALE_LETTER, text, at);
  if (letter !== null) return { scale: SCALE_OF_LETTER[letter[1]!]!, to: at + 1 };
  return { scale: null, to: at };
}

/** With a bare hyphen only what clearly goes upwards is a range: 3-5, not 5-3, not 5-301, not 01-02. */
function isRange(low: Numeral, high: Numeral, text: string, to: number): boolean {
  if (leadingZero(low.int) || leadingZero(high.int)) return false;
  if (Number(`${low.int}.${low.fraction}0`) >= Number(`${high.int}.${high.fraction}0`)) return false;
  // A sum, and a door: 3-5=, 5-301室.
  if (/^ ?(?:=|号?房|室|单元)/.test(text.slice(to, to + 4))) return false;
  return high.int.length - low.int.length < 2 || /[\p{L}%°]/u.test(text[to] ?? '');
}

/** Digits that name something rather than count it. */
function matchIdentifier(text: string, int: string, to: number, before: string): MatchedItem | null {
  const counted = /[\p{L}%°]/u.test(text[to] ?? '') && !/[\p{Script=Han}Xx]/u.test(text[to]!);
  const item = (phone: boolean): MatchedItem => ({
    item: { kind: 'digits', groups: [int], phone, plus: false },
    to,
  });
  if (leadingZero(int) || int.length > 12) return item(false);
  if (HOTLINES.has(int) && !counted) return item(true);
  if (int.length < 3 || counted || /[元块万亿千百个人天分秒次]/.test(text[to] ?? '')) return null;
  if (PHONE_BEFORE.test(before)) return item(true);
  if (ID_BEFORE.test(before)) return item(false);
  return null;
}
