/** The sockets of the local Bailian, held to the vendor's documents by a bare client: order, refusals, time-outs, times in real sound. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type FakeBailian, startBailian } from './server.ts';
import { Client, type Json, pieces, type Said, silence } from './socket-client.ts';
import { PcmVoice } from './voice.ts';

const stranger = new PcmVoice();
let bailian: FakeBailian;
before(async () => {
  bailian = await startBailian();
});
after(async () => {
  await stranger.dispose();
  await bailian[Symbol.asyncDispose]();
});

const connect = (url = bailian.webSocketBaseUrl, key = bailian.key): Promise<Client> => Client.connect(url, key);

const COSY = { text_type: 'PlainText', voice: 'longanyang', format: 'pcm', sample_rate: 16_000 };
const frame = (action: string, id: string, input: unknown, streaming = 'duplex'): Json => ({
  header: { action, task_id: id, streaming },
  payload: { input },
});
function runTask(client: Client, model: string, parameters: Json, more: Json = {}, streaming = 'duplex'): string {
  const id = randomUUID();
  const isHearing = /asr|paraformer/.test(model);
  const kind = isHearing ? { task: 'asr', function: 'recognition' } : { task: 'tts', function: 'SpeechSynthesizer' };
  const payload = { task_group: 'audio', ...kind, model, parameters, input: {}, ...more };
  client.send({ header: { action: 'run-task', task_id: id, streaming }, payload });
  return id;
}
const event = (name: string) => (said: Said) => said.header?.event === name;
const failure = async (client: Client): Promise<{ code: string; message: string }> => {
  const { header } = await client.until(event('task-failed'));
  return { code: header.error_code, message: header.error_message };
};
async function speak(client: Client, parameters: Json, texts: string[], model = 'cosyvoice-v3-flash'): Promise<Said> {
  const id = runTask(client, model, { ...COSY, ...parameters });
  await client.until(event('task-started'));
  for (const text of texts) client.send(frame('continue-task', id, { text }));
  client.send(frame('finish-task', id, {}));
  return client.until(event('task-finished'));
}
const samplesOf = (client: Client): number => client.sounds.reduce((sum, { length }) => sum + length, 0) / 2;
const rms = (pcm: Buffer, fromMs: number, toMs: number): number => {
  let sum = 0;
  const [from, to] = [Math.round(fromMs * 16), Math.round(toMs * 16)];
  for (let i = from; i < to; i++) sum += pcm.readInt16LE(2 * i) ** 2;
  return Math.sqrt(sum / (to - from));
};
/** Said by another than the server, which would know its own words. */
async function sound(text: string): Promise<{ pcm: Buffer; words: { text: string; startMs: number }[] }> {
  const speech = await stranger.speak({ text, voice: 'espeak', sampleRate: 16_000 }, new AbortController().signal);
  return { pcm: Buffer.from(speech.pcm.buffer.slice(0)), words: speech.words };
}
test('the handshake itself is refused: a wrong key, a temporary key that ended, a network that wants a log-in', async () => {
  const { token } = bailian.context.issueTemporaryKey(60);
  (await connect(undefined, token)).socket.terminate();
  bailian.advance(61_000);
  await assert.rejects(connect(undefined, token), /401/);
  await assert.rejects(connect(undefined, 'sk-other'), /401/);
  bailian.faults.next('sambert', { kind: 'captive-portal' });
  await assert.rejects(connect(), /200/);
  (await connect(`${bailian.webSocketBaseUrl}/`)).socket.terminate();
});

