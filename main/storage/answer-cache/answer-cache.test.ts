import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { AnswerCache, TextVector } from '../../engine/ports/answer-cache.ts';
import type { AnswerCacheOptions } from './question.ts';
import { openRedisAnswers } from './redis.ts';
import { openSqliteAnswers } from './sqlite.ts';

const folder = await mkdtemp(join(tmpdir(), 'answers-'));
const children: ChildProcess[] = [];
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

/** A direction `degrees` from the first axis. */
const direction = (degrees: number, space = 'm'): TextVector => {
  const values = new Float32Array(8);
  values[0] = Math.cos((degrees * Math.PI) / 180);
  values[3] = Math.sin((degrees * Math.PI) / 180);
  return { space, values };
};
const never = async (): Promise<TextVector> => assert.fail('no vector is needed for the same words');
const at = (degrees: number, space?: string) => async () => direction(degrees, space);
let opened = 0;
type Open = (options: AnswerCacheOptions) => AnswerCache;

async function behaves(open: Open, wait: (ms: number) => Promise<void>, nowMs: () => number): Promise<void> {
  const cache = open({ maxEntries: 100, ttlMs: 60_000, similarity: 0.95, nowMs });
  assert.equal(await cache.find('s', '今天天气怎么样？'), null);
  await cache.keep('s', '今天天气怎么样？', '晴。', direction(0));
  await cache.keep('s', 'How ARE you', 'Fine.', direction(90));
  for (const same of ['今天天气怎么样?', ' 今天天气怎么样 ', '今天天气怎么样！！'])
    assert.deepEqual(await cache.find('s', same, never), { answer: '晴。', kind: 'exact', similarity: 1 });
  assert.equal((await cache.find('s', 'how are\n you?', never))?.answer, 'Fine.');
  assert.equal(await cache.find('another voice', '今天天气怎么样？', at(0)), null, 'what else the answer depends on');
  const like = await cache.find('s', '天气如何', at(10));
  assert.ok(like?.kind === 'similar' && like.answer === '晴。');
  assert.ok(Math.abs(like.similarity - Math.cos(Math.PI / 18)) < 1e-4);
  assert.equal(await cache.find('s', '天气如何', at(25)), null, 'not like enough');
  assert.equal(
    await cache.find('s', '天气如何', at(0, 'another model')),
    null,
    'vectors of two models are not compared',
  );
  const figures = await cache.figures();
  assert.deepEqual(figures, { entries: 2, exactHits: 4, similarHits: 1, misses: 4, hitRate: 5 / 9 });
  await cache.keep('s', '今天天气怎么样？', '雨。', direction(0));
  assert.equal((await cache.find('s', '天气如何', at(5)))?.answer, '雨。', 'the newest answer counts');

  // Of several like questions whoever is asked chooses among the answers, nearest first; of one nobody is asked.
  await cache.keep('s', '明天天气怎么样', '风。', direction(6));
  const asked: string[][] = [];
  const choosing = (index: number | null) => async (answers: readonly string[]) => {
    asked.push([...answers]);
    return index;
  };
  for (const [index, answer] of [
    [1, '雨。'],
    [0, '风。'],
    [null, '风。'],
  ] as const)
    assert.equal((await cache.find('s', '天气如何', at(5), choosing(index)))?.answer, answer);
  assert.deepEqual(asked, Array(3).fill(['风。', '雨。']));
  assert.equal((await cache.find('s', '天气如何', at(90), choosing(1)))?.answer, 'Fine.');
  assert.equal(asked.length, 3);
  await cache.clear();
  assert.equal(await cache.find('s', '今天天气怎么样？', at(0)), null);
  await cache.close();
  await cache.close();
  assert.equal(await cache.find('s', '今天天气怎么样？'), null);

  const short = open({ maxEntries: 3, ttlMs: 500, similarity: 0.95, nowMs });
  await short.keep('s', 'a', 'A', direction(0));
  assert.equal((await short.find('s', 'a'))?.answer, 'A');
  await wait(600);
  assert.equal(await short.find('s', 'a', at(0)), null, 'its time is over');
  await short.close();

  const small = open({ maxEntries: 3, ttlMs: 60_000, similarity: 0.95, nowMs });
  await small.clear();
  for (const word of ['b', 'c', 'd']) {
    await small.keep('s', word, word.toUpperCase());
    await wait(5);
  }
  assert.ok(await small.find('s', 'b'));
  await wait(5);
  await small.keep('s', 'e', 'E');
  assert.equal(await small.find('s', 'c'), null, 'not used for longest');
  for (const word of ['b', 'd', 'e']) assert.ok(await small.find('s', word), word);
  await small.clear();
  await small.close();
}

