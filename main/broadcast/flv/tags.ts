/**
 * FLV as it flows through the hub: tags of audio, video and script data.
 * Adobe Flash Video File Format Specification 10.1, annex E (https://rtmp.veriskope.com/pdf/video_file_format_spec_v10_1.pdf).
 */

export const AUDIO = 8;
export const VIDEO = 9;
export const SCRIPT = 18;
export type TagType = typeof AUDIO | typeof VIDEO | typeof SCRIPT;

/** Timestamps in FLV and RTMP are 32 bits of milliseconds: they begin again after 49.7 days. */
export const TIMESTAMP_SPAN = 2 ** 32;

export interface FlvTag {
  type: TagType;
  /** As written, 0 .. 2^32-1. */
  timestampMs: number;
  /** Without tag header and size: what an RTMP message of the same type holds. */
  body: Buffer;
}

/** What a tag is for whoever has to choose which to keep. */
export type TagKind =
  | 'metadata'
  | 'audio-header'
  | 'video-header'
  | 'audio'
  | 'keyframe'
  | 'inter'
  /** An inter frame that no other refers to. */
  | 'disposable'
  /** End of sequence, and what is not known here. */
  | 'other';

const AAC = 10;
const AVC = 7;

export function kindOf({ type, body }: FlvTag): TagKind {
  if (type === SCRIPT) return 'metadata';
  if (body.length < 2) return 'other';
  if (type === AUDIO) return body[0] >> 4 === AAC && body[1] === 0 ? 'audio-header' : 'audio';
  const frame = body[0] >> 4;
  if ((body[0] & 0x0f) === AVC) {
    if (body[1] === 0) return 'video-header';
    if (body[1] !== 1) return 'other';
    if (frame === 1) return 'keyframe';
    return isDisposable(body) ? 'disposable' : 'inter';
  }
  return frame === 1 ? 'keyframe' : 'inter';
}

/** All slices have nal_ref_idc 0 (H.264 7.4.1). Length prefixes are four bytes, which every RTMP encoder writes. */
function isDisposable(body: Buffer): boolean {
  let at = 5;
  let slices = 0;
  while (at + 5 <= body.length) {
    const length = body.readUInt32BE(at);
    const header = body[at + 4];
    const unit = header & 0x1f;
    if (unit >= 1 && unit <= 5) {
      if ((header & 0x60) !== 0) return false;
      slices++;
    }
    at += 4 + length;
  }
  return slices > 0;
}

/** Composition minus decoding time, milliseconds; 0 for what has none. */
export const compositionOffsetMs = ({ type, body }: FlvTag): number =>
  type === VIDEO && (body[0] & 0x0f) === AVC && body[1] === 1 && body.length >= 5 ? body.readIntBE(2, 3) : 0;

const TAG_HEADER = 11;
const SIZE_FIELD = 4;

/** Signature, version 1, audio and video, and the zero size before the first tag. */
export const FLV_HEADER = Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);

export function writeTag(tag: FlvTag): Buffer {
  const { type, timestampMs, body } = tag;
  const out = Buffer.allocUnsafe(TAG_HEADER + body.length + SIZE_FIELD);
  out[0] = type;
  out.writeUIntBE(body.length, 1, 3);
  out.writeUIntBE(timestampMs & 0xffffff, 4, 3);
  out[7] = (timestampMs >>> 24) & 0xff;
  out.writeUIntBE(0, 8, 3);
  body.copy(out, TAG_HEADER);
  out.writeUInt32BE(TAG_HEADER + body.length, TAG_HEADER + body.length);
  return out;
}

/** No frame of a live stream is this large; what claims to be is no FLV. */
const MOST_BODY_BYTES = 14 * 1024 * 1024;

/** Reads FLV from pieces of any length. Bodies are copies: they outlive the piece they came in. */
export class FlvReader {
  readonly #onTag: (tag: FlvTag) => void;
  #rest: Buffer = Buffer.alloc(0);
  #begun = false;

  constructor(onTag: (tag: FlvTag) => void) {
    this.#onTag = onTag;
  }

  /** @throws Error when it is not FLV; the reader is of no use after that */
  push(piece: Buffer): void {
    let bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    if (!this.#begun) {
      if (bytes.length < FLV_HEADER.length) {
        this.#rest = Buffer.from(bytes);
        return;
      }
      if (bytes.toString('latin1', 0, 3) !== 'FLV') throw new Error('not an FLV stream');
      bytes = bytes.subarray(bytes.readUInt32BE(5) + SIZE_FIELD);
      this.#begun = true;
    }
    let at = 0;
    while (bytes.length - at >= TAG_HEADER) {
      const size = bytes.readUIntBE(at + 1, 3);
      const type = bytes[at] & 0x1f;
      if (size > MOST_BODY_BYTES) throw new Error(`a tag of ${size} bytes`);
      const whole = TAG_HEADER + size + SIZE_FIELD;
      if (bytes.length - at < whole) break;
      if (type === AUDIO || type === VIDEO || type === SCRIPT) {
        const timestampMs = bytes.readUIntBE(at + 4, 3) + bytes[at + 7] * 2 ** 24;
        this.#onTag({ type, timestampMs, body: Buffer.from(bytes.subarray(at + TAG_HEADER, at + TAG_HEADER + size)) });
      }
      at += whole;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }
}