test('CosyVoice speaks each sentence as it is whole; word times lie in the sound, wherever they are told', async () => {
  const texts = ['今天天气', '真好。我们去3公', '里外的公园吧'];
  let words: Said[] = [];
  for (const mode of ['sentence-end', 'cumulative', 'task-finished', 'duplicate'] as const) {
    using client = await connect();
    bailian.faults.next('tts-task', { kind: 'words', mode });
    const finished = await speak(client, { word_timestamp_enabled: true }, texts);
    const results = client.said.filter(event('result-generated')).map(({ payload }) => payload);
    const types = results.map(({ output }) => output.type);
    assert.deepEqual([types[0], types[1], types.at(-1)], ['sentence-begin', 'sentence-synthesis', 'sentence-end']);
    assert.equal(types.filter((type) => type === 'sentence-synthesis').length, client.sounds.length);
    assert.deepEqual(
      [...new Set(results.map(({ output }) => output.original_text))],
      ['今天天气真好。', '我们去3公里外的公园吧'],
    );
    assert.equal(types.filter((type) => type === 'sentence-end').length, mode === 'duplicate' ? 4 : 2);
    const told =
      mode === 'task-finished'
        ? finished.payload.output.sentence.words
        : [0, 1].flatMap(
            (index) => results.findLast(({ output }) => output.sentence.index === index).output.sentence.words,
          );
    if (mode === 'cumulative') {
      const first = results
        .filter(({ output }) => output.sentence.index === 0)
        .map(({ output }) => output.sentence.words.length);
      assert.ok(first.every((count, i) => i === 0 || count >= first[i - 1]) && new Set(first).size > 3, first.join());
    }
    if (mode === 'sentence-end') words = told;
    assert.deepEqual(told, words, mode);
    assert.equal(finished.payload.usage.characters, 34);
    const pcm = Buffer.concat(client.sounds);
    for (const { begin_time: from, end_time: to } of told) assert.ok(rms(pcm, from, to) > 150, `${from}–${to} sounds`);
  }
  assert.equal(words.map(({ text }) => text).join(''), '今天天气真好我们去3公里外的公园吧');

  using client = await connect();
  bailian.faults.next('tts-task', { kind: 'words', mode: 'untyped' });
  await speak(client, { word_timestamp_enabled: true }, texts);
  const untyped = client.said.filter(event('result-generated')).map(({ payload }) => payload.output);
  assert.ok(untyped.every((output) => !('type' in output)) && untyped.at(-1).sentence.words[0].begin_time < 400);
});

test('a WAV header comes once, an instruction is heard, and SSML is spoken with its rests', async () => {
  const said: Record<string, Client> = {};
  for (const [name, parameters, text] of [
    ['wav', { format: 'wav', sample_rate: 48_000 }, '你好，世界。'],
    ['plain', {}, '你好，世界。'],
    ['sad', { instruction: '你说话的情感是sad。' }, '你好，世界。'],
    ['ssml', { enable_ssml: true }, '<speak>你好，<break time="1s"/>世界。</speak>'],
  ] as const) {
    said[name] = await connect();
    await speak(said[name], parameters, [text]);
    said[name].socket.terminate();
  }
  const { wav, plain, sad, ssml } = said as Record<'wav' | 'plain' | 'sad' | 'ssml', Client>;
  assert.equal(wav.sounds.filter((bytes) => bytes.toString('latin1', 0, 4) === 'RIFF').length, 1);
  assert.equal(wav.sounds[0]!.readUInt32LE(24), 48_000);
  assert.ok(samplesOf(sad) > 1.1 * samplesOf(plain), 'sad is slower');
  assert.ok(samplesOf(ssml) > samplesOf(plain) + 14_000, 'a second of rest');
});

test('run-task is refused with the vendor’s words, and the connection ends with it', async () => {
  const cases: [string, Json, Json, RegExp, string?][] = [
    ['', COSY, {}, /payload\.model/],
    ['cosyvoice-v3-flash', COSY, { task: null }, /^InvalidParameter: task can not be null$/],
    [
      'cosyvoice-v3-flash',
      COSY,
      { input: undefined },
      /Missing required parameter 'payload\.input'! Please follow the protocol!/,
    ],
    ['cosyvoice-v9', COSY, {}, /^ModelNotFound: Model not found/],
    ['cosyvoice-v2', COSY, {}, /error code: 418/],
    ['cosyvoice-v3-flash', { ...COSY, voice: 'longxiaochun_v2' }, {}, /error code: 418/],
    ['cosyvoice-v3-flash', { ...COSY, instruction: '开心一点' }, {}, /error code: 428/],
    [
      'cosyvoice-v3-flash',
      { ...COSY, voice: 'longcheng_v3', instruction: '你说话的情感是happy。' },
      {},
      /error code: 428/,
    ],
    ['cosyvoice-v3-flash', { ...COSY, rate: 3 }, {}, /rate should be in/],
    ['cosyvoice-v3-flash', { ...COSY, text_type: undefined }, {}, /text_type/],
    ['cosyvoice-v3-flash', { ...COSY, format: 'mp3' }, {}, /UNSUPPORTED_FORMAT/],
    ['cosyvoice-v3-flash', COSY, {}, /streaming must be duplex/, 'out'],
    ['sambert-zhichu-v1', { ...COSY }, {}, /payload\.input\.text/, 'out'],
    ['fun-asr-realtime', { format: 'pcm' }, {}, /sample_rate/],
    ['fun-asr-realtime', { format: 'ogg', sample_rate: 16_000 }, {}, /UNSUPPORTED_FORMAT/],
    ['paraformer-realtime-8k-v2', { format: 'pcm', sample_rate: 16_000 }, {}, /sample_rate/],
    ['fun-asr-realtime', { format: 'pcm', sample_rate: 16_000, vocabulary_id: 'vocab-none' }, {}, /vocabulary_id/],
  ];
  for (const [model, parameters, more, expected, streaming] of cases) {
    using client = await connect();
    runTask(client, model, parameters, more, streaming);
    const { code, message } = await failure(client);
    assert.match(code === 'ModelNotFound' ? `${code}: ${message}` : message, expected);
    await client.untilClosed();
  }
  using client = await connect();
  client.send('{');
  assert.equal((await failure(client)).message, 'Invalid payload data');
});

