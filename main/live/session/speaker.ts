/**
 * Lines become sound before they are due: a sentence at a time, a few lines ahead, each kept until it has been said. A voice that fails or
 * hangs is asked once more; then the sentence is left out, and told.
 */
import { open } from 'node:fs/promises';
import type { Project } from '../../../app/document/project.ts';
import type { VoiceSettings } from '../../../app/document/voice.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { SpeechLang, UtterancePlan } from '../../../app/speech/plan.ts';
import { planLine } from '../../../app/speech/script/plan.ts';
import type { Utterance } from '../../engine/ports/speech.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import type { SpeechStage } from '../../engine/stages/speech.ts';
import { LoudnessMeter, MAX_GAIN_DB, ratioOf } from '../../speech/loudness.ts';
import type { Piece } from './pieces.ts';

/** What is said at once, as it lies in memory until it has been said. */
export interface Spoken {
  utterance: Utterance;
  pcm: Int16Array;
  /** To the programme's loudness. */
  gain: number;
  /** Monotonic ms. */
  spokenAtMs: number;
}

export interface SpeakerOptions {
  speech: Pick<SpeechStage, 'speak'>;
  nowMs(): number;
  onTrouble(error: unknown): void;
  timeoutMs?: number;
}

export interface PieceVoice {
  lineId: string;
  voice: VoiceSettings;
  lineVoiceId: string | null;
}

const TIMEOUT_MS = 20_000;
/** What EBU meters read of the stereo stream; a voice in the middle is 3 LU more there than in a mono file. */
const TARGET_LUFS = -16 - 3;
/** What was heard so long ago weighs half. */
const MEMORY_S = 60;

export class Speaker {
  readonly #options: SpeakerOptions;
  readonly #stop = new AbortController();
  /** How loud each voice is, as far as it was heard. */
  readonly #heard = new Map<string, { energy: number; seconds: number }>();

  constructor(options: SpeakerOptions) {
    this.#options = options;
  }

  /** Loads what the first word in each language would have to wait for. Never rejects. */
  async warm({ voice, script: { dictionary }, emotions }: Project): Promise<void> {
    const { signal } = this.#stop;
    const say = async (text: string, defaultLang: SpeechLang): Promise<void> => {
      const plan = planLine({ text, emotion: 'neutral', intensity: 1 }, { dictionary, emotions, defaultLang });
      // Never found in the cache: the voice itself is what is woken.
      plan.parts.push({ kind: 'pause', ms: 1 + Math.random() });
      await this.#once(plan, { lineId: 'warm', voice, lineVoiceId: null }, signal);
    };
    await Promise.allSettled([say('你好，123。', 'zh'), say('Hello, 123.', 'en')]);
  }

  /** null where no voice would say it. Never rejects. */
  async speak(piece: Piece, who: PieceVoice, signal: AbortSignal): Promise<Spoken | null> {
    const both = AbortSignal.any([signal, this.#stop.signal]);
    for (let attempt = 0; attempt < 2 && !both.aborted; attempt++) {
      try {
        const utterance = await this.#once(piece.plan, who, both);
        const pcm = await readSamples(utterance.pcmPath, 0, utterance.samples);
        return { utterance, pcm, gain: this.#gainFor(who, pcm), spokenAtMs: this.#options.nowMs() };
      } catch (error) {
        if (!both.aborted) this.#options.onTrouble(error);
      }
    }
    return null;
  }

  /** Of a recording: a stretch of sound that is there already. null where its file is gone. */
  async heard(utterance: Utterance, path: string, from: number, to: number): Promise<Spoken | null> {
    try {
      const pcm = await readSamples(path, from, to);
      const who = { lineId: '', voice: RECORDED, lineVoiceId: utterance.lineId };
      return { utterance, pcm, gain: this.#gainFor(who, pcm), spokenAtMs: this.#options.nowMs() };
    } catch (error) {
      this.#options.onTrouble(error);
      return null;
    }
  }

  async #once(
    plan: UtterancePlan,
    { lineId, voice, lineVoiceId }: PieceVoice,
    signal: AbortSignal,
  ): Promise<Utterance> {
    const timeoutMs = this.#options.timeoutMs ?? TIMEOUT_MS;
    const late = new AbortController();
    const done = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const error = new StudioError(
        'session.voice-silent',
        { seconds: Math.round(timeoutMs / 1000) },
        { retryable: true },
      );
      late.abort(error);
      done.reject(error);
    }, timeoutMs);
    try {
      const options = { lineId, voice, lineVoiceId, pauseAfterMs: 0 };
      // A provider that does not listen to its signal must not hold the show either.
      return await Promise.race([
        this.#options.speech.speak(plan, options, AbortSignal.any([signal, late.signal])),
        done.promise,
      ]);
    } finally {
      clearTimeout(timer);
      done.promise.catch(() => undefined);
    }
  }

  #gainFor({ voice, lineVoiceId }: PieceVoice, pcm: Int16Array): number {
    const meter = new LoudnessMeter({ truePeak: false });
    const block = new Float32Array(SAMPLE_RATE);
    for (let from = 0; from < pcm.length; from += block.length) {
      const length = Math.min(block.length, pcm.length - from);
      for (let i = 0; i < length; i++) block[i] = pcm[from + i]! / 32_768;
      meter.add(block.subarray(0, length));
    }
    const { integratedLufs } = meter.finish();
    const key = JSON.stringify([lineVoiceId, voice.voiceId, voice.byLanguage]);
    const before = this.#heard.get(key) ?? { energy: 0, seconds: 0 };
    if (Number.isFinite(integratedLufs)) {
      const seconds = pcm.length / SAMPLE_RATE;
      const kept = 0.5 ** (seconds / MEMORY_S);
      before.energy = before.energy * kept + 10 ** (integratedLufs / 10) * seconds;
      before.seconds = before.seconds * kept + seconds;
      if (this.#heard.size > 64) this.#heard.clear();
      this.#heard.set(key, before);
    }
    if (before.seconds === 0) return 1;
    return ratioOf(Math.min(MAX_GAIN_DB, TARGET_LUFS - 10 * Math.log10(before.energy / before.seconds)));
  }

  dispose(): void {
    this.#stop.abort(new DOMException('the show is over', 'AbortError'));
  }
}

const RECORDED: VoiceSettings = { voiceId: 'recording:own', byLanguage: {}, rate: 1, pitch: 1, volume: 1 };

async function readSamples(path: string, from: number, to: number): Promise<Int16Array> {
  await using file = await open(path, 'r');
  const pcm = new Int16Array(Math.max(0, to - from));
  const bytes = new Uint8Array(pcm.buffer);
  let done = 0;
  while (done < bytes.length) {
    const { bytesRead } = await file.read(bytes, done, bytes.length - done, from * 2 + done);
    if (bytesRead === 0) throw new Error('a cached sound ended early');
    done += bytesRead;
  }
  return pcm;
}
