/** Models as files: fetched from a server that fails in every way, brought from elsewhere, checked, switched, tried out. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { StudioError } from '../../app/errors/index.ts';
import { BUILT_IN_MODELS } from '../../app/models/built-in.ts';
import { type ModelEntry, modelManifestSchema } from '../../app/models/manifest.ts';
import { type ModelSource, startModelSource } from '../../test/servers/model-source.ts';
import { createModels, type ModelManager } from './index.ts';
import { patiently } from './layout.ts';

const CHUNK = 256 * 1024;
let source: ModelSource;
let mirror: ModelSource;
let home: string;
const places: string[] = [];
let offline = false;
const open: ModelManager[] = [];

before(async () => {
  source = await startModelSource();
  mirror = await startModelSource();
});
after(async () => {
  await source?.[Symbol.asyncDispose]();
  await mirror?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  offline = false;
  // A path as people have them.
  const place = await mkdtemp(join(tmpdir(), 'shenghua-models-'));
  places.push(place);
  home = join(place, '我的 模型 🐼');
  for (const each of [source, mirror]) {
    each.files.clear();
    each.faults.clear();
    each.sentBytes.clear();
    each.requests.length = 0;
  }
});
after(async () => {
  for (const models of open) await models[Symbol.asyncDispose]();
  for (const place of places) await rm(place, { recursive: true, force: true });
});

const signal = new AbortController().signal;
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A GGUF of that architecture with one tensor of random numbers. */
function gguf(architecture: string, elements = 4096, version = 3): Buffer {
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const u64 = (value: number): Buffer => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    return bytes;
  };
  const text = (words: string): Buffer => Buffer.concat([u64(Buffer.byteLength(words)), Buffer.from(words)]);
  const head = Buffer.concat([
    ...[Buffer.from('GGUF'), u32(version), u64(1), u64(2)],
    ...[text('general.architecture'), u32(8), text(architecture), text('general.name'), u32(8), text('Tiny Panda')],
    ...[text('w'), u32(1), u64(elements), u32(0), u64(0)],
  ]);
  const padded = Buffer.alloc(Math.ceil(head.length / 32) * 32);
  head.copy(padded);
  return Buffer.concat([padded, randomBytes(elements * 4)]);
}

interface Made {
  entry: ModelEntry;
  bytes: Buffer;
}
function model(
  id: string,
  { version = '1', elements = 4096, hashed = true, commercial = true, mirrors = true } = {},
): Made {
  const bytes = gguf('qwen3', elements);
  const path = `${id}-${version}.gguf`;
  for (const each of [source, mirror]) each.files.set(path, bytes);
  const words = { zh: id, en: id };
  const entry: ModelEntry = {
    ...{ id, version, task: 'llm', runtime: 'llama', family: 'qwen3', name: words, languages: ['zh'] },
    licence: { name: commercial ? 'MIT' : 'Research', url: null, commercial },
    ...{ memoryBytes: 1, notes: words, settings: { model: path } },
    files: [
      {
        ...{ path, bytes: hashed ? bytes.length : null, sha256: hashed ? sha(bytes) : null },
        sources: [`${source.url}/${path}`, ...(mirrors ? [`${mirror.url}/${path}`] : [])],
      },
    ],
  };
  return { entry, bytes };
}
const managing = (entries: readonly ModelEntry[], folder = home): ModelManager => {
  const models = createModels({
    folder,
    isOffline: () => offline,
    builtIn: entries,
    chunkBytes: CHUNK,
    silenceMs: 3000,
    retryMs: 5,
  });
  open.push(models);
  return models;
};
const get = (models: ModelManager, { entry }: Made, acceptLicence = false) =>
  models.get(entry, { signal, acceptLicence });
const fails = async (work: Promise<unknown>, code: string): Promise<StudioError> => {
  const error = await work.then(
    () => assert.fail(`it worked, without ${code}`),
    (thrown: StudioError) => thrown,
  );
  assert.equal(error.code, code, error.message);
  return error;
};
const content = (models: ModelManager, { entry }: Made): Promise<Buffer> =>
  readFile(join(models.folder, entry.id, entry.version, entry.files[0]!.path));

test('the built-in list is one: each task has a default and others, files with sources, licences', () => {
  modelManifestSchema.parse({ models: BUILT_IN_MODELS });
  for (const task of ['llm', 'asr', 'vad', 'tts', 'embedding'])
    assert.ok(BUILT_IN_MODELS.filter((entry) => entry.task === task).length >= 3, task);
  for (const { id, files, settings } of BUILT_IN_MODELS) {
    const paths = files.map(({ path }) => path);
    for (const value of Object.values(settings)) {
      if (typeof value !== 'string') continue;
      for (const name of value.split(','))
        assert.ok(
          paths.some((path) => path === name || path.startsWith(`${name}/`)),
          `${id}: ${name}`,
        );
    }
  }
});

