/** A stage that is white while somebody speaks, and a voice that is one tone: what is seen and what is heard can be compared to the frame. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Project } from '../../../../app/document/project.ts';
import type { LiveCommand } from '../../../../app/live/protocol.ts';
import { sentenceRanges } from '../../../../app/speech/punctuation.ts';
import type { FrameSpeech, LiveFrameSource, StageFrame } from '../../../engine/ports/frames.ts';
import type { Utterance } from '../../../engine/ports/speech.ts';
import { SAMPLE_RATE } from '../../../engine/ports/tts.ts';
import type { SpeechStage } from '../../../engine/stages/speech.ts';
import type { openFrameSource, StageSetup } from '../../../render/frame-source.ts';
import { VirtualClock } from '../clock.ts';
import type { SessionDeps } from '../session.ts';
import type { MadeStage } from '../stage-maker.ts';
import type { LiveWorld } from './live-world.ts';

const WHITE = 235;
const BLACK = 16;

export interface FlashStage {
  openFrames: typeof openFrameSource;
  /** Called before a frame is given; what it returns is waited for. */
  delay: (index: number) => Promise<void> | undefined;
  opened: number;
  /** What was asked of it, in order. */
  readonly asked: ('frame' | 'speak' | 'rewind')[];
}

export const SIZE = 64;
export const FRAME_MS = 40;
export const stage = { size: { widthPx: SIZE, heightPx: SIZE }, fps: 25 };

export function doubles(world: LiveWorld, virtual: boolean) {
  const flash = flashStage();
  const voice = toneVoice(world.folder);
  const clock = new VirtualClock(Date.UTC(2026, 0, 5, 8));
  const deps: Partial<SessionDeps> = {
    ...{ speech: voice, openFrames: flash.openFrames, maker: flashMaker(SIZE, SIZE) },
    ...(virtual && { clock }),
  };
  return { flash, voice, clock, deps };
}

export const say = (id: string, text: string, intent: 'queue' | 'interrupt' | 'replace'): LiveCommand => ({
  ...{ type: 'say', id, text, intent, emotion: null, intensity: 1, voiceId: null, resume: 'interrupted' },
});

export function flashStage(): FlashStage {
  const stage: FlashStage = { openFrames: undefined as never, delay: () => undefined, opened: 0, asked: [] };
  stage.openFrames = async (setup) => {
    stage.opened++;
    return flashSource(setup, stage);
  };
  return stage;
}

function flashSource(setup: StageSetup, stage: FlashStage): LiveFrameSource<StageSetup> {
  const { fps, plate } = setup;
  const { shade = BLACK } = setup as { shade?: number };
  const frameBytes = (plate.width * plate.height * 3) / 2;
  let spans: { fromMs: number; toMs: number }[] = [];
  const asked = new Map<number, (error: unknown) => void>();
  return {
    lookAheadMs: 0,
    depth: 14,
    frameBytes,
    speak: ({ startMs, samples }: FrameSpeech) => {
      if (samples > 0) stage.asked.push('speak');
      if (samples > 0) spans.push({ fromMs: startMs, toMs: startMs + (samples * 1000) / SAMPLE_RATE });
    },
    rewind: (index, cutMs) => {
      stage.asked.push('rewind');
      for (const [frame, reject] of asked)
        if (frame >= index) {
          asked.delete(frame);
          reject(new DOMException('given up', 'AbortError'));
        }
      if (cutMs === null) return;
      spans = spans.filter(({ fromMs }) => fromMs < cutMs);
      for (const span of spans) span.toMs = Math.min(span.toMs, cutMs);
    },
    frame: (index) =>
      new Promise<StageFrame>((resolve, reject) => {
        stage.asked.push('frame');
        asked.set(index, reject);
        const give = (): void => {
          if (asked.get(index) !== reject) return;
          asked.delete(index);
          const ms = (index * 1000) / fps;
          spans = spans.filter(({ toMs }) => toMs > ms - 2000);
          const speaking = spans.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs);
          const data = new Uint8Array(frameBytes).fill(128);
          data.fill(speaking ? WHITE : shade, 0, plate.width * plate.height);
          resolve({ data, release: () => undefined });
        };
        const wait = stage.delay(index);
        if (wait) void wait.then(give);
        else setImmediate(give);
      }),
    overlays: () => undefined,
    subtitles: () => undefined,
    restage: () => Promise.resolve(),
    restart: () => {
      spans = [];
      return Promise.resolve();
    },
    stats: () => ({ frames: 0, faceMs: 0, stageMs: 0 }),
    dispose: () => Promise.resolve(),
  };
}

