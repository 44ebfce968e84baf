/** What must be on record before a person's voice is made into one that can say anything: whose, for what, since and until when, in their own words. */
import { z } from 'zod';
import { StudioError } from '../errors/index.ts';
import { assetRefSchema } from './asset.ts';
import { type Consent, consentSchema, isExpired } from './consent.ts';

/** How a consent to a voice stands on a day; `none`: no whole record is known. */
export const VOICE_CONSENT_STATES = ['stands', 'none', 'withdrawn', 'expired', 'not-yet'] as const;
export type VoiceConsentState = (typeof VOICE_CONSENT_STATES)[number];

/** Stricter than the record of a face: it ends, and the sentence of consent was recorded. */
export const voiceConsentSchema = consentSchema.safeExtend({
  expiresOn: z.iso.date(),
  evidence: assetRefSchema.refine(({ mediaType }) => /^(audio|video)\//.test(mediaType), 'not a recording'),
});
export type VoiceConsent = z.infer<typeof voiceConsentSchema>;

/**
 * The record, if a voice may be cloned under it on the day `on` (`YYYY-MM-DD`).
 * @throws StudioError cloud.consent-missing (none, or not all of it), cloud.consent-expired, cloud.consent-not-yet
 */
export function allowedVoice(consent: Consent | null | undefined, on: string): VoiceConsent {
  const whole = voiceConsentSchema.safeParse(consent);
  if (!whole.success) throw new StudioError('cloud.consent-missing');
  const { person, grantedOn, expiresOn } = whole.data;
  if (isExpired(whole.data, on)) throw new StudioError('cloud.consent-expired', { person, date: expiresOn });
  if (on < grantedOn) throw new StudioError('cloud.consent-not-yet', { person, date: grantedOn });
  return whole.data;
}

/** A record as it is kept: it may have been taken back since. */
export interface RecordedVoiceConsent {
  consent: VoiceConsent | null;
  /** Unix ms. */
  withdrawnAtMs: number | null;
}

export function voiceConsentState({ consent, withdrawnAtMs }: RecordedVoiceConsent, on: string): VoiceConsentState {
  if (consent === null) return 'none';
  if (withdrawnAtMs !== null) return 'withdrawn';
  if (isExpired(consent, on)) return 'expired';
  return on < consent.grantedOn ? 'not-yet' : 'stands';
}

/** Why a voice that was made under this record says nothing now; null: it may speak. */
export function voiceRefusal(record: RecordedVoiceConsent, on: string): StudioError | null {
  const { consent } = record;
  switch (voiceConsentState(record, on)) {
    case 'stands':
      return null;
    case 'none':
      return new StudioError('cloud.consent-missing');
    case 'withdrawn':
      return new StudioError('cloud.consent-withdrawn', { person: consent!.person });
    case 'expired':
      return new StudioError('cloud.consent-expired', { person: consent!.person, date: consent!.expiresOn });
    case 'not-yet':
      return new StudioError('cloud.consent-not-yet', { person: consent!.person, date: consent!.grantedOn });
  }
}
