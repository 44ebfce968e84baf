/**
 * What waits to be sent to one destination, and what is given up when it cannot keep up, as OBS does it: first frames that no other
 * refers to, then every frame up to the next keyframe; sound and keyframes last. How long the oldest has waited is the measure.
 */
import type { StreamTag } from './live-stream.ts';

interface Entry {
  tag: StreamTag;
  queuedAtMs: number;
}

export interface QueueLimits {
  /** Older than this: disposable frames go. */
  disposableMs: number;
  /** Older than this: all frames go that depend on others. */
  interMs: number;
  /** More than this: everything goes but headers. */
  mostBytes: number;
}
export const QUEUE_LIMITS: QueueLimits = { disposableMs: 700, interMs: 1_000, mostBytes: 32 * 1024 * 1024 };

export class SendQueue {
  readonly #limits: QueueLimits;
  readonly #nowMs: () => number;
  #entries: Entry[] = [];
  #bytes = 0;
  #dropped = 0;
  #droppedAudio = 0;
  /** Until then frames would refer to one that was not sent. */
  #awaitsKeyframe = false;

  constructor(nowMs: () => number, limits: QueueLimits = QUEUE_LIMITS) {
    this.#nowMs = nowMs;
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }
  get length(): number {
    return this.#entries.length;
  }
  /** Video frames given up. */
  get droppedFrames(): number {
    return this.#dropped;
  }
  get droppedAudio(): number {
    return this.#droppedAudio;
  }
  /** How long the oldest has waited. */
  get waitedMs(): number {
    const oldest = this.#entries[0];
    return oldest === undefined ? 0 : this.#nowMs() - oldest.queuedAtMs;
  }

  push(tag: StreamTag): void {
    if (this.#awaitsKeyframe) {
      if (tag.kind === 'keyframe') this.#awaitsKeyframe = false;
      else if (isInter(tag)) {
        this.#dropped++;
        return;
      }
    }
    this.#entries.push({ tag, queuedAtMs: this.#nowMs() });
    this.#bytes += tag.body.length;
    const waitedMs = this.waitedMs;
    if (this.#bytes > this.#limits.mostBytes) this.#giveUp((other) => !isHeader(other));
    else if (waitedMs > this.#limits.interMs) this.#giveUp(isInter);
    else if (waitedMs > this.#limits.disposableMs) this.#giveUp((other) => other.kind === 'disposable');
  }

  shift(): StreamTag | undefined {
    const entry = this.#entries.shift();
    if (entry !== undefined) this.#bytes -= entry.tag.body.length;
    return entry?.tag;
  }

  clear(): void {
    this.#entries = [];
    this.#bytes = 0;
    this.#awaitsKeyframe = false;
  }

  #giveUp(which: (tag: StreamTag) => boolean): void {
    const kept: Entry[] = [];
    let broken = false;
    for (const entry of this.#entries) {
      const { tag } = entry;
      if (!which(tag)) {
        kept.push(entry);
        continue;
      }
      this.#bytes -= tag.body.length;
      if (tag.kind === 'audio') this.#droppedAudio++;
      else this.#dropped++;
      if (tag.kind !== 'audio' && tag.kind !== 'disposable') broken = true;
    }
    this.#entries = kept;
    if (broken) this.#awaitsKeyframe = true;
  }
}

const isInter = ({ kind }: StreamTag): boolean => kind === 'inter' || kind === 'disposable';
const isHeader = ({ kind }: StreamTag): boolean =>
  kind === 'metadata' || kind === 'audio-header' || kind === 'video-header';
