/** A recording in the shape that the face and the output read: as one utterance, or cut into the script's lines. */
import { open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EmotionKey } from '../../../app/speech/emotion.ts';
import { type Phone, shiftTimeline, type Timeline } from '../../../app/speech/timeline.ts';
import { ENVELOPE_STEP_MS, type Utterance } from '../../engine/ports/speech.ts';
import { alignToReference, type RecordingWarning } from './align.ts';
import { msToSamples, type PcmFile, readPcm, samplesToMs } from './pcm-file.ts';

/** RMS (0..1) of every ENVELOPE_STEP_MS. */
export async function readEnvelope(recording: PcmFile, signal?: AbortSignal): Promise<Float32Array> {
  const step = msToSamples(ENVELOPE_STEP_MS);
  const envelope = new Float32Array(Math.ceil(recording.samples / step));
  let at = 0;
  for await (const block of readPcm(recording, signal)) {
    for (const sample of block) {
      const slot = Math.floor(at++ / step);
      envelope[slot] = envelope[slot]! + (sample / 32_768) ** 2;
    }
  }
  return envelope.map((energy, slot) => Math.sqrt(energy / Math.min(step, recording.samples - slot * step)));
}

/** The whole of a decoded recording, with its own file as PCM; `timeline` on its clock, e.g. by `estimateTimeline`. */
export async function recordingUtterance(
  recording: { pcmPath: string; samples: number },
  timeline: Timeline,
  line: { lineId: string; displayText?: string; emotions?: EmotionKey[] },
  signal?: AbortSignal,
): Promise<Utterance> {
  return {
    lineId: line.lineId,
    displayText: line.displayText ?? '',
    pcmPath: recording.pcmPath,
    samples: recording.samples,
    timeline,
    envelope: await readEnvelope(recording, signal),
    emotions: line.emotions ?? [],
    markers: [],
    pauseAfterMs: 0,
  };
}

/** Writes PCM pieces one after another; the file appears under its name only when complete. */
const writePcm = async (
  pcmPath: string,
  pieces: readonly (PcmFile | { silence: number })[],
  signal?: AbortSignal,
): Promise<void> => {
  const partPath = `${pcmPath}.part`;
  const output = await open(partPath, 'w');
  try {
    for (const piece of pieces) {
      if ('silence' in piece) {
        for (let left = piece.silence * 2; left > 0; left -= 65_536)
          await output.writeFile(Buffer.alloc(Math.min(left, 65_536)));
        continue;
      }
      for await (const block of readPcm(piece, signal)) {
        await output.writeFile(Buffer.from(block.buffer, block.byteOffset, block.byteLength));
      }
    }
    await output.sync();
    await output.close();
    await rename(partPath, pcmPath);
  } finally {
    await output.close().catch(() => {});
    await rm(partPath, { force: true });
  }
};

const cutPhones = (phones: readonly Phone[], fromMs: number, toMs: number): Phone[] =>
  phones
    .filter((phone) => phone.startMs < toMs && phone.endMs > fromMs)
    .map(({ phone, startMs, endMs }) => ({
      phone,
      startMs: Math.max(startMs, fromMs) - fromMs,
      endMs: Math.min(endMs, toMs) - fromMs,
    }));

const rebase = <T extends { startMs: number; endMs: number }>(items: readonly T[], fromMs: number, toMs: number): T[] =>
  items.map((item) => ({
    ...item,
    startMs: Math.max(0, Math.min(item.startMs, toMs) - fromMs),
    endMs: Math.max(0, Math.min(item.endMs, toMs) - fromMs),
  }));

export interface RecordedLines {
  /** One a reference, in order, together covering the recording; PCM slices lie in the folder given. */
  utterances: Utterance[];
  confidence: number;
  warnings: RecordingWarning[];
}

/**
 * The script's lines as said in `recording`: `references` are the same lines synthesised, in order. Line i gets its part
 * of the recording (cut in the middle of the pause between two lines), its words, emotions and markers at the moments
 * they are said. Writes `line-<n>.s16` into `folder`. Errors as `alignToReference`.
 */