test('what comes out of order is refused: text before the start, a second SSML text, too much text, a used task id', async () => {
  const meanwhile = async (parameters: Json, then: (client: Client, id: string) => unknown): Promise<string> => {
    using client = await connect();
    const id = runTask(client, 'cosyvoice-v3-flash', { ...COSY, ...parameters });
    if (parameters.early !== true) await client.until(event('task-started'));
    await then(client, id);
    return (await failure(client)).message;
  };
  const say = (text: string) => (client: Client, id: string) => client.send(frame('continue-task', id, { text }));
  using early = await connect();
  const id = randomUUID();
  early.send(frame('continue-task', id, { text: '你好' }));
  assert.match((await failure(early)).message, /no task/);
  const twice = (client: Client, id: string): void => {
    for (let i = 0; i < 2; i++) say('<speak>你好。</speak>')(client, id);
  };
  assert.equal(await meanwhile({ enable_ssml: true }, twice), 'Text request limit violated, expected 1.');
  assert.equal(await meanwhile({ enable_ssml: true }, say('你好')), 'Please ensure input text is valid.');
  assert.equal(await meanwhile({}, say('<speak>你好</speak>')), 'SSML text is not supported at the moment!');
  assert.match(await meanwhile({}, say('好'.repeat(10_001))), /20002 .* 20000/);
  assert.match(await meanwhile({}, say('这里有违禁示例')), /inappropriate/);
  using again = await connect();
  const first = await speak(again, {}, ['好。']);
  again.send({ header: { action: 'run-task', task_id: first.header.task_id, streaming: 'duplex' }, payload: {} });
  assert.match((await failure(again)).message, /used before/);
});

test('a task is cancelled at once, another breaks it off, and a third runs on the same connection', async () => {
  using client = await connect();
  const long = '这是一句很长很长的话，要说很久很久，没有人会听到最后。'.repeat(4);
  const id = runTask(client, 'cosyvoice-v3-flash', COSY);
  await client.until(event('task-started'));
  client.send(frame('continue-task', id, { text: long }));
  client.send(frame('finish-task', id, { directive: 'cancel' }));
  assert.equal((await client.until(event('task-finished'))).header.task_id, id);
  const second = runTask(client, 'cosyvoice-v3-flash', COSY);
  await client.until((said) => event('task-started')(said) && said.header.task_id === second);
  const third = runTask(client, 'cosyvoice-v3-flash', COSY);
  await client.until((said) => event('task-started')(said) && said.header.task_id === third);
  client.send(frame('finish-task', third, {}));
  await client.until((said) => event('task-finished')(said) && said.header.task_id === third);
  assert.ok(!client.said.some((said) => event('task-finished')(said) && said.header.task_id === second));
});

