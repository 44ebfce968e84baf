/** What an export keeps of the right to show a face. */
import type { Avatar } from '../../../app/document/avatar.ts';
import { type Consent, type ConsentState, consentState, dayOf, needsConsent } from '../../../app/document/consent.ts';

export interface ConsentAudit {
  /** As the project held it; null for a drawn avatar or where none was recorded. */
  consent: Consent | null;
  /** On the day of the export, which is what counts later. */
  consentState: ConsentState;
}

export function auditConsent(avatar: Pick<Avatar, 'portrait' | 'consent'>, at: Date): ConsentAudit {
  return {
    consent: needsConsent(avatar.portrait) ? avatar.consent : null,
    consentState: consentState(avatar, dayOf(at)),
  };
}
