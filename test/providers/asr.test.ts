import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../app/errors/index.ts';
import { bailianSettingsSchema, isiSettingsSchema } from '../../app/providers/settings.ts';
import { ASR_SAMPLE_RATE, type AsrRequest } from '../../main/engine/ports/asr.ts';
import { createBailianAsr } from '../../main/providers/asr/bailian-asr/index.ts';
import { createIsiAsr } from '../../main/providers/asr/isi/index.ts';
import { createQwenAsr } from '../../main/providers/asr/qwen-asr/index.ts';
import type { BailianAccess } from '../../main/providers/kit/endpoint.ts';
import type { FakeBailian } from '../servers/bailian/server.ts';
import {
  asrConformance,
  DASHSCOPE_FAULTS,
  finalsOf,
  heardBy,
  joined,
  openAsrWorld,
  said,
  silence,
  TEST_PATIENCE,
} from './asr-conformance.ts';

const accessTo = (server: FakeBailian, models: Record<string, string> = {}): BailianAccess => ({
  settings: bailianSettingsSchema.parse({
    httpBaseUrl: server.httpBaseUrl,
    webSocketBaseUrl: server.webSocketBaseUrl,
    models,
  }),
  key: async () => server.key,
});
const openBailian = (server: FakeBailian, models: Record<string, string> = {}) =>
  createBailianAsr({ access: accessTo(server, models), patience: TEST_PATIENCE });
const openIsi = (server: FakeBailian, skewMs = 0) =>
  createIsiAsr({
    settings: () => isiSettingsSchema.parse({ appKey: server.appKey }),
    accessKey: async () => server.accessKey,
    ...{ metaUrl: server.httpUrl, gatewayUrl: server.isiUrl, patience: TEST_PATIENCE },
    now: () => Date.now() + skewMs,
  });

const world = openAsrWorld();
after(async () => (await world)[Symbol.asyncDispose]());

asrConformance({ id: 'Fun-ASR', surface: 'asr-task', words: true, open: openBailian, faults: DASHSCOPE_FAULTS }, world);
asrConformance(
  {
    ...{ id: 'Paraformer', surface: 'asr-task', words: true },
    open: (server) => openBailian(server, { asr: 'paraformer-realtime-v2' }),
  },
  world,
);
asrConformance(
  {
    ...{ id: 'Qwen-ASR', surface: 'realtime-asr', words: false, faults: DASHSCOPE_FAULTS },
    open: (server) => createQwenAsr({ access: accessTo(server), patience: TEST_PATIENCE }),
  },
  world,
);
asrConformance(
  {
    ...{ id: 'ISI', surface: 'isi', words: true, open: openIsi },
    faults: [[{ kind: 'idle-timeout' }, 'cloud.timeout']],
  },
  world,
);

