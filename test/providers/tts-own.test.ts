/** What is each cloud voice's own: words wherever they are told, text while it is written, sounds by name, and what is asked of the vendor. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { bailianSettingsSchema } from '../../app/providers/settings.ts';
import type { SpeechPart } from '../../app/speech/plan.ts';
import { NORMAL_PROSODY } from '../../app/speech/plan.ts';
import { sentenceRanges } from '../../app/speech/punctuation.ts';
import type { Phone, Word } from '../../app/speech/timeline.ts';
import { visemesOf } from '../../app/speech/visemes.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider } from '../../main/engine/ports/tts.ts';
import { withPhones } from '../../main/engine/stages/with-phones.ts';
import { bailianEndpoint } from '../../main/providers/kit/endpoint.ts';
import { createCosyVoiceProvider } from '../../main/providers/tts/cosyvoice/index.ts';
import { createEspeakProvider } from '../../main/providers/tts/espeak/index.ts';
import { createQwenTtsProvider } from '../../main/providers/tts/qwen-tts/index.ts';
import { createSambertProvider } from '../../main/providers/tts/sambert/index.ts';
import type { Fault } from '../servers/bailian/faults.ts';
import { type FakeBailian, startBailian } from '../servers/bailian/server.ts';
import { assertTimes, heard, partOf, say } from './tts-conformance.ts';

type WordsMode = Extract<Fault, { kind: 'words' }>['mode'];
const TEXT = '今天天气真好，我们去公园散步。明天呢？明天也去！';
const COSY = 'cosyvoice:longanyang';
/** What the local Bailian leaves between two sentences of a task. */
const COSY_REST_MS = 200;

