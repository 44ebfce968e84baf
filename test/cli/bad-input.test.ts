import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import sharp from 'sharp';
import { serialiseProject } from '../../app/document/migrations.ts';
import { newProject } from '../../app/document/new-project.ts';
import { drawPortrait } from '../../main/portrait/testing/draw-face.ts';
import { Place, type Told, wav } from './run-cli.ts';

let place: Place;
before(async () => {
  place = await Place.make();
});
after(() => place.remove());

const solid = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#8899aa' } })
    .png()
    .toBuffer();

test('each picture that cannot be used is told by its own words, and the good one among them is told too', async () => {
  const good = drawPortrait(640, 640, [{ x: 320, y: 300, size: 300 }]);
  const pictures: [name: string, bytes: Buffer | null, code: string | null][] = [
    ['missing.jpg', null, 'portrait.file-missing'],
    ['empty.png', Buffer.alloc(0), 'portrait.empty'],
    ['dot.png', await solid(1, 1), 'portrait.too-small'],
    ['cut.png', good.subarray(0, good.length / 2), 'portrait.truncated'],
    ['renamed.jpg', Buffer.from('These are words, whatever the name says.\n'.repeat(50)), 'portrait.not-a-picture'],
    ['photo.jpg', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'), 'portrait.heic'],
    ['drawing.png', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), 'portrait.svg'],
    ['wall.png', await solid(640, 480), 'portrait.no-face'],
    ['huge.png', await solid(10_000, 10_000), 'portrait.no-face'],
    ['good.png', good, null],
  ];
  for (const [name, bytes] of pictures) if (bytes) await writeFile(place.at(name), bytes);
  const { code, json } = await place.run(['inspect', ...pictures.map(([name]) => place.at(name)), '--json']);
  const told = json().pictures as { path: string; error?: Told; faces?: { number: number }[] }[];
  assert.equal(code, 1);
  assert.deepEqual(
    told.map(({ error }) => error?.code ?? null),
    pictures.map(([, , expected]) => expected),
  );
  for (const { error } of told) assert.ok(!error || (error.message.length > 10 && error.hint.length > 10));
  assert.deepEqual(
    told.at(-1)?.faces?.map(({ number }) => number),
    [1],
  );

  const chinese = await place.run(['inspect', place.at('good.png'), '--lang', 'zh-CN']);
  assert.equal(chinese.code, 0, chinese.stderr);
  assert.match(chinese.stdout, /good\.png：640×640 像素，1 张人脸/);
});

test('export refuses no face, several faces with none chosen, and a face too small; nothing is left', async () => {
  const faces = [
    { x: 300, y: 300, size: 300 },
    { x: 900, y: 300, size: 300 },
  ];
  await writeFile(place.at('two.png'), drawPortrait(1200, 600, faces));
  await writeFile(place.at('far.png'), drawPortrait(640, 640, [{ x: 320, y: 320, size: 52 }]));
  await writeFile(place.at('nobody.png'), await solid(640, 480));
  for (const [picture, code, more] of [
    ['nobody.png', 'portrait.no-face', []],
    ['two.png', 'portrait.several-faces', []],
    ['two.png', 'portrait.no-such-face', ['--face', '3']],
    ['far.png', 'portrait.face-too-small', []],
    ['missing.png', 'portrait.file-missing', []],
    ['', 'portrait.file-unreadable', []],
  ] as const) {
    const out = place.at('out/face.mp4');
    const args = [
      'export',
      '--portrait',
      place.at(picture),
      '--text',
      'Hi.',
      '--size',
      '128x128',
      '--out',
      out,
      ...more,
    ];
    const { code: exit, json } = await place.run([...args, '--json']);
    assert.equal(exit, 1);
    assert.equal(json().error?.code, code);
    assert.doesNotMatch(json().error!.message, /\{\w+\}/, 'every fact is filled in');
    assert.deepEqual(await place.files(place.out), []);
  }
});

describe('text', () => {
  const say = (text: string | Buffer, ...more: string[]) =>
    place.run(['export', '--script', '-', '--out', place.at('out/text.wav'), '--json', ...more], { input: text });

  for (const [name, text, code, words] of [
    ['empty', '\n \n', 'script.empty', /no text/],
    ['only punctuation and emoji', '……！？ 😀👍 ,.', 'script.nothing-to-say', /emoji/],
    ['an unclosed bracket', 'Hello.\n你好 [happy', 'script.unclosed-bracket', /Line 2, column 4/],
    ['an unknown emotion', '[grumpy] hello', 'script.unknown-emotion', /Line 1, column 1.*grumpy/],
    ['an unknown cue', 'a [wave left right] b', 'script.unknown-cue', /column 3.*wave/],
    ['a bad number', '[rate fast]hello[/rate]', 'script.bad-number', /fast/],
    [
      'a picture as a script',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff, 1, 2, 3, 4, 5, 6, 7]),
      'command.text-not-text',
      /not a text/,
    ],
  ] as const) {
    test(`${name}: told where, nothing left`, async () => {
      const { code: exit, json } = await say(text);
      assert.equal(exit, 1);
      assert.equal(json().error?.code, code);
      assert.match(json().error!.message, words);
      assert.deepEqual(await place.files(place.out), []);
    });
  }

  test('every mistake of a script at once', async () => {
    const { json, stderr } = await say('[a b c]\nfine\n[x y z]');
    assert.deepEqual(
      (json().errors as Told[]).map(({ message }) => /Line \d/.exec(message)?.[0]),
      ['Line 1', 'Line 3'],
    );
    assert.match(stderr, /Line 1[\s\S]*Line 3/);
  });

  test('half a surrogate pair, NUL and right-to-left text are spoken and shown as far as they can be', async () => {
    const project = newProject({
      ...{ id: 'p', name: '\ud800 odd', portrait: { kind: 'sample', id: 'lin' } },
      script: { lines: [{ id: '1', text: 'One \ud83d two\u0000 \u202eשלום\u202c 你好 \udc00' }] },
      stage: { size: { widthPx: 128, heightPx: 128 } },
    });
    await writeFile(place.at('odd.json'), serialiseProject(project));
    const out = place.at('odd.mp4');
    const { code, json, stderr } = await place.run([
      'export',
      '--project',
      place.at('odd.json'),
      '--out',
      out,
      '--json',
    ]);
    assert.equal(code, 0, stderr);
    assert.ok(Number(json().durationMs) > 1000);
  });

  test('Windows text files: UTF-16 and GB18030 say the same as UTF-8', async () => {
    const durations: unknown[] = [];
    for (const bytes of [
      Buffer.from('你好，世界。'),
      Buffer.from('\ufeff你好，世界。', 'utf16le'),
      Buffer.from('c4e3bac3a3accac0bde7a1a3', 'hex'),
    ]) {
      const { code, json, stderr } = await say(bytes, '--out', place.at('windows.wav'));
      assert.equal(code, 0, stderr);
      durations.push(json().durationMs);
    }
    assert.equal(new Set(durations).size, 1, durations.join());
  });
});

