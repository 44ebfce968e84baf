/** An engine that does nothing but answer, behind the real end of the shell's wire. Its `/media/…` addresses move it. */
import type { ExportJob } from '../../app/contract/exports.ts';
import type { Settings } from '../../app/contract/settings.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { LiveStatus } from '../../app/live/protocol.ts';
import { type ParentPort, runEngine, type ShellAbilities } from '../../main/electron/engine/engine-host.ts';
import type { Engine } from '../../main/engine-process/engine.ts';

/** Lists, one after another, as somebody gives them. */
class Feed<T> {
  #waiting: (() => void)[] = [];
  #next: T[];
  constructor(first: T) {
    this.#next = [first];
  }
  push(value: T): void {
    this.#next.push(value);
    for (const wake of this.#waiting.splice(0)) wake();
  }
  async *watch(signal: AbortSignal): AsyncGenerator<T> {
    signal.addEventListener('abort', () => this.#waiting.splice(0).forEach((wake) => void wake()));
    while (!signal.aborted) {
      const value = this.#next.shift();
      if (value !== undefined) yield value;
      else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }
}

const jobs = new Feed<ExportJob[]>([]);
const shows = new Feed<Pick<LiveStatus, 'state'>[]>([]);
const settings = new Feed<Partial<Settings>>({ locale: null, theme: 'dark' });

async function answer(request: Request, shell: ShellAbilities): Promise<Response> {
  const url = new URL(request.url);
  const [, , verb, value = ''] = url.pathname.split('/');
  if (url.pathname === '/upload') {
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (bytes.length === 0)
      return Response.json(
        { error: { code: 'storage.disk-full', params: { path: 'x' }, retryable: true } },
        { status: 507 },
      );
    const fileName = decodeURIComponent(request.headers.get('x-file-name') ?? '');
    return Response.json({ sha256: 'ab'.repeat(32), mediaType: request.headers.get('content-type'), fileName });
  }
  if (verb === 'exports') {
    const list = Array.from({ length: Number(value) }, (_, index) => ({
      status: index === 0 ? { state: 'running', progress: 0.5 } : { state: 'queued' },
    }));
    jobs.push(list as ExportJob[]);
    return new Response('told');
  }
  if (verb === 'show') {
    shows.push([{ state: value as LiveStatus['state'] }]);
    return new Response('told');
  }
  if (verb === 'language') {
    settings.push({ locale: value as 'zh-CN', theme: 'light' });
    return new Response('told');
  }
  if (verb === 'secret') {
    if (url.searchParams.has('set')) await shell.secrets.set(value, url.searchParams.get('set')!);
    if (url.searchParams.has('delete')) await shell.secrets.delete(value);
    return Response.json({ value: await shell.secrets.get(value), names: await shell.secrets.names() });
  }
  if (verb === 'crash') process.exit(3);
  if (verb === 'bytes') return new Response(new Uint8Array(Number(value)).fill(7));
  return new Response('not found', { status: 404 });
}

await runEngine({
  parent: process.parentPort as unknown as ParentPort,
  async open(shell) {
    if (process.env.TINY_ENGINE === 'refuses') throw new StudioError('storage.disk-full', { path: '/data' });
    if (process.env.TINY_ENGINE === 'dies') process.exit(9);
    const engine: Pick<Engine, 'fetch' | 'serveRpcPort' | 'servePreview'> & { studio: unknown } & AsyncDisposable = {
      studio: {
        services: {
          exports: { watch: (_: unknown, signal: AbortSignal) => jobs.watch(signal) },
          live: { watch: (_: unknown, signal: AbortSignal) => shows.watch(signal) },
          settings: { watch: (_: unknown, signal: AbortSignal) => settings.watch(signal) },
        },
      },
      fetch: (request) => answer(request, shell),
      serveRpcPort(port) {
        if (!('on' in port)) throw new Error('a port of the wrong kind');
        port.on('message', (event) => port.postMessage({ echoed: event?.data as unknown }));
      },
      servePreview(channel) {
        channel.onMessage((text) => {
          channel.send(`heard ${text}`);
          channel.send(new Uint8Array([1, 2, 3, 4]).subarray(1, 3));
        });
      },
      async [Symbol.asyncDispose]() {},
    };
    return engine as unknown as Engine;
  },
  exit: (code) => process.exit(code),
});