export async function recordingToUtterances(
  recording: PcmFile,
  references: readonly Utterance[],
  folder: string,
  signal?: AbortSignal,
): Promise<RecordedLines> {
  const referencePath = join(folder, `reference-${process.pid}.s16`);
  const starts: number[] = [];
  const whole: Timeline = { durationMs: 0, phones: [], words: [], sentences: [] };
  const pieces: (PcmFile | { silence: number })[] = [];
  let samples = 0;
  for (const line of references) {
    const startMs = samplesToMs(samples);
    starts.push(startMs);
    const moved = shiftTimeline(line.timeline, startMs);
    for (const phone of moved.phones) whole.phones.push(phone);
    for (const word of moved.words) whole.words.push(word);
    for (const sentence of moved.sentences) whole.sentences.push(sentence);
    const silence = msToSamples(line.pauseAfterMs);
    pieces.push({ pcmPath: line.pcmPath, samples: line.samples }, { silence });
    samples += line.samples + silence;
  }
  whole.durationMs = samplesToMs(samples);
  try {
    await writePcm(referencePath, pieces, signal);
    const reference = { pcm: { pcmPath: referencePath, samples }, timeline: whole };
    const { timeline, confidence, warnings, toRecordingMs } = await alignToReference(recording, reference, signal);

    const cuts = cutSamples(recording, references, timeline, starts, toRecordingMs);
    const utterances: Utterance[] = [];
    let word = 0;
    let sentence = 0;
    for (const [i, line] of references.entries()) {
      const from = cuts[i]!;
      const to = cuts[i + 1]!;
      const [fromMs, toMs] = [samplesToMs(from), samplesToMs(to)];
      const slice: PcmFile = { ...recording, offsetSamples: (recording.offsetSamples ?? 0) + from, samples: to - from };
      const pcmPath = join(folder, `line-${i}.s16`);
      await writePcm(pcmPath, [slice], signal);
      const said = (atMs: number): number => Math.max(0, Math.min(toMs, toRecordingMs(starts[i]! + atMs)) - fromMs);
      utterances.push({
        lineId: line.lineId,
        displayText: line.displayText,
        pcmPath,
        samples: to - from,
        timeline: {
          durationMs: toMs - fromMs,
          phones: cutPhones(timeline.phones, fromMs, toMs),
          words: rebase(timeline.words.slice(word, word + line.timeline.words.length), fromMs, toMs),
          sentences: rebase(
            timeline.sentences.slice(sentence, sentence + line.timeline.sentences.length),
            fromMs,
            toMs,
          ),
        },
        envelope: await readEnvelope(slice, signal),
        // What holds from the line's start holds from its slice's start, breath before the first word included.
        emotions: line.emotions.map((key) => ({ ...key, atMs: key.atMs <= 0 ? 0 : said(key.atMs) })),
        markers: line.markers.map((marker) => ({ ...marker, atMs: said(marker.atMs) })),
        pauseAfterMs: 0,
      });
      word += line.timeline.words.length;
      sentence += line.timeline.sentences.length;
    }
    return { utterances, confidence, warnings };
  } finally {
    await rm(referencePath, { force: true });
  }
}

/** Sample at which each line begins in the recording, and its end: the middle between two lines' words. */
const cutSamples = (
  recording: PcmFile,
  references: readonly Utterance[],
  timeline: Timeline,
  starts: readonly number[],
  toRecordingMs: (ms: number) => number,
): number[] => {
  const cuts = [0];
  let word = 0;
  for (let i = 1; i < references.length; i++) {
    word += references[i - 1]!.timeline.words.length;
    const before =
      references[i - 1]!.timeline.words.length > 0 ? timeline.words[word - 1]!.endMs : toRecordingMs(starts[i]!);
    const after = references[i]!.timeline.words.length > 0 ? timeline.words[word]!.startMs : toRecordingMs(starts[i]!);
    const cut = msToSamples((before + Math.max(before, after)) / 2);
    cuts.push(Math.max(cuts[i - 1]!, Math.min(recording.samples, cut)));
  }
  cuts.push(recording.samples);
  return cuts;
};
