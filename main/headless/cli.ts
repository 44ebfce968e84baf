/** The command line's entry: reads the words, runs one verb, answers with an exit code. Work is loaded only when asked for. */
import { constants, readFileSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Locale, StudioError } from '../../app/errors/index.ts';
import { type CommandConsole, createConsole } from './console.ts';
import { EXIT, faultsOf, Interrupted, UsageFault } from './faults.ts';
import type { VerbName } from './help.ts';
import { type OptionValues, readCommandLine } from './program.ts';

/** What a verb gets. Its result is the JSON object; with `failure` the command has told everything and still failed. */
export interface VerbContext {
  options: OptionValues;
  /** Of the options that may stand several times. */
  lists: Readonly<Record<string, readonly string[]>>;
  args: readonly string[];
  console: CommandConsole;
  signal: AbortSignal;
  /** An orderly end of this command may take so long, from when it is asked for. */
  mayTakeMs(ms: number): void;
  studio: { dataDir: string | undefined; ffmpegPath: string | undefined };
}
export interface VerbResult {
  /** null: it has told its result already. */
  json: Record<string, unknown> | null;
  failure?: StudioError | undefined;
}
export type Verb = (context: VerbContext) => Promise<VerbResult>;

const LOAD: Readonly<Record<VerbName, () => Promise<Verb>>> = {
  serve: async () => (await import('./verbs/serve.ts')).serveVerb,
  export: async () => (await import('./verbs/export.ts')).exportVerb,
  inspect: async () => (await import('./verbs/inspect.ts')).inspectVerb,
  voices: async () => (await import('./verbs/voices.ts')).voicesVerb,
  align: async () => (await import('./verbs/align.ts')).alignVerb,
  live: async () => (await import('./verbs/live.ts')).liveVerb,
  providers: async () => (await import('./verbs/providers.ts')).providersVerb,
  models: async () => (await import('./verbs/models.ts')).modelsVerb,
  chat: async () => (await import('./verbs/chat.ts')).chatVerb,
  doctor: async () => (await import('./verbs/doctor.ts')).doctorVerb,
};

const toLocale = (tag: string): Locale => (/^zh\b|^zh_/i.test(tag) ? 'zh-CN' : 'en');

function systemLocale(env: NodeJS.ProcessEnv): Locale {
  const set = env.LC_ALL || env.LC_MESSAGES || env.LANG;
  return toLocale(set ?? Intl.DateTimeFormat().resolvedOptions().locale);
}

/** Before anything is parsed: how a mistake in the words themselves is to be told. */
function foresee(argv: readonly string[], env: NodeJS.ProcessEnv): { locale: Locale; json: boolean; quiet: boolean } {
  const voicesAt = argv.indexOf('voices');
  const asked = argv.flatMap((word, i) => {
    if (voicesAt >= 0 && i > voicesAt) return [];
    return word === '--lang' ? [argv[i + 1] ?? ''] : word.startsWith('--lang=') ? [word.slice(7)] : [];
  })[0];
  const known = asked !== undefined && ['en', 'zh', 'zh-CN'].includes(asked);
  return {
    locale: known ? toLocale(asked) : systemLocale(env),
    json: argv.includes('--json'),
    quiet: argv.includes('--quiet'),
  };
}

/** npm runs scripts in the project's folder, but names on the command line are meant from where the person stands. */
function standWhereAsked(env: NodeJS.ProcessEnv): void {
  if (env.npm_lifecycle_event !== 'shenghua' || !env.INIT_CWD) return;
  try {
    process.chdir(env.INIT_CWD);
  } catch {
    // that folder is gone: stay
  }
}

const DOUBLE_DELIVERY_MS = 250;
const HARD_STOP_MS = 15_000;

