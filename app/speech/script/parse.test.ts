import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { describeError, StudioError } from '../../errors/index.ts';
import { parseLine, parseLineOrThrow, printLine } from './parse.ts';
import { outlineOf } from './positions.ts';
import { parseScriptText } from './script-text.ts';
import { slotsOf, writeFilled } from './slots.ts';

/** `code@line:column-endColumn` for every error of a line. */
function faults(text: string): string[] {
  const parsed = parseLine(text);
  if (parsed.ok) return [];
  return parsed.errors.map(({ code, params }) => `${code}@${params.line}:${params.column}-${params.endColumn}`);
}

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test('every cue is understood', () => {
  const nodes = parseLineOrThrow(
    '[happy 0.6]重{chóng}庆[500ms][ 1.5 s ][rate 120%]快[/rate]*很*[em]好[/em][say: ai fone]iPhone[/say][say：嗯][#card red apple]',
  );
  const plain = nodes.map((node) => {
    const { source: _, ...rest } = { source: '', ...node };
    return 'children' in rest ? { ...rest, children: printLine(rest.children) } : rest;
  });
  assert.deepEqual(plain, [
    { kind: 'emotion', emotion: 'happy', intensity: 0.6 },
    { kind: 'pronunciation', character: '重', pinyin: 'chong2' },
    { kind: 'text', text: '庆' },
    { kind: 'pause', ms: 500 },
    { kind: 'pause', ms: 1500 },
    { kind: 'prosody', axis: 'rate', factor: 1.2, opening: '[rate 120%]', closing: '[/rate]', children: '快' },
    { kind: 'emphasis', opening: '*', closing: '*', children: '很' },
    { kind: 'emphasis', opening: '[em]', closing: '[/em]', children: '好' },
    { kind: 'say', spoken: 'ai fone', shown: 'iPhone' },
    { kind: 'say', spoken: '嗯', shown: '' },
    { kind: 'marker', name: 'card', argument: 'red apple' },
  ]);
});

test('pinyin comes in marks or digits and leaves in one form', () => {
  const syllable = (written: string): unknown => {
    const [node] = parseLineOrThrow(`字{${written}}`);
    return node?.kind === 'pronunciation' ? node.pinyin : node;
  };
  const written = ['chóng', 'CHONG2', 'lǜ', 'lv4', 'lu:4', 'nüe4', 'xué', 'jü4', 'de5', 'de0', 'ér', 'ǎi', 'zhuāng'];
  assert.deepEqual(written.map(syllable), [
    ...['chong2', 'chong2', 'lü4', 'lü4', 'lü4', 'nüe4', 'xue2', 'ju4', 'de5', 'de5', 'er2', 'ai3', 'zhuang1'],
  ]);
  for (const bad of ['chong', 'chóng2', 'xyz3', 'chong6', 'chóng qìng', '', 'bü3']) {
    assert.deepEqual(faults(`字{${bad}}`), [`script.bad-pinyin@1:2-${2 + [...bad].length + 2}`], bad);
  }
});

test('braces with a bar are a slot, whatever stands before them; its escapes are its own', () => {
  const alternatives = (text: string): unknown => slotsOf(parseLineOrThrow(text)).map((slot) => slot.alternatives);
  assert.deepEqual(alternatives('重{chóng}要的{新品|爆款| 今天 }[em]{|真的}[/em]a|b'), [
    ['新品', '爆款', ' 今天 '],
    ['', '真的'],
  ]);
  assert.deepEqual(alternatives(String.raw`重{chong2|a\|b\\|\}\{|\n*}`), [['chong2', 'a|b\\', '}{', '\\n*']]);
  assert.deepEqual(faults(String.raw`重{a\|b}`), ['script.bad-pinyin@1:2-8']);
});

test('a slot that is filled leaves all else what it was', () => {
  const nodes = parseLineOrThrow('*{新品|A*}*到{2|3}*5*货 a*{b|}*');
  const filled = (choice: number): string => writeFilled(nodes, () => choice);
  const outline = (text: string): string[] => outlineOf(parseLineOrThrow(text));
  assert.deepEqual(outline(filled(0)), ['<em>', '新品', '</em>', '到2', '<em>', '5', '</em>', '货 a*b*']);
  assert.deepEqual(outline(filled(1)), ['<em>', 'A*', '</em>', '到3', '<em>', '5', '</em>', '货 a**']);
});