test('a download that is cut twenty times comes byte for byte, and no byte comes twice but those on the way in a cut', async () => {
  const made = model('big', { elements: 1_500_000, mirrors: false });
  const path = made.entry.files[0]!.path;
  const cuts = Array.from({ length: 20 }, () => 1 + Math.floor(Math.random() * (CHUNK - 1)));
  source.faults.set(path, { cuts: [...cuts] });
  const models = managing([made.entry]);
  const seen: number[] = [];
  await models.get(made.entry, { signal, acceptLicence: false, onProgress: ({ doneBytes }) => seen.push(doneBytes) });
  assert.ok((await content(models, made)).equals(made.bytes));
  assert.equal(source.faults.get(path)?.cuts?.length, 0, 'every cut took place');
  const twice = (source.sentBytes.get(path) ?? 0) - made.bytes.length;
  assert.ok(twice <= 20 * CHUNK, `${twice} bytes came twice`);
  assert.ok(Math.max(...seen) <= made.bytes.length);
  assert.deepEqual(await readdir(join(home, '.incoming')), []);
});

test('a download that was stopped goes on where it was, in another process of the studio too', async () => {
  const made = model('stopped', { elements: 1_000_000, mirrors: false });
  const path = made.entry.files[0]!.path;
  source.faults.set(path, { everyMs: 2 });
  const stop = new AbortController();
  const first = managing([made.entry]);
  const half = made.bytes.length / 2;
  await assert.rejects(
    first.get(made.entry, {
      ...{ signal: stop.signal, acceptLicence: false },
      onProgress: ({ doneBytes }) => doneBytes > half && stop.abort(new Error('enough')),
    }),
    /enough/,
  );
  source.sentBytes.clear();
  source.faults.clear();
  const second = managing([made.entry]);
  await get(second, made);
  assert.ok((await content(second, made)).equals(made.bytes));
  assert.ok(source.sentBytes.get(path)! <= made.bytes.length - half + 5 * CHUNK);
});

describe('a source that is wrong is left for the next, and told where there is none', () => {
  const wrong: [string, (made: Made) => Parameters<ModelSource['faults']['set']>[1], string][] = [
    ['it serves a web page', () => ({ page: true }), 'model.source-web-page'],
    ['it redirects for ever', () => ({ redirects: true }), 'model.source-redirects'],
    ['it has another length', ({ bytes }) => ({ lies: bytes.length - 7 }), 'model.source-wrong-length'],
    ['the file is gone', () => ({ status: 404 }), 'model.source-failed'],
    ['it is broken', () => ({ status: 500 }), 'model.source-failed'],
    ['it has other bytes', ({ bytes }) => ({ content: randomBytes(bytes.length) }), 'model.wrong-hash'],
    ['it tells another hash', () => ({ linkedEtag: 'a'.repeat(64) }), 'model.source-changed'],
  ];
  for (const [name, faults, code] of wrong)
    test(name, async () => {
      const both = model('two');
      const path = both.entry.files[0]!.path;
      source.faults.set(path, faults(both));
      const models = managing([both.entry]);
      await get(models, both);
      assert.ok((await content(models, both)).equals(both.bytes));
      await models.remove(both.entry);

      mirror.faults.set(path, faults(both));
      const error = await fails(get(models, both), code);
      assert.deepEqual(await models.installed(), []);
      if (code !== 'model.wrong-hash') return;
      // Set apart, for whoever wants to know what it was; never where models are looked for.
      assert.ok(String(error.params.kept).includes('.quarantine'));
      assert.ok((await stat(String(error.params.kept))).isFile());
    });

  test('one without ranges is read whole, from the beginning after a cut', async () => {
    const made = model('whole', { elements: 400_000, mirrors: false });
    source.faults.set(made.entry.files[0]!.path, { noRanges: true, cuts: [300_000, 500_000] });
    const models = managing([made.entry]);
    await get(models, made);
    assert.ok((await content(models, made)).equals(made.bytes));
  });
});

