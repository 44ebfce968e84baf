/** One ffmpeg that takes frames and sound in step for as long as it lives, and gives the tags of its stream. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { FlvReader, type FlvTag } from '../../broadcast/flv/tags.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import { progressParser } from '../../media/ffmpeg/progress.ts';
import { isFrame, StreamTimes, type StreamTrack } from './stream-times.ts';

export interface EncoderOptions {
  ffmpegPath: string;
  args: readonly string[];
  fps: number;
  /** Every how many frames of the stream it gets one. */
  divisor: number;
  track: StreamTrack;
  /** What it gives waits for {@link Encoder.letGo}. */
  held: boolean;
  onTag(tag: FlvTag): void;
  /** Once, when nothing more will come. */
  onEnd(how: EncoderEnd): void;
}
export interface EncoderEnd {
  /** It was told to, and did. */
  finished: boolean;
  detail: string;
}

/** A frame lent to the encoder. */
export interface LentFrame {
  data: Uint8Array;
  release(): void;
}

/** Lent frames on their way into the pipe; further ones are copied, so that drawing does not run out of room. */
const MOST_LENT = 3;
const STDERR_KEPT_CHARS = 4096;

/** A picture on its way into the pipe, once or several times. */
interface Sheet {
  data: Uint8Array;
  uses: number;
  free(): void;
}

const running = new Set<ChildProcess>();
/** For the end of this process, however it comes about: where nothing can be awaited. */
export function killEncoders(): void {
  for (const child of running) child.kill('SIGKILL');
}

export class Encoder {
  readonly divisor: number;
  readonly #options: EncoderOptions;
  readonly #child: ChildProcess;
  readonly #times: StreamTimes;
  readonly #spare: Buffer[] = [];
  #lent = 0;
  #fedFrames = 0;
  #fedSamples = 0;
  #expectedStream = -1;
  #stderr = '';
  #finishing = false;
  #ended = false;
  /** As it says itself; null before its first word. */
  speed: number | null = null;
  encodedFrames = 0;
  /** Frames given and not yet taken. */
  pending = 0;
  /** Counts up whenever something went in or came out. */
  progress = 0;
  /** It has given a picture, be it one to warm up. */
  isWarm = false;
  #last: Sheet | null = null;
  #held: FlvTag[] | null;
  readonly exited: Promise<void>;

