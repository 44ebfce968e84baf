/** What a living face does by itself: blinks, small glances, a head that is never quite still, breath. All seeded. */
import { seeded, smoothstep } from './math.ts';

/** Frames that were drawn ahead may be drawn again: so far back the past is kept. */
export const REWIND_MS = 1000;

const BLINK_CLOSE_MS = 80;
const BLINK_HOLD_MS = 75;
const BLINK_OPEN_MS = 170;
const BLINK_MS = BLINK_CLOSE_MS + BLINK_HOLD_MS + BLINK_OPEN_MS;
/** People blink where a thought ends: a blink this near to a sentence's end moves there. */
const SNAP_MS = 600;
const MIN_APART_MS = 900;

export class Blinks {
  readonly #random: () => number;
  readonly #meanMs: number;
  #previousMs = Number.NEGATIVE_INFINITY;
  /** From the last blink, or the beginning, this wait at a pace of 1. */
  #sinceMs = 0;
  #waitMs: number;
  #nextMs: number;
  /** How fast waits pass from a moment on, in order; 1 before the first. */
  #paces: { atMs: number; pace: number }[] = [];
  #fixed = false;
  #sentenceEnds: number[] = [];

  constructor(seed: number, perMinute: number) {
    this.#random = seeded(seed ^ 0x62_6c_69_6e);
    this.#meanMs = perMinute > 0 ? 60_000 / perMinute : Number.POSITIVE_INFINITY;
    this.#waitMs = this.#meanMs * (0.35 + 0.4 * this.#random());
    this.#nextMs = this.#waitMs;
  }

  endsAt(ms: readonly number[]): void {
    // Who never blinks would keep them for ever.
    if (Number.isFinite(this.#nextMs)) this.#sentenceEnds.push(...ms);
  }

  /** From `atMs` on blinks come `pace` times as often; moments ascend. A blink about to come still comes. */
  pace(atMs: number, pace: number): void {
    // Who never blinks would keep them for ever.
    if (!Number.isFinite(this.#meanMs) || pace === (this.#paces.at(-1)?.pace ?? 1)) return;
    this.#paces.push({ atMs, pace });
    if (!this.#fixed) this.#nextMs = this.#due();
  }

  /** Back to the person's own pace. */
  interrupt(atMs: number): void {
    this.#paces = this.#paces.filter((each) => each.atMs <= atMs);
    this.#sentenceEnds = this.#sentenceEnds.filter((end) => end <= atMs);
    if (!this.#fixed) this.#nextMs = this.#due();
    this.pace(atMs, 1);
  }

  /** When the wait is over, as far as the paces are known. */
  #due(): number {
    let atMs = this.#sinceMs;
    let pace = 1;
    let left = this.#waitMs;
    for (const next of this.#paces) {
      if (next.atMs > atMs) {
        if (left <= (next.atMs - atMs) * pace) break;
        left -= (next.atMs - atMs) * pace;
        atMs = next.atMs;
      }
      pace = next.pace;
    }
    return Math.max(this.#previousMs + MIN_APART_MS, pace > 0 ? atMs + left / pace : Number.POSITIVE_INFINITY);
  }

  /** How closed the lids are, 0..1, at ascending times. */
  at(ms: number): number {
    while (Number.isFinite(this.#nextMs)) {
      if (!this.#fixed && ms > this.#nextMs - SNAP_MS) this.#fix();
      if (ms <= this.#nextMs + BLINK_MS) break;
      this.#previousMs = this.#nextMs;
      this.#sinceMs = this.#nextMs;
      this.#waitMs = Math.max(MIN_APART_MS, this.#meanMs * (0.5 + this.#random()));
      // Of the paces past, only the last still holds.
      while (this.#paces[1] && this.#paces[1].atMs <= this.#sinceMs) this.#paces.shift();
      this.#nextMs = this.#due();
      this.#fixed = false;
      this.#sentenceEnds = this.#sentenceEnds.filter((end) => end > this.#previousMs);
    }
    // Gone back by some frames, the blink before may not be over.
    const into = ms - (ms <= this.#previousMs + BLINK_MS ? this.#previousMs : this.#nextMs);
    if (into < 0) return 0;
    if (into < BLINK_CLOSE_MS) return smoothstep(0, BLINK_CLOSE_MS, into);
    return smoothstep(BLINK_MS, BLINK_CLOSE_MS + BLINK_HOLD_MS, into);
  }

  #fix(): void {
    this.#fixed = true;
    const near = this.#sentenceEnds.find(
      (end) => Math.abs(end - this.#nextMs) < SNAP_MS && end - this.#previousMs > MIN_APART_MS,
    );
    // Never into the past: the frames up to now have been shown with open eyes.
    if (near !== undefined) this.#nextMs = Math.max(near + 40, this.#nextMs - SNAP_MS + 50);
  }
}

export class Glances {
  readonly #random: () => number;
  #from = { x: 0, y: 0 };
  #to = { x: 0, y: 0 };
  #startMs = 0;
  #nextMs = 600;

  constructor(seed: number) {
    this.#random = seeded(seed ^ 0x67_61_7a_65);
  }

  /** Iris displacement in face units, at ascending times: mostly at the camera, now and then beside it. */
  at(ms: number): { x: number; y: number } {
    while (ms >= this.#nextMs) {
      this.#startMs = this.#nextMs;
      this.#from = this.#to;
      const beside = this.#random() < 0.3 && Math.hypot(this.#to.x, this.#to.y) < 0.012;
      const reach = beside ? 0.022 : 0.004;
      this.#to = { x: (this.#random() * 2 - 1) * reach, y: (this.#random() * 2 - 1) * reach * 0.5 };
      this.#nextMs += beside ? 350 + this.#random() * 700 : 700 + this.#random() * 2200;
    }
    const k = smoothstep(0, 70, ms - this.#startMs);
    return { x: this.#from.x + (this.#to.x - this.#from.x) * k, y: this.#from.y + (this.#to.y - this.#from.y) * k };
  }
}

/** A smooth wander −1..1: three sines that never line up again. */
export class Wander {
  readonly #waves: readonly { hz: number; phase: number; share: number }[];

  constructor(random: () => number, hz: number) {
    this.#waves = [1, 2.13, 3.71].map((times, i) => ({
      hz: hz * times * (0.9 + 0.2 * random()),
      phase: random() * 2 * Math.PI,
      share: [0.6, 0.28, 0.12][i]!,
    }));
  }

  at(ms: number): number {
    return this.#waves.reduce(
      (sum, { hz, phase, share }) => sum + share * Math.sin((2 * Math.PI * hz * ms) / 1000 + phase),
      0,
    );
  }
}
