import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chat, GENERATION, type Json, native, post, server, UUID } from './asking.fixture.ts';

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
