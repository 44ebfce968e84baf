import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '../../../app/errors/index.ts';
import { ModelProcess, type ModelToLoad } from './model-process.ts';

const never = new AbortController().signal;
const GB = 2 ** 30;
const model = (key: string, more: Partial<ModelToLoad> = {}): ModelToLoad => ({
  ...{ key, slot: key, name: key, memoryBytes: GB, settings: null, ...more },
});
const processOf = (options: Partial<ConstructorParameters<typeof ModelProcess>[0]> = {}) =>
  new ModelProcess({ program: new URL('./model-child.fixture.ts', import.meta.url), runtime: 'counter', ...options });

async function all(llama: ModelProcess, work: object, input?: AsyncIterable<unknown>, of = model('one')) {
  const pieces: unknown[] = [];
  const asked = llama.ask<unknown, unknown>(of, { work, ...(input && { input }) }, never);
  for (;;) {
    const next = await asked.next();
    if (next.done) return { pieces, result: next.value };
    pieces.push(next.value);
  }
}
const code = (wanted: string) => (error: unknown) => error instanceof StudioError && error.code === wanted;

test('a process that stands still is killed, and what it was asked is asked of the next', async () => {
  const process = processOf({ silenceMs: 1500 });
  try {
    assert.deepEqual((await all(process, { does: 'hang', deathsOnly: true })).result, 'better');
    await assert.rejects(all(process, { does: 'hang' }), code('model.died'));
    assert.deepEqual((await all(process, { does: 'count' })).pieces, [0, 1, 2]);
  } finally {
    await process.dispose();
  }
});

test('sound goes in as it comes; memory that runs out has its own error, and the process lives on', async () => {
  const process = processOf();
  try {
    const sound = (async function* () {
      yield* [1, 2, 3];
    })();
    assert.equal((await all(process, { does: 'sum' }, sound)).result, 6);
    const { pid } = process;
    await assert.rejects(all(process, { does: 'memory' }), code('model.out-of-memory'));
    assert.equal(process.pid, pid);
  } finally {
    await process.dispose();
  }
});

test('what is not at work makes room for what is asked for; what is too large even then is refused', async () => {
  let freeBytes = 1.5 * GB;
  const process = processOf({ availableBytes: () => freeBytes - process.held.length * GB, pressureBytes: 0 });
  try {
    await process.load(model('one'), never);
    await process.load(model('two'), never);
    assert.deepEqual(
      process.held.map(({ key }) => key),
      ['two'],
    );
    await assert.rejects(process.load(model('huge', { memoryBytes: 8 * GB }), never), code('model.too-large'));
    freeBytes = 8 * GB;
    for (const version of ['a', 'b', 'c']) await process.load(model(version, { slot: 'llm' }), never);
    assert.deepEqual(
      process.held.map(({ key }) => key),
      ['b', 'c'],
    );
  } finally {
    await process.dispose();
  }
});

test('memory that runs short elsewhere is given back, and the process with the last model', async () => {
  let freeBytes = 8 * GB;
  const process = processOf({ availableBytes: () => freeBytes, pressureBytes: GB, checkMs: 20 });
  try {
    await process.load(model('one'), never);
    freeBytes = GB / 2;
    while (process.pid !== null) await new Promise((resolve) => setTimeout(resolve, 10));
    assert.deepEqual(process.held, []);
  } finally {
    await process.dispose();
  }
});

test('a model that ends the process is refused after the second time, and others are served', async () => {
  const process = processOf();
  try {
    const deadly = model('deadly', { settings: 'deadly' });
    await assert.rejects(process.load(deadly, never), code('model.died'));
    await assert.rejects(process.load(deadly, never), code('model.not-readable'));
    assert.equal((await all(process, { does: 'count' })).result, 'done');
  } finally {
    await process.dispose();
  }
  await assert.rejects(all(process, { does: 'count' }), /was closed/);
});
