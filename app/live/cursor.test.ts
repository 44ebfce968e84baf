import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showSchema } from '../document/live.ts';
import { scriptSchema } from '../document/script.ts';
import { positionIn, ShowCursor, type ShowItem, type ShowSource } from './cursor.ts';
import type { ShowPosition } from './protocol.ts';

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;
const sourceOf = (show: object, lines: readonly object[] = []): ShowSource => ({
  emotions: [],
  script: scriptSchema.parse({ lines }),
  live: { show: showSchema.parse({ gapMs: 0, ...show }) },
});
const script = (id: string, texts: string, more: object = {}) => ({
  ...{ kind: 'script', id, lines: [...texts].map((text) => ({ id: text, text })) },
  ...more,
});
const open = (source: ShowSource, position: ShowPosition | null = null): ShowCursor =>
  new ShowCursor({ source, position, utcOffset: () => 0 });
const name = (item: ShowItem): string => {
  if (item.kind === 'line') return `${item.segmentId}:${item.line.text}`;
  if (item.kind === 'closed') return `closed ${item.untilWallMs === null ? 'for ever' : item.untilWallMs - NOON}`;
  return 'segmentId' in item ? item.segmentId : item.kind;
};
const take = (cursor: ShowCursor, count: number, wallMs = NOON): string[] =>
  Array.from({ length: count }, () => name(cursor.next(wallMs)));
const kept = (position: ShowPosition): ShowPosition => JSON.parse(JSON.stringify(position)) as ShowPosition;

test('the opening once, rounds of segments with their passes and gaps, the closing once, then the end', () => {
  const cursor = open(
    sourceOf({
      opening: [script('hello', 'ab')],
      segments: [
        script('s', 'x', { times: 2 }),
        { kind: 'idle', id: 'rest', durationMs: 500 },
        script('off', 'z', { enabled: false }),
      ],
      rounds: 2,
      gapMs: 700,
      closing: [script('bye', 'c')],
    }),
  );
  const round = ['s:x', 'gap', 's:x', 'gap', 'rest', 'gap'];
  assert.deepEqual(take(cursor, 18), ['hello:a', 'hello:b', 'gap', ...round, ...round, 'bye:c', 'end', 'end']);
});

test('a show of no segments is the project’s script over and over, or the recording it has', () => {
  const lines = [
    { id: '1', text: '甲' },
    { id: '2', text: ' ' },
    { id: '3', text: '乙' },
  ];
  const source = sourceOf({}, lines);
  assert.deepEqual(take(open(source), 5), ['script:甲', 'script:乙', 'script:甲', 'script:乙', 'script:甲']);
  const asset = { sha256: 'ab'.repeat(32), mediaType: 'audio/wav', fileName: 'me.wav' };
  const item = open({ ...source, script: { ...source.script, recording: asset } }).next(NOON);
  assert.ok(item.kind === 'recording' && item.asset === asset && item.text === '甲\n \n乙');
});

test('where nothing can be played it is closed, whatever there is, and opens by itself', () => {
  assert.deepEqual(take(open(sourceOf({})), 2), ['closed for ever', 'closed for ever']);
  const silent = ['！', '[#card apple]', '[happy]', '{|真的}', '[50ms]', '[x]'].map((text, i) => ({
    id: `${i}`,
    text,
  }));
  for (const segments of [
    [script('a', 'x', { enabled: false })],
    [{ kind: 'script', id: 'a', lines: silent }],
    [{ kind: 'script', id: 'a', lines: [] }],
  ])
    assert.deepEqual(take(open(sourceOf({ segments, rounds: 2 })), 3), Array(3).fill('closed for ever'));
  const later = [script('a', 'x', { airTime: { from: '13:00', to: '14:00' } })];
  const cursor = open(sourceOf({ segments: later, rounds: 1, closing: [script('bye', 'c')] }));
  assert.deepEqual(take(cursor, 2), [`closed ${HOUR}`, `closed ${HOUR}`]);
  assert.deepEqual(take(cursor, 3, NOON + HOUR), ['a:x', 'bye:c', 'end']);
  // Rounds that cannot be filled any more are not waited for.
  const named = [script('constructor', 'x', { limit: { times: 1, per: 'show' } })];
  assert.deepEqual(take(open(sourceOf({ segments: named })), 2), ['constructor:x', 'closed for ever']);
  const once = [script('a', 'x', { limit: { times: 1, per: 'show' } })];
  assert.deepEqual(take(open(sourceOf({ segments: once, rounds: 5 })), 3), ['a:x', 'end', 'end']);
  assert.deepEqual(take(open(sourceOf({ segments: once })), 2), ['a:x', 'closed for ever']);
});

