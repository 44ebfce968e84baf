import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addKeyframe,
  keyframeOffset,
  listKeyframes,
  momentOf,
  moodAt,
  moveKeyframe,
  removeKeyframe,
  setKeyframe,
} from './keyframes.ts';
import { parseLine } from './parse.ts';
import { LineMap, outlineOf } from './positions.ts';

const OWN = ['我的微笑', 'Wink-2', 'é'];
const HAPPY = { emotion: 'happy', intensity: 0.6 };

const outline = (text: string, skip?: number): string[] => {
  const parsed = parseLine(text, 1, OWN);
  assert.ok(parsed.ok, text);
  const cues = new LineMap(parsed.nodes).places.leaves.filter(({ node }) => node.kind === 'emotion');
  return outlineOf(parsed.nodes, skip === undefined ? undefined : cues[skip]!.node);
};

test('keyframes are told with their place in the text and in what is shown', () => {
  const text = '[gentle]大家[ 我的微笑 80% ]好，[500ms]\\[欢迎 [WINK-2]来[sad 0.25]';
  assert.deepEqual(
    listKeyframes(text, OWN).map(({ emotion, intensity, displayOffset, from, to }) => [
      ...[emotion, intensity, displayOffset, text.slice(from, to)],
    ]),
    [
      ['gentle', 1, 0, '[gentle]'],
      ['我的微笑', 0.8, 2, '[ 我的微笑 80% ]'],
      ['Wink-2', 1, 8, '[WINK-2]'],
      ['sad', 0.25, 9, '[sad 0.25]'],
    ],
  );
  assert.deepEqual(listKeyframes('[我的微笑]好', []), []);
  assert.deepEqual(moodAt(text, 10, HAPPY, OWN), { emotion: 'gentle', intensity: 1 });
  assert.deepEqual(moodAt(text, 0, HAPPY, OWN), HAPPY);
});

test('a keyframe takes another intensity, another emotion or both; nothing else in the line changes', () => {
  const text = ' [rate 1.2]*大*[Happy 60%]家[/rate] 5*3*2 \\*[sad]重{chóng}';
  assert.equal(setKeyframe(text, 0, { intensity: 0.333 }, OWN), text.replace('[Happy 60%]', '[happy 0.33]'));
  assert.equal(setKeyframe(text, 0, { intensity: 1 }, OWN), text.replace('[Happy 60%]', '[happy]'));
  assert.equal(setKeyframe(text, 1, { emotion: '我的微笑', intensity: 0 }, OWN), text.replace('[sad]', '[我的微笑 0]'));
  assert.equal(setKeyframe(text, 2, { intensity: 0 }, OWN), null);
  assert.equal(setKeyframe(text, 1, { emotion: 'nobody' }, OWN), null);
  assert.equal(setKeyframe('[happy', 0, { intensity: 0 }, OWN), null);
});

test('a new keyframe never parts what belongs together', () => {
  const added = (text: string, offset: number): string | undefined => addKeyframe(text, offset, HAPPY, OWN)?.text;
  assert.equal(added('大家好', 2), '大家[happy 0.6]好');
  assert.equal(added('', 0), '[happy 0.6]');
  assert.equal(added('重{chóng}庆', 1), '[happy 0.6]重{chóng}庆');
  assert.equal(added('重{chóng}庆', 5), '重{chóng}[happy 0.6]庆');
  assert.equal(added('用[say: ai fone]iPhone[/say]', 5), '用[happy 0.6][say: ai fone]iPhone[/say]');
  assert.equal(added('a\\[b', 2), 'a[happy 0.6]\\[b');
  assert.equal(added('a👩‍👩‍👧b', 4), 'a[happy 0.6]👩‍👩‍👧b');
  assert.equal(added('好[500ms]吗', 4), '好[happy 0.6][500ms]吗');
  assert.equal(added('[rate 1.2]快[/rate]', 2), '[happy 0.6][rate 1.2]快[/rate]');
  assert.equal(added('a[', 1), undefined);
  assert.deepEqual(addKeyframe('大[sad][#m]家', 1, HAPPY, OWN), { text: '大[happy 0.6][#m]家', index: 0 });
  assert.deepEqual(addKeyframe('[sad]大家', 6, HAPPY, OWN), { text: '[sad]大[happy 0.6]家', index: 1 });
  // An asterisk after a digit is a product; after a cue it would open emphasis.
  assert.equal(outline(added('5*3*2', 1)!, 0).join('|'), '5*3*2');
});

test('a keyframe is taken out without a trace, also where it kept two asterisks apart', () => {
  assert.equal(removeKeyframe('大[sad]家', 0, OWN), '大家');
  assert.equal(removeKeyframe('[sad] hello', 0, OWN), 'hello');
  assert.equal(removeKeyframe('hello [sad] world', 0, OWN), 'hello world');
  assert.equal(removeKeyframe('大家', 0, OWN), null);
  const kept = removeKeyframe('5[happy]*3*，', 0, OWN)!;
  assert.deepEqual(outline(kept), outline('5[happy]*3*，', 0));
});