test('without a published hash the first download is pinned, and said so; another file later is refused', async () => {
  const made = model('pinned', { hashed: false, mirrors: false });
  const models = managing([made.entry]);
  await get(models, made);
  const [record] = await models.records();
  assert.deepEqual([record?.files[0]?.trust, record?.files[0]?.sha256], ['first', sha(made.bytes)]);
  await models.remove(made.entry);
  const path = made.entry.files[0]!.path;
  source.faults.set(path, { content: gguf('qwen3') });
  await fails(get(models, made), 'model.wrong-hash');
  // A source that tells its hash vouches for it.
  const told = model('told', { hashed: false, mirrors: false });
  source.faults.set(told.entry.files[0]!.path, { linkedEtag: sha(told.bytes) });
  const other = managing([told.entry]);
  await get(other, told);
  assert.equal((await other.records()).find(({ entry }) => entry.id === 'told')?.files[0]?.trust, 'source');
});

test('what may not be fetched is not: offline, a licence that was not read, no room, a place that cannot be written', async () => {
  const made = model('free');
  const bound = model('bound', { commercial: false });
  const models = managing([made.entry, bound.entry]);
  offline = true;
  await fails(get(models, made), 'model.offline');
  offline = false;
  await fails(get(models, bound), 'model.licence-not-accepted');
  const huge = { ...made, entry: { ...made.entry, id: 'huge', files: [{ ...made.entry.files[0]!, bytes: 2 ** 50 }] } };
  await fails(get(managing([huge.entry]), huge), 'model.no-space');
  assert.deepEqual([...source.requests, ...mirror.requests], [], 'nobody was asked');
  await get(models, bound, true);
  assert.equal((await models.chosen('llm'))?.entry.id, 'bound');
  const blocked = join(home, 'a file');
  await writeFile(blocked, '');
  await fails(get(managing([made.entry], blocked), made), 'storage.not-writable');
});

test('two that fetch one model share the work: the bytes come once', async () => {
  const made = model('shared', { elements: 300_000, mirrors: false });
  source.faults.set(made.entry.files[0]!.path, { everyMs: 5 });
  const [one, two] = [managing([made.entry]), managing([made.entry])];
  const phases: string[] = [];
  const both = [
    get(one, made),
    two.get(made.entry, { signal, acceptLicence: false, onProgress: ({ phase }) => phases.push(phase) }),
  ];
  await Promise.all(both);
  assert.equal(source.sentBytes.get(made.entry.files[0]!.path), made.bytes.length);
  assert.ok(phases.includes('waiting'));
});

test('a file that somebody holds for a moment is waited for; one that stays held is told', async () => {
  await mkdir(home, { recursive: true });
  const [from, to] = [join(home, 'a'), join(home, 'b')];
  await writeFile(from, 'x');
  let held = 3;
  const busy = (): Promise<void> =>
    held-- > 0
      ? Promise.reject(Object.assign(new Error('busy'), { code: 'EBUSY', syscall: 'rename' }))
      : rename(from, to);
  await patiently(to, busy, [1, 1, 1]);
  assert.equal(await readFile(to, 'utf8'), 'x');
  held = 9;
  await fails(patiently(to, busy, [1, 1]), 'model.in-use');
});

test('files that no runtime should load are told before one does: cut off, another kind, too new, no model', async () => {
  const whole = gguf('qwen3');
  const cases: [string, Buffer, string][] = [
    ['cut', whole.subarray(0, whole.length - 5000), 'model.file-truncated'],
    ['kind', gguf('llama'), 'model.wrong-architecture'],
    ['new', gguf('qwen3', 4096, 4), 'model.too-new'],
    ['page', Buffer.from('<html>'.repeat(400)), 'model.file-not-a-model'],
  ];
  for (const [id, bytes, code] of cases) {
    const made = model(id, { hashed: false, mirrors: false });
    source.files.set(made.entry.files[0]!.path, bytes);
    const models = managing([made.entry]);
    await fails(get(models, made), code);
    assert.deepEqual(await models.installed(), []);
  }
  // As a protocol buffer: IR version 9, a graph, the metadata that sherpa's exports carry.
  const onnx = (kind: string, irVersion = 9): Buffer => {
    const pair = Buffer.concat([
      Buffer.from([0x0a, 10]),
      Buffer.from('model_type'),
      Buffer.from([0x12, kind.length]),
      Buffer.from(kind),
    ]);
    return Buffer.concat([Buffer.from([0x08, irVersion, 0x3a, 4, 1, 2, 3, 4, 0x72, pair.length]), pair]);
  };
  const voice: ModelEntry = { ...model('voice').entry, task: 'tts', runtime: 'sherpa', family: 'vits' };
  for (const [name, bytes, code] of [
    ['a', onnx('vits'), null],
    ['b', onnx('kokoro'), 'model.wrong-architecture'],
    ['c', onnx('vits', 99), 'model.too-new'],
    ['d', onnx('vits').subarray(0, 20), 'model.file-truncated'],
  ] as const) {
    const path = `${name}.onnx`;
    source.files.set(path, bytes);
    const file = { path, bytes: null, sha256: null, sources: [`${source.url}/${path}`] };
    const entry = { ...voice, id: `voice-${name}`, files: [file], settings: { model: path } };
    const work = managing([entry]).get(entry, { signal, acceptLicence: false });
    await (code === null ? work : fails(work, code));
  }
});

