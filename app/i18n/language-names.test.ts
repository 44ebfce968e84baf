import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageNames } from './language-names.ts';

test('accents keep apart, regions are not mistaken for countries, and what nobody names is not invented', () => {
  const [en, zh] = [languageNames('en'), languageNames('zh-CN')];
  assert.deepEqual(['cmn', 'fr-ch', 'vi', 'vi-vn-x-south', 'ca-va', 'EN-GB-X-RP', 'de-x-odd'].map(zh), [
    '普通话',
    '法语（瑞士）',
    '越南语',
    '越南语（南部）',
    '加泰罗尼亚语（巴伦西亚）',
    '英语（英国标准音）',
    '德语',
  ]);
  assert.deepEqual(['cmn', 'ru-cl', 'fr-ch'].map(en), ['Mandarin', 'Russian (Classic)', 'French (Switzerland)']);
  assert.deepEqual([zh('qzz'), zh('not a tag')], [null, null]);
});
