/** `chat --once "…" --speak answer.wav`: the answer as sound, spoken while it is being written, and kept as a file. */
import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { outputSchema } from '../../app/document/output.ts';
import { voiceSchema } from '../../app/document/voice.ts';
import { StudioError } from '../../app/errors/index.ts';
import { HAN } from '../../app/speech/normalise/characters.ts';
import { SOFTWARE, type Studio } from '../compose.ts';
import type { ChatMessage, ChatRequest } from '../engine/ports/llm.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { type EmotionalSentence, emotionInstruction } from '../engine/stages/emotional-text.ts';
import { speakAnswer } from '../engine/stages/spoken-answer.ts';
import { openEncoder } from '../media/encoder-sink.ts';
import { openTempDir } from '../storage/paths.ts';
import type { VerbContext, VerbResult } from './cli.ts';
import { badValue } from './faults.ts';
import { chooseOutput } from './output-names.ts';

/** @throws StudioError of the model, the voice or the file; UsageFault for a name that is no WAV */
export async function answerAloud(
  { console, signal }: VerbContext,
  { providers, paths }: Studio,
  { messages, ...request }: ChatRequest,
  file: string,
  voiceId: string | null,
): Promise<VerbResult> {
  const { outPath, format } = await chooseOutput({ out: file, format: undefined, otherwise: 'wav', name: 'answer' });
  if (format !== 'wav') throw badValue('--speak', file, { en: 'a name that ends in .wav', zh: '以 .wav 结尾的文件名' });
  const lang = HAN.test(messages.at(-1)!.content) ? 'zh' : 'en';
  const told: ChatMessage = { role: 'system', content: emotionInstruction(lang) };
  const choose = await providers.voiceSource.chooser(signal);
  const voice = choose(lang, { voice: voiceSchema.parse({ voiceId }), lineVoiceId: null });
  const sentences: (EmotionalSentence & { writtenMs: number })[] = [];
  const begunMs = performance.now();
  const sinceMs = (): number => Math.round(performance.now() - begunMs);

  async function* pieces(): AsyncGenerator<string> {
    for await (const event of providers.answers.chat({ ...request, messages: [told, ...messages] }, signal)) {
      if (event.type === 'text') yield event.text;
      if (event.type === 'thinking') console.aside(event.text);
      if (event.type === 'withdrawn') throw new StudioError('cloud.unsafe-text', { provider: providers.answers.id });
    }
  }
  const onSentence = (sentence: EmotionalSentence): void => {
    console.stream(sentences.length > 0 && lang === 'en' ? ` ${sentence.text}` : sentence.text);
    sentences.push({ ...sentence, writtenMs: sinceMs() });
  };

  const scratch = await openTempDir(paths.tempDir);
  try {
    const soundPath = join(scratch.path, 'answer.pcm');
    let firstSoundMs: number | null = null;
    let samples = 0;
    {
      await using sound = await open(soundPath, 'w');
      const options = { stream: providers.stream, voiceId: voice.id, lang, onSentence } as const;
      for await (const pcm of speakAnswer(pieces(), options, signal)) {
        if (pcm.length > 0) firstSoundMs ??= sinceMs();
        samples += pcm.length;
        await sound.write(Int16Array.from(pcm, (value) => Math.max(-1, Math.min(1, value)) * 32_767));
      }
    }
    if (sentences.length > 0) console.stream('\n');
    const sink = await openEncoder({
      ...{ format, outPath, soundPath, signal, cacheDir: paths.cacheDir, output: outputSchema.parse({}) },
      ...{ widthPx: 2, heightPx: 2, fps: 25, alpha: false, metadata: { produceId: randomUUID(), software: SOFTWARE } },
    });
    await sink.finish();
    console.note(outPath);
    return {
      json: {
        answer: sentences.map(({ text }) => text).join(lang === 'en' ? ' ' : ''),
        ...{ sound: outPath, durationMs: Math.round((samples * 1000) / SAMPLE_RATE), voice: voice.id },
        ...{ firstSoundMs, sentences },
      },
    };
  } finally {
    await scratch.dispose();
  }
}
