/** What servers other than Bailian do in their own ways, on the wire as they send it. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { StudioError } from '../../../../app/errors/index.ts';
import type { ChatEvent, ChatRequest } from '../../../engine/ports/llm.ts';
import { createOpenAiServer } from './index.ts';

const never = new AbortController().signal;
type Reply = { status?: number; type?: string; body: string };
const json = (status: number, body: object): Reply => ({
  status,
  type: 'application/json',
  body: JSON.stringify(body),
});
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'x', model: 'local', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';

/** Replies one after the other, the last again and again. */
async function talk(t: TestContext, replies: Reply[], more: Partial<ChatRequest> = {}, times = 1) {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const reply = replies[Math.min(bodies.length, replies.length - 1)]!;
    bodies.push(JSON.parse(body) as Record<string, unknown>);
    response.writeHead(reply.status ?? 200, { 'content-type': reply.type ?? 'text/event-stream' }).end(reply.body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const provider = createOpenAiServer(
    {
      id: 'local',
      name: 'Local',
      baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`,
      model: 'local',
    },
    async () => '',
  );
  t.after(async () => {
    await provider.dispose();
    server.closeAllConnections();
    server.close();
  });
  const events: ChatEvent[] = [];
  let error: unknown = null;
  try {
    for (let i = 0; i < times; i++)
      for await (const event of provider.chat(
        { model: null, messages: [{ role: 'user', content: 'hi' }], ...more },
        never,
      ))
        events.push(event);
  } catch (caught) {
    error = caught;
  }
  const all = (type: 'text' | 'thinking'): string =>
    events.flatMap((event) => (event.type === type ? [event.text] : [])).join('');
  return { provider, bodies, events, error: error as StudioError | null, text: all('text'), thinking: all('thinking') };
}

test('a stream that ends without [DONE] is whole if it said why it ends, and cut off if it did not', async (t) => {
  const whole = await talk(t, [{ body: chunk({ content: 'Hello.' }) + chunk({}, 'stop') }]);
  assert.equal(whole.events.at(-1)?.type, 'done');
  const cut = await talk(t, [{ body: chunk({ content: 'Hello' }) }]);
  assert.equal(cut.error?.code, 'cloud.cut-off');
  assert.equal(cut.text, 'Hello');
  const half = await talk(t, [{ body: `${chunk({ content: 'Hello' })}data: {"choices":[{"del` }]);
  assert.equal(half.error?.code, 'cloud.cut-off');
  assert.equal((await talk(t, [{ body: '' }])).error?.code, 'cloud.cut-off');
});

test('thoughts between tags are not said, however the tags are split', async (t) => {
  const said = '<think>\nLet me see. 1 < 2 </thin>\n</think>\n\nHello <b>you</b>!';
  for (const size of [1, 3, 100]) {
    const pieces = said.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
    const { text, thinking } = await talk(t, [{ body: pieces.map((content) => chunk({ content })).join('') + DONE }]);
    assert.equal(text, 'Hello <b>you</b>!');
    assert.equal(thinking.trim(), 'Let me see. 1 < 2 </thin>');
  }
  assert.equal((await talk(t, [{ body: chunk({ content: '<thi' }) + DONE }])).text, '<thi');
  assert.equal(
    (await talk(t, [{ body: chunk({ reasoning: 'Hm.' }) + chunk({ content: 'Yes' }) + DONE }])).thinking,
    'Hm.',
  );
});

test('calls of tools come whole, in pieces, without index, id or arguments', async (t) => {
  const call = (name: string, given?: unknown, more: object = {}): object => ({
    ...more,
    type: 'function',
    function: { name, ...(given === undefined ? {} : { arguments: given }) },
  });
  const { events } = await talk(t, [
    {
      body:
        chunk({ tool_calls: [call('one', '{"a":1}', { id: 'i1' }), call('two', { b: 2 }, { id: 'i2' })] }) +
        chunk({ tool_calls: [call('three', '{"c"', { id: 'i3' })] }) +
        chunk({ tool_calls: [{ function: { arguments: ':3}' } }] }) +
        chunk({ tool_calls: [call('four', undefined, { index: 9 })] }, 'stop') +
        DONE,
    },
  ]);
  const calls = events.flatMap((event) => (event.type === 'tool-call' ? [event.call] : []));
  assert.deepEqual(
    calls.map((each) => [each.id, each.name, each.arguments]),
    [
      ['i1', 'one', '{"a":1}'],
      ['i2', 'two', '{"b":2}'],
      ['i3', 'three', '{"c":3}'],
      ['call_9', 'four', '{}'],
    ],
  );
  assert.ok(events.at(-1)?.type === 'done' && (events.at(-1) as { reason: string }).reason === 'tool-calls');
});

test('an answer that is not streamed is an answer; an error of any shape is an error', async (t) => {
  const whole = json(200, {
    model: 'm',
    choices: [{ message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }],
  });
  assert.equal((await talk(t, [whole])).text, 'Hi.');
  const cases: [Reply, string][] = [
    [json(200, { error: 'model "x" not found' }), 'cloud.model-gone'],
    [json(200, { error: { message: 'no memory', code: 500, type: 'oom' } }), 'cloud.server-error'],
    [
      { body: `${chunk({ content: 'a' })}data: {"error":{"message":"overloaded","type":"overloaded_error"}}\n\n` },
      'cloud.server-error',
    ],
    [
      {
        body: `${chunk({ content: 'a' })}event: error\ndata: {"code":"InternalError","message":"x","request_id":"1"}\n\n`,
      },
      'cloud.server-error',
    ],
    [{ body: 'data: "words"\n\n' }, 'cloud.bad-answer'],
    [{ type: 'text/plain', body: 'no healthy upstream' }, 'cloud.bad-answer'],
  ];
  for (const [reply, code] of cases) assert.equal((await talk(t, [reply])).error?.code, code, reply.body);
  const filtered = await talk(t, [{ body: chunk({ content: 'a' }) + chunk({}, 'content_filter') + DONE }]);
  assert.deepEqual(filtered.events.at(-1), { type: 'withdrawn', code: 'content_filter' });
  assert.equal(filtered.error?.code, 'cloud.unsafe-text');
});

test('what a model does not take is left out, and not tried again with each question', async (t) => {
  const no = (name: string): Reply =>
    json(400, { error: { message: `Unrecognized request argument: ${name}`, type: 'invalid_request_error' } });
  const good = { body: chunk({ content: '{}' }) + chunk({}, 'stop') + DONE };
  const asked = { thinking: false, seed: 3, schema: { name: 's', schema: { type: 'object' } } };
  const replies = [
    no('stream_options'),
    no('chat_template_kwargs'),
    no('response_format.json_schema'),
    no('seed'),
    good,
  ];
  const { bodies, error } = await talk(t, replies, asked, 2);
  assert.equal(error, null);
  assert.equal(bodies.length, 6);
  for (const body of bodies.slice(4)) {
    assert.deepEqual(Object.keys(body).sort(), ['messages', 'model', 'response_format', 'stream']);
    assert.deepEqual(body.response_format, { type: 'json_object' });
    assert.match(JSON.stringify(body.messages), /JSON Schema/);
  }
  const hopeless = await talk(t, [no('messages')], asked);
  assert.equal(hopeless.error?.code, 'cloud.bad-request');
  assert.equal(hopeless.bodies.length, 1);
});

test('is told to be of this machine or not by its address', async (t) => {
  assert.equal((await talk(t, [{ body: DONE }])).provider.runs, 'local');
  const far = createOpenAiServer(
    { id: 'far', name: '', baseUrl: 'https://api.example.com/v1', model: 'm' },
    async () => '',
  );
  assert.equal(far.runs, 'cloud');
});
