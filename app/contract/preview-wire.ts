/**
 * The preview channel: one WebSocket or MessagePort for one stage. The interface sends JSON text; the studio answers JSON text
 * and binary messages. Pure: both ends encode and decode with this file.
 *
 * Sound is the master clock. `generation` rises with every play, seek and pause of the interface; what arrives with an older one
 * is stale and dropped unread. Frames are paid for by `credit`, so that no more are on their way than the interface can hold;
 * sound runs less than a second before the last frame sent. While paused, every change of the document that changes
 * the picture sends one frame of the present time, under the present generation.
 */
import { z } from 'zod';
import { idSchema, wireErrorSchema } from './base.ts';
import { shownEmotionSchema } from './emotions.ts';

/** Mono s16le. */
export const PREVIEW_SAMPLE_RATE = 48_000;

const generation = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const atMs = z.number().min(0);

export const previewRequestSchema = z.discriminatedUnion('type', [
  /** First, and again for another project or size. Answered by `ready` or `failed`, then by the frame at 0. Credit starts anew at 0. */
  z.object({ type: z.literal('open'), projectId: idSchema, maxSidePx: z.int().min(64).max(1920), generation }),
  /** From `fromMs` to `toMs` (null: the end); with `loop` over and over, each round under the same generation. */
  z.object({
    type: z.literal('play'),
    generation,
    fromMs: atMs,
    toMs: atMs.nullable().default(null),
    loop: z.boolean().default(false),
  }),
  /** Answered by the frame at `atMs`, what was heard last. */
  z.object({ type: z.literal('pause'), generation, atMs }),
  /** One frame, no sound. Of several in a row only the last need be answered. */
  z.object({ type: z.literal('seek'), generation, atMs }),
  /** So many frames more may be sent. */
  z.object({ type: z.literal('credit'), frames: z.int().min(1).max(1000) }),
  /** Shows an emotion that no line has (yet), until null takes it back. */
  z.object({ type: z.literal('emotion'), emotion: shownEmotionSchema.nullable(), generation }),
  /** While paused the face breathes, blinks and looks about: frames of the present time come at the stage's pace, as far as credit goes. */
  z.object({ type: z.literal('idle'), on: z.boolean(), generation }),
]);
export type PreviewRequest = z.infer<typeof previewRequestSchema>;
export type PreviewRequestInput = z.input<typeof previewRequestSchema>;

export const previewEventSchema = z.discriminatedUnion('type', [
  /** Again whenever the document takes another shape or rate. */
  z.object({ type: z.literal('ready'), projectId: idSchema, widthPx: z.int(), heightPx: z.int(), fps: z.number() }),
  /**
   * Where each line lies on the clock. Sent when it is first known and whenever it changes. `exact`: it has been spoken; until
   * then its length is reckoned from its text. Lines that have been passed keep their place until the next play, pause or seek,
   * however long they turn out; a time of the interface means the place in the line that it meant by the last event.
   */
  z.object({
    type: z.literal('prepared'),
    revision: z.int(),
    durationMs: z.number(),
    frames: z.int(),
    exact: z.boolean(),
    lines: z.array(z.object({ lineId: z.string(), startMs: z.number(), endMs: z.number(), exact: z.boolean() })),
  }),
  /** What is being waited for before the next frame; null: nothing any more. */
  z.object({ type: z.literal('waiting'), for: z.enum(['portrait', 'speech', 'stage']).nullable(), generation }),
  /** The range has been sent to its end (not yet shown); with `loop` never. */
  z.object({ type: z.literal('ended'), generation, atMs: z.number() }),
  /** The document cannot be shown as it is; the last good picture stays. `lineId` where one line is at fault. */
  z.object({ type: z.literal('failed'), error: wireErrorSchema, lineId: z.string().nullable() }),
  z.object({ type: z.literal('recovered') }),
]);
export type PreviewEvent = z.infer<typeof previewEventSchema>;

/**
 * A binary message: {@link HEADER_BYTES} of header, little-endian, then the payload.
 *
 *     0  u8   kind: 1 frame, 2 sound
 *     1  u8   flags: 1 = with alpha (frame); 2 = begins a round: index and sample go on from here
 *     2  u16  width   (frame)          8  u32  frame index / first sample, on the project's clock
 *     4  u16  height  (frame)         12  u32  bytes of payload
 *     6  u16  0                       16  u32  generation
 *                                     20  u32  0
 */
