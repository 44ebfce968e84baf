/** RTMP 1.0, chapter 5: messages cut into chunks, and put together again. https://rtmp.veriskope.com/docs/spec/ */

export const MESSAGE = {
  setChunkSize: 1,
  abort: 2,
  acknowledgement: 3,
  userControl: 4,
  windowAckSize: 5,
  setPeerBandwidth: 6,
  audio: 8,
  video: 9,
  dataAmf3: 15,
  commandAmf3: 17,
  data: 18,
  command: 20,
} as const;

export interface RtmpMessage {
  type: number;
  streamId: number;
  timestampMs: number;
  payload: Buffer;
}

const EXTENDED = 0xffffff;

/**
 * A message as chunks: the first with a full header, so that its time is absolute, the others bare.
 * @param chunkStreamId 2 .. 63
 */
export function writeMessage(message: RtmpMessage, chunkStreamId: number, chunkSize: number): Buffer {
  const { payload, timestampMs } = message;
  const extended = timestampMs >= EXTENDED;
  const more = Math.max(0, Math.ceil(payload.length / chunkSize) - 1);
  const extra = extended ? 4 : 0;
  const out = Buffer.allocUnsafe(12 + extra + payload.length + more * (1 + extra));
  out[0] = chunkStreamId;
  out.writeUIntBE(extended ? EXTENDED : timestampMs, 1, 3);
  out.writeUIntBE(payload.length, 4, 3);
  out[7] = message.type;
  out.writeUInt32LE(message.streamId, 8);
  let at = 12;
  if (extended) at = out.writeUInt32BE(timestampMs, at);
  for (let from = 0; from < payload.length || from === 0; from += chunkSize) {
    if (from > 0) {
      out[at++] = 0xc0 | chunkStreamId;
      if (extended) at = out.writeUInt32BE(timestampMs, at);
    }
    at += payload.copy(out, at, from, Math.min(payload.length, from + chunkSize));
  }
  return out;
}

interface ChunkStream {
  timestampMs: number;
  deltaMs: number;
  extended: boolean;
  length: number;
  type: number;
  streamId: number;
  parts: Buffer[];
  got: number;
}

/** A server has little to say to a publisher. */
const MOST_MESSAGE_BYTES = 1024 * 1024;
const HEADER_BYTES = [11, 7, 3, 0];

/** Reads chunks from pieces of any length. */
export class ChunkReader {
  readonly #onMessage: (message: RtmpMessage) => void;
  readonly #streams = new Map<number, ChunkStream>();
  #rest: Buffer = Buffer.alloc(0);
  #chunkSize = 128;

  constructor(onMessage: (message: RtmpMessage) => void) {
    this.#onMessage = onMessage;
  }

  /** @throws Error when this cannot be RTMP */
  push(piece: Buffer): void {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let at = 0;
    for (;;) {
      const next = this.#chunk(bytes, at);
      if (next === null) break;
      at = next;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
  }

  /** @returns where the next chunk begins; null when this one is not whole yet, and nothing was taken */
  #chunk(bytes: Buffer, from: number): number | null {
    let at = from;
    const has = (count: number): boolean => at + count <= bytes.length;
    if (!has(1)) return null;
    const format = bytes[at] >> 6;
    let id = bytes[at++] & 0x3f;
    if (id < 2) {
      if (!has(id + 1)) return null;
      const wide = id === 1;
      id = 64 + bytes[at++];
      if (wide) id += bytes[at++] * 256;
    }
    const known = this.#streams.get(id);
    if (known === undefined && format !== 0) throw new Error('a chunk of an unknown stream');
    const header = HEADER_BYTES[format];
    if (!has(header)) return null;
    const stream: ChunkStream = known ?? {
      timestampMs: 0,
      deltaMs: 0,
      extended: false,
      length: 0,
      type: 0,
      streamId: 0,
      parts: [],
      got: 0,
    };
    const fresh = stream.got === 0;
    let time = stream.extended ? EXTENDED : 0;
    let { length, type, streamId } = stream;
    if (format <= 2) time = bytes.readUIntBE(at, 3);
    if (format <= 1) {
      length = bytes.readUIntBE(at + 3, 3);
      type = bytes[at + 6];
    }
    if (format === 0) streamId = bytes.readUInt32LE(at + 7);
    at += header;
    const extended = time === EXTENDED;
    let value = time;
    if (extended) {
      if (!has(4)) return null;
      value = bytes.readUInt32BE(at);
      at += 4;
    }
    if (length > MOST_MESSAGE_BYTES) throw new Error(`a message of ${length} bytes`);
    const size = Math.min(this.#chunkSize, length - stream.got);
    if (!has(size)) return null;
    // From here on the chunk is taken.
    this.#streams.set(id, stream);
    Object.assign(stream, { length, type, streamId, extended });
    if (format === 0) {
      stream.timestampMs = value;
      stream.deltaMs = 0;
    } else if (format <= 2) {
      stream.deltaMs = value;
      stream.timestampMs += value;
    } else if (fresh) stream.timestampMs += stream.deltaMs;
    stream.parts.push(Buffer.from(bytes.subarray(at, at + size)));
    stream.got += size;
    at += size;
    if (stream.got >= stream.length) {
      const payload = Buffer.concat(stream.parts);
      stream.parts = [];
      stream.got = 0;
      if (type === MESSAGE.setChunkSize && payload.length >= 4) {
        const wanted = payload.readUInt32BE() & 0x7fffffff;
        if (wanted < 1) throw new Error('a chunk size of 0');
        this.#chunkSize = wanted;
      } else if (type === MESSAGE.abort && payload.length >= 4) {
        const other = this.#streams.get(payload.readUInt32BE());
        if (other !== undefined) Object.assign(other, { parts: [], got: 0 });
      } else this.#onMessage({ type, streamId, timestampMs: stream.timestampMs, payload });
    }
    return at;
  }
}
