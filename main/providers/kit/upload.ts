/**
 * A file of this machine as a URL that Bailian's models can read: `oss://…`, good for 48 h, for one model and the same account.
 * https://help.aliyun.com/zh/model-studio/get-temporary-file-url. Requests that name one carry {@link RESOLVE_OSS}.
 */
import { randomUUID } from 'node:crypto';
import type { BailianEndpoint } from './endpoint.ts';
import { cloudError } from './failures.ts';
import { readText, request, requestJson } from './http.ts';
import { asRecord, numberIn, stringIn } from './web-socket.ts';

export const RESOLVE_OSS = { 'X-DashScope-OssResourceResolve': 'enable' } as const;

export interface UploadedFile {
  name: string;
  mediaType: string;
  bytes: Uint8Array;
}

const POLICY_TIMEOUTS = { firstByteMs: 10_000, betweenBytesMs: 10_000 };
/** The store answers when it has all of it. */
const UPLOAD_TIMEOUTS = { firstByteMs: 300_000, betweenBytesMs: 10_000 };
const MB = 1024 * 1024;

/** @throws StudioError of `cloud.*`; whatever `signal` was aborted with */
export async function uploadFile(
  endpoint: BailianEndpoint,
  model: string,
  file: UploadedFile,
  signal: AbortSignal,
): Promise<string> {
  const { provider, region } = endpoint;
  const about = { model, region };
  const answer = await requestJson(
    {
      ...{ provider, about, headers: await endpoint.headers(signal), timeouts: POLICY_TIMEOUTS },
      url: endpoint.nativeUrl(`/uploads?action=getPolicy&model=${encodeURIComponent(model)}`),
    },
    signal,
  );
  const policy = asRecord(asRecord(answer).data);
  const field = (name: string): string => {
    const value = stringIn(policy[name]);
    if (value === undefined) throw cloudError('cloud.bad-answer', { provider, detail: `no ${name}` });
    return value;
  };
  const limitMb = numberIn(policy.max_file_size_mb);
  if (limitMb !== undefined && file.bytes.length > limitMb * MB)
    throw cloudError('cloud.too-long', { provider, limit: limitMb, unit: 'MB' });
  const key = `${field('upload_dir').replace(/\/+$/, '')}/${safeName(file.name)}`;
  const form = multipart(
    {
      OSSAccessKeyId: field('oss_access_key_id'),
      Signature: field('signature'),
      policy: field('policy'),
      'x-oss-object-acl': field('x_oss_object_acl'),
      'x-oss-forbid-overwrite': field('x_oss_forbid_overwrite'),
      key,
      success_action_status: '200',
    },
    { ...file, name: safeName(file.name) },
  );
  const stored = await request(
    {
      ...{ provider, about, method: 'POST', url: field('upload_host'), expects: 'any', timeouts: UPLOAD_TIMEOUTS },
      ...{ headers: { 'Content-Type': form.contentType }, body: form.body },
    },
    signal,
  );
  await readText(stored.body);
  return `oss://${key}`;
}

/** A name that any store takes; what the person called the file is nobody's business there. */
function safeName(name: string): string {
  const ending = /\.[a-z0-9]{1,8}$/i.exec(name)?.[0].toLowerCase() ?? '';
  return `file${ending}`;
}

function multipart(
  fields: Readonly<Record<string, string>>,
  file: UploadedFile,
): { contentType: string; body: Uint8Array } {
  const boundary = `----shenghua${randomUUID().replaceAll('-', '')}`;
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  // The file comes last: the store reads no field after it.
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.name}"\r\nContent-Type: ${file.mediaType}\r\n\r\n`;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([Buffer.from(parts.join('') + head), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
