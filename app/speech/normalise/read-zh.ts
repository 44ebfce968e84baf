/** How Mandarin and Cantonese read a numeric item. Never a Latin letter: those are an English voice's. */
import type { ClockTime, NumberItem, Numeral, Scale } from './items.ts';
import { cardinalZh, decimalZh, digitsZh } from './numbers-zh.ts';

/** `text[from, to)` is the item; `text` is narrowed and goes on after it. */
export interface ReadingContext {
  text: string;
  from: number;
  to: number;
  cantonese: boolean;
}

const SIGNS = { '': '', '-': '负', '+': '正', '±': '正负' } as const;
const SCALES: Readonly<Record<Scale, string>> = {
  thousand: '千',
  million: '百万',
  billion: '十亿',
  trillion: '万亿',
  万: '万',
  亿: '亿',
};
/** What may stand right after a count. Two of them is 两. */
const MEASURE =
  /^(?:[个個只隻条條张張本件位名种種块塊元份杯瓶盒箱包袋双雙对對套台辆輛架艘把支枝根颗顆粒片朵束棵座栋棟间間家所层層遍回场場部首款项項批组組队隊步倍斤岁歲句段篇页頁字点點边邊匹头頭口碗盘盤顿頓趟笔筆道题題类類吨噸升克亩畝秒周章集万萬亿億千百]|次(?!元)|天|年(?!级|級|代)|人(?!转)|分钟|分鐘|分(?!之)|小时|小時|公[斤里顷升尺]|千[克米]|[毫厘]?米|平方|立方|英[里寸尺])/;
/** Goes on counting after a number: 2000多, 2000以上. */
const COUNTED = /^(?:[多余餘几来來]|左右|以上|以下|以内)/;
const ORDINAL_BEFORE = /(?:第|初|星期|礼拜|周)$/;

const signed = (numeral: Numeral, words: string): string => SIGNS[numeral.sign] + words;
const decimal = (numeral: Numeral): string => signed(numeral, decimalZh(numeral.int, numeral.fraction));
const isTwo = (numeral: Numeral): boolean => numeral.int === '2' && numeral.fraction === '' && numeral.sign === '';
const count = (numeral: Numeral): string => (isTwo(numeral) ? '两' : decimal(numeral));

export function readZh(item: NumberItem, context: ReadingContext): string {
  switch (item.kind) {
    case 'quantity':
      return readQuantity(item, context);
    case 'date':
      return `${item.year === '' ? '' : `${digitsZh(item.year)}年`}${cardinalZh(String(item.month))}月${item.day === 0 ? '' : `${cardinalZh(String(item.day))}日`}`;
    case 'time':
      return readTime(item);
    case 'ratio':
      return item.terms.map(decimal).join('比');
    case 'fraction':
      if (item.over === '24' && item.under === '7') return '七天二十四小时';
      return Number(item.over) < Number(item.under)
        ? `${cardinalZh(item.under)}分之${cardinalZh(item.over)}`
        : `${cardinalZh(item.over)}比${cardinalZh(item.under)}`;
    case 'digits': {
      const one = item.phone && !context.cantonese ? '幺' : '一';
      return (item.plus ? '加' : '') + item.groups.map((group) => digitsZh(group, one)).join('，');
    }
    case 'dotted':
      return item.segments
        .map((segment) => (item.version && segment.length < 3 ? cardinalZh(segment) : digitsZh(segment)))
        .join('点');
    case 'model':
      return digitsZh(item.digits);
    case 'ordinal':
      return `第${cardinalZh(item.int)}`;
    case 'decade':
      return `${item.digits.length === 4 ? `${cardinalZh(String(Number(item.digits.slice(0, 2)) + 1))}世纪` : ''}${cardinalZh(item.digits.slice(-2))}年代`;
  }
}

function readTime(item: Extract<NumberItem, { kind: 'time' }>): string {
  const half = item.meridiem === 'a' ? '上午' : item.meridiem === 'p' ? '下午' : '';
  const until = item.until === null ? '' : `到${clock(item.until)}`;
  return half + clock(item.from) + until;
}

function clock({ hour, minute, second }: ClockTime): string {
  const padded = (value: number): string => (value < 10 ? '零' : '') + cardinalZh(String(value));
  const hours = `${hour === 2 ? '两' : cardinalZh(String(hour))}点`;
  const minutes = minute === 0 && second === null ? '' : `${minute === 0 ? '零' : padded(minute)}分`;
  return hours + minutes + (second === null ? '' : `${second === 0 ? '零' : padded(second)}秒`);
}

