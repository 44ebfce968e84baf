/**
 * Shows a project's preview: asks the studio for frames and sound, plays the sound, and shows with it the picture that belongs to
 * what is heard at the loudspeaker at that moment. Nothing here is drawn again by React with a frame.
 *
 *     paused ──play──▶ playing ──last sound heard, pause, seek──▶ paused
 *
 * Sound is let out only as far as there are frames, so that a machine that draws too slowly halts instead of drifting apart.
 */
import type { ShownEmotion } from '../../../../app/contract/emotions.ts';
import {
  decodePreviewEvent,
  decodePreviewMedia,
  encodePreviewRequest,
  PREVIEW_SAMPLE_RATE,
  type PreviewEvent,
  type PreviewFrame,
  type PreviewRequestInput,
  type PreviewSound,
} from '../../../../app/contract/preview-wire.ts';
import { connection, openPreview, type PreviewPipe } from '../../../bridge/index.ts';
import { type PreviewControls, previewStore } from '../../../state/preview-store.ts';
import { FrameQueue } from './frame-queue.ts';
import { createPainter, type Painter } from './painter.ts';
import { type Awaited, playbackStore, type Range } from './playback-store.ts';
import { SoundOutput } from './sound-output.ts';

/** Frames on their way or waiting: two thirds of a second. */
const WINDOW = 16;
/** What takes no longer is not told. */
const PATIENCE_MS = 300;
/** A picture is shown in the refresh that is nearest to its time. */
const LEAD_MS = 8;
/** A seek that is not answered by then does not hold up the next. */
const SEEK_PATIENCE_MS = 400;
const REOPEN_AFTER_MS = 500;

const { setState: tell } = playbackStore;

type Mode = { kind: 'paused' } | { kind: 'playing'; to: number | null; loop: boolean; thenLoop: boolean };

export interface PlayerOptions {
  projectId: string;
  maxSidePx: number;
}

export class Player implements PreviewControls {
  readonly #options: PlayerOptions;
  readonly #stop = new AbortController();
  readonly #queue = new FrameQueue();
  readonly #sound = new SoundOutput(() => this.#soundChanged());
  #canvas: HTMLCanvasElement | null = null;
  #painter: Painter | null = null;
  #pipe: PreviewPipe | null = null;
  #mode: Mode = { kind: 'paused' };
  #generation = 0;
  #fps = 25;
  /** Where each round of sound began. */
  #roundStarts: number[] = [];
  #shown: PreviewFrame | null = null;
  #wake = 0;
  #owed = 0;
  /** Where the play head is to be; the picture follows. */
  #wantedMs = 0;
  /** After a lost connection: where it was, until the studio knows the script again. */
  #returnMs: number | null = null;
  #seek: { sentAt: number; next: boolean } | null = null;
  #idle = false;
  #emotion: ShownEmotion | null = null;
  #waiting: Awaited | null = 'connection';
  #halted = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #seekTimer: ReturnType<typeof setTimeout> | undefined;
  #blockedTimer: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds that pictures came before (+) or after their sound since play. */
  #worst = 0;
  #passedOver = 0;

