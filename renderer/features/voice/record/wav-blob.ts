/** Recorded samples as a WAV. Pure. */

/** −1…1, cut where it is louder. */
export function toInt16(samples: Float32Array): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) pcm[i] = Math.round(Math.max(-1, Math.min(1, samples[i]!)) * 32_767);
  return pcm;
}

export interface Recorded {
  wav: Blob;
  durationMs: number;
}

export function recordedOf(pieces: readonly Int16Array<ArrayBuffer>[], sampleRate: number): Recorded {
  const samples = pieces.reduce((sum, piece) => sum + piece.length, 0);
  return { wav: wavBlob(pieces, sampleRate), durationMs: (samples * 1000) / sampleRate };
}

/** Mono s16le: the 44 bytes of http://soundfile.sapp.org/doc/WaveFormat/, then the samples. */
export function wavBlob(pieces: readonly Int16Array<ArrayBuffer>[], sampleRate: number): Blob {
  const dataBytes = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const header = new DataView(new ArrayBuffer(44));
  const word = (at: number, text: string): void => {
    for (let i = 0; i < 4; i++) header.setUint8(at + i, text.charCodeAt(i));
  };
  word(0, 'RIFF');
  header.setUint32(4, 36 + dataBytes, true);
  word(8, 'WAVE');
  word(12, 'fmt ');
  header.setUint32(16, 16, true);
  header.setUint16(20, 1, true);
  header.setUint16(22, 1, true);
  header.setUint32(24, sampleRate, true);
  header.setUint32(28, sampleRate * 2, true);
  header.setUint16(32, 2, true);
  header.setUint16(34, 16, true);
  word(36, 'data');
  header.setUint32(40, dataBytes, true);
  return new Blob([header.buffer, ...pieces], { type: 'audio/wav' });
}
