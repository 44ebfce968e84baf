/** Frames that wait for their time, and how many more may come. */
import type { PreviewFrame } from '../../../../app/contract/preview-wire.ts';

/** So late a frame is still shown, in frames: then its picture is never a whole frame away from its sound. */
const LATEST = 0.8;

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

  /**
   * The frame to show when `position` (in frames) of `round` is heard: the oldest that is still in its own time or, `lead` frames
   * early, about to be. One that comes late after a busy moment is still shown, and the next with the next refresh; passed over
   * are only those whose time is over.
   */
  due(round: number, position: number, lead: number): { frame: PreviewFrame | null; taken: number } {
    let taken = 0;
    let frame: PreviewFrame | null = null;
    for (;;) {
      const next = this.#frames[0];
      if (next === undefined || next.round > round) break;
      if (next.round === round && next.frame.index > position + lead) break;
      frame = next.frame;
      this.#frames.shift();
      taken++;
      if (next.round === round && position - frame.index <= LATEST) break;
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
