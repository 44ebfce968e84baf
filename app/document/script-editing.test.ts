import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLine } from '../speech/script/parse.ts';
import { LineMap } from '../speech/script/positions.ts';
import { type ScriptLine, scriptLineSchema } from './script.ts';
import { duplicateLines, mergeLines, moveLines, splitLine } from './script-editing.ts';

const OWN = ['我的微笑'];
const line = (text: string, more: Partial<ScriptLine> = {}): ScriptLine =>
  scriptLineSchema.parse({ id: 'a', text, ...more });
const split = (text: string, more: Partial<ScriptLine> = {}): [ScriptLine, ScriptLine] => {
  const offset = text.indexOf('|');
  return splitLine(line(text.replace('|', ''), more), offset, 'b', OWN);
};
const texts = (lines: readonly ScriptLine[]): string[] => lines.map(({ text }) => text);
const mood = ({ emotion, intensity }: ScriptLine): string => `${emotion} ${intensity}`;

test('a split keeps mood, voice and pause where they belong', () => {
  const given = { emotion: 'sad', intensity: 0.4, voiceId: 'espeak:cmn', pauseAfterMs: 900 };
  const [first, second] = split('大家好。 |欢迎', given);
  assert.deepEqual(first, line('大家好。', { ...given, pauseAfterMs: 300 }));
  assert.deepEqual(second, line('欢迎', { ...given, id: 'b' }));
  assert.equal(mood(split('大[我的微笑 0.8]家|好', given)[1]), '我的微笑 0.8');
  const [before, after] = split('大家[happy]|好', given);
  assert.deepEqual([before.text, after.text, mood(before), mood(after)], ['大家', '好', 'sad 0.4', 'happy 1']);
  assert.deepEqual(texts(split('|大家')), ['', '大家']);
  assert.deepEqual(texts(split('大家|')), ['大家', '']);
});

test('a split tears no cue, escape or character, and spans go on in both lines', () => {
  for (const [text, expected] of [
    ['[rate 1.2]快*很|好*[/rate]吗', ['[rate 1.2]快*很*[/rate]', '[rate 1.2]*好*[/rate]吗']],
    ['[em]|好[/em]', ['', '[em]好[/em]']],
    ['[em]好|[/em]吗', ['[em]好[/em]', '吗']],
    ['重|{chóng}庆', ['', '重{chóng}庆']],
    ['a\\|[b', ['a', '\\[b']],
    ['一[50|0ms]二', ['一', '[500ms]二']],
    ['5*|3*2', ['5*', '3*2']],
    ['错[|x y 误', ['错[', 'x y 误']],
  ] as const) {
    const halves = texts(split(text));
    assert.deepEqual(halves, expected, text);
  }
  // After a letter `*` is an asterisk; the words it stood round are still the same.
  const halves = texts(split('*很x|好*'));
  for (const half of halves) assert.ok(parseLine(half).ok);
});

test('merging says what changes between the lines, and nothing more', () => {
  const second = (text: string, more: Partial<ScriptLine> = {}): ScriptLine => line(text, { id: 'b', ...more });
  const merged = mergeLines(line('大家好。', { voiceId: 'a:b' }), second(' 欢迎', { pauseAfterMs: 70 }), OWN);
  assert.deepEqual(merged, line('大家好。欢迎', { voiceId: 'a:b', pauseAfterMs: 70 }));
  const merge = (a: ScriptLine, b: ScriptLine): string => mergeLines(a, b, OWN).text;
  const sad = { emotion: 'sad', intensity: 0.5 };
  assert.equal(merge(line('你'), second('好', sad)), '你[sad 0.5]好');
  assert.equal(merge(line('你[sad 0.5]呀'), second('好', sad)), '你[sad 0.5]呀好');
  assert.equal(merge(line('你'), second('[happy]好', sad)), '你[happy]好');
  assert.equal(merge(line('你', { pauseAfterMs: 800 }), second('好', sad)), '你[800ms][sad 0.5]好');
  assert.equal(merge(line('Hello.'), second('World')), 'Hello. World');
  assert.equal(merge(line('用 iPhone'), second('拍照')), '用 iPhone拍照');
  assert.deepEqual(mood(mergeLines(line(''), second('好', sad), OWN)), 'sad 0.5');
  assert.equal(mergeLines(line('好', sad), second(''), OWN).text, '好');
  // Side by side the asterisks would find other partners.
  const stars = parseLine(merge(line('*未完'), second('*待续*')));
  assert.ok(stars.ok);
  assert.equal(new LineMap(stars.nodes).displayText, '*未完待续');
});

test('what is split and merged again is as it was', () => {
  const text = '[我的微笑 0.8]大家好，[rate 1.2]欢迎来到*声画*[/rate]！[500ms]重{chóng}庆';
  const whole = line(text, { emotion: 'gentle', pauseAfterMs: 500 });
  const { displayText } = mapOf(text);
  for (let offset = 0; offset <= text.length; offset++) {
    const [a, b] = splitLine(whole, offset, 'b', OWN);
    const again = mergeLines(a, b, OWN);
    assert.equal(mapOf(again.text).displayText, displayText, `at ${offset}`);
    assert.equal(again.pauseAfterMs, 500);
  }
});

function mapOf(text: string): LineMap {
  const parsed = parseLine(text, 1, OWN);
  assert.ok(parsed.ok, text);
  return new LineMap(parsed.nodes);
}

test('lines move and double as a block, in their order', () => {
  const lines = [...'abcde'].map((id) => line(id, { id }));
  const ids = (result: readonly ScriptLine[]): string => result.map(({ id }) => id).join('');
  assert.equal(ids(moveLines(lines, new Set('bd'), 'a')), 'bdace');
  assert.equal(ids(moveLines(lines, new Set('bd'), 'd')), 'acbde');
  assert.equal(ids(moveLines(lines, new Set('ac'), null)), 'bdeac');
  assert.equal(ids(moveLines(lines, new Set('a'), 'nobody')), 'abcde');
  const doubled = duplicateLines(lines, new Set('bd'), ['x', 'y']);
  assert.equal(ids(doubled), 'abcdxye');
  assert.equal(doubled[4]?.text, 'b');
  assert.throws(() => duplicateLines(lines, new Set('bd'), ['x']));
});
