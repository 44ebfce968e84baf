/**
 * From an encoder's times to the stream's: each encoder counts from 0 and dies some day, the stream's clock goes on. Audio and video are
 * moved by one amount, so they stay in step, and in each track time never goes back.
 */
import { AUDIO, compositionOffsetMs, type FlvTag, TIMESTAMP_SPAN, VIDEO } from '../../broadcast/flv/tags.ts';

/** Where in an encoder's time a stretch of the stream begins. */
export interface Anchor {
  encoderMs: number;
  streamMs: number;
}

/** What a whole stream shares over all its encoders. */
export class StreamTrack {
  lastVideoMs = -1;
  lastAudioMs = -1;
}

export const isFrame = ({ type, body }: FlvTag): boolean => type === VIDEO && (body[0]! & 0x0f) === 7 && body[1] === 1;
const isHeader = ({ type, body }: FlvTag): boolean =>
  type === VIDEO ? (body[0]! & 0x0f) === 7 && body[1] === 0 : type === AUDIO && body[0]! >> 4 === 10 && body[1] === 0;

/** One for each encoder. */
export class StreamTimes {
  readonly #track: StreamTrack;
  /** In order of time; frames that were left out part two of them. */
  readonly #anchors: Anchor[] = [];
  /** The encoder's time of its first picture, which its container may have moved. */
  #zeroMs: number | null = null;
  #early: FlvTag[] = [];
  /** The encoder's time from which on it is the stream's; null: not yet. */
  #beginMs: number | null = null;

  constructor(track: StreamTrack) {
    this.#track = track;
  }

  anchor(anchor: Anchor): void {
    this.#beginMs ??= anchor.encoderMs;
    this.#anchors.push(anchor);
  }

  /** What leaves for the hub, in order. Sound that comes before the first picture waits for it; what is before the first anchor does not leave. */
  place(tag: FlvTag): FlvTag[] {
    if (this.#zeroMs !== null) return this.#one(tag);
    if (!isFrame(tag)) {
      this.#early.push(tag);
      return [];
    }
    this.#zeroMs = tag.timestampMs + compositionOffsetMs(tag);
    return [...this.#early.splice(0), tag].flatMap((each) => this.#one(each));
  }

  #streamMs(encoderMs: number): number {
    const anchors = this.#anchors;
    // What is past all but the last few is not asked for again.
    if (anchors.length > 8) anchors.splice(0, anchors.length - 8);
    let at = anchors[0]!;
    for (const each of anchors) if (each.encoderMs <= encoderMs + 1) at = each;
    return at.streamMs + encoderMs - at.encoderMs;
  }

  #one(tag: FlvTag): FlvTag[] {
    const track = this.#track;
    const encoderMs = tag.timestampMs - (this.#zeroMs ?? 0);
    const isMedia = isFrame(tag) || (tag.type === AUDIO && !isHeader(tag));
    if (isMedia && (this.#beginMs === null || encoderMs < this.#beginMs - 1)) return [];
    if (isFrame(tag)) {
      const shownMs = Math.round(this.#streamMs(encoderMs + compositionOffsetMs(tag)));
      const codedMs = Math.max(Math.min(shownMs, Math.round(this.#streamMs(encoderMs))), track.lastVideoMs + 1, 0);
      track.lastVideoMs = codedMs;
      tag.body.writeIntBE(Math.max(0, shownMs - codedMs), 2, 3);
      return [{ ...tag, timestampMs: codedMs % TIMESTAMP_SPAN }];
    }
    if (isHeader(tag) || tag.type !== AUDIO) {
      const ms = Math.max(0, tag.type === AUDIO ? track.lastAudioMs : track.lastVideoMs);
      return [{ ...tag, timestampMs: ms % TIMESTAMP_SPAN }];
    }
    const ms = Math.round(this.#streamMs(encoderMs));
    // An encoder's first block is the silence before its first sample; said already is also what an encoder before it sent.
    if (ms < 0 || ms <= track.lastAudioMs) return [];
    track.lastAudioMs = ms;
    return [{ ...tag, timestampMs: ms % TIMESTAMP_SPAN }];
  }
}
