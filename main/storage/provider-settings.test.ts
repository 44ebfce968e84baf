import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { providerSettingsSchema } from '../../app/providers/settings.ts';
import { parseProviderSettings, readProviderSettings, writeProviderSettings } from './provider-settings.ts';
import { openSpendLedger } from './spend-ledger.ts';

const defaults = providerSettingsSchema.parse({});

test('what is understood of settings is kept, and what is not falls back by itself', () => {
  assert.deepEqual(parseProviderSettings(undefined), defaults);
  assert.deepEqual(parseProviderSettings('text'), defaults);
  const server = { id: 'home', name: 'Home', baseUrl: 'http://localhost:11434/v1', model: 'qwen3' };
  const read = parseProviderSettings({
    bailian: { region: 'moon', models: { llm: 'qwen-flash', tomorrow: 'x' }, subWorkspace: 'ws1' },
    openAiServers: [server, { id: 'NOT OK', baseUrl: 'nowhere' }],
    policy: { mode: 'offline', tries: 99, chains: { tts: ['espeak', '!'], llm: 'qwen' } },
    cache: null,
    ofTomorrow: { a: 1 },
  });
  assert.deepEqual(read, {
    ...defaults,
    bailian: { ...defaults.bailian, subWorkspace: 'ws1', models: { ...defaults.bailian.models, llm: 'qwen-flash' } },
    openAiServers: [server],
    policy: {
      ...defaults.policy,
      mode: 'offline',
      chains: { ...defaults.policy.chains, tts: ['local-voice', 'espeak'] },
    },
  });
  // Once they were written by a studio that knows the local engines, who was taken out stays out.
  const own = { ...defaults, policy: { ...defaults.policy, chains: { llm: ['qwen'], tts: ['espeak'], asr: [] } } };
  assert.deepEqual(parseProviderSettings(own), own);
});

test('settings are written whole and read by whoever has no storage open', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'settings-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  assert.deepEqual(readProviderSettings(folder), defaults);
  const wanted = { ...defaults, policy: { ...defaults.policy, mode: 'local-first' as const, dailyBudgetYuan: 5 } };
  await writeProviderSettings(folder, wanted);
  assert.deepEqual(readProviderSettings(folder), wanted);
});

test('what several processes spend is one sum a day; a line cut in two by a crash costs that line alone', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'spend-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const [one, two] = [openSpendLedger(folder), openSpendLedger(folder)];
  assert.deepEqual(one.spentYuan('2026-11-22'), {});
  one.add('2026-11-22', 'qwen', 0.25);
  assert.deepEqual(two.spentYuan('2026-11-22'), { qwen: 0.25 });
  two.add('2026-11-22', 'qwen', 0.5);
  two.add('2026-11-22', 'cosyvoice', 1);
  assert.deepEqual(one.spentYuan('2026-11-22'), { qwen: 0.75, cosyvoice: 1 });
  await appendFile(join(folder, 'spend', '2026-11-22.jsonl'), '{"provider":"qwen","yu\n');
  one.add('2026-11-22', 'qwen', 1);
  for (const ledger of [one, two, openSpendLedger(folder)])
    assert.deepEqual(ledger.spentYuan('2026-11-22'), { qwen: 1.75, cosyvoice: 1 });
  assert.deepEqual(one.spentYuan('2026-11-23'), {});
});
