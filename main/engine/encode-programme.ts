/**
 * Sound and picture of a finished programme into one output: two loops, each at the pace of its own pipe, one clock. A
 * frame's time is always index / fps; the sound is padded to the last frame's end.
 */
import type { EncoderSink } from './ports/encoder.ts';
import type { FrameSource, FrameSpeech } from './ports/frames.ts';

/** Speech is announced this much before an engine needs it at the latest. */
const ANNOUNCE_MARGIN_MS = 500;

export interface ProgrammeInput {
  fps: number;
  /** Frames to draw; 0 for sound alone. */
  frames: number;
  /** In order of time; taken as it is needed. */
  speech: Iterable<FrameSpeech>;
  /** The whole programme's sound, mono s16 at SAMPLE_RATE. */
  sound: AsyncIterable<Int16Array>;
}

export interface EncodeHooks {
  onFrame?: (done: number, total: number) => void;
  signal: AbortSignal;
}

/** Drives the sink to its end; on any failure the sink is aborted and the failure thrown. */
export async function encodeProgramme(
  input: ProgrammeInput,
  source: FrameSource | null,
  sink: EncoderSink,
  { onFrame, signal }: EncodeHooks,
): Promise<void> {
  const stop = new AbortController();
  const halted = AbortSignal.any([signal, stop.signal]);

  const writeSound = async (): Promise<void> => {
    for await (const pcm of input.sound) {
      halted.throwIfAborted();
      await sink.writeAudio(pcm);
    }
  };

  const writePicture = async (): Promise<void> => {
    if (source === null) return;
    const speech = input.speech[Symbol.iterator]();
    let next = speech.next();
    const asked: ReturnType<FrameSource['frame']>[] = [];
    let requested = 0;
    const askAhead = (): void => {
      while (requested < input.frames && asked.length < source.depth) {
        const horizonMs = (requested * 1000) / input.fps + source.lookAheadMs + ANNOUNCE_MARGIN_MS;
        while (!next.done && next.value.startMs <= horizonMs) {
          source.speak(next.value);
          next = speech.next();
        }
        const frame = source.frame(requested++);
        // Its failure is met when its turn comes; until then it must not count as unhandled.
        frame.catch(() => undefined);
        asked.push(frame);
      }
    };
    for (let done = 0; done < input.frames; done++) {
      askAhead();
      halted.throwIfAborted();
      const frame = await asked.shift()!;
      await sink.writeFrame(frame.data);
      frame.release();
      onFrame?.(done + 1, input.frames);
    }
  };

  const orStop = async (loop: Promise<void>): Promise<void> => {
    try {
      await loop;
    } catch (error) {
      stop.abort(error);
      // The other loop may be waiting inside the sink: this is what wakes it.
      await sink.abort();
      throw error;
    }
  };
  try {
    // Both have ended before anybody closes what they read from.
    await Promise.allSettled([orStop(writeSound()), orStop(writePicture())]);
    stop.signal.throwIfAborted();
    await sink.finish();
  } catch (error) {
    await sink.abort();
    throw stop.signal.aborted ? stop.signal.reason : error;
  }
}
