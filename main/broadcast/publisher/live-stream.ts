/** The stream as all sinks see it: one clock, and what a sink that begins now needs first. */
import { AmfArray, type AmfObject, decodeAmf, encodeAmf, fieldsOf } from '../flv/amf0.ts';
import { AUDIO, compositionOffsetMs, type FlvTag, kindOf, type TagKind, type TagType, VIDEO } from '../flv/tags.ts';
import { Timeline, unwrap } from '../flv/timeline.ts';

export interface StreamTag {
  type: TagType;
  kind: TagKind;
  /** On the stream's clock, which begins at 0 and goes on through every restart before it. Not wrapped. */
  timeMs: number;
  body: Buffer;
}

export interface StreamSink {
  /** Metadata and headers only when they have changed. */
  onTag(tag: StreamTag): void;
}

export interface StreamFigures {
  /** A tag came within the last seconds. */
  flowing: boolean;
  fps: number;
  kbps: number;
  videoFrames: number;
  /** Presentation time of the last video frame and of the last audio frame; null before the first. */
  videoPtsMs: number | null;
  audioPtsMs: number | null;
  /** How far the last video frame that came lies ahead of the last sound, by presentation time. */
  interleaveMs: number | null;
}

/** A source is taken for stopped after this long without a tag. */
const STALE_MS = 3_000;
/** Of what a new sink is given at once. A longer group of pictures is waited out instead. */
const MOST_KEPT_BYTES = 24 * 1024 * 1024;
/** Rates over less would jump. */
const FIGURES_MS = 900;

