/** Voices after a person's own, at vendors: the consents they are made under, and the voices. */
import { z } from 'zod';
import { assetRefSchema } from '../document/asset.ts';
import { VOICE_CONSENT_STATES, voiceConsentSchema } from '../document/voice-consent.ts';
import { idSchema, nothing, procedure } from './base.ts';

export const keptVoiceConsentSchema = z.object({
  id: idSchema,
  consent: voiceConsentSchema,
  /** Unix ms. */
  recordedAtMs: z.number(),
  /** Nothing new is made under it. null: it stands. */
  withdrawnAtMs: z.number().nullable(),
});
export type KeptVoiceConsent = z.infer<typeof keptVoiceConsentSchema>;

export const clonedVoiceSchema = z.object({
  /** `cosyvoice`, `qwen-tts`. */
  provider: z.string(),
  voiceId: idSchema,
  /** `gone`: it was made by this studio, and the account there is a key for has it no more. */
  state: z.enum(['preparing', 'ready', 'refused', 'gone']),
  /** The model it speaks with, and with no other. */
  model: z.string(),
  /** '' and null: it was not made by this studio. */
  name: z.string(),
  consentId: idSchema.nullable(),
  /** Of the record it was made under, today. While it does not stand, the voice says nothing. */
  consent: z.enum(VOICE_CONSENT_STATES),
});
export type ClonedVoiceDescription = z.infer<typeof clonedVoiceSchema>;

const one = z.object({ provider: z.string().max(60), voiceId: idSchema });

export const cloning = {
  /** Latest first. */
  consents: procedure.input(nothing).output(z.array(keptVoiceConsentSchema)),
  /** `evidence` is the recorded sentence of consent, uploaded before. */
  saveConsent: procedure.input(voiceConsentSchema).output(keptVoiceConsentSchema),
  withdrawConsent: procedure.input(z.object({ id: idSchema })).output(nothing),
  /** At every vendor there is a key for. */
  voices: procedure.input(nothing).output(z.array(clonedVoiceSchema)),
  /** Fails with `cloud.consent-*` before anything leaves this machine. The voice is ready a little later: `query`. */
  enrol: procedure
    .input(
      z.object({
        provider: z.string().max(60),
        consentId: idSchema,
        name: z.string().trim().min(1).max(100),
        /** null: the one that the settings name. */
        model: z.string().min(1).max(200).nullable().default(null),
        /** 10–20 s of clear speech, uploaded before. */
        audio: assetRefSchema,
        language: z.string().max(40).nullable(),
      }),
    )
    .output(clonedVoiceSchema),
  query: procedure.input(one).output(clonedVoiceSchema),
  remove: procedure.input(one).output(nothing),
};