test('what rots is found, and only that is fetched again; what is removed is gone', async () => {
  const made = model('rotten', { elements: 100_000, mirrors: false });
  const models = managing([made.entry]);
  await get(models, made);
  assert.deepEqual(await models.verify(made.entry, { signal }), []);
  const path = join(home, 'rotten', '1', made.entry.files[0]!.path);
  const bytes = await readFile(path);
  bytes[bytes.length - 9]! ^= 1;
  await writeFile(path, bytes);
  assert.deepEqual(
    (await models.verify(made.entry, { signal })).map(({ damage }) => damage),
    ['wrong-hash'],
  );
  assert.equal((await models.chosen('llm'))?.verified, false);
  await models.repair(made.entry, { signal });
  assert.ok((await content(models, made)).equals(made.bytes));
  assert.equal((await models.chosen('llm'))?.verified, true);
  await truncate(path, 10);
  assert.deepEqual(
    (await models.verify(made.entry, { signal })).map(({ damage }) => damage),
    ['wrong-length'],
  );
  await models.remove(made.entry);
  assert.equal(await models.chosen('llm'), null);
  assert.deepEqual(await readdir(join(home, 'rotten')), []);
});

test('versions lie side by side; a switch and a way back hold from the next utterance on, in every process', async () => {
  const [old, next] = [model('panda', { version: '1' }), model('panda', { version: '2' })];
  const [mine, theirs] = [managing([old.entry, next.entry]), managing([old.entry, next.entry])];
  await get(mine, old);
  await get(mine, next);
  const version = async (models: ModelManager) => (await models.chosen('llm'))?.entry.version;
  assert.equal(await version(mine), '1', 'what is new is not in use by itself');
  const told = new Promise((resolve) => theirs.changes(resolve));
  await mine.use(next.entry);
  assert.deepEqual([await version(mine), await version(theirs)], ['2', '2']);
  assert.equal(await told, 'llm');
  await theirs.rollBack('llm');
  assert.equal(await version(mine), '1');
  await fails(mine.rollBack('llm'), 'model.nothing-to-roll-back');
  await fails(mine.use({ id: 'panda', version: '3' }), 'model.not-here');
  await mine.remove(old.entry);
  assert.equal(await version(theirs), '2', 'another takes the place of what is gone');
});

describe('a version on trial', () => {
  const onTrial = async (percent = 20) => {
    const [old, next] = [model('panda', { version: '1' }), model('panda', { version: '2' })];
    const models = managing([old.entry, next.entry]);
    await get(models, old);
    await get(models, next);
    await models.use(next.entry, percent);
    const failures: StudioError[] = [];
    models.onTrialFailed((error) => failures.push(error));
    const speak = async (times: number, use: (version: string) => { ok: boolean; latencyMs: number }) => {
      const given: string[] = [];
      for (let i = 0; i < times; i++) {
        const chosen = (await models.chosen('llm'))!;
        given.push(chosen.entry.version);
        models.reportUse(chosen, use(chosen.entry.version));
      }
      await models[Symbol.asyncDispose]();
      return given;
    };
    return { models, failures, speak };
  };

  test('gets its share of the utterances, and what is standing the rest', async () => {
    const { models, speak } = await onTrial();
    const given = await speak(50, () => ({ ok: true, latencyMs: 100 }));
    assert.equal(given.filter((version) => version === '2').length, 10);
    assert.equal((await models.standing('llm'))?.entry.version, '1');
    const trial = (await models.state()).trials.llm;
    assert.deepEqual([trial?.trial.uses, trial?.standing.uses], [10, 40]);
  });
  test('that fails is undone by itself, with the reason', async () => {
    const { models, failures, speak } = await onTrial();
    const given = await speak(60, (version) => ({ ok: version === '1', latencyMs: 100 }));
    assert.ok(given.filter((version) => version === '2').length <= 4);
    assert.deepEqual([(await models.state()).trials.llm, failures[0]?.code], [undefined, 'model.trial-failed']);
    assert.equal((await models.state()).outcomes.llm?.passed, false);
  });
  test('that is too slow is undone by itself', async () => {
    const { models, failures, speak } = await onTrial();
    await speak(120, (version) => ({ ok: true, latencyMs: version === '1' ? 100 : 220 }));
    assert.equal((await models.state()).trials.llm, undefined);
    assert.match(String(failures[0]?.params.detail), /220 ms.*100 ms/);
    assert.equal((await models.chosen('llm'))?.entry.version, '1');
  });
  test('that does as well takes over', async () => {
    const { models, speak } = await onTrial(50);
    await speak(210, () => ({ ok: true, latencyMs: 100 }));
    assert.equal((await models.standing('llm'))?.entry.version, '2');
    await models.rollBack('llm');
    assert.equal((await models.standing('llm'))?.entry.version, '1');
  });
});