test('limits hold over the hours and days of a long show, and each pass counts', () => {
  const segments = [
    script('often', 'o'),
    script('hourly', 'h', { times: 3, limit: { times: 2, per: 'hour' } }),
    script('daily', 'd', { limit: { times: 1, per: 'day' } }),
    script('morning', 'm', { airTime: { weekdays: [1], from: '09:00', to: '09:30' } }),
  ];
  const cursor = open(sourceOf({ segments }));
  const played = new Map<string, string[]>();
  // Sunday noon to Tuesday noon, a segment every six minutes.
  for (let at = NOON; at < NOON + 48 * HOUR; at += HOUR / 10) {
    const item = cursor.next(at);
    assert.ok('segmentId' in item);
    played.set(item.segmentId, [...(played.get(item.segmentId) ?? []), new Date(at).toISOString().slice(0, 16)]);
  }
  const perHour = Map.groupBy(played.get('hourly')!, (time) => time.slice(0, 13));
  assert.equal(perHour.size, 48);
  for (const times of perHour.values()) assert.equal(times.length, 2);
  assert.deepEqual(
    played.get('daily')!.map((time) => time.slice(5, 13)),
    ['11-22T12', '11-23T00', '11-24T00'],
  );
  const mornings = played.get('morning')!;
  assert.ok(mornings.length > 0 && mornings.every((time) => /^2026-11-23T09:[012]/.test(time)), mornings.join());
});

test('a shuffled show has every enabled segment once a round, and a shuffled segment every line once a play', () => {
  const segments = ['a', 'b', 'c', 'd', 'e'].map((id) =>
    script(id, '12345', { order: 'shuffled', ...(id === 'd' && { enabled: false }) }),
  );
  const cursor = open(sourceOf({ segments, order: 'shuffled', seed: 9 }));
  const orders = new Set<string>();
  const lineOrders = new Set<string>();
  let before = '';
  for (let round = 0; round < 30; round++) {
    const plays = Array.from({ length: 4 }, () => take(cursor, 5));
    for (const play of plays) assert.deepEqual(play.map((each) => each.slice(2)).toSorted(), [...'12345']);
    const order = plays.map(([first]) => first!.slice(0, 1));
    for (const [i, play] of plays.entries()) assert.ok(play.every((each) => each.startsWith(order[i]!)));
    assert.deepEqual(order.toSorted(), ['a', 'b', 'c', 'e']);
    assert.notEqual(order[0], before);
    before = order.at(-1)!;
    orders.add(order.join(''));
    lineOrders.add(plays.find(([first]) => first!.startsWith('a'))!.join(''));
  }
  assert.ok(orders.size > 10 && lineOrders.size > 10);
});

test('a line’s slots never say the same twice in a row, also when plays of it are skipped', () => {
  const source = sourceOf({
    segments: [{ kind: 'script', id: 's', lines: [{ id: '1', text: '{甲|乙}{一|二|三}*到*' }] }],
  });
  const cursor = open(source);
  let last = '';
  for (let i = 0; i < 200; i++) {
    if (i % 3 === 2) cursor.goTo('s', 0, NOON);
    const item = cursor.next(NOON);
    assert.ok(item.kind === 'line');
    assert.match(item.line.text, /^[甲乙][一二三]\[em\]到\[\/em\]$/);
    assert.ok(item.line.text[0] !== last[0] && item.line.text[1] !== last[1]);
    last = item.line.text;
  }
});