test('a keyframe moves over cues, spans and itself', () => {
  const text = '一[sad 0.5]二[500ms]三[em]四[/em]五';
  const moved = (offset: number): string | undefined => moveKeyframe(text, 0, offset, OWN)?.text;
  assert.equal(moved(0), '[sad 0.5]一二[500ms]三[em]四[/em]五');
  assert.equal(moved(text.indexOf('三')), '一二[500ms][sad 0.5]三[em]四[/em]五');
  assert.equal(moved(text.length), '一二[500ms]三[em]四[/em]五[sad 0.5]');
  assert.equal(moved(5), text);
  assert.deepEqual(moveKeyframe('[sad]一[happy]二三', 0, 14, OWN), { text: '一[happy]二[sad]三', index: 1 });
});

test('a place in time and a place in the text lead to each other', () => {
  const text = '[say: 好]大[sad]家 hello[500ms]，\\*world';
  const parsed = parseLine(text);
  assert.ok(parsed.ok);
  const map = new LineMap(parsed.nodes);
  assert.equal(map.displayText, '大家 hello，*world');
  for (const [shown, source] of [
    ['大', '大'],
    ['家', '家'],
    ['hello', 'hello'],
    ['*', '\\*'],
    ['rld', 'rld'],
  ] as const) {
    assert.equal(text.slice(keyframeOffset(text, map.displayText.indexOf(shown), [])).startsWith(source), true, shown);
    assert.equal(map.displayOffset(text.indexOf(source)), map.displayText.indexOf(shown), shown);
  }
  const word = (from: number, to: number, startMs: number) => ({ text: '', from, to, startMs, endMs: startMs + 90 });
  const words = [word(0, 1, 0), word(1, 2, 100), word(3, 8, 250)];
  assert.deepEqual(
    [0, 1, 2, 3, 5, 8].map((at) => momentOf(at, words, 900)),
    [0, 100, 250, 250, 250, 900],
  );
});

/** mulberry32 */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const PIECES = [
  ...['你好', 'hello ', ' ', '，', '[happy]', '[我的微笑 60%]', '[500ms]', '重{chóng}', '[say: a]b[/say]', '[say: x]'],
  ...['[#m]', '*', '*', '\\*', '\\[', '\\', '5*3', '🎉', '\ud83d', '\u0000', '[em]', '[/em]', '[rate 1.5]', '[/rate]'],
];

test('whatever the line and the place: what is put in, moved or taken out changes nothing else', () => {
  const next = random(7);
  let tried = 0;
  let same = 0;
  for (let i = 0; i < 3_000; i++) {
    const length = Math.floor(next() * 9);
    const text = Array.from({ length }, () => PIECES[Math.floor(next() * PIECES.length)]).join('');
    if (!parseLine(text, 1, OWN).ok) continue;
    const offset = Math.floor(next() * (text.length + 1));
    const before = listKeyframes(text, OWN);
    const added = addKeyframe(text, offset, HAPPY, OWN);
    assert.ok(added !== null, JSON.stringify([text, offset]));
    const now = listKeyframes(added.text, OWN);
    assert.deepEqual([now[added.index]?.emotion, now[added.index]?.intensity], ['happy', 0.6]);
    if (now.length > before.length) {
      tried++;
      assert.deepEqual(outline(added.text, added.index), outline(text), JSON.stringify([text, offset]));
      const removed = removeKeyframe(added.text, added.index, OWN);
      assert.ok(removed !== null, JSON.stringify([text, offset]));
      assert.deepEqual(outline(removed), outline(text), JSON.stringify([text, offset]));
      if (removed === text) same++;
      const moved = moveKeyframe(added.text, added.index, Math.floor(next() * (added.text.length + 1)), OWN);
      assert.ok(moved !== null, JSON.stringify([added, offset]));
    } else {
      assert.deepEqual(outline(added.text, added.index), outline(text, added.index));
    }
  }
  assert.ok(tried > 700 && same > 0.85 * tried, `${tried} lines, ${same} the same again`);
});

test('a slot is one thing to a keyframe: it stands before or after, and leaves the slot as it was', () => {
  const text = '今天{新品|爆款}到';
  const mood = { emotion: 'happy', intensity: 1 };
  assert.equal(addKeyframe(text, 5, mood, [])?.text, '今天[happy]{新品|爆款}到');
  assert.equal(addKeyframe(text, 9, mood, [])?.text, '今天{新品|爆款}[happy]到');
  assert.equal(removeKeyframe('今天{新品|爆款}[happy]到', 0, []), text);
});
