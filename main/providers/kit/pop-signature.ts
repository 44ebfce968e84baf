/**
 * The signature of Alibaba's RPC-style APIs (POP), version 1.0 with HMAC-SHA1, as the page "Obtain a token using OpenAPI" of
 * Intelligent Speech Interaction specifies it: every parameter, percent-encoded by RFC 3986 and sorted by name, is signed.
 */
import { createHmac, randomUUID } from 'node:crypto';

export interface AccessKey {
  id: string;
  secret: string;
}

/** RFC 3986: also what `encodeURIComponent` leaves as it is. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/** `2019-04-18T08:32:31Z` */
export const popTimestamp = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19)}Z`;

/** All parameters, signed, as the body of a POST (`application/x-www-form-urlencoded`) or the query of a GET. */
export function signedPopForm(
  method: 'GET' | 'POST',
  parameters: Readonly<Record<string, string>>,
  accessKey: AccessKey,
  { nowMs = Date.now(), nonce = randomUUID() }: { nowMs?: number; nonce?: string } = {},
): string {
  const all: Record<string, string> = {
    Format: 'JSON',
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    ...parameters,
    AccessKeyId: accessKey.id,
    SignatureNonce: nonce,
    Timestamp: popTimestamp(nowMs),
  };
  const canonical = Object.keys(all)
    .sort()
    .map((name) => `${encoded(name)}=${encoded(all[name]!)}`)
    .join('&');
  const toSign = `${method}&${encoded('/')}&${encoded(canonical)}`;
  const signature = createHmac('sha1', `${accessKey.secret}&`).update(toSign).digest('base64');
  return `Signature=${encoded(signature)}&${canonical}`;
}
