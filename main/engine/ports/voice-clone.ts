/** Voices made after a person's own, at a vendor. */
import type { Consent } from '../../../app/document/consent.ts';

export interface ClonedVoice {
  /** The vendor's id. */
  id: string;
  state: 'preparing' | 'ready' | 'refused';
  /** The model it speaks with, and with no other. */
  model: string;
  createdAt: string | null;
}

export interface EnrolRequest {
  model: string;
  /** Letters and digits, ≤ 10. */
  prefix: string;
  /** WAV, MP3 or M4A, 10–20 s of clear speech, ≤ 10 MB. */
  audio: { bytes: Uint8Array; name: string };
  language: string | null;
  /** Checked before anything leaves the machine: see app/document/consent.ts. */
  consent: Consent;
}

export interface VoiceCloneProvider {
  readonly id: string;
  /** Voices are made for it unless another is asked for. */
  readonly model: string;
  /** @throws StudioError cloud.consent-missing, cloud.consent-expired, cloud.audio-rejected … */
  enrol(request: EnrolRequest, signal: AbortSignal): Promise<ClonedVoice>;
  query(id: string, signal: AbortSignal): Promise<ClonedVoice>;
  list(signal: AbortSignal): Promise<ClonedVoice[]>;
  delete(id: string, signal: AbortSignal): Promise<void>;
}
