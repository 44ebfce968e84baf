/** Alibaba Cloud's RPC gateway: CreateToken of ISI and TextModerationPlus of Green, each signed with the access key's secret. */
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import type { HttpCall } from './http-call.ts';
import type { HttpRoute } from './http-route.ts';
import { Refused } from './refusal.ts';

const TOKEN_LIVES_MS = 36 * 3600_000;
/** A timestamp further off than this is refused. */
const CLOCK_TOLERANCE_MS = 15 * 60_000;
const SERVICES: Record<string, number> = {
  llm_query_moderation: 2000,
  llm_response_moderation: 5000,
  chat_detection_pro: 600,
  comment_detection_pro: 600,
  nickname_detection_pro: 600,
  ad_compliance_detection_pro: 600,
  aigc_moderation_byllm: 2000,
  ugc_moderation_byllm: 2000,
};

export const popRoutes: readonly HttpRoute[] = [
  {
    methods: ['GET', 'POST'],
    path: /^\/$/,
    dialect: 'pop',
    surface: ({ form }) => (form.get('Action') === 'CreateToken' ? 'isi-token' : 'green'),
    takes: 'form',
    keyed: false,
    serve: rpc,
  },
];

/** Nonces that were used, by server. */
const used = new WeakMap<object, Set<string>>();

async function rpc(call: HttpCall): Promise<void> {
  checkSignature(call);
  const action = `${call.form.get('Action')} ${call.form.get('Version')}`;
  if (action === 'CreateToken 2019-02-28') await createToken(call);
  else if (action === 'TextModerationPlus 2022-03-02') await moderate(call);
  else
    throw new Refused(404, 'InvalidAction.NotFound', 'Specified api is not found, please check your url and method.');
}

/** @throws Refused as the gateway words it */
function checkSignature(call: HttpCall): void {
  const { form, context } = call;
  for (const name of [
    'Action',
    'Version',
    'AccessKeyId',
    'SignatureMethod',
    'SignatureVersion',
    'SignatureNonce',
    'Timestamp',
    'Signature',
  ]) {
    if (!form.get(name)) {
      throw new Refused(400, `Missing${name}`, `${name} is mandatory for this action.`);
    }
  }
  if (form.get('SignatureMethod') !== 'HMAC-SHA1' || form.get('SignatureVersion') !== '1.0') {
    throw new Refused(
      400,
      'InvalidParameter',
      'The specified parameter "SignatureMethod or SignatureVersion" is not valid.',
    );
  }
  if (form.get('AccessKeyId') !== context.accessKey.id) {
    throw new Refused(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  }
  const timestamp = form.get('Timestamp') ?? '';
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(timestamp)) {
    throw new Refused(400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.');
  }
  if (Math.abs(Date.parse(timestamp) - context.nowMs()) > CLOCK_TOLERANCE_MS) {
    throw new Refused(400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.');
  }
  const percent = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  const canonical = [...form]
    .filter(([name]) => name !== 'Signature')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percent(name)}=${percent(value)}`)
    .join('&');
  const toSign = `${call.request.method}&%2F&${percent(canonical)}`;
  const right = createHmac('sha1', `${context.accessKey.secret}&`).update(toSign).digest();
  const given = Buffer.from(form.get('Signature') ?? '', 'base64');
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    throw new Refused(
      400,
      'SignatureDoesNotMatch',
      `Specified signature is not matched with our calculation. server string to sign is:${toSign}`,
    );
  }
  const nonces = used.get(context) ?? new Set<string>();
  used.set(context, nonces);
  const nonce = form.get('SignatureNonce') ?? '';
  if (nonces.has(nonce)) throw new Refused(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  nonces.add(nonce);
}

async function createToken(call: HttpCall): Promise<void> {
  const { context } = call;
  const id = randomUUID().replaceAll('-', '');
  const untilMs = context.nowMs() + TOKEN_LIVES_MS;
  context.isiTokens.set(id, untilMs);
  await call.reply({
    NlsRequestId: randomUUID().replaceAll('-', ''),
    RequestId: call.requestId.toUpperCase(),
    ErrMsg: '',
    Token: { ExpireTime: Math.floor(untilMs / 1000), Id: id, UserId: '1000000000000001' },
  });
}

async function moderate(call: HttpCall): Promise<void> {
  const { form, context } = call;
  const answer = (code: number, message: string, data?: object) =>
    call.reply({
      RequestId: call.requestId.toUpperCase(),
      Code: code,
      Message: message,
      ...(data === undefined ? {} : { Data: data }),
    });
  const most = SERVICES[form.get('Service') ?? ''];
  if (most === undefined) return answer(400, 'service is not valid');
  let content: unknown;
  try {
    content = (JSON.parse(form.get('ServiceParameters') ?? '') as { content?: unknown }).content;
  } catch {
    return answer(400, 'serviceParameters is not a valid json');
  }
  if (typeof content !== 'string' || content === '') return answer(400, 'content is null');
  if (content.length > most) return answer(400, `content is too long, max ${most}`);

  const hits = [...context.forbidden].filter(([word]) => (content as string).includes(word));
  const weight = { low: 1, medium: 2, high: 3 };
  const worst = hits.map(([, hit]) => hit.risk).toSorted((a, b) => weight[b] - weight[a])[0];
  await answer(200, 'OK', {
    RiskLevel: worst ?? 'none',
    Result:
      hits.length === 0
        ? [{ Label: 'nonLabel', Description: '未检测出风险' }]
        : hits.map(([word, { label, risk }]) => ({
            Label: label,
            Description: '疑似违规内容',
            Confidence: 60 + 12 * weight[risk],
            RiskWords: word,
          })),
    ...(worst === 'high' && form.get('Service')?.startsWith('llm_query')
      ? { Advice: [{ Answer: '很抱歉，我无法回答这个问题。', HitLabel: hits[0][1].label }] }
      : {}),
  });
}
