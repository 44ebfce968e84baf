/** A place that offers files over HTTP, as a hub of models does, with the faults such places have. Counts every byte it hands out. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SourceFaults {
  /** Breaks the connection after so many bytes of an answer, one answer after the other; null: lets that one through. */
  cuts?: (number | null)[];
  /** Answers with a web page. */
  page?: boolean;
  /** Sends on to itself for ever. */
  redirects?: boolean;
  /** Says the file is this long, and sends that. */
  lies?: number;
  /** Whole files alone. */
  noRanges?: boolean;
  status?: number;
  /** In the headers, as Hugging Face tells the SHA-256. */
  linkedEtag?: string;
  /** Another file under the same name. */
  content?: Buffer;
  /** Takes its time for each 64 KiB. */
  everyMs?: number;
}

export interface ModelSource extends AsyncDisposable {
  readonly url: string;
  readonly files: Map<string, Buffer>;
  /** By path. */
  readonly faults: Map<string, SourceFaults>;
  /** Bytes of files handed to the system for sending, by path. */
  readonly sentBytes: Map<string, number>;
  /** `<path> <range>` of each request. */
  readonly requests: string[];
}

const PIECE_BYTES = 64 * 1024;

export async function startModelSource(files: Record<string, Buffer> = {}): Promise<ModelSource> {
  const source = {
    files: new Map(Object.entries(files)),
    faults: new Map<string, SourceFaults>(),
    sentBytes: new Map<string, number>(),
    requests: [] as string[],
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname.slice(1));
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    source.requests.push(`${path} ${request.headers.range ?? ''}`);
    const faults = source.faults.get(path) ?? {};
    const content = faults.content ?? source.files.get(path);
    if (faults.status !== undefined) return void response.writeHead(faults.status).end();
    if (faults.redirects) return void response.writeHead(302, { Location: `/${encodeURIComponent(path)}?again` }).end();
    if (faults.page)
      return void response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end('<html>Log in</html>');
    if (content === undefined) return void response.writeHead(404).end();
    const partial = range !== null && !faults.noRanges;
    const whole = faults.lies ?? content.length;
    const from = partial ? Number(range[1]) : 0;
    const to = partial && range[2] !== '' ? Math.min(whole - 1, Number(range[2])) : whole - 1;
    const body = Buffer.alloc(Math.max(0, to - from + 1));
    content.copy(body, 0, from, Math.min(content.length, to + 1));
    response.writeHead(partial ? 206 : 200, {
      ...{ 'Content-Type': 'application/octet-stream', 'Content-Length': body.length, ETag: `"${whole}"` },
      ...(faults.linkedEtag && { 'X-Linked-Etag': `"${faults.linkedEtag}"` }),
      ...(partial && { 'Content-Range': `bytes ${from}-${to}/${whole}`, 'Accept-Ranges': 'bytes' }),
    });
    const probe = body.length === 1;
    const cut = probe ? null : (faults.cuts?.shift() ?? null);
    const sent = cut === null ? body : body.subarray(0, cut);
    for (let at = 0; at < sent.length; at += PIECE_BYTES) {
      const piece = sent.subarray(at, at + PIECE_BYTES);
      if (response.destroyed) return;
      source.sentBytes.set(path, (source.sentBytes.get(path) ?? 0) + piece.length);
      if (!response.write(piece)) await drained(response);
      if (faults.everyMs !== undefined) await new Promise((resolve) => setTimeout(resolve, faults.everyMs));
    }
    if (cut === null) response.end();
    // What was written goes out before the line breaks.
    else response.socket?.end(() => response.destroy());
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    ...source,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Or closed. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
