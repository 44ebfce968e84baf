/**
 * From one stage to another without a cut. What is left is the last picture of the stage before, held still while the new one comes in over
 * it: drawing both for the time of the fade would cost twice the work just when the new stage's first frames are due, and so late frames.
 */
import { crossFade, eased } from '../../stage/live-cross-fade.ts';
import type { LentFrame } from './encoder.ts';

export const FADE_MS = 320;

interface Fade {
  /** The new stage's first frame. */
  fromFrame: number;
  held: Uint8Array | null;
}

export class StageFade {
  readonly #frames: number;
  /** Oldest first: a stage may follow before the one before it is wholly there. */
  #fades: Fade[] = [];

  constructor(fps: number) {
    this.#frames = Math.floor((FADE_MS * fps) / 1000);
  }

  begin(fromFrame: number): void {
    this.#fades.push({ fromFrame, held: null });
  }

  /** The frame as it is shown; null for one that was not drawn. */
  over(frame: number, drawn: LentFrame | null): LentFrame | null {
    this.#fades = this.#fades.filter(({ fromFrame, held }) =>
      frame < fromFrame ? true : held !== null && frame < fromFrame + this.#frames,
    );
    let shown = drawn;
    for (const fade of this.#fades) {
      if (shown === null) return null;
      if (frame < fade.fromFrame) fade.held = copied(shown.data, fade.held);
      else shown = this.#blended(fade.held!, shown, (frame - fade.fromFrame + 1) / (this.#frames + 1));
    }
    return shown;
  }

  #blended(held: Uint8Array, over: LentFrame, share: number): LentFrame {
    const data = new Uint8Array(over.data.length);
    crossFade(held, over.data, eased(share), data);
    over.release();
    return { data, release: () => undefined };
  }
}

function copied(from: Uint8Array, into: Uint8Array | null): Uint8Array {
  const copy = into ?? new Uint8Array(from.length);
  copy.set(from);
  return copy;
}
