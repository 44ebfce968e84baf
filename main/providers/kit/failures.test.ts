import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { describeError, StudioError } from '../../../app/errors/index.ts';
import { failureClass } from '../../../app/policy/failure.ts';
import { networkFailure, vendorFailure } from './failures.ts';

/** status, code, message → the studio's code, and what is done next. */
const TABLE: readonly (readonly [number | undefined, string, string, string, string])[] = [
  [400, 'InvalidParameter', 'url error, please check url！', 'cloud.bad-request', 'caller'],
  [
    400,
    'invalid_parameter_error',
    'Role must be user or assistant and Content length must be greater than 0',
    'cloud.bad-request',
    'caller',
  ],
  [400, 'InvalidParameter', 'Range of input length should be [1, 30720]', 'cloud.too-long', 'caller'],
  [400, 'invalid_request_error', "This model's maximum context length is 8192 tokens.", 'cloud.too-long', 'caller'],
  [
    400,
    'DataInspectionFailed',
    'Input or output data may contain inappropriate content.',
    'cloud.unsafe-text',
    'refused',
  ],
  [
    400,
    'data_inspection_failed',
    'Output data may contain inappropriate content. For details, see: https://help.aliyun.com/…',
    'cloud.unsafe-text',
    'refused',
  ],
  [undefined, 'DataInspectionFailed', 'Input data may contain inappropriate content.', 'cloud.unsafe-text', 'refused'],
  [
    400,
    'InvalidParameter.DataInspection',
    'Unable to download the media resource during the data inspection process.',
    'cloud.server-error',
    'retry',
  ],
  [
    400,
    'IPInfringementSuspect',
    'Input data is suspected of being involved in IP infringement.',
    'cloud.unsafe-text',
    'refused',
  ],
  [400, 'Arrearage', 'Access denied, please make sure your account is in good standing.', 'cloud.billing', 'next'],
  [400, 'Throttling.AllocationQuota', 'Free allocated quota exceeded.', 'cloud.billing', 'next'],
  [
    400,
    'Throttling.AllocationQuota',
    'Maximum voice storage limit exceeded, please delete some voices first.',
    'cloud.bad-request',
    'caller',
  ],
  [400, 'InvalidURL', 'Required URL is missing or invalid.', 'cloud.bad-request', 'caller'],
  [400, 'InvalidFile.Size', 'Invalid file size.', 'cloud.bad-request', 'caller'],
  [400, 'BadRequest.EmptyInput', 'Required input parameter missing from request.', 'cloud.bad-request', 'caller'],
  [400, 'BadRequest.EmptyModel', 'Required parameter "model" missing from request.', 'cloud.bad-request', 'caller'],
  [400, 'BadRequest.InputDownloadFailed', 'Failed to download the input file.', 'cloud.bad-request', 'caller'],
  [400, 'BadRequest.TooLarge', 'Payload Too Large.', 'cloud.bad-request', 'caller'],
  [400, 'BadRequest.VoiceNotFound', "Voice 'x' not found.", 'cloud.voice-mismatch', 'next'],
  [400, 'APIConnectionError', 'Connection error.', 'cloud.bad-request', 'caller'],
  [400, 'ClientDisconnect', 'Client disconnected before task finished!', 'cloud.bad-request', 'caller'],
  [400, 'Audio.AudioShortError', 'valid audio too short!', 'cloud.audio-rejected', 'next'],
  [400, 'Audio.AudioSilentError', 'silent audio error.', 'cloud.audio-rejected', 'next'],
  [400, 'Audio.PreprocessError', 'audio preprocess error.', 'cloud.audio-rejected', 'next'],
  [
    400,
    'UnsupportedOperation',
    'Failed to cancel the task, please confirm if the task is in PENDING status.',
    'cloud.bad-request',
    'caller',
  ],
  [401, 'InvalidApiKey', 'Invalid API-key provided.', 'cloud.key-wrong', 'next'],
  [401, 'invalid_api_key', 'Incorrect API key provided.', 'cloud.key-wrong', 'next'],
  [401, 'InvalidApiKey', 'No API-key provided.', 'cloud.key-missing', 'next'],
  [401, 'InvalidApiKey', 'The API key does not belong to this region.', 'cloud.key-other-region', 'next'],
  [401, 'InvalidApiKey', 'The token has expired.', 'cloud.key-expired', 'next'],
  [401, 'NOT AUTHORIZED', '', 'cloud.key-wrong', 'next'],
  [401, '', '', 'cloud.key-wrong', 'next'],
  [402, '', 'Insufficient Balance', 'cloud.billing', 'next'],
  [403, 'AccessDenied', 'Access denied.', 'cloud.not-entitled', 'next'],
  [403, 'access_denied', 'Access denied.', 'cloud.not-entitled', 'next'],
  [403, 'AccessDenied', 'Current user api does not support asynchronous calls.', 'cloud.bad-request', 'caller'],
  [403, 'AccessDenied', 'current user api does not support synchronous calls.', 'cloud.bad-request', 'caller'],
  [
    403,
    'AccessDenied.Unpurchased',
    'Access to model denied. Please make sure you are eligible for using the model.',
    'cloud.not-entitled',
    'next',
  ],
  [403, 'Model.AccessDenied', 'Model access denied.', 'cloud.not-entitled', 'next'],
  [403, 'App.AccessDenied', 'App access denied.', 'cloud.not-entitled', 'next'],
  [403, 'Workspace.AccessDenied', 'Workspace access denied.', 'cloud.not-entitled', 'next'],
  [403, 'AllocationQuota.FreeTierOnly', 'The free tier of the model has been exhausted.', 'cloud.billing', 'next'],
  [404, 'ModelNotFound', 'Model can not be found.', 'cloud.model-gone', 'next'],
  [
    404,
    'model_not_found',
    'The model `qwen-max` does not exist or you do not have access to it.',
    'cloud.model-gone',
    'next',
  ],
  [404, 'model_not_supported', 'Unsupported model for OpenAI compatibility mode.', 'cloud.model-gone', 'next'],
  [404, '404', 'The model `x` does not exist.', 'cloud.model-gone', 'next'],
  [404, '', "model 'llama9' not found", 'cloud.model-gone', 'next'],
  [404, 'WorkSpaceNotFound', 'WorkSpace can not be found.', 'cloud.not-entitled', 'next'],
  [404, 'NotFound', 'Not found.', 'cloud.bad-request', 'caller'],
  [409, 'Conflict', 'Model instance "x" already exists.', 'cloud.bad-request', 'caller'],
  [429, 'Throttling', 'Requests throttling triggered.', 'cloud.rate-limited', 'wait'],
  [429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.', 'cloud.rate-limited', 'wait'],
  [429, 'LimitRequests', 'You exceeded your current requests list.', 'cloud.rate-limited', 'wait'],
  [429, 'limit_requests', 'You exceeded your current requests list.', 'cloud.rate-limited', 'wait'],
  [429, 'Throttling.BurstRate', 'Request rate increased too quickly.', 'cloud.rate-limited', 'wait'],
  [429, 'limit_burst_rate', 'Request rate increased too quickly.', 'cloud.rate-limited', 'wait'],
  [
    429,
    'Throttling.AllocationQuota',
    'Allocated quota exceeded, please increase your quota limit.',
    'cloud.quota-used-up',
    'wait',
  ],
  [
    429,
    'insufficient_quota',
    'You exceeded your current quota, please check your plan and billing details.',
    'cloud.quota-used-up',
    'wait',
  ],
  [429, 'CommodityNotPurchased', 'Commodity has not purchased yet.', 'cloud.billing', 'next'],
  [429, 'PrepaidBillOverdue', 'The prepaid bill is overdue.', 'cloud.billing', 'next'],
  [429, 'PostpaidBillOverdue', 'The postpaid bill is overdue.', 'cloud.billing', 'next'],
  [429, '', '', 'cloud.rate-limited', 'wait'],
  [430, 'Audio.DecoderError', 'Decoder audio file failed.', 'cloud.audio-rejected', 'next'],
  [430, 'Audio.FileSizeExceed', 'File too large', 'cloud.audio-rejected', 'next'],
  [430, 'Audio.AudioRateError', 'File sample rate unsupported', 'cloud.audio-rejected', 'next'],
  [430, '', '', 'cloud.audio-rejected', 'next'],
  [500, 'InternalError', 'An internal error has occured, please try again later.', 'cloud.server-error', 'retry'],
  [500, 'internal_error', '', 'cloud.server-error', 'retry'],
  [500, 'InternalError.Algo', '', 'cloud.server-error', 'retry'],
  [500, 'InternalError.Timeout', '', 'cloud.server-error', 'retry'],
  [500, 'SystemError', '', 'cloud.server-error', 'retry'],
  [500, 'ModelServiceFailed', 'Failed to request model service.', 'cloud.server-error', 'retry'],
  [500, 'RequestTimeOut', 'Request timed out, please try again later.', 'cloud.timeout', 'retry'],
  [500, 'ResponseTimeout', '', 'cloud.timeout', 'retry'],
  [
    503,
    'ModelServingError',
    'Too many requests. Your requests are being throttled due to system capacity limits.',
    'cloud.server-error',
    'retry',
  ],
  [503, 'ModelUnavailable', 'Model is unavailable, please try again later.', 'cloud.server-error', 'retry'],
  [503, '', '', 'cloud.server-error', 'retry'],
  [502, '', '<html>', 'cloud.server-error', 'retry'],
  [511, '', '', 'cloud.captive-portal', 'next'],
  /* Events of a task. */
  [undefined, 'CLIENT_ERROR', 'request timeout after 23 seconds.', 'cloud.timeout', 'retry'],
  [undefined, 'InvalidParameter', '[tts:]Engine return error code: 418', 'cloud.voice-mismatch', 'next'],
  [undefined, 'InvalidParameter', 'Request voice is invalid!', 'cloud.voice-mismatch', 'next'],
  [undefined, 'InvalidParameter', '[tts:]Engine return error code: 428', 'cloud.bad-request', 'caller'],
  [undefined, 'InvalidParameter', 'Please ensure input text is valid.', 'cloud.bad-request', 'caller'],
  [
    undefined,
    'InvalidParameter',
    "Missing required parameter 'payload.model'! Please follow the protocol!",
    'cloud.bad-request',
    'caller',
  ],
  [undefined, 'CLIENT_ERROR', 'NO_VALID_AUDIO_ERROR', 'cloud.bad-request', 'caller'],
  [undefined, 'CLIENT_ERROR', 'Requests rate limit exceeded, please try again later.', 'cloud.rate-limited', 'wait'],
  [
    undefined,
    'Throttling.RateQuota',
    'Requests rate limit exceeded, please try again later.',
    'cloud.rate-limited',
    'wait',
  ],
  [undefined, '', 'Model not found', 'cloud.model-gone', 'next'],
  /* ISI. */
  [40000000, 'TaskFailed', 'Gateway:CLIENT_ERROR', 'cloud.bad-request', 'caller'],
  [40000001, '', "Gateway:ACCESS_DENIED:The token 'abcdef0123' is invalid!", 'cloud.key-wrong', 'next'],
  [40000001, '', "Gateway:ACCESS_DENIED:The token 'abcdef0123' has expired!", 'cloud.key-expired', 'next'],
  [40000002, '', 'Gateway:MESSAGE_INVALID', 'cloud.bad-request', 'caller'],
  [40000003, '', 'Gateway:PARAMETER_INVALID', 'cloud.bad-request', 'caller'],
  [40000004, '', 'Gateway:IDLE_TIMEOUT:Websocket session is idle for too long time', 'cloud.timeout', 'retry'],
  [40000005, '', 'Gateway:TOO_MANY_REQUESTS', 'cloud.rate-limited', 'wait'],
  [40010004, '', 'Gateway:CLIENT_DISCONNECT', 'cloud.cut-off', 'retry'],
  [50000000, '', 'SERVER_ERROR', 'cloud.server-error', 'retry'],
  /* Signed requests. */
  [400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.', 'cloud.clock-skew', 'next'],
  [404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.', 'cloud.key-wrong', 'next'],
  [400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.', 'cloud.key-wrong', 'next'],
  [403, 'Forbidden.RAM', 'User not authorized to operate on the specified resource.', 'cloud.not-entitled', 'next'],
  [429, 'Throttling.User', 'Request was denied due to user flow control.', 'cloud.rate-limited', 'wait'],
];

for (const [status, code, message, expected, next] of TABLE) {
  test(`${status ?? 'event'} ${code} “${message.slice(0, 50)}” is ${expected}`, () => {
    const error = vendorFailure({
      provider: 'Bailian',
      code,
      message,
      model: 'qwen-plus',
      voice: 'longanyang',
      region: 'beijing',
      ...(status === undefined ? {} : { status }),
    });
    assert.equal(error.code, expected);
    assert.equal(failureClass(error), next);
    assert.equal(error.retryable, next === 'retry' || next === 'wait');
    for (const locale of ['en', 'zh-CN'] as const) {
      const words = describeError(error, locale);
      assert.doesNotMatch(
        words.message + words.hint,
        /\{\w+\}|undefined|abcdef0123/,
        'every gap is filled, and with no token',
      );
    }
  });
}

test('limits stand in the error as the vendor said them', () => {
  const tooLong = vendorFailure({
    provider: 'Q',
    status: 400,
    code: 'InvalidParameter',
    message: 'Range of input length should be [1, 30720]',
  });
  assert.deepEqual(tooLong.params, { provider: 'Q', limit: 30_720, unit: 'tokens' });
  const late = vendorFailure({ provider: 'Q', code: 'CLIENT_ERROR', message: 'request timeout after 23 seconds.' });
  assert.equal(late.params.seconds, 23);
});

test('no secret survives in what a vendor echoes', () => {
  const secrets = [
    'sk-0123456789abcdef',
    'st-fedcba9876543210',
    'LTAI5tExampleExample',
    'hunter2secret',
    'tok3nvalue99',
  ];
  const error = vendorFailure({
    provider: 'Q',
    status: 400,
    code: 'InvalidParameter',
    message: `bad: Bearer ${secrets[0]} key ${secrets[1]} id ${secrets[2]} http://me:${secrets[3]}@proxy:80/ token=${secrets[4]}&x The token '${secrets[4]}' is`,
  });
  const all = inspect(error, { depth: 9 }) + JSON.stringify(error.params);
  for (const secret of secrets) assert.ok(!all.includes(secret), secret);
  assert.match(String(error.params.detail), /^InvalidParameter: bad: Bearer …/);
});

test('broken connections say what broke', async () => {
  const from = { provider: 'Q', host: 'dashscope.aliyuncs.com' };
  const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code });
  const cases: [unknown, string][] = [
    [coded('ENOTFOUND'), 'cloud.host-not-found'],
    [coded('EAI_AGAIN'), 'cloud.host-not-found'],
    [new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]), 'cloud.unreachable'],
    [new TypeError('fetch failed', { cause: coded('ECONNRESET') }), 'cloud.unreachable'],
    [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'cloud.tls'],
    [coded('CERT_HAS_EXPIRED'), 'cloud.tls'],
    [coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'cloud.tls'],
    [coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), 'cloud.tls'],
    [coded('HPE_INVALID_CONSTANT'), 'cloud.bad-answer'],
    [new Error('Unexpected server response: 401'), 'cloud.key-wrong'],
    [new Error('Unexpected server response: 503'), 'cloud.server-error'],
    [new Error('Unexpected server response: 302'), 'cloud.captive-portal'],
    [new StudioError('cloud.timeout', { provider: 'Q', seconds: 8 }), 'cloud.timeout'],
    ['a word', 'cloud.unreachable'],
  ];
  for (const [cause, code] of cases) assert.equal(networkFailure(cause, from).code, code, String(cause));

  const refused = await new Promise<Error>((resolve) => connect({ host: '127.0.0.1', port: 1 }).once('error', resolve));
  assert.deepEqual(networkFailure(refused, from).params, { provider: 'Q', detail: 'ECONNREFUSED' });
});
