/** The studio as a program of its own, that can be killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface StudioChild {
  /** Lets one browser in. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** From the start of the program to its link, ms. */
  readonly readyMs: number;
  /** On {@link performance}'s clock. */
  readonly startedAtMs: number;
  /** Resolves when it is gone. */
  end(signal?: NodeJS.Signals): Promise<void>;
}

export interface StudioChildOptions {
  dataDir: string;
  port?: number;
  /** What is run in front of the program: `unshare …`. */
  under?: readonly string[];
  /** An interface that is built already; by `npm start`, with its check whether it has to be built, where there is none. */
  rendererDir?: string;
}

/** Rejects when the program ends before it gave its link. */
export async function startStudioChild(options: StudioChildOptions): Promise<StudioChild> {
  const { dataDir, port = 0, under = [], rendererDir } = options;
  const npm = process.env.npm_execpath;
  const program =
    rendererDir === undefined
      ? [
          ...(npm === undefined ? ['npm'] : [process.execPath, npm]),
          ...['start', '--', '--browser', '--no-open', '--port', String(port), '--data', dataDir, '--json'],
        ]
      : [process.execPath, `${root}test/ui/host-program.ts`, dataDir, rendererDir, String(port)];
  const [command = '', ...args] = [...under, ...program];
  const startedAtMs = performance.now();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const url = await linkOf(child).catch((cause: unknown) => {
    throw new Error(`the studio did not start: ${said}`, { cause });
  });
  const readyMs = performance.now() - startedAtMs;
  // npm goes before what it ran: the output closes when all of them are gone.
  const gone = once(child, rendererDir === undefined ? 'close' : 'exit');
  return {
    ...{ url, readyMs, startedAtMs, port: Number(new URL(url).port), pid: child.pid! },
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      await gone;
    },
  };
}

async function linkOf(child: ChildProcess): Promise<string> {
  const ended = once(child, 'exit').then(() => null);
  const lines = createInterface({ input: child.stdout! });
  const told = (async () => {
    for await (const line of lines) {
      const link = /http:\/\/\S+?\?token=[\w-]+/.exec(line)?.[0];
      if (link !== undefined) return link;
    }
    return null;
  })();
  const link = await Promise.race([told, ended]);
  // What it says later must not fill the pipe.
  child.stdout!.resume();
  if (link === null) throw new Error('it gave no link');
  return link;
}
