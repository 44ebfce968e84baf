/** From when to when there was sound: what a sentence's times are taken from where a recogniser tells none. */

/** RMS; about −45 dB. */
const LOUD = 0.0056;
const FRAME = 320;
/** A pause within a sentence is shorter. */
const PAUSE = 16_000 * 0.7;

export class LoudStretch {
  #at = 0;
  #rest: Float32Array = new Float32Array(0);
  /** Samples; `to` of the last loud frame. */
  from: number | null = null;
  to = 0;

  feed(samples: Float32Array): void {
    const all = new Float32Array(this.#rest.length + samples.length);
    all.set(this.#rest);
    all.set(samples, this.#rest.length);
    let frame = 0;
    for (; frame + FRAME <= all.length; frame += FRAME) {
      let energy = 0;
      for (let i = frame; i < frame + FRAME; i++) energy += all[i]! * all[i]!;
      if (Math.sqrt(energy / FRAME) >= LOUD) {
        if (this.from === null || this.#at - this.to > PAUSE) this.from = this.#at;
        this.to = this.#at + FRAME;
      }
      this.#at += FRAME;
    }
    this.#rest = all.slice(frame);
  }

  /** The sentence is over: the next one begins with the next sound. */
  next(): void {
    this.from = null;
  }
}