const busy = sourceOf({
  opening: [script('hello', 'ab')],
  segments: [
    { ...script('s', 'xyz', { order: 'shuffled', times: 2 }) },
    {
      kind: 'script',
      id: 'v',
      lines: [
        { id: '1', text: '{甲|乙|丙}' },
        { id: '2', text: '{|真的}好' },
      ],
    },
    script('l', 'w', { limit: { times: 2, per: 'hour' } }),
    { kind: 'idle', id: 'i', durationMs: 100 },
  ],
  order: 'shuffled',
  rounds: 12,
  closing: [script('bye', 'c')],
});

test('restored anywhere it goes on exactly as it would have', () => {
  const whole = open(busy);
  const items: ShowItem[] = [];
  for (let item = whole.next(NOON); item.kind !== 'end'; item = whole.next(NOON)) items.push(item);
  assert.ok(items.length > 90);
  const words = (item: ShowItem) => ('id' in item ? [item.id, name(item), item.after] : name(item));
  for (const [index, item] of items.entries()) {
    if (!('at' in item)) continue;
    const again = open(busy, kept(item.at));
    for (const expected of items.slice(index)) assert.deepEqual(words(again.next(NOON)), words(expected));
    assert.equal(again.next(NOON).kind, 'end');
    const ids = new Set(items.map((each) => ('id' in each ? each.id : '')));
    assert.equal(ids.size, items.length, 'each item has an id of its own');
    if (index < items.length - 1)
      assert.deepEqual(words(open(busy, kept(item.after)).next(NOON)), words(items[index + 1]!));
  }
});

test('restored in the middle of a line it begins with that sentence, without jingle, in the segment’s scene', () => {
  const jingle = { sha256: 'ab'.repeat(32), mediaType: 'audio/wav', fileName: 'ding.wav' };
  const source = sourceOf({ segments: [script('s', 'xy', { jingle, scene: 'shop' })] });
  const cursor = open(source);
  const [first, second] = [cursor.next(NOON), cursor.next(NOON)];
  assert.ok(first.kind === 'line' && second.kind === 'line');
  assert.deepEqual([first.scene, first.jingle, second.scene, second.jingle], ['shop', jingle, null, null]);
  const again = open(source, kept(positionIn(first, 2)));
  const item = again.next(NOON);
  assert.ok(item.kind === 'line');
  assert.deepEqual([item.fromSentence, item.scene, item.jingle, item.line.text], [2, 'shop', null, 'x']);
  assert.deepEqual(item.after, first.after);
  const then = again.next(NOON);
  assert.ok(then.kind === 'line' && then.scene === null);
});

test('skip, goTo and close go from what is on, however far ahead the cursor was', () => {
  const source = sourceOf({
    segments: [script('a', '123', { times: 2 }), script('b', '45', { enabled: false }), script('c', '6')],
    closing: [script('bye', '7')],
  });
  const at = (cursor: ShowCursor): ShowPosition => {
    const item = cursor.next(NOON);
    assert.ok(item.kind === 'line');
    take(cursor, 5);
    return item.at;
  };
  const cursor = open(source);
  cursor.skip('line', at(cursor));
  assert.deepEqual(take(cursor, 3), ['a:2', 'a:3', 'a:1']);
  const second = open(source);
  second.skip('segment', at(second));
  assert.deepEqual(take(second, 2), ['c:6', 'a:1']);
  const third = open(source);
  assert.equal(third.goTo('b', 1, NOON, at(third)), true);
  assert.deepEqual(Object.keys(third.position().played), ['a', 'b'], 'c was only looked at ahead');
  assert.deepEqual(take(third, 3), ['b:5', 'c:6', 'a:1']);
  assert.equal(third.goTo('nowhere', 0, NOON), false);
  third.goTo('a', 99, NOON);
  assert.deepEqual(take(third, 1), ['a:3']);
  const fourth = open(source);
  fourth.close(at(fourth));
  assert.deepEqual(take(fourth, 1), ['bye:7']);
  fourth.close();
  assert.deepEqual(take(fourth, 2), ['end', 'end']);
});

