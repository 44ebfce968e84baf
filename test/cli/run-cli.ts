/** Runs the real command line as a person's shell would, and looks after what it leaves. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What people start: it hands signals on, and tells how the command ended. */
export const LAUNCHER = fileURLToPath(new URL('../../bin/shenghua.mjs', import.meta.url));
export const CLI = fileURLToPath(new URL('../../main/headless/cli.ts', import.meta.url));

export interface Told {
  code: string;
  message: string;
  hint: string;
}
export type Json = Record<string, unknown> & { error?: Told; warnings: Told[] };

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
  /** Stdout as the one JSON object that it must be. Throws when it is anything else. */
  json: () => Json;
}

export interface RunOptions {
  /** What is started; the command itself unless given. */
  program?: string;
  input?: string | Buffer;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

/** A place of its own for one test or file: data, results and scratch files, none of the person's. */
export class Place {
  readonly folder: string;
  readonly out: string;
  readonly temp: string;
  readonly env: NodeJS.ProcessEnv;

  private constructor(folder: string) {
    this.folder = folder;
    this.out = join(folder, 'out');
    this.temp = join(folder, 'temp');
    const { SHENGHUA_FFMPEG: _, SHENGHUA_DEBUG: __, ...env } = process.env;
    this.env = { ...env, LC_ALL: 'C.UTF-8', SHENGHUA_DATA: join(folder, 'data'), TMPDIR: this.temp };
  }

  static async make(): Promise<Place> {
    const place = new Place(await mkdtemp(join(tmpdir(), 'shenghua-cli-')));
    for (const folder of [place.out, place.temp]) await mkdir(folder, { recursive: true });
    return place;
  }

  static async of(t: TestContext): Promise<Place> {
    const place = await Place.make();
    t.after(() => place.remove());
    return place;
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  at(name: string): string {
    return join(this.folder, name);
  }

  start(args: readonly string[], { env, cwd = this.folder, program = CLI }: RunOptions = {}): Running {
    const child = spawn(process.execPath, [program, ...args], { cwd, env: { ...this.env, ...env }, stdio: 'pipe' });
    return new Running(child);
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const running = this.start(args, options);
    running.child.stdin?.on('error', () => {}); // it may end without reading
    running.child.stdin?.end(options.input ?? '');
    return await running.finished;
  }

  /** Every file in a folder and below. */
  async paths(folder: string): Promise<string[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
    return entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  }

  /** Their names. */
  async files(folder: string): Promise<string[]> {
    return (await this.paths(folder)).map((path) => basename(path));
  }
}

export class Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  stdout = '';
  stderr = '';

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.finished = once(child, 'close').then(([code]) => {
      const { stdout, stderr } = this;
      return { code: code as number | null, stdout, stderr, json: () => oneObject(stdout) };
    });
  }

  /** Resolves when stderr has said it; rejects when the command ends without. */
  async says(words: RegExp): Promise<void> {
    await until(`stderr says ${words}`, () => {
      if (words.test(this.stderr)) return true;
      if (this.child.exitCode !== null) throw new Error(`ended without ${words}: ${this.stderr}`);
      return false;
    });
  }
}

function oneObject(stdout: string): Json {
  if (!/^\{.*\}\n$/.test(stdout)) throw new Error(`stdout is not one line of JSON: ${JSON.stringify(stdout)}`);
  return JSON.parse(stdout) as Json;
}

const PATIENCE_MS = 60_000;
const STEP_MS = 25;

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
    if (await holds()) return;
    await sleep(STEP_MS);
  }
  throw new Error(`never: ${what}`);
}

/** Running programs called ffmpeg whose arguments name the folder. Linux. */
export async function ffmpegsIn(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const program = await readlink(`/proc/${pid}/exe`).catch(() => '');
    if (command.includes(folder) && program.includes('ffmpeg')) found.push(Number(pid));
  }
  return found;
}

/** Mono s16 PCM as a WAV file. */
export function wav(samples: Int16Array, sampleRate = 48_000): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(sampleRate, 24);
  head.writeUInt32LE(sampleRate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]);
}
