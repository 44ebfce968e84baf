/**
 * The live preview of one open project: the engine's own frames and sound, for a document that changes while it plays.
 *
 * One loop does one thing after another, always what is wanted now: set another stage, take over where lines lie, draw the
 * paused frame, send a piece of sound, draw the next frames. Portraits, plates and speech are made beside it, so that what is
 * there goes on being shown. A mode object is never changed into another: whoever awaits something looks whether it is still
 * the present one.
 *
 *     paused ──play──▶ playing ──end──▶ ended
 *       ▲  ╰─seek─╮       │               │
 *       ╰─────────┴─pause/seek────────────╯
 */
import type { ShownEmotion } from '../../app/contract/emotions.ts';
import type { PreviewEvent, PreviewMedia } from '../../app/contract/preview-wire.ts';
import type { Project } from '../../app/document/project.ts';
import type { EmotionKey } from '../../app/speech/emotion.ts';
import { EMOTION_BLENDS } from '../../app/speech/emotion-presets.ts';
import type { StageFrame } from '../engine/ports/frames.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import type { SpeechStage } from '../engine/stages/speech.ts';
import type { Ffmpeg } from '../media/ffmpeg/locate.ts';
import type { PortraitImporter } from '../portrait/prepare.ts';
import { openFrameSource } from '../render/frame-source.ts';
import type { AssetSource } from '../storage/assets.ts';
import { Announcer, type PreviewFrames } from './announcer.ts';
import { Faults } from './faults.ts';
import { changeRate, endOf, moveMode, type Paused, type Playing, pausedAt, playingFrom } from './mode.ts';
import { framesOf, framesOpenUntil, movedSample, sampleOf } from './places.ts';
import { firstEndingAfter } from './programme-sound.ts';
import { RecordingEar } from './recording-ear.ts';
import { RECORDING, type ScriptLayout, ScriptTrack } from './script-track.ts';
import { SoundFeed } from './sound-feed.ts';
import { type BuiltStage, StageBuilder } from './stage-builder.ts';
import { Teller } from './teller.ts';
import { Timers } from './timers.ts';

export interface PreviewDeps {
  portraits: PortraitImporter;
  speech: SpeechStage;
  assets: AssetSource;
  paths: { tempDir: string };
  ffmpeg(signal: AbortSignal): Promise<Ffmpeg>;
  /** Opens the drawing thread; the studio's own unless given. */
  openFrames?: typeof openFrameSource;
}

export interface PreviewOptions {
  projectId: string;
  /** The stage is scaled down so that its longer side is no more than this. */
  maxSidePx: number;
  generation: number;
}

/** Where a preview goes. Frames come only as far as {@link PreviewSession.credit} was given. */
export interface PreviewSink {
  event(event: PreviewEvent): void;
  /** The media's data is only lent: it must be copied or sent before this returns. */
  media(media: PreviewMedia): void;
}

export interface PlayRange {
  fromMs: number;
  /** null: to the end, wherever it comes to lie. */
  toMs: number | null;
  loop: boolean;
}

/** Frames asked of the drawing thread at a time. */
const BATCH = 4;
const MOST_CREDIT = 250;
const REOPEN_AFTER_MS = [0, 1000, 5000, 15_000];

export class PreviewSession {
  readonly #options: PreviewOptions;
  readonly #openFrames: typeof openFrameSource;
  readonly #sink: PreviewSink;
  readonly #stop = new AbortController();
  readonly #faults: Faults;
  readonly #stages: StageBuilder;
  readonly #ear: RecordingEar;
  readonly #script: ScriptTrack;
  readonly #sound: SoundFeed;
  readonly #timers = new Timers();
  readonly #teller: Teller;
  #document: { project: Project; revision: number } | null = null;
  /** Set by the drawing thread; and what is to be set next. */
  #stage: BuiltStage | null = null;
  #nextStage: BuiltStage | null = null;
  #source: PreviewFrames | null = null;
  #announcer: Announcer | null = null;
  #reopens = 0;
  #reopenAt = 0;
  #layout: ScriptLayout = { lines: [], samples: 0, durationMs: 0, exact: false };
  #layoutStale = false;
  /** The drawing thread must begin anew before its next frame. */
  #rewind = true;
  #drawn = -1;
  #credit = 0;
  #emotion: EmotionKey | null = null;
  #idle = false;
  #idleAt = 0;
  #mode: Paused | Playing;
  #kicked = false;
  #running: Promise<void> | null = null;

