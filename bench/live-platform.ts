/** A platform's server on this machine, in a process of its own, that writes down what it is sent: one FLV file a connection. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../main/broadcast/testing/platform-child.ts', import.meta.url));

export class BenchPlatform implements AsyncDisposable {
  readonly name: string;
  readonly #port: number;
  readonly #folder: string;
  #child: ChildProcess | null = null;
  /** Files in the order of their connections, and when each began, monotonic ms. */
  readonly pieces: { path: string; atMs: number }[] = [];

  private constructor(name: string, port: number, folder: string) {
    this.name = name;
    this.#port = port;
    this.#folder = folder;
  }

  static async open(name: string, folder: string): Promise<BenchPlatform> {
    await mkdir(folder, { recursive: true });
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const platform = new BenchPlatform(name, port, folder);
    await platform.start();
    return platform;
  }

  get destination(): { id: string; url: string; key: string } {
    return { id: this.name, url: `rtmp://127.0.0.1:${this.#port}/app`, key: `key-of-${this.name}` };
  }

  /** At the same port as before. @returns when it listened, monotonic ms */
  async start(): Promise<number> {
    const child = fork(PROGRAM, [], { stdio: ['ignore', 'ignore', 2, 'ipc'] });
    this.#child = child;
    const ready = Promise.withResolvers<void>();
    child.on('message', (message: { type: string; path: string }) => {
      if (message.type === 'ready') ready.resolve();
      else this.pieces.push({ path: message.path, atMs: performance.now() });
    });
    child.once('exit', () => ready.reject(new Error(`platform ${this.name} has ended`)));
    child.send({ port: this.#port, folder: this.#folder });
    await ready.promise;
    return performance.now();
  }

  /** With SIGKILL: nobody is told goodbye. @returns when, monotonic ms */
  async kill(): Promise<number> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return performance.now();
    const atMs = performance.now();
    child.kill('SIGKILL');
    await once(child, 'exit');
    return atMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
