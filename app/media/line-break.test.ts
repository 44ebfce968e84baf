import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atomise, wrapText } from './line-break.ts';

/** A Han character is one wide, anything Latin half of it. */
const measure = (text: string) => [...text].reduce((sum, c) => sum + (c.codePointAt(0)! < 0x2e80 ? 0.5 : 1), 0);

const TEXTS = [
  '大家好，欢迎来到声画工作室！今天我们用一张照片（就一张）和“几句话”，做出会说话的数字人视频——真的吗？',
  '价格是¥99.9元，比去年降低了25%，在2026-11-22的10:30开始，电话是13800138000。',
  '《红楼梦》是曹雪芹写的；“满纸荒唐言，一把辛酸泪！都云作者痴，谁解其中味？”',
  '用 TypeScript 和 Node.js 24 写的 state-of-the-art 程序（v2.0），don’t worry。',
  'He said "hello there", then left (quickly); see page 3.14 of the e-mail.',
];

test('atoms joined together are the text', () => {
  for (const text of TEXTS) {
    const atoms = atomise(text);
    assert.equal(atoms.map((atom) => atom.text).join(''), text);
    for (const atom of atoms) assert.equal(text.slice(atom.from, atom.to), atom.text);
  }
});

test('at every width no closing mark starts a line, no opening mark ends one, no word or number is torn', () => {
  for (const text of TEXTS) {
    for (let width = 8; width < 40; width++) {
      const lines = wrapText(text, measure, width);
      assert.equal(lines.join('').replace(/\s/g, ''), text.replace(/\s/g, ''));
      const whole = /[¥\w][\w.:%’-]*/g;
      assert.deepEqual(lines.join('\n').match(whole), text.match(whole), `${width}: ${lines}`);
      for (const [i, line] of lines.entries()) {
        assert.ok(measure(line) <= width, `${line} in ${width}`);
        if (i > 0) assert.doesNotMatch(line, /^[。，！？；：、）》”’…%,.;:!?)]/u, `${width}: ${line}`);
        assert.doesNotMatch(line, /[（《“(¥]$/u, `${width}: ${line}`);
      }
    }
  }
});

test('a word wider than the line is cut, and nothing is lost or too wide', () => {
  const url = `看https://example.com/${'a'.repeat(60)}吧`;
  const lines = wrapText(url, measure, 10);
  assert.equal(lines.join(''), url);
  assert.ok(lines.every((line) => measure(line) <= 10));
});

test('lines are of even length and prefer to break after a clause', () => {
  assert.deepEqual(wrapText('不需要显卡，也不用下载模型', measure, 10), ['不需要显卡，', '也不用下载模型']);
  assert.deepEqual(wrapText('with one picture and a few words', measure, 10), ['with one picture', 'and a few words']);
});
