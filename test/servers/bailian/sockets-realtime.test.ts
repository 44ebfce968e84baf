/** The realtime sessions and ISI's transcriber of the local Bailian, held to the vendor's documents by a bare client. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import { type FakeBailian, startBailian } from './server.ts';
import { Client, type Json, pieces, type Said, silence } from './socket-client.ts';
import { PcmVoice } from './voice.ts';

const TEXT = '请问现在几点了？';
const stranger = new PcmVoice();
let bailian: FakeBailian;
let pcm: Buffer;
before(async () => {
  bailian = await startBailian();
  await bailian.teach(TEXT);
  const speech = await stranger.speak(
    { text: TEXT, voice: 'espeak', sampleRate: 16_000 },
    new AbortController().signal,
  );
  pcm = Buffer.concat([silence(400), Buffer.from(speech.pcm.buffer.slice(0)), silence(1200)]);
});
after(async () => {
  await stranger.dispose();
  await bailian[Symbol.asyncDispose]();
});

const realtime = (model: string): Promise<Client> =>
  Client.connect(`${bailian.webSocketBaseUrl.replace('inference', 'realtime')}?model=${model}`, bailian.key);
const event = (type: string) => (said: Said) => said.type === type;
const types = (client: Client): string[] => client.said.map(({ type }) => type);
const soundOf = (client: Client): Buffer =>
  Buffer.concat(client.said.filter(event('response.audio.delta')).map(({ delta }) => Buffer.from(delta, 'base64')));
const RESPONSE = [
  'response.created',
  'response.output_item.added',
  'response.content_part.added',
  'response.audio.delta',
  'response.audio.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.done',
];

test('Qwen-TTS speaks of itself in server_commit and on demand in commit, each answer in the documented order', async () => {
  using server = await realtime('qwen3-tts-flash-realtime');
  server.send({ type: 'session.update', session: { voice: 'Cherry', mode: 'server_commit', sample_rate: 16_000 } });
  for (const text of ['你好，', '世界。今天', '天气不错']) server.send({ type: 'input_text_buffer.append', text });
  server.send({ type: 'session.finish' });
  await server.until(event('session.finished'));
  const said = types(server);
  assert.deepEqual(said.slice(0, 2), ['session.created', 'session.updated']);
  assert.deepEqual([...new Set(said.filter((type) => type.startsWith('response.')))], RESPONSE);
  assert.equal(said.filter((type) => type === 'response.done').length, 2);
  assert.ok(soundOf(server).length > 16_000 * 2 * 2, 'two seconds and more');
  assert.equal(await server.untilClosed(), 1000);

  using client = await realtime('qwen3-tts-flash-realtime');
  client.send({ type: 'session.update', session: { voice: 'Ethan', mode: 'commit', response_format: 'wav' } });
  client.send({ type: 'input_text_buffer.append', text: '没有人会听到这句话。' });
  client.send({ type: 'input_text_buffer.clear' });
  await client.until(event('input_text_buffer.cleared'));
  client.send({ type: 'input_text_buffer.append', text: '你好。再见。' });
  client.send({ type: 'input_text_buffer.commit' });
  const done = await client.until(event('response.done'));
  assert.equal(done.response.usage.characters, 10);
  assert.equal(soundOf(client).toString('latin1', 0, 4), 'RIFF');
  assert.ok(types(client).indexOf('input_text_buffer.committed') < types(client).indexOf('response.created'));
});

test('realtime sessions say what is wrong and go on; an unknown model and a foreign key find no session', async () => {
  using client = await realtime('qwen3-tts-flash-realtime');
  const wrong: [Json, RegExp][] = [
    [{ type: 'session.update', session: { voice: 'longanyang' } }, /Voice 'longanyang' is not supported/],
    [{ type: 'session.update', session: { sample_rate: 22_050 } }, /sample_rate/],
    [{ type: 'session.update', session: { response_format: 'mp3' } }, /UNSUPPORTED_FORMAT/],
    [{ type: 'input_text_buffer.commit' }, /empty/],
    [{ type: 'response.create' }, /Unknown event type/],
  ];
  for (const [message, expected] of wrong) {
    client.said.length = 0;
    client.send({ event_id: 'mine', ...message });
    const { error } = await client.until(event('error'));
    assert.match(error.message, expected);
    assert.equal(error.event_id, 'mine');
  }
  client.send({ type: 'session.finish' });
  await client.until(event('session.finished'));
  using unknown = await realtime('qwen-tts-realtime');
  assert.equal(await unknown.untilClosed(), 1007);
  const url = `${bailian.webSocketBaseUrl.replace('inference', 'realtime')}?model=qwen3-asr-flash-realtime`;
  await assert.rejects(Client.connect(url, 'sk-other'), /401/);
});

test('Qwen-ASR: with VAD speech begins and ends by itself; without it the client commits', async () => {
  const append = (client: Client): void => {
    for (const piece of pieces(pcm))
      client.send({ type: 'input_audio_buffer.append', audio: piece.toString('base64') });
  };
  using client = await realtime('qwen3-asr-flash-realtime');
  client.send({
    type: 'session.update',
    session: {
      input_audio_transcription: { language: 'zh' },
      turn_detection: { type: 'server_vad', silence_duration_ms: 400 },
    },
  });
  append(client);
  const final = await client.until(event('conversation.item.input_audio_transcription.completed'));
  assert.equal(final.transcript, TEXT);
  assert.equal(final.language, 'zh');
  const order = [
    'input_audio_buffer.speech_started',
    'conversation.item.input_audio_transcription.text',
    'input_audio_buffer.speech_stopped',
    'input_audio_buffer.committed',
    'conversation.item.created',
    'conversation.item.input_audio_transcription.completed',
  ];
  assert.deepEqual([...new Set(types(client))], ['session.created', 'session.updated', ...order]);
  const started = client.said.find(event(order[0]!));
  const stopped = client.said.find(event(order[2]!));
  assert.ok(Math.abs(started.audio_start_ms - 400) < 100 && stopped.audio_end_ms > 1500, 'by the sound’s own clock');
  assert.ok(client.said.filter(event(order[1]!)).every(({ text, stash }) => stash !== '' && typeof text === 'string'));
  client.send({ type: 'input_audio_buffer.commit' });
  assert.match((await client.until(event('error'))).error.message, /manual mode/);
  client.send({ type: 'session.finish' });
  await client.until(event('session.finished'));

  using manual = await realtime('qwen3-asr-flash-realtime');
  manual.send({ type: 'session.update', session: { turn_detection: null } });
  append(manual);
  manual.send({ type: 'input_audio_buffer.commit' });
  const whole = await manual.until(event('conversation.item.input_audio_transcription.completed'));
  assert.equal(whole.transcript, TEXT);
  assert.ok(!types(manual).some((type) => type.includes('speech_')), 'no VAD, no word of speech');
});

test('ISI: a token first, then sentences with their times; commands out of turn are invalid', async () => {
  const hex = (): string => randomBytes(16).toString('hex');
  const token = hex();
  bailian.context.isiTokens.set(token, bailian.context.nowMs() + 60_000);
  const say = (client: Client, name: string, task: string, payload: Json = {}, appkey = bailian.appKey): void =>
    client.send({
      header: { appkey, message_id: hex(), task_id: task, namespace: 'SpeechTranscriber', name },
      payload,
    });
  const named = (name: string) => (said: Said) => said.header.name === name;
  const join = (with_: string): Promise<Client> => Client.connect(`${bailian.isiUrl}?token=${with_}`, '');
  const status = async (client: Client): Promise<number> => (await client.until(named('TaskFailed'))).header.status;

  using stranger = await join('not-a-token');
  say(stranger, 'StartTranscription', hex());
  assert.equal(await status(stranger), 40_000_001);
  using early = await join(token);
  early.send(silence(100));
  assert.equal(await status(early), 40_000_002);
  using foreign = await join(token);
  say(foreign, 'StartTranscription', hex(), {}, 'another-app');
  assert.equal(await status(foreign), 40_000_003);
  using stop = await join(token);
  say(stop, 'StopTranscription', hex());
  assert.equal(await status(stop), 40_000_002);

  using client = await join(token);
  const task = hex();
  const wanted = { enable_intermediate_result: true, enable_punctuation_prediction: true, enable_words: true };
  say(client, 'StartTranscription', task, { format: 'pcm', sample_rate: 16_000, ...wanted });
  await client.until(named('TranscriptionStarted'));
  for (const piece of pieces(pcm)) client.send(piece);
  say(client, 'StopTranscription', task);
  await client.until(named('TranscriptionCompleted'));
  const names = client.said.map(({ header }) => header.name);
  assert.deepEqual(
    [...new Set(names)],
    ['TranscriptionStarted', 'SentenceBegin', 'TranscriptionResultChanged', 'SentenceEnd', 'TranscriptionCompleted'],
  );
  const { payload } = client.said.find(named('SentenceEnd'));
  assert.equal(payload.result, TEXT);
  assert.equal(payload.words.map(({ text }: Said) => text).join(''), '请问现在几点了');
  assert.ok(
    payload.words.every(
      ({ startTime, endTime }: Said) => startTime >= 380 && endTime > startTime && endTime <= payload.time,
    ),
  );
  bailian.advance(61_000);
  using late = await join(token);
  say(late, 'StartTranscription', hex());
  assert.match((await late.until(named('TaskFailed'))).header.status_text, /expired/);
});
