/** What drawing one frame costs, step by step, on one thread: this one. */
import type { AvatarPlate, Rect } from '../main/engine/ports/lipsync.ts';
import { layOut } from '../main/export/set-stage.ts';
import { programmeSpeech } from '../main/export/timeline-document.ts';
import { Pixels } from '../main/pixels/pixels.ts';
import { Performance } from '../main/providers/lipsync/rig/performance.ts';
import { RigRenderer } from '../main/providers/lipsync/rig/renderer.ts';
import { aiMarkSprite } from '../main/stage/ai-mark.ts';
import { createCompositor } from '../main/stage/compositor.ts';
import { SubtitleTrack, subtitleArea } from '../main/stage/subtitle-sprites.ts';
import { type Bench, numberOption } from './bench.ts';
import { type Figure, figure, median, quantile } from './figures.ts';
import { motionRegionOf } from './motion-region.ts';
import { type StagedTalk, stageTalk } from './staged-talk.ts';
import { benchTalk } from './talks.ts';

const WARM_UP_FRAMES = 100;

export const renderBench: Bench = {
  name: 'render',
  about: 'ms a frame by stage, single thread, for a 512 × 512 head and one that fills 720p',
  options: {
    avatar: { value: 'ID', about: 'a sample avatar (lin)' },
    portrait: { value: 'FILE', about: 'a picture of your own instead' },
    frames: { value: 'N', about: 'frames measured of each (500)' },
  },
  async run({ options, studio, signal, say }) {
    const count = Math.round(numberOption('frames', options.frames, 500));
    const talk = await benchTalk({ avatar: options.avatar, portrait: options.portrait });
    await using staged = await stageTalk(talk, studio, signal);
    const { heightPx } = staged.size;
    const figures: Figure[] = [];
    for (const [name, edgePx, bar] of [
      ['512', 512, { atMost: 5 }],
      ['720p', heightPx * 1.1, null],
    ] as const) {
      const { plate, region } = await headOf(edgePx, staged, signal);
      say(`head ${name}: moves in ${region.width} × ${region.height}`);
      const times = draw(plate, region, staged, count, signal);
      const face = times.map((one) => one.poseMs + one.warpMs);
      figures.push(
        figure(`face${name}`, median(face), 'ms', bar),
        figure(`face${name}P95`, quantile(face, 0.95), 'ms'),
        figure(`pose${name}`, median(times.map((one) => one.poseMs)), 'ms'),
        figure(`warp${name}`, median(times.map((one) => one.warpMs)), 'ms'),
        figure(`composite${name}`, median(times.map((one) => one.compositeMs)), 'ms'),
        figure(`region${name}`, Math.sqrt(region.width * region.height), 'px'),
      );
    }
    return figures;
  },
};

/** The avatar laid out on the talk's stage so that the area its head moves in is that of a square of `edgePx`, or as near as it comes. */
async function headOf(
  edgePx: number,
  staged: StagedTalk,
  signal: AbortSignal,
): Promise<{ plate: AvatarPlate; region: Rect }> {
  const { project, assets, portrait, size } = staged;
  let zoom = 1;
  for (let step = 0; ; step++) {
    const framing = { ...project.avatar.framing, zoom };
    const plate = await layOut({ ...project, avatar: { ...project.avatar, framing } }, assets, portrait, size, signal);
    const region = await motionRegionOf(plate, project);
    const edge = Math.sqrt(region.width * region.height);
    if (step === 6 || Math.abs(edge / edgePx - 1) < 0.005) return { plate, region };
    zoom = Math.min(5, Math.max(0.2, (zoom * edgePx) / edge));
  }
}

interface FrameTimes {
  poseMs: number;
  warpMs: number;
  compositeMs: number;
}

/** Draws the talk's frames, from its beginning again when it ends, and times each after a warm-up. */
function draw(
  plate: AvatarPlate,
  region: Rect,
  { project, size, cues, show, frames }: StagedTalk,
  count: number,
  signal: AbortSignal,
): FrameTimes[] {
  const { rig } = project.avatar;
  const { fps, subtitles, aiMark } = project.stage;
  // As in the render thread: one memory for face and stage.
  const pixels = new Pixels();
  const renderer = new RigRenderer(plate, rig, pixels);
  const times: FrameTimes[] = [];
  for (let drawn = 0; drawn < WARM_UP_FRAMES + count; ) {
    const actor = new Performance(project.seed, rig);
    for (const { pcmPath: _, samples: __, ...speech } of programmeSpeech(show)) {
      actor.speak({ ...speech, pcm: () => new Float32Array(0) });
    }
    const track = new SubtitleTrack(size, subtitles);
    track.append(cues);
    const mark = aiMarkSprite(aiMark, size, subtitleArea(size, track.metrics));
    const compositor = createCompositor({
      plate,
      region,
      alpha: false,
      front: [],
      subtitles: track,
      aiMark: mark,
      pixels,
    });
    const into = compositor.newFrame();
    for (let index = 0; index < frames && drawn < WARM_UP_FRAMES + count; index++, drawn++) {
      signal.throwIfAborted();
      const start = performance.now();
      const pose = actor.at((index * 1000) / fps);
      const posed = performance.now();
      const face = renderer.draw(pose);
      const warped = performance.now();
      compositor.render(face, (index * 1000) / fps, into);
      const end = performance.now();
      if (drawn < WARM_UP_FRAMES) continue;
      times.push({ poseMs: posed - start, warpMs: warped - posed, compositeMs: end - warped });
    }
  }
  return times;
}
