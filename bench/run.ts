/**
 * `npm run bench -- <name> [options] [--json]`: measures one thing on this machine.
 *
 * With --json the last line of stdout is `{bench, machine, figures: [{name, value, unit, bar, holds}]}`, or `{bench, error}` when
 * it could not be measured; without, a table. `bar` is the number asked for: `{"atLeast": 0.75}`, `{"atMost": 40}`, both for a
 * range, null where a figure is only told. Remarks go to stderr.
 * Exit codes: 0 measured, whether or not the bars hold (a busy machine is no fault); 1 could not be measured; 2 wrong usage;
 * 130 interrupted.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError, StudioError } from '../app/errors/index.ts';
import { createStudio } from '../main/compose.ts';
import { type Bench, UsageError } from './bench.ts';
import { exportBench } from './export.ts';
import { asTable, type BenchResult, describeMachine } from './figures.ts';
import { importBench } from './import.ts';
import { lipsBench } from './lips.ts';
import { liveBench } from './live.ts';
import { localBench } from './local.ts';
import { memoryBench } from './memory.ts';
import { neverSilentBench } from './never-silent.ts';
import { providersBench } from './providers.ts';
import { recoveryBench } from './recovery.ts';
import { renderBench } from './render.ts';
import { soakBench } from './soak.ts';
import { studioBench } from './studio.ts';

const BENCHES: readonly Bench[] = [
  exportBench,
  renderBench,
  importBench,
  memoryBench,
  lipsBench,
  studioBench,
  liveBench,
  soakBench,
  recoveryBench,
  providersBench,
  neverSilentBench,
  localBench,
];

function help(): string {
  const optionLines = ({ options }: Bench): string[] =>
    Object.entries(options).map(([name, { value, about }]) => `      ${`--${name} ${value}`.padEnd(22)} ${about}`);
  return [
    'npm run bench -- <name> [options] [--json]',
    '',
    ...BENCHES.flatMap((bench) => [`  ${bench.name.padEnd(8)} ${bench.about}`, ...optionLines(bench)]),
  ].join('\n');
}

async function main(argv: readonly string[]): Promise<number> {
  const json = argv.includes('--json');
  const name = argv.find((argument) => !argument.startsWith('-'));
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const bench = BENCHES.find((one) => one.name === name);
  if (bench === undefined) {
    if (name !== undefined) {
      say(`There is no bench “${name}”; there are ${BENCHES.map((one) => one.name).join(', ')}.`);
      return 2;
    }
    print(json ? JSON.stringify({ benches: BENCHES.map(({ name, about }) => ({ name, about })) }) : help());
    return 0;
  }

  const stop = new AbortController();
  const onSignal = (): void => stop.abort(new DOMException('interrupted', 'AbortError'));
  process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
  const scratchDir = await mkdtemp(join(tmpdir(), 'shenghua-bench-'));
  try {
    const options = readOptions(bench, argv);
    await using studio = createStudio({ dataDir: join(scratchDir, 'studio') });
    const machine = await describeMachine(studio, stop.signal);
    const figures = await bench.run({ options, studio, scratchDir, signal: stop.signal, say });
    const result: BenchResult = { bench: bench.name, machine, figures };
    print(json ? JSON.stringify(result) : asTable(result));
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return 130;
    const usage = error instanceof UsageError;
    const message = told(error);
    if (json) print(JSON.stringify({ bench: bench.name, error: { message } }));
    else say(message);
    return usage ? 2 : 1;
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    await rm(scratchDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @throws UsageError */
function readOptions(bench: Bench, argv: readonly string[]): Record<string, string | undefined> {
  const known = Object.keys(bench.options).map((name) => [name, { type: 'string' }] as const);
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { ...Object.fromEntries(known), json: { type: 'boolean' } },
      allowPositionals: true,
    });
    if (positionals.length > 1) throw new Error(`one bench at a time, not ${positionals.join(', ')}`);
    return values as Record<string, string | undefined>;
  } catch (cause) {
    throw new UsageError((cause as Error).message, { cause });
  }
}

function told(error: unknown): string {
  if (error instanceof StudioError) {
    const { message, hint } = describeError(error, 'en');
    return `${error.code}: ${message} ${hint}`;
  }
  if (error instanceof UsageError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

process.exitCode = await main(process.argv.slice(2));
