/** Voices that this studio had made, with the records they were made under, for who has no storage open. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type RecordedVoiceConsent, voiceConsentSchema } from '../../app/document/voice-consent.ts';

export interface ClonedVoiceOnRecord extends RecordedVoiceConsent {
  provider: string;
  /** The vendor's id. */
  voiceId: string;
  name: string;
  model: string;
}

interface Row {
  provider: string;
  voiceId: string;
  name: string;
  model: string;
  consent: string | null;
  withdrawnAtMs: number | null;
}

/** As they are on disk now, the latest first; none where nothing can be read. A record that is not understood is none. */
export function readClonedVoices(dataDir: string): ClonedVoiceOnRecord[] {
  const path = join(dataDir, 'studio.db');
  if (!existsSync(path)) return [];
  let sql: Database.Database | null = null;
  try {
    sql = new Database(path, { readonly: true, fileMustExist: true, timeout: 2000 });
    const rows = sql
      .prepare<[], Row>(
        `SELECT c.provider, c.voice_id AS voiceId, c.name, c.model, r.consent, r.withdrawn_at_ms AS withdrawnAtMs
         FROM cloned_voices c LEFT JOIN voice_consents r ON r.id = c.consent_id AND json_valid(r.consent)
         ORDER BY c.made_at_ms DESC, c.voice_id`,
      )
      .all();
    return rows.map(({ consent, ...row }) => ({
      ...row,
      consent: consent === null ? null : (voiceConsentSchema.safeParse(JSON.parse(consent)).data ?? null),
    }));
  } catch {
    return [];
  } finally {
    sql?.close();
  }
}
