/** The render thread: face engine and compositor, drawing into shared frames. Composition root of its own thread. */
import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { StudioError } from '../../app/errors/index.ts';
import type { FrameSpeech } from '../engine/ports/frames.ts';
import type { LipSyncEngine, LipSyncSession, SpeechSegment } from '../engine/ports/lipsync.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { Pixels } from '../pixels/pixels.ts';
import { rigEngine } from '../providers/lipsync/rig/index.ts';
import type { OnnxLips } from '../providers/lipsync/wav2lip/onnx-lips.ts';
import { aiMarkSprite } from '../stage/ai-mark.ts';
import { type Compositor, createCompositor } from '../stage/compositor.ts';
import { LiveLayer } from '../stage/live-layer.ts';
import { SubtitleTrack, subtitleArea } from '../stage/subtitle-sprites.ts';
import type { LipsSetup, RenderFailure, RenderReply, RenderRequest, RenderSetup } from './protocol.ts';

const port = parentPort!;
const reply = (message: RenderReply): void => port.postMessage(message);

/** A stage with its actor, ready for its next frame. */
interface Scene {
  setup: RenderSetup;
  session: LipSyncSession;
  compositor: Compositor;
  slots: Uint8Array[];
  /** null: no burnt-in subtitles. */
  track: SubtitleTrack | null;
  live: LiveLayer | undefined;
}

/** Kept from stage to stage: it takes long to load. */
let network: { path: string; model: OnnxLips } | undefined;

/** What only networks need is loaded only for them. */
async function lipsOf(setup: LipsSetup | undefined): Promise<LipSyncEngine> {
  if (setup === undefined) return rigEngine;
  const { createWav2LipEngine } = await import('../providers/lipsync/wav2lip/engine.ts');
  if (network?.path !== setup.modelPath) {
    const { openOnnxLips } = await import('../providers/lipsync/wav2lip/onnx-lips.ts');
    await network?.model[Symbol.asyncDispose]();
    const options = { path: setup.modelPath, memory: { path: setup.memoryPath } };
    // It ends with this thread.
    network = { path: setup.modelPath, model: await openOnnxLips(options, new AbortController().signal) };
  }
  return createWav2LipEngine(network.model);
}

async function openScene(setup: RenderSetup): Promise<Scene> {
  const size = { widthPx: setup.plate.width, heightPx: setup.plate.height };
  // Face and stage work in one memory, and the pool lies in it: a frame is never copied before it reaches the encoder's pipe.
  const pixels = new Pixels();
  const { plate, fps, seed, rig, alpha, front } = setup;
  const onTrouble = (error: StudioError): void => reply({ type: 'trouble', failure: failureOf(error) });
  const withoutNetwork = (error: unknown): void =>
    onTrouble(new StudioError('lips.without-network', { detail: failureOf(error).message }, { cause: error }));
  const engine = await lipsOf(setup.lips);
  const session = await engine.open(plate, { fps, seed, rig, pixels, onTrouble: withoutNetwork });
  const track = trackOf(setup);
  const live = setup.live && new LiveLayer(setup.live, { fps, size, onTrouble });
  const compositor = createCompositor({
    ...{ plate, region: session.region, alpha, front, live, pixels },
    subtitles: track && { at: (timeMs) => opened.track?.at(timeMs) ?? null },
    aiMark: aiMarkSprite(setup.aiMark, size, track === null ? null : subtitleArea(size, track.metrics)),
  });
  // With alpha the frames are ordinary memory, but the other side must see them all the same.
  const sharedFrame = (): Uint8Array =>
    alpha ? pixels.u8(pixels.reserve(compositor.frameBytes)) : compositor.newFrame();
  const opened: Scene = {
    ...{ setup, session, compositor, track, live },
    slots: Array.from({ length: setup.depth }, sharedFrame),
  };
  return opened;
}

const trackOf = ({ subtitles, plate }: RenderSetup): SubtitleTrack | null =>
  subtitles === null ? null : new SubtitleTrack({ widthPx: plate.width, heightPx: plate.height }, subtitles);

const ready = ({ session, slots, compositor: { frameBytes } }: Scene): void =>
  reply({
    type: 'ready',
    lookAheadMs: session.lookAheadMs,
    memory: slots.at(-1)!.buffer as SharedArrayBuffer,
    offsets: slots.map((slot) => slot.byteOffset),
    frameBytes,
  });

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

/** The stage asked for, or the same one with nothing announced. On a failure `scene` is as it was. */
async function changed(scene: Scene, request: Extract<RenderRequest, { type: 'stage' | 'restart' }>): Promise<Scene> {
  const { session, setup } = scene;
  if (request.type === 'restart' && session.restart) {
    session.restart(request.rig);
    return Object.assign(scene, { setup: { ...setup, rig: request.rig }, track: trackOf(setup) });
  }
  const wanted = request.type === 'stage' ? request.setup : { ...setup, rig: request.rig };
  const overlays = (request.type === 'stage' && request.setup.live) || scene.live?.setup();
  const next = await openScene({ ...wanted, ...(overlays && { live: overlays }) });
  session.dispose();
  return next;
}

/** Errors lose their fields on the way to another thread. */
function failureOf(error: unknown): RenderFailure {
  if (error instanceof StudioError) return { message: error.message, code: error.code, params: error.params };
  return { message: error instanceof Error ? error.message || error.name : String(error) };
}

let scene = await openScene(workerData as RenderSetup);

async function answer(request: RenderRequest): Promise<void> {
  switch (request.type) {
    case 'stage':
    case 'restart':
      try {
        scene = await changed(scene, request);
        ready(scene);
      } catch (error) {
        reply({ type: 'refused', failure: failureOf(error) });
      }
      break;
    case 'speak':
      scene.session.speak(segmentOf(request.speech));
      break;
    case 'interrupt':
      scene.session.interrupt(request.atMs);
      scene.track?.interrupt(request.atMs);
      break;
    case 'overlays':
      scene.live?.update(request.update);
      break;
    case 'subtitles':
      scene.track?.append(request.cues);
      break;
    case 'frames': {
      const { setup, session, compositor, slots } = scene;
      let faceMs = 0;
      let stageMs = 0;
      if (session.prepare) {
        const start = performance.now();
        await session.prepare(request.frames.map(({ index }) => index));
        faceMs = performance.now() - start;
      }
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
}

/** Requests are answered one after another, whatever one of them waits for. */
let answered: Promise<void> = Promise.resolve();
port.on('message', (request: RenderRequest) => {
  answered = answered.then(() => answer(request));
});
ready(scene);
