/** How Bailian says no, in the three dialects it speaks. */
import { randomUUID } from 'node:crypto';

/** native: /api/v1; compatible: OpenAI's; pop: Alibaba Cloud's older gateway (ISI, Green). */
export type Dialect = 'native' | 'compatible' | 'pop';

/** Thrown by whoever serves a request; codes are native ones and are spelt in the dialect of the surface. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const invalidParameter = (message: string) => new Refused(400, 'InvalidParameter', message);

const COMPATIBLE: Record<string, string> = {
  InvalidApiKey: 'invalid_api_key',
  InvalidParameter: 'invalid_parameter_error',
  DataInspectionFailed: 'data_inspection_failed',
  AccessDenied: 'access_denied',
  ModelNotFound: 'model_not_found',
  'Throttling.RateQuota': 'limit_requests',
  'Throttling.BurstRate': 'limit_burst_rate',
  'Throttling.AllocationQuota': 'insufficient_quota',
  InternalError: 'internal_error',
  'InternalError.Algo': 'internal_error',
};

/** Errors whose `type` repeats their code; that of the others is invalid_request_error. */
const OWN_TYPE = new Set([
  'data_inspection_failed',
  'limit_requests',
  'limit_burst_rate',
  'insufficient_quota',
  'internal_error',
  'Arrearage',
  'AccessDenied.Unpurchased',
]);

const COMPATIBLE_WORDS: Record<string, string> = {
  'Invalid API-key provided.': 'Incorrect API key provided. ',
  'Requests rate limit exceeded, please try again later.': 'You exceeded your current requests list.',
};

export function spelt(code: string, dialect: Dialect): string {
  return dialect === 'compatible' ? (COMPATIBLE[code] ?? code) : code;
}

export function errorBody(
  dialect: Dialect,
  refused: { code: string; message: string },
  requestId: string = randomUUID(),
): Record<string, unknown> {
  const code = spelt(refused.code, dialect);
  if (dialect === 'native') return { code, message: refused.message, request_id: requestId };
  if (dialect === 'pop') {
    return {
      RequestId: requestId.toUpperCase(),
      HostId: 'nls-meta.cn-shanghai.aliyuncs.com',
      Code: code,
      Message: refused.message,
      Recommend: `https://api.aliyun.com/troubleshoot?q=${encodeURIComponent(code)}`,
    };
  }
  const message = COMPATIBLE_WORDS[refused.message] ?? refused.message;
  const type = OWN_TYPE.has(code) ? code : 'invalid_request_error';
  return { error: { message, type, param: null, code }, request_id: requestId };
}

/** Of a network that wants one to log in first. */
export const LOGIN_PAGE =
  '<!DOCTYPE html><html><head><title>Guest network</title></head><body><form action="/login">Please accept the terms to go online.</form></body></html>';
/** Of a gateway whose server is gone. */
export const GATEWAY_TEXT =
  'upstream connect error or disconnect/reset before headers. reset reason: connection termination';
