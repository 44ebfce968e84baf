/** What the tests of publishing share: a real encoder, real servers, and eyes for what came out. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { locateFfmpeg } from '../../media/ffmpeg/locate.ts';
import { openHubFeed } from '../feed/open-hub-feed.ts';
import { FlvReader, type FlvTag, kindOf } from '../flv/tags.ts';
import type { PlatformSetup } from './platform-child.ts';

export async function scratch(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-broadcast-'));
  // A server that is ended after this may still be writing into it.
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));
  return folder;
}

export async function until<T>(what: string, look: () => T | null | undefined | false, mostMs = 30_000): Promise<T> {
  const from = performance.now();
  for (;;) {
    const seen = look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
    if (performance.now() - from > mostMs) assert.fail(`not within ${mostMs} ms: ${what}`);
    await delay(20);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

let found: Promise<string> | null = null;
export function ffmpegPath(): Promise<string> {
  found ??= locateFfmpeg({ cacheDir: join(tmpdir(), 'shenghua-broadcast-ffmpeg') }).then(({ path }) => path);
  return found;
}

export interface Encoder {
  /** kill -9, and another in its place. */
  replace(): Promise<void>;
  kill(): void;
  start(): void;
  /** Of all encoders so far: video frames that were handed to the hub's feed. */
  readonly frames: number;
  close(): Promise<void>;
}

/** ffmpeg in real time: a test picture of 25 frames a second, a keyframe a second, and a tone. */
export async function encodeInto(t: TestContext, publishUrl: string, video = ['-b:v', '300k']): Promise<Encoder> {
  const path = await ffmpegPath();
  const feed = openHubFeed(publishUrl);
  let child: ChildProcess | null = null;
  let frames = 0;
  const start = (): void => {
    feed.encoderBegins();
    const counter = new FlvReader((tag) => {
      if (isFrame(tag)) frames++;
    });
    const own = spawn(
      path,
      // biome-ignore format: an argument list
      ['-v', 'error', '-nostdin', '-re', '-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=25', '-re', '-f', 'lavfi',
        '-i', 'sine=frequency=440:sample_rate=48000', '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency',
        '-pix_fmt', 'yuv420p', '-g', '25', ...video, '-c:a', 'aac', '-b:a', '64k', '-f', 'flv', '-flush_packets', '1', 'pipe:1'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    child = own;
    own.stdout.on('data', (piece: Buffer) => {
      if (child !== own) return;
      counter.push(piece);
      feed.push(piece);
    });
  };
  const kill = (): void => {
    const own = child;
    child = null;
    own?.kill('SIGKILL');
  };
  const close = async (): Promise<void> => {
    kill();
    await feed.close();
  };
  t.after(close);
  start();
  return {
    async replace() {
      kill();
      start();
    },
    kill,
    start,
    get frames() {
      return frames;
    },
    close,
  };
}

export interface Published {
  name: string;
  query: Record<string, string>;
  /** FLV of all that was received. */
  path: string;
}

export interface Platform {
  readonly url: string;
  readonly published: readonly Published[];
  kill(): Promise<void>;
  /** At the same port. */
  start(): Promise<void>;
}

const PLATFORM = fileURLToPath(new URL('./platform-child.ts', import.meta.url));

export async function openPlatform(t: TestContext, setup: Partial<PlatformSetup> = {}): Promise<Platform> {
  const folder = setup.folder ?? (await scratch(t));
  const port = setup.port ?? (await freePort());
  const published: Published[] = [];
  let child: ChildProcess | null = null;
  const start = async (): Promise<void> => {
    const own = fork(PLATFORM, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    child = own;
    const ready = Promise.withResolvers<void>();
    own.on('message', (message: { type: string } & Published) => {
      if (message.type === 'ready') ready.resolve();
      else published.push(message);
    });
    own.once('exit', () => ready.reject(new Error('the platform has ended')));
    own.send({ ...setup, port, folder });
    await ready.promise;
  };
  const kill = async (): Promise<void> => {
    const own = child;
    child = null;
    if (own === null || own.exitCode !== null || own.signalCode !== null) return;
    own.kill('SIGKILL');
    await once(own, 'exit');
  };
  t.after(kill);
  await start();
  const scheme = setup.tls === undefined ? 'rtmp' : 'rtmps';
  return {
    url: `${scheme}://${setup.tls === undefined ? '127.0.0.1' : 'localhost'}:${port}/app`,
    published,
    kill,
    start,
  };
}

/** A server that does what it is told with each connection. */
export async function rawServer(
  t: TestContext,
  onSocket: (socket: Socket) => void,
): Promise<{ port: number; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

export const isFrame = (tag: FlvTag): boolean => ['keyframe', 'inter', 'disposable'].includes(kindOf(tag));

export async function tagsOf(path: string): Promise<FlvTag[]> {
  const tags: FlvTag[] = [];
  new FlvReader((tag) => tags.push(tag)).push(await readFile(path));
  return tags;
}

/** What ffmpeg makes of a file: frames decoded and every complaint. */
export async function decode(path: string): Promise<{ frames: number; seconds: number; complaints: string }> {
  const args = [
    '-v',
    'warning',
    '-nostdin',
    '-i',
    path,
    '-map',
    '0:v',
    '-map',
    '0:a',
    '-progress',
    'pipe:1',
    '-f',
    'null',
    '-',
  ];
  const child = spawn(await ffmpegPath(), args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let complaints = '';
  child.stdout.on('data', (piece: Buffer) => {
    out += piece;
  });
  child.stderr.on('data', (piece: Buffer) => {
    complaints += piece;
  });
  await once(child, 'close');
  const last = (name: string): number =>
    Number([...out.matchAll(new RegExp(`^${name}=\\s*(\\d+)`, 'gm'))].at(-1)?.[1] ?? 0);
  return { frames: last('frame'), seconds: last('out_time_ms') / 1e6, complaints };
}
