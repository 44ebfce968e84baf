/** What is heard when: takes pieces of sound in order, gives them out, holds at the limit, and says what is heard from which moment on. */
import type { SoundAnchor, SoundCommand } from './sound-messages.ts';

/** After a halt so much must be there before it goes on, so that it does not stutter. */
const ENOUGH = 9_600;
const FADE_IN = 96;
/** What is left of the last sample after each further one while nothing is played: no click where sound is cut. */
const FADE_OUT = 0.97;

interface Piece {
  round: number;
  startSample: number;
  samples: Int16Array;
}

export class SoundQueue {
  readonly #say: (anchor: SoundAnchor) => void;
  #generation = 0;
  #pieces: Piece[] = [];
  #limits = new Map<number, { sample: number; final: boolean }>();
  #round = 0;
  #sample = 0;
  /** The first piece has said where it begins. */
  #placed = false;
  #running = false;
  #ended = false;
  #sinceStart = 0;
  #last = 0;

  constructor(say: (anchor: SoundAnchor) => void) {
    this.#say = say;
  }

  obey(command: SoundCommand): void {
    if (command.type === 'reset') {
      this.#generation = command.generation;
      this.#pieces = [];
      this.#limits.clear();
      this.#round = 0;
      this.#sample = 0;
      this.#placed = false;
      this.#running = false;
      this.#ended = false;
    } else if (command.generation !== this.#generation) return;
    else if (command.type === 'sound') {
      if (!this.#placed) {
        this.#placed = true;
        this.#sample = command.startSample;
      }
      this.#pieces.push(command);
    } else this.#limits.set(command.round, command);
  }

  /** Fills `output`, whose first sample is the clock's `frame`. */
  fill(output: Float32Array, frame: number): void {
    this.#start(frame);
    let at = 0;
    while (at < output.length && this.#running) {
      const limit = this.#limits.get(this.#round);
      const left = (limit?.sample ?? 0) - this.#sample;
      const piece = left > 0 ? this.#piece() : null;
      if (piece === null) {
        if (left > 0 || !limit?.final || !this.#nextRound()) {
          this.#running = false;
          this.#ended = left <= 0 && limit?.final === true && this.#following() === null;
        }
        this.#tell(frame + at);
        continue;
      }
      const from = this.#sample - piece.startSample;
      const count = Math.min(output.length - at, left, piece.samples.length - from);
      for (let i = 0; i < count; i++) {
        const gain = this.#sinceStart < FADE_IN ? this.#sinceStart++ / FADE_IN : 1;
        output[at + i] = (piece.samples[from + i]! / 32_768) * gain;
      }
      this.#last = output[at + count - 1]!;
      at += count;
      this.#sample += count;
    }
    for (; at < output.length; at++) {
      this.#last *= FADE_OUT;
      output[at] = this.#last;
    }
  }

  #start(frame: number): void {
    if (this.#running || this.#ended || !this.#placed) return;
    let limit = this.#limits.get(this.#round);
    if (limit?.final && this.#sample >= limit.sample) {
      if (!this.#nextRound()) {
        // The end became known while it was halted there.
        if (this.#following() === null) {
          this.#ended = true;
          this.#tell(frame);
        }
        return;
      }
      limit = this.#limits.get(this.#round);
    }
    if (limit === undefined) return;
    const last = this.#pieces.findLast(({ round }) => round === this.#round);
    const until = Math.min(limit.sample, last === undefined ? 0 : last.startSample + last.samples.length);
    const whole = limit.final && until >= limit.sample;
    if (!whole && until - this.#sample < ENOUGH) return;
    this.#running = true;
    this.#sinceStart = 0;
    this.#tell(frame);
  }

  /** The piece that holds the present sample, those before it let go. */
  #piece(): Piece | null {
    for (;;) {
      const piece = this.#pieces[0];
      if (piece === undefined || piece.round > this.#round) return null;
      if (piece.round === this.#round && piece.startSample + piece.samples.length > this.#sample)
        return piece.startSample <= this.#sample ? piece : null;
      this.#pieces.shift();
    }
  }

  /** The round after the present one; one that has no pictures is passed over. */
  #following(): number | null {
    let next: number | null = null;
    for (const round of this.#limits.keys()) if (round > this.#round && (next === null || round < next)) next = round;
    return next;
  }

  /** On to where the next round's sound begins; false while that is not known. */
  #nextRound(): boolean {
    const next = this.#following();
    const piece = this.#pieces.find(({ round }) => round === next);
    if (next === null || piece === undefined) return false;
    this.#limits.delete(this.#round);
    this.#round = next;
    this.#sample = piece.startSample;
    return true;
  }

  #tell(frame: number): void {
    this.#say({
      ...{ generation: this.#generation, frame, round: this.#round, sample: this.#sample },
      ...{ running: this.#running, ended: this.#ended },
    });
  }
}
