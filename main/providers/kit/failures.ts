/**
 * What vendors' refusals and broken connections mean, as the studio's own errors. By the error tables of Alibaba Cloud Model Studio
 * (help.aliyun.com/zh/model-studio/error-code), Alibaba ISI's statuses and the RPC gateway's codes; OpenAI's names where servers use them.
 */
import { type ErrorCode, type ErrorParams, StudioError } from '../../../app/errors/index.ts';
import { failureClass } from '../../../app/policy/failure.ts';
import { withoutSecrets } from './without-secrets.ts';

export interface VendorFailure {
  /** As a person knows it. */
  provider: string;
  /** HTTP's, a handshake's, or ISI's of eight digits. Absent in events of a stream that was accepted. */
  status?: number;
  code?: string;
  message?: string;
  model?: string;
  voice?: string;
  region?: string;
}

/** How a failure is recognised: by its code (as a whole or its beginning before a point), or by its words. */
interface Rule {
  is: (failure: { code: string; message: string; status: number }) => boolean;
  gives: (failure: VendorFailure & { code: string; message: string }) => readonly [ErrorCode, ErrorParams];
}

const named = (...codes: string[]): Rule['is'] => {
  const set = new Set(codes.map((code) => code.toLowerCase()));
  return ({ code }) => set.has(code.toLowerCase());
};
const family =
  (name: RegExp): Rule['is'] =>
  ({ code }) =>
    name.test(code);
const says =
  (words: RegExp): Rule['is'] =>
  ({ message }) =>
    words.test(message);
const both =
  (...conditions: Rule['is'][]): Rule['is'] =>
  (failure) =>
    conditions.every((condition) => condition(failure));

const badRequest: Rule['gives'] = ({ provider, code, message, status }) => [
  'cloud.bad-request',
  { provider, detail: withoutSecrets([code, message].filter(Boolean).join(': ') || `HTTP ${status ?? '?'}`) },
];
const billing: Rule['gives'] = ({ provider, code, status }) => [
  'cloud.billing',
  { provider, code: code || `HTTP ${status}` },
];
const serverError: Rule['gives'] = ({ provider, code, status }) => [
  'cloud.server-error',
  { provider, code: withoutSecrets(code || `HTTP ${status ?? '?'}`) },
];
const notEntitled: Rule['gives'] = ({ provider, model }) => ['cloud.not-entitled', { provider, model: model ?? '' }];
const audioRejected: Rule['gives'] = ({ provider, code, status }) => [
  'cloud.audio-rejected',
  { provider, code: withoutSecrets(code || `HTTP ${status}`) },
];
const just =
  (code: ErrorCode): Rule['gives'] =>
  ({ provider }) => [code, { provider }];
const timeout =
  (seconds: number): Rule['gives'] =>
  ({ provider }) => ['cloud.timeout', { provider, seconds }];

