import { stat } from 'node:fs/promises';
import type { OutputSettings } from '../../app/document/output.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { EncoderSink } from '../engine/ports/encoder.ts';
import {
  type EmbeddedTags,
  filmArgs,
  gifArgs,
  gifFramesArgs,
  type VideoEncoderName,
  type VideoShape,
  type WebmVideoEncoder,
} from './ffmpeg/args.ts';
import { distrustVideoEncoder, isHardwareEncoder } from './ffmpeg/encoders.ts';
import { classifyExit, type FfmpegExit, type FfmpegFailure, failureWords } from './ffmpeg/failure.ts';
import type { Ffmpeg } from './ffmpeg/locate.ts';
import { type SupervisedFfmpeg, startFfmpeg } from './ffmpeg/process.ts';
import type { EncodeProgress } from './ffmpeg/progress.ts';
import { appendGifTags } from './gif-tags.ts';
import { diskFull, fileError, type PartFile } from './part-file.ts';

export interface FfmpegSinkOptions {
  ffmpeg: Ffmpeg;
  format: 'mp4' | 'webm' | 'gif';
  shape: VideoShape;
  encoder: VideoEncoderName | WebmVideoEncoder | 'gif';
  output: OutputSettings;
  /** As {@link FilmRequest} has it; a GIF has none. */
  soundPath: string | undefined;
  tags: EmbeddedTags;
  cacheDir: string;
  signal: AbortSignal | undefined;
  frameBytes: number;
  /** Owned by the sink from here on. */
  part: PartFile;
  onProgress: (progress: EncodeProgress) => void;
  expectedFrames: number | undefined;
  stallMs: number;
}

export async function openFfmpegSink(options: FfmpegSinkOptions): Promise<EncoderSink> {
  const sink = new FfmpegSink(options);
  try {
    await sink.start();
  } catch (error) {
    await sink.abort();
    throw error;
  }
  return sink;
}

const EXIT_AFTER_BROKEN_PIPE_MS = 10_000;

/** opening → encoding → finishing → committing → done; from each of the first three to failed or aborted, where it stays. */
type Phase = 'opening' | 'encoding' | 'finishing' | 'committing' | 'done' | 'failed' | 'aborted';

class FfmpegSink implements EncoderSink {
  readonly encoder: string;
  readonly #options: FfmpegSinkOptions;
  #phase: Phase = 'opening';
  /** The one that runs or ran last; the first is fed by writeFrame. */
  #run: SupervisedFfmpeg | undefined;
  #failure: Promise<never> | undefined;
  #abortReason: unknown;
  #abortDone: Promise<void> | undefined;
  #finishDone: Promise<void> | undefined;
  #framesWritten = 0;
  #encoded: EncodeProgress | undefined;
  /** For a GIF, which takes two runs. */
  readonly #framesPath: string;
  readonly #palettePath: string;
  #frameTail: Promise<unknown> = Promise.resolve();

  constructor(options: FfmpegSinkOptions) {
    this.#options = options;
    const { encoder, output, part } = options;
    this.#framesPath = part.beside('frames', 'mkv');
    this.#palettePath = part.beside('palette', 'png');
    this.encoder = encoder === 'libx264' ? `libx264 ${output.preset}` : encoder;
  }

