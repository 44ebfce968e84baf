/** What must be on record before a person's voice is made into one that can say anything: whose, for what, since and until when, in their own words. */
import { z } from 'zod';
import { StudioError } from '../errors/index.ts';
import { assetRefSchema } from './asset.ts';
import { type Consent, consentSchema, isExpired } from './consent.ts';

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
