/**
 * The main job, end to end: a project becomes a finished file. Each step is somebody else's work; here is only their order,
 * what flows between them, and who closes what.
 */
import { randomUUID } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssetRef } from '../../app/document/asset.ts';
import { type Consent, type ConsentState, consentState, consentWarning, dayOf } from '../../app/document/consent.ts';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { StageSize } from '../../app/media/stage-size.ts';
import { toSrt, toVtt } from '../../app/media/subtitle-files.ts';
import type { SubtitleCue } from '../../app/media/subtitles.ts';
import type { RendererId } from '../../app/providers/renderers.ts';
import { encodeProgramme } from '../engine/encode-programme.ts';
import type { CloudFilms, CloudRenderer } from '../engine/ports/cloud-renderer.ts';
import type { EncoderSink } from '../engine/ports/encoder.ts';
import type { FrameSource } from '../engine/ports/frames.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { type Programme, programme } from '../engine/stages/programme.ts';
import type { SpeechStage } from '../engine/stages/speech.ts';
import { openEncoder } from '../media/encoder-sink.ts';
import type { Ffmpeg } from '../media/ffmpeg/locate.ts';
import { assertOutputNotInput, openPartFile } from '../media/part-file.ts';
import type { PortraitImporter } from '../portrait/prepare.ts';
import type { AssetSource } from '../storage/assets.ts';
import { openCloudFrames } from './cloud-picture.ts';
import { type LoadedPortrait, loadPortrait } from './load-portrait.ts';
import { layOut, openStageFrames, stageSizeOf } from './set-stage.ts';
import { type SideFile, type SideFiles, subtitlePath, writeSideFiles } from './side-files.ts';
import { type SpokenScript, speakScript } from './speak-script.ts';
import { subtitleCues } from './subtitle-cues.ts';
import { programmeSpeech, timelineDocument } from './timeline-document.ts';

export interface ExportDeps {
  paths: { cacheDir: string; tempDir: string };
  portraits: PortraitImporter;
  speech: Pick<SpeechStage, 'speak'>;
  ffmpeg(signal: AbortSignal): Promise<Ffmpeg>;
  /** Name and version, for the file's metadata. */
  software: string;
  /** Absent where no vendor is ever asked for a film. */
  providers?: { readonly films: CloudFilms };
}

export type ExportStep = 'portrait' | 'speech' | 'loudness' | 'film' | 'render';
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
  /** Who moves the face; the embedded renderer unless given. Sound alone needs none. */
  renderer?: RendererId | undefined;
  /** A Wav2Lip model as an ONNX file, to draw the lips where the embedded renderer moves the face. */
  lipsPath?: string | undefined;
  /**
   * With `signal` aborted for this reason a film that a vendor has not begun is cancelled there; otherwise the same export takes it up
   * later. Never unless given.
   */
  unwanted?: ((reason: unknown) => boolean) | undefined;
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
  /** Who moved the face in the end; null for sound alone. */
  renderer: RendererId | null;
  widthPx: number;
  heightPx: number;
  fps: number;
  /** The AI label's ProduceID. */
  produceId: string;
  subtitles: string | null;
  timeline: string | null;
  stages: Record<
    'portraitMs' | 'speechMs' | 'loudnessMs' | 'layoutMs' | 'filmMs' | 'faceMs' | 'stageMs' | 'encodeMs',
    number
  >;
  /** Of this process; the encoder is another. */
  peakRssMb: number;
  /** Whether the likeness may be used, and the record that says so; null where no face is shown. */
  consent: { state: ConsentState; record: Consent | null } | null;
  /** What the person should know though the file is fine. */
  warnings: StudioError[];
}