test('a project of a newer version, or of none, is refused and stays as it was', async () => {
  const newer = '{"version": 99, "name": "from tomorrow"}\n';
  for (const [text, code] of [
    [newer, 'storage.document-newer'],
    ['{"version": 1}', 'storage.document-invalid'],
    ['me.jpg', 'storage.project-file-not-json'],
  ] as const) {
    await writeFile(place.at('project.json'), text);
    const { code: exit, json } = await place.run(['export', '--project', place.at('project.json'), '--json']);
    assert.equal(exit, 1);
    assert.equal(json().error?.code, code);
    assert.equal(await readFile(place.at('project.json'), 'utf8'), text);
  }
});

describe('recordings', () => {
  before(async () => {
    const spoken = ['export', '--text', 'The quick brown fox jumps over the lazy dog.', '--out', place.at('fox.wav')];
    assert.equal((await place.run(spoken)).code, 0);
    await writeFile(place.at('silent.wav'), wav(new Int16Array(96_000)));
    await writeFile(place.at('click.wav'), wav(Int16Array.of(20_000)));
    await writeFile(place.at('words.mp3'), 'No sound here, only words.\n'.repeat(40));
    await writeFile(place.at('nothing.wav'), '');
  });

  const long = 'This is a much longer text than anybody could say within three seconds of time. '.repeat(6);
  for (const [name, file, text, code] of [
    ['missing', 'nowhere.wav', 'Hi.', 'speech.recording-missing'],
    ['silent', 'silent.wav', 'Hi.', 'speech.recording-silent'],
    ['of one sample', 'click.wav', 'Hi.', 'speech.recording-too-short'],
    ['that is text', 'words.mp3', 'Hi.', 'speech.recording-not-audio'],
    ['that is empty', 'nothing.wav', 'Hi.', 'speech.recording-not-audio'],
    ['far shorter than its text', 'fox.wav', long, 'speech.recording-shorter-than-text'],
  ] as const) {
    test(name, async () => {
      const out = place.at('out/recorded.mp4');
      const args = [
        '--portrait',
        'sample:lin',
        '--size',
        '128x128',
        '--audio',
        place.at(file),
        '--text',
        text,
        '--out',
        out,
      ];
      const { code: exit, json } = await place.run(['export', ...args, '--json']);
      assert.equal(exit, 1);
      assert.equal(json().error?.code, code);
      assert.deepEqual(await place.files(place.out), []);
      assert.deepEqual(await place.files(place.temp), []);
    });
  }

  test('a good one is aligned with its words, in order and within it', async () => {
    const args = ['align', '--audio', place.at('fox.wav'), '--text', 'The quick brown fox jumps over the lazy dog.'];
    const { code, json, stderr } = await place.run([...args, '--json', '--out', place.at('fox.json')]);
    assert.equal(code, 0, stderr);
    const { confidence, timeline } = json() as unknown as {
      confidence: number;
      timeline: { durationMs: number; words: { text: string; startMs: number; endMs: number }[] };
    };
    assert.ok(confidence > 0.5, `a synthetic voice against itself: ${confidence}`);
    assert.equal(
      timeline.words
        .map(({ text }) => text)
        .join(' ')
        .toLowerCase()
        .replace(/[^a-z ]/g, ''),
      'the quick brown fox jumps over the lazy dog',
    );
    for (const [i, word] of timeline.words.entries()) {
      assert.ok(word.startMs >= (timeline.words[i - 1]?.startMs ?? 0) && word.endMs > word.startMs, word.text);
      assert.ok(word.endMs <= timeline.durationMs);
    }
    assert.equal(
      (JSON.parse(await readFile(place.at('fox.json'), 'utf8')) as { confidence: number }).confidence,
      confidence,
    );
    const other = await place.run([
      'align',
      '--audio',
      place.at('fox.wav'),
      '--text',
      '一只敏捷的棕色狐狸跳过懒狗',
      '--json',
    ]);
    assert.ok(Number(other.json().confidence ?? 0) < confidence / 2, 'another text fits far less');
  });
});
