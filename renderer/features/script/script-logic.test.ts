import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cueItems, openBracket, putCue, typedCue } from './cue-items.ts';
import { analyseLine, piecesOf } from './line-tokens.ts';
import { lineAt } from './playing-line.ts';
import { createWavReader } from './wav-stream.ts';

const kinds = (text: string): string[] =>
  analyseLine(text, 1, ['calm']).tokens.map(({ kind, from, to }) => `${kind} ${text.slice(from, to)}`);

test('every cue of a line is found, words are left alone', () => {
  assert.deepEqual(
    kinds('重{chóng}来[Happy 0.6]，[500ms]*好*[rate 1.2]快[/rate][say: la4]辣[/say][say: x][#a b][calm]\\[no]'),
    [
      'pronunciation {chóng}',
      'emotion [Happy 0.6]',
      'pause [500ms]',
      'emphasis *',
      'emphasis *',
      'prosody [rate 1.2]',
      'prosody [/rate]',
      'say [say: la4]',
      'say [/say]',
      'say [say: x]',
      'marker [#a b]',
      'emotion [calm]',
    ],
  );
  assert.deepEqual(kinds('今天{新品|爆款}到'), ['slot {新品|爆款}']);
  assert.deepEqual(analyseLine('今天{新品|爆款}到', 1, []).faults, []);
  // Beside an error the other cues keep their colours.
  assert.deepEqual(kinds('[happy]a[nope]b\\[1s]{c}[/rate]'), [
    'emotion [happy]',
    'pronunciation {c}',
    'prosody [/rate]',
  ]);
});

test('faults lie where they are, also behind characters of two units and line ends', () => {
  for (const text of ['😀😀[hapy] x', '好\n😀[hapy]']) {
    const [fault] = analyseLine(text, 7, []).faults;
    assert.equal(fault?.code, 'script.unknown-emotion');
    assert.equal(text.slice(fault.from, fault.to), '[hapy]');
  }
});

test('pieces are the whole text in order, whatever overlaps', () => {
  const text = 'a [happy]*big[hapy* [';
  const pieces = piecesOf(text, analyseLine(text, 1, []), [
    { from: 0, to: 4, now: true },
    { from: 8, to: 12, now: false },
  ]);
  assert.equal(pieces.map((piece) => piece.text).join(''), text);
  assert.ok(pieces.every((piece) => piece.text !== ''));
  assert.deepEqual(
    pieces
      .filter(({ found }) => found === 'now')
      .map((piece) => piece.text)
      .join(''),
    'a [h',
  );
  assert.equal(piecesOf('', analyseLine('', 1, [])).length, 0);
});

test('a cue goes in at the caret, a span around what is selected, with what is to be filled in selected', () => {
  const items = cueItems(['calm'], 'mark');
  const put = (id: string, text: string, from: number, to: number): string => {
    const {
      text: changed,
      selectionStart,
      selectionEnd,
    } = putCue(text, from, to, items.find((item) => item.id === id)!);
    return `${changed.slice(0, selectionStart)}|${changed.slice(selectionStart, selectionEnd)}|${changed.slice(selectionEnd)}`;
  };
  assert.equal(put('emotion-calm-1', 'a [ca b', 2, 5), 'a [calm]|| b');
  assert.equal(put('emphasis', 'so very big', 3, 7), 'so [em]very[/em]|| big');
  assert.equal(put('rate-0.8', 'ab', 1, 1), 'a[rate 0.8]||[/rate]b');
  assert.equal(put('say', 'my iPhone', 3, 9), 'my [say: ||]iPhone[/say]');
  assert.equal(put('marker', '', 0, 0), '[#|mark|]');
  assert.equal(put('pinyin', '重来', 1, 1), '重{||}来');
});

test('a bracket is open until it is closed, unless it is a plain one', () => {
  assert.deepEqual(openBracket('so [hap', 7), { from: 3, typed: 'hap' });
  assert.equal(openBracket('so [happy] x', 12), null);
  assert.equal(openBracket('so \\[hap', 8), null);
  assert.deepEqual(openBracket('so \\\\[hap', 9), { from: 5, typed: 'hap' });
  assert.equal(typedCue('happy 0.6', [])?.open, '[happy 0.6]');
  assert.equal(typedCue('750ms', [])?.open, '[750ms]');
  assert.equal(typedCue('hapy', []), null);
  assert.equal(typedCue('em', []), null);
});

test('the line at a time, none between lines', () => {
  const lines = [
    { lineId: 'a', startMs: 400, endMs: 1000 },
    { lineId: 'b', startMs: 1300, endMs: 2000 },
  ];
  assert.deepEqual(
    [0, 400, 999, 1000, 1299, 1300, 2000].map((at) => lineAt(lines, at)?.lineId ?? null),
    [null, 'a', 'a', null, null, 'b', null],
  );
});

test('a WAV is read however it is cut, with chunks that are not known', () => {
  const samples = [0, 16_384, -32_768, 32_767];
  const wav = new DataView(new ArrayBuffer(12 + 24 + 12 + 8 + 8));
  const word = (at: number, letters: string): void => {
    for (const [i, letter] of [...letters].entries()) wav.setUint8(at + i, letter.charCodeAt(0));
  };
  word(0, 'RIFF');
  word(8, 'WAVEfmt ');
  wav.setUint32(16, 16, true);
  wav.setUint16(20, 1, true);
  wav.setUint16(22, 1, true);
  wav.setUint32(24, 24_000, true);
  wav.setUint16(34, 16, true);
  word(36, 'LIST');
  wav.setUint32(40, 3, true);
  word(48, 'data');
  wav.setUint32(52, 0xffff_ffff, true);
  samples.forEach((sample, i) => {
    wav.setInt16(56 + 2 * i, sample, true);
  });
  const bytes = new Uint8Array(wav.buffer);
  for (const size of [1, 3, 7, 64]) {
    const read = createWavReader();
    const got: number[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      const come = read(bytes.subarray(at, at + size));
      assert.ok(come === null || come.sampleRate === 24_000);
      got.push(...(come?.samples ?? []));
    }
    assert.deepEqual(
      got.map((sample) => Math.round(sample * 32_768)),
      samples,
      `cut every ${size}`,
    );
  }
  assert.throws(() => createWavReader()(new TextEncoder().encode('<!doctype html><p>no</p>')));
});
