/** A recording to clone a voice from, looked at before it leaves: what the vendor would refuse need not be sent. */
import { StudioError } from '../../../app/errors/index.ts';

export interface SampleLimits {
  provider: string;
  /** Of a WAV; other formats tell their rate only when decoded. */
  minHz: number;
  minSeconds: number;
}

const MAX_BYTES = 10 * 1024 * 1024;
const MAX_SECONDS = 60;

export type SampleMediaType = 'audio/wav' | 'audio/mpeg' | 'audio/mp4';

/** @throws StudioError cloud.audio-rejected, with the code the vendor would give */
export function checkSample(bytes: Uint8Array, { provider, minHz, minSeconds }: SampleLimits): SampleMediaType {
  const refuse = (code: string): StudioError => new StudioError('cloud.audio-rejected', { provider, code });
  if (bytes.length > MAX_BYTES) throw refuse('Audio.FileSizeExceed');
  const ascii = (from: number, to: number): string => String.fromCharCode(...bytes.subarray(from, to));
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WAVE') {
    const wav = wavFormat(bytes);
    if (wav === null || wav.bits !== 16 || wav.format !== 1) throw refuse('Audio.DecoderError');
    if (wav.hz < minHz) throw refuse('Audio.AudioRateError');
    if (wav.seconds < minSeconds || wav.seconds > MAX_SECONDS) throw refuse('Audio.AudioShortError');
    return 'audio/wav';
  }
  if (ascii(4, 8) === 'ftyp') return 'audio/mp4';
  if (ascii(0, 3) === 'ID3' || (bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0)) return 'audio/mpeg';
  throw refuse('Audio.DecoderError');
}

function wavFormat(bytes: Uint8Array): { format: number; hz: number; bits: number; seconds: number } | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found: { format: number; hz: number; bits: number; bytesPerSecond: number } | null = null;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const id = String.fromCharCode(...bytes.subarray(at, at + 4));
    const size = view.getUint32(at + 4, true);
    if (id === 'fmt ' && size >= 16 && at + 24 <= bytes.length) {
      const format = view.getUint16(at + 8, true);
      found = {
        // 0xFFFE: the format stands further on, and begins with the same number.
        format: format === 0xfffe && size >= 40 && at + 34 <= bytes.length ? view.getUint16(at + 32, true) : format,
        hz: view.getUint32(at + 12, true),
        bytesPerSecond: view.getUint32(at + 16, true),
        bits: view.getUint16(at + 22, true),
      };
    }
    if (id === 'data') {
      if (found === null || found.bytesPerSecond === 0) return null;
      return { ...found, seconds: Math.min(size, bytes.length - at - 8) / found.bytesPerSecond };
    }
    at += 8 + size + (size % 2);
  }
  return null;
}
