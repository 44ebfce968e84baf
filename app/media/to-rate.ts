/**
 * Sound at another rate, piece by piece: a sinc under a Blackman window, its delay taken out.
 * https://ccrma.stanford.edu/~jos/resample/
 */

/** Zero crossings of the sinc to either side. */
const CROSSINGS = 12;
/** Of the lower of both halves of a rate: above it nothing passes. */
const PASS = 0.92;

export interface ToRate {
  /** What of the output is certain by now. */
  push(samples: Float32Array): Float32Array<ArrayBuffer>;
  /** The rest, as if silence followed. */
  end(): Float32Array<ArrayBuffer>;
}

/** Rates in Hz, any two. */
export function createToRate(fromHz: number, toHz: number): ToRate {
  const step = fromHz / toHz;
  const cutoff = PASS * Math.min(1, toHz / fromHz);
  const reach = CROSSINGS / cutoff;
  /** Input from sample `origin` on; before the first there is silence. */
  let held = new Float32Array(0);
  let origin = 0;
  let made = 0;

  const weight = (x: number): number => {
    const share = Math.abs(x) / reach;
    if (share >= 1) return 0;
    const window = 0.42 + 0.5 * Math.cos(Math.PI * share) + 0.08 * Math.cos(2 * Math.PI * share);
    const angle = Math.PI * cutoff * x;
    return (angle === 0 ? 1 : Math.sin(angle) / angle) * cutoff * window;
  };

  /** By where an output lies between two inputs: few such places for the rates there are. */
  const phases = new Map<number, Float32Array>();
  const weightsAt = (index: number): Float32Array => {
    const phase = (index * fromHz) % toHz;
    let weights = phases.get(phase);
    if (weights === undefined) {
      const from = Math.ceil(phase / toHz - reach);
      const count = Math.floor(phase / toHz + reach) - from + 1;
      weights = Float32Array.from({ length: count }, (_, k) => weight(from + k - phase / toHz));
      phases.set(phase, weights);
    }
    return weights;
  };

  const make = (limit: number): Float32Array<ArrayBuffer> => {
    const count = Math.max(0, Math.ceil(limit / step) - made);
    const output = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const whole = Math.floor(((made + i) * fromHz) / toHz);
      const weights = weightsAt(made + i);
      const first = whole + Math.ceil((((made + i) * fromHz) % toHz) / toHz - reach) - origin;
      let sum = 0;
      const to = Math.min(weights.length, held.length - first);
      for (let k = Math.max(0, -first); k < to; k++) sum += held[first + k]! * weights[k]!;
      output[i] = sum;
    }
    made += count;
    const keepFrom = Math.max(origin, Math.floor(made * step - reach));
    held = held.slice(keepFrom - origin);
    origin = keepFrom;
    return output;
  };

  return {
    push(samples) {
      if (fromHz === toHz) return samples.slice();
      const joined = new Float32Array(held.length + samples.length);
      joined.set(held);
      joined.set(samples, held.length);
      held = joined;
      return make(origin + held.length - reach);
    },
    end: () => (fromHz === toHz ? new Float32Array(0) : make(origin + held.length)),
  };
}

/** −1…1 as s16, cut where it is louder. */
export function asInt16(samples: Float32Array): Int16Array<ArrayBuffer> {
  const pcm = new Int16Array(samples.length);
  for (let i = 0; i < samples.length; i++) pcm[i] = Math.round(Math.max(-1, Math.min(1, samples[i]!)) * 32_767);
  return pcm;
}