function readQuantity(item: Extract<NumberItem, { kind: 'quantity' }>, context: ReadingContext): string {
  const { low, high } = item;
  if (item.percent !== '') {
    const of = item.percent === '%' ? '百分之' : '千分之';
    const read = (numeral: Numeral): string => SIGNS[numeral.sign] + of + decimalZh(numeral.int, numeral.fraction);
    if (high === null) return read(low);
    return `${read(low)}到${item.percentTwice ? read(high) : decimal(high)}`;
  }
  if (item.currency !== null) {
    const price = (numeral: Numeral): string => {
      const fraction = numeral.fraction.replace(/0+$/, '');
      const two = isTwo({ ...numeral, fraction });
      return signed(numeral, two ? '两' : decimalZh(numeral.int, fraction));
    };
    const scale = item.scale === null ? '' : SCALES[item.scale];
    return price(low) + (high === null ? '' : `到${price(high)}`) + scale + item.currency.zh;
  }
  if (item.unit?.zh) {
    const degrees = item.unit.zh.endsWith('度');
    const read = degrees ? decimal : count;
    // A thermometer below zero.
    const value = (numeral: Numeral): string =>
      numeral.sign === '-' && item.unit!.zh!.includes('氏度')
        ? `零下${decimalZh(numeral.int, numeral.fraction)}`
        : read(numeral);
    return item.unit.zh.replace('#', value(low) + (high === null ? '' : `到${value(high)}`));
  }
  const before = context.text.slice(Math.max(0, context.from - 4), context.from);
  const after = context.text.slice(context.to, context.to + 4);
  if (high !== null) return `${bare(low, before, after)}到${bare(high, before, after)}`;
  return bare(low, before, after);
}

/** A number by itself: what stands around it says whether it counts, names a year or a model. */
function bare(numeral: Numeral, before: string, after: string): string {
  const { int, fraction } = numeral;
  const value = Number(int);
  // 3.15晚会 and 10.1假期 are days, not decimals.
  if (fraction !== '' && numeral.sign === '' && /^(?:晚会|大促|购物节|假期|黄金周|狂欢)/.test(after)) {
    return int.length === 1 && fraction.length === 2
      ? digitsZh(int + fraction)
      : cardinalZh(int) + cardinalZh(fraction);
  }
  if (/^(?:元|块|美元|欧元|英镑|港元|日元)/.test(after)) {
    const price = { ...numeral, fraction: fraction.replace(/0+$/, '') };
    return count(price);
  }
  if (fraction !== '' || numeral.grouped || numeral.sign !== '') return decimal(numeral);
  if (isYear(value, int.length, before, after)) return digitsZh(int);
  if (int.length === 2 && /^[05]$/.test(int[1]!) && /^后(?!面|来|的)/.test(after)) return digitsZh(int);
  if (int.length >= 3 && int.length <= 4 && /^(?:号?房|室|房间|次列车|次航班|教室)/.test(after)) return digitsZh(int);
  if (int.length >= 3 && /(?:[A-Za-z]-?|[A-Z]{2} )$/.test(before) && !MEASURE.test(after)) return digitsZh(int);
  if (value === 2 && MEASURE.test(after) && !ORDINAL_BEFORE.test(before)) return '两';
  const words = cardinalZh(int);
  // 第2000名 is an ordinal: 第二千名.
  return ORDINAL_BEFORE.test(before) ? words.replace(/^两/, '二') : words;
}

function isYear(value: number, length: number, before: string, after: string): boolean {
  const spanned = /(?:近|约|过|了|共|第|长达|整|历经)$/.test(before);
  if (/^ ?(?:年|[-~–—至到]\d{4}年)/.test(after)) {
    if (spanned || /^ ?年(?:前|后|来|间|以前|以后|以来|之前|之后|历史)/.test(after)) {
      // 2020年前 is still a date; 300年前 a span.
      return length === 4 && value >= 1900 && value < 2100 && !spanned;
    }
    if (length === 4) return value >= 1001 && value < 2500;
    return length === 2 && value >= 80 && !/^ ?年代/.test(after);
  }
  if (length !== 4 || value < 1990 || value > 2050) return false;
  return value !== 2000 && !MEASURE.test(after.trimStart()) && !COUNTED.test(after) && !spanned;
}
