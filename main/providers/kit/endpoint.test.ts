import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudioError } from '../../../app/errors/index.ts';
import { type BailianSettings, bailianSettingsSchema } from '../../../app/providers/settings.ts';
import { bailianEndpoint } from './endpoint.ts';

const never = new AbortController().signal;
const at = (settings: Partial<BailianSettings>, key = 'sk-one') =>
  bailianEndpoint({ settings: { ...bailianSettingsSchema.parse({}), ...settings }, key: async () => key }, 'Bailian');
const urls = (settings: Partial<BailianSettings>): string[] => {
  const endpoint = at(settings);
  return [
    endpoint.nativeUrl('/tasks/1'),
    endpoint.compatibleUrl('/chat/completions'),
    endpoint.compatibleApiUrl('/reranks'),
    endpoint.taskSocketUrl(),
    endpoint.realtimeSocketUrl('a b'),
  ];
};
const surfaces = (http: string, socket: string): string[] => [
  `${http}/api/v1/tasks/1`,
  `${http}/compatible-mode/v1/chat/completions`,
  `${http}/compatible-api/v1/reranks`,
  `${socket}/api-ws/v1/inference`,
  `${socket}/api-ws/v1/realtime?model=a%20b`,
];

test('every region and workspace has its hosts', () => {
  assert.deepEqual(urls({}), surfaces('https://dashscope.aliyuncs.com', 'wss://dashscope.aliyuncs.com'));
  assert.equal(urls({ region: 'singapore' })[0], 'https://dashscope-intl.aliyuncs.com/api/v1/tasks/1');
  assert.equal(urls({ region: 'hongkong' })[3], 'wss://cn-hongkong.dashscope.aliyuncs.com/api-ws/v1/inference');
  const own = 'llm-abc.eu-central-1.maas.aliyuncs.com';
  assert.deepEqual(
    urls({ region: 'frankfurt', workspaceHostId: 'llm-abc' }),
    surfaces(`https://${own}`, `wss://${own}`),
  );
  assert.throws(
    () => urls({ region: 'tokyo' }),
    (error: unknown) => error instanceof StudioError && error.code === 'cloud.region-unsupported',
  );
});

test("a gateway's addresses are taken in every form that people write them", () => {
  const expected = surfaces('http://gate:8080', 'ws://gate:8080');
  for (const httpBaseUrl of [
    'http://gate:8080/api/v1',
    'http://gate:8080/api/v1/',
    'http://gate:8080',
    'http://gate:8080/compatible-mode/v1',
  ])
    for (const webSocketBaseUrl of [
      'ws://gate:8080/api-ws/v1/inference',
      'ws://gate:8080/api-ws/v1/inference/',
      'ws://gate:8080',
      'http://gate:8080/api-ws/v1/realtime',
    ])
      assert.deepEqual(
        urls({ httpBaseUrl, webSocketBaseUrl, region: 'tokyo' }),
        expected,
        httpBaseUrl + webSocketBaseUrl,
      );
  assert.equal(
    urls({ httpBaseUrl: 'http://gate/bailian/api/v1' })[1],
    'http://gate/bailian/compatible-mode/v1/chat/completions',
  );
});

test('requests carry key, sub-workspace and inspection; a key that cannot be one is told', async () => {
  const endpoint = at({ subWorkspace: 'ws-1', dataInspection: true }, ' sk-one\n');
  assert.deepEqual(await endpoint.headers(never, { Accept: 'text/event-stream' }), {
    Authorization: 'Bearer sk-one',
    'X-DashScope-WorkSpace': 'ws-1',
    'X-DashScope-DataInspection': '{"input":"cip","output":"cip"}',
    Accept: 'text/event-stream',
  });
  assert.equal((await endpoint.socketHeaders(never))['X-DashScope-DataInspection'], 'enable');
  assert.deepEqual(await at({}).headers(never), { Authorization: 'Bearer sk-one' });
  await assert.rejects(at({}, '  ').headers(never), { code: 'cloud.key-missing' });
  await assert.rejects(at({}, 'sk-密钥').headers(never), { code: 'cloud.key-wrong' });
});
