import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import sherpa from 'sherpa-onnx-node';
import { tinyVad } from './vad.ts';

test('a graph that was written is read by ONNX Runtime and does what it says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-onnx-'));
  try {
    const model = join(folder, 'vad.onnx');
    await writeFile(model, tinyVad());
    const silero = { model, threshold: 0.5, minSilenceDuration: 0.25, minSpeechDuration: 0.1, maxSpeechDuration: 20 };
    const vad = new sherpa.Vad({ sileroVad: { ...silero, windowSize: 512 }, sampleRate: 16_000 }, 10);
    const sound = new Float32Array(48_000);
    for (let i = 16_000; i < 32_000; i++) sound[i] = 0.2 * Math.sin(i / 10);
    for (let at = 0; at + 512 <= sound.length; at += 512) vad.acceptWaveform(sound.subarray(at, at + 512));
    vad.flush();
    assert.ok(!vad.isEmpty());
    const { start, samples } = vad.front(false);
    assert.ok(Math.abs(start - 16_000) < 1000, `speech from ${start}`);
    // It ends when the network's 150 ms and the quarter of a second without speech are over, give or take a window.
    const late = start + samples.length - 32_000;
    assert.ok(late > -512 && late < 16_000 * (0.15 + 0.25) + 512, `speech to ${start + samples.length}`);
    vad.pop();
    assert.ok(vad.isEmpty());
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
