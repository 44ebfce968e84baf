import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signedPopForm } from '../../../main/providers/kit/pop-signature.ts';
import { type Json, server } from './asking.fixture.ts';

test('the signed calls: a token of ISI, Green’s verdict; and every way a signature can be wrong', async () => {
  const call = async (parameters: Record<string, string>, accessKey = { ...server.accessKey }, when = {}) => {
    const body = signedPopForm('POST', parameters, accessKey, { nowMs: server.context.nowMs(), ...when });
    const response = await fetch(server.httpUrl, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    return (await response.json()) as Json;
  };
  const createToken = { Action: 'CreateToken', Version: '2019-02-28', RegionId: 'cn-shanghai' };
  const { Token } = await call(createToken);
  assert.ok(server.context.isiTokens.has(Token.Id));
  const signed = signedPopForm('GET', createToken, server.accessKey, { nowMs: server.context.nowMs() });
  assert.ok(((await (await fetch(`${server.httpUrl}/?${signed}`)).json()) as Json).Token.Id);
  const again = (await (await fetch(`${server.httpUrl}/?${signed}`)).json()) as Json;
  assert.equal(again.Code, 'SignatureNonceUsed');
  assert.equal((await call(createToken, { ...server.accessKey, secret: 'other' })).Code, 'SignatureDoesNotMatch');
  assert.equal((await call(createToken, { id: 'LTAIother', secret: 'x' })).Code, 'InvalidAccessKeyId.NotFound');
  assert.equal(
    (await call(createToken, server.accessKey, { nowMs: server.context.nowMs() - 16 * 60_000 })).Code,
    'InvalidTimeStamp.Expired',
  );

  const moderate = (content: string, Service = 'llm_query_moderation') =>
    call({
      Action: 'TextModerationPlus',
      Version: '2022-03-02',
      Service,
      ServiceParameters: JSON.stringify({ content }),
    });
  assert.equal((await moderate("It's a fine day (truly)!")).Data.RiskLevel, 'none');
  const bad = await moderate('说说违禁示例吧');
  assert.deepEqual([bad.Data.RiskLevel, bad.Data.Result[0].RiskWords], ['high', '违禁示例']);
  assert.equal((await moderate('字'.repeat(2001))).Code, 400);
  assert.equal((await moderate('字'.repeat(2001), 'llm_response_moderation')).Code, 200);
  assert.equal((await moderate('x', 'no_such_service')).Code, 400);
});
