import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, type Json, MULTIMODAL, post, server } from './asking.fixture.ts';
import { wavHeader } from './files.ts';

const FILM = '/api/v1/services/aigc/image2video/video-synthesis';
const CUSTOMIZATION = '/api/v1/services/audio/tts/customization';

test('a voice of Qwen speaks: events of base64 sound, and the same sound behind a link that dies', async () => {
  const body = { model: 'qwen3-tts-flash', input: { text: '你好，世界。', voice: 'Cherry', language_type: 'Chinese' } };
  const { text } = await post(MULTIMODAL, body, { 'x-dashscope-sse': 'enable' });
  const events = [...text.matchAll(/^data:(.*)$/gm)].map(([, data]) => JSON.parse(data) as Json);
  const sound = Buffer.concat(events.map((event) => Buffer.from(event.output.audio.data, 'base64')));
  assert.ok(sound.length > 24_000, `${sound.length} bytes`);
  const { url } = events.at(-1)!.output.audio;
  const wav = Buffer.from(await (await fetch(url)).arrayBuffer());
  assert.ok(wav.subarray(44).equals(sound));
  assert.equal((await post(MULTIMODAL, body)).json().usage.characters, 6);
  server.advance(25 * 3600_000);
  assert.equal((await fetch(url)).status, 403);
  for (const input of [
    { text: 'x', voice: 'Nobody' },
    { text: '字'.repeat(601), voice: 'Cherry' },
    { text: '', voice: 'Cherry' },
  ]) {
    assert.equal((await post(MULTIMODAL, { model: 'qwen3-tts-flash', input })).status, 400);
  }
});

const upload = async (model: string, bytes: Uint8Array<ArrayBuffer>, change: (form: FormData) => void = () => {}) => {
  const { data } = await get(`/api/v1/uploads?action=getPolicy&model=${model}`);
  const key = `${data.upload_dir}/file`;
  const form = new FormData();
  form.set('OSSAccessKeyId', data.oss_access_key_id);
  form.set('Signature', data.signature);
  form.set('policy', data.policy);
  form.set('x-oss-object-acl', data.x_oss_object_acl);
  form.set('x-oss-forbid-overwrite', data.x_oss_forbid_overwrite);
  form.set('key', key);
  form.set('success_action_status', '200');
  change(form);
  form.append('file', new Blob([bytes]));
  const { status } = await fetch(data.upload_host, { method: 'POST', body: form });
  return { status, url: `oss://${key}` };
};

/** So many ms of a hum that is loud enough. */
function hum(ms: number, rate = 24_000): Uint8Array<ArrayBuffer> {
  const pcm = Int16Array.from({ length: (ms * rate) / 1000 }, (_, i) => 8000 * Math.sin(i / 20));
  return new Uint8Array(Buffer.concat([wavHeader(pcm.byteLength, rate), Buffer.from(pcm.buffer)]));
}

test('uploads are taken by their policy alone', async () => {
  assert.equal((await upload('liveportrait', hum(100))).status, 200);
  for (const [name, value] of [
    ['Signature', 'bm8='],
    ['key', 'elsewhere/file'],
    ['x-oss-object-acl', 'public-read'],
    ['OSSAccessKeyId', 'LTAIother'],
  ]) {
    assert.equal((await upload('liveportrait', hum(100), (form) => form.set(name, value))).status, 403, name);
  }
  assert.equal((await upload('liveportrait', hum(100), (form) => form.append('file', new Blob(['x'])))).status, 200);
  assert.equal((await get('/api/v1/uploads?action=getPolicy&model=nothing')).code, 'ModelNotFound');
});