  constructor(deps: PreviewDeps, options: PreviewOptions, sink: PreviewSink) {
    this.#options = options;
    this.#openFrames = deps.openFrames ?? openFrameSource;
    this.#sink = sink;
    this.#mode = pausedAt(options.generation, 0);
    this.#faults = new Faults((event) => sink.event(event));
    this.#teller = new Teller(
      (event) => sink.event(event),
      () => this.#document && this.#stage && { ...this.#document, layout: this.#layout, fps: this.#fps },
      () => this.#mode.generation,
      this.#timers,
    );
    this.#sound = new SoundFeed({
      failed: (error) => this.#faults.set('sound', null, error),
      send: (media) => sink.media(media),
      layout: () => this.#layout,
      isPresent: (mode) => mode === this.#mode,
      isInterrupted: () => this.#nextStage !== null || this.#layoutStale,
    });
    this.#stages = new StageBuilder(deps, options.maxSidePx, {
      built: (stage) => {
        this.#nextStage = stage;
        this.#faults.clear('stage');
        this.#kick();
      },
      failed: (error) => this.#faults.set('stage', null, error),
      waiting: (forWhat) => this.#teller.wait('stage', forWhat),
    });
    this.#ear = new RecordingEar(deps);
    this.#script = new ScriptTrack(
      { speech: deps.speech, ear: this.#ear },
      {
        changed: () => {
          this.#layoutStale = true;
          this.#kick();
        },
        fault: (lineId, error) => {
          if (error === null) this.#faults.clear(`line ${lineId}`);
          else this.#faults.set(`line ${lineId}`, lineId === RECORDING ? null : lineId, error);
        },
      },
    );
  }

  /** The document as it is now; begins with the first. Only what a change touches is done again. */
  update(project: Project, revision: number): void {
    if (this.#stop.signal.aborted) return;
    const before = this.#document?.project;
    this.#document = { project, revision };
    if (before && JSON.stringify(before.avatar.rig) !== JSON.stringify(project.avatar.rig)) this.#redraw();
    this.#stages.update(project);
    this.#script.update(project);
    this.#kick();
  }

  play(generation: number, { fromMs, toMs, loop }: PlayRange): void {
    this.#takeOver();
    const from = this.#frameAt(fromMs);
    const to = toMs === null ? null : Math.max(from + 1, Math.ceil(this.#mapMs(toMs) * (this.#fps / 1000) - 1e-6));
    this.#mode = playingFrom(generation, { from, to, loop }, this.#fps);
    this.#faults.clear('sound');
    this.#script.retry();
    this.#turnTo(from);
  }

  /** To the frame at `atMs`, which is sent. */
  pause(generation: number, atMs: number): void {
    this.#takeOver();
    this.#mode = pausedAt(generation, this.#frameAt(atMs));
    this.#turnTo(this.#mode.frame);
  }

  seek(generation: number, atMs: number): void {
    this.pause(generation, atMs);
  }

  /** So many frames more may be sent. */
  credit(frames: number): void {
    this.#credit = Math.min(MOST_CREDIT, this.#credit + frames);
    this.#kick();
  }

  /** Shows this in place of every mood of the script; null takes it back. */
  showEmotion(generation: number, emotion: ShownEmotion | null): void {
    this.#mode.generation = generation;
    this.#emotion = emotion && {
      // Long since settled, whenever the first frame is.
      ...{ atMs: -10_000, intensity: emotion.intensity },
      ...(emotion.kind === 'preset'
        ? { emotion: emotion.emotion, blend: EMOTION_BLENDS[emotion.emotion] }
        : { emotion: '', blend: emotion.blend }),
    };
    this.#redraw();
  }

  /** While paused, the face lives on. */
  idle(generation: number, on: boolean): void {
    this.#mode.generation = generation;
    if (on === this.#idle) return;
    this.#idle = on;
    this.#idleAt = performance.now();
    if (this.#mode.kind === 'paused') this.#mode.idled = 0;
    this.#redraw();
  }

  /** Ends the drawing thread and all work; resolves when nothing is left of it. Safe to call twice. */
  async dispose(): Promise<void> {
    this.#stop.abort(new DOMException('the preview was closed', 'AbortError'));
    this.#timers.end();
    this.#kick();
    await Promise.allSettled([this.#running, this.#stages.dispose(), this.#script.dispose()]);
    await Promise.allSettled([
      this.#source?.dispose(),
      this.#sound[Symbol.asyncDispose](),
      this.#ear[Symbol.asyncDispose](),
    ]);
    this.#source = null;
  }

  // ── The loop ──────────────────────────────────────────────────────────────────────────────────────────────────────

  #kick(): void {
    this.#kicked = true;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    // Several requests of one moment are one change.
    await Promise.resolve();
    while (this.#kicked && !this.#stop.signal.aborted) {
      this.#kicked = false;
      try {
        if (await this.#step()) this.#kicked = true;
      } catch (error) {
        if (!this.#stop.signal.aborted) await this.#lose(error);
      }
    }
    // In the same turn as the last look: a kick is never lost.
    this.#running = null;
  }

  /** True where there is more to do at once. */
  async #step(): Promise<boolean> {
    if (this.#nextStage) await this.#setStage(this.#nextStage);
    if (this.#layoutStale) this.#adopt();
    if (!this.#source || !this.#document) return false;
    const mode = this.#mode;
    return mode.kind === 'paused' ? await this.#showPaused(mode) : await this.#playOn(mode);
  }

  async #setStage(next: BuiltStage): Promise<void> {
    const wait = this.#source ? 0 : this.#reopenAt - performance.now();
    if (wait > 0) return this.#timers.later('reopen', wait, () => this.#kick());
    this.#nextStage = null;
    // Its numbers may have moved on while the plate was laid out.
    const setup = { ...next.setup, rig: this.#document!.project.avatar.rig };
    const { signal } = this.#stop;
    try {
      if (this.#source) await this.#source.restage(setup);
      else this.#source = await this.#openFrames(setup, signal);
    } catch (error) {
      // A thread that still stands has only refused this stage.
      const stands = this.#source !== null && (await this.#source.restart(setup.rig).then(yes, no));
      if (!stands) {
        this.#nextStage ??= next;
        throw error;
      }
      this.#faults.set('refused', null, error);
      this.#redraw();
      return;
    }
    this.#faults.clear('refused');
    const before = this.#stage;
    this.#stage = next;
    this.#announcer = new Announcer(this.#source, this.#document!.project, next.fullSize);
    const { widthPx, heightPx } = next.size;
    const { fps } = next.setup;
    if (
      before === null ||
      before.size.widthPx !== widthPx ||
      before.size.heightPx !== heightPx ||
      before.setup.fps !== fps
    ) {
      this.#sink.event({ type: 'ready', projectId: this.#options.projectId, widthPx, heightPx, fps });
      if (before && before.setup.fps !== fps) changeRate(this.#mode, before.setup.fps, fps);
    }
    this.#teller.tellPrepared();
    this.#redraw();
  }

  /** The drawing thread is lost: what was asked for is asked of another. */
  async #lose(error: unknown): Promise<void> {
    this.#faults.set('thread', null, error);
    const source = this.#source;
    this.#source = null;
    this.#announcer = null;
    await source?.dispose();
    this.#nextStage ??= this.#stage;
    this.#reopenAt = performance.now() + REOPEN_AFTER_MS[Math.min(this.#reopens++, REOPEN_AFTER_MS.length - 1)]!;
    this.#redraw();
  }

  async #showPaused(mode: Paused): Promise<boolean> {
    const idles = this.#idle && !mode.due;
    if (this.#credit <= 0 || (!mode.due && !this.#idle)) return false;
    if (idles) {
      const wait = this.#idleAt - performance.now();
      if (wait > 0) {
        this.#timers.later('idle', wait, () => this.#kick());
        return false;
      }
      this.#idleAt = Math.max(this.#idleAt, performance.now() - 1000 / this.#fps) + 1000 / this.#fps;
      if (mode.idled === 0) this.#rewind = true;
      mode.idled++;
    }
    mode.due = false;
    const index = mode.frame + mode.idled;
    await this.#prepare(index, 1, mode.idled > 0 ? mode.frame : null);
    const frame = await this.#source!.frame(index);
    this.#send(frame, mode.frame, mode === this.#mode, mode.generation, false);
    return mode !== this.#mode || mode.due || this.#idle;
  }

  async #playOn(mode: Playing): Promise<boolean> {
    if (mode.ended) return false;
    const end = endOf(mode, this.#layout, this.#fps);
    if (mode.frame >= end && !mode.loop) {
      mode.ended = true;
      this.#sink.event({ type: 'ended', generation: mode.generation, atMs: (end * 1000) / this.#fps });
      return false;
    }
    await this.#sound.send(mode, end, this.#fps);
    if (mode !== this.#mode || this.#nextStage || this.#layoutStale) return true;
    if (mode.frame >= end) {
      mode.frame = mode.from;
      mode.frameRound++;
      mode.beginsFrame = true;
      this.#rewind = true;
    }
    const sight = { fps: this.#fps, lookAheadMs: this.#source!.lookAheadMs };
    const open = framesOpenUntil(this.#layout, mode.frame, BATCH, sight);
    const count = Math.min(BATCH, end - mode.frame, open - mode.frame, this.#credit);
    this.#teller.wait('speech', open <= mode.frame ? 'speech' : null);
    if (count <= 0) return false;
    await this.#prepare(mode.frame, count, null);
    const asked = Array.from({ length: count }, (_, i) => this.#source!.frame(mode.frame + i));
    // When one fails all fail, and only the first is waited for.
    for (const one of asked) one.catch(no);
    const first = mode.frame;
    const generation = mode.generation;
    mode.frame += count;
    for (const [i, one] of asked.entries()) {
      this.#send(await one, first + i, mode === this.#mode, generation, mode.beginsFrame);
      mode.beginsFrame = false;
    }
    this.#focus(mode.frame);
    return true;
  }

  /** What lies here is spoken first. */
  #focus(frame: number): void {
    const { lines } = this.#layout;
    this.#script.focus(lines[firstEndingAfter(lines, sampleOf(frame, this.#fps))]?.lineId ?? null);
  }

  /** The drawing thread knows what it needs for `count` frames from `index` on. `silentFrom`: nobody speaks after that frame. */
  async #prepare(index: number, count: number, silentFrom: number | null): Promise<void> {
    const source = this.#source!;
    const announcer = this.#announcer!;
    const atMs = (index * 1000) / this.#fps;
    if (this.#rewind || index <= this.#drawn) {
      await source.restart(this.#document!.project.avatar.rig);
      if (silentFrom === null) announcer.begin(this.#layout, atMs, this.#emotion);
      else announcer.beginSilence(this.#layout, (silentFrom * 1000) / this.#fps, this.#emotion);
      this.#rewind = false;
    }
    if (silentFrom === null) announcer.reach(this.#layout, atMs + (count * 1000) / this.#fps + source.lookAheadMs);
    this.#drawn = index + count - 1;
  }

  #send({ data, release }: StageFrame, index: number, wanted: boolean, generation: number, begins: boolean): void {
    if (wanted && !this.#stop.signal.aborted) {
      this.#credit--;
      const { size, setup } = this.#stage!;
      this.#sink.media({ kind: 'frame', generation, index, ...size, begins, alpha: setup.alpha, data });
      this.#reopens = 0;
      this.#faults.clear('thread');
    }
    release();
  }

  // ── Where things lie ──────────────────────────────────────────────────────────────────────────────────────────────

  get #fps(): number {
    return this.#stage?.setup.fps ?? this.#document?.project.stage.fps ?? 25;
  }

  get #frames(): number {
    return framesOf(this.#layout, this.#fps);
  }

  /** The frame on show at a time that the interface named by the layout it was told last, as of {@link #takeOver}. */
  #frameAt(atMs: number): number {
    return Math.min(this.#frames - 1, Math.floor((this.#mapMs(atMs) * this.#fps) / 1000 + 1e-6));
  }

  #mapMs: (atMs: number) => number = (atMs) => atMs;

  /** A request of the interface is the moment to let lines that have been passed have their true length. */
  #takeOver(): void {
    this.#mapMs = (atMs) => atMs;
    // A face that idled has been told that nobody speaks.
    if (this.#mode.kind === 'paused' && this.#mode.idled > 0) this.#rewind = true;
    const { told } = this.#teller;
    if (this.#layout !== this.#script.layout()) {
      this.#rewind = true;
      this.#layout = this.#script.layout();
      this.#layoutStale = false;
      this.#teller.tellPrepared();
    }
    if (told === null || told === this.#layout) return;
    this.#mapMs = (atMs) => (movedSample(told, this.#layout, (atMs * SAMPLE_RATE) / 1000) * 1000) / SAMPLE_RATE;
  }

  /** Takes the script's present layout over, keeping the place in the line that is being said. */
  #adopt(): void {
    this.#layoutStale = false;
    const before = this.#layout;
    const mode = this.#mode;
    const frontSample = mode.kind === 'playing' ? mode.sample : sampleOf(mode.frame, this.#fps);
    const held = new Map<string, number>();
    for (const { lineId, exact, startSample, samples } of before.lines)
      if (!exact && startSample + samples <= frontSample) held.set(lineId, samples);
    this.#layout = this.#script.layoutHolding(held);
    this.#teller.tellPrepared();
    if (before.lines.length > 0 && moveMode(mode, before, this.#layout, this.#fps)) this.#redraw();
    const { lines } = this.#layout;
    let passed = 0;
    while (passed < lines.length && held.has(lines[passed]!.lineId)) passed++;
    if (this.#announcer && !this.#announcer.holds(this.#layout, passed)) this.#redraw();
    this.#focus(mode.frame);
  }

  #turnTo(frame: number): void {
    // A step forward needs nothing anew: all up to there has been announced, or will be.
    const near = frame > this.#drawn && frame <= this.#drawn + this.#fps;
    if (!near) this.#rewind = true;
    this.#teller.wait('speech', null);
    this.#focus(frame);
    this.#kick();
  }

  #redraw(): void {
    this.#rewind = true;
    if (this.#mode.kind === 'paused') this.#mode.due = true;
    this.#kick();
  }
}

const yes = (): boolean => true;
const no = (): boolean => false;
