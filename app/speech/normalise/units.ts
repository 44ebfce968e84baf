/** Units after a number. */

export interface Unit {
  /** What Chinese says, with `#` for the number; null where Chinese spells the letters (16 GB). */
  zh: string | null;
  /** One and many. */
  en: readonly [string, string];
}

const unit = (zh: string | null, one: string, many = `${one}s`): Unit => ({ zh, en: [one, many] });

/** Written exactly so. */
const UNITS: Readonly<Record<string, Unit>> = {
  nm: unit('#纳米', 'nanometer'),
  μm: unit('#微米', 'micrometer'),
  um: unit('#微米', 'micrometer'),
  mm: unit('#毫米', 'millimeter'),
  cm: unit('#厘米', 'centimeter'),
  dm: unit('#分米', 'decimeter'),
  m: unit('#米', 'meter'),
  km: unit('#公里', 'kilometer'),
  'mm²': unit('#平方毫米', 'square millimeter'),
  'cm²': unit('#平方厘米', 'square centimeter'),
  'm²': unit('#平方米', 'square meter'),
  m2: unit('#平方米', 'square meter'),
  '㎡': unit('#平方米', 'square meter'),
  'km²': unit('#平方公里', 'square kilometer'),
  km2: unit('#平方公里', 'square kilometer'),
  'cm³': unit('#立方厘米', 'cubic centimeter'),
  'm³': unit('#立方米', 'cubic meter'),
  m3: unit('#立方米', 'cubic meter'),
  mg: unit('#毫克', 'milligram'),
  g: unit('#克', 'gram'),
  kg: unit('#千克', 'kilogram'),
  t: unit('#吨', 'ton'),
  ml: unit('#毫升', 'milliliter'),
  mL: unit('#毫升', 'milliliter'),
  L: unit('#升', 'liter'),
  lb: unit('#磅', 'pound'),
  lbs: unit('#磅', 'pound'),
  oz: unit('#盎司', 'ounce'),
  ft: unit('#英尺', 'foot', 'feet'),
  'km/h': unit('每小时#公里', 'kilometer per hour', 'kilometers per hour'),
  'm/s': unit('每秒#米', 'meter per second', 'meters per second'),
  'm/s²': unit('#米每二次方秒', 'meter per second squared', 'meters per second squared'),
  mph: unit('每小时#英里', 'mile per hour', 'miles per hour'),
  rpm: unit('每分钟#转', 'revolution per minute', 'revolutions per minute'),
  bpm: unit('每分钟#拍', 'beat per minute', 'beats per minute'),
  fps: unit('每秒#帧', 'frame per second', 'frames per second'),
  'mg/L': unit('每升#毫克', 'milligram per liter', 'milligrams per liter'),
  '°C': unit('#摄氏度', 'degree Celsius', 'degrees Celsius'),
  '℃': unit('#摄氏度', 'degree Celsius', 'degrees Celsius'),
  '°F': unit('#华氏度', 'degree Fahrenheit', 'degrees Fahrenheit'),
  '℉': unit('#华氏度', 'degree Fahrenheit', 'degrees Fahrenheit'),
  '°': unit('#度', 'degree'),
  ms: unit('#毫秒', 'millisecond'),
  s: unit('#秒', 'second'),
  min: unit('#分钟', 'minute'),
  h: unit('#小时', 'hour'),
  Hz: unit('#赫兹', 'hertz', 'hertz'),
  kHz: unit('#千赫兹', 'kilohertz', 'kilohertz'),
  MHz: unit('#兆赫兹', 'megahertz', 'megahertz'),
  GHz: unit('#吉赫兹', 'gigahertz', 'gigahertz'),
  dB: unit('#分贝', 'decibel'),
  px: unit('#像素', 'pixel'),
  V: unit('#伏', 'volt'),
  W: unit('#瓦', 'watt'),
  kW: unit('#千瓦', 'kilowatt'),
  kWh: unit('#千瓦时', 'kilowatt hour'),
  mAh: unit('#毫安时', 'milliamp hour'),
  kPa: unit('#千帕', 'kilopascal'),
  kcal: unit('#千卡', 'kilocalorie'),
  kJ: unit('#千焦', 'kilojoule'),
  KB: unit(null, 'kilobyte'),
  MB: unit(null, 'megabyte'),
  GB: unit(null, 'gigabyte'),
  TB: unit(null, 'terabyte'),
  PB: unit(null, 'petabyte'),
  kbps: unit(null, 'kilobit per second', 'kilobits per second'),
  Mbps: unit(null, 'megabit per second', 'megabits per second'),
  Gbps: unit(null, 'gigabit per second', 'gigabits per second'),
};
const LONGEST_UNIT = Math.max(...Object.keys(UNITS).map((name) => name.length));
/** Also in capitals, as labels and shops write them. */
const SHOUTED: ReadonlyMap<string, string> = new Map(
  ['km', 'cm', 'mm', 'kg', 'mg', 'ml', 'ms', 'fps', 'rpm', 'kwh', 'mah', 'hz', 'khz', 'mhz', 'ghz'].map((name) => [
    name,
    Object.keys(UNITS).find((key) => key.toLowerCase() === name)!,
  ]),
);
/** `¥` and its fellows: Chinese and English names; `cent` where hundredths have a name of their own. */
export interface Currency {
  zh: string;
  en: readonly [string, string];
  cent: readonly [string, string] | null;
}
const CENTS = ['cent', 'cents'] as const;
export const CURRENCIES: Readonly<Record<string, Currency>> = {
  '¥': { zh: '元', en: ['yuan', 'yuan'], cent: null },
  RMB: { zh: '元', en: ['yuan', 'yuan'], cent: null },
  CNY: { zh: '元', en: ['yuan', 'yuan'], cent: null },
  'CN¥': { zh: '元', en: ['yuan', 'yuan'], cent: null },
  'JP¥': { zh: '日元', en: ['yen', 'yen'], cent: null },
  $: { zh: '美元', en: ['dollar', 'dollars'], cent: CENTS },
  US$: { zh: '美元', en: ['US dollar', 'US dollars'], cent: CENTS },
  USD: { zh: '美元', en: ['US dollar', 'US dollars'], cent: CENTS },
  HK$: { zh: '港元', en: ['Hong Kong dollar', 'Hong Kong dollars'], cent: CENTS },
  NT$: { zh: '新台币', en: ['Taiwan dollar', 'Taiwan dollars'], cent: null },
  A$: { zh: '澳元', en: ['Australian dollar', 'Australian dollars'], cent: CENTS },
  C$: { zh: '加元', en: ['Canadian dollar', 'Canadian dollars'], cent: CENTS },
  '€': { zh: '欧元', en: ['euro', 'euros'], cent: CENTS },
  EUR: { zh: '欧元', en: ['euro', 'euros'], cent: CENTS },
  '£': { zh: '英镑', en: ['pound', 'pounds'], cent: ['penny', 'pence'] },
  GBP: { zh: '英镑', en: ['pound', 'pounds'], cent: ['penny', 'pence'] },
  '₩': { zh: '韩元', en: ['won', 'won'], cent: null },
  '₹': { zh: '卢比', en: ['rupee', 'rupees'], cent: null },
  '₽': { zh: '卢布', en: ['ruble', 'rubles'], cent: null },
};

/**
 * The unit that begins at `at` (one space before it allowed where the name is two letters or more).
 * `to` is where it ends. Null when the letters there go on into a word.
 */
export function unitAt(text: string, at: number): { unit: Unit; from: number; to: number } | null {
  const from = text[at] === ' ' ? at + 1 : at;
  const longest = Math.min(LONGEST_UNIT, text.length - from);
  for (let length = longest; length > (from > at ? 1 : 0); length--) {
    const written = text.slice(from, from + length);
    const found = UNITS[written] ?? UNITS[SHOUTED.get(written.toLowerCase()) ?? ''];
    if (found === undefined) continue;
    const next = text[from + length];
    const combined = /\d/.test(next ?? '') && (written === 'h' || written === 'min');
    if (next !== undefined && /[A-Za-z0-9²³]/.test(next) && !/[°℃℉㎡²³]$/.test(written) && !combined) continue;
    return { unit: found, from, to: from + length };
  }
  return null;
}
