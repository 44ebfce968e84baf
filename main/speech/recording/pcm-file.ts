import { open } from 'node:fs/promises';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';

/** A stretch of raw mono s16le PCM at SAMPLE_RATE on disk. Offset and length count samples. */
export interface PcmFile {
  pcmPath: string;
  samples: number;
  offsetSamples?: number;
}

export const samplesToMs = (samples: number): number => (samples * 1000) / SAMPLE_RATE;
export const msToSamples = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);

const BLOCK_SAMPLES = 1 << 15;

/** Reads the stretch in blocks of up to 32,768 samples; the yielded array is reused. Aborting rejects with the signal's reason. */
export async function* readPcm(source: PcmFile, signal?: AbortSignal): AsyncGenerator<Int16Array> {
  const handle = await open(source.pcmPath, 'r');
  try {
    const block = Buffer.alloc(BLOCK_SAMPLES * 2);
    const samples = new Int16Array(BLOCK_SAMPLES);
    let position = (source.offsetSamples ?? 0) * 2;
    const end = position + source.samples * 2;
    while (position < end) {
      signal?.throwIfAborted();
      const wanted = Math.min(block.length, end - position);
      let got = 0;
      while (got < wanted) {
        const { bytesRead } = await handle.read(block, got, wanted - got, position + got);
        if (bytesRead === 0) break;
        got += bytesRead;
      }
      const count = got >> 1;
      if (count === 0) return;
      for (let i = 0; i < count; i++) samples[i] = block.readInt16LE(i * 2);
      yield samples.subarray(0, count);
      position += count * 2;
    }
  } finally {
    await handle.close();
  }
}
