/** Short-lived keys; and upload policies with the object storage that takes the uploads and gives the results. */
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { HttpCall } from './http-call.ts';
import type { HttpRoute } from './http-route.ts';
import { modelNamed } from './models.ts';
import { invalidParameter, Refused } from './refusal.ts';

const MAX_UPLOAD_MB = 100;
const POLICY_SECONDS = 300;
/** Signs the policies of this process. */
const ossSecret = randomBytes(20).toString('hex');

export const accountRoutes: readonly HttpRoute[] = [
  {
    methods: ['POST'],
    path: /^\/api\/v1\/tokens$/,
    dialect: 'native',
    surface: () => 'tokens',
    takes: 'json',
    serve: token,
  },
  {
    methods: ['GET'],
    path: /^\/api\/v1\/uploads$/,
    dialect: 'native',
    surface: () => 'uploads',
    takes: 'json',
    serve: policy,
  },
  {
    methods: ['POST'],
    path: /^\/oss\/?$/,
    dialect: 'native',
    surface: () => 'uploads',
    takes: 'bytes',
    keyed: false,
    serve: upload,
  },
  {
    methods: ['GET'],
    path: /^\/oss\/(results\/.+)$/,
    dialect: 'native',
    surface: () => 'tasks',
    takes: 'bytes',
    keyed: false,
    serve: download,
  },
];

async function token(call: HttpCall): Promise<void> {
  const asked = call.url.searchParams.get('expire_in_seconds') ?? '60';
  const seconds = Number(asked);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 1800) {
    throw invalidParameter('Range of expire_in_seconds should be [1, 1800]');
  }
  if (call.header('authorization')?.includes(' st-'))
    throw new Refused(401, 'InvalidApiKey', 'Invalid API-key provided.');
  await call.reply(call.context.issueTemporaryKey(seconds));
}

async function policy(call: HttpCall): Promise<void> {
  const { context, url } = call;
  if (url.searchParams.get('action') !== 'getPolicy')
    throw invalidParameter("The 'action' parameter must be 'getPolicy'.");
  // Voices are enrolled with an upload too.
  const name = url.searchParams.get('model');
  if (name !== 'voice-enrollment' && name !== 'qwen-voice-enrollment') modelNamed(context, name, 'native');
  const uploadDir = `dashscope-instant/${randomUUID().slice(0, 8)}/${new Date(context.nowMs()).toISOString().slice(0, 10)}/${randomUUID()}`;
  const document = {
    expiration: new Date(context.nowMs() + POLICY_SECONDS * 1000).toISOString(),
    conditions: [
      ['content-length-range', 0, MAX_UPLOAD_MB * 1024 * 1024],
      ['starts-with', '$key', uploadDir],
      { 'x-oss-object-acl': 'private' },
      { 'x-oss-forbid-overwrite': 'true' },
      { model: name },
    ],
  };
  const encoded = Buffer.from(JSON.stringify(document)).toString('base64');
  await call.reply({
    request_id: call.requestId,
    data: {
      policy: encoded,
      signature: signed(encoded),
      upload_dir: uploadDir,
      upload_host: `${context.origin}/oss`,
      expire_in_seconds: POLICY_SECONDS,
      max_file_size_mb: MAX_UPLOAD_MB,
      capacity_limit_mb: 999_999_999,
      oss_access_key_id: 'LTAIlocal',
      x_oss_object_acl: 'private',
      x_oss_forbid_overwrite: 'true',
    },
  });
}

const signed = (encoded: string) => createHmac('sha1', ossSecret).update(encoded).digest('base64');

async function upload(call: HttpCall): Promise<void> {
  const { context } = call;
  const deny = (status: number, code: string, message: string) =>
    call.send(xml(code, message, call.requestId), status, 'application/xml');
  let form: FormData;
  try {
    const headers = { 'content-type': call.header('content-type') ?? '' };
    form = await new Response(new Uint8Array(call.bytes), { headers }).formData();
  } catch {
    return deny(400, 'MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.');
  }
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : null;
  };
  const encoded = field('policy');
  if (field('OSSAccessKeyId') !== 'LTAIlocal')
    return deny(403, 'InvalidAccessKeyId', 'The OSS Access Key Id you provided does not exist in our records.');
  if (encoded === null || field('Signature') !== signed(encoded)) {
    return deny(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    );
  }
  const document = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as {
    expiration: string;
    conditions: [[string, number, number], [string, string, string], object, object, { model: string }];
  };
  const refuse = (message: string) => deny(403, 'AccessDenied', `Invalid according to Policy: ${message}`);
  if (Date.parse(document.expiration) <= context.nowMs()) return refuse('Policy expired.');
  const key = field('key') ?? '';
  const [[, , most], [, , directory], , , { model }] = document.conditions;
  if (!key.startsWith(`${directory}/`))
    return refuse(`Policy Condition failed: ["starts-with", "$key", "${directory}"]`);
  for (const [name, value] of [
    ['x-oss-object-acl', 'private'],
    ['x-oss-forbid-overwrite', 'true'],
  ] as const) {
    if (field(name) !== value) return refuse(`Policy Condition failed: ["eq", "$${name}", "${value}"]`);
  }
  const file = form.get('file');
  if (!(file instanceof Blob))
    return deny(400, 'InvalidArgument', 'POST requires exactly one file upload per request.');
  if ([...form.keys()].at(-1) !== 'file')
    return deny(400, 'InvalidArgument', 'The file must be the last field of the form.');
  if (file.size > most) return deny(400, 'EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size.');
  if (context.files.has(key))
    return deny(409, 'FileAlreadyExists', 'The object you specified already exists and can not be overwritten.');
  context.files.upload(key, new Uint8Array(await file.arrayBuffer()), file.type, model);
  await call.send('', field('success_action_status') === '200' ? 200 : 204, 'text/plain');
}

async function download(call: HttpCall): Promise<void> {
  const file = call.context.files.get(call.parts[0]);
  if (file === null)
    return call.send(xml('NoSuchKey', 'The specified key does not exist.', call.requestId), 404, 'application/xml');
  if (file === 'expired')
    return call.send(xml('AccessDenied', 'Request has expired.', call.requestId), 403, 'application/xml');
  await call.send(file.bytes, 200, file.type);
}

function xml(code: string, message: string, requestId: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>${code}</Code>\n  <Message>${message}</Message>\n  <RequestId>${requestId}</RequestId>\n  <HostId>dashscope-instant.oss-cn-beijing.aliyuncs.com</HostId>\n</Error>\n`;
}
