import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { describeError, StudioError } from '../errors/index.ts';
import { type DocumentMigration, documentReader, parseProject, serialiseProject } from './migrations.ts';
import { newProject } from './new-project.ts';
import { PROJECT_VERSION } from './project.ts';
import { projectAssets } from './project-assets.ts';
import { randomProject } from './random-project.fixture.ts';

const minimal = { version: PROJECT_VERSION, id: 'p', name: 'One', avatar: { portrait: { kind: 'sample', id: 'lin' } } };

const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

function failure(input: unknown): StudioError {
  try {
    parseProject(input);
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
  throw new assert.AssertionError({ message: 'parsed' });
}

test('any valid project comes back equal from its JSON, bytes and all', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const project = parseProject(randomProject(seed));
    const text = serialiseProject(project);
    const throughUtf8 = new TextDecoder('utf-8', { fatal: true }).decode(new TextEncoder().encode(text));
    const back = parseProject(JSON.parse(throughUtf8));
    assert.deepEqual(back, project, `seed ${seed}`);
    assert.equal(serialiseProject(back), text, `seed ${seed}`);
  }
});

test('half a surrogate pair, NUL and right-to-left text survive the file', () => {
  const text = '\ud83d a\u0000b \udc00 \u202eאבג 𠮷 👩‍👩‍👧';
  const project = newProject({
    ...minimal,
    portrait: { kind: 'sample', id: 'lin' },
    avatar: {},
    script: { lines: [{ id: '1', text }] },
  });
  const written = serialiseProject(project);
  assert.ok(written.isWellFormed());
  assert.equal(parseProject(JSON.parse(written)).script.lines[0]?.text, text);
});

test('a new project is complete by its defaults', () => {
  const project = newProject({
    id: 'p',
    name: 'One',
    portrait: { kind: 'sample', id: 'lin' },
    avatar: { framing: { zoom: 2 } },
  });
  assert.deepEqual(project, parseProject({ ...minimal, avatar: { ...minimal.avatar, framing: { zoom: 2 } } }));
  assert.equal(project.avatar.framing.fit, 'auto');
  assert.equal(project.stage.aiMark.visible, true);
});

test('what is wrong is named by its path, in both languages', () => {
  const error = failure({
    ...minimal,
    script: {
      lines: [
        { id: 'a', text: '' },
        { id: 'a', text: '', emotion: 'grumpy', colour: 'red' },
      ],
    },
    stage: { fps: 23 },
  });
  const english = describeError(error, 'en').message;
  assert.equal(error.code, 'storage.document-invalid');
  assert.match(english, /script\.lines\[1\]\.emotion: .*"happy"/);
  assert.match(english, /script\.lines\[1\]: .*"colour"/);
  assert.match(english, /stage\.fps: /);
  assert.match(describeError(error, 'zh-CN').message, /script\.lines\[1\]\.emotion: 无效/);
  assert.match(
    failure({
      ...minimal,
      script: {
        lines: [
          { id: 'a', text: '' },
          { id: 'a', text: '' },
        ],
      },
    }).message,
    /lines\[1\]\.id: "a" is used twice/,
  );
});

test('what is no project at all says so', () => {
  for (const input of [null, 7, 'x', [], {}, { version: '1' }, { version: 1.5 }, { version: -1 }]) {
    assert.equal(failure(input).code, 'storage.document-invalid', JSON.stringify(input));
  }
  assert.match(failure({ ...minimal, version: 0 }).message, /version 0/);
});

test('a document of a newer version is refused and left as it is', () => {
  const newer = Object.freeze({ ...minimal, version: PROJECT_VERSION + 1, somethingNew: Object.freeze({ deep: 1 }) });
  const error = failure(newer);
  assert.equal(error.code, 'storage.document-newer');
  assert.deepEqual(error.params, { version: PROJECT_VERSION + 1, supported: PROJECT_VERSION });
});

test('a document of version 1 gains emotions of its own and a consent, both empty, and keeps all else', () => {
  const first = {
    ...minimal,
    version: 1,
    avatar: { ...minimal.avatar, framing: { zoom: 2 } },
    script: { lines: [{ id: 'a', text: '[sad]x', emotion: 'happy', intensity: 0.4 }] },
    seed: 9,
  };
  const given = JSON.stringify(first);
  const project = parseProject(first);
  assert.deepEqual(
    project,
    parseProject({ ...first, version: 2, emotions: [], avatar: { ...first.avatar, consent: null } }),
  );
  assert.deepEqual([project.version, project.emotions, project.avatar.consent], [PROJECT_VERSION, [], null]);
  assert.deepEqual([project.script.lines[0]?.emotion, project.avatar.framing.zoom, project.seed], ['happy', 2, 9]);
  assert.equal(JSON.stringify(first), given);
  assert.match(failure({ version: 1, id: 'p', name: 'One' }).message, /avatar: /);
});

