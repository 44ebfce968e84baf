import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzyScore } from './fuzzy.ts';
import { clampToStep, parseNumber } from './number-range.ts';

test('a number is typed in any width and with any decimal sign, and lands on a step', () => {
  assert.equal(parseNumber(' １２，５ %'), 12.5);
  assert.equal(parseNumber('−3'), -3);
  assert.equal(parseNumber('.5x'), 0.5);
  assert.equal(parseNumber('abc'), null);
  assert.equal(clampToStep(0.1 + 0.2, { min: 0, max: 2, step: 0.1 }), 0.3);
  assert.equal(clampToStep(7, { min: 0.5, max: 2, step: 0.05 }), 2);
  assert.equal(clampToStep(-9, { min: -1, max: 1, step: 0.01 }), -1);
});

test('a search finds letters in order, whole words first', () => {
  const texts = ['Keyboard shortcuts', 'Export', 'Explain portraits', '导出视频'];
  const best = (query: string): string | undefined =>
    texts
      .map((text) => ({ text, score: fuzzyScore(query, text) }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)[0]?.text;
  assert.equal(best('export'), 'Export');
  assert.equal(best('kbs'), 'Keyboard shortcuts');
  assert.equal(best('exptr'), 'Explain portraits');
  assert.equal(best('导视'), '导出视频');
  assert.equal(best('xyz'), undefined);
});