test('asterisks that cannot be emphasis and escaped brackets are text', () => {
  for (const text of ['5*3*2', '2 * 3', '*未完', '** **', 'a* b*', '*']) {
    assert.deepEqual(
      parseLineOrThrow(text).map((node) => node.kind),
      ['text'],
      text,
    );
  }
  const [node] = parseLineOrThrow(String.raw`\[happy\] \{a\} \*b\* \\ \n ] }`);
  assert.equal(node?.kind === 'text' && node.text, String.raw`[happy] {a} *b* \ \n ] }`);
});

test('every fault is told with its place, in characters', () => {
  const cases: Record<string, string[]> = {
    '𠮷[joyful]': ['script.unknown-emotion@1:2-10'],
    '[joyful 0.5]': ['script.unknown-emotion@1:1-13'],
    '[foo: bar]': ['script.unknown-cue@1:1-11'],
    '[/foo]': ['script.unknown-cue@1:1-7'],
    '[]': ['script.unknown-cue@1:1-3'],
    '你好[happy': ['script.unclosed-bracket@1:3-4'],
    '[happy [sad]': ['script.unclosed-bracket@1:1-2'],
    '重{chong2': ['script.unclosed-bracket@1:2-3'],
    '[rate 1.2]快': ['script.unclosed-span@1:1-11'],
    '快[/rate]': ['script.unmatched-close@1:2-9'],
    '[em][rate 2]x[/em][/rate]': ['script.unclosed-span@1:1-5', 'script.unmatched-close@1:14-19'],
    '[rate]快[/rate]': ['script.bad-number@1:1-7'],
    '[rate 快]快[/rate]': ['script.bad-number@1:1-9'],
    '[volume 0.1]x[/volume]': ['script.out-of-range@1:1-13'],
    '[happy 1.5]': ['script.out-of-range@1:1-12'],
    '[happy -1]': ['script.out-of-range@1:1-11'],
    '[61s]': ['script.out-of-range@1:1-6'],
    '[500]': ['script.bad-number@1:1-6'],
    'a{chong2}': ['script.pinyin-not-after-han@1:2-10'],
    '好{a|[happy]b}': ['script.cue-in-slot@1:5-6'],
    '{|}': ['script.empty-slot@1:1-4'],
    '好{ | |}': ['script.empty-slot@1:2-8'],
    '好{a|b': ['script.unclosed-bracket@1:2-3'],
    '{a|重}{chong2}': ['script.pinyin-not-after-han@1:6-14'],
    '[#]': ['script.bad-marker@1:1-4'],
    '[say:]': ['script.empty-say@1:1-7'],
    '一\n二[x]': ['script.unknown-emotion@2:2-5'],
    '\ud800[x]\u0000[y]': ['script.unknown-emotion@1:2-5', 'script.unknown-emotion@1:6-9'],
  };
  assert.deepEqual(Object.fromEntries(Object.keys(cases).map((text) => [text, faults(text)])), cases);
});

test('a project’s own emotions are cues too, by whatever capitals and however encoded, and print back as written', () => {
  const own = ['我的微笑', 'Half-Smile_2', 'Caf\u00e9'];
  const text = '[我的微笑 0.8]一[half-smile_2]二[ CAFE\u0301 60% ]三[HAPPY]';
  const parsed = parseLine(text, 1, own);
  assert.ok(parsed.ok);
  assert.equal(printLine(parsed.nodes), text);
  assert.deepEqual(
    parsed.nodes.flatMap((node) => (node.kind === 'emotion' ? [[node.emotion, node.intensity]] : [])),
    [
      ['我的微笑', 0.8],
      ['Half-Smile_2', 1],
      ['Caf\u00e9', 0.6],
      ['happy', 1],
    ],
  );
  assert.deepEqual(faults(text).slice(0, 2), ['script.unknown-emotion@1:1-11', 'script.unknown-emotion@1:12-26']);
});

