/** One report of `ffmpeg -progress`: a block of `key=value` lines ended by `progress=continue|end`. */
export interface EncodeProgress {
  /** Frames given to the muxer so far. 0 until ffmpeg counts any. */
  frames: number;
  outTimeMs: number;
  /** Bytes written; 0 while ffmpeg says N/A. */
  bytes: number;
  /** Times real time; 0 while unknown. */
  speed: number;
  ended: boolean;
}

/** Feed it stdout as it comes, in pieces of any length; it calls back once a complete block. */
export function progressParser(onReport: (progress: EncodeProgress) => void): (text: string) => void {
  let rest = '';
  let fields = new Map<string, string>();
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const equals = line.indexOf('=');
      if (equals < 0) continue;
      const key = line.slice(0, equals).trim();
      const value = line.slice(equals + 1).trim();
      if (key !== 'progress') {
        fields.set(key, value);
        continue;
      }
      onReport({
        frames: count(fields.get('frame')),
        // Despite its name out_time_ms is in microseconds, in every version; out_time_us came later.
        outTimeMs: count(fields.get('out_time_us') ?? fields.get('out_time_ms')) / 1000,
        bytes: count(fields.get('total_size')),
        speed: count(fields.get('speed')?.replace(/x$/, '')),
        ended: value === 'end',
      });
      fields = new Map();
    }
  };
}

/** N/A, missing and the negative start times of a stream not begun are all 0. */
function count(text: string | undefined): number {
  const value = Number.parseFloat(text ?? '');
  return Number.isFinite(value) && value > 0 ? value : 0;
}
