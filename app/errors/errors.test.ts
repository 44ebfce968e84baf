import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError, ERROR_CODES, errorCatalogue, StudioError } from './index.ts';

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => String(name).replace(/Zh$/, ''));

test('every error says what happened and what to do, in both languages, from the same facts', () => {
  assert.ok(ERROR_CODES.length > 20);
  for (const code of ERROR_CODES) {
    assert.match(code, /^[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*$/);
    const { en, 'zh-CN': zh } = errorCatalogue[code];
    for (const words of [en, zh]) {
      assert.ok(words.message.trim().length > 0 && words.hint.trim().length > 0, code);
    }
    assert.match(zh.message + zh.hint, /\p{Script=Han}/u, code);
    const facts = ({ message, hint }: typeof en) => [...new Set(placeholders(message + hint))].sort();
    assert.deepEqual(facts(zh), facts(en), code);
  }
});

test('an error speaks the language it is asked in, with its facts filled in', () => {
  const error = new StudioError('storage.project-not-found', { id: '$& p' });
  assert.equal(error.message, 'There is no project "$& p".');
  assert.equal(describeError(error, 'zh-CN').message, '没有项目“$& p”。');
});