export const HEADER_BYTES = 24;
const FRAME = 1;
const SOUND = 2;
const ALPHA = 1;
const ROUND = 2;

export interface PreviewFrame {
  kind: 'frame';
  generation: number;
  /** Its time is `index / fps`. */
  index: number;
  widthPx: number;
  heightPx: number;
  /** First of what is played, of a round of a loop, or after a line before it took another length: the clock goes on from here. */
  begins: boolean;
  /** `data` is I420 with a full-size alpha plane after V. */
  alpha: boolean;
  data: Uint8Array;
}
export interface PreviewSound {
  kind: 'sound';
  generation: number;
  /** Of the first sample, at {@link PREVIEW_SAMPLE_RATE}. */
  startSample: number;
  begins: boolean;
  samples: Int16Array;
}
export type PreviewMedia = PreviewFrame | PreviewSound;

export const frameBytes = (widthPx: number, heightPx: number, alpha: boolean): number =>
  (widthPx * heightPx * (alpha ? 5 : 3)) / 2;

/** Into a new buffer; or into the start of `into`, of which it gives the part used. */
export function encodePreviewMedia(media: PreviewMedia, into?: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const payload =
    media.kind === 'frame'
      ? media.data
      : new Uint8Array(media.samples.buffer, media.samples.byteOffset, media.samples.byteLength);
  const bytes = HEADER_BYTES + payload.length;
  const message = into === undefined ? new Uint8Array(bytes) : into.subarray(0, bytes);
  const header = new DataView(message.buffer, message.byteOffset, HEADER_BYTES);
  const frame = media.kind === 'frame';
  header.setUint8(0, frame ? FRAME : SOUND);
  header.setUint8(1, (frame && media.alpha ? ALPHA : 0) | (media.begins ? ROUND : 0));
  header.setUint16(2, frame ? media.widthPx : 0, true);
  header.setUint16(4, frame ? media.heightPx : 0, true);
  header.setUint16(6, 0, true);
  header.setUint32(8, frame ? media.index : media.startSample, true);
  header.setUint32(12, payload.length, true);
  header.setUint32(16, media.generation, true);
  header.setUint32(20, 0, true);
  message.set(payload, HEADER_BYTES);
  return message;
}

/** Views into the message (sound is copied where it does not lie evenly); null for what is no message of this channel. */
export function decodePreviewMedia(message: ArrayBuffer | Uint8Array): PreviewMedia | null {
  const bytes = message instanceof Uint8Array ? message : new Uint8Array(message);
  if (bytes.length < HEADER_BYTES) return null;
  const header = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
  const kind = header.getUint8(0);
  const flags = header.getUint8(1);
  const position = header.getUint32(8, true);
  const generation = header.getUint32(16, true);
  const payload = bytes.subarray(HEADER_BYTES);
  if (payload.length !== header.getUint32(12, true)) return null;
  const begins = (flags & ROUND) !== 0;
  if (kind === FRAME) {
    const [widthPx, heightPx] = [header.getUint16(2, true), header.getUint16(4, true)];
    const alpha = (flags & ALPHA) !== 0;
    if (payload.length !== frameBytes(widthPx, heightPx, alpha)) return null;
    return { kind: 'frame', generation, index: position, widthPx, heightPx, begins, alpha, data: payload };
  }
  if (kind === SOUND && payload.length % 2 === 0) {
    const even = payload.byteOffset % 2 === 0 ? payload : payload.slice();
    const samples = new Int16Array(even.buffer, even.byteOffset, even.length / 2);
    return { kind: 'sound', generation, startSample: position, begins, samples };
  }
  return null;
}

export const encodePreviewRequest = (request: PreviewRequestInput): string => JSON.stringify(request);
export const encodePreviewEvent = (event: PreviewEvent): string => JSON.stringify(event);

/** null for what is no request. */
export const decodePreviewRequest = (text: string): PreviewRequest | null => decode(previewRequestSchema, text);
export const decodePreviewEvent = (text: string): PreviewEvent | null => decode(previewEventSchema, text);

function decode<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
