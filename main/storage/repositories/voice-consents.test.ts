import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { voiceConsentSchema } from '../../../app/document/voice-consent.ts';
import { openStorage } from '../open.ts';

const consent = voiceConsentSchema.parse({
  ...{ person: '林', scope: '课程视频', grantedOn: '2026-01-31', expiresOn: '2026-12-31' },
  evidence: { sha256: 'a'.repeat(64), mediaType: 'audio/wav' },
});

test('a consent and its recorded sentence outlive a restart, and its withdrawal as long as a voice was made under it', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'voice-consents-'));
  try {
    let storage = await openStorage({ dataDir });
    const kept = storage.voiceConsents.save(consent);
    const clone = { provider: 'cosyvoice', voiceId: 'v', consentId: kept.id, name: '林', model: 'm', madeAtMs: 1 };
    storage.voiceConsents.rememberClone(clone);
    storage.close();
    storage = await openStorage({ dataDir });
    const { voiceConsents } = storage;
    assert.deepEqual(voiceConsents.list(), [kept]);
    assert.deepEqual(voiceConsents.clones(), [clone]);
    assert.equal(typeof voiceConsents.withdraw(kept.id)?.withdrawnAtMs, 'number');
    assert.equal(voiceConsents.isAssetReferenced(consent.evidence.sha256), true);
    voiceConsents.forgetClone('cosyvoice', 'v');
    assert.equal(voiceConsents.isAssetReferenced(consent.evidence.sha256), false);
    assert.equal(voiceConsents.withdraw('nobody'), null);
    assert.throws(() => voiceConsents.rememberClone({ ...clone, consentId: 'none' }));
    storage.close();
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
});
