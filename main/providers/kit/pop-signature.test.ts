import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedPopForm } from './pop-signature.ts';

// The worked example of the vendor's page "Obtain a token using OpenAPI".
test('the vendor’s own example is signed as the vendor signs it', () => {
  const form = signedPopForm(
    'GET',
    { Action: 'CreateToken', Version: '2019-02-28', RegionId: 'cn-shanghai' },
    { id: 'my_access_key_id', secret: 'my_access_key_secret' },
    { nowMs: Date.UTC(2019, 3, 18, 8, 32, 31), nonce: 'b924c8c3-6d03-4c5d-ad36-d984d3116788' },
  );
  assert.equal(
    form,
    'Signature=hHq4yNsPitlfDJ2L0nQPdugdEzM%3D&AccessKeyId=my_access_key_id&Action=CreateToken&Format=JSON&RegionId=cn-shanghai' +
      '&SignatureMethod=HMAC-SHA1&SignatureNonce=b924c8c3-6d03-4c5d-ad36-d984d3116788&SignatureVersion=1.0' +
      '&Timestamp=2019-04-18T08%3A32%3A31Z&Version=2019-02-28',
  );
});

test('signs that a form would write otherwise are encoded by RFC 3986', () => {
  const form = signedPopForm('POST', { Action: "a b*'(!)~中+" }, { id: 'i', secret: 's' });
  assert.match(form, /&Action=a%20b%2A%27%28%21%29~%E4%B8%AD%2B&/);
});
