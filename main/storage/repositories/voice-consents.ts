/** Consents to the use of a voice, each with its recorded sentence, and which cloned voices were made under which. */
import { randomUUID } from 'node:crypto';
import { type VoiceConsent, voiceConsentSchema } from '../../../app/document/voice-consent.ts';
import type { StudioDatabase } from '../database.ts';

export interface KeptVoiceConsent {
  id: string;
  consent: VoiceConsent;
  /** Unix ms. */
  recordedAtMs: number;
  /** Nothing new is made under it. null: it stands. */
  withdrawnAtMs: number | null;
}

/** A voice at a vendor, and the record it was made under. */
export interface KeptClone {
  provider: string;
  voiceId: string;
  consentId: string;
  name: string;
  model: string;
  madeAtMs: number;
}

export interface VoiceConsentRepository {
  /** Latest first. One that no longer fits the schema is left out. */
  list(): KeptVoiceConsent[];
  find(id: string): KeptVoiceConsent | null;
  save(consent: VoiceConsent): KeptVoiceConsent;
  /** null: there is none of this id. */
  withdraw(id: string): KeptVoiceConsent | null;
  clones(): KeptClone[];
  rememberClone(clone: KeptClone): void;
  forgetClone(provider: string, voiceId: string): void;
  /** The recorded sentence of a record that stands, or that a voice was made under. */
  isAssetReferenced(sha256: string): boolean;
}

interface Row {
  id: string;
  consent: string;
  recordedAtMs: number;
  withdrawnAtMs: number | null;
}
const COLUMNS = 'id, consent, recorded_at_ms AS recordedAtMs, withdrawn_at_ms AS withdrawnAtMs';

export function openVoiceConsentRepository({ sql, read, write }: StudioDatabase): VoiceConsentRepository {
  const selectAll = sql.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM voice_consents WHERE json_valid(consent) ORDER BY recorded_at_ms DESC, id`,
  );
  const selectOne = sql.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM voice_consents WHERE id = ? AND json_valid(consent)`,
  );
  const insert = sql.prepare<[string, string, string, number]>(
    'INSERT INTO voice_consents (id, consent, sha256, recorded_at_ms) VALUES (?, ?, ?, ?)',
  );
  const markWithdrawn = sql.prepare<[number, string]>(
    'UPDATE voice_consents SET withdrawn_at_ms = coalesce(withdrawn_at_ms, ?) WHERE id = ?',
  );
  const selectClones = sql.prepare<[], KeptClone>(
    `SELECT provider, voice_id AS voiceId, consent_id AS consentId, name, model, made_at_ms AS madeAtMs
     FROM cloned_voices ORDER BY made_at_ms DESC, voice_id`,
  );
  const upsertClone = sql.prepare<[string, string, string, string, string, number]>(
    `INSERT OR REPLACE INTO cloned_voices (provider, voice_id, consent_id, name, model, made_at_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const dropClone = sql.prepare<[string, string]>('DELETE FROM cloned_voices WHERE provider = ? AND voice_id = ?');
  const selectContent = sql
    .prepare<[string], number>(
      `SELECT 1 FROM voice_consents WHERE sha256 = ?
       AND (withdrawn_at_ms IS NULL OR id IN (SELECT consent_id FROM cloned_voices)) LIMIT 1`,
    )
    .pluck();
  const parsed = (row: Row | undefined): KeptVoiceConsent[] => {
    const consent = row && voiceConsentSchema.safeParse(JSON.parse(row.consent)).data;
    return consent ? [{ ...row, consent }] : [];
  };
  const find = (id: string): KeptVoiceConsent | null => read(() => parsed(selectOne.get(id))[0] ?? null);
  return {
    list: () => read(() => selectAll.all().flatMap(parsed)),
    find,
    save(consent) {
      const kept = { id: randomUUID(), consent, recordedAtMs: Date.now(), withdrawnAtMs: null };
      write(() => insert.run(kept.id, JSON.stringify(consent), consent.evidence.sha256, kept.recordedAtMs));
      return kept;
    },
    withdraw(id) {
      write(() => markWithdrawn.run(Date.now(), id));
      return find(id);
    },
    clones: () => read(() => selectClones.all()),
    rememberClone({ provider, voiceId, consentId, name, model, madeAtMs }) {
      write(() => upsertClone.run(provider, voiceId, consentId, name, model, madeAtMs));
    },
    forgetClone(provider, voiceId) {
      write(() => dropClone.run(provider, voiceId));
    },
    isAssetReferenced: (sha256) => read(() => selectContent.get(sha256) !== undefined),
  };
}
