import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { startChild } from './child-process.ts';
import { scratch } from './testing/stage.ts';

test('what a child prints is given line by line, also its last words, and not printed', async (t) => {
  const program = join(await scratch(t), 'child.mjs');
  await writeFile(
    program,
    "process.stderr.write('one\\ntw');setTimeout(() => { process.stderr.write('o\\n' + 'x'.repeat(9000) + '\\n'); throw new Error('last words'); }, 50);",
  );
  const printed: string[] = [];
  const child = startChild<object, never>({
    ...{ program, schema: z.never(), onMessage: () => {} },
    onPrinted: (line) => printed.push(line),
  });
  t.after(() => child.kill());
  const { code } = await child.exited;
  assert.equal(code, 1);
  while (!printed.some((line) => line.includes('Node.js v'))) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(printed.slice(0, 2), ['one', 'two']);
  assert.equal(printed[2]!.length, 4000);
  assert.ok(printed.some((line) => line.includes('last words')));
});

test('a child that takes long to begin is given its time; one that falls silent later is killed', async (t) => {
  const program = join(await scratch(t), 'slow.mjs');
  // It stands still for longer than a child that has spoken may be silent, speaks once, and stands still for good.
  await writeFile(
    program,
    `const still = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
     still(7_000); process.send('ready', () => still(1e9));`,
  );
  const heard: string[] = [];
  const child = startChild<object, string>({ program, schema: z.string(), onMessage: (word) => heard.push(word) });
  t.after(() => child.kill());
  const { hung, signal } = await child.exited;
  assert.deepEqual(heard, ['ready']);
  assert.deepEqual({ hung, signal }, { hung: true, signal: 'SIGKILL' });
});
