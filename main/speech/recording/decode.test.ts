import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import ffmpegInstaller from '@ffmpeg-installer/ffmpeg';
import { StudioError } from '../../../app/errors/index.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { decodeArguments, decodeRecording } from './decode.ts';
import { pcmFolder } from './synthetic-speech.fixture.ts';

const ffmpegPath = ffmpegInstaller.path;
const folder = pcmFolder();
after(() => folder.dispose());

/** 16-bit WAV, mono. */
const wav = (samples: Float32Array, rate = 44_100): Buffer => {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8);
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36);
  bytes.writeUInt32LE(samples.length * 2, 40);
  for (const [i, value] of samples.entries()) bytes.writeInt16LE(Math.round(value * 32_767), 44 + i * 2);
  return bytes;
};
const tone = (seconds: number, level: number, rate = 44_100): Float32Array =>
  Float32Array.from({ length: Math.round(seconds * rate) }, (_, i) => level * Math.sin((2 * Math.PI * 300 * i) / rate));

const put = (name: string, bytes: Buffer | string): string => {
  const path = folder.path(name);
  writeFileSync(path, bytes);
  return path;
};
const out = (): { ffmpegPath: string; pcmOutPath: string } => ({ ffmpegPath, pcmOutPath: folder.path('out.s16') });
const refused = async (path: string, code: string): Promise<void> => {
  await assert.rejects(decodeRecording(path, out()), (error) => {
    assert.ok(error instanceof StudioError, String(error));
    assert.equal(error.code, code);
    return true;
  });
};
let leftBefore: string[];
before(() => {
  leftBefore = readdirSync(folder.path('.'));
});

test('a recording becomes 48 kHz mono with its silence measured, whatever its name', async () => {
  const sound = new Float32Array(44_100 * 2);
  sound.set(tone(1, 0.5), 22_050);
  const path = put('-y %03d "a:b|c\' 声.wav', wav(sound));
  const decoded = await decodeRecording(path, out());
  assert.equal(decoded.samples, 2 * SAMPLE_RATE);
  assert.equal(statSync(decoded.pcmPath).size, decoded.samples * 2);
  assert.ok(Math.abs(decoded.leadingSilenceMs - 500) <= 20, `leading ${decoded.leadingSilenceMs}`);
  assert.ok(Math.abs(decoded.trailingSilenceMs - 500) <= 20, `trailing ${decoded.trailingSilenceMs}`);
  assert.ok(Math.abs(decoded.peakDb + 6) < 0.3, `peak ${decoded.peakDb}`);
});

test('what is no usable recording is refused by name', async () => {
  await refused(folder.path('nowhere.wav'), 'speech.recording-missing');
  await refused(folder.path('.'), 'speech.recording-unreadable');
  await refused(put('text.wav', 'These are words, not sound.\n'.repeat(50)), 'speech.recording-not-audio');
  await refused(put('empty.mp3', ''), 'speech.recording-not-audio');
  await refused(put('one.wav', wav(Float32Array.of(0.5))), 'speech.recording-too-short');
  await refused(put('blip.wav', wav(tone(0.08, 0.5))), 'speech.recording-too-short');
  await refused(put('mute.wav', wav(new Float32Array(44_100))), 'speech.recording-silent');
  await refused(put('hiss.wav', wav(tone(1, 0.0008))), 'speech.recording-silent');
  assert.deepEqual(
    readdirSync(folder.path('.')).filter((name) => name.endsWith('.part')),
    [],
  );
});

test('a playlist that names other files is not followed', async () => {
  put('other.wav', wav(tone(1, 0.5)));
  await refused(put('list.wav', "ffconcat version 1.0\nfile 'other.wav'\n"), 'speech.recording-not-audio');
  const playlist = '#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/x.ts\n';
  await refused(put('stream.wav', playlist), 'speech.recording-not-audio');
  assert.ok(decodeArguments('-i').some((argument) => argument.startsWith('file:/') && argument.endsWith('/-i')));
});

test('aborting ends the decoder and leaves nothing behind', async () => {
  const path = put('long.wav', wav(tone(60, 0.3, 44_100)));
  const controller = new AbortController();
  const reason = new Error('enough');
  const decoding = decodeRecording(path, { ffmpegPath, pcmOutPath: folder.path('aborted.s16') }, controller.signal);
  setImmediate(() => controller.abort(reason));
  await assert.rejects(decoding, (error) => error === reason);
  const left = readdirSync(folder.path('.')).filter((name) => name.startsWith('aborted') && !leftBefore.includes(name));
  assert.deepEqual(left, []);
});
