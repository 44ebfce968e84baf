import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { Place, wav } from './run-cli.ts';

let place: Place;
before(async () => {
  place = await Place.make();
});
after(() => place.remove());

const OWN = ['export', '--portrait', 'me.jpg', '--text', 'Hi.'];
const CLONE = ['voices', 'clone', '--sample', 'me.wav', '--consent', 'c.wav'];
const LIN = ['export', '--portrait', 'sample:lin', '--text', 'Hi.'];

describe('wrong usage ends with 2, says what is wrong and what is meant', () => {
  const cases: [name: string, args: string[], code: string, hint: RegExp][] = [
    ['no command', [], 'command.no-verb', /export/],
    ['a misspelt command', ['exprot'], 'command.unknown-verb', /Did you mean export\?/],
    ['a misspelt option', [...LIN, '--portait', 'x'], 'command.unknown-option', /Did you mean --portrait\?/],
    ['an option without its value', ['export', '--text'], 'command.missing-value', /--help/],
    ['an option in the place of a value', ['export', '--portrait', '--text', 'hi'], 'command.missing-value', /--help/],
    ['words without quotation marks', [...LIN, 'there'], 'command.extra-argument', /quotation/],
    ['nothing to look at', ['inspect'], 'command.missing-argument', /--help/],
    ['nobody to show', ['export', '--text', 'hi'], 'command.no-portrait', /sample:lin/],
    ['nothing to say', ['export', '--portrait', 'sample:lin'], 'command.no-speech', /--script/],
    ['two texts', [...LIN, '--script', 'x'], 'command.conflicting-options', /Leave one/],
    ['a project and a portrait', [...LIN, '--project', 'p.json'], 'command.conflicting-options', /Leave one/],
    ['no such emotion', [...LIN, '--emotion', 'hapy'], 'command.bad-value', /Did you mean happy\?/],
    ['too strong an emotion', [...LIN, '--emotion', 'happy:1.5'], 'command.bad-value', /from 0 to 1/],
    ['no such voice', [...LIN, '--voice', 'espeak:cnm'], 'command.unknown-voice', /Did you mean espeak:cmn\?/],
    ['no such sample', ['export', '--portrait', 'sample:linn', '--text', 'x'], 'command.bad-value', /sample:lin\?/],
    ['no such size', [...LIN, '--size', '721p'], 'command.bad-value', /Did you mean 720p\?/],
    ['an odd size', [...LIN, '--size', '321x240'], 'command.bad-value', /even/],
    ['no such frame rate', [...LIN, '--fps', '23'], 'command.bad-value', /24, 25, 30/],
    ['a rate in letters', [...LIN, '--rate', 'fast'], 'command.bad-value', /0\.5 to 2/],
    ['no such background', [...LIN, '--background', 'blurr'], 'command.bad-value', /Did you mean blur\?/],
    ['no such corner', [...LIN, '--ai-mark', 'on@top'], 'command.bad-value', /top-left/],
    ['no such framing', [...LIN, '--framing', 'zoom'], 'command.bad-value', /zoom=1\.2/],
    ['no such face', [...LIN, '--face', '0'], 'command.bad-value', /1 to 99/],
    ['no such subtitles', [...LIN, '--subtitles', 'burned'], 'command.bad-value', /Did you mean burn\?/],
    ['no such format', [...LIN, '--out', 'a.mov'], 'command.bad-value', /\.mp4, \.webm/],
    ['a format against the name', [...LIN, '--out', 'a.mp4', '--format', 'gif'], 'command.format-mismatch', /\.gif/],
    [
      'a transparent MP4',
      [...LIN, '--out', 'a.mp4', '--background', 'transparent'],
      'stage.transparent-needs-alpha',
      /WebM/,
    ],
    ['consent of two', [...OWN, '--consent-self', 'Jo', '--not-a-person'], 'command.conflicting-options', /Leave one/],
    ['consent of nobody', [...OWN, '--consent-until', '2030-01-01'], 'command.consent-of-whom', /--consent-person/],
    [
      'no such day',
      [...OWN, '--consent-self', 'Jo', '--consent-from', '2026-02-30'],
      'command.bad-value',
      /2026-12-31/,
    ],
    [
      'consent that ends before it begins',
      [...OWN, '--consent-self', 'Jo', '--consent-from', '2026-02-03', '--consent-until', '2026-02-02'],
      'command.bad-value',
      /on or after 2026-02-03/,
    ],
    ['consent without a name', [...OWN, '--consent-person', ' '], 'command.bad-value', /1 to 200/],
    ['consent of a drawing', [...LIN, '--not-a-person'], 'command.consent-of-sample', /--portrait/],
    ['one file for two', [...LIN, '--out', 'a.mp4', '--timeline', 'a.mp4'], 'command.same-file-twice', /another name/],
    ['no such language', ['--lang', 'fr', 'doctor'], 'command.bad-value', /en, zh-CN/],
    ['no such part of voices', ['voices', 'clonned'], 'command.bad-value', /Did you mean cloned\?/],
    ['a clone of nothing', ['voices', 'clone', '--consent', 'c.wav'], 'command.missing-argument', /--help/],
    [
      'a clone without consent',
      ['voices', 'clone', '--sample', 'me.wav'],
      'cloud.consent-missing',
      /record the sentence/,
    ],
    [
      'a clone without an end',
      [...CLONE, '--person', 'Lin', '--scope', 'x', '--expires', 'never'],
      'command.bad-value',
      /2026-12-31/,
    ],
    [
      'no such service',
      [...CLONE, '--person', 'Lin', '--scope', 'x', '--expires', '2099-12-31', '--provider', 'cosivoice'],
      'command.bad-value',
      /Did you mean cosyvoice\?/,
    ],
    ['a language nobody speaks', ['voices', '--lang', 'klingon'], 'command.bad-value', /ja/],
    ['no such work on models', ['models', 'gte'], 'command.bad-value', /Did you mean get\?/],
    ['align without a recording', ['align', '--text', 'x'], 'command.missing-argument', /--help/],
  ];
  for (const [name, args, code, hint] of cases) {
    test(name, async () => {
      const { code: exit, json, stderr } = await place.run([...args, '--json']);
      const { error } = json();
      assert.equal(exit, 2, stderr);
      assert.equal(error?.code, code);
      assert.match(error.hint, hint);
      assert.ok(stderr.includes(error.message), 'people read it on stderr');
    });
  }

  test('nothing was begun: no folder of data or results is made', async (t) => {
    const fresh = await Place.of(t);
    await fresh.run([...LIN, '--emotion', 'hapy', '--out', fresh.at('new/a.mp4')]);
    assert.deepEqual(await fresh.files(fresh.folder), []);
  });
});