test('an unknown emotion is told with the nearest that there is', () => {
  const [error] = (parseLine('[我的微 0.8]', 1, ['我的微笑']) as { errors: StudioError[] }).errors;
  assert.equal(error?.params.nearest, '我的微笑');
  assert.match(describeError(error!, 'zh-CN').hint, /您是不是想用 我的微笑？/);
  const [other] = (parseLine('[qqqqqqqq]') as { errors: StudioError[] }).errors;
  assert.equal(other?.params.nearest, '');
  assert.match(describeError(other!, 'en').hint, /^Use one of: neutral, /);
  const range = parseLine('[我的微笑 1.8]', 1, ['我的微笑']) as { errors: StudioError[] };
  assert.equal(range.errors[0]?.code, 'script.out-of-range');
});

test('the hint for an unknown emotion lists the emotions', () => {
  assert.throws(
    () => parseLineOrThrow('[joyful]你好'),
    (error) => error instanceof StudioError && /happy.*excited/.test(String(error.params.emotions)),
  );
});

const PIECES = [
  '{新品|爆款}',
  '{|a\\|b*}',
  '|',
  '你好',
  'hello ',
  '，',
  ' ',
  '[happy]',
  '[Sad 60%]',
  '[500ms]',
  '重{chóng}',
  '𠮷{ji2}',
  '[say: x\\]y]',
  '[say: a]b*[/say]',
  '[#m 参数]',
  '*',
  '\\*',
  '\\[',
  '\\',
  '5*3',
  '🎉',
  '\ud83d',
  '\u0000',
  'שלום',
  '[em]',
  '[/em]',
  '[rate 1.5]',
  '[/rate]',
  ']',
  '}',
  '[volume 80%]',
  '[/volume]',
  '\n',
  '{',
  '[',
  '[/say]',
  '[oops]',
];

test('valid lines print back as they were written, and invalid ones only ever report faults', () => {
  const next = random(20261122);
  let valid = 0;
  for (let i = 0; i < 8_000; i++) {
    const length = Math.floor(next() * 10);
    const text = Array.from({ length }, () => PIECES[Math.floor(next() ** 1.5 * PIECES.length)]).join('');
    const parsed = parseLine(text);
    if (parsed.ok) {
      valid++;
      assert.equal(printLine(parsed.nodes), text);
    } else {
      assert.ok(parsed.errors.length > 0, text);
      const size = [...text].length;
      for (const { params } of parsed.errors) {
        assert.ok(Number(params.column) >= 1 && Number(params.endColumn) <= size + 1, text);
      }
    }
  }
  assert.ok(valid > 2_000 && valid < 7_600, `${valid} valid lines`);
});

test('spans opened without end are faults, never a stack overflow', () => {
  const parsed = parseLine('[em]'.repeat(20_000));
  assert.equal(parsed.ok, false);
  assert.equal(parsed.ok || parsed.errors.filter((error) => error.code === 'script.nested-too-deep').length, 1);
});

test('a script file is one utterance a line; blank lines and comments are passed over', () => {
  const parsed = parseScriptText('\ufeff# notes\r\n大家好\r\n\r\n  #\n#话题 来了\r[happy]再见  ');
  assert.deepEqual(parsed.ok && parsed.lines.map(({ lineNumber, text }) => [lineNumber, text]), [
    [2, '大家好'],
    [5, '#话题 来了'],
    [6, '[happy]再见'],
  ]);
  const bad = parseScriptText('好\n\n [x]\n[y]');
  assert.deepEqual(!bad.ok && bad.errors.map(({ params }) => [params.line, params.column]), [
    [3, 2],
    [4, 1],
  ]);
});

test('the examples of the manual are valid scripts', () => {
  const manual = readFileSync(new URL('../../../docs/script.md', import.meta.url), 'utf8');
  const examples = [...manual.matchAll(/```script\n(.*?)```/gs)].map(([, example]) => example!);
  assert.ok(examples.length >= 4);
  for (const example of examples) {
    const parsed = parseScriptText(example);
    assert.ok(parsed.ok && parsed.lines.length > 0, example);
  }
});
