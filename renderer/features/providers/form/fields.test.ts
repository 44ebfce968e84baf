import assert from 'node:assert/strict';
import { test } from 'node:test';
import { providerSettingsSchema } from '../../../../app/providers/settings.ts';
import { providers as english } from '../../../i18n/en/providers.ts';
import { providers as chinese } from '../../../i18n/zh-CN/providers.ts';
import { type Field, providerFields, textName, valueAt, withValue } from './fields.ts';

const all = (fields: readonly Field[]): Field[] =>
  fields.flatMap((field) => [field, ...('fields' in field ? all(field.fields) : [])]);
/** Drawn by controls of their own, with words of their own. */
const ELSEWHERE = new Set([
  'policy_mode',
  'policy_chains',
  'policy_chains_llm',
  'policy_chains_tts',
  'policy_chains_asr',
]);

test('every setting there is has a control, and words in both languages', () => {
  const fields = all(providerFields());
  assert.ok(fields.length > 45, String(fields.length));
  for (const [language, words] of Object.entries({ english, chinese }) as [string, Record<string, string>][]) {
    const missing = fields.flatMap((field) => {
      const name = textName(field.path);
      const own = ELSEWHERE.has(name) ? [] : [`field_${name}`];
      const options =
        'options' in field && name !== 'policy_mode' ? field.options.map((option) => `option_${name}_${option}`) : [];
      return [...own, ...options].filter((key) => !words[key]);
    });
    assert.deepEqual(missing, [], language);
    // And no words for a setting that is gone.
    const names = new Set(fields.map(({ path }) => textName(path)));
    const stray = Object.keys(words).filter(
      (key) => /^(field|hint)_/.test(key) && !names.has(key.replace(/^\w+?_/, '')),
    );
    assert.deepEqual(stray, [], language);
  }
});

test('fields say what the schema says', () => {
  const at = (name: string): Field => all(providerFields()).find(({ path }) => textName(path) === name)!;
  const { initial, ...tries } = at('policy_tries');
  assert.deepEqual(
    [initial, tries],
    [2, { path: ['policy', 'tries'], nullable: false, kind: 'number', min: 1, max: 5, whole: true }],
  );
  const budget = at('policy_dailyBudgetYuan');
  assert.ok(budget.kind === 'number' && budget.nullable && !budget.whole && budget.initial === null);
  const region = at('bailian_region');
  assert.ok(region.kind === 'choice' && region.options.includes('singapore') && region.initial === 'beijing');
  assert.equal(at('policy_chains_tts').kind, 'chain');
  assert.equal(at('openAiServers').kind, 'records');
  assert.equal(at('green_regions').kind, 'choices');
});

test('a value is changed where it stands and nowhere else', () => {
  const before = providerSettingsSchema.parse({
    openAiServers: [{ id: 'home', baseUrl: 'http://localhost:11434/v1', model: 'qwen3' }],
  });
  const after = withValue(before, ['openAiServers', '0', 'model'], 'other');
  assert.equal(valueAt(after, ['openAiServers', '0', 'model']), 'other');
  assert.equal(before.openAiServers[0]!.model, 'qwen3');
  assert.equal(after.policy, before.policy);
  assert.deepEqual(withValue(after, ['openAiServers', '0', 'model'], 'qwen3'), before);
});
