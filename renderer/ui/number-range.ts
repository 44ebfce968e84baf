export interface Range {
  min: number;
  max: number;
  step: number;
}

/** The nearest value of the range that is a whole number of steps from its start, without the dust of binary fractions. */
export function clampToStep(value: number, { min, max, step }: Range): number {
  const stepped = min + Math.round((value - min) / step) * step;
  const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  return Number(Math.min(max, Math.max(min, stepped)).toFixed(digits));
}

/** What was typed as a number: full-width digits, a decimal comma and a unit behind it are understood. null: none. */
export function parseNumber(text: string): number | null {
  const plain = text.normalize('NFKC').trim().replace(',', '.').replace('−', '-');
  const match = /^[+-]?(\d+\.?\d*|\.\d+)/.exec(plain);
  return match === null ? null : Number(match[0]);
}
