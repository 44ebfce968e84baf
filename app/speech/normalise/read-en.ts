/** How English reads a numeric item. */
import type { ClockTime, NumberItem, Numeral, Scale } from './items.ts';
import { cardinalEn, decimalEn, digitsEn, ordinalEn, pairsEn, pluralEn } from './numbers-en.ts';
import type { ReadingContext } from './read-zh.ts';

const SIGNS = { '': '', '-': 'minus ', '+': 'plus ', '±': 'plus or minus ' } as const;
const SCALES: Readonly<Record<Scale, string>> = {
  thousand: ' thousand',
  million: ' million',
  billion: ' billion',
  trillion: ' trillion',
  万: ' ten thousand',
  亿: ' hundred million',
};
const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const YEAR_BEFORE =
  /(?:\b(?:in|since|by|of|from|until|till|year|during|before|after|early|mid|late|spring|summer|autumn|fall|winter|circa|for|and|to|january|february|march|april|may|june|july|august|september|october|november|december)[ -]|[-–] ?|\d, ?|\()$/i;

const NOT_COUNTED = /^ (?:was|is|saw|had|has|will|and|or|in|to|at|by|the|with|edition|version|model)(?![a-z])/;
const MONTH_BEFORE =
  /(?:(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.?|January|February|March|April|May|June|July|August|September|October|November|December) $/;

const signed = (numeral: Numeral, words: string): string => SIGNS[numeral.sign] + words;
const decimal = (numeral: Numeral): string => signed(numeral, decimalEn(numeral.int, numeral.fraction));
const isOne = (numeral: Numeral): boolean => numeral.int === '1' && numeral.fraction === '';

export function readEn(item: NumberItem, context: ReadingContext): string {
  switch (item.kind) {
    case 'quantity':
      return readQuantity(item, context);
    case 'date':
      return readDate(item);
    case 'time': {
      const half = item.meridiem === '' ? '' : ` ${item.meridiem.toUpperCase()}.M`;
      const until = item.until === null ? '' : ` to ${clock(item.until, half !== '')}`;
      return clock(item.from, half !== '') + until + half;
    }
    case 'ratio':
      return item.terms.map(decimal).join(' to ');
    case 'fraction':
      return readFraction(item.over, item.under);
    case 'digits':
      return (item.plus ? 'plus ' : '') + item.groups.map(digitsEn).join(', ');
    case 'dotted':
      return item.segments
        .map((segment) => (item.version && segment.length < 3 ? cardinalEn(segment) : digitsEn(segment)))
        .join(item.version ? ' point ' : ' dot ');
    case 'model':
      return readModel(item.digits);
    case 'ordinal':
      return ordinalEn(item.int);
    case 'decade':
      return pluralEn(item.digits.length === 4 ? pairsEn(item.digits) : cardinalEn(item.digits));
  }
}

function readDate({ year, month, day }: Extract<NumberItem, { kind: 'date' }>): string {
  const name = MONTHS[month - 1]!;
  if (day === 0) return `${name} ${pairsEn(year)}`;
  return `${name} ${ordinalEn(String(day))}${year === '' ? '' : `, ${pairsEn(year)}`}`;
}

const readModel = (digits: string): string => {
  if (digits.length === 4) return pairsEn(digits);
  return digits.endsWith('00') || digits[1] === '0'
    ? digitsEn(digits)
    : `${digitsEn(digits[0]!)} ${cardinalEn(digits.slice(1))}`;
};

function clock({ hour, minute, second }: ClockTime, halved: boolean): string {
  const hours = cardinalEn(String(hour));
  const padded = (value: number): string => (value < 10 ? 'oh ' : '') + cardinalEn(String(value));
  if (second !== null) return `${hours} ${padded(minute)} and ${second} seconds`.replace(/\d+/, (d) => cardinalEn(d));
  if (minute !== 0) return `${hours} ${padded(minute)}`;
  if (halved) return hours;
  return hour >= 1 && hour <= 12 ? `${hours} o'clock` : `${hours} hundred`;
}

function readFraction(over: string, under: string): string {
  if (over === '24' && under === '7') return 'twenty-four seven';
  if (over === under) return `${cardinalEn(over)} ${cardinalEn(under)}`;
  if (Number(over) >= Number(under) || Number(under) > 100) return `${cardinalEn(over)} over ${cardinalEn(under)}`;
  const one = over === '1';
  const part = under === '2' ? 'half' : under === '4' ? 'quarter' : ordinalEn(under);
  return `${cardinalEn(over)} ${one ? part : part === 'half' ? 'halves' : `${part}s`}`;
}

function readQuantity(item: Extract<NumberItem, { kind: 'quantity' }>, context: ReadingContext): string {
  const { low, high } = item;
  if (item.percent !== '') {
    const word = item.percent === '%' ? ' percent' : ' per mille';
    return decimal(low) + (high === null ? '' : `${item.percentTwice ? word : ''} to ${decimal(high)}`) + word;
  }
  if (item.currency !== null) return readMoney(item);
  const last = high ?? low;
  if (item.unit !== null) {
    const name = item.unit.en[isOne(last) ? 0 : 1];
    return `${decimal(low)}${high === null ? '' : ` to ${decimal(high)}`} ${name}`;
  }
  const before = context.text.slice(Math.max(0, context.from - 12), context.from);
  const after = context.text.slice(context.to, context.to + 12);
  if (high !== null) {
    const years = isYear(low, 'in ', '') && isYear(high, 'in ', '') && !/^ ?[a-z]/.test(after);
    return years ? `${pairsEn(low.int)} to ${pairsEn(high.int)}` : `${decimal(low)} to ${decimal(high)}`;
  }
  if (isYear(low, before, after)) return pairsEn(low.int);
  if (low.fraction === '' && low.int.length < 3 && MONTH_BEFORE.test(before)) return ordinalEn(low.int);
  const model = low.fraction === '' && !low.grouped && low.sign === '' && low.int.length >= 3 && low.int.length <= 4;
  if (model && /(?:[A-Za-z]-?|\b[A-Z]{2,} |\b(?:[Rr]oom|[Ff]light|[Gg]ate|[Ss]uite) )$/.test(before))
    return readModel(low.int);
  return decimal(low);
}

function isYear(numeral: Numeral, before: string, after: string): boolean {
  const value = Number(numeral.int);
  if (numeral.int.length !== 4 || numeral.fraction !== '' || numeral.grouped || numeral.sign !== '') return false;
  if (value < 1100 || value >= 2100) return false;
  // “in 2026”, “2026 was”; but “in 2000 cities” counts.
  const counts = /^ [a-z]/.test(after) && !NOT_COUNTED.test(after);
  if (YEAR_BEFORE.test(before)) return value >= 1500 || !counts;
  return value >= 1900 && !counts;
}

function readMoney(item: Extract<NumberItem, { kind: 'quantity' }>): string {
  const { low, high, scale } = item;
  const { en, cent } = item.currency!;
  const trimmed = (numeral: Numeral): Numeral => ({
    ...numeral,
    fraction: /^0*$/.test(numeral.fraction) ? '' : numeral.fraction,
  });
  const first = trimmed(low);
  if (scale !== null || high !== null || cent === null || (first.fraction !== '' && first.fraction.length !== 2)) {
    if (high === null && scale === null && first.fraction.length === 1 && cent !== null) {
      return readMoney({ ...item, low: { ...first, fraction: `${first.fraction}0` } });
    }
    const second = high === null ? '' : ` to ${decimal(trimmed(high))}`;
    const name = en[high === null && scale === null && isOne(first) ? 0 : 1];
    return `${decimal(first)}${second}${scale === null ? '' : SCALES[scale]} ${name}`;
  }
  const whole = `${cardinalEn(first.int)} ${en[first.int === '1' ? 0 : 1]}`;
  if (first.fraction === '') return signed(first, whole);
  const cents = `${cardinalEn(first.fraction)} ${cent[Number(first.fraction) === 1 ? 0 : 1]}`;
  return signed(first, Number(first.int) === 0 ? cents : `${whole} and ${cents}`);
}
