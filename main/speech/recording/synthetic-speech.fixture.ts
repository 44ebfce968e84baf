/** Real synthesised speech with known timing, for tests: eSpeak NG, and what rooms and people do to a voice. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import createEspeak from '@echogarden/espeak-ng-emscripten';
import type { Phone, Timeline, Word } from '../../../app/speech/timeline.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import type { PcmFile } from './pcm-file.ts';

const ESPEAK_RATE = 22_050;

export interface Spoken {
  pcm: Float32Array;
  timeline: Timeline;
}

let espeak: Promise<EspeakWorker> | undefined;

interface EspeakEvent {
  type: string;
  text_position: number;
  word_length: number;
  audio_position: number;
  id?: string | number;
}
interface EspeakWorker {
  set_voice(name: string): number;
  set_rate(wordsPerMinute: number): void;
  set_pitch(pitch: number): void;
  synthesize(text: string, onChunk: (pcm: Int16Array | null, events: EspeakEvent[]) => void): void;
}

/** `scale` > 1 plays the voice back faster and higher, formants and all: another, smaller speaker. */
export async function speak(
  voice: string,
  text: string,
  { rate = 160, pitch = 50, scale = 1 }: { rate?: number; pitch?: number; scale?: number } = {},
): Promise<Spoken> {
  espeak ??= (async () => {
    const module = await createEspeak();
    return await new module.eSpeakNGWorker();
  })();
  const worker = await espeak;
  worker.set_voice(voice);
  worker.set_rate(rate);
  worker.set_pitch(pitch);
  const chunks: Int16Array[] = [];
  const events: EspeakEvent[] = [];
  worker.synthesize(text, (pcm, heard) => {
    if (pcm) chunks.push(Int16Array.from(pcm));
    events.push(...heard);
  });
  const raw = new Int16Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    raw.set(chunk, at);
    at += chunk.length;
  }
  const step = (ESPEAK_RATE * scale) / SAMPLE_RATE;
  const pcm = new Float32Array(Math.floor((raw.length - 1) / step));
  for (let i = 0; i < pcm.length; i++) {
    const from = Math.floor(i * step);
    const part = i * step - from;
    pcm[i] = (raw[from]! * (1 - part) + raw[from + 1]! * part) / 32_768;
  }
  return { pcm, timeline: timelineOf(events, (pcm.length * 1000) / SAMPLE_RATE, scale) };
}

const timelineOf = (events: readonly EspeakEvent[], durationMs: number, scale: number): Timeline => {
  const sounds = events.filter((event) => event.type === 'phoneme');
  const phones: Phone[] = [];
  sounds.forEach((event, i) => {
    const startMs = event.audio_position / scale;
    const endMs = i + 1 < sounds.length ? sounds[i + 1]!.audio_position / scale : durationMs;
    if (endMs > startMs) phones.push({ phone: String(event.id ?? ''), startMs, endMs });
  });
  const heads = events.filter((event) => event.type === 'word');
  const words: Word[] = heads.map((event, i) => ({
    text: `#${i}`,
    from: event.text_position - 1,
    to: event.text_position - 1 + event.word_length,
    startMs: event.audio_position / scale,
    endMs: i + 1 < heads.length ? heads[i + 1]!.audio_position / scale : durationMs,
  }));
  return { durationMs, phones, words, sentences: [] };
};

/** A small deterministic noise source: −1..1. */
const noiseSource = (seed: number): (() => number) => {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x80000000 - 1;
  };
};

/** Room noise (gently falling spectrum) at `snrDb` under the speech's RMS. */
export function withNoise({ pcm, timeline }: Spoken, snrDb: number, seed = 7): Spoken {
  let energy = 0;
  for (const value of pcm) energy += value * value;
  const random = noiseSource(seed);
  const noise = new Float32Array(pcm.length);
  let low = 0;
  let noiseEnergy = 0;
  for (let i = 0; i < noise.length; i++) {
    low = 0.9 * low + 0.1 * random();
    noise[i] = low + 0.05 * random();
    noiseEnergy += noise[i]! ** 2;
  }
  const gain = Math.sqrt(energy / Math.max(1e-12, noiseEnergy)) * 10 ** (-snrDb / 20);
  return { pcm: pcm.map((value, i) => value + noise[i]! * gain), timeline };
}

/** Silence of the given lengths put before the words of the given numbers. */
export function withPauses({ pcm, timeline }: Spoken, pauses: readonly { beforeWord: number; ms: number }[]): Spoken {
  const cuts = pauses
    .map(({ beforeWord, ms }) => ({ atMs: timeline.words[beforeWord]!.startMs, ms }))
    .sort((a, b) => a.atMs - b.atMs);
  const shifted = (ms: number, inclusive: boolean): number =>
    ms + cuts.reduce((sum, cut) => sum + (cut.atMs < ms || (inclusive && cut.atMs === ms) ? cut.ms : 0), 0);
  const total = cuts.reduce((sum, cut) => sum + cut.ms, 0);
  const out = new Float32Array(pcm.length + Math.round((total * SAMPLE_RATE) / 1000));
  let read = 0;
  let write = 0;
  for (const cut of [...cuts, { atMs: timeline.durationMs, ms: 0 }]) {
    const until = Math.min(pcm.length, Math.round((cut.atMs * SAMPLE_RATE) / 1000));
    out.set(pcm.subarray(read, until), write);
    write += until - read + Math.round((cut.ms * SAMPLE_RATE) / 1000);
    read = until;
  }
  const moved = <T extends { startMs: number; endMs: number }>(item: T): T => ({
    ...item,
    startMs: shifted(item.startMs, true),
    endMs: shifted(item.endMs, false),
  });
  return {
    pcm: out,
    timeline: {
      durationMs: timeline.durationMs + total,
      phones: timeline.phones.map(moved),
      words: timeline.words.map(moved),
      sentences: [],
    },
  };
}

/** A folder for PCM files; `dispose` removes it. */
export function pcmFolder(): { write(pcm: Float32Array): PcmFile; path(name: string): string; dispose(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'recording-'));
  let count = 0;
  return {
    write(pcm) {
      const pcmPath = join(folder, `${count++}.s16`);
      const bytes = Buffer.alloc(pcm.length * 2);
      for (let i = 0; i < pcm.length; i++) {
        bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, pcm[i]!)) * 32_767), i * 2);
      }
      writeFileSync(pcmPath, bytes);
      return { pcmPath, samples: pcm.length };
    },
    path: (name) => join(folder, name),
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}
