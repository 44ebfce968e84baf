/** A WAV that arrives in pieces: mono or stereo s16le, of known length or not. Pure. */

export interface WavPieces {
  sampleRate: number;
  /** What has come since the last call, first channel, −1…1. */
  samples: Float32Array<ArrayBuffer>;
}

/** Give it each piece as it comes; null until the header is whole. @throws Error for what is no such WAV */
export function createWavReader(): (piece: Uint8Array) => WavPieces | null {
  let kept = new Uint8Array(0);
  let format: { sampleRate: number; channels: number } | null = null;
  return (piece) => {
    const bytes = new Uint8Array(kept.length + piece.length);
    bytes.set(kept);
    bytes.set(piece, kept.length);
    kept = bytes;
    if (format === null) {
      const header = readHeader(bytes);
      if (header === null) return null;
      format = header;
      kept = bytes.slice(header.dataAt);
    }
    const { sampleRate, channels } = format;
    const frames = Math.floor(kept.length / (2 * channels));
    const view = new DataView(kept.buffer, kept.byteOffset);
    const samples = Float32Array.from({ length: frames }, (_, i) => view.getInt16(i * 2 * channels, true) / 32_768);
    kept = kept.slice(frames * 2 * channels);
    return { sampleRate, samples };
  };
}

function readHeader(bytes: Uint8Array): { sampleRate: number; channels: number; dataAt: number } | null {
  if (bytes.length < 12) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const word = (at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (word(0) !== 'RIFF' || word(8) !== 'WAVE') throw new Error('not a WAV');
  let format: { sampleRate: number; channels: number } | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (word(at) === 'data') {
      if (format === null) throw new Error('a WAV without a format');
      return { ...format, dataAt: at + 8 };
    }
    if (word(at) === 'fmt ') {
      if (at + 24 > bytes.length) return null;
      if (view.getUint16(at + 8, true) !== 1 || view.getUint16(at + 22, true) !== 16) throw new Error('not s16le');
      format = { channels: view.getUint16(at + 10, true), sampleRate: view.getUint32(at + 12, true) };
    }
    at += 8 + size + (size % 2);
  }
  return null;
}
