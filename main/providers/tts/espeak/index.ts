/**
 * eSpeak NG (GPL-3.0-or-later) as WebAssembly in a thread of its own: every language it has, no network, no model.
 * https://github.com/espeak-ng/espeak-ng
 */
import type { Prosody } from '../../../../app/speech/plan.ts';
import type { Word } from '../../../../app/speech/timeline.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider, type TtsRequest } from '../../../engine/ports/tts.ts';
import { type Clause, clausesOf } from './clauses.ts';
import { createSpeechEngine } from './engine.ts';
import { phonesOf } from './phones.ts';
import type { ClauseJob, ClauseSound } from './protocol.ts';
import { ENGINE_SAMPLE_RATE, resampleTo48k } from './resample.ts';
import { type KnownVoices, knownVoices, PROVIDER_ID, type ResolvedVoice, resolveVoice } from './voices.ts';
import { wordsOf } from './words.ts';

/** Raise when the same request would sound or be timed differently: caches of synthesised speech key on it. */
const SOUND_VERSION = 1;

/** Engine words a minute at rate 1: about 4.3 characters a second in Chinese, 165 words a minute in English, rests included. */
const BASE_RATE: Record<string, number> = { cmn: 180, yue: 180 };
const OTHER_RATE = 158;
const NORMAL_PITCH = 50;
const NORMAL_RANGE = 55;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** The engine's pitch scale is logarithmic: 0 half, 50 as made, 99 double. */
const enginePitch = (factor: number): number => Math.round(clamp(NORMAL_PITCH + 50 * Math.log2(factor), 0, 99));

const EMPHASIS = { rate: 0.86, pitch: 1.12, volume: 1.35, range: 80 };

function jobOf(clause: Clause, voice: ResolvedVoice, prosody: Prosody, emphasis: boolean): ClauseJob {
  const rate = prosody.rate * (emphasis ? EMPHASIS.rate : 1);
  return {
    voice: voice.engineVoice,
    rate: Math.round(clamp((BASE_RATE[voice.base] ?? OTHER_RATE) * rate, 80, 450)),
    pitch: enginePitch(prosody.pitch * (emphasis ? EMPHASIS.pitch : 1)),
    range: emphasis ? EMPHASIS.range : NORMAL_RANGE,
    characters: clause.characters,
    pinyin: clause.pinyin,
    mandarin: voice.base === 'cmn',
    ending: clause.ending,
  };
}

const QUIET = 0.004 * 32768;
const LEAD_MS = 25;
const TAIL_MS = 35;
const FADE_SAMPLES = Math.round(0.004 * SAMPLE_RATE);
const samplesOf = (ms: number, rate: number): number => Math.round((ms * rate) / 1000);

/** Cuts the silence the engine leaves at both ends. Half-open range in engine samples. */
function audibleRange(pcm: Int16Array): { from: number; to: number } {
  let from = 0;
  while (from < pcm.length && Math.abs(pcm[from]!) < QUIET) from += 1;
  let to = pcm.length;
  while (to > from && Math.abs(pcm[to - 1]!) < QUIET) to -= 1;
  if (to === from) return { from: 0, to: 0 };
  return {
    from: Math.max(0, from - samplesOf(LEAD_MS, ENGINE_SAMPLE_RATE)),
    to: Math.min(pcm.length, to + samplesOf(TAIL_MS, ENGINE_SAMPLE_RATE)),
  };
}

/** So that neither end of a clause steps. */
function fadeEnds(pcm: Float32Array): void {
  const length = Math.min(FADE_SAMPLES, pcm.length >> 1);
  for (let i = 0; i < length; i++) {
    const weight = 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / length);
    pcm[i]! *= weight;
    pcm[pcm.length - 1 - i]! *= weight;
  }
}

interface SpokenClause {
  pcm: Float32Array<ArrayBuffer>;
  phones: ReturnType<typeof phonesOf>;
  words: Word[];
}

/** Timing is measured on what is kept: 0 is the first kept sample. */
function finish(sound: ClauseSound, clause: Clause, gain: number, language: string): SpokenClause {
  const { from, to } = audibleRange(sound.pcm);
  const kept = sound.pcm.subarray(from, to);
  const pcm = resampleTo48k(kept, gain);
  fadeEnds(pcm);
  const cutMs = (from * 1000) / ENGINE_SAMPLE_RATE;
  const durationMs = (pcm.length * 1000) / SAMPLE_RATE;
  const shift = (atMs: number): number => clamp(atMs - cutMs, 0, durationMs);
  const events = sound.phones.map(({ id, atMs }) => ({ id, atMs: shift(atMs) }));
  const phones = phonesOf(events, kept, ENGINE_SAMPLE_RATE, durationMs, language);
  const marks = sound.marks.map(({ index, atMs }) => ({ index, atMs: shift(atMs) }));
  return { pcm, phones, words: wordsOf(clause, marks, phones, durationMs) };
}

export function createEspeakProvider(): TtsProvider {
  const engine = createSpeechEngine();
  let known: Promise<KnownVoices> | null = null;
  const voices = async (signal?: AbortSignal): Promise<KnownVoices> => {
    known ??= engine.voices().then(knownVoices);
    const listing = known;
    listing.catch(() => {
      if (known === listing) known = null;
    });
    if (!signal) return listing;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      listing.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
    });
  };

  async function* synthesise(request: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    const voice = resolveVoice(request.voiceId, await voices(signal));
    const { part } = request;
    const gain = part.prosody.volume * (part.emphasis ? EMPHASIS.volume : 1);
    const clauses = clausesOf(part);
    let samples = 0;
    for (const [i, clause] of clauses.entries()) {
      const sound = await engine.speak(jobOf(clause, voice, part.prosody, part.emphasis), signal);
      const spoken = finish(sound, clause, gain, voice.base);
      giveBack(sound.pcm);
      const startMs = (samples * 1000) / SAMPLE_RATE;
      const rest = i + 1 < clauses.length ? Math.round(samplesOf(clause.restMs, SAMPLE_RATE) / part.prosody.rate) : 0;
      const phones = spoken.phones.map((phone) => later(phone, startMs));
      const restStart = startMs + (spoken.pcm.length * 1000) / SAMPLE_RATE;
      if (rest > 0) phones.push({ phone: '', startMs: restStart, endMs: restStart + (rest * 1000) / SAMPLE_RATE });
      samples += spoken.pcm.length + rest;
      for (const pcm of [spoken.pcm, new Float32Array(rest)]) {
        if (pcm.length > 0) yield { type: 'audio', pcm };
        giveBack(pcm);
      }
      if (phones.length > 0) yield { type: 'phones', phones };
      if (spoken.words.length > 0) yield { type: 'words', words: spoken.words.map((word) => later(word, startMs)) };
    }
  }

  return {
    id: PROVIDER_ID,
    version: `espeak-ng 0.3.5/${SOUND_VERSION}`,
    voices: async (signal) => (await voices(signal)).listed,
    synthesise,
    dispose: () => engine.dispose(),
  };
}

/** Frees samples nobody needs any more. Left to the collector, minutes of speech pile up before it sees a reason to run. */
const giveBack = ({ buffer }: Int16Array<ArrayBuffer> | Float32Array<ArrayBuffer>): void => void buffer.transfer(0);

const later = <T extends { startMs: number; endMs: number }>(item: T, byMs: number): T => ({
  ...item,
  startMs: item.startMs + byMs,
  endMs: item.endMs + byMs,
});
