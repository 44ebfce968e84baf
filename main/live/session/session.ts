/**
 * A show on air, from the document to the tags of its stream. Put together here, and led by one loop: before each frame the show, its picture
 * and its sound are brought up to that frame, then the frame is fed. Nothing of this waits for anything that could be late.
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Project } from '../../../app/document/project.ts';
import { ERROR_CODES, StudioError } from '../../../app/errors/index.ts';
import { type InsertItem, ShowCursor } from '../../../app/live/cursor.ts';
import type { LiveCommand, LiveError, SessionStatus } from '../../../app/live/protocol.ts';
import { SpeechQueue } from '../../../app/live/speech-queue.ts';
import type { StageSize } from '../../../app/media/stage-size.ts';
import type { LlmProvider } from '../../engine/ports/llm.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import type { SpeechStage } from '../../engine/stages/speech.ts';
import type { VideoEncoderName } from '../../media/ffmpeg/args.ts';
import { isHardwareEncoder } from '../../media/ffmpeg/encoders.ts';
import { liveArgs } from '../../media/ffmpeg/live-args.ts';
import type { openFrameSource } from '../../render/frame-source.ts';
import type { AssetSource } from '../../storage/assets.ts';
import { Answers } from './answers.ts';
import { type Clock, VirtualClock } from './clock.ts';
import { EncoderKeeper, type Quality } from './encoder-keeper.ts';
import { Feeder } from './feeder.ts';
import type { FlvSink } from './hub-sink.ts';
import { InsertPlayer } from './insert-player.ts';
import { LivePicture, RENDER_AHEAD } from './live-picture.ts';
import type { SessionReply, SessionRequest } from './messages.ts';
import { Mixer } from './mixer.ts';
import { Music } from './music.ts';
import { PcmStream } from './pcm-stream.ts';
import { Programme } from './programme.ts';
import { ShowDriver } from './show-driver.ts';
import { Speaker } from './speaker.ts';
import type { StageMaker } from './stage-maker.ts';

export interface SessionDeps {
  clock: Clock;
  speech: SpeechStage;
  /** Answers what viewers ask. */
  llm: Pick<LlmProvider, 'chat'>;
  assets: AssetSource;
  ffmpegPath: string;
  /** Which encoder works here, for a size. */
  chooseEncoder(size: StageSize, fps: number, mode: 'auto' | 'software'): Promise<VideoEncoderName>;
  tempDir: string;
  maker: Pick<StageMaker, 'make' | 'pictures' | 'dispose'>;
  openFrames: typeof openFrameSource;
  openSink(onFirst: () => void, onTrouble: (error: unknown) => void): FlvSink;
  tell(reply: SessionReply): void;
  /** For voices that never answer. */
  voiceTimeoutMs?: number;
}

export type SessionStart = Pick<
  Extract<SessionRequest, { type: 'start' }>,
  'project' | 'position' | 'fromStreamMs' | 'commands'
>;

/** For the first sentence to be made before the first frame. */
const WARM_UP_MS = 5000;
/** After the last word. */
const TAIL_MS = 600;
/** A hardware encoder that died so often is not taken again. */
const HARDWARE_CHANCES = 2;

export class LiveSession {
  readonly #deps: SessionDeps;
  readonly #clock: Clock;
  readonly #fps: number;
  readonly #stop = new AbortController();
  readonly #mixer: Mixer;
  readonly #music: Music;
  readonly #programme: Programme;
  readonly #picture: LivePicture;
  readonly #inserts: InsertPlayer;
  readonly #speaker: Speaker;
  readonly #driver: ShowDriver;
  readonly #feeder: Feeder;
  #keeper: EncoderKeeper | null = null;
  #sink: FlvSink | null = null;
  #project: Project;
  readonly #waitingCommands: readonly LiveCommand[];
  #encoder: VideoEncoderName = 'libx264';
  #rung = { step: 0, scale: 1, divisor: 1, videoKbps: 0 };
  #volume = { voice: 1, music: 1 };
  #lastError: LiveError | null = null;
  #worstAvOffsetMs = 0;
  #overAtFrame: number | null = null;
  #finishing: Promise<void> | null = null;
  readonly #done = Promise.withResolvers<void>();
  #fpsMeter: { atMs: number; fed: number; drawn: number; cpuMicros: number };
  #drawn = 0;
  #rates = { fpsIn: 0, fpsOut: 0, cpuPercent: 0 };

