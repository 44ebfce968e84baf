/** The record that a real person agreed to their likeness being used: whose, for what, from when until when. */
import { z } from 'zod';
import { StudioError } from '../errors/index.ts';
import { assetRefSchema } from './asset.ts';

/** A day as `YYYY-MM-DD`, without a time zone: the day it was where the paper was signed. */
const day = z.iso.date();

export const consentSchema = z
  .strictObject({
    /** Whose face it is. */
    person: z.string().min(1).max(200),
    /** `self`: whoever made the project is that person. */
    relation: z.enum(['self', 'other']).optional(),
    /** What the likeness may be used for, in words. */
    scope: z.string().min(1).max(2000),
    grantedOn: day,
    /** The last day it holds; null: until it is withdrawn. */
    expiresOn: day.nullable().default(null),
    /** A scan, a letter, a recording. */
    evidence: assetRefSchema.nullable().default(null),
    /** What was declared, in the words that were shown. */
    statement: z.string().max(5000).default(''),
  })
  .superRefine(({ grantedOn, expiresOn }, context) => {
    if (expiresOn !== null && expiresOn < grantedOn)
      context.addIssue({ code: 'custom', path: ['expiresOn'], message: 'it ends before it begins' });
  });
export type Consent = z.infer<typeof consentSchema>;

export const CONSENT_STATES = ['not-needed', 'given', 'missing', 'expired', 'not-yet'] as const;
export type ConsentState = (typeof CONSENT_STATES)[number];

interface Portrayed {
  portrait: { kind: 'sample' | 'asset' };
  consent: Consent | null;
}

/** A person's own picture needs one; the avatars that ship with the studio show nobody. */
export const needsConsent = (portrait: Portrayed['portrait']): boolean => portrait.kind === 'asset';

/** `on` as `YYYY-MM-DD`; the last day itself still counts. */
export const isExpired = ({ expiresOn }: Pick<Consent, 'expiresOn'>, on: string): boolean =>
  expiresOn !== null && on > expiresOn;

export function consentState({ portrait, consent }: Portrayed, on: string): ConsentState {
  if (!needsConsent(portrait)) return 'not-needed';
  if (consent === null) return 'missing';
  if (isExpired(consent, on)) return 'expired';
  return on < consent.grantedOn ? 'not-yet' : 'given';
}

/** What to tell whoever exports: nothing where the record is in order. */
export function consentWarning(portrayed: Portrayed, on: string): StudioError | null {
  const { consent } = portrayed;
  switch (consentState(portrayed, on)) {
    case 'missing':
      return new StudioError('portrait.consent-missing');
    case 'expired':
      return new StudioError('portrait.consent-expired', { person: consent!.person, date: consent!.expiresOn! });
    case 'not-yet':
      return new StudioError('portrait.consent-not-yet', { person: consent!.person, date: consent!.grantedOn });
    default:
      return null;
  }
}

/** The day of `now` where this computer is, as the record writes days. */
export function dayOf(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${String(now.getFullYear()).padStart(4, '0')}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}