describe('what is each voice’s own', () => {
  let server: FakeBailian;
  let cosy: TtsProvider;
  let sambert: TtsProvider;
  let embedded: TtsProvider;
  const endpoint = () =>
    bailianEndpoint(
      {
        settings: bailianSettingsSchema.parse({
          httpBaseUrl: server.httpBaseUrl,
          webSocketBaseUrl: server.webSocketBaseUrl,
        }),
        key: async () => server.key,
      },
      'Bailian',
    );
  const signal = new AbortController().signal;
  before(async () => {
    server = await startBailian();
    cosy = createCosyVoiceProvider({ endpoint: endpoint(), model: 'cosyvoice-v3-flash' });
    sambert = createSambertProvider({ endpoint: endpoint() });
    embedded = createEspeakProvider();
  });
  after(async () => {
    await Promise.all([cosy.dispose(), sambert.dispose(), embedded.dispose()]);
    await server[Symbol.asyncDispose]();
  });
  /** As the server's mouth said it, sentence by sentence. */
  const truth = async (
    text: string,
    voice: string,
    more: { spelt?: boolean; rate?: number; pitch?: number } = {},
    restMs = 0,
  ) => {
    const words: Word[] = [];
    const phones: Phone[] = [];
    let atMs = 0;
    for (const { from, to } of sentenceRanges(text)) {
      const request = { text: text.slice(from, to), voice, sampleRate: SAMPLE_RATE, ...more };
      const speech = await server.context.mouth.speak(request, AbortSignal.timeout(60_000));
      const late = <T extends { startMs: number; endMs: number }>(one: T): T => ({
        ...one,
        startMs: one.startMs + atMs,
        endMs: one.endMs + atMs,
      });
      words.push(...speech.words.map(late));
      phones.push(...speech.phones.map(late));
      atMs += speech.durationMs + restMs;
    }
    return { words, phones };
  };
  const lastRun = (): { parameters: Record<string, unknown>; input: Record<string, unknown>; model: string } =>
    (server.requests.at(-1)!.body as { payload: never }).payload;

  for (const mode of ['sentence-end', 'cumulative', 'task-finished', 'untyped', 'duplicate'] satisfies WordsMode[])
    test(`CosyVoice: words told by ${mode} are the words that were said, once`, async () => {
      server.faults.next('tts-task', { kind: 'words', mode });
      const said = await say(cosy, COSY, partOf('zh', TEXT));
      const known = await truth(TEXT, 'longanyang', {}, COSY_REST_MS);
      assert.equal(said.words.map((word) => word.text).join(''), TEXT.replace(/[，。？！]/gu, ''));
      assertTimes(said.words, said.durationMs);
      for (const [i, word] of said.words.entries())
        assert.ok(
          Math.abs(word.startMs - known.words[i]!.startMs) < 30,
          `${word.text} at ${word.startMs}, not ${known.words[i]!.startMs}`,
        );
    });

  test('CosyVoice speaks what is written piece by piece, and begins before the second sentence ends', async () => {
    let written = '';
    let writtenAtFirstSound = '';
    let firstSound = (): void => {};
    const soundCame = new Promise<void>((resolve) => {
      firstSound = resolve;
    });
    const pieces = (async function* () {
      for (const piece of ['今天天', '气真好，', '我们去公园', '散步。', '明天']) {
        written += piece;
        yield piece;
      }
      await soundCame;
      for (const piece of ['呢？', 'Tomorrow ', 'too', '!']) {
        written += piece;
        yield piece;
      }
    })();
    const request = { voiceId: COSY, lang: 'zh', prosody: NORMAL_PROSODY } as const;
    const events = (async function* (): AsyncGenerator<TtsEvent> {
      for await (const event of cosy.stream!(pieces, request, signal)) {
        if (event.type === 'audio' && writtenAtFirstSound === '') {
          writtenAtFirstSound = written;
          firstSound();
        }
        yield event;
      }
    })();
    const said = await heard(events);
    assert.equal(writtenAtFirstSound, '今天天气真好，我们去公园散步。明天');
    assert.equal(said.words.map((word) => word.text).join(''), '今天天气真好我们去公园散步明天呢Tomorrowtoo');
    for (const word of said.words) assert.equal(written.slice(word.from, word.to), word.text);
    assertTimes(said.words, said.durationMs);
  });

  test('CosyVoice: a writer who is given up leaves no task behind', async () => {
    const control = new AbortController();
    const pieces = (async function* () {
      yield '今天天气真好。';
      await new Promise(() => {});
    })();
    const request = { voiceId: COSY, lang: 'zh', prosody: NORMAL_PROSODY } as const;
    await assert.rejects(
      async () => {
        for await (const event of cosy.stream!(pieces, request, control.signal))
          if (event.type === 'audio') control.abort(new Error('enough'));
      },
      { message: 'enough' },
    );
  });

  test('CosyVoice is told the emotion where the voice can act, the reading where one is forced, and to mark its sound', async () => {
    const part: SpeechPart = {
      ...partOf('zh', ''),
      tokens: [
        { display: '去', spoken: '去', from: 0, to: 1 },
        { display: '重', spoken: '重', from: 1, to: 2, pinyin: ['zhong4'] },
        { display: '庆。', spoken: '庆。', from: 2, to: 4 },
      ],
    };
    const emotion = { name: 'excited', intensity: 0.8 };
    const said = await heard(cosy.synthesise({ voiceId: COSY, part, emotion }, signal));
    assert.equal(said.words.map((word) => word.text).join(''), '去重庆');
    assert.equal(lastRun().parameters.instruction, '你说话的情感是happy。');
    assert.equal(lastRun().parameters.enable_ssml, true);
    assert.equal(lastRun().parameters.enable_aigc_tag, true);
    await heard(cosy.synthesise({ voiceId: 'cosyvoice:longshu_v3', part: partOf('zh', '好。'), emotion }, signal));
    assert.equal(lastRun().parameters.instruction, undefined);
    await heard(cosy.synthesise({ voiceId: 'cosyvoice:longwan_v2', part: partOf('zh', '好。'), emotion }, signal));
    assert.equal(lastRun().model, 'cosyvoice-v2');
  });

  test('a voice nobody has is a mismatch, not a silence', async () => {
    await assert.rejects(say(cosy, 'cosyvoice:nobody', partOf('zh', '好。')), { code: 'cloud.voice-mismatch' });
    await assert.rejects(say(cosy, 'sambert:zhichu', partOf('zh', '好。')), { code: 'speech.unknown-voice' });
  });

  test('a finished task leaves its line to the next one, a failed one does not', async () => {
    const own = createCosyVoiceProvider({ endpoint: endpoint(), model: 'cosyvoice-v3-flash' });
    const ports = (): unknown[] => server.requests.slice(-1).map((request) => request.headers['sec-websocket-key']);
    try {
      await say(own, COSY, partOf('zh', '好。'));
      const first = ports();
      await say(own, COSY, partOf('zh', '好的。'));
      assert.deepEqual(ports(), first);
      server.faults.next('tts-task', { kind: 'error-event', code: 'InternalError', message: 'x', afterChunks: 1 });
      await assert.rejects(say(own, COSY, partOf('zh', TEXT)));
      await say(own, COSY, partOf('zh', '好。'));
      assert.notDeepEqual(ports(), first);
    } finally {
      await own.dispose();
    }
  });

  test('texts beyond what a vendor takes are said whole, cut at sentences', async () => {
    const long = TEXT.repeat(30);
    assert.ok(long.length > 600);
    const own = createQwenTtsProvider({
      endpoint: endpoint(),
      models: { qwenTts: 'qwen3-tts-flash', qwenTtsRealtime: 'qwen3-tts-flash-realtime' },
      by: 'http',
    });
    const said = await say(own, 'qwen-tts:Cherry', partOf('zh', long));
    assert.equal(
      said.words
        .map((word) => word.text)
        .join('')
        .replace(/[，。？！]/gu, ''),
      long.replace(/[，。？！]/gu, ''),
    );
    for (const word of said.words) assert.match(long[word.to]!, /[。？！]/u);
  });

  test('Sambert’s phonemes are the sounds that were made, when they were made', async () => {
    const text = '知识产权，春眠不觉晓，略有一点儿女人味，翁先生去二月四日学习。';
    const said = await say(sambert, 'sambert:zhichu', partOf('zh', text));
    const known = await truth(text, 'zhichu', { spelt: true });
    const seen = (phones: readonly Phone[]): string[] =>
      phones.flatMap(({ phone }) => (phone === '' ? [] : visemesOf(phone))).filter((one, i, all) => one !== all[i - 1]);
    assert.deepEqual(seen(said.phones), seen(known.phones));
    const { mean, worst } = misplaced(said.phones, known.phones);
    console.log(`Sambert: phones ${mean.toFixed(1)} ms off in the mean, ${worst.toFixed(0)} ms at worst`);
    assert.ok(mean < 12, `${mean} ms`);
    assertTimes(said.phones, said.durationMs);
  });

  const fillIns: [string, string, () => TtsProvider, number][] = [
    [
      'CosyVoice, whose words are told',
      COSY,
      () => createCosyVoiceProvider({ endpoint: endpoint(), model: 'cosyvoice-v3-flash' }),
      25,
    ],
    [
      'CosyVoice, another person',
      'cosyvoice:longanhuan',
      () => createCosyVoiceProvider({ endpoint: endpoint(), model: 'cosyvoice-v3-flash' }),
      25,
    ],
    [
      'Qwen-TTS, which tells no times',
      'qwen-tts:Cherry',
      () =>
        createQwenTtsProvider({
          endpoint: endpoint(),
          models: { qwenTts: 'qwen3-tts-flash', qwenTtsRealtime: 'qwen3-tts-flash-realtime' },
          by: 'realtime',
        }),
      35,
    ],
  ];
  for (const [name, voiceId, open, limitMs] of fillIns)
    test(`sounds are filled in for ${name}`, async () => {
      const inner = open();
      const filled = withPhones(inner, { embedded });
      try {
        const part = partOf('zh', TEXT, { prosody: { rate: 0.85, pitch: 1.1, volume: 1 } });
        const said = await say(filled, voiceId, part);
        const voice = voiceId.split(':')[1]!;
        const known = await truth(
          TEXT,
          voice,
          { rate: 0.85, pitch: 1.1 },
          voiceId.startsWith('cosyvoice') ? COSY_REST_MS : 0,
        );
        assert.deepEqual(soundsOf(said.phones), soundsOf(known.phones));
        assert.equal(said.words.map((word) => word.text).join(''), TEXT.replace(/[，。？！]/gu, ''));
        assertTimes(said.phones, said.durationMs);
        assertTimes(said.words, said.durationMs);
        const { mean, worst } = misplaced(said.phones, known.phones);
        console.log(`${name}: phones ${mean.toFixed(1)} ms off in the mean, ${worst.toFixed(0)} ms at worst`);
        assert.ok(mean < limitMs, `${mean} ms`);
      } finally {
        await filled.dispose();
      }
    });

  test('sounds are filled in while the text is being written', async () => {
    const filled = withPhones(cosy, { embedded });
    const pieces = (async function* () {
      yield* ['今天天', '气真好。我', '们去公园。'];
    })();
    const request = { voiceId: COSY, lang: 'zh', prosody: NORMAL_PROSODY } as const;
    const said = await heard(filled.stream!(pieces, request, signal));
    const known = await truth('今天天气真好。我们去公园。', 'longanyang');
    assert.deepEqual(soundsOf(said.phones), soundsOf(known.phones));
    assertTimes(said.phones, said.durationMs);
  });
});

const soundsOf = (phones: readonly Phone[]): string[] => phones.flatMap(({ phone }) => (phone === '' ? [] : [phone]));

/** How far the sounds' beginnings are from where they were made; sounds are paired in order, by kind. */
function misplaced(phones: readonly Phone[], known: readonly Phone[]): { mean: number; worst: number } {
  const a = phones.filter(({ phone }) => phone !== '');
  const b = known.filter(({ phone }) => phone !== '');
  const errors: number[] = [];
  let next = 0;
  for (const { phone, startMs } of a) {
    const at = b.findIndex((other, i) => i >= next && i < next + 4 && other.phone === phone);
    if (at < 0) continue;
    errors.push(Math.abs(b[at]!.startMs - startMs));
    next = at + 1;
  }
  assert.ok(errors.length > b.length * 0.8, `${errors.length} of ${b.length} sounds are found`);
  return { mean: errors.reduce((sum, one) => sum + one, 0) / errors.length, worst: Math.max(...errors) };
}
