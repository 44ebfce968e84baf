import { open } from 'node:fs/promises';
import { StudioError } from '../../app/errors/index.ts';
import type { EncoderSink } from '../engine/ports/encoder.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import type { EmbeddedTags } from './ffmpeg/args.ts';
import { fileError, type PartFile } from './part-file.ts';
import { openWav } from './wav.ts';

export interface WavSinkOptions {
  /** Owned by the sink from here on. */
  part: PartFile;
  /** Mono PCM s16le at SAMPLE_RATE. */
  soundPath: string;
  tags: EmbeddedTags;
  signal: AbortSignal | undefined;
}

const BLOCK_SAMPLES = SAMPLE_RATE;

/** The sound alone, without any encoder: copied when the sink finishes. Frames are dropped. */
export async function openWavSink({ part, soundPath, tags, signal }: WavSinkOptions): Promise<EncoderSink> {
  let samples = 0;
  let aborted: unknown;
  let finished: Promise<void> | undefined;
  const fail = async (error: unknown): Promise<never> => {
    await part.discard();
    throw await fileError(error, part.finalPath, samples * 2);
  };
  const wav = await openWav(part.path, { sampleRateHz: SAMPLE_RATE, channels: 1, tags }).catch(fail);
  const assertOpen = (): void => {
    if (aborted !== undefined) throw aborted;
  };
  const abortWith = async (reason: unknown): Promise<void> => {
    aborted ??= reason;
    await finished?.catch(() => {}); // it stops before its next step, or is past the last one and the file is whole
    await wav.close();
    await part.discard();
  };
  const onSignal = (): void => {
    void abortWith(signal!.reason);
  };
  signal?.addEventListener('abort', onSignal, { once: true });
  const finish = async (): Promise<void> => {
    try {
      for await (const pcm of samplesOf(soundPath)) {
        assertOpen();
        samples += pcm.length;
        await wav.write(pcm);
      }
      assertOpen();
      if (samples === 0) throw new StudioError('media.nothing-to-encode');
      await wav.finish();
      assertOpen();
      await part.commit();
    } catch (error) {
      await wav.close();
      await fail(error);
    } finally {
      signal?.removeEventListener('abort', onSignal);
    }
  };
  return {
    encoder: 'pcm_s16le',
    writeFrame: async () => assertOpen(),
    finish: () => (finished ??= finish()),
    abort: async () => {
      signal?.removeEventListener('abort', onSignal);
      await abortWith(new DOMException('The export was stopped', 'AbortError'));
    },
  };
}

/** A raw file in pieces; each is valid until the next is asked for. */
async function* samplesOf(path: string): AsyncGenerator<Int16Array> {
  const file = await open(path);
  try {
    const block = new Int16Array(BLOCK_SAMPLES);
    for (let at = 0; ; ) {
      const { bytesRead } = await file.read(new Uint8Array(block.buffer), 0, block.byteLength, at);
      const length = bytesRead >> 1;
      if (length === 0) return;
      at += length * 2;
      yield block.subarray(0, length);
    }
  } finally {
    await file.close();
  }
}