async function settled(id: string): Promise<Json> {
  for (;;) {
    const answer = await get(`/api/v1/tasks/${id}`);
    if (!/PENDING|RUNNING|PROCESSING/.test(answer.output.task_status)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a film is a task: refused without its headers, one at a time, cancelled while it waits, made of what was sent, forgotten after a day', async () => {
  const { default: sharp } = await import('sharp');
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  const picture = async (widthPx: number) =>
    new Uint8Array(
      await sharp({ create: { width: widthPx, height: 512, channels: 3, background: '#888', noise } })
        .png()
        .toBuffer(),
    );
  const [person, sound] = [await upload('liveportrait', await picture(512)), await upload('liveportrait', hum(1500))];
  const body = {
    model: 'liveportrait',
    input: { image_url: person.url, audio_url: sound.url },
    parameters: { video_fps: 24 },
  };
  const both = { 'x-dashscope-async': 'enable', 'x-dashscope-ossresourceresolve': 'enable' };
  const submit = async (it: Json, headers: Record<string, string> = both) => (await post(FILM, it, headers)).json();

  assert.deepEqual((await submit(body, {})).code, 'AccessDenied');
  assert.equal((await submit({ ...body, parameters: { video_fps: 60 } })).code, 'InvalidParameter');
  assert.equal((await submit({ ...body, input: { image_url: person.url } })).code, 'InvalidParameter');

  const film = await submit(body);
  const waiting = await submit(body);
  assert.equal(film.output.task_status, 'PENDING');
  await post(`/api/v1/tasks/${waiting.output.task_id}/cancel`, {});
  const made = await settled(film.output.task_id);
  assert.equal(made.output.task_status, 'SUCCEEDED', JSON.stringify(made));
  assert.ok(Math.abs(made.usage.video_duration - 1.5) < 0.05);
  const bytes = Buffer.from(await (await fetch(made.output.results.video_url)).arrayBuffer());
  assert.equal(bytes.toString('latin1', 4, 8), 'ftyp');
  assert.equal((await settled(waiting.output.task_id)).output.task_status, 'CANCELED');
  const late = await post(`/api/v1/tasks/${film.output.task_id}/cancel`, {});
  assert.deepEqual([late.status, late.json().code], [400, 'UnsupportedOperation']);

  for (const [it, headers, code] of [
    [body, { 'x-dashscope-async': 'enable' }, 'InvalidURL'],
    [{ ...body, input: { image_url: sound.url, audio_url: sound.url } }, both, 'InvalidFile.Format'],
    [
      { ...body, input: { ...body.input, audio_url: (await upload('liveportrait', hum(500))).url } },
      both,
      'InvalidFile.Duration',
    ],
    [
      { ...body, input: { ...body.input, image_url: (await upload('wan2.2-s2v', hum(500))).url } },
      both,
      'InvalidURL.NoSuchKey',
    ],
    [
      { ...body, input: { ...body.input, image_url: (await upload('liveportrait', await picture(2000))).url } },
      both,
      'InvalidFile.Resolution',
    ],
  ] as [Json, Record<string, string>, string][]) {
    const { output } = await settled((await submit(it, headers)).output.task_id);
    assert.deepEqual([output.task_status, output.code], ['FAILED', code]);
  }
  server.faults.next('tasks', { kind: 'error-event', code: 'InternalError.Algo', message: 'no', afterChunks: 0 });
  assert.equal((await settled((await submit(body)).output.task_id)).output.code, 'InternalError.Algo');

  const listed = await get('/api/v1/tasks?status=FAILED&page_size=2');
  assert.deepEqual([listed.total, listed.data.length, listed.total_page], [6, 2, 3]);
  const detected = await post(
    '/api/v1/services/aigc/image2video/face-detect',
    { model: 'liveportrait-detect', input: { image_url: person.url } },
    both,
  );
  assert.deepEqual(detected.json().output, { pass: true, message: 'success' });
  server.advance(25 * 3600_000);
  const forgotten = await get(`/api/v1/tasks/${film.output.task_id}`);
  assert.deepEqual(forgotten.output, { task_id: film.output.task_id, task_status: 'UNKNOWN' });
  assert.equal((await fetch(made.output.results.video_url)).status, 403);
});

test('voices are enrolled, waited for, listed and deleted; sound that no voice can be made of is refused with 430', async () => {
  const act = (input: Json, model = 'voice-enrollment') =>
    post(CUSTOMIZATION, { model, input }, { 'x-dashscope-ossresourceresolve': 'enable' });
  const sent = async (bytes: Uint8Array<ArrayBuffer>) => (await upload('voice-enrollment', bytes)).url;
  const create = { action: 'create_voice', target_model: 'cosyvoice-v3-flash', prefix: 'anna' };
  const made = (await act({ ...create, url: await sent(hum(12_000)) })).json().output.voice_id;
  assert.match(made, /^cosyvoice-v3-flash-anna-/);
  const query = async () => (await act({ action: 'query_voice', voice_id: made })).json().output.status;
  let status = await query();
  while (status === 'DEPLOYING') status = await query();
  assert.equal(status, 'OK');
  assert.deepEqual(
    (await act({ action: 'list_voice', prefix: 'anna' })).json().output.voice_list.map((voice: Json) => voice.voice_id),
    [made],
  );
  assert.equal((await act({ action: 'delete_voice', voice_id: made })).status, 200);
  assert.equal((await act({ action: 'query_voice', voice_id: made })).json().code, 'BadRequest.ResourceNotExist');

  for (const [bytes, status, code] of [
    [hum(12_000, 8000), 430, 'Audio.AudioRateError'],
    [hum(2000), 400, 'Audio.AudioShortError'],
    [new Uint8Array(Buffer.concat([wavHeader(480_000, 24_000), Buffer.alloc(480_000)])), 430, 'Audio.AudioSilentError'],
    [new Uint8Array(Buffer.from('no sound at all')), 430, 'Audio.DecoderError'],
    [new Uint8Array(11 << 20), 430, 'Audio.FileSizeExceed'],
  ] as [Uint8Array<ArrayBuffer>, number, string][]) {
    const refused = await act({ ...create, url: await sent(bytes) });
    assert.deepEqual([refused.status, refused.json().code], [status, code]);
  }
  assert.equal(
    (await act({ ...create, prefix: 'much-too-long-a-name', url: 'http://127.0.0.1:9/x' })).json().code,
    'InvalidParameter',
  );

  const data = `data:audio/wav;base64,${Buffer.from(hum(5000)).toString('base64')}`;
  const qwen = (input: Json) => act(input, 'qwen-voice-enrollment');
  const own = (
    await qwen({ action: 'create', target_model: 'qwen3-tts-vc-2026-01-22', preferred_name: 'anna', audio: { data } })
  ).json().output;
  const say = (model: string) => post(MULTIMODAL, { model, input: { text: '你好。', voice: own.voice } });
  assert.equal((await say('qwen3-tts-vc-2026-01-22')).status, 200);
  assert.equal((await say('qwen3-tts-flash')).status, 400, 'a clone speaks with its own model alone');
});

test('hot words are kept in lists', async () => {
  const act = async (input: Json) =>
    (await post('/api/v1/services/audio/asr/customization', { model: 'speech-biasing', input })).json();
  const create = { action: 'create_vocabulary', target_model: 'fun-asr-realtime', prefix: 'demo' };
  const { vocabulary_id } = (await act({ ...create, vocabulary: [{ text: '小慧', weight: 4 }] })).output;
  assert.deepEqual((await act({ action: 'query_vocabulary', vocabulary_id })).output.vocabulary, [
    { text: '小慧', weight: 4 },
  ]);
  assert.equal((await act({ ...create, vocabulary: [{ text: '字'.repeat(16), weight: 4 }] })).code, 'InvalidParameter');
  assert.equal((await act({ ...create, vocabulary: [{ text: '小慧', weight: 6 }] })).code, 'InvalidParameter');
});
