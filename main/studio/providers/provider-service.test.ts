import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ProviderStatus, providerSecretSchema, providerStatusSchema } from '../../../app/contract/providers.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { PolicyEvent } from '../../../app/policy/events.ts';
import { type ProviderSettings, providerSettingsSchema, SECRETS } from '../../../app/providers/settings.ts';
import type { ProviderState, Providers } from '../../engine/ports/providers.ts';
import { createProviderService } from './provider-service.ts';

const KEY = 'sk-very-secret-99';
const unhurried = AbortSignal.timeout(60_000);

function world() {
  let settings = providerSettingsSchema.parse({
    openAiServers: [{ id: 'home', name: 'Attic', baseUrl: 'http://localhost:1/v1', model: 'm' }],
  });
  const secrets = new Map([['stream-key:1', 'other']]);
  const listeners = new Set<(event: PolicyEvent | null) => void>();
  const events: PolicyEvent[] = [];
  const state = (id: string, rest: Partial<ProviderState> = {}): ProviderState => ({
    ...{ id, stage: 'tts', runs: 'cloud', model: 'm', lacks: null, circuit: 'closed', restsUntilMs: null },
    ...{ lastFailure: null, lastFirstByteMs: null, ...rest },
  });
  const providers: Omit<Providers, 'asr' | 'llm'> = {
    settings: () => settings,
    change: async (next) => {
      settings = next;
    },
    secrets: {
      get: async (name) => secrets.get(name) ?? null,
      set: async (name, value) => void secrets.set(name, value),
      delete: async (name) => void secrets.delete(name),
      names: async () => [...secrets.keys()],
    },
    secretsFromEnvironment: () => [],
    states: async () => [
      state('cosyvoice', { lacks: secrets.has(SECRETS.bailianKey) ? null : 'key' }),
      state('qwen-tts', { circuit: 'open', restsUntilMs: 5 }),
      state('sambert', { lastFailure: { code: 'cloud.billing', params: { provider: 'Sambert', code: 'x' } } }),
      state('espeak', { runs: 'local', model: null }),
      state('home', { stage: 'llm', runs: 'local' }),
    ],
    test: async (id) => {
      if (id === 'espeak') return { firstByteMs: 12 };
      throw new StudioError('cloud.key-wrong', { provider: id });
    },
    spentTodayYuan: () => ({ cosyvoice: 1.5, espeak: 0 }),
    recentEvents: () => events,
    listen: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const tell = (event: PolicyEvent): void => {
    events.push(event);
    for (const listener of listeners) listener(event);
  };
  return { service: createProviderService(providers as Providers), secrets, listeners, tell };
}

test('the status says of each provider how it is, follows what happens, and never tells a key', async () => {
  const { service, tell, listeners } = world();
  const stream = (await service.watch({}, unhurried)) as AsyncIteratorObject<ProviderStatus>;
  const next = async (): Promise<ProviderStatus> => providerStatusSchema.parse((await stream.next()).value);
  const lights = ({ lights }: ProviderStatus) => Object.fromEntries(lights.map(({ id, light }) => [id, light]));
  const first = await next();
  assert.deepEqual(lights(first), {
    ...{ cosyvoice: 'no-key', 'qwen-tts': 'resting', sambert: 'failing', espeak: 'ready', home: 'ready' },
  });
  assert.equal(first.lights.find(({ id }) => id === 'home')?.name, 'Attic');
  assert.deepEqual([first.cost, first.spentYuan, first.stopped], [[{ provider: 'cosyvoice', yuan: 1.5 }], 1.5, false]);
  assert.deepEqual(first.secrets, [], 'keys of platforms are not theirs to name');

  await service.setSecret({ name: SECRETS.bailianKey, value: KEY }, unhurried);
  const withKey = await next();
  assert.equal(lights(withKey).cosyvoice, 'ready');
  assert.deepEqual(withKey.secrets, [{ name: SECRETS.bailianKey, from: 'kept' }]);
  assert.deepEqual(await service.hasSecret({ name: SECRETS.bailianKey }, unhurried), { has: true });
  assert.ok(!JSON.stringify([withKey, await service.getSettings({}, unhurried)]).includes(KEY));

  const error = { code: 'cloud.rate-limited', params: { provider: 'CosyVoice' } };
  tell({ type: 'switched', atMs: 42, stage: 'tts', from: 'cosyvoice', to: 'espeak', error, midUtterance: false });
  const switched = await next();
  assert.equal(switched.events[0]?.type, 'switched');
  const [duty] = switched.onDuty;
  assert.deepEqual([duty?.provider, duty?.sinceMs, duty?.error?.code], ['espeak', 42, 'cloud.rate-limited']);

  const settings = (await service.getSettings({}, unhurried)) as ProviderSettings;
  const policy = { ...settings.policy, mode: 'offline' as const, dailyBudgetYuan: 1 };
  await service.setSettings({ ...settings, policy }, unhurried);
  const offline = await next();
  assert.deepEqual([lights(offline).cosyvoice, lights(offline).espeak, offline.stopped], ['offline', 'ready', true]);

  await service.deleteSecret({ name: SECRETS.bailianKey }, unhurried);
  assert.deepEqual((await next()).secrets, []);
  await stream.return?.();
  assert.equal(listeners.size, 0);
});

test('a failed test is an answer with its reason', async () => {
  const { service } = world();
  assert.deepEqual(await service.test({ providerId: 'espeak' }, unhurried), { ok: true, firstByteMs: 12 });
  const wrong = await service.test({ providerId: 'cosyvoice' }, unhurried);
  assert.equal(!wrong.ok && wrong.error.code, 'cloud.key-wrong');
});

test('only secrets of providers can be named', () => {
  for (const name of ['bailian/key', 'aliyun/access-key-secret', 'llm/my-server/key'])
    assert.ok(providerSecretSchema.safeParse(name).success, name);
  for (const name of ['stream-key:1', 'llm/../key', 'bailian/key/x', 'llm//key'])
    assert.ok(!providerSecretSchema.safeParse(name).success, name);
});
