import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { ShellPort } from '../main/electron/wire/engine-protocol.ts';
import { answerRequest, headOf, sendRequest } from '../main/electron/wire/http-over-port.ts';

const wrap = (raw: MessagePort): ShellPort => ({
  on(event: 'message' | 'close', listener: (event: { data: unknown }) => void) {
    if (event === 'close') raw.on('close', () => listener({ data: null }));
    else raw.on('message', (data: unknown) => listener({ data }));
  },
  postMessage: (message) => raw.postMessage(message),
  start: () => {},
  close: () => raw.close(),
});

/** A request from one end of a wire to a handler on the other. */
function exchange(request: Request, handler: (request: Request) => Promise<Response>): Promise<Response> {
  const { port1, port2 } = new MessageChannel();
  void answerRequest(wrap(port2), headOf(request), handler);
  return sendRequest(wrap(port1), request.body, request.signal);
}
const post = (body: Uint8Array | ReadableStream, init: RequestInit = {}): Request =>
  new Request('studio://app/upload', { method: 'POST', body, duplex: 'half', ...init } as RequestInit);

test('an exchange arrives as it was sent: method, headers, bodies of any size, status', async () => {
  const sent = Uint8Array.from({ length: 700_001 }, (_, index) => index % 251);
  const answer = await exchange(post(sent, { headers: { 'x-file-name': '%E5%A3%B0' } }), async (request) => {
    const body = new Uint8Array(await request.arrayBuffer());
    return new Response(body.reverse(), {
      status: 206,
      headers: { 'x-told': `${request.method} ${request.url} ${request.headers.get('x-file-name')}` },
    });
  });
  assert.equal(answer.status, 206);
  assert.equal(answer.headers.get('x-told'), 'POST studio://app/upload %E5%A3%B0');
  assert.deepEqual(new Uint8Array(await answer.arrayBuffer()), sent.toReversed());
  const empty = await exchange(new Request('studio://app/media/x'), async () => new Response(null, { status: 304 }));
  assert.deepEqual([empty.status, empty.body], [304, null]);
});

test('nobody reads ahead of who asks: neither an answer nor an upload piles up', async () => {
  const endless = (onPull: () => void) =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        onPull();
        controller.enqueue(new Uint8Array(1000));
      },
    });
  let made = 0;
  const answer = await exchange(new Request('studio://app/media/x'), async () => new Response(endless(() => made++)));
  const reader = answer.body!.getReader();
  for (let i = 0; i < 3; i++) await reader.read();
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  assert.ok(made <= 6, `${made} pieces for 3 read`);
  await reader.cancel();

  let given = 0;
  const refused = await exchange(post(endless(() => given++)), async (request) => {
    await request.body!.getReader().read();
    return new Response('too large', { status: 413 });
  });
  assert.equal(refused.status, 413);
  assert.equal(await refused.text(), 'too large');
  assert.ok(given <= 4, `${given} pieces of an upload that was refused`);
});

test('who lets go is noticed on the other side, in both directions', async () => {
  const seen = Promise.withResolvers<string>();
  const cancelled = Promise.withResolvers<void>();
  const answer = await exchange(new Request('studio://app/media/x'), async (request) => {
    request.signal.addEventListener('abort', () => seen.resolve('aborted'));
    return new Response(new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => cancelled.resolve() }));
  });
  await answer.body!.cancel();
  assert.equal(await seen.promise, 'aborted');
  await cancelled.promise;

  const stop = new AbortController();
  const waiting = exchange(new Request('studio://app/media/x', { signal: stop.signal }), () => new Promise(() => {}));
  stop.abort(new Error('the page is gone'));
  await assert.rejects(waiting, /the page is gone/);
});

test('a failure is told: before an answer as a rejection, after it in its body', async () => {
  await assert.rejects(
    exchange(new Request('studio://app/media/x'), async () => {
      throw new Error('the disk is on fire');
    }),
    /on fire/,
  );
  const broken = await exchange(
    new Request('studio://app/media/x'),
    async () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.error(new Error('half way'));
          },
        }),
      ),
  );
  await assert.rejects(broken.text(), /half way/);

  const { port1, port2 } = new MessageChannel();
  const dead = sendRequest(wrap(port1), null, new AbortController().signal);
  port2.close();
  await assert.rejects(dead, /gone/);
});