  constructor(options: EncoderOptions) {
    this.#options = options;
    this.divisor = options.divisor;
    this.#times = new StreamTimes(options.track);
    this.#held = options.held ? [] : null;
    const child = spawn(options.ffmpegPath, [...options.args], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
      env: { ...process.env, LC_ALL: 'C' },
    });
    this.#child = child;
    running.add(child);
    const reader = new FlvReader((tag) => {
      this.isWarm ||= isFrame(tag);
      if (this.#held) this.#held.push(tag);
      else this.#give(tag);
    });
    for (const stream of child.stdio) stream?.on('error', () => undefined);
    child.stdout?.on('data', (piece: Buffer) => {
      this.progress++;
      try {
        reader.push(piece);
      } catch {
        this.kill();
      }
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_KEPT_CHARS);
    });
    const parse = progressParser(({ speed, frames }) => {
      if (speed > 0) this.speed = speed;
      this.encodedFrames = frames;
    });
    (child.stdio[4] as Readable | null)?.setEncoding('utf8').on('data', parse);
    this.exited = new Promise((resolve) => {
      const end = (detail: string): void => {
        if (this.#ended) return;
        this.#ended = true;
        running.delete(child);
        for (const stream of child.stdio) stream?.destroy();
        const finished = this.#finishing && child.exitCode === 0;
        options.onEnd({ finished, detail: detail || this.#lastWords() });
        resolve();
      };
      child.once('error', (error) => {
        if (child.pid === undefined) end(error.message);
      });
      child.once('close', () => end(''));
      // A pipe kept open by somebody else is not waited for.
      child.once('exit', () => setTimeout(() => end(''), 1000).unref());
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Of what was fed: how far the picture is ahead of the sound. */
  get avOffsetMs(): number {
    return (this.#fedFrames * this.divisor * 1000) / this.#options.fps - (this.#fedSamples * 1000) / SAMPLE_RATE;
  }

  #give(tag: FlvTag): void {
    for (const placed of this.#times.place(tag)) this.#options.onTag(placed);
  }

  /** All it has given so far, and from now on at once. Only now they are placed: what another gives meanwhile comes before. */
  letGo(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const tag of held) this.#give(tag);
  }

  /** Before the stream's first frame: `count` times this picture, in silence, of which nothing leaves. */
  warmUp(picture: Uint8Array, count: number): void {
    const sheet: Sheet = { data: picture, uses: 0, free: () => undefined };
    for (let i = 0; i < count; i++) {
      this.#fedFrames++;
      this.#write(sheet);
    }
    const samples = Math.round((count * this.divisor * SAMPLE_RATE) / this.#options.fps);
    this.#fedSamples += samples;
    this.#sound(Buffer.alloc(samples * 4));
  }

  /** Frame `index` of the stream with the sound of all its time up to the encoder's next frame. */
  feed(index: number, frame: LentFrame, pcm: Buffer): void {
    this.#place(index, pcm);
    this.#write(this.#sheetOf(frame));
    this.#sound(pcm);
  }

  /** The picture fed last, once more, for frame `index`. @returns false where that one is not on its way any more */
  feedAgain(index: number, pcm: Buffer): boolean {
    const sheet = this.#last;
    if (sheet === null || sheet.uses === 0) return false;
    this.#place(index, pcm);
    this.#write(sheet);
    this.#sound(pcm);
    return true;
  }

  #place(index: number, pcm: Buffer): void {
    const { fps } = this.#options;
    if (index !== this.#expectedStream) {
      const encoderMs = (this.#fedFrames * this.divisor * 1000) / fps;
      this.#times.anchor({ encoderMs, streamMs: (index * 1000) / fps });
    }
    this.#expectedStream = index + this.divisor;
    this.#fedFrames++;
    this.#fedSamples += pcm.length / 4;
  }

  #sheetOf(frame: LentFrame): Sheet {
    if (this.#lent < MOST_LENT) {
      this.#lent++;
      const free = (): void => {
        this.#lent--;
        frame.release();
      };
      return { data: frame.data, uses: 0, free };
    }
    const copy = this.#spare.pop() ?? Buffer.allocUnsafe(frame.data.length);
    copy.set(frame.data);
    frame.release();
    return { data: copy, uses: 0, free: () => void this.#spare.push(copy) };
  }

  #write(sheet: Sheet): void {
    const pipe = this.#child.stdin;
    if (!pipe?.writable) {
      if (sheet.uses === 0) sheet.free();
      return;
    }
    this.#last = sheet;
    sheet.uses++;
    this.pending++;
    pipe.write(sheet.data, () => {
      this.pending--;
      this.progress++;
      sheet.uses--;
      if (sheet.uses === 0) sheet.free();
      if (this.pending === 0) this.#spare.length = 0;
    });
  }

  #sound(pcm: Buffer): void {
    const pipe = this.#child.stdio[3] as Writable | null;
    if (pipe?.writable) pipe.write(pcm);
  }

  /** Nothing more comes: it gives what it still has, and ends. */
  finish(): void {
    this.#finishing = true;
    this.#child.stdin?.end();
    (this.#child.stdio[3] as Writable | null)?.end();
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #lastWords(): string {
    const { exitCode, signalCode } = this.#child;
    const words = this.#stderr.trim().split('\n').at(-1) ?? '';
    return `${signalCode ?? `exit ${exitCode}`}${words === '' ? '' : `: ${words.slice(0, 200)}`}`;
  }
}
