import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SseEvent, serverSentEvents } from './sse.ts';

async function* split(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
async function read(bytes: AsyncIterable<Uint8Array>): Promise<SseEvent[]> {
  const events: SseEvent[] = [];
  for await (const event of serverSentEvents(bytes, 'Bailian')) events.push(event);
  return events;
}
const parse = (text: string, size: number): Promise<SseEvent[]> => read(split(text, size));

test('reads both styles of vendors, however they are split and whatever ends their lines', async () => {
  const native =
    'id:1\nevent:result\n:HTTP_STATUS/200\ndata:{"text":"你好，😀"}\n\nid:1\nevent:error\n:HTTP_STATUS/400\ndata:{"code":"InvalidParameter"}\n\n';
  const compatible = ': keep-alive\n\ndata: {"a":1}\n\ndata: two\ndata: lines\n\ndata: [DONE]\n\n';
  for (const ending of ['\n', '\r\n']) {
    for (const size of [1, 2, 3, 7, 1000]) {
      assert.deepEqual(await parse(native.replaceAll('\n', ending), size), [
        { event: 'result', data: '{"text":"你好，😀"}', status: 200, unfinished: false },
        { event: 'error', data: '{"code":"InvalidParameter"}', status: 400, unfinished: false },
      ]);
      assert.deepEqual(
        (await parse(compatible.replaceAll('\n', ending), size)).map(({ data }) => data),
        ['{"a":1}', 'two\nlines', '[DONE]'],
      );
    }
  }
});

test('what the stream ended in the middle of is given, and said to be so', async () => {
  assert.deepEqual(
    (await parse('data: 1\n\ndata: {"tex', 4)).map(({ data, unfinished }) => [data, unfinished]),
    [
      ['1', false],
      ['{"tex', true],
    ],
  );
  assert.deepEqual(await parse('', 1), []);
});

test('an event without an end is not waited for forever', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    const piece = Buffer.alloc(1024 * 1024, 'x');
    yield Buffer.from('data: ');
    for (;;) yield piece;
  }
  await assert.rejects(read(endless()), { code: 'cloud.bad-answer' });
});