  async start(): Promise<void> {
    const { format, shape, output, encoder, soundPath, tags, part, signal } = this.#options;
    signal?.addEventListener('abort', this.#onSignal, { once: true });
    signal?.throwIfAborted();
    const run =
      format === 'gif' || encoder === 'gif'
        ? this.#startRun(gifFramesArgs(shape, this.#framesPath, this.#palettePath), this.#framesPath)
        : this.#startRun(filmArgs({ format, shape, output, encoder, soundPath, tags, outPath: part.path }), part.path);
    this.#phase = 'encoding';
    // An encoder that dies between two writes is cleaned up after at once, not at the next write.
    void run.exited.then(() => {
      if (this.#phase === 'encoding') this.#fail().catch(() => {});
    });
  }

  async writeFrame(frame: Uint8Array): Promise<void> {
    const { frameBytes } = this.#options;
    if (frame.length !== frameBytes) throw new RangeError(`a frame is ${frameBytes} bytes, not ${frame.length}`);
    await this.#assertEncoding();
    const write = this.#run!.write(frame);
    this.#frameTail = write.catch(() => {});
    await this.#orFail(write);
    this.#framesWritten += 1;
  }

  finish(): Promise<void> {
    this.#finishDone ??= this.#finish();
    return this.#finishDone;
  }

  abort(): Promise<void> {
    return this.#abortWith(new DOMException('The export was stopped', 'AbortError'));
  }

  async #finish(): Promise<void> {
    await this.#assertEncoding();
    await this.#frameTail;
    await this.#assertEncoding();
    if (this.#framesWritten === 0) {
      await this.#giveUp(new StudioError('media.nothing-to-encode'));
    }
    this.#phase = 'finishing';
    await this.#orFail(this.#completeFile());
  }

  async #completeFile(): Promise<void> {
    const { format, tags, part, signal } = this.#options;
    this.#run!.end();
    await this.#endOf(this.#run!);
    await this.#assertAllFramesEncoded();
    this.#assertAlive();
    if (format === 'gif') {
      const args = gifArgs(this.#framesPath, this.#palettePath, part.path);
      await this.#endOf(this.#startRun(args, part.path, false));
      await this.#fileWork(appendGifTags(part.path, tags));
    }
    this.#assertAlive();
    this.#phase = 'committing';
    signal?.removeEventListener('abort', this.#onSignal);
    await this.#fileWork(part.commit());
    this.#phase = 'done';
  }

  /** `takesFrames`: it is fed, and what it counts are ours. */
  #startRun(args: string[], outPath: string, takesFrames = true): SupervisedFfmpeg {
    const { ffmpeg, stallMs, onProgress } = this.#options;
    try {
      this.#run = startFfmpeg({
        ...{ path: ffmpeg.path, args, stdin: takesFrames, stallMs, watchPaths: [outPath] },
        onProgress: (progress) => {
          if (!takesFrames) return;
          this.#encoded = progress;
          onProgress(progress);
        },
      });
      return this.#run;
    } catch (error) {
      const detail = (error as NodeJS.ErrnoException).code ?? String(error);
      throw new StudioError('media.encoder-not-started', { path: ffmpeg.path, detail }, { cause: error });
    }
  }

  async #endOf(run: SupervisedFfmpeg): Promise<void> {
    const exit = await run.exited;
    this.#assertAlive();
    if (classifyExit(exit)) await this.#fail();
  }

  /** A picture that ffmpeg counts otherwise than we do is not the one that was asked for. */
  async #assertAllFramesEncoded(): Promise<void> {
    const encoded = this.#encoded;
    if (this.#options.format === 'gif' || !encoded?.ended || encoded.frames === this.#framesWritten) return;
    await this.#distrustHardware(`${this.#framesWritten} frames in, ${encoded.frames} out`);
    await this.#giveUp(
      new StudioError(
        'media.frames-lost',
        { written: this.#framesWritten, encoded: encoded.frames },
        { retryable: true },
      ),
    );
  }

  /** Waits for work; if it broke, for the reason: an abort, or what the encoder died of. */
  async #orFail<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      if (this.#phase === 'aborted') throw this.#abortReason;
      if (this.#failure) return await this.#failure;
      if (error instanceof StudioError) return await this.#giveUp(error);
      return await this.#fail();
    }
  }

  /** File system troubles of ours, in words. */
  async #fileWork<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.#assertAlive();
      throw await fileError(error, this.#options.part.finalPath, 0);
    }
  }

  #fail(): Promise<never> {
    this.#failure ??= this.#explainFailure().then((error) => this.#cleanUpAndThrow(error));
    return this.#failure;
  }

  #giveUp(error: StudioError): Promise<never> {
    this.#failure ??= this.#cleanUpAndThrow(error);
    return this.#failure;
  }

  async #cleanUpAndThrow(error: StudioError): Promise<never> {
    if (this.#phase === 'aborted') throw this.#abortReason;
    this.#phase = 'failed';
    this.#options.signal?.removeEventListener('abort', this.#onSignal);
    await this.#stopAndRemove();
    throw error;
  }

  /** The encoder's end, in words. A broken pipe alone says nothing: the reason is in how it exited. */
  async #explainFailure(): Promise<StudioError> {
    const { ffmpeg, format, part, encoder } = this.#options;
    const exit = await this.#failedExit();
    const failure: FfmpegFailure = classifyExit(exit) ?? { kind: 'failed', detail: 'it ended before its input did' };
    const hardwareEncoder = isHardwareEncoder(encoder) ? encoder : undefined;
    if (failure.kind === 'disk-full') {
      const needed = await this.#neededBytes();
      await this.#stopAndRemove(); // first, so that "free" is what the person will find
      return await diskFull(part.finalPath, needed);
    }
    if (failure.kind === 'not-writable') {
      return new StudioError('media.output-not-writable', { path: part.finalPath, detail: failure.detail });
    }
    if (failure.kind === 'failed') await this.#distrustHardware(failure.detail);
    const words = failureWords(failure, { ffmpegPath: ffmpeg.path, format, hardwareEncoder });
    return new StudioError(words.code, words.params, { retryable: words.retryable, cause: new Error(exit.stderr) });
  }

  /** One that broke its pipe should be on its way out; if it is not, it is put out. */
  async #failedExit(): Promise<FfmpegExit> {
    const run = this.#run!;
    const timer = setTimeout(run.killNow, EXIT_AFTER_BROKEN_PIPE_MS);
    try {
      return await run.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  async #distrustHardware(detail: string): Promise<void> {
    const { ffmpeg, encoder, shape, cacheDir } = this.#options;
    if (!isHardwareEncoder(encoder)) return;
    await distrustVideoEncoder(ffmpeg, encoder, { mode: 'auto', ...shape }, cacheDir, detail);
  }

  /** What was written so far, projected to the whole length where that is known. */
  async #neededBytes(): Promise<number> {
    const { expectedFrames, format, part } = this.#options;
    const path = format === 'gif' ? this.#framesPath : part.path;
    const written = (await stat(path).catch(() => undefined))?.size ?? 0;
    const frames = this.#encoded?.frames ?? 0;
    const whole = expectedFrames === undefined || frames === 0 ? written : (written / frames) * expectedFrames;
    return Math.max(written, whole);
  }

  #onSignal = (): void => {
    void this.#abortWith(this.#options.signal!.reason);
  };

  #abortWith(reason: unknown): Promise<void> {
    this.#abortDone ??= (async () => {
      if (this.#phase === 'committing' || this.#phase === 'done' || this.#phase === 'failed') {
        await (this.#failure ?? this.#finishDone)?.catch(() => {});
        return;
      }
      this.#phase = 'aborted';
      this.#abortReason = reason;
      this.#options.signal?.removeEventListener('abort', this.#onSignal);
      await this.#stopAndRemove();
    })();
    return this.#abortDone;
  }

  async #stopAndRemove(): Promise<void> {
    await this.#run?.kill();
    await this.#options.part.discard();
  }

  #assertAlive(): void {
    if (this.#phase === 'aborted') throw this.#abortReason;
  }

  async #assertEncoding(): Promise<void> {
    this.#assertAlive();
    if (this.#failure) await this.#failure;
    if (this.#phase !== 'encoding') throw new Error(`the encoder is ${this.#phase}: nothing more can be written`);
  }
}
