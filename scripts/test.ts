/**
 * `npm test`: the checks (types, lint, boundaries, dead code, licences) and every test file, with nothing skipped. A skipped
 * test, a file without tests and a file that does not load are failures. The last line is `N passed, N failed`.
 *
 * `npm test -- main/storage` runs only the test files whose path holds one of the words, without the checks.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { relative, sep } from 'node:path';
import { run } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { buildRenderer } from './build-renderer.ts';
import { keepCompiled } from './compiled-code.ts';

const CHECKS = ['typecheck', 'lint', 'boundaries', 'deadcode', 'i18n:check', 'licenses:check', 'pixels:check'];
const FOLDERS = ['app', 'main', 'renderer', 'native-models', 'scripts', 'bench', 'test'];
const FILES_AT_ONCE = 2;
/** A browser that plays sound and picture, the studio behind it and what looks at both are all that a small machine can do. */
const ALONE = /^test\/(ui\/|renderer\.test)/;
/** A test file that hangs is stopped; no test is expected to come near. */
const FILE_LIMIT_MS = 10 * 60_000;

const root = fileURLToPath(new URL('../', import.meta.url));
process.chdir(root);
// Hundreds of processes load the same sources: half their time would be reading them anew.
keepCompiled();
const words = process.argv.slice(2);
let passed = 0;
const failures: { name: string; detail: string }[] = [];

function report(ok: boolean, name: string, detail = ''): void {
  if (ok) passed += 1;
  else {
    failures.push({ name, detail: detail.replace(/^/gm, '    ').trimEnd() });
    console.log(`\n✖ ${name}`);
  }
}

/** Runs a script of package.json under this Node. */
async function check(name: string): Promise<void> {
  const child = spawn(process.execPath, ['--run', name], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [code] = (await once(child, 'close')) as [number | null];
  report(code === 0, `check: ${name}`, output);
  if (code === 0) console.log(`✔ check: ${name}`);
}

const pathOf = (file: string | undefined): string =>
  file === undefined ? '' : relative(root, file).split(sep).join('/');

/** Whether a test or suite failed only because of what is in it, which is told on its own. */
const failedWithin = (error: unknown): boolean =>
  error instanceof Error && 'failureType' in error && error.failureType === 'subtestsFailed';

function explain(error: unknown): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return typeof cause === 'string' ? cause : inspect(cause, { depth: 4 });
}

async function runFiles(files: string[], concurrency: number): Promise<void> {
  const casesByFile = new Map(files.map((file) => [file, 0]));
  const msByFile = new Map<string, number>();
  const events = run({ files, cwd: root, concurrency, timeout: FILE_LIMIT_MS });
  for await (const { type, data } of events) {
    if (type === 'test:stderr' || type === 'test:stdout') process.stdout.write(data.message);
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const file = pathOf(data.file);
    // The runner reports the file itself as a test, when it fails to load or holds none.
    const isFile = data.nesting === 0 && pathOf(data.name) === file;
    const isGroup = data.details.type === 'suite';
    if (type === 'test:pass' ? isFile || isGroup : failedWithin(data.details.error)) continue;
    casesByFile.set(file, (casesByFile.get(file) ?? 0) + 1);
    if (data.nesting === 0) msByFile.set(file, (msByFile.get(file) ?? 0) + data.details.duration_ms);
    const name = isFile ? file : `${file}: ${data.name}`;
    if (type === 'test:fail') report(false, name, explain(data.details.error));
    else if (data.skip !== undefined || data.todo !== undefined) report(false, name, 'skipped tests are not accepted');
    else report(true, name);
  }
  for (const [file, cases] of casesByFile) if (cases === 0) report(false, file, 'holds no test');
  for (const [file, cases] of [...casesByFile].sort()) {
    const failed = failures.filter(({ name }) => name.startsWith(file)).length;
    console.log(
      `${failed === 0 ? '✔' : '✖'} ${file}: ${cases} ${cases === 1 ? 'case' : 'cases'} in ${((msByFile.get(file) ?? 0) / 1000).toFixed(1)} s${failed === 0 ? '' : `, ${failed} failed`}`,
    );
  }
}

const files = globSync(`{${FOLDERS.join(',')}}/**/*.test.ts`, { cwd: root, exclude: (name) => name === 'node_modules' })
  .map((file) => file.split(sep).join('/'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort();

if (words.length === 0) for (const name of CHECKS) await check(name);
// Once, before files that need it run side by side.
if (words.length === 0) await buildRenderer();
if (files.length === 0) report(false, 'test files', `no test file matches ${words.join(' ')}`);
for (const [part, atOnce] of [
  [files.filter((file) => !ALONE.test(file)), FILES_AT_ONCE],
  [files.filter((file) => ALONE.test(file)), 1],
] as const)
  if (part.length > 0) await runFiles(part, atOnce);

// At the end, where it is not lost among what the tests printed.
for (const { name, detail } of failures) console.log(`\n✖ ${name}\n${detail}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
