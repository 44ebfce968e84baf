/** Frames that wait for their time, and how many more may come. */
import type { PreviewFrame } from '../../../../app/contract/preview-wire.ts';

interface QueuedFrame {
  round: number;
  frame: PreviewFrame;
}

/** Of what is played now; a round is one run of a loop. */
export class FrameQueue {
  #frames: QueuedFrame[] = [];
  #round = -1;
  #end = 0;

  /** `round`: of a frame that begins one. Gives the frame's round, and where the one before ended if it begins another; in frames. */
  push(frame: PreviewFrame, round: number): { round: number; ended: { round: number; frames: number } | null } {
    let ended = null;
    if (frame.begins || this.#round < 0) {
      if (this.#round >= 0) ended = { round: this.#round, frames: this.#end };
      this.#round = round;
    }
    this.#end = frame.index + 1;
    this.#frames.push({ round: this.#round, frame });
    return { round: this.#round, ended };
  }

  /** The newest frame whose time has come at `position` (in frames) of `round`; those before it are passed over. */
  due(round: number, position: number): { frame: PreviewFrame | null; taken: number } {
    let taken = 0;
    let frame: PreviewFrame | null = null;
    for (;;) {
      const next = this.#frames[0];
      if (next === undefined || next.round > round || (next.round === round && next.frame.index > position)) break;
      frame = next.frame;
      this.#frames.shift();
      taken++;
    }
    return { frame, taken };
  }

  /** How many were let go. */
  clear(): number {
    const taken = this.#frames.length;
    this.#frames = [];
    this.#round = -1;
    this.#end = 0;
    return taken;
  }

  get round(): number {
    return this.#round;
  }
}