const TELL_WHAT_IS_LOADED = `data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module';
   registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });`,
)}`;

test('each help has examples, in the language asked for, and loads nothing heavy', async () => {
  for (const verb of ['', 'export', 'inspect', 'voices', 'align', 'models', 'doctor']) {
    const args = verb === '' ? ['--help'] : [verb, '--help'];
    const english = await place.run(args, { env: { NODE_OPTIONS: `--import=${TELL_WHAT_IS_LOADED}` } });
    assert.equal(english.code, 0);
    assert.match(english.stderr, /commander/);
    assert.doesNotMatch(english.stderr, /node_modules\/(?!commander)|compose\.ts/);
    assert.match(english.stdout, /^Usage: .*\n[\s\S]*Examples:\n {2}\$ npm run shenghua -- /);
    const chinese = await place.run(args, { env: { LC_ALL: 'zh_CN.UTF-8' } });
    assert.match(chinese.stdout, /^用法：[\s\S]*示例：\n {2}\$ npm run shenghua -- /);
    assert.equal(chinese.stderr, '');
  }
});

test('errors speak the language of the system, or the one asked for', async () => {
  const wrong = ['export', '--portrait', 'sample:lin'];
  for (const [args, env, words] of [
    [wrong, { LC_ALL: 'zh_CN.UTF-8' }, /^错误: 没有要说的内容。/],
    [wrong, { LC_ALL: '', LC_MESSAGES: '', LANG: 'zh_TW.UTF-8' }, /^错误: /],
    [['--lang', 'en', ...wrong], { LC_ALL: 'zh_CN.UTF-8' }, /^error: There is nothing to say/],
    [[...wrong, '--lang', 'zh-CN'], {}, /^错误: /],
    [['exprot', '--lang=zh-CN'], {}, /^错误: /],
  ] as const) {
    assert.match((await place.run(args, { env })).stderr, words);
  }
});

test('voices are listed, and filtered by language', async () => {
  const { code, json, stderr } = await place.run(['voices', '--lang', 'zh', '--json']);
  const voices = json().voices as { id: string; languages: string[]; gender: string }[];
  assert.equal(code, 0, stderr);
  assert.ok(voices.some(({ id, gender }) => id.startsWith('espeak:cmn') && gender === 'female'));
  assert.ok(voices.every(({ languages }) => languages.some((tag) => tag.startsWith('cmn'))));
  const shown = await place.run(['voices', '--lang', 'yue']);
  assert.match(shown.stdout, /^espeak:yue\b/m);
  assert.doesNotMatch(shown.stdout, /espeak:cmn/);
});

test('the doctor finds this machine ready, and tells of a damaged database that it was kept', async (t) => {
  const fresh = await Place.of(t);
  const healthy = await fresh.run(['doctor', '--json']);
  const { ready, checks } = healthy.json() as unknown as {
    ready: boolean;
    checks: { id: string; level: string; fix?: string }[];
  };
  assert.equal(healthy.code, 0, healthy.stderr);
  assert.equal(ready, true);
  for (const id of [
    'ffmpeg',
    'video-encoder',
    'voices',
    'face-finder',
    'pictures',
    'letters',
    'data-folder',
    'database',
  ])
    assert.equal(checks.find((check) => check.id === id)?.level, 'ok', id);
  await writeFile(fresh.at('data/studio.db'), 'no database at all, but quite long enough to be looked at twice');
  const { code, json } = await fresh.run(['doctor', '--json']);
  assert.equal(code, 0);
  assert.equal(json().warnings[0]?.code, 'storage.database-moved-aside');
  assert.ok((await fresh.files(fresh.at('data'))).some((name) => name.startsWith('studio.corrupt-')));
});

test('a reader that goes away is no failure', async () => {
  const running = place.start(['voices']);
  running.child.stdout?.destroy();
  const { code, stderr } = await running.finished;
  assert.equal(code, 0);
  assert.doesNotMatch(stderr, /EPIPE|error/i);
});

test('control characters of a name do not reach the terminal', async () => {
  const { stderr } = await place.run(['inspect', '\x1b[31mred.jpg']);
  assert.match(stderr, /\\x1b\[31mred\.jpg/);
  assert.ok(!stderr.includes('\x1b'));
});

test('an output that is an input is refused, however it is an input', async () => {
  const texts = place.at('words.vtt');
  await writeFile(texts, 'Hello.');
  await writeFile(place.at('voice.wav'), wav(new Int16Array(48_000)));
  for (const args of [
    ['--script', texts, '--out', place.at('words.mp4'), '--subtitles', 'vtt'],
    ['--script', texts, '--out', place.at('a.mp4'), '--timeline', texts],
    ['--audio', place.at('voice.wav'), '--out', place.at('voice.wav')],
  ]) {
    const { code, json } = await place.run(['export', '--portrait', 'sample:lin', ...args, '--json']);
    assert.equal(code, 1);
    assert.equal(json().error?.code, 'media.output-is-input');
  }
});
