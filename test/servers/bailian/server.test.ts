import assert from 'node:assert/strict';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { after, before, beforeEach, test } from 'node:test';
import { signedPopForm } from '../../../main/providers/kit/pop-signature.ts';
import { readFault } from './fault-words.ts';
import { wavHeader } from './files.ts';
import { type FakeBailian, startBailian } from './server.ts';

/** Answers are looked at, not relied on. */
type Json = ReturnType<typeof JSON.parse>;

const CHAT = '/compatible-mode/v1/chat/completions';
const GENERATION = '/api/v1/services/aigc/text-generation/generation';
const MULTIMODAL = '/api/v1/services/aigc/multimodal-generation/generation';
const EMBEDDINGS = '/api/v1/services/embeddings/text-embedding/text-embedding';
const FILM = '/api/v1/services/aigc/image2video/video-synthesis';
const CUSTOMIZATION = '/api/v1/services/audio/tts/customization';
const HELLO = [{ role: 'user', content: 'Hello' }];
const UUID = /^[0-9a-f-]{36}$/;

let server: FakeBailian;
before(async () => {
  server = await startBailian();
});
after(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  server.faults.clear();
  server.answers = null;
  server.limits.clear();
});

async function post(path: string, body: unknown, headers: Record<string, string> = {}) {
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

async function get(path: string) {
  const response = await fetch(server.httpUrl + path, { headers: { authorization: `Bearer ${server.key}` } });
  return (await response.json()) as Json;
}

const chat = (extra: Json = {}) => post(CHAT, { model: 'qwen-plus', messages: HELLO, ...extra });
const native = (parameters: Json, headers = { 'x-dashscope-sse': 'enable' }) =>
  post(GENERATION, { model: 'qwen-plus', input: { messages: HELLO }, parameters }, headers);

test('a native stream is id, event, status comment and data without a space, each with the usage so far; no [DONE]', async () => {
  server.answers = () => ({ pieces: ['Hi', ' there'] });
  const { text, type } = await native({ result_format: 'message', incremental_output: true });
  assert.equal(type, 'text/event-stream;charset=UTF-8');
  const id = /"request_id":"([^"]+)"/.exec(text)?.[1] ?? '';
  assert.match(id, UUID);
  const block = (n: number, content: string, finish: string, output: number) =>
    `id:${n}\nevent:result\n:HTTP_STATUS/200\ndata:{"output":{"choices":[{"message":{"content":"${content}","role":"assistant"},"finish_reason":"${finish}"}]},` +
    `"usage":{"input_tokens":5,"output_tokens":${output},"total_tokens":${5 + output},"prompt_tokens_details":{"cached_tokens":0}},"request_id":"${id}"}\n\n`;
  assert.equal(text, block(1, 'Hi', 'null', 1) + block(2, ' there', 'null', 2) + block(3, '', 'stop', 2));

  const cumulative = await native({ result_format: 'message' }, { accept: 'text/event-stream' } as never);
  assert.deepEqual(
    [...cumulative.text.matchAll(/"content":"([^"]*)"/g)].map((found) => found[1]),
    ['Hi', 'Hi there', 'Hi there'],
  );
});