describe('what is each recogniser’s own', () => {
  let server: FakeBailian;
  let speech: Int16Array;
  const asked = (surface: string) => server.requests.filter((request) => request.surface === surface);
  const customised = () =>
    asked('customization').map(({ body }) => (body as { input: { action: string } }).input.action);
  const request = (more: Partial<AsrRequest> = {}): AsrRequest => ({ languages: ['zh'], hotWords: [], ...more });
  const sentence = () => said(joined(speech, silence(1500)), 20);

  before(async () => {
    const { server: its, speech: spoken } = await world;
    server = its;
    speech = spoken.zh2;
  });

  test('hot words become one list at the vendor, used again, and deleted at the end', async () => {
    const provider = openBailian(server);
    const hotWords = [
      { text: '声画', weight: 4 },
      { text: '这一个词语实在是太长太长太长太长了', weight: 3 },
    ];
    await heardBy(provider, sentence(), request({ hotWords }));
    await heardBy(provider, sentence(), request({ hotWords }));
    const id = (asked('asr-task').at(-1)!.body as { payload: { parameters: { vocabulary_id: string } } }).payload
      .parameters.vocabulary_id;
    assert.deepEqual(server.context.vocabularies.get(id)?.words, [{ text: '声画', weight: 4 }]);
    assert.deepEqual(customised(), ['list_vocabulary', 'create_vocabulary']);
    await provider.dispose();
    assert.equal(customised().at(-1), 'delete_vocabulary');
    assert.equal(server.context.vocabularies.size, 0);
  });

  test('a list that a run before this one left behind is taken over', async () => {
    const hotWords = [{ text: '数字人', weight: 5 }];
    const first = openBailian(server);
    await heardBy(first, sentence(), request({ hotWords }));
    const before = customised().length;
    const second = openBailian(server);
    await heardBy(second, sentence(), request({ hotWords }));
    assert.deepEqual(customised().slice(before), ['list_vocabulary']);
    await first.dispose();
    await second.dispose();
  });

  test('Qwen-ASR is told expected words as a text, ISI of the list made in its console', async () => {
    // What is asked for is looked at, however long the answer takes.
    const patience = { ...TEST_PATIENCE, finishMs: 60_000 };
    const hotWords = [
      { text: '声画', weight: 3 },
      { text: '数字人', weight: 5 },
      { text: '声画', weight: 1 },
    ];
    const qwen = createQwenAsr({ access: accessTo(server), patience });
    const sessionOf = () => (asked('realtime-asr').at(-1)!.body as { session: Record<string, unknown> }).session;
    await heardBy(qwen, sentence(), request({ languages: ['zh-sichuan'], hotWords }));
    assert.deepEqual(sessionOf().input_audio_transcription, { language: 'zh', corpus: { text: '数字人、声画' } });
    await heardBy(qwen, sentence(), request({ languages: ['yue'] }));
    assert.deepEqual(sessionOf().input_audio_transcription, { language: 'yue' });
    await qwen.dispose();

    const isi = createIsiAsr({
      settings: () => isiSettingsSchema.parse({ appKey: server.appKey, vocabularyId: 'list-of-the-console' }),
      accessKey: async () => server.accessKey,
      ...{ metaUrl: server.httpUrl, gatewayUrl: server.isiUrl, patience },
    });
    await heardBy(isi, sentence(), request({ hotWords }));
    const { payload } = asked('isi').at(-1)!.body as { payload: Record<string, unknown> };
    assert.equal(payload.vocabulary_id, 'list-of-the-console');
    await isi.dispose();
  });

  test('hints are what the model knows: dialects under their language, Cantonese by its own name or none', async () => {
    const hintsOf = async (model: string, languages: string[]) => {
      const provider = openBailian(server, { asr: model });
      await heardBy(provider, sentence(), request({ languages }));
      await provider.dispose();
      return (asked('asr-task').at(-1)!.body as { payload: { parameters: Record<string, unknown> } }).payload.parameters
        .language_hints;
    };
    assert.deepEqual(await hintsOf('paraformer-realtime-v2', ['yue', 'zh-sichuan', 'en-GB']), ['yue', 'zh', 'en']);
    assert.deepEqual(await hintsOf('fun-asr-realtime', ['zh-sichuan', 'en']), ['zh']);
    assert.equal(await hintsOf('fun-asr-realtime', ['yue']), undefined);

    const qwen = createQwenAsr({ access: accessTo(server), patience: TEST_PATIENCE });
    await heardBy(qwen, sentence(), request({ languages: ['zh-HK-yue'] }));
    await qwen.dispose();
  });

  test('a minute of silence is kept open by its heartbeat, or begun anew for a model without one', async () => {
    for (const model of ['fun-asr-realtime', 'paraformer-realtime-v1']) {
      // The server hears more than a minute at once.
      const patience = { ...TEST_PATIENCE, finishMs: 60_000 };
      const provider = createBailianAsr({ access: accessTo(server, { asr: model }), patience });
      const before = asked('asr-task').length;
      async function* withLongSilence() {
        yield* said(joined(speech, silence(70_000)), 1000);
        // Sent faster than it can be heard: whoever gives up in the silence has done so before the next word.
        const last = () => asked('asr-task').at(-1)!;
        if (model.endsWith('v1')) for (let i = 0; i < 3000 && last().end === null; i++) await sleep(10);
        yield* said(joined(speech, silence(1500)), 20);
      }
      const finals = finalsOf(await heardBy(provider, withLongSilence()));
      await provider.dispose();
      assert.deepEqual(
        finals.map(({ sentence: n }) => n),
        [0, 1],
        model,
      );
      const spokenMs = (speech.length * 1000) / ASR_SAMPLE_RATE;
      assert.ok(Math.abs(finals[1]!.startMs - spokenMs - 70_000) < 300, `${model}: ${finals[1]!.startMs}`);
      assert.equal(asked('asr-task').length - before, model.endsWith('v1') ? 2 : 1);
    }
  });

  test('one token of ISI serves many connections until it ends, and a new one is made where it is refused', async () => {
    const provider = openIsi(server);
    const before = asked('isi-token').length;
    await heardBy(provider, sentence());
    await heardBy(provider, sentence());
    assert.equal(asked('isi-token').length - before, 1);
    for (const token of server.context.isiTokens.keys()) server.context.isiTokens.set(token, 0);
    assert.equal(finalsOf(await heardBy(provider, sentence())).length, 1);
    assert.equal(asked('isi-token').length - before, 2);
    await provider.dispose();
  });

  test('a clock that is wrong is told as that, a wrong secret as a wrong key, no key as none', async () => {
    const coded = (code: string) => (failure: unknown) => failure instanceof StudioError && failure.code === code;
    await assert.rejects(heardBy(openIsi(server, 3_600_000), sentence()), coded('cloud.clock-skew'));
    const isi = (accessKey: { id: string; secret: string } | null) =>
      createIsiAsr({
        settings: () => isiSettingsSchema.parse({ appKey: server.appKey }),
        ...{ accessKey: async () => accessKey, metaUrl: server.httpUrl, gatewayUrl: server.isiUrl },
      });
    await assert.rejects(heardBy(isi({ id: server.accessKey.id, secret: 'no' }), sentence()), coded('cloud.key-wrong'));
    await assert.rejects(heardBy(isi(null), sentence()), coded('cloud.key-missing'));
    const sent = asked('isi-token').at(-1)!;
    assert.ok(!sent.path.includes(server.accessKey.id), 'no key stands in an address');
  });
});