  constructor(options: PlayerOptions) {
    this.#options = options;
    previewStore.setState({ atMs: 0, playing: false, durationMs: 0, lines: [] });
    document.addEventListener('visibilitychange', this.#onVisibility);
    void this.#keepOpen();
  }

  /** Where pictures are shown from now on. */
  attach(canvas: HTMLCanvasElement | null): void {
    if (canvas === this.#canvas) return;
    this.#painter?.dispose();
    this.#canvas = canvas;
    this.#painter = canvas && createPainter(canvas, () => this.#shown && this.#painter?.paint(this.#shown));
    if (canvas && this.#painter) {
      canvas.dataset.renderer = this.#painter.kind;
      if (this.#shown) this.#show(this.#shown, null);
    }
  }

  // ── What may be asked ─────────────────────────────────────────────────────────────────────────────────────────────

  play(asked?: { fromMs: number; toMs: number | null; loop?: boolean }): void {
    const { loop, range } = playbackStore.getState();
    const { durationMs } = previewStore.getState();
    if (asked) {
      this.#play(asked.fromMs, asked.toMs, asked.loop ?? false, false);
      return;
    }
    const { fromMs, toMs } = range ?? { fromMs: 0, toMs: null };
    const end = toMs ?? durationMs;
    const inside = this.#wantedMs >= fromMs && this.#wantedMs < end - 1.5 * this.#frameMs;
    const from = inside ? this.#wantedMs : fromMs;
    // A loop that begins in its middle is run to its end first.
    const whole = from <= fromMs + 0.5 * this.#frameMs;
    this.#play(from, toMs, loop && whole, loop && !whole);
  }

  pause(): void {
    if (this.#mode.kind === 'paused') return;
    this.#mode = { kind: 'paused' };
    this.#quiet();
    this.#request({ type: 'pause', generation: this.#generation, atMs: this.#wantedMs });
    previewStore.setState({ playing: false });
    this.#reckonWaiting();
  }

  seek(atMs: number): void {
    this.#returnMs = null;
    const { durationMs } = previewStore.getState();
    this.#wantedMs = this.#onFrame(Math.max(0, Math.min(atMs, Math.max(0, durationMs - this.#frameMs / 2))));
    if (this.#mode.kind === 'playing') {
      const { toMs } = playbackStore.getState().range ?? { toMs: null };
      const past = toMs !== null && this.#wantedMs >= toMs;
      this.#play(this.#wantedMs, past ? null : toMs, false, this.#mode.loop || this.#mode.thenLoop);
    } else {
      previewStore.setState({ atMs: this.#wantedMs });
      this.#sendSeek();
    }
  }

  /** So many frames on or back. */
  step(frames: number): void {
    this.pause();
    this.seek(this.#wantedMs + frames * this.#frameMs);
  }

  showEmotion(emotion: ShownEmotion | null): void {
    this.#emotion = emotion;
    this.#request({ type: 'emotion', emotion, generation: this.#generation });
  }

  setIdle(on: boolean): void {
    this.#idle = on;
    this.#tellIdle();
  }

  setVolume(volume: number): void {
    this.#sound.volume = volume;
  }

  setLoop(loop: boolean, range: Range | null): void {
    tell({ loop, range });
    if (this.#mode.kind === 'playing') this.play();
  }

  /** From a click or a key: lets sound be heard. */
  async unlock(): Promise<void> {
    await this.#sound.resume();
    this.#tellSound();
  }

  async dispose(): Promise<void> {
    this.#stop.abort(new Error('the stage is gone'));
    document.removeEventListener('visibilitychange', this.#onVisibility);
    cancelAnimationFrame(this.#wake);
    clearTimeout(this.#patience);
    clearTimeout(this.#seekTimer);
    clearTimeout(this.#blockedTimer);
    this.attach(null);
    this.#pipe?.close();
    this.#pipe = null;
    previewStore.setState({ playing: false });
    await this.#sound.dispose();
  }

  // ── The pipe ──────────────────────────────────────────────────────────────────────────────────────────────────────

  async #keepOpen(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await connection.whenOpen(signal);
        const pipe = await openPreview(signal);
        this.#begin(pipe);
        await pipe.closed;
      } catch {
        // Told by what is waited for; tried again below.
      }
      if (signal.aborted) return;
      this.#pipe = null;
      this.pause();
      this.#wait('connection');
      await new Promise((resolve) => setTimeout(resolve, REOPEN_AFTER_MS));
    }
  }

  #begin(pipe: PreviewPipe): void {
    if (this.#stop.signal.aborted) {
      pipe.close();
      return;
    }
    this.#pipe = pipe;
    this.#quiet();
    this.#seek = null;
    pipe.onMessage((data) => this.#receive(data));
    this.#request({ type: 'open', ...this.#options, generation: this.#generation });
    this.#owed = WINDOW;
    this.#payCredit();
    if (this.#emotion) this.showEmotion(this.#emotion);
    this.#tellIdle();
    this.#returnMs = this.#wantedMs > 0 ? this.#wantedMs : null;
    this.#wait('stage');
  }

  #request(request: PreviewRequestInput): void {
    this.#pipe?.send(encodePreviewRequest(request));
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data === 'string') {
      const event = decodePreviewEvent(data);
      if (event) this.#onEvent(event);
      return;
    }
    const media = decodePreviewMedia(data);
    if (media?.kind === 'frame') this.#onFrameCame(media);
    else if (media) this.#onSoundCame(media);
  }

  #onEvent(event: PreviewEvent): void {
    switch (event.type) {
      case 'ready':
        this.#fps = event.fps;
        tell({ size: { widthPx: event.widthPx, heightPx: event.heightPx } });
        previewStore.setState({ fps: event.fps });
        break;
      case 'prepared': {
        const { durationMs, lines } = event;
        previewStore.setState({ durationMs, lines });
        tell({ prepared: { spoken: lines.filter(({ exact }) => exact).length, lines: lines.length } });
        if (this.#returnMs !== null && lines.length > 0) this.seek(this.#returnMs);
        break;
      }
      case 'waiting':
        this.#wait(event.for);
        break;
      case 'ended':
        if (event.generation === this.#generation && this.#queue.round >= 0)
          this.#limit(this.#queue.round, Math.round((event.atMs * this.#fps) / 1000), true);
        break;
      case 'failed':
        tell({ fault: { error: event.error, lineId: event.lineId } });
        break;
      case 'recovered':
        tell({ fault: null });
        break;
    }
  }

  #onFrameCame(frame: PreviewFrame): void {
    if (frame.generation !== this.#generation || this.#mode.kind === 'paused') this.#giveBack(1);
    if (frame.generation !== this.#generation) return;
    if (this.#mode.kind === 'paused') {
      this.#show(frame, null);
      this.#wait(null);
      if (this.#seek) this.#answered();
      else this.#wantedMs = this.#timeOf(frame.index);
      return;
    }
    const { round, ended } = this.#queue.push(frame, this.#roundAt(frame.index));
    if (ended) this.#limit(ended.round, ended.frames, true);
    this.#limit(round, frame.index + 1, false);
    // No picture is refreshed where nobody looks; what is heard goes on.
    if (document.hidden) this.#tick();
  }

  #onSoundCame({ generation, begins, startSample, samples }: PreviewSound): void {
    if (generation !== this.#generation) return;
    if (begins || this.#roundStarts.length === 0) this.#roundStarts.push(startSample);
    this.#sound.play(generation, this.#roundStarts.length - 1, startSample, samples);
  }

  /** The round of sound that begins with this frame: the last that does, as one may have been begun and given up. */
  #roundAt(index: number): number {
    const sample = this.#sampleAt(index);
    const round = this.#roundStarts.findLastIndex((start) => Math.abs(start - sample) <= 1);
    return round > this.#queue.round ? round : this.#queue.round + 1;
  }
  #sampleAt(frames: number): number {
    return Math.round((frames * PREVIEW_SAMPLE_RATE) / this.#fps);
  }

  #limit(round: number, frames: number, final: boolean): void {
    this.#sound.limit(this.#generation, round, this.#sampleAt(frames), final);
  }

  #giveBack(frames: number): void {
    this.#owed += frames;
    if (this.#owed >= (this.#mode.kind === 'paused' ? 1 : 2)) this.#payCredit();
  }

  #payCredit(): void {
    if (this.#owed > 0 && this.#pipe) this.#request({ type: 'credit', frames: this.#owed });
    this.#owed = 0;
  }

  // ── Playing ───────────────────────────────────────────────────────────────────────────────────────────────────────

  #play(fromMs: number, toMs: number | null, loop: boolean, thenLoop: boolean): void {
    if (this.#pipe === null) return;
    void this.unlock();
    this.#returnMs = null;
    this.#mode = { kind: 'playing', to: toMs, loop, thenLoop };
    this.#wantedMs = this.#onFrame(fromMs);
    this.#quiet();
    this.#worst = 0;
    this.#passedOver = 0;
    this.#request({ type: 'play', generation: this.#generation, fromMs: this.#wantedMs, toMs, loop });
    previewStore.setState({ playing: true });
    this.#halted = true;
    this.#reckonWaiting();
    this.#keepTicking();
  }

  /** What was on its way belongs to what was before. */
  #quiet(): void {
    this.#generation++;
    this.#roundStarts = [];
    this.#seek = null;
    this.#sound.reset(this.#generation);
    this.#giveBack(this.#queue.clear());
  }

  #keepTicking(): void {
    cancelAnimationFrame(this.#wake);
    this.#wake = requestAnimationFrame(() => {
      if (this.#mode.kind !== 'playing') return;
      this.#tick();
      this.#keepTicking();
    });
  }

  #tick(): void {
    const heard = this.#sound.heard();
    if (heard === null || this.#mode.kind !== 'playing') return;
    const position = (heard.sample / PREVIEW_SAMPLE_RATE) * this.#fps;
    const { frame, taken } = this.#queue.due(heard.round, position, (LEAD_MS * this.#fps) / 1000 + 1e-6);
    if (frame) {
      const early = frame.begins && !heard.running ? 0 : (frame.index - position) * this.#frameMs;
      this.#passedOver += taken - 1;
      this.#wantedMs = this.#timeOf(frame.index);
      this.#show(frame, early);
      this.#giveBack(taken);
    }
    if (heard.ended) this.#finish();
  }

  /** The last sound has been heard. */
  #finish(): void {
    if (this.#mode.kind !== 'playing') return;
    const { thenLoop } = this.#mode;
    const { fromMs, toMs } = playbackStore.getState().range ?? { fromMs: 0, toMs: null };
    if (thenLoop) this.#play(fromMs, toMs, true, false);
    else this.pause();
  }

  #soundChanged(): void {
    const heard = this.#sound.heard();
    this.#halted = this.#mode.kind === 'playing' && heard?.running !== true;
    this.#tellSound();
    this.#reckonWaiting();
    if (document.hidden) this.#tick();
  }

  #tellSound(): void {
    const { state } = this.#sound;
    // A context that has only just been asked is not yet blocked.
    const sound = state === 'absent' || (state === 'blocked' && this.#mode.kind === 'playing') ? state : 'ready';
    if (sound === 'ready' || sound === 'absent') clearTimeout(this.#blockedTimer);
    if (sound === playbackStore.getState().sound) return;
    clearTimeout(this.#blockedTimer);
    if (sound !== 'blocked') {
      tell({ sound });
      return;
    }
    this.#blockedTimer = setTimeout(() => {
      if (this.#sound.state === 'blocked' && this.#mode.kind === 'playing') tell({ sound });
    }, 2 * PATIENCE_MS);
  }

  readonly #onVisibility = (): void => this.#tellIdle();

  #tellIdle(): void {
    this.#request({ type: 'idle', on: this.#idle && !document.hidden, generation: this.#generation });
  }

  // ── Seeking: one at a time, the last one wanted next ──────────────────────────────────────────────────────────────

  #sendSeek(): void {
    if (this.#seek && performance.now() - this.#seek.sentAt < SEEK_PATIENCE_MS) {
      this.#seek.next = true;
      return;
    }
    this.#quiet();
    this.#seek = { sentAt: performance.now(), next: false };
    this.#request({ type: 'seek', generation: this.#generation, atMs: this.#wantedMs });
    clearTimeout(this.#seekTimer);
    this.#seekTimer = setTimeout(() => this.#answered(), SEEK_PATIENCE_MS);
  }

  #answered(): void {
    const again = this.#seek?.next === true && this.#mode.kind === 'paused';
    clearTimeout(this.#seekTimer);
    this.#seek = null;
    if (again) this.#sendSeek();
  }

  // ── What is shown ─────────────────────────────────────────────────────────────────────────────────────────────────

  #show(frame: PreviewFrame, earlyMs: number | null): void {
    this.#shown = frame;
    this.#painter?.paint(frame);
    if (!playbackStore.getState().shown) tell({ shown: true });
    const seeking = this.#seek?.next === true;
    if (!seeking) previewStore.setState({ atMs: this.#timeOf(frame.index) });
    if (this.#canvas === null) return;
    const { dataset } = this.#canvas;
    dataset.frame = String(frame.index);
    dataset.shown = String(Number(dataset.shown ?? 0) + 1);
    if (earlyMs === null) return;
    if (Math.abs(earlyMs) > Math.abs(this.#worst)) this.#worst = earlyMs;
    dataset.avMs = earlyMs.toFixed(1);
    dataset.avWorstMs = this.#worst.toFixed(1);
    dataset.passedOver = String(this.#passedOver);
  }

  #wait(awaited: Awaited | null): void {
    this.#waiting = awaited;
    this.#reckonWaiting();
  }

  #reckonWaiting(): void {
    const halted = this.#mode.kind === 'playing' && this.#halted;
    const awaited = this.#waiting ?? (halted ? 'frames' : null);
    clearTimeout(this.#patience);
    if (awaited === playbackStore.getState().awaited) return;
    if (awaited === null) tell({ awaited });
    else this.#patience = setTimeout(() => tell({ awaited }), PATIENCE_MS);
  }

  get #frameMs(): number {
    return 1000 / this.#fps;
  }
  #timeOf(index: number): number {
    return (index * 1000) / this.#fps;
  }
  /** The start of the frame on show then. */
  #onFrame(atMs: number): number {
    return this.#timeOf(Math.floor((atMs * this.#fps) / 1000 + 1e-6));
  }
}
