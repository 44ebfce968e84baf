/** The frames of a finished programme into an output that knows its sound. A frame's time is always index / fps. */
import type { EncoderSink } from './ports/encoder.ts';
import type { FrameSource, FrameSpeech, StageFrame } from './ports/frames.ts';

/** Speech is announced this much before an engine needs it at the latest. */
const ANNOUNCE_MARGIN_MS = 500;

/** Frames given to the sink before the first of them has been taken: an encoder that reads never waits for this thread's turn. */
const WRITES = 3;

export interface ProgrammeInput {
  fps: number;
  /** Frames to draw. */
  frames: number;
  /** In order of time; taken as it is needed. */
  speech: Iterable<FrameSpeech>;
}

export interface EncodeHooks {
  onFrame?: (done: number, total: number) => void;
  signal: AbortSignal;
}

/** Drives the sink to its end; on any failure it is aborted and the failure thrown. Without a source it is given no frames. */
export async function encodeProgramme(
  input: ProgrammeInput,
  source: FrameSource | null,
  sink: EncoderSink,
  { onFrame, signal }: EncodeHooks,
): Promise<void> {
  try {
    if (source !== null) {
      const nextFrame = drawAhead(input, source);
      let done = 0;
      const write = async (frame: StageFrame): Promise<void> => {
        await sink.writeFrame(frame.data);
        frame.release();
        onFrame?.(++done, input.frames);
      };
      const writing: Promise<void>[] = [];
      for (let index = 0; index < input.frames; index++) {
        signal.throwIfAborted();
        const written = write(await nextFrame());
        // Its failure is met when its turn comes; until then it must not count as unhandled.
        written.catch(() => undefined);
        writing.push(written);
        if (writing.length === WRITES) await writing.shift();
      }
      for (const written of writing) await written;
    }
    await sink.finish();
  } catch (error) {
    await sink.abort();
    throw error;
  }
}

/** Asks the source for as many frames as it draws ahead whenever one is taken; speech is announced in time for them. */
function drawAhead(input: ProgrammeInput, source: FrameSource): () => Promise<StageFrame> {
  const speech = input.speech[Symbol.iterator]();
  let next = speech.next();
  const asked: Promise<StageFrame>[] = [];
  let requested = 0;
  const ask = (): void => {
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
  return () => {
    ask();
    return asked.shift()!;
  };
}
