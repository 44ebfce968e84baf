/** A host with a real engine process in a folder of its own, and pages that connect to it as a browser does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { WebSocket } from 'ws';
import type { StudioClient } from '../../../../app/contract/index.ts';
import { type Host, type HostOptions, startHost } from '../host.ts';

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface Page extends Disposable {
  rpc: StudioClient;
  socket: WebSocket;
}

export class ServedStudio {
  readonly dataDir: string;
  readonly rendererDir: string;
  readonly #folder: string;
  host: Host;
  cookie = '';

  private constructor(folder: string, { dataDir, rendererDir }: HostOptions, host: Host) {
    this.#folder = folder;
    this.dataDir = dataDir;
    this.rendererDir = rendererDir;
    this.host = host;
  }

  static async open(options: Partial<HostOptions> = {}): Promise<ServedStudio> {
    const folder = await mkdtemp(join(tmpdir(), 'shenghua-host-'));
    const rendererDir = join(folder, 'renderer');
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(rendererDir, 'assets'), { recursive: true });
    await writeFile(join(rendererDir, 'index.html'), '<!doctype html><title>studio</title>');
    await writeFile(join(rendererDir, 'assets', 'index-abc.js'), 'export {};');
    const whole = { dataDir: join(folder, 'data'), rendererDir, port: 0, ...options };
    return new ServedStudio(folder, whole, await startHost(whole));
  }

  get authority(): string {
    return `127.0.0.1:${this.host.port}`;
  }

  /** Follows the printed link. */
  async enter(): Promise<void> {
    const url = new URL(this.host.newUrl());
    const { headers } = await this.fetch(url.pathname + url.search);
    this.cookie = String(headers['set-cookie']).split(';')[0] ?? '';
  }

  /** A request as written, path included: nothing is made neat on the way. */
  fetch(
    path: string,
    {
      method = 'GET',
      headers = {},
      body,
    }: { method?: string; headers?: Record<string, string>; body?: Uint8Array } = {},
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...{ host: '127.0.0.1', port: this.host.port, method, path, agent: false },
          headers: {
            host: this.authority,
            ...(this.cookie !== '' && { cookie: this.cookie }),
            ...(method !== 'GET' && method !== 'HEAD' && { origin: `http://${this.authority}` }),
            ...headers,
          },
        },
        async (response) => {
          const pieces: Buffer[] = [];
          try {
            for await (const piece of response) pieces.push(piece as Buffer);
          } catch {
            // cut short: what came is the answer
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(pieces) });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  socket(path: string, headers: Record<string, string> = {}): WebSocket {
    return new WebSocket(`ws://${this.authority}${path}`, {
      headers: { cookie: this.cookie, origin: `http://${this.authority}`, ...headers },
    });
  }

  page(): Page {
    const socket = this.socket('/rpc');
    socket.on('error', () => {});
    const rpc: StudioClient = createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
    return { rpc, socket, [Symbol.dispose]: () => socket.terminate() };
  }

  async restart(): Promise<void> {
    const { port } = this.host;
    await this.host.close();
    this.host = await startHost({ dataDir: this.dataDir, rendererDir: this.rendererDir, port });
  }

  async close(): Promise<void> {
    await this.host.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
