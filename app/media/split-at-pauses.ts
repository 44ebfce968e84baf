/** A long sound in pieces that a vendor takes, parted where nobody speaks. */

export interface PieceLimits {
  /** Of a piece, in frames. At least twice `minFrames`, or there may be no way to part it. */
  maxFrames: number;
  minFrames: number;
}

export interface Piece {
  fromFrame: number;
  frames: number;
}

/** So many frames on both sides of a cut should be quiet. */
const ROOM = 3;

/**
 * @param loudness of each frame, any scale from 0 (silence)
 * @returns pieces one after another that together are all of it; only a sound that is shorter than `minFrames` gives a shorter piece
 */
export function splitAtPauses(loudness: ArrayLike<number>, { maxFrames, minFrames }: PieceLimits): Piece[] {
  const pieces: Piece[] = [];
  let fromFrame = 0;
  for (let left = loudness.length; left > maxFrames; left = loudness.length - fromFrame) {
    // The rest must be long enough too; and a cut in the second half of what is taken keeps the pieces few.
    const latest = Math.max(1, Math.min(maxFrames, left - minFrames));
    const earliest = Math.min(latest, Math.max(minFrames, Math.ceil(latest / 2)));
    const frames = quietest(loudness, fromFrame + earliest, fromFrame + latest) - fromFrame;
    pieces.push({ fromFrame, frames });
    fromFrame += frames;
  }
  pieces.push({ fromFrame, frames: loudness.length - fromFrame });
  return pieces;
}

/** The cut in `from..to` with the least sound around it; of several the one in the middle of the longest pause, of those the last. */
function quietest(loudness: ArrayLike<number>, from: number, to: number): number {
  const around = (cut: number, room: number): number => {
    let sum = 0;
    for (let at = cut - room; at < cut + room; at++) sum += loudness[at] ?? 0;
    return sum;
  };
  let best = to;
  let least = Number.POSITIVE_INFINITY;
  let widest = 0;
  for (let cut = to; cut >= from; cut--) {
    const sum = around(cut, ROOM);
    if (sum > least) continue;
    const width = roomAt(loudness, cut, sum / (2 * ROOM));
    if (sum === least && width <= widest) continue;
    best = cut;
    least = sum;
    widest = width;
  }
  return best;
}

/** How far from a cut, on its nearer side, the sound stays as quiet as it is there. */
function roomAt(loudness: ArrayLike<number>, cut: number, level: number): number {
  let room = 0;
  while ((loudness[cut - 1 - room] ?? 1 / 0) <= level && (loudness[cut + room] ?? 1 / 0) <= level) room++;
  return room;
}
