/** Numbers in English words. Digits come in as strings, so that no precision is lost. */

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];
const GROUPS = ['', ' thousand', ' million', ' billion', ' trillion', ' quadrillion'];
const ORDINALS: Readonly<Record<string, string>> = {
  one: 'first',
  two: 'second',
  three: 'third',
  five: 'fifth',
  eight: 'eighth',
  nine: 'ninth',
  twelve: 'twelfth',
};

export const digitsEn = (digits: string): string => [...digits].map((digit) => ONES[Number(digit)] ?? '').join(' ');

function twoDigits(value: number): string {
  if (value < 20) return ONES[value]!;
  const one = value % 10;
  return TENS[Math.floor(value / 10)]! + (one === 0 ? '' : `-${ONES[one]}`);
}

function groupEn(value: number): string {
  const hundreds = Math.floor(value / 100);
  const rest = value % 100;
  const head = hundreds === 0 ? '' : `${ONES[hundreds]} hundred`;
  if (rest === 0) return head;
  return head === '' ? twoDigits(rest) : `${head} ${twoDigits(rest)}`;
}

/** More than 18 digits are read one by one. */
export function cardinalEn(digits: string): string {
  const plain = digits.replace(/^0+(?=\d)/, '');
  if (plain === '0') return 'zero';
  if (plain.length > 18) return digitsEn(plain);
  const words: string[] = [];
  for (let left = plain; left.length > 0; ) {
    const size = left.length % 3 === 0 ? 3 : left.length % 3;
    const group = Number(left.slice(0, size));
    left = left.slice(size);
    if (group > 0) words.push(groupEn(group) + GROUPS[left.length / 3]);
  }
  return words.join(' ');
}

export const decimalEn = (int: string, fraction: string): string =>
  fraction === '' ? cardinalEn(int) : `${cardinalEn(int)} point ${digitsEn(fraction)}`;

export function ordinalEn(digits: string): string {
  const cardinal = cardinalEn(digits);
  const [, head, last] = /^(.*?)([a-z]+)$/.exec(cardinal)!;
  return head + (ORDINALS[last!] ?? (last!.endsWith('y') ? `${last!.slice(0, -1)}ieth` : `${last}th`));
}

/** Four digits in pairs, as years and model numbers are read: `1905` nineteen oh five, `2000` two thousand. */
export function pairsEn(digits: string): string {
  const high = Number(digits.slice(0, -2));
  const low = Number(digits.slice(-2));
  if (high % 10 === 0 && high > 0 && low < 10) return cardinalEn(digits);
  if (low === 0) return `${cardinalEn(String(high))} hundred`;
  return `${cardinalEn(String(high))} ${low < 10 ? `oh ${ONES[low]}` : twoDigits(low)}`;
}

/** `ninety` → `nineties`, `two thousand` → `two thousands`. */
export const pluralEn = (words: string): string => (words.endsWith('y') ? `${words.slice(0, -1)}ies` : `${words}s`);