/** A stage whose background is white is white where nobody speaks, too. */
export const flashMaker = (widthPx: number, heightPx: number) => ({
  make: ({ project: { stage } }: { project: Pick<Project, 'stage'> }): Promise<MadeStage> => {
    const isWhite = stage.background.kind === 'colour' && stage.background.colour === '#ffffff';
    const plate = { width: widthPx, height: heightPx };
    const setup = { plate, fps: stage.fps, shade: isWhite ? WHITE : BLACK };
    return Promise.resolve({ setup: setup as unknown as StageSetup, pictures: new Map(), troubles: [] });
  },
  pictures: () => Promise.resolve({ pictures: new Map(), troubles: [] }),
  dispose: () => Promise.resolve(),
});

export interface ToneVoice extends SpeechStage {
  /** What was asked for, in order. */
  readonly asked: string[];
  /** What it does instead of speaking. */
  fault: (text: string) => Promise<never> | undefined;
}

/** Every sentence is a tone of `ms`. */
export function toneVoice(folder: string, ms = 600): ToneVoice {
  const asked: string[] = [];
  const samples = (ms * SAMPLE_RATE) / 1000;
  const pcm = Int16Array.from({ length: samples }, (_, i) => 8000 * Math.sin((2 * Math.PI * 1000 * i) / SAMPLE_RATE));
  const pcmPath = join(folder, 'tone.pcm');
  let written: Promise<void> | undefined;
  const voice: ToneVoice = {
    asked,
    fault: () => undefined,
    keyOf: () => '',
    spoken: () => Promise.resolve(null),
    speak: async ({ displayText, parts }, { lineId }): Promise<Utterance> => {
      asked.push(displayText);
      await voice.fault(displayText);
      written ??= mkdir(folder, { recursive: true }).then(() => writeFile(pcmPath, new Uint8Array(pcm.buffer)));
      await written;
      const [range] = sentenceRanges(displayText);
      const sentence = { text: displayText, from: 0, to: range?.to ?? displayText.length, startMs: 0, endMs: ms };
      return {
        ...{ lineId, displayText, pcmPath, samples, pauseAfterMs: 0 },
        timeline: { durationMs: ms, phones: [], words: [], sentences: [sentence] },
        envelope: new Float32Array(ms / 10).fill(0.2),
        emotions: [],
        markers: parts.flatMap((part) => (part.kind === 'marker' ? [{ ...part, atMs: 0 }] : [])),
      };
    },
  };
  return voice;
}

/** Where it is white, in frames; where the tone is, in ms. */
export function flashes(pictures: readonly Uint8Array[]): { from: number; to: number }[] {
  return runs(pictures.map((grey) => grey[Math.floor(grey.length / 2)]! > 128));
}
export function tones(sound: Int16Array): { fromMs: number; toMs: number }[] {
  const step = SAMPLE_RATE / 500;
  const loud: boolean[] = [];
  for (let at = 0; at + step <= sound.length; at += step) {
    let peak = 0;
    for (let i = at; i < at + step; i++) peak = Math.max(peak, Math.abs(sound[i]!));
    loud.push(peak > 2000);
  }
  // A tone of 1 kHz is never quiet for longer than this.
  return runs(loud).map(({ from, to }) => ({ fromMs: from * 2, toMs: to * 2 }));
}

function runs(values: readonly boolean[]): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = [];
  for (const [i, value] of values.entries()) {
    if (!value) continue;
    const last = found.at(-1);
    if (last?.to === i) last.to = i + 1;
    else found.push({ from: i, to: i + 1 });
  }
  return found;
}
