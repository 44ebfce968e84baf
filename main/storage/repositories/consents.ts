/** Consents to the use of a face, by the face, and which pictures show the same one. */
import { type Consent, consentSchema } from '../../../app/document/consent.ts';
import type { StudioDatabase } from '../database.ts';

export interface KeptConsent {
  likenessKey: string;
  consent: Consent;
  /** Unix ms. */
  recordedAtMs: number;
}

export interface ConsentRepository {
  /** Latest first. One that no longer fits the schema is left out. */
  list(): KeptConsent[];
  find(likenessKey: string): KeptConsent | null;
  /** Takes the place of an earlier one for the same face. */
  save(likenessKey: string, consent: Consent): KeptConsent;
  withdraw(likenessKey: string): void;
  /** The face that a picture was made to show from another picture; null where none is known. */
  likenessOf(sha256: string): string | null;
  rememberLikeness(sha256: string, likenessKey: string): void;
  isAssetReferenced(sha256: string): boolean;
}

interface Row {
  likenessKey: string;
  consent: string;
  recordedAtMs: number;
}
const COLUMNS = 'likeness_key AS likenessKey, consent, recorded_at_ms AS recordedAtMs';

export function openConsentRepository({ sql, read, write }: StudioDatabase): ConsentRepository {
  const selectAll = sql.prepare<[], Row>(
    `SELECT ${COLUMNS} FROM consents WHERE json_valid(consent) ORDER BY recorded_at_ms DESC, likeness_key`,
  );
  const selectOne = sql.prepare<[string], Row>(
    `SELECT ${COLUMNS} FROM consents WHERE likeness_key = ? AND json_valid(consent)`,
  );
  const upsert = sql.prepare<[string, string, number]>(
    'INSERT OR REPLACE INTO consents (likeness_key, consent, recorded_at_ms) VALUES (?, ?, ?)',
  );
  const drop = sql.prepare<[string]>('DELETE FROM consents WHERE likeness_key = ?');
  const selectLikeness = sql
    .prepare<[string], string>('SELECT likeness_key FROM derived_pictures WHERE sha256 = ?')
    .pluck();
  const upsertLikeness = sql.prepare<[string, string]>(
    'INSERT OR REPLACE INTO derived_pictures (sha256, likeness_key) VALUES (?, ?)',
  );
  const selectEvidence = sql
    .prepare<[string], number>(
      "SELECT 1 FROM consents WHERE json_valid(consent) AND json_extract(consent, '$.evidence.sha256') = ? LIMIT 1",
    )
    .pluck();
  const parsed = (row: Row | undefined): KeptConsent[] => {
    const consent = row && consentSchema.safeParse(JSON.parse(row.consent)).data;
    return consent ? [{ ...row, consent }] : [];
  };
  return {
    list: () => read(() => selectAll.all().flatMap(parsed)),
    find: (likenessKey) => read(() => parsed(selectOne.get(likenessKey))[0] ?? null),
    save(likenessKey, consent) {
      const recordedAtMs = Date.now();
      write(() => upsert.run(likenessKey, JSON.stringify(consent), recordedAtMs));
      return { likenessKey, consent, recordedAtMs };
    },
    withdraw(likenessKey) {
      write(() => drop.run(likenessKey));
    },
    likenessOf: (sha256) => read(() => selectLikeness.get(sha256) ?? null),
    rememberLikeness(sha256, likenessKey) {
      write(() => upsertLikeness.run(sha256, likenessKey));
    },
    isAssetReferenced: (sha256) => read(() => selectEvidence.get(sha256) !== undefined),
  };
}