test('a compatible stream is data chunks, the usage in one without choices, and [DONE]', async () => {
  server.answers = () => ({ pieces: ['Hi', ' there'] });
  const { text } = await chat({ stream: true, stream_options: { include_usage: true } });
  const frame =
    /^data: (\{"id":"chatcmpl-[0-9a-f-]{36}","object":"chat\.completion\.chunk","created":\d+,"model":"qwen-plus",)/.exec(
      text,
    )?.[1];
  assert.ok(frame, text);
  const chunk = (delta: string, finish: string) =>
    `data: ${frame}"choices":[{"index":0,"delta":${delta},"finish_reason":${finish}}],"usage":null,"system_fingerprint":null}\n\n`;
  assert.equal(
    text,
    chunk('{"content":"","role":"assistant"}', 'null') +
      chunk('{"content":"Hi"}', 'null') +
      chunk('{"content":" there"}', 'null') +
      chunk('{"content":""}', '"stop"') +
      `data: ${frame}"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":0}},"system_fingerprint":null}\n\n` +
      'data: [DONE]\n\n',
  );
  assert.doesNotMatch((await chat({ stream: true })).text, /completion_tokens/);
});

test('keys: missing, wrong, of another region, temporary until it ends; each dialect says it as recorded', async () => {
  const refused = await post(GENERATION, {}, { authorization: 'Bearer sk-wrong' });
  assert.equal(refused.status, 401);
  const { request_id, ...said } = refused.json();
  assert.match(request_id, UUID);
  assert.deepEqual(said, { code: 'InvalidApiKey', message: 'Invalid API-key provided.' });
  const compatible = await post(CHAT, {}, { authorization: 'Bearer sk-wrong' });
  assert.deepEqual(compatible.json().error, {
    message: 'Incorrect API key provided. ',
    type: 'invalid_request_error',
    param: null,
    code: 'invalid_api_key',
  });
  await using abroad = await startBailian({ region: 'singapore' });
  assert.equal((await post(CHAT, {}, { authorization: `Bearer ${abroad.key}` })).status, 401);
  assert.equal((await post(CHAT, {}, { authorization: `bearer ${server.key}` })).status, 400);

  const { token } = (await post('/api/v1/tokens?expire_in_seconds=60', undefined)).json();
  assert.match(token, /^st-/);
  const withToken = () => post(CHAT, { model: 'qwen-plus', messages: HELLO }, { authorization: `Bearer ${token}` });
  assert.equal((await withToken()).status, 200);
  server.advance(61_000);
  assert.equal((await withToken()).status, 401);
  assert.equal((await post('/api/v1/tokens?expire_in_seconds=1801', undefined)).json().code, 'InvalidParameter');
});

test('models: retired, unbought, of another address', async () => {
  const retired = await chat({ model: 'qwen-max' });
  assert.deepEqual([retired.status, retired.json().error.code], [404, 'model_not_found']);
  assert.deepEqual((await post(GENERATION, { model: 'qwen-turbo', input: {} })).json().code, 'ModelNotFound');
  server.context.unpurchased.add('qwen3-max');
  const unbought = await post(GENERATION, { model: 'qwen3-max', input: { messages: HELLO } });
  assert.deepEqual([unbought.status, unbought.json().code], [403, 'AccessDenied.Unpurchased']);
  for (const [path, model] of [
    [GENERATION, 'qwen3.6-plus'],
    [MULTIMODAL, 'qwen-plus'],
    [GENERATION, 'qwen3-tts-flash'],
  ]) {
    const { status, json } = await post(path, { model, input: { messages: HELLO } });
    assert.deepEqual([status, json().message], [400, 'url error, please check url！']);
  }
});

test('what is wrong in a request is refused: whole as 400, in a native stream inside HTTP 200', async () => {
  for (const [extra, words] of [
    [{ messages: [] }, /too short/],
    [{ messages: [{ role: 'user', content: '' }] }, /Content length must be greater than 0/],
    [{ messages: [{ role: 'robot', content: 'x' }] }, /Role must be/],
    [{ messages: [{ role: 'tool', content: 'x', tool_call_id: 'y' }] }, /preceeding message/],
    [{ temperature: 2 }, /temperature/],
    [{ max_tokens: 0 }, /Range of max_tokens/],
    [{ stream_options: { include_usage: true } }, /stream: true/],
    [{ enable_thinking: true }, /enable_thinking must be set to false/],
    [{ response_format: { type: 'json_object' } }, /must contain the word 'json'/],
    [{ response_format: { type: 'json_schema' } }, /name and a schema/],
    [{ tools: [{ type: 'function' }] }, /'name' is a required property/],
    [{ tool_choice: 'required' }, /\["none", "auto"\]/],
    [{ messages: [{ role: 'user', content: '违禁示例' }] }, /inappropriate content/],
  ] as [Json, RegExp][]) {
    const { status, json } = await chat(extra);
    assert.equal(status, 400, JSON.stringify(extra));
    assert.match(json().error.message, words);
  }
  const { status, text } = await post(
    GENERATION,
    { model: 'qwen-plus', input: { messages: [{ role: 'user', content: '' }] } },
    { 'x-dashscope-sse': 'enable' },
  );
  assert.equal(status, 200);
  const [, id] = /"request_id":"([^"]+)"/.exec(text) ?? [];
  assert.equal(
    text,
    `id:1\nevent:error\n:HTTP_STATUS/400\ndata:{"code":"InvalidParameter","message":"Role must be user or assistant and Content length must be greater than 0","request_id":"${id}"}\n\n`,
  );
});

