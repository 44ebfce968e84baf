import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dictionaryFaults, hardCodedText, unusedKeys } from './i18n-faults.ts';

test('a key that a language lacks, an empty text and other slots are told with their place', () => {
  const faults = dictionaryFaults({
    en: { shell: { a: 'A', b: '{count} {count|file|files}', c: 'C' } },
    'zh-CN': { shell: { a: ' ', b: '{total} 个', d: '多' } },
  });
  assert.deepEqual(faults.sort(), [
    'renderer/i18n/en/shell.ts: d is missing',
    'renderer/i18n/zh-CN/shell.ts: a is empty',
    'renderer/i18n/zh-CN/shell.ts: b has the slots {total}, English has {count}',
    'renderer/i18n/zh-CN/shell.ts: c is missing',
  ]);
});

test('a key is used when it is named whole or by its beginning', () => {
  const source = {
    path: 'x.tsx',
    text: ["t('shell.a'); t.any(`shell.part.", '{id}`); t.any(`shell.menu_', '{id}`)'].join('$'),
  };
  const shell = { a: '', menu_file: '', 'part.brow': '', lost: '' };
  assert.deepEqual(unusedKeys({ shell }, [source]), ['renderer/i18n/en/shell.ts: shell.lost is used nowhere']);
});

test('text in the code is found wherever it would be read', () => {
  const found = (code: string): number => hardCodedText('x.tsx', code).length;
  for (const code of [
    '<p>Hello</p>',
    '<p>声</p>',
    "<p>{'Hello'}</p>",
    "<p>{ok ? 'Yes' : t('ui.no')}</p>",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source code.
    '<p>{`${count} lines`}</p>',
    "<p>{name ?? 'nobody'}</p>",
    '<img alt="A face" />',
    "<input aria-label={'Name'} />",
    '<Field searchLabel="Search" />',
    "showToast({ tone: 'info', message: 'Done' })",
    "const word = '声画'",
  ])
    assert.equal(found(code), 1, code);
  for (const code of [
    '<p className="big">{t(\'ui.ok\')}</p>',
    '<p>100 %</p>',
    '<p>{a}·{b}</p>',
    '<button type="button" id="go" />',
    "const action = { label: 'shell.undo', id: 'edit.undo' }",
    "<p>{kind === 'happy' && <b />}</p>",
    '// 注释\nconst x = 1',
  ])
    assert.equal(found(code), 0, code);
});