const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** @throws StudioError of any area; on failure or abort nothing is left under the name of any output. */
export async function exportProject(request: ExportRequest, deps: ExportDeps): Promise<ExportReport> {
  const { project, assets, outPath, signal, onProgress } = request;
  const started = performance.now();
  const { format } = project.output;
  const alpha = project.stage.background.kind === 'transparent';
  if (alpha && format === 'mp4') throw new StudioError('stage.transparent-needs-alpha', { format });
  const vendor = await vendorOf(request, deps);
  if (vendor !== null && alpha) throw new StudioError('cloud.film-opaque', { provider: vendor.renderer.name });
  const { mode } = project.stage.subtitles;
  const subtitles = mode === 'srt' || mode === 'vtt' ? subtitlePath(outPath, mode) : null;
  const timeline = request.timelinePath ?? null;
  const taken = await inputPaths(project, assets);
  for (const path of [outPath, subtitles, timeline].filter((each) => each !== null)) {
    await assertOutputNotInput(path, taken);
    taken.push(path);
    // A place that cannot be written to is said before the work, not after it.
    await (await openPartFile(path)).discard();
  }
  const stages: ExportReport['stages'] = {
    portraitMs: 0,
    speechMs: 0,
    loudnessMs: 0,
    layoutMs: 0,
    filmMs: 0,
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
  const { fps } = project.stage;
  const produceId = randomUUID();
  const ffmpeg = soundOnly && project.script.recording === null ? undefined : await deps.ffmpeg(signal);

  // The stage is set while the script is being spoken: neither needs the other, but the output needs the size.
  let sizing: Promise<{ portrait: LoadedPortrait | null; size: StageSize }> | undefined;
  const sized = (halted: AbortSignal): NonNullable<typeof sizing> => {
    sizing ??= (async () => {
      if (soundOnly) return { portrait: null, size: stageSizeOf(project, null) };
      report('portrait', 0, 1);
      const portrait = await timed('portraitMs', loadPortrait(project.avatar, assets, deps.portraits, halted));
      report('portrait', 1, 1);
      return { portrait, size: stageSizeOf(project, portrait) };
    })();
    return sizing;
  };
  const setStage = async (halted: AbortSignal): Promise<SetStage> => {
    const { portrait, size } = await sized(halted);
    // What a vendor draws is set up when its film is here.
    if (portrait === null || vendor !== null) return { portrait, size, source: null };
    return { portrait, size, source: await drawnHere(portrait, size, halted) };
  };
  /** What could not be drawn as asked. */
  const troubles: StudioError[] = [];
  const drawnHere = async (portrait: LoadedPortrait, size: StageSize, halted: AbortSignal): Promise<FrameSource> => {
    const plate = await timed('layoutMs', layOut(project, assets, portrait, size, halted));
    const { lipsPath } = request;
    const lips = lipsPath && { modelPath: lipsPath, memoryPath: join(deps.paths.cacheDir, 'onnx-providers.json') };
    const onTrouble = (error: StudioError): void => void troubles.push(error);
    return await timed(
      'layoutMs',
      openStageFrames(project, assets, plate, halted, { ...(lips && { lips }), onTrouble }),
    );
  };
  const openSink = async (show: Programme, size: StageSize, halted: AbortSignal): Promise<EncoderSink> =>
    openEncoder({
      ...{ ffmpeg, format, ...size, fps, alpha, output: project.output, soundPath: show.soundPath, outPath },
      metadata: { produceId, software: deps.software, title: project.name },
      cacheDir: deps.paths.cacheDir,
      signal: halted,
      expectedDurationMs: show.durationMs,
    });
  const speak = async (halted: AbortSignal): Promise<Spoken> => {
    const onLine = (done: number, total: number): void => report('speech', done, total);
    const script = await timed(
      'speechMs',
      speakScript(project, assets, { ...deps, ffmpegPath: ffmpeg?.path }, halted, onLine),
    );
    try {
      report('loudness', 0, 1);
      const show = await timed(
        'loudnessMs',
        programme(script.utterances, join(script.folder, 'programme.s16'), script.layout, halted),
      );
      report('loudness', 1, 1);
      const frames = soundOnly ? 0 : Math.ceil((show.durationMs * fps) / 1000);
      await lastTo(show, frames / fps);
      // An encoder takes a tenth of a second to start: it has it while the stage is being set. It does not wait for a vendor.
      const { size } = await sized(halted);
      const sink = vendor === null ? await openSink(show, size, halted) : null;
      return { script, show, frames, sink };
    } catch (error) {
      await script[Symbol.asyncDispose]();
      throw error;
    }
  };
  const [set, spoken] = await bothOrNone(
    signal,
    [setStage, speak],
    [
      async (stage) => stage.source?.dispose(),
      async (spoken) => {
        await spoken.sink?.abort();
        await spoken.script[Symbol.asyncDispose]();
      },
    ],
  );

  const { portrait, size } = set;
  const { script, show, frames } = spoken;
  let { source } = set;
  let { sink } = spoken;
  let drawnBy: RendererId | null = soundOnly ? null : 'embedded';
  const replaced: StudioError[] = [];
  let encodeFrom = performance.now();
  let beside: SideFiles | undefined;
  try {
    if (vendor !== null && portrait !== null && ffmpeg !== undefined) {
      const { renderer, films } = vendor;
      try {
        const onProgress = (done: number, total: number): void => report('film', done, total);
        const unwanted = request.unwanted ?? (() => false);
        const about = { renderer, project, assets, portrait, size, show, frames, ffmpeg, folder: script.folder };
        const { cacheDir } = deps.paths;
        const waitFor = { ...about, cacheDir, software: deps.software, onProgress, unwanted };
        source = await timed('filmMs', openCloudFrames(waitFor, films, signal));
        drawnBy = renderer.id;
      } catch (error) {
        if (signal.aborted || !(error instanceof StudioError) || !films.standsIn(renderer.id, error)) throw error;
        replaced.push(error, new StudioError('cloud.renderer-replaced', { provider: renderer.name }));
        source = await drawnHere(portrait, size, signal);
      }
    }
    sink ??= await openSink(show, size, signal);
    encodeFrom = performance.now();
    const cues = subtitleCues(project, show, size);
    if (mode === 'burn') source?.subtitles(cues);
    beside = await writeSideFiles(sideFiles({ subtitles, timeline }, cues, show), signal);
    await encodeProgramme({ fps, frames, speech: programmeSpeech(show) }, source, sink, {
      signal,
      onFrame: (done, total) => report('render', done, total),
    });
    await beside.commit();
    const drawn = source?.stats();
    stages.faceMs = drawn?.faceMs ?? 0;
    stages.stageMs = drawn?.stageMs ?? 0;
  } finally {
    await Promise.allSettled([sink?.abort(), beside?.discard(), source?.dispose(), script[Symbol.asyncDispose]()]);
  }
  stages.encodeMs = performance.now() - encodeFrom;

  const wallMs = performance.now() - started;
  return {
    out: outPath,
    durationMs: round(show.durationMs),
    frames,
    wallMs: round(wallMs),
    realtimeFactor: round(show.durationMs / wallMs, 2),
    encoder: sink.encoder,
    renderer: drawnBy,
    widthPx: size.widthPx,
    heightPx: size.heightPx,
    fps,
    produceId,
    subtitles,
    timeline,
    stages: Object.fromEntries(Object.entries(stages).map(([name, ms]) => [name, round(ms)])) as ExportReport['stages'],
    peakRssMb: round(process.resourceUsage().maxRSS / 1024),
    ...likeness(project, soundOnly, [...script.warnings, ...replaced, ...troubles]),
  };
}

/** Sound alone shows nobody. */
function likeness(
  { avatar }: Project,
  soundOnly: boolean,
  others: readonly StudioError[],
): Pick<ExportReport, 'consent' | 'warnings'> {
  if (soundOnly) return { consent: null, warnings: [...others] };
  const today = dayOf(new Date());
  const warning = consentWarning(avatar, today);
  return {
    consent: { state: consentState(avatar, today), record: avatar.consent },
    warnings: warning === null ? [...others] : [...others, warning],
  };
}

/** Whom the export asks for its picture; null: nobody, it is drawn here or there is none. */
async function vendorOf(
  { renderer: id = 'embedded', project }: ExportRequest,
  { providers }: ExportDeps,
): Promise<{ renderer: CloudRenderer; films: CloudFilms } | null> {
  if (id === 'embedded' || project.output.format === 'wav' || providers === undefined) return null;
  return { renderer: await providers.films.renderer(id), films: providers.films };
}

interface SetStage {
  /** null for sound alone. */
  portrait: LoadedPortrait | null;
  size: StageSize;
  /** null for sound alone, and where a vendor draws. */
  source: FrameSource | null;
}
interface Spoken {
  script: SpokenScript;
  show: Programme;
  frames: number;
  /** Open, and given nothing yet; null: it is opened when the vendor's film is here. */
  sink: EncoderSink | null;
}

/**
 * Two jobs side by side. When one fails or `signal` aborts, the other is stopped and what it may have finished is put away;
 * the first failure is the one thrown.
 */
async function bothOrNone<A, B>(
  signal: AbortSignal,
  jobs: readonly [(halted: AbortSignal) => Promise<A>, (halted: AbortSignal) => Promise<B>],
  putAway: readonly [(a: A) => Promise<void>, (b: B) => Promise<void>],
): Promise<[A, B]> {
  const stop = new AbortController();
  const halted = AbortSignal.any([signal, stop.signal]);
  const run = <T>(job: (halted: AbortSignal) => Promise<T>): Promise<T> =>
    job(halted).catch((error: unknown) => {
      if (!stop.signal.aborted) stop.abort(error);
      throw error;
    });
  const [a, b] = await Promise.allSettled([run(jobs[0]), run(jobs[1])]);
  if (a.status === 'fulfilled' && b.status === 'fulfilled' && !signal.aborted) return [a.value, b.value];
  await Promise.allSettled([
    a.status === 'fulfilled' && putAway[0](a.value),
    b.status === 'fulfilled' && putAway[1](b.value),
  ]);
  throw signal.aborted ? signal.reason : stop.signal.reason;
}

/** Every file the export reads: the output must be none of them. */
async function inputPaths(project: Project, assets: AssetSource): Promise<string[]> {
  const refs: AssetRef[] = project.stage.overlays.map((overlay) => overlay.asset);
  if (project.avatar.portrait.kind === 'asset') refs.push(project.avatar.portrait.asset);
  if (project.stage.background.kind === 'picture') refs.push(project.stage.background.asset);
  if (project.script.recording) refs.push(project.script.recording);
  return await Promise.all(refs.map((ref) => assets.resolve(ref)));
}

/** The programme's sound, followed by silence to the end of the last frame. */
async function lastTo({ soundPath, samples }: Programme, seconds: number): Promise<void> {
  const wanted = Math.round(seconds * SAMPLE_RATE);
  if (wanted > samples) await truncate(soundPath, wanted * 2);
}

function sideFiles(
  { subtitles, timeline }: Pick<ExportReport, 'subtitles' | 'timeline'>,
  cues: readonly SubtitleCue[],
  show: Programme,
): SideFile[] {
  const files: SideFile[] = [];
  if (subtitles !== null) files.push({ path: subtitles, text: subtitles.endsWith('.srt') ? toSrt(cues) : toVtt(cues) });
  if (timeline !== null) files.push({ path: timeline, text: `${JSON.stringify(timelineDocument(show), null, 1)}\n` });
  return files;
}