test('an answer that trips inspection breaks off where it does', async () => {
  server.answers = () => ({ pieces: ['Fine. ', 'forbidden', '-sample', ' more'] });
  const { status, text } = await native({ result_format: 'message', incremental_output: true });
  assert.equal(status, 200);
  assert.match(
    text,
    /"content":"forbidden".*\n\nid:3\nevent:error\n:HTTP_STATUS\/400\ndata:\{"code":"DataInspectionFailed"/s,
  );
  assert.doesNotMatch(text, /more/);
  assert.match((await chat({ stream: true })).text, /"code":"data_inspection_failed"\},"request_id":"[^"]+"\}\n\n$/);
  assert.equal((await chat()).json().error.code, 'data_inspection_failed');
});

test('the writer answers what was asked: by schema, by tool, with thoughts, within max_tokens', async () => {
  const schema = {
    type: 'object',
    properties: {
      lines: {
        type: 'array',
        items: { type: 'object', properties: { text: { type: 'string' }, emotion: { enum: ['happy', 'sad'] } } },
      },
    },
  };
  const asked = [{ role: 'user', content: '你好！今天下雨了。' }];
  const response_format = { type: 'json_schema', json_schema: { name: 'lines', schema } };
  const { lines } = JSON.parse((await chat({ messages: asked, response_format })).json().choices[0].message.content);
  assert.deepEqual(
    lines.map((line: Json) => line.text),
    ['你好！', '今天下雨了。'],
  );
  assert.ok(lines.every((line: Json) => ['happy', 'sad'].includes(line.emotion)));

  const weather = {
    type: 'function',
    function: {
      name: 'get_weather',
      description: '查询天气',
      parameters: { type: 'object', properties: { city: { type: 'string' } } },
    },
  };
  const called = await chat({ messages: [{ role: 'user', content: '查询杭州天气' }], tools: [weather], stream: true });
  const deltas = [...called.text.matchAll(/^data: (\{.*\})$/gm)].map(([, data]) => JSON.parse(data).choices[0]);
  const calls = deltas.flatMap((choice) => choice.delta.tool_calls ?? []);
  assert.deepEqual([calls[0].function.name, calls[1].id], ['get_weather', '']);
  assert.deepEqual(JSON.parse(calls.map((one) => one.function.arguments).join('')), { city: '查询杭州天气' });
  assert.equal(deltas.at(-1).finish_reason, 'tool_calls');

  const { text } = await chat({ stream: true, enable_thinking: true, stream_options: { include_usage: true } });
  assert.match(text, /"delta":\{"content":null,"reasoning_content":"/);
  assert.match(text, /"reasoning_tokens":[1-9]/);
  const short = (await chat({ max_tokens: 3 })).json();
  assert.deepEqual([short.choices[0].finish_reason, short.usage.completion_tokens], ['length', 3]);
  const one = (await chat({ messages: [{ role: 'user', content: 'About tea' }] })).json().choices[0].message.content;
  assert.match(one, /tea/);
});

test('faults befall the next request of their surface, so often, and then no more', async () => {
  const { faults } = server;
  const streaming = { stream: true };
  faults.next('any', { kind: 'unauthorised' });
  assert.equal((await chat()).status, 401);
  faults.next(
    'chat',
    {
      kind: 'error',
      status: 429,
      code: 'Throttling.RateQuota',
      message: 'Requests rate limit exceeded, please try again later.',
    },
    2,
  );
  for (let i = 0; i < 2; i++) {
    const throttled = await chat();
    assert.deepEqual([throttled.status, throttled.json().error.code], [429, 'limit_requests']);
  }
  assert.equal((await chat()).status, 200);
  faults.next('embeddings', { kind: 'captive-portal' });
  assert.equal((await chat()).status, 200, 'another surface');
  assert.match((await post(EMBEDDINGS, {})).text, /^<!DOCTYPE html>/);
  faults.next('chat', { kind: 'wrong-content-type' });
  const gateway = await chat(streaming);
  assert.deepEqual([gateway.status, gateway.type], [200, 'text/plain']);
  faults.next('chat', {
    kind: 'error-event',
    code: 'InternalError.Algo',
    message: 'inference internal error',
    afterChunks: 2,
  });
  const inside = await chat(streaming);
  assert.equal(inside.status, 200);
  assert.equal([...inside.text.matchAll(/^data: /gm)].length, 3);
  assert.match(inside.text, /"code":"internal_error"/);
  faults.next('generation', { kind: 'error-event', code: 'InternalError', message: 'x', afterChunks: 1 });
  assert.match((await native({})).text, /\n\nid:2\nevent:error\n:HTTP_STATUS\/400\ndata:\{"code":"InternalError"/);
  faults.next('chat', { kind: 'malformed-json', afterChunks: 1 });
  const broken = (await chat(streaming)).text.trimEnd().split('\n\n');
  assert.equal(broken.length, 2);
  assert.throws(() => JSON.parse(broken[1].slice(6)), SyntaxError);
  faults.next('chat', { kind: 'idle-timeout' });
  assert.deepEqual((await chat()).json().error.code, 'RequestTimeOut');
  assert.equal((await chat()).status, 200);
});

/** Without fetch's own opinion of what a broken answer is. */
function raw(
  body: unknown,
): Promise<{ bytes: number; whole: boolean; status: number | undefined; leave(): void; ended: Promise<void> }> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest(
      server.httpUrl + CHAT,
      { method: 'POST', headers: { authorization: `Bearer ${server.key}` } },
      (answer: IncomingMessage) => {
        const state = {
          bytes: 0,
          whole: false,
          status: answer.statusCode,
          leave: () => asked.destroy(),
          ended: Promise.resolve(),
        };
        state.ended = new Promise((done) => answer.once('close', () => done()));
        answer.on('error', () => {});
        answer.on('data', (chunk: Buffer) => {
          state.bytes += chunk.length;
        });
        answer.on('end', () => {
          state.whole = true;
        });
        resolve(state);
      },
    );
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}

test('a cut is at its byte, a stall is for ever, and who leaves is noted', async () => {
  const body = { model: 'qwen-plus', messages: HELLO, stream: true };
  server.faults.next('chat', { kind: 'cut', afterBytes: 1000 });
  const cut = await raw(body);
  await cut.ended;
  assert.deepEqual([cut.bytes, cut.whole], [1000, false]);
  server.faults.next('chat', { kind: 'cut', afterBytes: 0 });
  await assert.rejects(raw(body));

  server.faults.next('chat', { kind: 'stall', afterChunks: 2 });
  const stalled = await raw(body);
  const noted = server.requests.at(-1)!;
  while (noted.lastByteAtMs === null) await new Promise(setImmediate);
  assert.deepEqual([stalled.status, noted.end], [200, null]);
  stalled.leave();
  await stalled.ended;
  while (noted.end === null) await new Promise(setImmediate);

  server.timing.betweenMs = 20;
  const left = await raw(body);
  left.leave();
  await left.ended;
  const one = server.requests.at(-1)!;
  while (one.end === null) await new Promise((resolve) => setTimeout(resolve, 5));
  server.timing.betweenMs = 0;
  assert.equal(one.end, 'aborted');
});

test('chance is the same for the same seed, and about as often as it should be', async () => {
  const draw = (seed: number) => {
    server.faults.random(seed, 0.3);
    return Array.from({ length: 500 }, () => server.faults.take('chat')?.kind ?? '-');
  };
  const first = draw(1);
  assert.deepEqual(draw(1), first);
  assert.notDeepEqual(draw(2), first);
  const hit = first.filter((kind) => kind !== '-').length;
  assert.ok(hit > 110 && hit < 190, `${hit} of 500`);
});

test('a limit answers 429 in a burst and over the minute', async () => {
  server.limits.set('rerank', 120);
  const ask = () => post('/compatible-api/v1/reranks', { model: 'qwen3-rerank', query: 'a', documents: ['a'] });
  const statuses = (await Promise.all([ask(), ask(), ask()])).map((answer) => answer.status);
  assert.deepEqual(statuses.toSorted(), [200, 200, 429]);
});

test('embeddings: what means the same lies near; dimensions, batches and lengths are refused as recorded', async () => {
  const texts = ['这件衣服多少钱？', '请问这件衣服要多少钱', '什么时候发货'];
  const answer = (
    await post(EMBEDDINGS, { model: 'text-embedding-v4', input: { texts }, parameters: { dimension: 256 } })
  ).json();
  const [a, b, c] = answer.output.embeddings.map((entry: Json) => entry.embedding as number[]);
  const cosine = (x: number[], y: number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  assert.equal(a.length, 256);
  assert.ok(Math.abs(cosine(a, a) - 1) < 1e-9);
  assert.ok(cosine(a, b) > 0.95 && cosine(a, c) < 0.2, `${cosine(a, b)} ${cosine(a, c)}`);
  const compatible = (
    await post('/compatible-mode/v1/embeddings', { model: 'text-embedding-v4', input: texts[0], dimensions: 256 })
  ).json();
  assert.deepEqual(compatible.data[0].embedding, a);

  const many = await post(EMBEDDINGS, { model: 'text-embedding-v4', input: { texts: Array(11).fill('x') } });
  assert.match(many.json().message, /batch size is invalid, it should not be larger than 10/);
  for (const [input, parameters] of [
    [{ texts: ['x'] }, { dimension: 100 }],
    [{ texts: ['字 '.repeat(8200)] }, {}],
    [{ texts: [] }, {}],
    [{ texts: ['x'] }, { text_type: 'other' }],
  ]) {
    assert.equal((await post(EMBEDDINGS, { model: 'text-embedding-v4', input, parameters })).status, 400);
  }
});

test('rerank puts what answers first', async () => {
  const documents = [
    'Our shop opens at nine.',
    'Parcels leave within two days of the order.',
    'The dress costs 99 yuan.',
  ];
  const native = (
    await post('/api/v1/services/rerank/text-rerank/text-rerank', {
      model: 'gte-rerank-v2',
      input: { query: 'what does the dress cost', documents },
      parameters: { top_n: 2, return_documents: true },
    })
  ).json();
  assert.equal(native.output.results.length, 2);
  assert.deepEqual([native.output.results[0].index, native.output.results[0].document.text], [2, documents[2]]);
  const flat = (
    await post('/compatible-api/v1/reranks', { model: 'qwen3-rerank', query: 'when does the shop open', documents })
  ).json();
  assert.equal(flat.results[0].index, 0);
  assert.equal(
    (await post('/compatible-api/v1/reranks', { model: 'qwen3-rerank', query: 'x', documents: Array(501).fill('y') }))
      .status,
    400,
  );
});

test('a voice of Qwen speaks: events of base64 sound, and the same sound behind a link that dies', async () => {
  const body = { model: 'qwen3-tts-flash', input: { text: '你好，世界。', voice: 'Cherry', language_type: 'Chinese' } };
  const { text } = await post(MULTIMODAL, body, { 'x-dashscope-sse': 'enable' });
  const events = [...text.matchAll(/^data:(.*)$/gm)].map(([, data]) => JSON.parse(data) as Json);
  const sound = Buffer.concat(events.map((event) => Buffer.from(event.output.audio.data, 'base64')));
  assert.ok(sound.length > 24_000, `${sound.length} bytes`);
  const { url } = events.at(-1)!.output.audio;
  const wav = Buffer.from(await (await fetch(url)).arrayBuffer());
  assert.ok(wav.subarray(44).equals(sound));
  assert.equal((await post(MULTIMODAL, body)).json().usage.characters, 6);
  server.advance(25 * 3600_000);
  assert.equal((await fetch(url)).status, 403);
  for (const input of [
    { text: 'x', voice: 'Nobody' },
    { text: '字'.repeat(601), voice: 'Cherry' },
    { text: '', voice: 'Cherry' },
  ]) {
    assert.equal((await post(MULTIMODAL, { model: 'qwen3-tts-flash', input })).status, 400);
  }
});

const upload = async (model: string, bytes: Uint8Array<ArrayBuffer>, change: (form: FormData) => void = () => {}) => {
  const { data } = await get(`/api/v1/uploads?action=getPolicy&model=${model}`);
  const key = `${data.upload_dir}/file`;
  const form = new FormData();
  form.set('OSSAccessKeyId', data.oss_access_key_id);
  form.set('Signature', data.signature);
  form.set('policy', data.policy);
  form.set('x-oss-object-acl', data.x_oss_object_acl);
  form.set('x-oss-forbid-overwrite', data.x_oss_forbid_overwrite);
  form.set('key', key);
  form.set('success_action_status', '200');
  change(form);
  form.append('file', new Blob([bytes]));
  const { status } = await fetch(data.upload_host, { method: 'POST', body: form });
  return { status, url: `oss://${key}` };
};

/** So many ms of a hum that is loud enough. */
function hum(ms: number, rate = 24_000): Uint8Array<ArrayBuffer> {
  const pcm = Int16Array.from({ length: (ms * rate) / 1000 }, (_, i) => 8000 * Math.sin(i / 20));
  return new Uint8Array(Buffer.concat([wavHeader(pcm.byteLength, rate), Buffer.from(pcm.buffer)]));
}

test('uploads are taken by their policy alone', async () => {
  assert.equal((await upload('liveportrait', hum(100))).status, 200);
  for (const [name, value] of [
    ['Signature', 'bm8='],
    ['key', 'elsewhere/file'],
    ['x-oss-object-acl', 'public-read'],
    ['OSSAccessKeyId', 'LTAIother'],
  ]) {
    assert.equal((await upload('liveportrait', hum(100), (form) => form.set(name, value))).status, 403, name);
  }
  assert.equal((await upload('liveportrait', hum(100), (form) => form.append('file', new Blob(['x'])))).status, 200);
  assert.equal((await get('/api/v1/uploads?action=getPolicy&model=nothing')).code, 'ModelNotFound');
});

async function settled(id: string): Promise<Json> {
  for (;;) {
    const answer = await get(`/api/v1/tasks/${id}`);
    if (!/PENDING|RUNNING|PROCESSING/.test(answer.output.task_status)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a film is a task: refused without its headers, one at a time, cancelled while it waits, made of what was sent, forgotten after a day', async () => {
  const { default: sharp } = await import('sharp');
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const picture = async (widthPx: number) =>
    new Uint8Array(
      await sharp({ create: { width: widthPx, height: 512, channels: 3, background: '#888', noise } })
        .png()
        .toBuffer(),
    );
  const [person, sound] = [await upload('liveportrait', await picture(512)), await upload('liveportrait', hum(1500))];
  const body = {
    model: 'liveportrait',
    input: { image_url: person.url, audio_url: sound.url },
    parameters: { video_fps: 24 },
  };
  const both = { 'x-dashscope-async': 'enable', 'x-dashscope-ossresourceresolve': 'enable' };
  const submit = async (it: Json, headers: Record<string, string> = both) => (await post(FILM, it, headers)).json();

  assert.deepEqual((await submit(body, {})).code, 'AccessDenied');
  assert.equal((await submit({ ...body, parameters: { video_fps: 60 } })).code, 'InvalidParameter');
  assert.equal((await submit({ ...body, input: { image_url: person.url } })).code, 'InvalidParameter');

  const film = await submit(body);
  const waiting = await submit(body);
  assert.equal(film.output.task_status, 'PENDING');
  await post(`/api/v1/tasks/${waiting.output.task_id}/cancel`, {});
  const made = await settled(film.output.task_id);
  assert.equal(made.output.task_status, 'SUCCEEDED', JSON.stringify(made));
  assert.ok(Math.abs(made.usage.video_duration - 1.5) < 0.05);
  const bytes = Buffer.from(await (await fetch(made.output.results.video_url)).arrayBuffer());
  assert.equal(bytes.toString('latin1', 4, 8), 'ftyp');
  assert.equal((await settled(waiting.output.task_id)).output.task_status, 'CANCELED');
  const late = await post(`/api/v1/tasks/${film.output.task_id}/cancel`, {});
  assert.deepEqual([late.status, late.json().code], [400, 'UnsupportedOperation']);

  for (const [it, headers, code] of [
    [body, { 'x-dashscope-async': 'enable' }, 'InvalidURL'],
    [{ ...body, input: { image_url: sound.url, audio_url: sound.url } }, both, 'InvalidFile.Format'],
    [
      { ...body, input: { ...body.input, audio_url: (await upload('liveportrait', hum(500))).url } },
      both,
      'InvalidFile.Duration',
    ],
    [
      { ...body, input: { ...body.input, image_url: (await upload('wan2.2-s2v', hum(500))).url } },
      both,
      'InvalidURL.NoSuchKey',
    ],
    [
      { ...body, input: { ...body.input, image_url: (await upload('liveportrait', await picture(2000))).url } },
      both,
      'InvalidFile.Resolution',
    ],
  ] as [Json, Record<string, string>, string][]) {
    const { output } = await settled((await submit(it, headers)).output.task_id);
    assert.deepEqual([output.task_status, output.code], ['FAILED', code]);
  }
  server.faults.next('tasks', { kind: 'error-event', code: 'InternalError.Algo', message: 'no', afterChunks: 0 });
  assert.equal((await settled((await submit(body)).output.task_id)).output.code, 'InternalError.Algo');

  const listed = await get('/api/v1/tasks?status=FAILED&page_size=2');
  assert.deepEqual([listed.total, listed.data.length, listed.total_page], [6, 2, 3]);
  const detected = await post(
    '/api/v1/services/aigc/image2video/face-detect',
    { model: 'liveportrait-detect', input: { image_url: person.url } },
    both,
  );
  assert.deepEqual(detected.json().output, { pass: true, message: 'success' });
  server.advance(25 * 3600_000);
  const forgotten = await get(`/api/v1/tasks/${film.output.task_id}`);
  assert.deepEqual(forgotten.output, { task_id: film.output.task_id, task_status: 'UNKNOWN' });
  assert.equal((await fetch(made.output.results.video_url)).status, 403);
});

test('voices are enrolled, waited for, listed and deleted; sound that no voice can be made of is refused with 430', async () => {
  const act = (input: Json, model = 'voice-enrollment') =>
    post(CUSTOMIZATION, { model, input }, { 'x-dashscope-ossresourceresolve': 'enable' });
  const sent = async (bytes: Uint8Array<ArrayBuffer>) => (await upload('voice-enrollment', bytes)).url;
  const create = { action: 'create_voice', target_model: 'cosyvoice-v3-flash', prefix: 'anna' };
  const made = (await act({ ...create, url: await sent(hum(12_000)) })).json().output.voice_id;
  assert.match(made, /^cosyvoice-v3-flash-anna-/);
  const query = async () => (await act({ action: 'query_voice', voice_id: made })).json().output.status;
  let status = await query();
  while (status === 'DEPLOYING') status = await query();
  assert.equal(status, 'OK');
  assert.deepEqual(
    (await act({ action: 'list_voice', prefix: 'anna' })).json().output.voice_list.map((voice: Json) => voice.voice_id),
    [made],
  );
  assert.equal((await act({ action: 'delete_voice', voice_id: made })).status, 200);
  assert.equal((await act({ action: 'query_voice', voice_id: made })).json().code, 'BadRequest.ResourceNotExist');

  for (const [bytes, status, code] of [
    [hum(12_000, 8000), 430, 'Audio.AudioRateError'],
    [hum(2000), 400, 'Audio.AudioShortError'],
    [new Uint8Array(Buffer.concat([wavHeader(480_000, 24_000), Buffer.alloc(480_000)])), 430, 'Audio.AudioSilentError'],
    [new Uint8Array(Buffer.from('no sound at all')), 430, 'Audio.DecoderError'],
    [new Uint8Array(11 << 20), 430, 'Audio.FileSizeExceed'],
  ] as [Uint8Array<ArrayBuffer>, number, string][]) {
    const refused = await act({ ...create, url: await sent(bytes) });
    assert.deepEqual([refused.status, refused.json().code], [status, code]);
  }
  assert.equal(
    (await act({ ...create, prefix: 'much-too-long-a-name', url: 'http://127.0.0.1:9/x' })).json().code,
    'InvalidParameter',
  );

  const data = `data:audio/wav;base64,${Buffer.from(hum(5000)).toString('base64')}`;
  const qwen = (input: Json) => act(input, 'qwen-voice-enrollment');
  const own = (
    await qwen({ action: 'create', target_model: 'qwen3-tts-vc-2026-01-22', preferred_name: 'anna', audio: { data } })
  ).json().output;
  const say = (model: string) => post(MULTIMODAL, { model, input: { text: '你好。', voice: own.voice } });
  assert.equal((await say('qwen3-tts-vc-2026-01-22')).status, 200);
  assert.equal((await say('qwen3-tts-flash')).status, 400, 'a clone speaks with its own model alone');
});

test('hot words are kept in lists', async () => {
  const act = async (input: Json) =>
    (await post('/api/v1/services/audio/asr/customization', { model: 'speech-biasing', input })).json();
  const create = { action: 'create_vocabulary', target_model: 'fun-asr-realtime', prefix: 'demo' };
  const { vocabulary_id } = (await act({ ...create, vocabulary: [{ text: '小慧', weight: 4 }] })).output;
  assert.deepEqual((await act({ action: 'query_vocabulary', vocabulary_id })).output.vocabulary, [
    { text: '小慧', weight: 4 },
  ]);
  assert.equal((await act({ ...create, vocabulary: [{ text: '字'.repeat(16), weight: 4 }] })).code, 'InvalidParameter');
  assert.equal((await act({ ...create, vocabulary: [{ text: '小慧', weight: 6 }] })).code, 'InvalidParameter');
});

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

test('faults can be said in words', () => {
  assert.deepEqual(readFault('any=error:429:Throttling.RateQuota:Slow down: now'), {
    surface: 'any',
    fault: { kind: 'error', status: 429, code: 'Throttling.RateQuota', message: 'Slow down: now' },
  });
  assert.deepEqual(readFault('tts-task=words:duplicate').fault, { kind: 'words', mode: 'duplicate' });
  assert.deepEqual(readFault('chat=error-event:2:InternalError').fault, {
    kind: 'error-event',
    afterChunks: 2,
    code: 'InternalError',
    message: 'InternalError',
  });
  for (const words of ['chat', 'nowhere=cut:1', 'chat=cut', 'chat=cut:-1', 'chat=unauthorised:1', 'chat=words:none']) {
    assert.throws(() => readFault(words), RangeError, words);
  }
});