test('a stick brings models: by their names, by their own folder, as a GGUF of one’s own; what is wrong is refused', async () => {
  const made = model('carried');
  const models = managing([made.entry]);
  const stick = join(home, '..', 'U 盘');
  await mkdir(join(stick, 'deep', 'er'), { recursive: true });
  const name = made.entry.files[0]!.path;
  await writeFile(join(stick, 'deep', 'er', name), made.bytes);
  offline = true;
  const [brought] = await models.importFrom(stick, { signal });
  assert.deepEqual([brought?.entry.id, brought?.verified], ['carried', true]);
  assert.ok((await content(models, made)).equals(made.bytes));

  const bytes = Buffer.from(made.bytes);
  bytes[bytes.length - 1]! ^= 1;
  await writeFile(join(stick, 'deep', 'er', name), bytes);
  await models.remove(made.entry);
  await fails(models.importFrom(stick, { signal }), 'model.wrong-hash');
  assert.deepEqual(await models.installed(), []);

  const own = join(home, '..', 'My Own (7B).gguf');
  await writeFile(own, gguf('qwen2'));
  const [mine] = await models.importFrom(own, { signal });
  assert.deepEqual([mine?.entry.family, mine?.entry.name.en, mine?.entry.task], ['qwen2', 'Tiny Panda', 'llm']);
  await fails(models.importFrom(join(home, '..', 'none'), { signal }), 'model.nothing-to-import');
  const other = managing([], join(home, '..', 'other'));
  const [copied] = await other.importFrom(mine!.folder, { signal });
  assert.equal(copied?.entry.id, mine?.entry.id, 'a model’s own folder says what it is');
});

test('a bundle made on one machine installs on another without a network; a changed one is refused', async () => {
  const [one, two] = [model('first'), model('second', { hashed: false })];
  const models = managing([one.entry, two.entry]);
  await get(models, one);
  await get(models, two);
  const path = join(home, '..', '模型 包.zip');
  await models.pack([one.entry, two.entry], path, { signal });
  offline = true;
  const other = managing([one.entry], join(home, '..', 'other'));
  const brought = await other.importFrom(path, { signal });
  assert.deepEqual(
    brought.map(({ entry }) => entry.id),
    ['first', 'second'],
  );
  assert.ok((await content(other, two)).equals(two.bytes));

  const bytes = await readFile(path);
  const at = bytes.indexOf(one.bytes.subarray(-64));
  bytes[at]! ^= 1;
  await writeFile(path, bytes);
  const third = managing([], join(home, '..', 'third'));
  const error = await third.importFrom(path, { signal }).catch((thrown: StudioError) => thrown);
  assert.ok('code' in error && ['model.wrong-hash', 'model.bundle-unreadable'].includes(error.code), String(error));
  assert.deepEqual(await third.installed(), []);
  await writeFile(path, bytes.subarray(0, bytes.length / 2));
  await fails(third.importFrom(path, { signal }), 'model.bundle-unreadable');
});

test('a list of one’s own is added; one that cannot be read is told, and names what is wrong', async () => {
  const made = model('private');
  const models = managing([]);
  await mkdir(home, { recursive: true });
  await writeFile(join(home, 'manifest.json'), JSON.stringify({ models: [made.entry] }));
  await get(models, made);
  assert.equal((await models.find('private')).version, '1');
  const unknown = await fails(models.find('privat'), 'model.unknown');
  assert.match(String(unknown.params.suggestion), /private/);
  const leads = { ...made.entry, files: [{ ...made.entry.files[0]!, path: '../../evil' }] };
  await writeFile(join(home, 'manifest.json'), JSON.stringify({ models: [leads] }));
  await fails(models.manifest(), 'model.manifest-invalid');
});