test('a show that changes on air keeps its place', () => {
  const show = (a: string, more: object[] = [script('b', '89')]) => sourceOf({ segments: [script('a', a), ...more] });
  /** After two lines of a's four. */
  const begun = (): ShowCursor => {
    const cursor = open(show('1234'));
    take(cursor, 2);
    return cursor;
  };
  const goesOn = (source: ShowSource, count: number): string => {
    const cursor = begun();
    cursor.update(source);
    return take(cursor, count)
      .map((each) => each.slice(2))
      .join('');
  };
  assert.equal(goesOn(show('1234'), 4), '3489');
  assert.equal(goesOn(show('12x34'), 5), 'x3489', 'put in right here');
  assert.equal(goesOn(show('x1y234'), 4), '3489', 'put in before');
  assert.equal(goesOn(show('124x'), 4), '4x89', 'the next is gone');
  assert.equal(goesOn(show('12'), 2), '89');
  assert.equal(goesOn(show('34'), 2), '34');
  assert.equal(goesOn(show('xy'), 4), 'xy89', 'rewritten');
  assert.equal(goesOn(sourceOf({ segments: [script('z', '0'), script('b', '89')] }), 3), '089');
  assert.equal(goesOn(sourceOf({ segments: [script('b', '89')] }), 3), '898', 'the segment is gone');
  const later = open(show('1', [script('b', '23'), script('c', '4')]));
  take(later, 2);
  later.update(show('1', [script('n', '5'), script('c', '4')]));
  assert.deepEqual(take(later, 3), ['n:5', 'c:4', 'a:1'], 'what took its place is played');
  // In the middle of a line that is being said, from where it is.
  const cursor = open(show('1234'));
  const item = cursor.next(NOON);
  assert.ok(item.kind === 'line');
  take(cursor, 3);
  cursor.update(show('x1y'), positionIn(item, 1));
  const again = cursor.next(NOON);
  assert.ok(again.kind === 'line' && again.line.text === '1' && again.fromSentence === 1);
  assert.deepEqual(take(cursor, 2), ['a:y', 'b:8']);
});

test('a shuffled round that loses or gains a segment plays the others as before', () => {
  const show = (ids: string) => sourceOf({ order: 'shuffled', segments: [...ids].map((id) => script(id, '1')) });
  const cursor = open(show('abcdef'));
  const first = take(cursor, 6).map((each) => each[0]!);
  const second = open(show('abcdef'));
  take(second, 3);
  second.update(show([...'abcdef'].filter((id) => id !== first[2] && id !== first[4]).join('')));
  assert.deepEqual(
    take(second, 2).map((each) => each[0]),
    [first[3], first[5]],
  );
});

test('lines with faults are told once and left out', () => {
  const lines = [
    { id: '1', text: '好' },
    { id: '2', text: '[nope]好' },
    { id: '3', text: '好', emotion: 'hapy' },
  ];
  const cursor = open(sourceOf({ segments: [{ kind: 'script', id: 's', lines }] }));
  assert.deepEqual(take(cursor, 2), ['s:好', 's:好']);
  assert.deepEqual(
    cursor.faults.map(({ segmentId, lineId, error }) => [segmentId, lineId, error.code, error.params.line]),
    [
      ['s', '2', 'script.unknown-emotion', 2],
      ['s', '3', 'script.unknown-emotion', 3],
    ],
  );
});