test('Sambert tells every word and every sound of it: initials and finals with tones that fill their word', async () => {
  using client = await connect();
  const parameters = { text_type: 'PlainText', format: 'pcm', sample_rate: 16_000 };
  const timed = { ...parameters, word_timestamp_enabled: true, phoneme_timestamp_enabled: true };
  runTask(client, 'sambert-zhichu-v1', timed, { input: { text: '今天去吃饭。你们呢？' } }, 'out');
  await client.until(event('task-finished'));
  const sentences = client.said.filter(event('result-generated')).map(({ payload }) => payload.output.sentence);
  const words = sentences.flatMap((sentence) => sentence.words);
  assert.equal(words.map(({ text }: Said) => text).join(''), '今天去吃饭你们呢');
  const symbols = words.map(({ phonemes }: Said) => phonemes.map(({ text, tone }: Said) => `${text}${tone}`).join(' '));
  assert.deepEqual(symbols.slice(0, 5), ['j_c1 in_c1', 't_c1 ian_c1', 'q_c4 u_c4', 'ch_c1 i_c1', 'f_c4 an_c4']);
  assert.match(symbols.at(-1), /^n_c5 e_c5$/);
  for (const { begin_time: from, end_time: to, phonemes } of words) {
    assert.deepEqual([phonemes[0].begin_time, phonemes.at(-1).end_time], [from, to]);
    assert.equal(phonemes[0].end_time, phonemes[1].begin_time);
  }
  assert.ok(Math.abs(sentences.at(-1).end_time - samplesOf(client) / 16) < 2);
  client.said.length = 0;
  runTask(
    client,
    'sambert-zhichu-v1',
    { ...parameters, phoneme_timestamp_enabled: true },
    { input: { text: '你好' } },
    'out',
  );
  await client.until(event('task-finished'));
  assert.ok(!client.said.some(event('result-generated')), 'phonemes only with words');
});

test('Fun-ASR understands what the embedded voice says: partials that grow, words within 60 ms, nothing of what it was never taught', async () => {
  const text = '大家好，欢迎来到我们的直播间。';
  await bailian.teach(text);
  await bailian.teach('今天我们去公园。');
  const { pcm, words } = await sound(text);
  using client = await connect();
  const id = runTask(client, 'fun-asr-realtime', { format: 'pcm', sample_rate: 16_000, max_sentence_silence: 800 });
  for (const piece of pieces(silence(300))) client.send(piece);
  await client.until(event('task-started'));
  client.said.length = 0;
  for (const piece of pieces(Buffer.concat([silence(500), pcm, silence(1500)]))) client.send(piece);
  const isFinal = ({ payload }: Said): boolean => payload?.output?.sentence?.sentence_end === true;
  const { sentence } = (await client.until(isFinal)).payload.output;
  client.send(frame('finish-task', id, {}));
  await client.until(event('task-finished'));
  assert.equal(sentence.text, text);
  assert.equal(sentence.words.map((word: Said) => word.text + word.punctuation).join(''), text);
  for (const [i, { begin_time: at }] of sentence.words.entries())
    assert.ok(
      Math.abs(at - 500 - words[i]!.startMs) < 60,
      `${words[i]!.text} at ${at}, is at ${500 + words[i]!.startMs}`,
    );
  const partials = client.said.filter((said) => said.payload?.output?.sentence && !isFinal(said));
  assert.ok(partials.length > 3 && partials.every(({ payload }) => payload.output.sentence.end_time === null));

  const { pcm: strange } = await sound('窗前明月光，疑是地上霜。');
  client.said.length = 0;
  const other = runTask(client, 'paraformer-realtime-v2', { format: 'pcm', sample_rate: 16_000 });
  await client.until(event('task-started'));
  for (const piece of pieces(Buffer.concat([strange, silence(1500)]))) client.send(piece);
  client.send(frame('finish-task', other, {}));
  await client.until(event('task-finished'));
  const heard = client.said
    .filter(isFinal)
    .map(({ payload }) => payload.output.sentence.text)
    .join('');
  assert.ok(heard.length < 4, `heard ${heard}`);
});

