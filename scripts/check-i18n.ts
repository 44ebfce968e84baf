/**
 * `npm run i18n:check`: every language has the same keys and slots, every key is used, and no text that people read stands in the
 * interface's code instead of in a dictionary. Prints each fault with its place; fails when there is one.
 */
import { globSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messages as english } from '../renderer/i18n/en/index.ts';
import { messages as chinese } from '../renderer/i18n/zh-CN/index.ts';
import { dictionaryFaults, hardCodedText, unusedKeys } from './i18n-faults.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const filesOf = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => !path.includes('/dist/') && !path.startsWith('renderer/i18n/') && !path.endsWith('.test.ts'))
    .map((path) => ({ path, text: readFileSync(`${root}${path}`, 'utf8') }));
const sources = filesOf('renderer/**/*.{ts,tsx}');
/** Keys may be named by the model that the interface draws. */
const models = filesOf('app/**/*.ts');

const faults = [
  ...dictionaryFaults({ en: english, 'zh-CN': chinese }),
  ...unusedKeys(english, [...sources, ...models]),
  ...sources.flatMap(({ path, text }) => hardCodedText(path, text)),
];
for (const fault of faults) console.error(fault);
const keys = Object.values(english).flatMap((area) => Object.keys(area)).length;
if (faults.length === 0) console.log(`${keys} texts in 2 languages, ${sources.length} files without text of their own`);
process.exitCode = faults.length === 0 ? 0 : 1;
