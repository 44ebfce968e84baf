import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toSrt, toVtt } from './subtitle-files.ts';
import { buildCues, MAX_CUE_MS, MIN_CUE_MS, type SpokenLine, type SubtitleCue } from './subtitles.ts';

const measure = (text: string) => [...text].reduce((sum, c) => sum + (c.codePointAt(0)! < 0x2e80 ? 0.5 : 1), 0);
const options = { measure, maxWidthPx: 18 };

/** A line whose every character takes `msEach`. */
function spoken(displayText: string, startMs: number, msEach = 180): SpokenLine {
  const words = [...displayText.matchAll(/[\p{L}\p{N}]/gu)].map((match) => ({
    text: match[0],
    from: match.index,
    to: match.index + 1,
    startMs: startMs + match.index * msEach,
    endMs: startMs + (match.index + 1) * msEach,
  }));
  return { displayText, words, sentences: [], startMs, endMs: startMs + displayText.length * msEach };
}
const text = (cues: readonly SubtitleCue[]) => cues.map((cue) => cue.lines.map((line) => line.text).join(''));
const LONG =
  '大家好，欢迎来到声画工作室！今天我们用一张照片和几句话，就能做出一段会说话的数字人视频，不需要显卡，也不用下载模型。' +
  'With one picture and a few words you get a talking-head video; no GPU, no account, and nothing to download.';

test('cues hold the whole text, in two short lines at most, never overlap and last a readable while', () => {
  const cues = buildCues([spoken(LONG, 500), spoken('好。', 60_000), spoken('再见，朋友们！', 60_500)], options);
  assert.equal(text(cues).join('').replace(/\s/g, ''), `${LONG}好。再见，朋友们！`.replace(/\s/g, ''));
  for (const [i, cue] of cues.entries()) {
    assert.ok(cue.lines.length >= 1 && cue.lines.length <= 2);
    for (const line of cue.lines) assert.ok(measure(line.text) <= options.maxWidthPx, line.text);
    const ms = cue.endMs - cue.startMs;
    assert.ok(ms >= MIN_CUE_MS && ms <= MAX_CUE_MS, `${text([cue])} ${ms} ms`);
    if (i > 0) assert.ok(cue.startMs >= cues[i - 1].endMs);
  }
});

test('a new sentence begins a new cue, at its first word, and short gaps are bridged', () => {
  const cues = buildCues([spoken('我们今天出发去看大海。明天我们一定会准时回来。', 1000)], options);
  assert.deepEqual(text(cues), ['我们今天出发去看大海。', '明天我们一定会准时回来。']);
  assert.equal(cues[0].startMs, 1000);
  assert.equal(cues[1].startMs, 1000 + 11 * 180);
  assert.equal(cues[0].endMs, cues[1].startMs);
});

test('a pause longer than a breath leaves the screen empty', () => {
  const cues = buildCues([spoken('我们今天出发去看大海。', 0), spoken('明天我们一定准时回来。', 9000)], options);
  assert.ok(cues[0].endMs < 2600, String(cues[0].endMs));
  assert.equal(cues[1].startMs, 9000);
});

test('words keep their times and stand where the line shows them', () => {
  const line = spoken(LONG, 0);
  for (const cue of buildCues([line], options)) {
    for (const { text: shown, words } of cue.lines) {
      assert.ok(words.length > 0);
      for (const word of words) {
        const original = line.words.find((w) => w.startMs === word.startMs);
        assert.equal(shown.slice(word.from, word.to), original?.text);
      }
    }
  }
});

test('a line without any timing is spread over its time', () => {
  const cues = buildCues([{ displayText: LONG, words: [], sentences: [], startMs: 0, endMs: 24_000 }], options);
  assert.ok(cues.length >= 5);
  assert.equal(cues[0].startMs, 0);
  assert.ok(Math.abs(cues.at(-1)!.endMs - 24_000) <= 300);
});

test('hostile text makes no cue or a clean one', () => {
  assert.deepEqual(buildCues([spoken('', 0), spoken('  \n ', 0)], options), []);
  const [cue] = buildCues([spoken('a\0b\ud800c\u2028 مرحبا 😀', 0)], options);
  assert.ok(text([cue])[0].isWellFormed());
  assert.doesNotMatch(text([cue])[0], /[\p{Cc}\u2028]/u);
});

test('a hundred thousand characters without a stop become cues that all fit', () => {
  const cues = buildCues(
    [{ displayText: '说'.repeat(100_000), words: [], sentences: [], startMs: 0, endMs: 2e7 }],
    options,
  );
  assert.equal(text(cues).join('').length, 100_000);
  assert.ok(cues.every((cue) => cue.lines.length <= 2 && cue.lines.every((line) => measure(line.text) <= 18)));
});

const cue = (startMs: number, endMs: number, ...lines: string[]): SubtitleCue => ({
  startMs,
  endMs,
  lines: lines.map((shown) => ({ text: shown, words: [] })),
});

test('SubRip: numbers, times with a comma, and no text that reads as a time line or a tag', () => {
  const srt = toSrt([cue(0, 1234, '你好，', '世界'), cue(3_600_000, 3_661_001, '00:00 --> 1 <i>x</i> {\\an8} 3 < 4')]);
  const blocks = srt.trimEnd().split('\n\n');
  assert.equal(blocks[0], '1\n00:00:00,000 --> 00:00:01,234\n你好，\n世界');
  assert.equal(blocks.length, 2);
  const [number, time, body] = blocks[1].split('\n');
  assert.equal(number, '2');
  assert.equal(time, '01:00:00,000 --> 01:01:01,001');
  assert.doesNotMatch(body, /-->|<\/?[a-z]|\{\\/i);
  assert.equal(body.replaceAll('\u2060', ''), '00:00 --> 1 <i>x</i> {\\an8} 3 < 4');
});

test('WebVTT: header, times with a dot, the three characters escaped, no empty line inside a cue', () => {
  const vtt = toVtt([cue(0, 1000, 'a --> b & <c>', ' \n\n '), cue(1000, 2000, '  '), cue(2000, 2000, '零')]);
  assert.equal(vtt, 'WEBVTT\n\n00:00:00.000 --> 00:00:01.000\na --&gt; b &amp; &lt;c&gt;\n');
});