/** "Range of input length should be [1, 30720]", "maximum context length is 8192 tokens". */
const LENGTH =
  /(?:input length should be \[\d+,\s*|maximum (?:context|input) length (?:is|of)\s+|max_model_len[^\d]{0,20})(\d+)/i;

/** The first that fits decides: what is said by name, then in words, then by the status alone. */
const RULES: readonly Rule[] = [
  {
    is: named('DataInspectionFailed', 'data_inspection_failed', 'IPInfringementSuspect', 'content_filter'),
    gives: just('cloud.unsafe-text'),
  },
  /* The media could not be fetched for inspection: a fault of the moment. */
  { is: named('InvalidParameter.DataInspection'), gives: serverError },

  {
    is: named(
      'Arrearage',
      'CommodityNotPurchased',
      'PrepaidBillOverdue',
      'PostpaidBillOverdue',
      'AllocationQuota.FreeTierOnly',
      'billing_not_active',
      'insufficient_balance',
    ),
    gives: billing,
  },
  /* The same code as a full minute's, but in the 400 form no minute helps. */
  { is: both(family(/^Throttling\.AllocationQuota$/i), ({ status }) => status === 400, says(/free/i)), gives: billing },
  { is: both(family(/^Throttling\.AllocationQuota$/i), ({ status }) => status === 400), gives: badRequest },
  { is: named('Throttling.AllocationQuota', 'insufficient_quota'), gives: just('cloud.quota-used-up') },
  {
    is: family(
      /^(Throttling(\..*)?|LimitRequests|limit_requests|limit_burst_rate|rate_limit_exceeded|TOO_MANY_REQUESTS)$/i,
    ),
    gives: just('cloud.rate-limited'),
  },

  /* Signed requests. */
  {
    is: family(/^(Invalid|Illegal)_?Time_?stamp(\..*)?$|^RequestTimeTooSkewed$|^SignatureNonceUsed$/i),
    gives: just('cloud.clock-skew'),
  },
  {
    is: family(/^InvalidAccessKey(Id|Secret)?(\..*)?$|^(IncompleteSignature|SignatureDoesNotMatch)$/i),
    gives: just('cloud.key-wrong'),
  },
  { is: family(/^(Forbidden(\.\w+)?|NoPermission|Unauthorized)$/), gives: notEntitled },

  {
    is: both(
      ({ status }) => status === 401 || status === 403 || status === 0,
      says(/no api-?key (was )?provided|(didn't|did not) provide an api key/i),
    ),
    gives: just('cloud.key-missing'),
  },
  {
    is: both(({ status, code }) => status === 401 || /api_?-?key/i.test(code), says(/\bregion\b|地域/i)),
    gives: ({ provider, region }) => ['cloud.key-other-region', { provider, region: region ?? '' }],
  },
  {
    is: both(({ status, code }) => status === 401 || /api_?-?key|token/i.test(code), says(/expired|过期/i)),
    gives: just('cloud.key-expired'),
  },
  {
    is: named('InvalidApiKey', 'invalid_api_key', 'NOT AUTHORIZED', 'authentication_error'),
    gives: just('cloud.key-wrong'),
  },

  /* "…does not support synchronous calls": a header is missing, not a right. */
  { is: both(named('AccessDenied', 'access_denied'), says(/synchronous calls/i)), gives: badRequest },
  {
    is: family(
      /^((Model|App|Workspace)\.)?AccessDenied(\..*)?$|^access_denied$|^WorkSpaceNotFound$|^permission_?(denied|_error)?$/i,
    ),
    gives: notEntitled,
  },

  {
    is: named('BadRequest.VoiceNotFound'),
    gives: ({ voice, model }) => ['cloud.voice-mismatch', { voice: voice ?? '', model: model ?? '' }],
  },
  {
    is: says(
      /error code: 418\b|request voice is invalid|\bvoice\b.{0,40}\b(not (exist|found|support|match|available)|does ?n[o']t (exist|match|support)|invalid)/i,
    ),
    gives: ({ voice, model }) => ['cloud.voice-mismatch', { voice: voice ?? '', model: model ?? '' }],
  },
  {
    is: named('ModelNotFound', 'model_not_found', 'model_not_supported'),
    gives: ({ provider, model }) => ['cloud.model-gone', { provider, model: model ?? '' }],
  },
  {
    is: says(/\bmodel\b.{0,120}\b(not (found|exist|supported)|does ?n[o']t exist|retired|decommissioned|offline)\b/i),
    gives: ({ provider, model }) => ['cloud.model-gone', { provider, model: model ?? '' }],
  },

  { is: ({ status }) => status === 430, gives: audioRejected },
  { is: family(/^Audio\./), gives: audioRejected },

  {
    is: both(says(LENGTH), ({ status }) => status < 500),
    gives: ({ provider, message }) => [
      'cloud.too-long',
      { provider, limit: Number(LENGTH.exec(message)![1]), unit: 'tokens' },
    ],
  },

  {
    is: says(/request timeout after (\d+) seconds/i),
    gives: ({ provider, message }) => [
      'cloud.timeout',
      { provider, seconds: Number(/after (\d+)/i.exec(message)![1]) },
    ],
  },
  { is: both(family(/InvalidParameter$/), ({ status }) => status < 500), gives: badRequest },
  { is: named('RequestTimeOut', 'ResponseTimeout'), gives: timeout(300) },
  {
    is: family(
      /^(InternalError(\..*)?|internal_error|internal_server_error|server_error|SystemError|ModelServiceFailed|ModelServingError|ModelUnavailable|ServiceUnavailable|service_unavailable|overloaded_error|EngineError)$/i,
    ),
    gives: serverError,
  },
  { is: says(/requests? rate limit exceeded|too many requests/i), gives: just('cloud.rate-limited') },
  {
    is: family(
      /^(InvalidParameter|InvalidURL|InvalidFile|BadRequest|UnsupportedOperation|APIConnectionError|ClientDisconnect|Conflict|CLIENT_ERROR|NotFound)/,
    ),
    gives: badRequest,
  },
  { is: named('invalid_parameter_error', 'invalid_request_error'), gives: badRequest },
];

const BY_STATUS: Readonly<Record<number, Rule['gives']>> = {
  401: just('cloud.key-wrong'),
  402: billing,
  403: notEntitled,
  407: ({ provider }) => ['cloud.unreachable', { provider, detail: 'the proxy asks for a password' }],
  408: timeout(60),
  429: just('cloud.rate-limited'),
  430: audioRejected,
  511: just('cloud.captive-portal'),
};

/** Alibaba ISI; those not listed are a client's (4…) or a server's (5…). */
const BY_ISI_STATUS: Readonly<Record<number, Rule['gives']>> = {
  40000001: (failure) => [
    /expired|过期/i.test(failure.message) ? 'cloud.key-expired' : 'cloud.key-wrong',
    { provider: failure.provider },
  ],
  /* Nothing was sent for ten seconds. */
  40000004: timeout(10),
  40000005: just('cloud.rate-limited'),
  /* The trial is over. */
  40000010: billing,
  40010004: just('cloud.cut-off'),
  /* No such app key; an app key of another account. */
  40020105: just('cloud.key-wrong'),
  40020106: just('cloud.key-wrong'),
};

function errorOf(failure: VendorFailure): readonly [ErrorCode, ErrorParams] {
  const known = { ...failure, code: failure.code?.trim() ?? '', message: failure.message?.trim() ?? '' };
  const status = failure.status ?? 0;
  if (status >= 10_000_000) {
    const code = known.code || String(status);
    const gives = BY_ISI_STATUS[status] ?? (status >= 50_000_000 ? serverError : badRequest);
    return gives({ ...known, code });
  }
  for (const rule of RULES) if (rule.is({ ...known, status })) return rule.gives(known);
  const gives = BY_STATUS[status] ?? (status >= 500 ? serverError : badRequest);
  return gives(known);
}

/** What a vendor refused or reported, by HTTP, in a stream, or on a socket. Nothing secret is left of its words. */
export function vendorFailure(failure: VendorFailure): StudioError {
  const [code, params] = errorOf(failure);
  return cloudError(code, params);
}

/** A StudioError that knows by itself whether it is worth another try. */
export function cloudError(code: ErrorCode, params: ErrorParams, options: { cause?: unknown } = {}): StudioError {
  const kind = failureClass(new StudioError(code, params));
  return new StudioError(code, params, { ...options, retryable: kind === 'retry' || kind === 'wait' });
}

const TLS =
  /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_(VERIFY|GET_ISSUER|DECRYPT|DECODE)|HOSTNAME_MISMATCH|INVALID_CA|EPROTO)/;
const NO_SUCH_HOST = /^(ENOTFOUND|EAI_)/;

/** Codes of an error and of what is inside it: a connection that was tried by several addresses fails with one error for each. */
function codesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 4) return [];
  const own = (error as NodeJS.ErrnoException).code;
  const inner = error instanceof AggregateError ? error.errors : [];
  return [
    ...(typeof own === 'string' ? [own] : []),
    ...inner.flatMap((each) => codesOf(each, depth + 1)),
    ...codesOf(error.cause, depth + 1),
  ];
}

/** A connection that did not come about or broke: name, refusal, reset, TLS, a log-in page. What is a StudioError already stays as it is. */
export function networkFailure(cause: unknown, from: { provider: string; host: string }): StudioError {
  if (cause instanceof StudioError) return cause;
  const { provider, host } = from;
  const codes = codesOf(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  const find = (pattern: RegExp): string | undefined => codes.find((code) => pattern.test(code));

  const tls = find(TLS);
  if (tls) return cloudError('cloud.tls', { host, detail: tls }, { cause });
  if (find(NO_SUCH_HOST)) return cloudError('cloud.host-not-found', { host }, { cause });
  /* What `ws` says of a handshake that was answered by something else. */
  const answered = /unexpected server response: (\d+)/i.exec(message);
  if (answered) {
    const status = Number(answered[1]);
    return status < 400 ? cloudError('cloud.captive-portal', { provider }) : vendorFailure({ provider, status });
  }
  if (find(/^HPE_/)) return cloudError('cloud.bad-answer', { provider, detail: 'not HTTP' }, { cause });
  return cloudError('cloud.unreachable', { provider, detail: codes[0] ?? withoutSecrets(message) }, { cause });
}
