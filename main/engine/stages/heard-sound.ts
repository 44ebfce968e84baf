/** The sound a voice gave and whose words are not told yet. */
import { SAMPLE_RATE } from '../ports/tts.ts';

/** Sound before it is let go: no sentence is that long. */
const MAX_MS = 120_000;

export class HeardSound {
  #pieces: Float32Array[] = [];
  /** Samples that were let go. */
  #first = 0;
  #samples = 0;

  add(pcm: Float32Array): void {
    this.#pieces.push(pcm.slice());
    this.#samples += pcm.length;
    this.forgetBefore(((this.#first + this.#samples) * 1000) / SAMPLE_RATE - MAX_MS);
  }

  /** null where it is not at hand any more, or not yet. */
  between(startMs: number, endMs: number): Float32Array | null {
    const from = Math.round((startMs * SAMPLE_RATE) / 1000) - this.#first;
    const to = Math.min(this.#samples, Math.round((endMs * SAMPLE_RATE) / 1000) - this.#first);
    if (from < 0 || to <= from) return null;
    const sound = new Float32Array(to - from);
    let at = 0;
    for (const piece of this.#pieces) {
      const start = Math.max(from, at);
      const end = Math.min(to, at + piece.length);
      if (start < end) sound.set(piece.subarray(start - at, end - at), start - from);
      at += piece.length;
    }
    return sound;
  }

  /** Whole pieces that end before it. */
  forgetBefore(ms: number): void {
    const until = (ms * SAMPLE_RATE) / 1000;
    while (this.#pieces.length > 0 && this.#first + this.#pieces[0]!.length <= until) {
      const gone = this.#pieces.shift()!.length;
      this.#first += gone;
      this.#samples -= gone;
    }
  }
}
