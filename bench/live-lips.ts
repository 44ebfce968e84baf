/** Lips against sound in what was received of a stream: where each line is heard, and what sounds it is made of. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UtteranceTrace } from '../app/live/protocol.ts';
import { planLine } from '../app/speech/script/plan.ts';
import type { Phone } from '../app/speech/timeline.ts';
import type { Utterance } from '../main/engine/ports/speech.ts';
import { SAMPLE_RATE } from '../main/engine/ports/tts.ts';
import { speakOptionsOf } from '../main/engine/stages/speech.ts';
import type { BenchRun } from './bench.ts';
import { videoShape } from './decode-video.ts';
import { median } from './figures.ts';
import { lipLag, phoneOpenness } from './lip-measures.ts';
import { watchFace } from './lips.ts';
import { beginnings, cutFlv, onset, peaksOf, soundPeaks, watchStrip } from './live-media.ts';
import { liveBenchShow, SENTENCES } from './live-show.ts';

export interface SpokenLine {
  utterance: Utterance;
  /** From its beginning to its first sound. */
  leadInMs: number;
}

/** The bench's lines as the voice says them, in their order. */
export async function spokenLines({ studio, signal }: Pick<BenchRun, 'studio' | 'signal'>): Promise<SpokenLine[]> {
  const { voice } = liveBenchShow({ id: 'lines' });
  return await Promise.all(
    SENTENCES.map(async (text, i) => {
      const plan = planLine(
        { text, emotion: 'neutral', intensity: 1 },
        { dictionary: [], emotions: [], defaultLang: 'en' },
      );
      const options = speakOptionsOf({ id: `line-${i}`, voiceId: null, pauseAfterMs: 300 }, voice);
      const utterance = await studio.speech.speak(plan, options, signal);
      const bytes = await readFile(utterance.pcmPath);
      const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
      return { utterance, leadInMs: onset(peaksOf(pcm, SAMPLE_RATE), 0, 2000) ?? 0 };
    }),
  );
}

/** All lines begin with the same word: one value serves them all. */
export const leadInOf = (lines: readonly SpokenLine[]): number => median(lines.map(({ leadInMs }) => leadInMs));

/**
 * Which line each beginning is: the place on the stream's clock at which most of them are where a trace says that one began.
 * @returns indices of {@link SENTENCES}; null for one that fits none
 */
export function linesHeard(startsMs: readonly number[], traces: readonly UtteranceTrace[]): (number | null)[] {
  const told = traces.flatMap(({ fromStreamMs, text }) => {
    const line = SENTENCES.findIndex((sentence) => text.endsWith(sentence));
    return fromStreamMs === null || line < 0 ? [] : [{ fromMs: fromStreamMs, line }];
  });
  let best: (number | null)[] = startsMs.map(() => null);
  let most = 0;
  for (const { fromMs } of told) {
    const shift = fromMs - (startsMs[0] ?? 0);
    const lines = startsMs.map((ms) => told.find((each) => Math.abs(each.fromMs - ms - shift) <= 60)?.line ?? null);
    const fitting = lines.filter((line) => line !== null).length;
    if (fitting <= most) continue;
    [best, most] = [lines, fitting];
  }
  return best;
}

/** From `fromMs` of a received file on: how the lips agree with what is heard there. */
export async function lipsOf(
  path: string,
  fromMs: number,
  seconds: number,
  lines: readonly SpokenLine[],
  traces: readonly UtteranceTrace[],
  { studio, scratchDir, signal, say }: BenchRun,
): Promise<{ lagMs: number; correlation: number }> {
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  const cut = await cutFlv(path, join(scratchDir, 'lips.flv'), fromMs, fromMs + seconds * 1000 + 4000);
  const shape = await videoShape(ffmpegPath, cut.path, signal);
  const peaks = await soundPeaks(ffmpegPath, cut.path, signal);
  const size = { widthPx: shape.width, heightPx: shape.height };
  const strip = await watchStrip(ffmpegPath, cut.path, size, signal);
  const heard = beginnings(
    strip.flashes.map((i) => cut.pictureMs[i] ?? 0),
    peaks,
  ).map(({ heardMs }) => heardMs - leadInOf(lines));
  const which = linesHeard(heard, traces);
  const phones: Phone[] = heard.flatMap((startMs, i) => {
    const line = which[i];
    if (line === null || line === undefined) return [];
    return lines[line]!.utterance.timeline.phones.map((phone) => ({
      ...phone,
      ...{ startMs: phone.startMs + startMs, endMs: phone.endMs + startMs },
    }));
  });
  if (phones.length === 0) throw new Error('no line was found again in what was received');
  const { track } = await watchFace(ffmpegPath, cut.path, shape, seconds, signal, say);
  return lipLag(track, phoneOpenness(phones, (track.lipGap.length * 1000) / shape.fps));
}
