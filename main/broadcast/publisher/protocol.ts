/** What the publisher's process and its parent say to each other. Addresses and keys travel here and nowhere else. */
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../../app/errors/index.ts';

/** Until a recording's MP4 must be made at an orderly end; otherwise it is made at the next start. */
export const FINISH_MS = 60_000;

export const destinationSchema = z.strictObject({
  id: z.string().min(1),
  url: z.string(),
  /** Left out when the address holds it. */
  key: z.string().optional(),
});
export type DestinationSetup = z.infer<typeof destinationSchema>;

export const recordingSchema = z.strictObject({
  folder: z.string().min(1),
  /** File names begin with it. */
  name: z.string().min(1).max(100),
  ffmpegPath: z.string().min(1),
  /** A new file at the first keyframe after this long, or after this many bytes. */
  splitMs: z.number().positive().default(3_600_000),
  splitBytes: z.number().positive().default(2_000_000_000),
});
export type RecordingSetup = z.infer<typeof recordingSchema>;
export type RecordingOptions = z.input<typeof recordingSchema>;

export const toPublisherSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('source'), flvUrl: z.string() }),
  z.strictObject({ type: z.literal('destinations'), destinations: z.array(destinationSchema) }),
  z.strictObject({ type: z.literal('reconnect'), id: z.string() }),
  z.strictObject({ type: z.literal('recording'), recording: recordingSchema.nullable() }),
  z.strictObject({ type: z.literal('end') }),
]);
export type ToPublisher = z.infer<typeof toPublisherSchema>;

const reportedErrorSchema = z.object({
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Unix time. */
  wallMs: z.number(),
});
export type ReportedError = z.infer<typeof reportedErrorSchema>;

export const DESTINATION_STATES = ['idle', 'connecting', 'live', 'waiting', 'refused', 'off'] as const;
export type DestinationState = (typeof DESTINATION_STATES)[number];

const destinationStatusSchema = z.object({
  id: z.string(),
  /** idle: nothing to send yet. waiting: tried again by itself. refused: a person is needed; tried once a minute. off: stopped. */
  state: z.enum(DESTINATION_STATES),
  /** Unix time since which it is in this state. */
  sinceWallMs: z.number(),
  /** Until the next attempt; null when none is waited for. */
  retryInMs: z.number().nullable(),
  /** Failed attempts of this outage. */
  attempt: z.int(),
  bitrateKbps: z.number(),
  /** How long the oldest tag not yet sent has waited, and how much waits with it. */
  queueMs: z.number(),
  queueBytes: z.number(),
  /** Since it was set. */
  sentBytes: z.number(),
  sentFrames: z.number(),
  /** Given up because the server did not keep up. */
  droppedFrames: z.number(),
  droppedAudio: z.number(),
  reconnects: z.number(),
  lastError: reportedErrorSchema.nullable(),
});
export type DestinationStatus = z.infer<typeof destinationStatusSchema>;

const recordingStatusSchema = z.object({
  /** paused: it cannot be written now, see lastError; tried again by itself. */
  state: z.enum(['off', 'idle', 'recording', 'paused']),
  /** Being written. */
  file: z.string().nullable(),
  bytes: z.number(),
  durationMs: z.number(),
  /** Finished MP4 files since the start, the last ones first; 50 at most. */
  finished: z.array(z.string()),
  lastError: reportedErrorSchema.nullable(),
});
export type RecordingStatus = z.infer<typeof recordingStatusSchema>;

const publisherStatusSchema = z.object({
  stream: z.object({
    flowing: z.boolean(),
    fps: z.number(),
    kbps: z.number(),
    videoFrames: z.number(),
    videoPtsMs: z.number().nullable(),
    audioPtsMs: z.number().nullable(),
    interleaveMs: z.number().nullable(),
  }),
  destinations: z.array(destinationStatusSchema),
  recording: recordingStatusSchema,
});
export type PublisherStatus = z.infer<typeof publisherStatusSchema>;

export const fromPublisherSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('status'), status: publisherStatusSchema }),
]);
export type FromPublisher = z.infer<typeof fromPublisherSchema>;
