import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { after, test } from 'node:test';
import { EMOTION_BLENDS } from '../../../app/speech/emotion-presets.ts';
import type { Utterance } from '../../engine/ports/speech.ts';
import { pcmFolder, type Spoken, speak } from './synthetic-speech.fixture.ts';
import { readEnvelope, recordingToUtterances, recordingUtterance } from './utterances.ts';

const LINES = ['Good morning, everyone.', 'My name is Peter, and I make videos.', 'See you tomorrow.'];
const folder = pcmFolder();
after(() => folder.dispose());

const asUtterance = (spoken: Spoken, n: number): Utterance => ({
  lineId: `line-${n}`,
  displayText: LINES[n]!,
  ...folder.write(spoken.pcm),
  timeline: spoken.timeline,
  envelope: new Float32Array(0),
  emotions: [
    { atMs: 0, emotion: 'happy', intensity: 1, blend: EMOTION_BLENDS.happy },
    { atMs: spoken.timeline.words[1]!.startMs, emotion: 'serious', intensity: 0.5, blend: EMOTION_BLENDS.serious },
  ],
  markers: [{ name: 'here', argument: '', atMs: spoken.timeline.words[1]!.startMs }],
  pauseAfterMs: 300,
});

test('each script line gets its own part of the recording, its words, cues and sound', async () => {
  const references = await Promise.all(LINES.map(async (line, n) => asUtterance(await speak('en-us', line), n)));
  const spoken: Spoken[] = [];
  for (const line of LINES) spoken.push(await speak('en-us+f2', line, { rate: 190, scale: 1.05 }));
  const pauseMs = 700;
  const startsMs: number[] = [];
  const length = spoken.reduce((sum, each) => sum + each.pcm.length + pauseMs * 48, 0);
  const pcm = new Float32Array(length);
  let at = 0;
  for (const each of spoken) {
    startsMs.push(at / 48);
    pcm.set(each.pcm, at);
    at += each.pcm.length + pauseMs * 48;
  }
  const recording = folder.write(pcm);
  const { utterances } = await recordingToUtterances(recording, references, folder.path('.'));

  assert.deepEqual(
    utterances.map((utterance) => [utterance.lineId, utterance.displayText]),
    LINES.map((line, n) => [`line-${n}`, line]),
  );
  const joined = Buffer.concat(utterances.map((utterance) => readFileSync(utterance.pcmPath)));
  assert.ok(joined.equals(readFileSync(recording.pcmPath)), 'the slices make up the recording');
  let offsetMs = 0;
  utterances.forEach((utterance, n) => {
    assert.equal(statSync(utterance.pcmPath).size, utterance.samples * 2);
    assert.equal(utterance.envelope.length, Math.ceil(utterance.samples / 480));
    assert.ok(Math.abs(utterance.timeline.durationMs - utterance.samples / 48) < 1e-6);
    assert.equal(utterance.timeline.words.length, spoken[n]!.timeline.words.length);
    utterance.timeline.words.forEach((word, i) => {
      const expected = startsMs[n]! + spoken[n]!.timeline.words[i]!.startMs;
      const found = offsetMs + word.startMs;
      assert.ok(Math.abs(found - expected) <= 90, `line ${n} word ${i}: ${found} for ${expected}`);
    });
    assert.equal(utterance.emotions[0]!.atMs, 0);
    const cue = startsMs[n]! + spoken[n]!.timeline.words[1]!.startMs;
    assert.ok(Math.abs(offsetMs + utterance.markers[0]!.atMs - cue) <= 90);
    assert.equal(utterance.emotions[1]!.atMs, utterance.markers[0]!.atMs);
    offsetMs += utterance.timeline.durationMs;
  });
  assert.ok(!readdirSync(folder.path('.')).some((name) => name.startsWith('reference-') || name.endsWith('.part')));
});

test('the envelope is the RMS of each 10 ms', async () => {
  const pcm = Float32Array.from({ length: 48_000 + 240 }, (_, i) => (i < 24_000 ? 0 : 0.5 * Math.sin(i / 5)));
  const file = folder.write(pcm);
  const envelope = await readEnvelope(file);
  assert.equal(envelope.length, 101);
  assert.equal(envelope[20], 0);
  for (const slot of [60, 100])
    assert.ok(Math.abs(envelope[slot]! - 0.5 / Math.SQRT2) < 0.02, `${slot}: ${envelope[slot]}`);
  const timeline = { durationMs: 1005, phones: [], words: [], sentences: [] };
  const whole = await recordingUtterance(file, timeline, { lineId: 'recording' });
  assert.deepEqual([whole.samples, whole.pcmPath, whole.pauseAfterMs], [48_240, file.pcmPath, 0]);
});
