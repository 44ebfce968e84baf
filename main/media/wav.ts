import { open } from 'node:fs/promises';
import { StudioError } from '../../app/errors/index.ts';
import { AIGC_KEY } from '../../app/media/aigc.ts';
import type { EmbeddedTags } from './ffmpeg/args.ts';

export interface WavOptions {
  sampleRateHz: number;
  channels: number;
  /** Left out: a plain WAV without metadata, for working files. */
  tags?: EmbeddedTags | undefined;
}

/** Writes PCM s16le as it comes. The file is valid only after finish(). */
export interface WavWriter {
  /** Interleaved samples. Calls are written in order; resolves when the buffer may be reused. */
  write(pcm: Int16Array): Promise<void>;
  /** Patches the sizes into the header, syncs and closes. @returns samples per channel. */
  finish(): Promise<number>;
  /** Closes and leaves what is there. Safe at any time. */
  close(): Promise<void>;
}

const MAX_RIFF_BYTES = 0xffff_ffff;

/**
 * RIFF: `fmt `, then (with tags) `AIGC` holding the label's JSON and `LIST/INFO`, then `data`. Opening truncates the file.
 * Rejects with the file system's own errors (ENOSPC, EACCES, …) and StudioError media.wav-too-long over 4 GB.
 */
export async function openWav(path: string, options: WavOptions): Promise<WavWriter> {
  const { sampleRateHz, channels, tags } = options;
  const handle = await open(path, 'w');
  const header = wavHeader(sampleRateHz, channels, tags);
  let dataBytes = 0;
  let tail: Promise<unknown> = Promise.resolve();
  let closed = false;
  const inOrder = <T>(work: () => Promise<T>): Promise<T> => {
    const next = tail.then(work);
    tail = next.catch(() => {});
    return next;
  };
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await handle.close();
  };
  const writeAt = async (bytes: Uint8Array, position: number): Promise<void> => {
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
    }
  };
  try {
    await writeAt(header, 0);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    write: (pcm) =>
      inOrder(async () => {
        if (header.length + dataBytes + pcm.byteLength - 8 > MAX_RIFF_BYTES) {
          throw new StudioError('media.wav-too-long', { path });
        }
        await writeAt(new Uint8Array(pcm.buffer, pcm.byteOffset, pcm.byteLength), header.length + dataBytes);
        dataBytes += pcm.byteLength;
      }),
    finish: () =>
      inOrder(async () => {
        const sizes = Buffer.from(header);
        sizes.writeUInt32LE(header.length + dataBytes - 8, 4);
        sizes.writeUInt32LE(dataBytes, header.length - 4);
        await writeAt(sizes, 0);
        await handle.sync();
        await close();
        return dataBytes / 2 / channels;
      }),
    close: () => inOrder(close),
  };
}

/** Everything up to the samples; its last four bytes are the length of `data`. */
/** All that stands before the samples. Its two sizes (bytes 4 and the last four) are 0: they are known at the end. */
export function wavHeader(sampleRateHz: number, channels: number, tags: EmbeddedTags | undefined): Buffer {
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0); // PCM
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRateHz, 4);
  format.writeUInt32LE(sampleRateHz * channels * 2, 8);
  format.writeUInt16LE(channels * 2, 12);
  format.writeUInt16LE(16, 14);
  const parts = [Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), chunk('fmt ', format)];
  if (tags) {
    const info = [
      Buffer.from('INFO', 'latin1'),
      chunk('ISFT', zeroEnded(tags.software)),
      chunk('ICRD', zeroEnded(tags.createdAt.toISOString())),
      ...(tags.title === undefined ? [] : [chunk('INAM', zeroEnded(tags.title))]),
    ];
    parts.push(chunk(AIGC_KEY, Buffer.from(tags.aigc, 'ascii')), chunk('LIST', Buffer.concat(info)));
  }
  return Buffer.concat([...parts, Buffer.from('data\0\0\0\0', 'latin1')]);
}

function chunk(id: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(id, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length & 1)]);
}

const zeroEnded = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf8');
