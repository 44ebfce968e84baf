import assert from 'node:assert/strict';
import { test } from 'node:test';
import yazl from 'yazl';
import type { ScriptFormat } from '../../../app/contract/script.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { parseLineOrThrow } from '../../../app/speech/script/parse.ts';
import { importScript } from './import-script.ts';
import { readMarkdown } from './markdown.ts';
import { readSubtitles } from './subtitles.ts';

const never = new AbortController().signal;
const read = (
  content: string | Uint8Array,
  fileName: string,
  format: ScriptFormat | null = null,
  emotionNames: string[] = [],
) =>
  importScript(
    { bytes: typeof content === 'string' ? Buffer.from(content) : content, fileName, format, emotionNames },
    never,
  );
const textsOf = async (content: string | Uint8Array, fileName: string) =>
  (await read(content, fileName)).lines.map(({ text }) => text);
const codeOf = (code: string) => (error: unknown) => error instanceof StudioError && error.code === code;

/** What a viewer reads of a line of the grammar, its cues gone. */
const shown = (text: string): string =>
  parseLineOrThrow(text)
    .map((node) => (node.kind === 'text' ? node.text : ''))
    .join('');

async function archive(files: Record<string, Buffer>): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(content, name);
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}
const wordDocument = (body: string): Promise<Buffer> =>
  archive({
    '[Content_Types].xml': Buffer.from('<Types/>'),
    'word/document.xml': Buffer.from(
      `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${body}</w:body></w:document>`,
    ),
  });
const run = (text: string): string => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;

test('plain text comes in line by line whatever its encoding; its cues stay cues, other brackets become text', async () => {
  const text = '[happy] 大家好，欢迎！\r\n\r\n# 备注\r\n今天讲三点[见附录]。\r\n重{chóng}庆\r\n';
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  // GB18030, made by hand: TextEncoder only writes UTF-8. 大家好 / 你好。
  const gb = Buffer.from([0xb4, 0xf3, 0xbc, 0xd2, 0xba, 0xc3, 0x0a, 0xc4, 0xe3, 0xba, 0xc3, 0xa1, 0xa3]);
  for (const bytes of [
    Buffer.from(text),
    Buffer.from(`\ufeff${text}`),
    utf16,
    utf16.subarray(2),
    Buffer.from(utf16).swap16(),
  ]) {
    const { lines, warnings, format } = await read(bytes, '文案.txt');
    assert.equal(format, 'txt');
    assert.deepEqual(
      lines.map((line) => line.text),
      ['[happy] 大家好，欢迎！', '今天讲三点\\[见附录\\]。', '重{chóng}庆'],
    );
    assert.equal(shown(lines[1]!.text), '今天讲三点[见附录]。');
    assert.deepEqual(
      warnings.map(({ code, params }) => [code, params.count, params.line ?? null]),
      [
        ['script.import-brackets', 1, 4],
        ['script.import-left-out', 1, null],
      ],
    );
  }
  assert.deepEqual(await textsOf(gb, 'gb.txt'), ['大家好', '你好。']);
});

test('Markdown comes in as it would be read aloud', async () => {
  const text = [
    '---\ntitle: x\n---',
    '# 第一章 *开始*',
    '这是第一行，\n接着第二行。',
    'Soft wrapped\nEnglish with a [link](https://example.org) and ![pic](a.png).',
    '- [x] 要点 **重要**\n- second_item_here `code`',
    '> 引用一句',
    '```js\nalert(1)\n```',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '<!-- 不读 -->',
    'Setext\n======',
  ].join('\n\n');
  const { lines, warnings } = await read(text, 'a.md');
  assert.deepEqual(
    lines.map((line) => [line.text, line.pauseAfterMs]),
    [
      ['第一章 *开始*', 600],
      ['这是第一行，接着第二行。', undefined],
      ['Soft wrapped English with a link and .', undefined],
      ['要点 *重要*', undefined],
      ['second_item_here code', undefined],
      ['引用一句', undefined],
      ['Setext', 600],
    ],
  );
  assert.deepEqual(
    warnings.map(({ code, params }) => [code, params.count]),
    [['script.import-left-out', 4]],
  );
});

