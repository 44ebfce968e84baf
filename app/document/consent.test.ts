import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError } from '../errors/index.ts';
import { avatarSchema } from './avatar.ts';
import { consentSchema, consentState, consentWarning, dayOf, isExpired, needsConsent } from './consent.ts';

const given = { person: '林', scope: '课程视频', grantedOn: '2026-01-31', expiresOn: '2026-12-31' };
const own = { kind: 'asset', asset: { sha256: 'a'.repeat(64), mediaType: 'image/png' } } as const;
const avatar = (consent: unknown, portrait: unknown = own) => avatarSchema.parse({ portrait, consent });

test('a person’s own picture needs a consent that has begun and not ended; a sample needs none', () => {
  const state = (on: string, consent: unknown = given) => consentState(avatar(consent), on);
  assert.equal(state('2026-01-30'), 'not-yet');
  assert.equal(state('2026-01-31'), 'given');
  assert.equal(state('2026-12-31'), 'given');
  assert.equal(state('2027-01-01'), 'expired');
  assert.equal(state('9999-12-31', { ...given, expiresOn: null }), 'given');
  assert.equal(state('2026-06-01', null), 'missing');
  const sample = avatar(null, { kind: 'sample', id: 'lin' });
  assert.equal(consentState(sample, '2026-06-01'), 'not-needed');
  assert.deepEqual([needsConsent(sample.portrait), needsConsent(avatar(null).portrait)], [false, true]);
  assert.equal(isExpired({ expiresOn: '2026-02-28' }, '2026-03-01'), true);
});

test('what is not in order is a warning that names the person and the day', () => {
  const told = (consent: unknown, on: string) => {
    const warning = consentWarning(avatar(consent), on);
    return warning && [warning.code, describeError(warning, 'zh-CN').message];
  };
  assert.deepEqual(told(given, '2027-01-01'), ['portrait.consent-expired', '林 对该人像的授权已于 2026-12-31 到期。']);
  assert.deepEqual(told(given, '2026-01-01'), ['portrait.consent-not-yet', '林 对该人像的授权自 2026-01-31 起生效。']);
  assert.equal(told(null, '2026-06-01')?.[0], 'portrait.consent-missing');
  assert.equal(told(given, '2026-06-01'), null);
});

test('a record that says nothing, or no day there is, is refused', () => {
  for (const change of [
    { person: '' },
    { scope: '' },
    { grantedOn: '2026-02-30' },
    { grantedOn: '31.1.2026' },
    { expiresOn: '2026-01-30' },
    { expiresOn: '' },
    { relation: 'friend' },
    { signature: 'x' },
  ])
    assert.equal(consentSchema.safeParse({ ...given, ...change }).success, false, JSON.stringify(change));
  assert.equal(consentSchema.parse({ ...given, relation: 'self' }).expiresOn, '2026-12-31');
});

test('a day is the one on this computer’s wall', () => {
  assert.equal(dayOf(new Date(2026, 0, 5, 23, 59)), '2026-01-05');
  assert.equal(dayOf(new Date(2026, 11, 31, 0, 1)), '2026-12-31');
});
