/** `models` from a person's shell: listed, fetched, checked, switched, packed, brought to another machine, removed. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { type ModelSource, startModelSource } from '../servers/model-source.ts';
import { Place } from './run-cli.ts';

/** The fields of ONNX's outermost message: IR version 9 and an empty graph. */
const ONNX = Buffer.from([0x08, 9, 0x3a, 4, 1, 2, 3, 4]);
let place: Place;
let source: ModelSource;

before(async () => {
  place = await Place.make();
  source = await startModelSource({ 'one.onnx': ONNX, 'two.onnx': Buffer.concat([ONNX, ONNX]) });
  const sha256 = createHash('sha256').update(ONNX).digest('hex');
  const words = { zh: '测试', en: 'Test' };
  const entry = (version: string, file: string, more: object) => ({
    ...{ id: 'test-vad', version, task: 'vad', runtime: 'sherpa', family: 'silero', name: words, languages: [] },
    ...{ memoryBytes: 1000, notes: words, settings: { model: file } },
    licence: { name: 'MIT', url: null, commercial: true },
    files: [{ path: file, bytes: ONNX.length, sha256, sources: [`${source.url}/${file}`] }],
    ...more,
  });
  const models = [
    entry('1', 'one.onnx', {}),
    entry('2', 'two.onnx', {
      licence: { name: 'Research', url: 'https://example.com/licence', commercial: false },
      files: [{ path: 'two.onnx', bytes: null, sha256: null, sources: [`${source.url}/two.onnx`] }],
    }),
  ];
  await mkdir(place.at('data/models'), { recursive: true });
  await writeFile(place.at('data/models/manifest.json'), JSON.stringify({ models }));
});
after(async () => {
  await source?.[Symbol.asyncDispose]();
  await place?.remove();
});

test('a model comes, is checked, switched and packed, and is brought to another machine', async () => {
  const got = await place.run(['models', 'get', 'test-vad', 'test-vad@2', '--accept-licence', '--limit', '5MB']);
  assert.equal(got.code, 0, got.stderr);
  assert.match(got.stderr, /No SHA-256 is published/);
  const used = await place.run(['models', 'use', 'test-vad@2', '--json']);
  assert.equal(used.json().model, 'test-vad@2');
  const back = await place.run(['models', 'rollback', 'vad', '--json']);
  assert.equal(back.json().model, 'test-vad@1');

  const listed = await place.run(['models', 'list', '--lang', 'en']);
  assert.match(listed.stdout, /^vad +test-vad@1 +in use +0\.1 MB +fits +MIT$/m);
  assert.match(listed.stdout, /^llm +qwen3-1\.7b@2025-05 +– +\? /m);

  const file = place.at('data/models/test-vad/2/two.onnx');
  await writeFile(file, (await readFile(file)).fill(0, 9, 12));
  const verified = await place.run(['models', 'verify', 'test-vad@2', 'test-vad@1', '--json']);
  const [two, one] = verified.json().results as { damaged: { path: string }[] }[];
  assert.deepEqual([verified.code, two?.damaged[0]?.path, one?.damaged.length], [1, 'two.onnx', 0]);
  const repaired = await place.run(['models', 'repair', 'test-vad@2', '--json']);
  assert.equal(repaired.code, 0, repaired.stderr);

  const packed = await place.run(['models', 'bundle', 'test-vad@1', 'test-vad@2', '--out', 'm.zip', '--json']);
  assert.equal(packed.code, 0, packed.stderr);
  const env = { SHENGHUA_DATA: place.at('other') };
  const brought = await place.run(['models', 'import', 'm.zip', '--json'], { env });
  assert.equal((brought.json().models as object[]).length, 2, brought.stderr);
});