test('subtitles come in cue by cue with the silence between them; sentences cut in two are whole again, noises are gone', async () => {
  const srt = [
    '1\r\n00:00:01,000 --> 00:00:03,000\r\n<i>Hello there,</i>\r\n{\\an8}my friend',
    '2\r\n00:00:03,100 --> 00:00:04,000\r\nand welcome.',
    '3\r\n00:00:05,500 --> 00:00:06,000\r\n[MUSIC]',
    '4\r\n00:00:06,500 --> 00:00:08,000\r\n大家好\r\n欢迎收看',
  ].join('\r\n\r\n');
  const { lines, warnings } = await read(srt, 'a.srt');
  assert.deepEqual(lines, [
    { text: 'Hello there, my friend and welcome.', pauseAfterMs: 2500 },
    { text: '大家好欢迎收看' },
  ]);
  assert.deepEqual(
    warnings.map((w) => w.code),
    ['script.import-left-out'],
  );
  const vtt =
    'WEBVTT - 标题\n\nNOTE 说明\n\nSTYLE\n::cue{}\n\nintro\n00:01.000 --> 00:02.000 align:start\n<v 小雅>你好 &amp; 再见\n';
  assert.deepEqual((await read(vtt, 'a.vtt')).lines, [{ text: '你好 & 再见' }]);
});

test('a table comes in by its headings in either language, quotes and line ends inside cells included', async () => {
  const csv =
    '序号,文案,情绪,强度,音色,停顿\r\n1,"他说：""你好，世界""。\n第二行",开心,60%,espeak:cmn+f3,0.5s\r\n2,再见,迷惑,,小雅,\r\n';
  const { lines, warnings } = await read(csv, 'a.csv');
  assert.deepEqual(lines, [
    {
      text: '他说："你好，世界"。 第二行',
      emotion: 'happy',
      intensity: 0.6,
      voiceId: 'espeak:cmn+f3',
      pauseAfterMs: 500,
    },
    { text: '再见' },
  ]);
  assert.deepEqual(
    warnings.map(({ params }) => [params.column, params.value, params.line]),
    [
      ['情绪', '迷惑', 4],
      ['音色', '小雅', 4],
    ],
  );
  assert.deepEqual(await textsOf('1;Hello there\n2;Good bye\n', 'b.csv'), ['Hello there', 'Good bye']);
  // The project's own emotions are known, in cues as in cells.
  const own = await read('text,emotion\n[wink 0.5] hi,Wink\n', 'c.csv', null, ['wink']);
  assert.deepEqual(own, { format: 'csv', lines: [{ text: '[wink 0.5] hi', emotion: 'wink' }], warnings: [] });
});

test('a Word document comes in by its paragraphs: runs joined, deletions, field codes and doubled drawings left out', async () => {
  const long = '这一句话有二十来个字用来凑成一个很长的段落。'.repeat(20);
  const bytes = await wordDocument(
    [
      `<w:p>${run('大家')}${run('好 &amp; ')}<w:del>${run('删')}</w:del><w:ins>${run('欢迎')}</w:ins></w:p>`,
      `<w:p><w:r><w:t>上</w:t><w:br/><w:t>下</w:t></w:r></w:p><w:p/>`,
      `<w:tbl><w:tr><w:tc><w:p>${run('格')}</w:p></w:tc></w:tr></w:tbl>`,
      `<w:p><w:r><w:instrText>PAGE</w:instrText><w:drawing/></w:r>${run('图后')}</w:p>`,
      `<mc:AlternateContent xmlns:mc="m"><mc:Choice><w:p>${run('框')}</w:p></mc:Choice><mc:Fallback><w:p>${run('框')}</w:p></mc:Fallback></mc:AlternateContent>`,
      `<w:p>${run(long)}</w:p>`,
    ].join(''),
  );
  const { lines, warnings, format } = await read(bytes, 'a.docx');
  const texts = lines.map(({ text }) => text);
  assert.equal(format, 'docx');
  assert.deepEqual(texts.slice(0, 6), ['大家好 & 欢迎', '上', '下', '格', '图后', '框']);
  assert.equal(texts.slice(6).join(''), long);
  assert.ok(texts.length > 7 && texts.slice(6).every((text) => text.length <= 220 && text.endsWith('。')));
  assert.deepEqual(
    warnings.map(({ code, params }) => [code, params.count]),
    [
      ['script.import-left-out', 1],
      ['script.import-split', 1],
    ],
  );
});

