/** For tests of the local Bailian itself: one server a file, and requests as anybody would send them. */
import { after, before, beforeEach } from 'node:test';
import { type FakeBailian, startBailian } from './server.ts';

/** Answers are looked at, not relied on. */
export type Json = ReturnType<typeof JSON.parse>;

export const CHAT = '/compatible-mode/v1/chat/completions';
export const GENERATION = '/api/v1/services/aigc/text-generation/generation';
export const MULTIMODAL = '/api/v1/services/aigc/multimodal-generation/generation';
export const EMBEDDINGS = '/api/v1/services/embeddings/text-embedding/text-embedding';
export const HELLO = [{ role: 'user', content: 'Hello' }];
export const UUID = /^[0-9a-f-]{36}$/;

export let server: FakeBailian;

before(async () => {
  server = await startBailian();
});
after(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  server.faults.clear();
  server.answers = null;
  server.limits.clear();
});

export async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(server.httpUrl + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    type: response.headers.get('content-type'),
    json: (): Json => JSON.parse(text),
  };
}

export async function get(path: string) {
  const response = await fetch(server.httpUrl + path, { headers: { authorization: `Bearer ${server.key}` } });
  return (await response.json()) as Json;
}

export const chat = (extra: Json = {}) => post(CHAT, { model: 'qwen-plus', messages: HELLO, ...extra });
export const native = (parameters: Json, headers = { 'x-dashscope-sse': 'enable' }) =>
  post(GENERATION, { model: 'qwen-plus', input: { messages: HELLO }, parameters }, headers);
