/**
 * The main job, end to end: a project becomes a finished file. Each step is somebody else's work; here is only their order,
 * what flows between them, and who closes what.
 */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { AssetRef } from '../../app/document/asset.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { chooseStageSize } from '../../app/media/stage-size.ts';
import { toSrt, toVtt } from '../../app/media/subtitle-files.ts';
import { buildCues, type SubtitleCue } from '../../app/media/subtitles.ts';
import { encodeProgramme } from '../engine/encode-programme.ts';
import type { FrameSource } from '../engine/ports/frames.ts';
import type { AvatarPlate } from '../engine/ports/lipsync.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { type Programme, programme } from '../engine/stages/programme.ts';
import type { SpeechStage } from '../engine/stages/speech.ts';
import { openEncoder } from '../media/encoder-sink.ts';
import type { Ffmpeg } from '../media/ffmpeg/locate.ts';
import { assertOutputNotInput } from '../media/part-file.ts';
import type { PortraitImporter } from '../portrait/prepare.ts';
import { openFrameSource } from '../render/frame-source.ts';
import { layoutAvatar } from '../stage/layout.ts';
import { overlaySprite, placeOverlay } from '../stage/overlays.ts';
import { decodePicture } from '../stage/picture.ts';
import { subtitleMetrics } from '../stage/subtitle-sprites.ts';
import type { AssetSource } from '../storage/assets.ts';
import { writeTextWhole } from '../storage/atomic-file.ts';
import { loadPortrait } from './load-portrait.ts';
import { speakScript } from './speak-script.ts';
import { programmeSpeech, spokenLines, timelineDocument } from './timeline-document.ts';

export interface ExportDeps {
  paths: { cacheDir: string; tempDir: string };
  portraits: PortraitImporter;
  speech: SpeechStage;
  ffmpeg(signal: AbortSignal): Promise<Ffmpeg>;
  /** Name and version, for the file's metadata. */
  software: string;
}

export type ExportStep = 'portrait' | 'speech' | 'loudness' | 'render';
export interface ExportProgress {
  step: ExportStep;
  done: number;
  total: number;
}

export interface ExportRequest {
  project: Project;
  assets: AssetSource;
  outPath: string;
  /** Side files besides what the project's subtitle mode asks for. */
  timelinePath?: string | undefined;
  signal: AbortSignal;
  onProgress?: ((progress: ExportProgress) => void) | undefined;
}

export interface ExportReport {
  out: string;
  durationMs: number;
  frames: number;
  wallMs: number;
  /** Seconds of video per second of work. */
  realtimeFactor: number;
  encoder: string;
  widthPx: number;
  heightPx: number;
  fps: number;
  /** The AI label's ProduceID. */
  produceId: string;
  subtitles: string | null;
  timeline: string | null;
  stages: Record<'portraitMs' | 'speechMs' | 'loudnessMs' | 'layoutMs' | 'faceMs' | 'stageMs' | 'encodeMs', number>;
  /** Of this process; the encoder is another. */
  peakRssMb: number;
  /** What the person should know though the file is fine. */
  warnings: StudioError[];
}

const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** @throws StudioError of any area; on failure or abort nothing is left under the output's name. */
export async function exportProject(request: ExportRequest, deps: ExportDeps): Promise<ExportReport> {
  const { project, assets, outPath, signal, onProgress } = request;
  const started = performance.now();
  const { format } = project.output;
  const alpha = project.stage.background.kind === 'transparent';
  if (alpha && format === 'mp4') throw new StudioError('stage.transparent-needs-alpha', { format });
  await assertOutputNotInput(outPath, await inputPaths(project, assets));
  const stages: ExportReport['stages'] = {
    portraitMs: 0,
    speechMs: 0,
    loudnessMs: 0,
    layoutMs: 0,
    faceMs: 0,
    stageMs: 0,
    encodeMs: 0,
  };
  const timed = async <T>(stage: keyof typeof stages, work: Promise<T>): Promise<T> => {
    const from = performance.now();
    try {
      return await work;
    } finally {
      stages[stage] += performance.now() - from;
    }
  };
  const report = (step: ExportStep, done: number, total: number): void => onProgress?.({ step, done, total });

  const soundOnly = format === 'wav';
  const ffmpeg = soundOnly && project.script.recording === null ? undefined : await deps.ffmpeg(signal);
  report('portrait', 0, 1);
  const portrait = soundOnly
    ? null
    : await timed('portraitMs', loadPortrait(project.avatar, assets, deps.portraits, signal));
  report('portrait', 1, 1);
  const spoken = await timed(
    'speechMs',
    speakScript(project, assets, { ...deps, ffmpegPath: ffmpeg?.path }, signal, (done, total) =>
      report('speech', done, total),
    ),
  );
  await using _spoken = spoken;
  report('loudness', 0, 1);
  const show = await timed('loudnessMs', programme(spoken.utterances, spoken.layout, signal));
  report('loudness', 1, 1);

  const { fps } = project.stage;
  const frames = soundOnly ? 0 : Math.ceil((show.durationMs * fps) / 1000);
  const size = chooseStageSize(
    project.stage.size,
    portrait ? portrait.prepared.width / portrait.prepared.height : 16 / 9,
  );
  const cues = subtitleCues(project, show, size);
  const plate = portrait ? await timed('layoutMs', layOut(project, assets, portrait, size)) : null;
  const produceId = randomUUID();

  const encodeFrom = performance.now();
  let source: FrameSource | null = null;
  let encoder: string;
  try {
    source = plate && (await openStageFrames(project, assets, plate, size, alpha, cues, signal));
    const sink = await openEncoder({
      ffmpeg,
      format,
      widthPx: size.widthPx,
      heightPx: size.heightPx,
      fps,
      alpha,
      output: project.output,
      outPath,
      metadata: { produceId, software: deps.software, title: project.name },
      cacheDir: deps.paths.cacheDir,
      signal,
      expectedDurationMs: show.durationMs,
    });
    encoder = sink.encoder;
    await encodeProgramme(
      { fps, frames, speech: programmeSpeech(show), sound: soundOf(show, frames, fps, signal) },
      source,
      sink,
      { signal, onFrame: (done, total) => report('render', done, total) },
    );
    const drawn = source?.stats();
    stages.faceMs = drawn?.faceMs ?? 0;
    stages.stageMs = drawn?.stageMs ?? 0;
  } finally {
    await source?.dispose();
  }
  stages.encodeMs = performance.now() - encodeFrom;

  const subtitles = await writeSubtitles(project, cues, outPath, signal);
  if (request.timelinePath !== undefined) {
    await writeTextWhole(request.timelinePath, `${JSON.stringify(timelineDocument(show), null, 1)}\n`, signal);
  }
  const wallMs = performance.now() - started;
  return {
    out: outPath,
    durationMs: round(show.durationMs),
    frames,
    wallMs: round(wallMs),
    realtimeFactor: round(show.durationMs / wallMs, 2),
    encoder,
    widthPx: size.widthPx,
    heightPx: size.heightPx,
    fps,
    produceId,
    subtitles,
    timeline: request.timelinePath ?? null,
    stages: Object.fromEntries(Object.entries(stages).map(([name, ms]) => [name, round(ms)])) as ExportReport['stages'],
    peakRssMb: round(process.resourceUsage().maxRSS / 1024),
    warnings: spoken.warnings,
  };
}