test('hostile and broken files are refused in words: bombs, entities, foreign archives, old documents, binaries', async () => {
  const damaged = codeOf('script.import-damaged');
  const bomb = await archive({ 'word/document.xml': Buffer.alloc(65 * 2 ** 20, ' ') });
  assert.ok(bomb.length < 2 ** 20);
  await assert.rejects(read(bomb, 'bomb.docx'), damaged);
  // The directory lies about the size.
  const lying = Buffer.from(bomb);
  lying.writeUInt32LE(1000, lying.lastIndexOf(Buffer.from('PK\x01\x02')) + 24);
  await assert.rejects(read(lying, 'lying.docx'), damaged);
  const laughs = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>';
  await assert.rejects(
    read(
      await archive({
        'word/document.xml': Buffer.from(
          `${laughs}<w:document xmlns:w="w"><w:body><w:p><w:t>&b;</w:t></w:p></w:body></w:document>`,
        ),
      }),
      'x.docx',
    ),
    damaged,
  );
  await assert.rejects(read(await archive({ 'xl/workbook.xml': Buffer.from('<x/>') }), 'sheet.docx'), damaged);
  await assert.rejects(read((await wordDocument(`<w:p>${run('a')}</w:p>`)).subarray(0, 200), 'cut.docx'), damaged);
  await assert.rejects(
    read(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1]), 'old.doc'),
    codeOf('script.import-old-word'),
  );
  await assert.rejects(
    read(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), 'a.txt'),
    codeOf('script.import-not-text'),
  );
  await assert.rejects(read('x', 'a.pdf'), codeOf('script.import-unsupported'));
  await assert.rejects(read('\n \n# only a comment\n', 'a.txt'), codeOf('script.import-empty'));
  const stopped = AbortSignal.abort(new Error('enough'));
  await assert.rejects(
    importScript({ bytes: bomb, fileName: 'a.docx', format: null, emotionNames: [] }, stopped),
    /enough/,
  );
});

test('a file of nothing but marks, open or closed, is read to its end like any other', async () => {
  const count = 60_000;
  assert.equal((await textsOf('['.repeat(count), 'a.md'))[0], '\\['.repeat(count));
  assert.equal((await textsOf('<a'.repeat(count), 'a.md'))[0], '<a'.repeat(count));
  assert.equal((await textsOf(`words ${'`'.repeat(count)}`, 'a.md'))[0], `words ${'`'.repeat(count)}`);
  assert.match((await textsOf('words <!--'.repeat(count), 'a.md'))[0] ?? '', /^words <!--words/);
  const cue = '1\n00:00:01,000 --> 00:00:02,000\n';
  assert.equal((await textsOf(cue + '<a'.repeat(count), 'a.srt'))[0], '<a'.repeat(count));
});

test('a paragraph of very many rows takes no longer than as many paragraphs', () => {
  // Put together row by row it would take an hour.
  const rows = 400_000;
  const { lines } = readMarkdown('| x | y |\n'.repeat(rows));
  assert.equal(lines.length, 1);
  assert.equal(lines[0]!.text.length, rows * '| x | y | '.length - 1);
  const cues = Array.from({ length: 20_000 }, (_, i) => `00:00:0${i % 10},000 --> 00:00:0${i % 10},500\nand on\n`);
  assert.equal(readSubtitles(cues.join('\n')).lines.length, 1);
});