test('recognition without speech: no sound, silence, a minute of it, and a heartbeat for who asks for one', async () => {
  const listen = async (ms: number, parameters: Json = {}): Promise<Client> => {
    const client = await connect();
    const id = runTask(client, 'fun-asr-realtime', { format: 'pcm', sample_rate: 16_000, ...parameters });
    await client.until(event('task-started'));
    if (ms > 0) for (const piece of pieces(silence(ms), 16_000)) client.send(piece);
    client.send(frame('finish-task', id, {}));
    return client;
  };
  using none = await listen(0);
  assert.equal((await failure(none)).message, 'NO_INPUT_AUDIO_ERROR');
  using quiet = await listen(2000);
  assert.equal((await failure(quiet)).message, 'NO_VALID_AUDIO_ERROR');
  using minute = await listen(62_000);
  assert.equal((await failure(minute)).message, 'Response timeout!');
  using patient = await listen(62_000, { heartbeat: true });
  assert.equal((await failure(patient)).message, 'NO_VALID_AUDIO_ERROR');
  const beats = patient.said.filter(({ payload }) => payload?.output?.sentence?.heartbeat === true);
  assert.ok(beats.length > 5 && beats.every(({ payload }) => payload.output.sentence.sentence_id === 0));
});

test('one connection serves task after task, and nothing of those before is left on it', async () => {
  const warnings: string[] = [];
  const note = ({ name, message }: Error) => void warnings.push(`${name}: ${message}`);
  process.on('warning', note);
  using client = await connect();
  for (let i = 0; i < 12; i++) {
    const id = runTask(client, 'cosyvoice-v3-flash', COSY);
    const told = (name: string) => client.until((said) => event(name)(said) && said.header.task_id === id);
    await told('task-started');
    client.send(frame('continue-task', id, { text: '好。' }));
    client.send(frame('finish-task', id, {}));
    await told('task-finished');
  }
  // A warning is told in the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  assert.deepEqual(warnings, []);
});

test('who says nothing for 23 s has failed, who is idle for 60 s is let go, ISI waits for 10 s', async () => {
  await using quick = await startBailian({ timeoutScale: 0.005 });
  const join = () => connect(quick.webSocketBaseUrl, quick.key);
  for (const [model, parameters] of [
    ['cosyvoice-v3-flash', COSY],
    ['fun-asr-realtime', { format: 'pcm', sample_rate: 16_000 }],
  ] as const) {
    using client = await join();
    runTask(client, model, parameters);
    assert.deepEqual(await failure(client), { code: 'CLIENT_ERROR', message: 'request timeout after 23 seconds.' });
  }
  using idle = await join();
  assert.equal(await idle.untilClosed(), 1000);
  using isi = await connect(quick.isiUrl, '');
  const { header } = await isi.until(({ header }) => header.name === 'TaskFailed');
  assert.equal(header.status, 40_000_004);
});

test('faults: an error at once and in the middle, a cut, a stall, half a frame, a time-out', async () => {
  const faulty = async (): Promise<Client> => {
    const client = await connect();
    const id = runTask(client, 'cosyvoice-v3-flash', COSY);
    await client.until((said) => event('task-started')(said) || event('task-failed')(said));
    if (client.said.some(event('task-started')))
      client.send(frame('continue-task', id, { text: '你好，世界。大家好。' }));
    return client;
  };
  const quota = { code: 'Throttling.RateQuota', message: 'Requests rate limit exceeded, please try again later.' };
  bailian.faults.next('tts-task', { kind: 'error', status: 429, ...quota });
  using refused = await faulty();
  assert.deepEqual(await failure(refused), quota);
  assert.ok(!refused.said.some(event('task-started')));
  bailian.faults.next('tts-task', { kind: 'error-event', ...quota, afterChunks: 3 });
  using middle = await faulty();
  assert.deepEqual(await failure(middle), quota);
  assert.equal(middle.sounds.length, 2);
  bailian.faults.next('tts-task', { kind: 'cut', afterBytes: 5000 });
  using cut = await faulty();
  assert.equal(await cut.untilClosed(), 1006);
  assert.equal(samplesOf(cut), 2500);
  bailian.faults.next('tts-task', { kind: 'malformed-json', afterChunks: 1 });
  using broken = await faulty();
  await broken.until((said) => said === 'malformed');
  bailian.faults.next('tts-task', { kind: 'idle-timeout' });
  using late = await faulty();
  assert.match((await failure(late)).message, /23 seconds/);
  bailian.faults.next('tts-task', { kind: 'stall', afterChunks: 2 });
  using stalled = await faulty();
  while (stalled.sounds.length === 0) await new Promise((resolve) => setImmediate(resolve));
  // A second connection is served to its end meanwhile.
  using other = await connect();
  await speak(other, {}, ['你好，世界。大家好。']);
  assert.deepEqual([stalled.sounds.length, stalled.closed], [1, null]);
});
