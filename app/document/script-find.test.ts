import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '../errors/index.ts';
import { compileQuery, replaceInText } from '../speech/script/find.ts';
import { parseLine } from '../speech/script/parse.ts';
import { type ScriptLine, scriptLineSchema } from './script.ts';
import { findInLines, replaceInLines } from './script-find.ts';

const line = (text: string, id = 'a'): ScriptLine => scriptLineSchema.parse({ id, text });
const plain = { regex: false, caseSensitive: true };
const regex = { regex: true, caseSensitive: true };

const replaced = (text: string, find: string, replacement: string, how = plain): string =>
  replaceInLines([line(text)], { find, replacement, ...how }, ['笑']).lines[0]!.text;

test('matches are found in what is shown, across cues, and told by their place in the source', () => {
  const lines = [
    line('欢迎大[happy]家好', 'a'),
    line('大家\\[大家 [#大家] [say: 大家]大家们[/say]', 'b'),
    line('重{chóng}庆', 'c'),
  ];
  const found = findInLines(lines, { find: '大家', ...plain }, []);
  assert.deepEqual(
    found.map(({ lineId, from, to }) => [lineId, lines.find(({ id }) => id === lineId)!.text.slice(from, to)]),
    [
      ['a', '大[happy]家'],
      ['b', '大家'],
      ['b', '大家'],
      ['b', '[say: 大家]大家们[/say]'],
    ],
  );
  assert.equal(findInLines(lines, { find: '重庆', ...plain }, []).length, 1);
  assert.equal(findInLines(lines, { find: 'happy', ...plain }, []).length, 0);
  assert.equal(findInLines(lines, { find: '', ...plain }, []).length, 0);
  assert.equal(findInLines([line('Hello HELLO')], { find: 'hello', regex: false, caseSensitive: false }, []).length, 2);
});

test('the alternatives of a slot are searched one by one, and a replacement leaves the slot one', () => {
  assert.equal(replaced('新品{新品|爆款}新', '新', '老'), '老品{老品|爆款}老');
  assert.equal(replaced('{大家|a\\|b}', 'a|b', '{c|d}'), '{大家|\\{c\\|d\\}}');
  assert.equal(replaced('好{新品|爆款}', '好新', 'x'), '好{新品|爆款}');
  assert.equal(replaced('好{新品|爆款}', '[^x]+', 'y', regex).match(/[{|}]/g)?.join(''), '{|}');
});

test('replacing keeps every cue, and drops only the reading of words that are gone', () => {
  assert.equal(replaced('大[happy]家好', '大家', '各位'), '各位[happy]好');
  assert.equal(replaced('[sad 0.5]a[500ms]b*a*', 'a', 'xy'), '[sad 0.5]xy[500ms]b*xy*');
  assert.equal(replaced('重{chóng}庆好', '重庆', '成都'), '成都好');
  assert.equal(replaced('[say: ai fone]iPhone[/say]好', 'Phone', 'Pad'), 'iPad好');
  assert.equal(replaced('[say: ai fone]iPhone[/say]好', '好', '坏'), '[say: ai fone]iPhone[/say]坏');
  assert.equal(replaced('[笑 0.5]笑', '笑', '哭'), '[笑 0.5]哭');
  // Words that look like a cue stay words.
  assert.equal(replaced('好', '好', '[sad] #1*'), '\\[sad\\] \\#1\\*');
  assert.equal(replaced('a\\[b', '[b', 'c'), 'ac');
  assert.equal(replaced('很.好', '.', '。'), '很。好');
});

test('a line with an error keeps its brackets', () => {
  assert.equal(replaced('[nobody 1] a [b', 'b', 'c'), '[nobody 1] a [c');
  assert.equal(replaced('[nobody] nobody', 'nobody', 'x'), '[nobody] x');
});

test('regular expressions take groups, and a bad one is told', () => {
  assert.equal(replaced('2026年11月', '(\\d+)年(?<m>\\d+)月', '$<m>/$1 $$ $& $3', regex), '11/2026 $ 2026年11月 $3');
  assert.equal(replaced('a1b22', '\\d', '', regex), 'ab');
  assert.equal(replaced('aXbx', 'x', '-', { regex: true, caseSensitive: false }), 'a-b-');
  assert.equal(replaced('abc', 'x*', '-', regex), 'abc');
  assert.equal(replaced('cost', 'cost', '$1'), '$1');
  assert.throws(
    () => replaced('a', '(', 'b', regex),
    (error) => error instanceof StudioError && error.code === 'script.bad-pattern' && error.params.pattern === '(',
  );
});

test('new neighbours never make emphasis of an asterisk, nor an asterisk of emphasis', () => {
  for (const [text, find, to] of [
    ['，*好*', '，', 'x'],
    ['x*好*', 'x', '，'],
    ['*好*，', '，', '2'],
  ] as const) {
    const kinds = (source: string): string[] => {
      const parsed = parseLine(source);
      assert.ok(parsed.ok);
      return parsed.nodes.map(({ kind }) => kind).filter((kind) => kind !== 'text');
    };
    assert.deepEqual(kinds(replaced(text, find, to)), kinds(text), text);
  }
});

test('lines without a match are left as they are', () => {
  const lines = [line('a', '1'), line('b', '2')];
  const result = replaceInLines(lines, { find: 'b', replacement: 'c', ...plain }, []);
  assert.equal(result.lines[0], lines[0]);
  assert.equal(result.count, 1);
  assert.deepEqual(result.lines[1], { ...lines[1], text: 'c' });
});

test('one match of several is replaced, and only it', () => {
  const pattern = compileQuery({ find: 'a', regex: false, caseSensitive: true })!;
  assert.equal(replaceInText('a [happy]a a', pattern, 'bb', false, [], 1).text, 'a [happy]bb a');
  assert.deepEqual(replaceInText('a', pattern, 'b', false, [], 1), { text: 'a', count: 0 });
});