  constructor({ project, position, fromStreamMs, commands }: SessionStart, deps: SessionDeps) {
    this.#deps = deps;
    this.#clock = deps.clock;
    this.#project = project;
    this.#waitingCommands = commands;
    this.#fps = project.stage.fps;
    const firstFrame = Math.ceil((fromStreamMs * this.#fps) / 1000);
    const firstSample = this.#sampleOf(firstFrame);
    const { assets, ffmpegPath, speech, tempDir } = deps;
    const onTrouble = (error: unknown): void => this.#trouble(error);
    this.#music = new Music({ ffmpegPath, assets, onTrouble });
    this.#mixer = new Mixer(firstSample, this.#music);
    this.#programme = new Programme(this.#mixer);
    this.#speaker = new Speaker({
      ...{ speech, nowMs: () => this.#clock.nowMs(), onTrouble },
      ...(deps.voiceTimeoutMs !== undefined && { timeoutMs: deps.voiceTimeoutMs }),
    });
    const wallMs = (): number => this.#clock.wallMs();
    this.#picture = new LivePicture(
      {
        ...{ maker: deps.maker, openFrames: deps.openFrames, programme: this.#programme, wallMs, onTrouble },
        onDrawn: (frame) => {
          this.#drawn++;
          this.#driver.frameDrawn(frame);
        },
      },
      project,
      firstFrame,
    );
    this.#inserts = new InsertPlayer({
      ...{ ffmpegPath, fps: this.#fps, mixer: this.#mixer, onTrouble },
      resolve: (asset) => assets.resolve(asset),
    });
    this.#driver = new ShowDriver(
      {
        ...{ fps: this.#fps, programme: this.#programme, mixer: this.#mixer },
        cursor: new ShowCursor({ source: project, position }),
        queue: new SpeechQueue(position?.desk, position?.paused),
        stage: this.#stageDoor(),
        prepare: {
          ...{ speaker: this.#speaker, speech, assets, ffmpegPath, tempDir, onTrouble },
          answers: new Answers({ llm: deps.llm, onTrouble }),
        },
        ...{ nowMs: () => this.#clock.nowMs(), wallMs },
        openSound: async ({ jingle }) => {
          try {
            return new PcmStream(ffmpegPath, await assets.resolve(jingle));
          } catch (error) {
            onTrouble(error);
            return null;
          }
        },
        events: {
          position: (at) => deps.tell({ type: 'position', position: at, streamMs: this.#streamMs }),
          done: (id, said) => deps.tell({ type: 'done', id, said }),
          trace: (trace) => deps.tell({ type: 'trace', trace }),
          trouble: onTrouble,
          over: () => {
            this.#overAtFrame ??= this.#feeder.frame + Math.ceil((TAIL_MS * this.#fps) / 1000);
          },
        },
      },
      project,
      firstSample,
    );
    this.#feeder = new Feeder({
      ...{ clock: this.#clock, fps: this.#fps, firstFrame },
      before: (frame) => this.#before(frame),
      picture: (frame) => this.#inserts.over(frame, this.#picture.take(frame)),
      sound: (frame) => this.#mixer.take(this.#sampleOf(frame + 1)),
      feed: (frame, picture, sound) => this.#feed(frame, picture, sound),
      late: (frame) => this.#driver.frameLate(frame),
      stood: (ms) => this.#trouble(new StudioError('session.stood-still', { seconds: Math.round(ms / 100) / 10 })),
    });
    this.#fpsMeter = { atMs: performance.now(), fed: 0, drawn: 0, cpuMicros: cpuMicros() };
    this.#applySettings(project);
    if (this.#clock instanceof VirtualClock) this.#clock.settled = () => this.#settled();
  }

  #stageDoor() {
    const picture = (): LivePicture => this.#picture;
    return {
      get nextFrame(): number {
        return picture().nextFrame;
      },
      get sources() {
        return picture().sources;
      },
      rewind: (frame: number, cutMs: number | null) => picture().rewind(frame, cutMs),
      forgetMarkersFrom: (frame: number) => picture().forgetMarkersFrom(frame),
      markers: (...args: Parameters<LivePicture['markers']>) => picture().markers(...args),
      scene: (id: string) => picture().showScene(id),
      insert: (item: InsertItem) => this.#inserts.play(item, this.#project, this.#picture.size),
    };
  }

  /** Sets the stage and goes on air; resolves when the show is over and everything has left. @throws StudioError where it cannot begin */
  async run(): Promise<void> {
    try {
      const { stage, live } = this.#project;
      await Promise.all([this.#picture.open(stage.size), this.#warmVoice()]);
      const { size } = this.#picture;
      this.#encoder = await this.#deps.chooseEncoder(size, this.#fps, live.output.encoder);
      this.#sink = this.#deps.openSink(
        () => this.#deps.tell({ type: 'on-air' }),
        (error) => this.#trouble(error),
      );
      this.#keeper = new EncoderKeeper(
        {
          ...{ ffmpegPath: this.#deps.ffmpegPath, fps: this.#fps },
          argsOf: (quality, keyframeAt) => this.#argsOf(quality, keyframeAt),
          onTag: (tag) => this.#sink?.send(tag),
          onTrouble: (detail) => this.#encoderFell(detail),
        },
        this.#quality(),
      );
      this.#keeper.open(this.#feeder.frame);
      // What is said first, and all that was asked for meanwhile, is placed before the first frame is drawn.
      this.#driver.begin();
      for (const command of this.#waitingCommands) this.command(command);
      this.#driver.tick(this.#feeder.frame);
      await turn();
      await this.#picture.begin();
      await this.#feeder.run(this.#stop.signal);
      await this.#keeper.close(true);
      await this.#sink.close();
    } finally {
      await this.dispose();
      this.#done.resolve();
    }
  }

  /** A voice that takes long, or fails, is met again on air. */
  async #warmVoice(): Promise<void> {
    const patience = Promise.withResolvers<void>();
    const timer = setTimeout(patience.resolve, WARM_UP_MS);
    await Promise.race([this.#driver.warm(), patience.promise]);
    clearTimeout(timer);
  }

  // ── What is asked ─────────────────────────────────────────────────────────────────────────────────────────────────

  command(command: LiveCommand): void {
    switch (command.type) {
      case 'say':
      case 'ask':
      case 'pause':
      case 'resume':
      case 'skip':
      case 'goTo':
        this.#driver.command(command);
        break;
      case 'volume':
        this.#volume = { voice: command.voice ?? this.#volume.voice, music: command.music ?? this.#volume.music };
        this.#mixer.volume = { ...this.#volume };
        break;
      case 'emotion':
        this.#driver.emotion(command);
        break;
      case 'overlay':
      case 'setOverlay':
      case 'scene':
        this.#picture.command(command);
        break;
      case 'project':
        this.#changeProject(command.project);
    }
  }

  rung({ step, videoKbps, fpsDivisor, scale }: Omit<Extract<SessionRequest, { type: 'rung' }>, 'type'>): void {
    this.#rung = { step, scale, videoKbps, divisor: fpsDivisor };
    this.#keeper?.change(this.#quality());
  }

  /** graceful: the sentence is finished and the closing played. Resolves when everything has left. */
  async stop(graceful: boolean): Promise<void> {
    if (graceful) this.#driver.close();
    else this.#stop.abort(new DOMException('the show was stopped', 'AbortError'));
    await this.#done.promise;
  }

  #changeProject(asked: Project): void {
    // What viewers' players have begun with stays.
    const project = { ...asked, stage: { ...asked.stage, size: this.#picture.size, fps: this.#project.stage.fps } };
    this.#project = project;
    this.#applySettings(project);
    this.#driver.update(project);
    this.#picture.update(project);
    this.#keeper?.change(this.#quality());
  }

  #applySettings({ live }: Project): void {
    const { tracks, volume, duckedVolume } = live.show.music;
    this.#mixer.musicLevel = { open: volume, ducked: duckedVolume };
    this.#music.use(tracks);
  }

  // ── Frame by frame ────────────────────────────────────────────────────────────────────────────────────────────────

  #before(frame: number): void {
    this.#picture.before(frame);
    this.#driver.tick(frame);
    if (this.#overAtFrame !== null && frame >= this.#overAtFrame)
      this.#stop.abort(new DOMException('the show is over', 'AbortError'));
  }

  #feed(...[frame, picture, sound]: Parameters<EncoderKeeper['feed']>): void {
    const keeper = this.#keeper!;
    keeper.feed(frame, picture, sound);
    if (Math.abs(keeper.avOffsetMs) > Math.abs(this.#worstAvOffsetMs)) this.#worstAvOffsetMs = keeper.avOffsetMs;
  }

  /** Whether all that the next frame needs is there: what an accelerated run waits for instead of the clock. */
  async #settled(): Promise<void> {
    const ready = (): boolean =>
      this.#driver.settled &&
      this.#picture.hasDrawn(this.#feeder.frame) &&
      (this.#keeper === null || this.#keeper.pending <= 4) &&
      (this.#sink === null || this.#sink.queued < 500) &&
      this.#music.settled;
    let turns = 0;
    while (!ready() && !this.#stop.signal.aborted) {
      turns++;
      // Most waits are short; a long one must not take a core from whoever is waited for.
      await new Promise<void>((resolve) => (turns < 200 ? setImmediate(resolve) : setTimeout(resolve, 1)));
    }
    if (this.#feeder.frame % 8 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }

  // ── The encoder ───────────────────────────────────────────────────────────────────────────────────────────────────

  #quality(): Quality {
    const { widthPx, heightPx } = this.#picture.size;
    const even = (px: number): number => Math.max(2, Math.round((px * this.#rung.scale) / 2) * 2);
    const { step, divisor, videoKbps } = this.#rung;
    return {
      ...{ step, divisor, videoKbps: videoKbps || this.#project.live.output.videoKbps },
      ...(this.#rung.scale === 1 ? { widthPx, heightPx } : { widthPx: even(widthPx), heightPx: even(heightPx) }),
    };
  }

  #argsOf({ divisor, widthPx, heightPx, videoKbps }: Quality, keyframeAt: number): string[] {
    const { size } = this.#picture;
    return liveArgs({
      ...{ encoder: this.#encoder, shape: { ...size, fps: this.#fps / divisor }, widthPx, heightPx },
      ...{ output: { ...this.#project.live.output, videoKbps }, keyframeAt },
    });
  }

  #encoderFell(detail: string): void {
    this.#trouble(new StudioError('session.encoder-stopped', { detail }, { retryable: true }));
    if (isHardwareEncoder(this.#encoder) && (this.#keeper?.restarts ?? 0) >= HARDWARE_CHANCES)
      this.#encoder = 'libx264';
  }

  // ── What it tells ─────────────────────────────────────────────────────────────────────────────────────────────────

  get #streamMs(): number {
    return (this.#feeder.frame * 1000) / this.#fps;
  }
  /** Of the encoder that is fed now. */
  get encoderPid(): number | undefined {
    return this.#keeper?.pid;
  }
  get skippedFrames(): number {
    return this.#keeper?.skipped ?? 0;
  }

  #trouble(error: unknown): void {
    const told = errorOf(error);
    this.#lastError = told;
    this.#deps.tell({ type: 'trouble', error: told });
  }

  /** Where viewers' clocks are. */
  get dueStreamMs(): number {
    return this.#feeder.dueStreamMs;
  }

  status(): SessionStatus {
    const { lateFrames, stalls, frame } = this.#feeder;
    const keeper = this.#keeper;
    this.#measure();
    const size = keeper?.quality ?? {
      step: 0,
      videoKbps: this.#project.live.output.videoKbps,
      divisor: 1,
      ...this.#sizeSoFar(),
    };
    return {
      ...{ streamMs: this.#streamMs, frames: frame, lateFrames, stalls, skippedFrames: this.skippedFrames },
      ...{ fpsIn: this.#rates.fpsIn, fpsOut: this.#rates.fpsOut },
      ...{ renderAhead: this.#picture.ready, renderAheadMax: RENDER_AHEAD },
      ...{ encoderQueue: keeper?.pending ?? 0, encoderSpeed: keeper?.speed ?? null },
      ...{ encoderRestarts: keeper?.restarts ?? 0, avOffsetMs: keeper?.avOffsetMs ?? 0 },
      worstAvOffsetMs: this.#worstAvOffsetMs,
      ...this.#driver.status(),
      ...{ position: this.#driver.position, scene: this.#picture.scene, overlays: this.#picture.overlaysShown },
      ...{ volume: { ...this.#volume }, emotion: this.#driver.mood },
      rung: {
        ...{ step: size.step, videoKbps: size.videoKbps, fps: this.#fps / size.divisor },
        ...{ widthPx: size.widthPx, heightPx: size.heightPx },
      },
      rssMb: Math.round(process.memoryUsage.rss() / 2 ** 20),
      ...{ cpuPercent: this.#rates.cpuPercent, lastError: this.#lastError },
    };
  }

  #sizeSoFar(): StageSize {
    return this.#project.stage.size ?? { widthPx: 0, heightPx: 0 };
  }

  /** Over the time since it was asked last, a quarter of a second at least. */
  #measure(): void {
    const atMs = performance.now();
    const { atMs: fromMs, fed, drawn, cpuMicros: before } = this.#fpsMeter;
    if (atMs - fromMs < 250) return;
    const seconds = (atMs - fromMs) / 1000;
    const now = { atMs, fed: this.#feeder.frame, drawn: this.#drawn, cpuMicros: cpuMicros() };
    const rate = (count: number): number => Math.max(0, Math.round((count / seconds) * 10) / 10);
    this.#rates = {
      ...{ fpsIn: rate(now.drawn - drawn), fpsOut: fed === 0 ? 0 : rate(now.fed - fed) },
      cpuPercent: Math.round((now.cpuMicros - before) / seconds / 10_000),
    };
    this.#fpsMeter = now;
  }

  /** Ends all that was started. Safe to call twice. */
  async dispose(): Promise<void> {
    this.#finishing ??= (async () => {
      if (!this.#stop.signal.aborted) this.#stop.abort(new DOMException('the show is over', 'AbortError'));
      this.#driver.dispose();
      this.#speaker.dispose();
      this.#mixer.dispose();
      this.#music.dispose();
      this.#inserts.dispose();
      await Promise.allSettled([
        this.#keeper?.close(false),
        this.#picture.dispose(),
        this.#deps.maker.dispose(),
        this.#sink?.close(),
      ]);
    })();
    await this.#finishing;
  }

  #sampleOf(frame: number): number {
    return Math.round((frame * SAMPLE_RATE) / this.#fps);
  }
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** In words that can be told in any language; what has none is told as it says itself. */
export function errorOf(error: unknown): LiveError {
  if (error instanceof StudioError) return { code: error.code, params: { ...error.params } };
  if (typeof error === 'object' && error !== null && 'code' in error) {
    const code = ERROR_CODES.find((known) => known === error.code);
    if (code) return { code, params: {} };
  }
  return { code: 'command.internal', params: { detail: error instanceof Error ? error.message : String(error) } };
}
