/**
 * One HTTP exchange over one message port: the shell's protocol handler is on one end, the engine's Fetch-style handler on the
 * other. Bodies flow piece by piece, each asked for by who reads it, so that neither side holds a whole film. The shell closes the
 * port, at the end or to abort.
 */
import type { HttpHead, ShellPort } from './engine-protocol.ts';

type Body = ReadableStream<Uint8Array> | null;
type Part =
  | { part: 'head'; status: number; headers: [string, string][]; hasBody: boolean }
  | { part: 'more' }
  | { part: 'data'; data: Uint8Array }
  | { part: 'end' }
  | { part: 'failed'; detail: string };

/** Statuses that the Fetch standard allows no body with. */
const NULL_BODY = new Set([101, 103, 204, 205, 304]);

export function headOf(request: Request): HttpHead {
  return { method: request.method, url: request.url, headers: [...request.headers], hasBody: request.body !== null };
}

/**
 * The shell's end, after `head` was sent with the port's twin. Rejects when the other end fails or is gone before it answered;
 * what fails later fails the response's body.
 */
export function sendRequest(port: ShellPort, body: Body, signal: AbortSignal): Promise<Response> {
  const answered = Promise.withResolvers<Response>();
  const send = (part: Part): void => port.postMessage(part);
  const outgoing = readOnDemand(body, send);
  const incoming = writeWhenAsked(send, () => close());
  let open = true;
  const close = (): void => {
    if (!open) return;
    open = false;
    signal.removeEventListener('abort', onAbort);
    outgoing.cancel();
    port.close();
  };
  const fail = (error: unknown): void => {
    incoming.fail(error);
    answered.reject(error);
    close();
  };
  const onAbort = (): void => fail(signal.reason);
  port.on('close', () => {
    if (open) fail(new Error('the engine is gone'));
  });
  port.on('message', ({ data }) => {
    const part = data as Part;
    if (part.part === 'more') void outgoing.next();
    else if (part.part === 'failed') fail(new Error(part.detail));
    else if (part.part === 'data') incoming.add(part.data);
    else if (part.part === 'end') {
      incoming.end();
      close();
    } else {
      const withBody = part.hasBody && !NULL_BODY.has(part.status);
      answered.resolve(new Response(withBody ? incoming.stream : null, { status: part.status, headers: part.headers }));
      if (!withBody) close();
    }
  });
  port.start();
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return answered.promise;
}

/** The engine's end. The request's signal aborts when the shell lets go. */
export async function answerRequest(
  port: ShellPort,
  head: HttpHead,
  handler: (request: Request) => Promise<Response>,
): Promise<void> {
  const gone = new AbortController();
  const send = (part: Part): void => port.postMessage(part);
  const incoming = writeWhenAsked(send, () => {});
  let outgoing: ReturnType<typeof readOnDemand> | undefined;
  port.on('close', () => {
    const reason = new Error('the page let go of the request');
    gone.abort(reason);
    incoming.fail(reason);
    outgoing?.cancel();
  });
  port.on('message', ({ data }) => {
    const part = data as Part;
    if (part.part === 'more') void outgoing?.next();
    else if (part.part === 'data') incoming.add(part.data);
    else if (part.part === 'end') incoming.end();
    else if (part.part === 'failed') incoming.fail(new Error(part.detail));
  });
  port.start();
  try {
    const { status, headers, body } = await handler(
      new Request(head.url, {
        method: head.method,
        headers: head.headers,
        signal: gone.signal,
        ...(head.hasBody ? { body: incoming.stream, duplex: 'half' as const } : {}),
      }),
    );
    outgoing = readOnDemand(body, send);
    if (gone.signal.aborted) return outgoing.cancel();
    send({ part: 'head', status, headers: [...headers], hasBody: body !== null });
  } catch (error) {
    if (!gone.signal.aborted) send({ part: 'failed', detail: error instanceof Error ? error.message : String(error) });
  }
}

function readOnDemand(body: Body, send: (part: Part) => void): { next(): Promise<void>; cancel(): void } {
  const reader = body?.getReader();
  let over = reader === undefined;
  return {
    async next() {
      if (over || reader === undefined) return;
      try {
        const { done, value } = await reader.read();
        if (over) return;
        over = done;
        if (done) send({ part: 'end' });
        // A view is sent with all of the buffer behind it, which may be a pool of others' data.
        else send({ part: 'data', data: value.byteLength === value.buffer.byteLength ? value : value.slice() });
      } catch (error) {
        if (over) return;
        over = true;
        send({ part: 'failed', detail: error instanceof Error ? error.message : String(error) });
      }
    },
    cancel() {
      if (over) return;
      over = true;
      reader?.cancel().catch(() => {});
    },
  };
}

function writeWhenAsked(send: (part: Part) => void, onCancel: () => void) {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let over = false;
  let arrived = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      async pull() {
        arrived = Promise.withResolvers();
        send({ part: 'more' });
        await arrived.promise;
      },
      cancel() {
        over = true;
        arrived.resolve();
        onCancel();
      },
    },
    { highWaterMark: 0 },
  );
  const finish = (how: () => void): void => {
    if (over) return;
    over = true;
    how();
    arrived.resolve();
  };
  return {
    stream,
    add(data: Uint8Array): void {
      if (over) return;
      controller.enqueue(data);
      arrived.resolve();
    },
    end: () => finish(() => controller.close()),
    fail: (error: unknown) => finish(() => controller.error(error)),
  };
}
