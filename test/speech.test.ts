/** The embedded voice, the speech stage and the programme together, judged by the sound that comes out. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { voiceSchema } from '../app/document/voice.ts';
import { StudioError } from '../app/errors/index.ts';
import { NORMAL_PROSODY, type SpeechLang, type UtterancePlan } from '../app/speech/plan.ts';
import { programme } from '../main/engine/stages/programme.ts';
import { createSpeechStage, type SpeechStage } from '../main/engine/stages/speech.ts';
import { createEspeakProvider } from '../main/providers/tts/espeak/index.ts';
import { LoudnessMeter } from '../main/speech/loudness.ts';

const provider = createEspeakProvider();
const signal = new AbortController().signal;
let cacheDir = '';
let stage: SpeechStage;
before(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), 'speech-'));
  stage = createSpeechStage({ providers: [provider], cacheDir });
});
after(async () => {
  await provider.dispose();
  await rm(cacheDir, { recursive: true, force: true });
});

function planOf(...parts: [SpeechLang, string][]): UtterancePlan {
  let displayText = '';
  return {
    parts: parts.map(([lang, text]) => {
      const from = displayText.length;
      displayText += text;
      return {
        kind: 'speech',
        lang,
        tokens: [{ display: text, spoken: text, from, to: displayText.length }],
        prosody: NORMAL_PROSODY,
        emphasis: false,
      } as const;
    }),
    get displayText() {
      return displayText;
    },
  };
}
const speak = (lineVoiceId: string | null, ...parts: [SpeechLang, string][]) =>
  stage.speak(planOf(...parts), { lineId: 'l', voice: voiceSchema.parse({}), lineVoiceId, pauseAfterMs: 250 }, signal);

test('a programme in two languages comes out at −16 LUFS under −1 dBTP, as long as it says, its words where sound is', async () => {
  const utterances = [
    await speak(
      null,
      ['zh', '大家好，欢迎来到今天的节目！我们用'],
      ['en', 'artificial intelligence'],
      ['zh', '播报新闻。'],
    ),
    await speak('espeak:en-gb+f3', ['en', 'Good morning, and welcome. Here is the news of the day.']),
    await speak('espeak:cmn+f2', ['zh', '明天多云转晴，气温十五到二十三度，请大家注意增减衣物。']),
  ];
  const programmed = await programme(utterances, join(cacheDir, 'sound.s16'), {}, signal);
  const { entries, samples, durationMs } = programmed;
  assert.equal(entries[0]!.startMs, 400);
  const last = entries.at(-1)!;
  assert.ok(Math.abs(durationMs - (last.startMs + last.utterance.timeline.durationMs + 600)) < 0.1);

  const bytes = await readFile(programmed.soundPath);
  assert.equal(bytes.length, samples * 2);
  const heard = Float32Array.from({ length: samples }, (_, i) => bytes.readInt16LE(i * 2) / 32768);
  const meter = new LoudnessMeter();
  meter.add(heard);
  const { integratedLufs, truePeakDbtp } = meter.finish();
  assert.ok(Math.abs(integratedLufs + 16) <= 0.3, `${integratedLufs} LUFS`);
  assert.ok(truePeakDbtp <= -1.2, `${truePeakDbtp} dBTP`);

  const level = (fromMs: number, toMs: number): number => {
    const piece = heard.subarray(Math.round(fromMs * 48), Math.round(toMs * 48));
    return Math.sqrt(piece.reduce((sum, sample) => sum + sample * sample, 0) / piece.length);
  };
  assert.ok(level(0, 380) < 1e-4 && level(durationMs - 550, durationMs) < 1e-4);
  for (const { utterance, startMs } of entries) {
    for (const word of utterance.timeline.words)
      assert.ok(level(startMs + word.startMs, startMs + word.endMs) > 0.015, word.text);
    for (const { phone, startMs: from, endMs } of utterance.timeline.phones)
      if (phone === '' && endMs - from > 100) assert.ok(level(startMs + from, startMs + endMs) < 0.02);
  }
  const shown = utterances[0]!.timeline.words.map(({ from, to }) => utterances[0]!.displayText.slice(from, to));
  assert.equal(shown.join(''), '大家好欢迎来到今天的节目我们用artificialintelligence播报新闻');
});

test('a programme in which nothing is said is refused in words', async () => {
  const silent = await speak(null, ['zh', '……！😀']);
  assert.equal(silent.samples, 0);
  await assert.rejects(
    programme([silent], join(cacheDir, 'silent.s16'), {}, signal),
    (error) => error instanceof StudioError && error.code === 'speech.nothing-to-say',
  );
});
