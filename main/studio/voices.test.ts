import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { examinedRecordingSchema, sampleVoiceSchema, voiceDescriptionSchema } from '../../app/contract/voices.ts';
import { StudioError } from '../../app/errors/index.ts';
import { createStudio, type Studio } from '../compose.ts';
import { openWav } from '../media/wav.ts';
import { openStorage, type Storage } from '../storage/open.ts';
import type { MediaProvider } from './service.ts';
import { createSpeakingLines } from './speaking.ts';
import { createSpokenMedia } from './spoken-media.ts';
import { createVoiceService, type VoiceService } from './voices.ts';

const signal = new AbortController().signal;
let folder = '';
let studio: Studio;
let storage: Storage;
let service: VoiceService;
let spoken: ReturnType<typeof createSpokenMedia>;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voices-service-'));
  studio = createStudio({ dataDir: folder });
  storage = await openStorage({ dataDir: folder });
  spoken = createSpokenMedia(studio.speech);
  const speaking = createSpeakingLines(studio.speech);
  service = createVoiceService({ studio, speaking, spoken, assets: storage.assets });
});
after(async () => {
  storage.close();
  await studio[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function wavAt(media: MediaProvider, path: string): Promise<Int16Array> {
  const found = await media(path.split('/').slice(3), { query: new URLSearchParams(), signal });
  assert.ok(found?.body.kind === 'bytes', path);
  const bytes = Buffer.from(found.body.bytes);
  assert.equal(bytes.toString('latin1', 0, 4), 'RIFF');
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset + 44, bytes.byteOffset + bytes.length));
}
const rms = (pcm: Int16Array): number => Math.sqrt(pcm.reduce((sum, value) => sum + value * value, 0) / pcm.length);

test('every voice is listed and says who it is in its own language, each differently', async () => {
  const list = voiceDescriptionSchema.array().parse(await service.calls.list({}, signal));
  assert.ok(list.length > 100 && list.every(({ provider, id }) => id.startsWith(`${provider}:`)));
  const paths = new Set<string>();
  for (const voiceId of [
    'espeak:cmn+f3',
    'espeak:cmn',
    'espeak:yue',
    'espeak:ja',
    'espeak:ru',
    'espeak:ar',
    'espeak:tlh',
  ]) {
    if (!list.some(({ id }) => id === voiceId)) continue;
    const { path, durationMs } = await service.calls.sample(sampleVoiceSchema.parse({ voiceId }), signal);
    assert.ok(durationMs > 700, `${voiceId} ${durationMs}`);
    assert.ok(rms(await wavAt(spoken.media, path)) > 300, voiceId);
    paths.add(path);
  }
  assert.ok(paths.size >= 6);
  const at = async (rate: number) =>
    (
      await service.calls.sample(
        sampleVoiceSchema.parse({ voiceId: 'espeak:en-us', text: 'One two three four', rate }),
        signal,
      )
    ).durationMs;
  assert.ok((await at(2)) < 0.75 * (await at(1)));
  await assert.rejects(
    async () => service.calls.sample(sampleVoiceSchema.parse({ voiceId: 'espeak:nobody' }), signal),
    (error: unknown) => error instanceof StudioError && error.code === 'speech.unknown-voice',
  );
});

test('a recording is heard through the studio, drawn, measured, and remarked on', async () => {
  const examined = async (name: string, sample: (i: number) => number) => {
    const path = join(folder, name);
    const wav = await openWav(path, { sampleRateHz: 48_000, channels: 1 });
    await wav.write(
      Int16Array.from({ length: 96_000 }, (_, i) => Math.round(32_767 * Math.max(-1, Math.min(1, sample(i))))),
    );
    await wav.finish();
    const asset = await storage.assets.put(path, { mediaType: 'audio/wav', fileName: name });
    return examinedRecordingSchema.parse(await service.calls.examineRecording({ asset }, signal));
  };
  /** Half seconds of a tone with silence between. */
  const talk = (level: number, floor: number) => (i: number) =>
    (Math.floor(i / 12_000) % 2 === 0 ? level : floor) * Math.sin(i / 17);
  const good = await examined('good.wav', talk(0.3, 0));
  assert.deepEqual(good.findings, []);
  assert.equal(good.durationMs, 2000);
  assert.ok(Math.abs(good.peak - 0.3) < 0.01 && good.loudnessLufs !== null && good.loudnessLufs > -25);
  const { peaks, stepMs } = good.waveform;
  assert.equal(peaks.length * stepMs, 2000);
  assert.ok(peaks[10]! > 0.25 && peaks[35]! < 0.05);
  assert.equal((await wavAt(service.media, good.path)).length, 96_000);
  assert.deepEqual((await examined('loud.wav', talk(3, 0))).findings, ['clipped']);
  assert.deepEqual((await examined('quiet.wav', talk(0.008, 0))).findings, ['quiet']);
  assert.deepEqual((await examined('noisy.wav', talk(0.3, 0.2))).findings, ['noisy']);

  const path = join(folder, 'x.mp3');
  await writeFile(path, 'no sound at all');
  const asset = await storage.assets.put(path, { mediaType: 'audio/mpeg', fileName: 'x.mp3' });
  await assert.rejects(
    async () => service.calls.examineRecording({ asset }, signal),
    (error: unknown) => error instanceof StudioError && error.code === 'speech.recording-not-audio',
  );
  assert.equal(await service.media(['0'.repeat(64)], { query: new URLSearchParams(), signal }), null);
});
