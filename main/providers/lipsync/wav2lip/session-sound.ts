/** What a session says, as the sound a network listens to: segments on the session's clock, 16 kHz, silence between them. */
import type { SpeechSegment } from '../../../engine/ports/lipsync.ts';
import { SAMPLE_RATE } from '../../../engine/ports/tts.ts';
import { MEL_SAMPLE_RATE } from './mel.ts';

const STEP = SAMPLE_RATE / MEL_SAMPLE_RATE;
/** Sound is brought down in pieces of 100 ms, and as many are kept as a network's windows reach over. */
const PIECE = 1600;
const KEPT = 12;
/** Windowed sinc, 96 samples to either side: flat to 7.3 kHz, 80 dB down from 8.5 kHz. */
const REACH = 96;
const CUTOFF_HZ = 7900;
const KAISER_BETA = 7.9;

interface Said {
  /** In samples at {@link SAMPLE_RATE}. */
  first: number;
  end: number;
  pcm: SpeechSegment['pcm'];
}

export class SessionSound {
  #said: Said[] = [];
  readonly #pieces = new Map<number, Float32Array>();

  speak({ startMs, timeline, pcm }: SpeechSegment): void {
    const first = samplesAt(startMs);
    this.#said.push({ first, end: first + samplesAt(timeline.durationMs), pcm });
    this.#pieces.clear();
  }

  /** From here on nothing is said. */
  interrupt(atMs: number): void {
    const end = samplesAt(atMs);
    this.#said = this.#said.filter(({ first }) => first < end);
    for (const each of this.#said) each.end = Math.min(each.end, end);
    this.#pieces.clear();
  }

  /** What ended before is never asked for again. */
  forgetBefore(ms: number): void {
    const start = samplesAt(ms);
    if (this.#said[0] !== undefined && this.#said[0].end < start)
      this.#said = this.#said.filter(({ end }) => end >= start);
  }

  /** A {@link import('./mel.ts').SoundReader}. */
  readonly read = (first: number, into: Float32Array): void => {
    for (let done = 0; done < into.length; ) {
      const at = first + done;
      const index = Math.floor(at / PIECE);
      const within = at - index * PIECE;
      const count = Math.min(PIECE - within, into.length - done);
      into.set(this.#piece(index).subarray(within, within + count), done);
      done += count;
    }
  };

  #piece(index: number): Float32Array {
    const known = this.#pieces.get(index);
    if (known !== undefined) return known;
    const recycled = this.#pieces.size >= KEPT ? this.#pieces.keys().next().value! : null;
    const piece = recycled === null ? new Float32Array(PIECE) : this.#pieces.get(recycled)!;
    if (recycled !== null) this.#pieces.delete(recycled);
    this.#pieces.set(index, piece);
    const from = index * PIECE * STEP - REACH;
    const fine = this.#fine(from, PIECE * STEP + 2 * REACH);
    if (fine === null) return piece.fill(0);
    for (let i = 0; i < PIECE; i++) {
      let sum = 0;
      for (let k = 0; k < TAPS.length; k++) sum += TAPS[k]! * fine[i * STEP + k]!;
      piece[i] = sum;
    }
    return piece;
  }

  /** Sound at the studio's own rate; null where all is silence. */
  #fine(first: number, count: number): Float32Array | null {
    let out: Float32Array | null = null;
    for (const said of this.#said) {
      const [from, to] = [Math.max(first, said.first), Math.min(first + count, said.end)];
      if (from >= to) continue;
      out ??= new Float32Array(count);
      const toMs = 1000 / SAMPLE_RATE;
      const sound = said.pcm((from - said.first) * toMs, (to - said.first) * toMs);
      out.set(sound.subarray(0, to - from), from - first);
    }
    return out;
  }
}

const samplesAt = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);

/** Modified Bessel function of the first kind, order 0. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const TAPS = ((): Float64Array => {
  const taps = Float64Array.from({ length: 2 * REACH + 1 }, (_, i) => {
    const at = i - REACH;
    const turn = (2 * Math.PI * CUTOFF_HZ * at) / SAMPLE_RATE;
    const sinc = at === 0 ? 1 : Math.sin(turn) / turn;
    return sinc * (bessel(KAISER_BETA * Math.sqrt(1 - (at / REACH) ** 2)) / bessel(KAISER_BETA));
  });
  const sum = taps.reduce((a, b) => a + b, 0);
  return taps.map((tap) => tap / sum);
})();
