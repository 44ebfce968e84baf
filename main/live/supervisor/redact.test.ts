import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from './redact.ts';

test('no key is left in what is printed, whole, in pieces or encoded, known or in an address', () => {
  const redactor = createRedactor();
  redactor.add('?streamname=live_77&key=abcd1234efgh');
  redactor.add('live/with space&more');
  const printed = [
    'failed: rtmp://push.example.com/live-bvc/?streamname=live_77&key=abcd1234efgh',
    'stream name was live_77, key abcd1234efgh',
    `publish ${encodeURIComponent('live/with space&more')}`,
    'rtmps://user:pa55@host:443/app/unknown-key-of-somebody',
    'GET /live/x.flv?token=T0kenOfHub&x=1',
  ]
    .map(redactor.clean)
    .join('\n');
  for (const secret of ['live_77', 'abcd1234efgh', 'with%20space', 'pa55', 'unknown-key', 'T0kenOfHub'])
    assert.ok(!printed.includes(secret), `${secret} in ${printed}`);
  assert.ok(printed.includes('rtmp://push.example.com/') && printed.includes('x=1'), printed);
});

test('words too short to be a secret are left alone', () => {
  const redactor = createRedactor();
  redactor.add('a');
  redactor.add('');
  assert.equal(redactor.clean('a banana'), 'a banana');
});
