/** Numbers in Chinese words. Digits come in as strings, so that no precision is lost. */

const DIGITS = '零一二三四五六七八九';
const PLACES = ['', '十', '百', '千'];
const GROUPS = ['', '万', '亿', '万亿'];

export const digitsZh = (digits: string, one: '一' | '幺' = '一'): string =>
  [...digits].map((digit) => (digit === '1' ? one : (DIGITS[Number(digit)] ?? ''))).join('');

/** 1–4 digits without leading zeros dropped by the caller. */
function groupZh(group: string): string {
  let out = '';
  let zero = false;
  for (let i = 0; i < group.length; i++) {
    const digit = Number(group[i]);
    if (digit === 0) {
      zero = out !== '';
      continue;
    }
    out += (zero ? '零' : '') + DIGITS[digit] + PLACES[group.length - 1 - i];
    zero = false;
  }
  return out;
}

/**
 * A cardinal: `10` 十, `110` 一百一十, `10001` 一万零一. A leading two before 千, 万 or 亿 is 两.
 * More than 16 digits are read one by one.
 */
export function cardinalZh(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/, '');
  if (plain === '0') return '零';
  if (plain.length > 16) return digitsZh(plain);
  let out = '';
  let gap = false;
  for (let left = plain; left.length > 0; ) {
    const size = left.length % 4 === 0 ? 4 : left.length % 4;
    const group = left.slice(0, size);
    left = left.slice(size);
    const words = groupZh(group);
    if (words === '') {
      gap = true;
      // 一万亿 keeps its 亿 even where the 亿 group itself is empty.
      continue;
    }
    out += (out !== '' && (gap || group.startsWith('0')) ? '零' : '') + words + GROUPS[left.length / 4];
    gap = false;
  }
  // 万亿 followed by an 亿 group: 一万二千亿, not 一万亿二千亿.
  out = out.replace(/万亿(?=.*亿)/, '万');
  return out.replace(/^一十/, '十').replace(/^二(?=[千万亿])/, '两');
}

/** A cardinal with its fraction digit by digit: `3.14` 三点一四. */
export const decimalZh = (int: string, fraction: string): string =>
  fraction === '' ? cardinalZh(int) : `${cardinalZh(int)}点${digitsZh(fraction)}`;