/** Every file the export reads: the output must be none of them. */
async function inputPaths(project: Project, assets: AssetSource): Promise<string[]> {
  const refs: AssetRef[] = project.stage.overlays.map((overlay) => overlay.asset);
  if (project.avatar.portrait.kind === 'asset') refs.push(project.avatar.portrait.asset);
  if (project.stage.background.kind === 'picture') refs.push(project.stage.background.asset);
  if (project.script.recording) refs.push(project.script.recording);
  return await Promise.all(refs.map((ref) => assets.resolve(ref)));
}

export function subtitleCues(project: Project, show: Programme, size: StageSize): SubtitleCue[] {
  if (project.stage.subtitles.mode === 'none') return [];
  const { measure, maxWidthPx } = subtitleMetrics(size, project.stage.subtitles);
  return buildCues(spokenLines(show), { measure, maxWidthPx });
}

export async function layOut(
  project: Project,
  assets: AssetSource,
  { prepared, background: own }: Awaited<ReturnType<typeof loadPortrait>>,
  size: StageSize,
): Promise<AvatarPlate> {
  const { background, overlays } = project.stage;
  const picture = async (ref: AssetRef) => decodePicture(await readFile(await assets.resolve(ref)), ref.fileName);
  const behind = [];
  for (const overlay of overlays) {
    if (overlay.layer !== 'behind') continue;
    const placed = await placeOverlay(overlay, await picture(overlay.asset), size);
    if (placed) behind.push(placed);
  }
  return await layoutAvatar(prepared, {
    size,
    framing: project.avatar.framing,
    background:
      background.kind === 'picture' ? { kind: 'picture', picture: await picture(background.asset) } : background,
    ...(own && { sampleBackground: await decodePicture(own, 'background') }),
    behind,
  });
}

export async function openStageFrames(
  project: Project,
  assets: AssetSource,
  plate: AvatarPlate,
  size: StageSize,
  alpha: boolean,
  cues: readonly SubtitleCue[],
  signal: AbortSignal,
): Promise<FrameSource> {
  const front = [];
  for (const overlay of project.stage.overlays) {
    if (overlay.layer !== 'front') continue;
    const bytes = await readFile(await assets.resolve(overlay.asset));
    const placed = await placeOverlay(overlay, await decodePicture(bytes, overlay.asset.fileName), size);
    if (placed) front.push(overlaySprite(placed));
  }
  const burn = project.stage.subtitles.mode === 'burn';
  const source = await openFrameSource(
    {
      plate,
      fps: project.stage.fps,
      seed: project.seed,
      rig: project.avatar.rig,
      alpha,
      front,
      subtitles: burn ? project.stage.subtitles : null,
      aiMark: project.stage.aiMark,
    },
    signal,
  );
  if (burn) source.subtitles(cues);
  return source;
}

/** The programme's sound, padded with silence to the end of the last frame. */
async function* soundOf(show: Programme, frames: number, fps: number, signal: AbortSignal): AsyncGenerator<Int16Array> {
  yield* show.pcm(signal);
  const missing = Math.round((frames / fps) * SAMPLE_RATE) - show.samples;
  if (missing > 0) yield new Int16Array(missing);
}

async function writeSubtitles(
  project: Project,
  cues: readonly SubtitleCue[],
  outPath: string,
  signal: AbortSignal,
): Promise<string | null> {
  const { mode } = project.stage.subtitles;
  if (mode !== 'srt' && mode !== 'vtt') return null;
  const path = `${outPath.replace(/\.[^./\\]+$/, '')}.${mode}`;
  await writeTextWhole(path, mode === 'srt' ? toSrt(cues) : toVtt(cues), signal);
  return path;
}
