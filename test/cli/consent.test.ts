/** By what right a face is shown: said on the command line, kept in the report. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import type { Consent, ConsentState } from '../../app/document/consent.ts';
import { type Json, Place } from './run-cli.ts';

let place: Place;
before(async () => {
  place = await Place.make();
  const avatar = new URL('../../resources/avatars/lin/portrait.png', import.meta.url).pathname;
  const photo = sharp(avatar).flatten({ background: '#8fa3ad' }).resize(640).jpeg();
  await writeFile(place.at('me.jpg'), await photo.toBuffer());
});
after(() => place.remove());

const TALK = ['--portrait', 'me.jpg', '--text', 'Hi.', '--size', '192x128', '--out', 'out/a.mp4'];

interface Told {
  state: ConsentState;
  record: Consent | null;
  warnings: string[];
}
async function exported(...options: string[]): Promise<Told> {
  const { code, json, stderr } = await place.run(['export', ...TALK, ...options, '--json']);
  assert.equal(code, 0, stderr);
  const report = json() as Json & { consent: Pick<Told, 'state' | 'record'> };
  return { ...report.consent, warnings: report.warnings.map((warning) => warning.code) };
}

test('without a record the video is made, and how to give one is said', async () => {
  const { state, record, warnings } = await exported();
  assert.deepEqual([state, record, warnings], ['missing', null, ['portrait.consent-missing']]);
  const { stderr } = await place.run(['export', ...TALK]);
  assert.match(stderr, /--consent-self .*--not-a-person/);
});

test('whose face it is, for what and how long is kept with what was declared', async () => {
  const period = ['--consent-from', '2020-01-01', '--consent-until', '2020-12-31'];
  const { state, record, warnings } = await exported(
    '--consent-person',
    'Jo $& Doe',
    '--consent-scope',
    'Lessons',
    ...period,
  );
  assert.deepEqual([state, warnings], ['expired', ['portrait.consent-expired']]);
  const { statement, ...rest } = record!;
  assert.match(statement, /^Jo \$& Doe has agreed/);
  assert.deepEqual(rest, {
    ...{ person: 'Jo $& Doe', relation: 'other', scope: 'Lessons' },
    ...{ grantedOn: '2020-01-01', expiresOn: '2020-12-31', evidence: null },
  });
});

test('a drawing needs nobody’s consent once that is declared, in the language of the messages', async () => {
  const { state, record, warnings } = await exported('--not-a-person', '--lang', 'zh-CN');
  assert.deepEqual([state, warnings], ['given', []]);
  assert.match(record!.statement, /不是真实人物/);
});

test('a record is read from a file; what is none is refused with what is wrong', async () => {
  const own = { person: '林小雅', relation: 'self', scope: '课程', grantedOn: '2026-01-31' };
  await writeFile(place.at('consent.json'), JSON.stringify(own));
  const { state, record } = await exported('--consent', 'consent.json');
  assert.equal(state, 'given');
  assert.deepEqual(record, { ...own, expiresOn: null, evidence: null, statement: '' });

  await writeFile(place.at('bad.json'), JSON.stringify({ ...own, grantedOn: 'May' }));
  const bad = await place.run(['export', '--portrait', 'me.jpg', '--text', 'Hi.', '--consent', 'bad.json', '--json']);
  assert.equal(bad.code, 1);
  assert.equal(bad.json().error?.code, 'command.consent-unfit');
  assert.match(bad.json().error!.message, /grantedOn/);
});
