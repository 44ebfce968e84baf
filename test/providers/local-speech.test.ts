/** The ear on this machine, on tiny models, as every other; it and the voice where they meet bad files and their process dies. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { DictationEvent, SubtitleEvent } from '../../app/contract/dictation.ts';
import { describeError, StudioError } from '../../app/errors/index.ts';
import type { ModelTask } from '../../app/models/manifest.ts';
import { providerSettingsSchema, SECRETS } from '../../app/providers/settings.ts';
import { NORMAL_PROSODY } from '../../app/speech/plan.ts';
import { createProviders } from '../../main/compose-providers.ts';
import { ASR_SAMPLE_RATE } from '../../main/engine/ports/asr.ts';
import { SAMPLE_RATE } from '../../main/engine/ports/tts.ts';
import { withPhones } from '../../main/engine/stages/with-phones.ts';
import { locateFfmpeg } from '../../main/media/ffmpeg/locate.ts';
import { createSherpaEar } from '../../main/providers/asr/sherpa/index.ts';
import { openSherpaProcess } from '../../main/providers/kit/sherpa-process.ts';
import { createEspeakProvider } from '../../main/providers/tts/espeak/index.ts';
import { createSherpaVoice } from '../../main/providers/tts/sherpa/index.ts';
import { createMemorySecrets } from '../../main/storage/memory-secrets.ts';
import { createDictationService } from '../../main/studio/dictation.ts';
import { spoken } from '../../scripts/tiny-models/alphabet.ts';
import { asrConformance, finalsOf, heardBy, joined, said, silence } from './asr-conformance.ts';
import { installTinyModels, type TinyModels } from './local-models.fixture.ts';
import { assertTimes, partOf, say } from './tts-conformance.ts';

const VOICE = 'local-voice:tiny-voice-zh-1';
const s16 = (pcm: Float32Array): Int16Array => Int16Array.from(pcm, (sample) => Math.round(sample * 32_767));
const own = {
  texts: { zh: '今天天气真好，我们去公园散步。', zh2: '你听我说。' },
  say: (text: string) => s16(spoken(text.replace(/\p{P}/gu, ''), ASR_SAMPLE_RATE)),
};
const sound = own.say(own.texts.zh);
const letters = (text: string): string => text.replace(/\P{L}/gu, '');

const ears = {
  zipformer: await installTinyModels('zipformer', 'punctuation'),
  'sense-voice': await installTinyModels('sense-voice', 'vad', 'punctuation'),
};
const voices = await installTinyModels('voice-zh');
after(() => Promise.all([...Object.values(ears), voices].map((each) => each[Symbol.asyncDispose]())));

for (const [id, models] of Object.entries(ears))
  asrConformance({ id, words: true, own, open: () => createSherpaEar({ models }) }, null);

describe('what is the local ear’s and voice’s own', () => {
  test('a streaming Paraformer hears too, and what is heard gets its marks', async () => {
    await using models = await installTinyModels('paraformer', 'punctuation');
    const ear = createSherpaEar({ models });
    try {
      const twice = joined(silence(300), sound, silence(1500), own.say('你呢'), silence(1200));
      const finals = finalsOf(await heardBy(ear, said(twice, 50)));
      assert.deepEqual(
        finals.map(({ text }) => text),
        ['今天天气真好，我们去公园散步。', '你呢？'],
      );
      assert.ok(Math.abs(finals[0]!.startMs - 300) < 100, `begins at ${finals[0]!.startMs}`);
      assert.equal(models.used.at(-1)?.ok, true);
    } finally {
      await ear.dispose();
    }
  });

  test('the ear understands the voice, and the voice has its sounds in their times', async () => {
    const embedded = createEspeakProvider();
    const voice = createSherpaVoice({ models: voices });
    const ear = createSherpaEar({ models: ears.zipformer });
    try {
      const text = '今天天气真好。我们去公园散步。';
      const filled = await say(withPhones(voice, { embedded }), VOICE, partOf('zh', text));
      assertTimes(filled.phones, filled.durationMs);
      assert.ok(filled.phones.filter(({ phone }) => phone !== '').length > 20);
      const step = SAMPLE_RATE / ASR_SAMPLE_RATE;
      const pcm = s16(filled.pcm.filter((_, i) => i % step === 0));
      const finals = finalsOf(await heardBy(ear, said(joined(pcm, silence(1200)), 50)));
      assert.equal(finals.map((each) => letters(each.text)).join(''), letters(text));
    } finally {
      await Promise.all([voice.dispose(), ear.dispose(), embedded.dispose()]);
    }
  });

  test('prosody is heard: faster is shorter, higher is as long and higher, louder is louder', async () => {
    const voice = createSherpaVoice({ models: voices });
    const sayAt = (more: Partial<typeof NORMAL_PROSODY>) =>
      say(voice, VOICE, partOf('zh', '今今今今', { prosody: { ...NORMAL_PROSODY, ...more } }));
    // The runtime shortens what is silent between.
    const sounding = ({ pcm }: { pcm: Float32Array }): number =>
      pcm.reduce((sum, one) => sum + (Math.abs(one) > 0.02 ? 1 : 0), 0);
    const crossings = ({ pcm }: { pcm: Float32Array }): number =>
      pcm.reduce((sum, sample, i) => sum + (i > 0 && pcm[i - 1]! < -0.02 !== sample < -0.02 ? 1 : 0), 0);
    const loudest = ({ pcm }: { pcm: Float32Array }): number => pcm.reduce((most, one) => Math.max(most, one), 0);
    try {
      const normal = await sayAt({});
      const fast = await sayAt({ rate: 1.5 });
      const high = await sayAt({ pitch: 1.25 });
      const quiet = await sayAt({ volume: 0.5 });
      assert.ok(Math.abs(sounding(normal) / sounding(fast) - 1.5) < 0.1, `${sounding(fast)} of ${sounding(normal)}`);
      assert.ok(Math.abs(sounding(high) / sounding(normal) - 1) < 0.05, `${sounding(high)} of ${sounding(normal)}`);
      assert.ok(
        Math.abs(crossings(high) / crossings(normal) - 1.25) < 0.08,
        `${crossings(high)} of ${crossings(normal)}`,
      );
      assert.ok(Math.abs(loudest(quiet) / loudest(normal) - 0.5) < 0.05);
    } finally {
      await voice.dispose();
    }
  });

  test('with the network off a line is dictated, and a recording gets its subtitles, by the chain', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shenghua-dictation-'));
    const embedded = createEspeakProvider();
    const settings = providerSettingsSchema.parse({ policy: { mode: 'offline' } });
    const providers = createProviders({
      ...{ dataDir: folder, cacheDir: folder, embedded, settings, models: ears['sense-voice'] },
      ...{ secrets: createMemorySecrets({ [SECRETS.bailianKey]: 'sk-never-asked' }), environment: {} },
    });
    const dictation = createDictationService({
      asr: providers.asr,
      assets: { resolve: async () => join(folder, 'talk.wav') },
      scratchDir: join(folder, 'scratch'),
      ffmpeg: (stop) => locateFfmpeg({ cacheDir: folder, signal: stop }),
      lay: async (fileName) => ({ path: '/media/bundle/x', fileName }),
      speed: 30,
    });
    const { signal } = new AbortController();
    try {
      const pcm = joined(silence(300), sound, silence(900), own.say('你呢'), silence(300));
      const pieces = Array.from({ length: Math.ceil(pcm.length / 1600) }, (_, i) =>
        pcm.slice(i * 1600, (i + 1) * 1600),
      );
      const lines: string[] = [];
      let partials = 0;
      for await (const event of dictation.listen(
        { languages: ['zh'], hotWords: [] },
        signal,
      ) as AsyncIterable<DictationEvent>) {
        if (event.type === 'partial') partials += 1;
        if (event.type === 'final') lines.push(event.text);
        if (event.type !== 'ready') continue;
        const { session } = event;
        for (const [index, { buffer }] of pieces.entries())
          await dictation.sound({ session, index, pcm: Buffer.from(buffer).toString('base64') }, signal);
        await dictation.finish({ session, pieces: pieces.length }, signal);
      }
      assert.deepEqual(lines, ['今天天气真好，我们去公园散步。', '你呢？']);
      assert.ok(partials > 0);

      await writeFile(join(folder, 'talk.wav'), wav(pcm));
      const asset = { sha256: 'a'.repeat(64), mediaType: 'audio/wav', fileName: 'talk.wav' };
      let done: SubtitleEvent | null = null;
      for await (const event of dictation.subtitle(
        { asset, languages: ['zh'], hotWords: [] },
        signal,
      ) as AsyncIterable<SubtitleEvent>)
        done = event;
      assert.ok(done?.type === 'done');
      assert.deepEqual(
        done.lines.map(({ text }) => letters(text)),
        [letters(own.texts.zh), '你呢'],
      );
    } finally {
      await providers[Symbol.asyncDispose]();
      await embedded.dispose();
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('a process that is killed is followed by another: nothing said is lost, nothing is left behind', async () => {
    const hearing = openSherpaProcess();
    const speaking = openSherpaProcess();
    const ear = createSherpaEar({ models: ears.zipformer, process: hearing });
    const voice = createSherpaVoice({ models: voices, process: speaking });
    const pids = new Set<number>();
    const kill = (pid: number | null): void => {
      assert.ok(pid !== null);
      pids.add(pid);
      process.kill(pid, 'SIGKILL');
    };
    try {
      await Promise.all([ear.warm(AbortSignal.timeout(30_000)), voice.warm(AbortSignal.timeout(30_000))]);
      kill(speaking.pid);
      const spokenText = await say(voice, VOICE, partOf('zh', own.texts.zh));
      assert.ok(spokenText.durationMs > 2500);

      async function* withDeath() {
        const all = joined(silence(300), sound, silence(1500), own.say('你听我说'), silence(1200));
        const half = sound.length + ASR_SAMPLE_RATE * 2.4;
        yield* said(all.subarray(0, half), 10);
        kill(hearing.pid);
        yield* said(all.subarray(half), 10);
      }
      const finals = finalsOf(await heardBy(ear, withDeath()));
      assert.deepEqual(
        finals.map(({ text }) => letters(text)),
        [letters(own.texts.zh), '你听我说'],
      );
      const second = (sound.length * 1000) / ASR_SAMPLE_RATE + 1800;
      assert.ok(Math.abs(finals[1]!.startMs - second) < 250, `begins at ${finals[1]!.startMs}, not ${second}`);
      for (const each of [hearing.pid, speaking.pid]) if (each !== null) pids.add(each);
    } finally {
      await Promise.all([ear.dispose(), voice.dispose()]);
    }
    assert.ok(pids.size >= 4, `${pids.size} processes were there`);
    for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
  });

  const network = async (models: TinyModels, task: ModelTask): Promise<Buffer> =>
    await readFile(join(models.now.get(task)!.folder, 'model.onnx'));
  const bad: readonly [string, ModelTask, (folder: string) => Promise<unknown>][] = [
    ['cut off', 'asr', (folder) => truncate(join(folder, 'model.onnx'), 3000)],
    ['a page', 'asr', (folder) => writeFile(join(folder, 'model.onnx'), '<!doctype html><title>404</title>')],
    ['a voice', 'asr', async (folder) => writeFile(join(folder, 'model.onnx'), await network(voices, 'tts'))],
    ['without its words', 'asr', (folder) => rm(join(folder, 'tokens.txt'))],
    // What only the runtime finds out ends its process.
    ['with bits turned', 'asr', (folder) => flipped(join(folder, 'model.onnx'))],
    [
      'no detector',
      'vad',
      async (folder) => writeFile(join(folder, 'model.onnx'), await network(ears['sense-voice'], 'asr')),
    ],
  ];
  test('bad files are told in words, and a good model is heard by right after', async () => {
    await using models = await installTinyModels('sense-voice', 'vad');
    const ear = createSherpaEar({ models });
    const whole = new Map(models.now);
    try {
      for (const [what, task, spoil] of bad) {
        await using spoilt = await installTinyModels('sense-voice', 'vad');
        await spoil(spoilt.now.get(task)!.folder);
        models.now.set(task, spoilt.now.get(task)!);
        await assert.rejects(heardBy(ear, said(sound, 100)), (error) => {
          assert.ok(error instanceof StudioError, `${what}: ${error}`);
          assert.equal(error.code, 'model.not-readable', `${what}: ${error.message}`);
          for (const lang of ['en', 'zh-CN'] as const) {
            const { message, hint } = describeError(error, lang);
            assert.ok(message.includes('Trial sense-voice') && hint !== '', message);
          }
          return true;
        });
        models.now.set(task, whole.get(task)!);
        const [final] = finalsOf(await heardBy(ear, said(joined(silence(300), sound, silence(800)), 100)));
        assert.equal(letters(final!.text), letters(own.texts.zh), what);
      }
    } finally {
      await ear.dispose();
    }
  });

  test('without a model, or without a detector for one that needs it, it says what is missing', async () => {
    await using none = await installTinyModels('vad');
    await using alone = await installTinyModels('sense-voice');
    const [deaf, blind] = [createSherpaEar({ models: none }), createSherpaEar({ models: alone })];
    const mute = createSherpaVoice({ models: none });
    try {
      assert.deepEqual(await mute.voices(), []);
      await assert.rejects(say(mute, VOICE, partOf('zh', '好。')), { code: 'model.not-installed' });
      await assert.rejects(heardBy(deaf, said(sound, 100)), { code: 'model.not-installed' });
      await assert.rejects(heardBy(blind, said(sound, 100)), { code: 'model.not-readable', message: /voice detector/ });
    } finally {
      await Promise.all([deaf, blind, mute].map((each) => each.dispose()));
    }
  });
});

function wav(pcm: Int16Array): Uint8Array {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + pcm.length * 2, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(ASR_SAMPLE_RATE, 24);
  head.writeUInt32LE(ASR_SAMPLE_RATE * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36);
  head.writeUInt32LE(pcm.length * 2, 40);
  return Buffer.concat([head, Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)]);
}

async function flipped(path: string): Promise<void> {
  const bytes = await readFile(path);
  // In the graph, whose length stays what it was.
  for (let i = 100; i < 1500; i += 41) bytes[i]! ^= 0x10;
  await writeFile(path, bytes);
}