test('a line may have an emotion of the project’s own, and none that the project does not have', () => {
  const emotions = [{ id: 'e1', name: '我的微笑', colour: '#ff8800', blend: { smile: 0.7 } }];
  const lines = (emotion: string) => ({ ...minimal, emotions, script: { lines: [{ id: 'a', text: '', emotion }] } });
  const project = parseProject(lines('我的微笑'));
  assert.equal(project.emotions[0]?.blend.smile, 0.7);
  assert.equal(project.emotions[0]?.blend.energy, 1);
  assert.match(failure(lines('微笑')).message, /script\.lines\[0\]\.emotion: .*"happy".*"我的微笑"/);
  const named = (...names: string[]) => ({
    ...minimal,
    emotions: names.map((name, i) => ({ id: `${i}`, name, colour: '#000000' })),
  });
  for (const [names, place] of [
    [['a b'], /emotions\[0\]\.name: a name is letters/],
    [['ok', '2nd'], /emotions\[1\]\.name: a name is letters/],
    [['笑]'], /emotions\[0\]\.name/],
    [['Happy'], /emotions\[0\]\.name: .*built-in/],
    [['rate'], /emotions\[0\]\.name: .*cue/],
    [['x'.repeat(25)], /emotions\[0\]\.name: .*24/],
    [['Wink', 'wink'], /emotions\[1\]\.name: "wink" is used twice/],
    [['\u00e9', 'e\u0301'], /emotions\[1\]\.name: .*used twice/],
  ] as const)
    assert.match(failure(named(...names)).message, place, names.join());
  assert.match(
    failure({ ...minimal, emotions: [{ ...emotions[0], blend: { smile: 9, grin: 1 } }] }).message,
    /emotions\[0\]\.blend\.smile: .*emotions\[0\]\.blend: .*"grin"/,
  );
});

const steps: DocumentMigration[] = [
  { from: 1, to: 2, name: 'split-name', migrate: ({ name, ...rest }) => ({ ...rest, title: { zh: name, en: '' } }) },
  {
    from: 2,
    to: 4,
    name: 'title-in-english-first',
    migrate(document) {
      const title = document.title as { zh: string; en: string };
      title.en ||= title.zh;
      return document;
    },
  },
];
const futureSchema = z.strictObject({
  version: z.literal(4),
  title: z.strictObject({ zh: z.string(), en: z.string() }),
});

test('older documents come up step by step, from any version, without touching what was given', () => {
  const read = documentReader(futureSchema, 4, steps);
  const first = { version: 1, name: '声画' };
  const second = { version: 2, title: { zh: '甲', en: '' } };
  assert.deepEqual(read(first), { version: 4, title: { zh: '声画', en: '声画' } });
  assert.deepEqual(read(second), { version: 4, title: { zh: '甲', en: '甲' } });
  assert.deepEqual(second, { version: 2, title: { zh: '甲', en: '' } });
  assert.throws(() => read({ version: 3, title: {} }), codeOf('storage.document-invalid'));
  assert.throws(() => read({ version: 5 }), codeOf('storage.document-newer'));
  assert.throws(() => read({ version: 2 }), /could not be brought up to 4 \(title-in-english-first\)/);
});

test('a list of migrations with a gap, a wrong end or a name used twice is refused when it is made', () => {
  const [first, second] = steps as [DocumentMigration, DocumentMigration];
  assert.throws(() => documentReader(futureSchema, 5, steps), /must lead to 5/);
  assert.throws(() => documentReader(futureSchema, 4, [first, { ...second, from: 3 }]), /must lead to 3/);
  assert.throws(() => documentReader(futureSchema, 4, [first, { ...second, name: first.name }]), /share a name/);
});

test('the files of a project are each named once', () => {
  const asset = (digit: string) => ({ sha256: digit.repeat(64), mediaType: 'image/png', fileName: '' });
  const overlay = (id: string, digit: string) => ({ id, asset: asset(digit), x: 0, y: 0, width: 0.2 });
  const project = newProject({
    id: 'p',
    name: 'One',
    portrait: { kind: 'asset', asset: asset('1') },
    avatar: { consent: { person: '林', scope: 'all', grantedOn: '2026-01-01', evidence: asset('5') } },
    script: { recording: asset('2') },
    stage: { background: { kind: 'picture', asset: asset('3') }, overlays: [overlay('a', '1'), overlay('b', '4')] },
  });
  assert.deepEqual(
    projectAssets(project).map((ref) => ref.sha256[0]),
    ['1', '5', '2', '3', '4'],
  );
});
