/** `--consent…`, `--not-a-person`: by what right the picture's face is shown, as the document keeps it. */
import { z } from 'zod';
import { type Consent, consentSchema, dayOf } from '../../app/document/consent.ts';
import { StudioError } from '../../app/errors/index.ts';
import { consentWords } from '../../app/i18n/consent.ts';
import type { VerbContext } from './cli.ts';
import { badValue, usage } from './faults.ts';
import { readTextFile } from './text-input.ts';

/** Each says whose face it is; only one can be true. */
const WHO = [
  ['consent', '--consent'],
  ['consentSelf', '--consent-self'],
  ['consentPerson', '--consent-person'],
  ['notAPerson', '--not-a-person'],
] as const;
const DETAILS = [
  ['consentScope', '--consent-scope'],
  ['consentFrom', '--consent-from'],
  ['consentUntil', '--consent-until'],
] as const;

/**
 * null: nothing is said of it.
 * @throws UsageFault for what is written wrongly; StudioError command.consent-unfit and those of a text file
 */
export async function consentFromOptions(
  { options, console, signal }: Pick<VerbContext, 'options' | 'console' | 'signal'>,
  today = dayOf(new Date()),
): Promise<Consent | null> {
  const [who, other] = WHO.filter(([name]) => options[name] !== undefined);
  const [detail] = DETAILS.filter(([name]) => options[name] !== undefined);
  if (who !== undefined && other !== undefined)
    throw usage('command.conflicting-options', { option: who[1], other: other[1] });
  const takesDetails = who?.[0] === 'consentSelf' || who?.[0] === 'consentPerson';
  if (detail !== undefined && !takesDetails) {
    if (who !== undefined) throw usage('command.conflicting-options', { option: who[1], other: detail[1] });
    throw usage('command.consent-of-whom', { option: detail[1] });
  }
  if (who === undefined) return null;

  const words = consentWords[console.locale];
  const [name, flag] = who;
  if (name === 'notAPerson') {
    const about = { person: words.nobodyName, scope: words.anyScope, grantedOn: today };
    return consentSchema.parse({ ...about, statement: words.nobody });
  }
  const value = String(options[name]);
  if (name === 'consent') return await consentFile(value, signal);

  const relation = name === 'consentSelf' ? 'self' : 'other';
  const person = textOption(flag, value, 200);
  const grantedOn = dayOption('--consent-from', options.consentFrom) ?? today;
  const expiresOn = dayOption('--consent-until', options.consentUntil) ?? null;
  if (expiresOn !== null && expiresOn < grantedOn) {
    throw badValue('--consent-until', expiresOn, {
      en: `a day on or after ${grantedOn}, the day of the consent`,
      zh: `授权日 ${grantedOn} 当天或之后的日期`,
    });
  }
  const scope =
    options.consentScope === undefined
      ? words.anyScope
      : textOption('--consent-scope', String(options.consentScope), 2000);
  const statement = words[relation].replace('{person}', () => person);
  return consentSchema.parse({ person, relation, scope, grantedOn, expiresOn, statement });
}

/** @throws UsageFault command.bad-value */
export function textOption(option: string, value: string, most: number): string {
  const text = value.trim();
  if (text !== '' && text.length <= most) return text;
  throw badValue(option, value, { en: `a text of 1 to ${most} characters`, zh: ` 1 到 ${most} 个字的文字` });
}

/** @throws UsageFault command.bad-value */
export function dayOption(option: string, value: string | boolean | undefined): string | undefined {
  if (value === undefined) return undefined;
  const day = z.iso.date().safeParse(String(value).trim());
  if (day.success) return day.data;
  throw badValue(option, String(value), { en: 'a day such as 2026-12-31', zh: ' 2026-12-31 这样的日期' });
}

/** The record as a project file has it; what proves it stays where it is, since nothing is kept here. */
async function consentFile(path: string, signal: AbortSignal): Promise<Consent> {
  const text = await readTextFile(path, signal);
  const unfit = (detail: string, cause?: unknown) =>
    new StudioError('command.consent-unfit', { path, detail }, { cause });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw unfit(cause instanceof Error ? cause.message : String(cause), cause);
  }
  const read = consentSchema.safeParse(json);
  if (!read.success) {
    const [first] = read.error.issues;
    throw unfit(`${first?.path.join('.') || 'JSON'}: ${first?.message ?? ''}`, read.error);
  }
  if (read.data.evidence !== null) throw unfit('evidence: only a project can hold it');
  return read.data;
}