/** The first signal asks for an orderly end, the second ends at once (what is open is removed on the way out). */
function interruptible(console: CommandConsole): { signal: AbortSignal; mayTakeMs(ms: number): void } {
  const controller = new AbortController();
  let hardStopMs = HARD_STOP_MS;
  let firstMs: number | undefined;
  const onSignal = (name?: NodeJS.Signals): void => {
    const now = performance.now();
    if (firstMs === undefined) {
      firstMs = now;
      controller.abort(new Interrupted({ bySystem: name === 'SIGTERM' }));
      console.note(console.words({ en: 'Stopping … (again to stop at once)', zh: '正在停止……（再按一次立即停止）' }));
      setTimeout(() => process.exit(EXIT.interrupted), hardStopMs).unref();
      return;
    }
    // A terminal's Ctrl-C comes to every process, and npm hands it on once more.
    if (now - firstMs > DOUBLE_DELIVERY_MS) process.exit(EXIT.interrupted);
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, onSignal);
  // Who started this process, and would hand signals on, was killed.
  if (process.connected) {
    process.on('disconnect', () => onSignal());
    process.channel?.unref();
  }
  return {
    signal: controller.signal,
    mayTakeMs(ms) {
      hardStopMs = ms;
    },
  };
}

async function report(error: unknown, console: CommandConsole, signal: AbortSignal | undefined): Promise<number> {
  if (signal?.aborted) {
    const interrupted = new StudioError('command.interrupted');
    console.note(console.tell(interrupted).message);
    console.result({ error: console.tell(interrupted), warnings: console.warnings });
    return EXIT.interrupted;
  }
  const faults = await faultsOf(error);
  const first = faults[0]!;
  console.error(faults);
  if (process.env.SHENGHUA_DEBUG === '1') process.stderr.write(`${debugText(error)}\n`);
  const others = faults.length > 1 ? { errors: faults.map(console.tell) } : {};
  console.result({ error: console.tell(first), ...others, warnings: console.warnings });
  return error instanceof UsageFault ? EXIT.usage : EXIT.failed;
}

function debugText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\ncaused by: ${debugText(error.cause)}`}`;
}

async function main(argv: readonly string[]): Promise<number> {
  const console = createConsole(foresee(argv, process.env));
  let signal: AbortSignal | undefined;
  process.on('uncaughtException', (error) => {
    void report(error, console, signal).then((code) => process.exit(code));
  });
  let settled = false;
  // Nothing is left to wait for and the work has not ended: a fault of ours, yet never a silent one.
  process.on('beforeExit', () => {
    if (settled) return;
    settled = true;
    void report(new Error('the work stopped before it was done'), console, signal).then((code) => process.exit(code));
  });
  try {
    const line = readCommandLine(argv, console.locale, version());
    if (line.kind === 'shown') {
      process.stdout.write(line.text);
      return EXIT.done;
    }
    const { verb, args, options, lists, globals } = line;
    const chosen = (name: string): string | undefined => {
      const value = options[name] ?? globals[name];
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const interruption = interruptible(console);
    signal = interruption.signal;
    const dataDir = chosen('data') ?? process.env.SHENGHUA_DATA;
    if (dataDir) await makeDataFolder(dataDir);
    const run = await LOAD[verb]();
    const { json, failure } = await run({
      options,
      lists,
      args,
      console,
      ...interruption,
      studio: { dataDir: chosen('data'), ffmpegPath: chosen('ffmpeg') },
    });
    if (failure) console.error([failure]);
    if (json !== null)
      console.result({ ...json, ...(failure && { error: console.tell(failure) }), warnings: console.warnings });
    return failure ? EXIT.failed : EXIT.done;
  } catch (error) {
    return await report(error, console, signal);
  } finally {
    settled = true;
  }
}

/** A folder of the person's choice is there, or is refused before the work. @throws StudioError storage.not-writable … */
async function makeDataFolder(dataDir: string): Promise<void> {
  const { makeFolder } = await import('../media/part-file.ts');
  try {
    await makeFolder(resolve(dataDir));
    await access(resolve(dataDir), constants.W_OK);
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    if (reason === 'ENOSPC') throw new StudioError('storage.disk-full', { path: dataDir }, { cause });
    throw new StudioError('storage.not-writable', { path: dataDir, reason }, { cause });
  }
}

function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

// What is loaded later must neither send anything home nor write between our lines on stdout.
process.env.ORT_DISABLE_TELEMETRY = '1';
globalThis.console.log = globalThis.console.info = globalThis.console.debug = globalThis.console.error;
// A reader that has seen enough (`| head`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
standWhereAsked(process.env);
process.exitCode = await main(process.argv.slice(2));
