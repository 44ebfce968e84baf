import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { openStorage, type Storage } from '../storage/open.ts';
import { answerUpload } from './upload.ts';

let dataDir: string;
let storage: Storage;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'shenghua-upload-'));
  storage = await openStorage({ dataDir });
});
afterEach(async () => {
  storage.close();
  await rm(dataDir, { recursive: true, force: true });
});

const LIMIT = 1000;
const send = async (pieces: number[], headers: Record<string, string> = {}) => {
  let pulled = 0;
  const body = new ReadableStream({
    pull(controller) {
      const size = pieces[pulled++];
      if (size === undefined) controller.close();
      else controller.enqueue(new Uint8Array(size));
    },
  });
  const request = new Request('http://studio/upload', { method: 'POST', headers, body, duplex: 'half' } as RequestInit);
  const response = await answerUpload(request, storage.assets, LIMIT);
  return {
    status: response.status,
    json: (await response.json()) as { error: { code: string; retryable: boolean } },
    pulled,
  };
};
const kept = async () => (await readdir(join(dataDir, 'assets'), { recursive: true })).length;

test('what grows over the limit on the way is stopped there, and nothing of it is kept', async () => {
  const { status, json, pulled } = await send(Array.from({ length: 50 }, () => 100));
  assert.deepEqual([status, json.error.code], [413, 'host.upload-too-large']);
  assert.ok(pulled < 20, `${pulled} pieces were read`);
  assert.equal(await kept(), 0);
});

test('a file with nothing in it is refused, and nothing is kept', async () => {
  for (const headers of [{}, { 'content-length': '0' }]) {
    const { status, json } = await send([], headers);
    assert.deepEqual([status, json.error.code], [400, 'host.upload-empty']);
  }
  assert.equal(await kept(), 0);
});

test('a file of exactly the limit is taken', async () => {
  assert.equal((await send([400, 600])).status, 200);
});

test('less than was announced is a file that broke off', async () => {
  const { status, json } = await send([100], { 'content-length': '200' });
  assert.deepEqual([status, json.error.code, json.error.retryable], [400, 'host.upload-broken-off', true]);
  assert.equal(await kept(), 0);
});
