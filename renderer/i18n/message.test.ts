import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFormat } from './format.ts';
import { preferredLocale } from './index.ts';
import { fillMessage } from './message.ts';

test('values are filled in, numbers as the language writes them, and plurals chosen', () => {
  const text = '{name}: {count} {count|line|lines}';
  assert.equal(fillMessage(text, { name: 'A', count: 1 }, 'en'), 'A: 1 line');
  assert.equal(fillMessage(text, { name: 'A', count: 12_000 }, 'en'), 'A: 12,000 lines');
  assert.equal(fillMessage('{count} 行', { count: 3 }, 'zh-CN'), '3 行');
  assert.equal(fillMessage('{name}', { name: '<b>{name}</b>' }, 'en'), '<b>{name}</b>');
});

test('times, sizes and shares', () => {
  const { clock, bytes, percent, ago } = createFormat('en');
  assert.equal(clock(63_400), '1:03');
  assert.equal(clock(63_960, true), '1:03.9');
  assert.equal(clock(3_723_000), '1:02:03');
  assert.equal(bytes(0), '0 byte');
  assert.equal(bytes(1_530_000), '1.5 MB');
  assert.equal(percent(0.456), '46%');
  assert.equal(ago(1_000_000, 1_000_000 + 3 * 60_000), '3 minutes ago');
  assert.equal(createFormat('zh-CN').ago(0, 86_400_000), '昨天');
});

test('any Chinese is served in Chinese, what is not spoken in English', () => {
  assert.equal(preferredLocale(['zh-TW', 'en']), 'zh-CN');
  assert.equal(preferredLocale(['fr', 'zh']), 'zh-CN');
  assert.equal(preferredLocale(['de']), 'en');
});
