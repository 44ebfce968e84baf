/** The render thread: face engine and compositor, drawing into shared frames. Composition root of its own thread. */
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { FrameSpeech } from '../engine/ports/frames.ts';
import type { SpeechSegment } from '../engine/ports/lipsync.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { Pixels } from '../pixels/pixels.ts';
import { rigEngine } from '../providers/lipsync/rig/index.ts';
import { aiMarkSprite } from '../stage/ai-mark.ts';
import { createCompositor } from '../stage/compositor.ts';
import { SubtitleTrack, subtitleArea } from '../stage/subtitle-sprites.ts';
import type { RenderReply, RenderRequest, RenderSetup } from './protocol.ts';

const setup = workerData as RenderSetup;
const port = parentPort!;
const reply = (message: RenderReply): void => port.postMessage(message);

const size = { widthPx: setup.plate.width, heightPx: setup.plate.height };
// Face and stage work in one memory, and the pool lies in it: a frame is never copied before it reaches the encoder's pipe.
const pixels = new Pixels();
const session = await rigEngine.open(setup.plate, { fps: setup.fps, seed: setup.seed, rig: setup.rig, pixels });
const track = setup.subtitles === null ? null : new SubtitleTrack(size, setup.subtitles);
const compositor = createCompositor({
  plate: setup.plate,
  region: session.region,
  alpha: setup.alpha,
  front: setup.front,
  subtitles: track,
  pixels,
  aiMark: aiMarkSprite(setup.aiMark, size, track === null ? null : subtitleArea(size, track.metrics)),
});

const slots = Array.from({ length: setup.depth }, () => sharedFrame());
/** With alpha the frames are ordinary memory, but the other side must see them all the same. */
function sharedFrame(): Uint8Array {
  return setup.alpha ? pixels.u8(pixels.reserve(compositor.frameBytes)) : compositor.newFrame();
}

/** Sound is read from disk only when an engine asks for it. */
function segmentOf({ pcmPath, samples, ...speech }: FrameSpeech): SpeechSegment {
  return {
    ...speech,
    pcm: (fromMs, toMs) => {
      const first = Math.max(0, Math.round((fromMs * SAMPLE_RATE) / 1000));
      const last = Math.min(samples, Math.round((toMs * SAMPLE_RATE) / 1000));
      const bytes = Buffer.alloc(Math.max(0, last - first) * 2);
      const file = openSync(pcmPath, 'r');
      try {
        readSync(file, bytes, 0, bytes.length, first * 2);
      } finally {
        closeSync(file);
      }
      return Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2) / 32_768);
    },
  };
}

port.on('message', (request: RenderRequest) => {
  switch (request.type) {
    case 'speak':
      session.speak(segmentOf(request.speech));
      break;
    case 'subtitles':
      track?.append(request.cues);
      break;
    case 'frames': {
      let faceMs = 0;
      let stageMs = 0;
      for (const { index, slot } of request.frames) {
        const start = performance.now();
        const face = session.frame(index);
        const middle = performance.now();
        compositor.render(face, (index * 1000) / setup.fps, slots[slot]!);
        faceMs += middle - start;
        stageMs += performance.now() - middle;
      }
      reply({ type: 'frames', frames: request.frames, faceMs, stageMs });
    }
  }
});
reply({
  type: 'ready',
  lookAheadMs: session.lookAheadMs,
  memory: slots.at(-1)!.buffer as SharedArrayBuffer,
  offsets: slots.map((slot) => slot.byteOffset),
  frameBytes: compositor.frameBytes,
});