export class LiveStream {
  readonly #nowMs: () => number;
  readonly #timeline: Timeline;
  readonly #sinks = new Set<StreamSink>();
  readonly #waiting = new Set<() => void>();
  #metadata: StreamTag | null = null;
  #audioHeader: StreamTag | null = null;
  #videoHeader: StreamTag | null = null;
  #group: StreamTag[] = [];
  #groupBytes = 0;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  /** Of the hub's clock, by type of tag: what it repeats to someone who comes back. */
  #seen = new Map<TagType, number>();
  #repeating = false;
  #videoFrames = 0;
  #bytes = 0;
  #videoPtsMs: number | null = null;
  #audioPtsMs: number | null = null;
  #sample = { atMs: 0, frames: 0, bytes: 0, fps: 0, kbps: 0 };

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.#timeline = new Timeline(nowMs);
    this.#sample.atMs = nowMs();
  }

  get flowing(): boolean {
    return this.#nowMs() - this.#lastAtMs < STALE_MS && this.#videoHeader !== null;
  }

  /** Resolves when there is something to send. */
  whenFlowing(signal: AbortSignal): Promise<void> {
    if (this.flowing) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = (): void => {
        signal.removeEventListener('abort', aborted);
        resolve();
      };
      const aborted = (): void => {
        this.#waiting.delete(done);
        reject(signal.reason);
      };
      signal.throwIfAborted();
      signal.addEventListener('abort', aborted, { once: true });
      this.#waiting.add(done);
    });
  }

  /** What a sink that begins now is sent first: headers, and everything since the last keyframe. */
  opening(): StreamTag[] {
    const first = this.#group[0];
    const headers = [this.#metadata, this.#videoHeader, this.#audioHeader].filter((tag) => tag !== null);
    const timeMs = first?.timeMs ?? this.#timeline.latestMs ?? 0;
    return [...headers.map((tag) => ({ ...tag, timeMs })), ...this.#group];
  }

  add(sink: StreamSink): void {
    this.#sinks.add(sink);
  }

  remove(sink: StreamSink): void {
    this.#sinks.delete(sink);
  }

  /** The source was lost and is there again. @param same it is the same hub, whose clock went on */
  sourceBegins(same: boolean): void {
    if (same) this.#repeating = true;
    else {
      this.#repeating = false;
      this.#seen.clear();
      this.#timeline.restart();
    }
  }

  onTag(tag: FlvTag): void {
    const kind = kindOf(tag);
    switch (kind) {
      case 'metadata': {
        const body = plainMetadata(tag.body);
        if (body !== null) this.#metadata = this.#header(this.#metadata, { ...tag, body }, kind);
        return;
      }
      case 'audio-header':
        this.#audioHeader = this.#header(this.#audioHeader, tag, kind);
        return;
      case 'video-header':
        this.#videoHeader = this.#header(this.#videoHeader, tag, kind);
        return;
      case 'other':
        return;
    }
    if (this.#isRepeated(tag)) return;
    const timeMs = this.#timeline.place(tag.type, tag.timestampMs);
    this.#lastAtMs = this.#nowMs();
    this.#bytes += tag.body.length;
    if (tag.type === VIDEO) {
      this.#videoFrames++;
      this.#videoPtsMs = timeMs + compositionOffsetMs(tag);
    } else if (tag.type === AUDIO) this.#audioPtsMs = timeMs;
    const placed: StreamTag = { type: tag.type, kind, timeMs, body: tag.body };
    this.#keep(placed);
    for (const sink of this.#sinks) sink.onTag(placed);
    if (this.#waiting.size > 0 && this.flowing) {
      for (const done of this.#waiting) done();
      this.#waiting.clear();
    }
  }

  /** Rates are of the last second or more. */
  figures(): StreamFigures {
    const nowMs = this.#nowMs();
    const elapsedMs = nowMs - this.#sample.atMs;
    if (elapsedMs >= FIGURES_MS) {
      const fps = ((this.#videoFrames - this.#sample.frames) * 1000) / elapsedMs;
      const kbps = ((this.#bytes - this.#sample.bytes) * 8) / elapsedMs;
      this.#sample = { atMs: nowMs, frames: this.#videoFrames, bytes: this.#bytes, fps, kbps };
    }
    const both = this.#videoPtsMs !== null && this.#audioPtsMs !== null;
    return {
      flowing: this.flowing,
      fps: this.#sample.fps,
      kbps: this.#sample.kbps,
      videoFrames: this.#videoFrames,
      videoPtsMs: this.#videoPtsMs,
      audioPtsMs: this.#audioPtsMs,
      interleaveMs: both ? (this.#videoPtsMs as number) - (this.#audioPtsMs as number) : null,
    };
  }

  #header(before: StreamTag | null, tag: FlvTag, kind: TagKind): StreamTag {
    if (before?.body.equals(tag.body)) return before;
    const header: StreamTag = { type: tag.type, kind, timeMs: this.#timeline.latestMs ?? 0, body: tag.body };
    // Frames coded for the header before are of no use after it.
    if (kind === 'video-header') this.#forget();
    for (const sink of this.#sinks) sink.onTag(header);
    return header;
  }

  #isRepeated({ type, timestampMs }: FlvTag): boolean {
    const last = this.#seen.get(type);
    if (last === undefined) {
      this.#seen.set(type, timestampMs);
      return false;
    }
    const value = unwrap(timestampMs, last);
    if (this.#repeating && value <= last) return true;
    this.#seen.set(type, value);
    return false;
  }

  #keep(tag: StreamTag): void {
    if (tag.kind === 'keyframe') this.#forget();
    else if (this.#group.length === 0) return;
    this.#group.push(tag);
    this.#groupBytes += tag.body.length;
    if (this.#groupBytes > MOST_KEPT_BYTES) this.#forget();
  }

  #forget(): void {
    this.#group = [];
    this.#groupBytes = 0;
  }
}

/** `onMetaData` and its values, as FLV files have them; RTMP puts another name before. Null for other script data. */
function plainMetadata(body: Buffer): Buffer | null {
  const values = decodeAmf(body);
  if (values[0] === '@setDataFrame') values.shift();
  if (values[0] !== 'onMetaData') return null;
  const fields: AmfObject = { ...fieldsOf(values[1]) };
  // Of a file: a stream has neither.
  for (const name of ['duration', 'filesize']) delete fields[name];
  return encodeAmf('onMetaData', new AmfArray(fields));
}