test('SQLite: the same words, like words, time, size, and what the answer depends on', async () => {
  let now = 1_700_000_000_000;
  const wait = async (ms: number): Promise<void> => {
    now += ms;
  };
  await behaves(
    (options) => openSqliteAnswers(join(folder, `${opened++}.db`), options),
    wait,
    () => now,
  );
});

test('SQLite: kept across openings and seen by another process; a damaged file is begun anew', async () => {
  const path = join(folder, 'shared.db');
  const options = { maxEntries: 10, ttlMs: 60_000, similarity: 0.9 };
  const one = openSqliteAnswers(path, options);
  const two = openSqliteAnswers(path, options);
  await one.keep('s', 'x', 'X', direction(0));
  assert.equal((await two.find('s', 'like x', at(3)))?.answer, 'X');
  await one.keep('s', 'y', 'Y', direction(90));
  assert.equal((await two.find('s', 'like y', at(88)))?.answer, 'Y');
  await one.close();
  await two.close();
  const again = openSqliteAnswers(path, options);
  assert.equal((await again.find('s', 'x'))?.answer, 'X');
  await again.close();
  await writeFile(path, 'no database at all, but long enough to be looked at by whoever opens it');
  const anew = openSqliteAnswers(path, options);
  assert.equal(await anew.find('s', 'x'), null);
  await anew.keep('s', 'x', 'X2');
  assert.equal((await anew.find('s', 'x'))?.answer, 'X2');
  await anew.close();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** null where this machine has no redis-server. */
async function startRedis(
  context: TestContext,
  password: string,
): Promise<{ url: string; child: ChildProcess } | null> {
  const found = await promisify(execFile)('redis-server', ['--version']).catch(() => null);
  if (found === null) {
    assert.equal(process.env.CI, undefined, 'where everything is tested, so is this: apt-get install redis-server');
    context.diagnostic('redis-server is not installed: a real Redis was not tried');
    return null;
  }
  const port = await freePort();
  const child = spawn('redis-server', ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
  children.push(child);
  child.stdin.end(`port ${port}\nbind 127.0.0.1\nsave ""\nappendonly no\nrequirepass ${password}\ndir ${folder}\n`);
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (data: Buffer) => {
      if (data.includes('Ready to accept connections')) resolve();
    });
    child.on('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
  });
  return { url: `redis://127.0.0.1:${port}/0`, child };
}

test('Redis: the same as SQLite, against a real one; one that is gone or refuses the password costs nobody their answer', async (context) => {
  const redis = await startRedis(context, 'secret-of-redis');
  if (redis === null) return;
  const real = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await behaves((options) => openRedisAnswers(redis.url, { ...options, password: 'secret-of-redis' }), real, Date.now);

  const options = { maxEntries: 10, ttlMs: 60_000, similarity: 0.9, password: 'secret-of-redis' };
  const [one, two] = [openRedisAnswers(redis.url, options), openRedisAnswers(redis.url, options)];
  await one.keep('s', 'x', 'X', direction(0));
  assert.equal((await two.find('s', 'like x', at(3)))?.answer, 'X', 'of another machine');
  const troubles: string[] = [];
  const onTrouble = (error: Error): void => void troubles.push(error.message);
  const wrong = openRedisAnswers(redis.url, { ...options, password: 'wrong', onTrouble });
  assert.equal(await wrong.find('s', 'x'), null);
  assert.ok(troubles.length > 0 && !troubles.join().includes('secret-of-redis'));
  await wrong.close();
  redis.child.kill('SIGKILL');
  await new Promise((resolve) => redis.child.once('exit', resolve));
  assert.equal(await two.find('s', 'x', at(0)), null);
  await two.keep('s', 'x', 'X');
  assert.equal((await two.figures()).entries, 0);
  await one.close();
  await two.close();
});
