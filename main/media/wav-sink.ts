import { StudioError } from '../../app/errors/index.ts';
import type { EncoderSink } from '../engine/ports/encoder.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import type { EmbeddedTags } from './ffmpeg/args.ts';
import { fileError, type PartFile } from './part-file.ts';
import { openWav } from './wav.ts';

export interface WavSinkOptions {
  /** Owned by the sink from here on. */
  part: PartFile;
  tags: EmbeddedTags;
  signal: AbortSignal | undefined;
}

/** The sound alone, without any encoder. Frames are dropped. */
export async function openWavSink({ part, tags, signal }: WavSinkOptions): Promise<EncoderSink> {
  let samples = 0;
  let aborted: unknown;
  let finished: Promise<void> | undefined;
  const fail = async (error: unknown, neededSamples = samples): Promise<never> => {
    await part.discard();
    throw await fileError(error, part.finalPath, neededSamples * 2);
  };
  const wav = await openWav(part.path, { sampleRateHz: SAMPLE_RATE, channels: 1, tags }).catch((error: unknown) =>
    fail(error),
  );
  const assertOpen = (): void => {
    if (aborted !== undefined) throw aborted;
  };
  const abortWith = async (reason: unknown): Promise<void> => {
    aborted ??= reason;
    await finished?.catch(() => {}); // it stops before its last step, or is past it and the file is whole
    await wav.close();
    await part.discard();
  };
  const onSignal = (): void => {
    void abortWith(signal!.reason);
  };
  signal?.addEventListener('abort', onSignal, { once: true });
  const finish = async (): Promise<void> => {
    try {
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
    writeAudio: async (pcm) => {
      assertOpen();
      try {
        await wav.write(pcm);
        samples += pcm.length;
      } catch (error) {
        assertOpen();
        signal?.removeEventListener('abort', onSignal);
        await wav.close();
        await fail(error, samples + pcm.length);
      }
      assertOpen();
    },
    finish: () => (finished ??= finish()),
    abort: async () => {
      signal?.removeEventListener('abort', onSignal);
      await abortWith(new DOMException('The export was stopped', 'AbortError'));
    },
  };
}
