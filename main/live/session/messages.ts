/** Between the supervisor and a session process, over node:child_process's IPC. What has secrets in it (the hub's address) travels here alone. */
import { z } from 'zod';
import { projectSchema } from '../../../app/document/project.ts';
import {
  liveCommandSchema,
  liveDutySchema,
  sessionStatusSchema,
  showPositionSchema,
  utteranceTraceSchema,
} from '../../../app/live/protocol.ts';
import { providerSettingsSchema } from '../../../app/providers/settings.ts';

export const sessionRequestSchema = z.discriminatedUnion('type', [
  /** The first message, once. */
  z.object({
    type: z.literal('start'),
    project: projectSchema,
    /** Of createStudio: where assets, caches and voices are. */
    dataDir: z.string().optional(),
    ffmpegPath: z.string().optional(),
    /** Publish address on the hub, with its token. */
    hubUrl: z.string(),
    /** Where to go on; null begins the show. */
    position: showPositionSchema.nullable(),
    /** Stream time the first frame has: after a crash, where viewers' clocks are. */
    fromStreamMs: z.number().min(0),
    /** Desk utterances that were waiting when the session before this one died, oldest first. */
    commands: z.array(liveCommandSchema),
    /** Accelerated: the session runs by a virtual clock, as fast as it can. */
    virtualClock: z.boolean(),
    /** How voices are set up, and their keys; absent: as the data folder says. */
    providers: z.object({ settings: providerSettingsSchema, secrets: z.record(z.string(), z.string()) }).optional(),
  }),
  z.object({ type: z.literal('command'), command: liveCommandSchema }),
  /** The hub began anew elsewhere. */
  z.object({ type: z.literal('hub'), url: z.string() }),
  /** How the supervisor's ladder wants the stream encoded from the next keyframe on. */
  z.object({
    type: z.literal('rung'),
    step: z.int().min(0),
    videoKbps: z.int(),
    fpsDivisor: z.int().min(1),
    scale: z.number().positive().max(1),
  }),
  /** graceful: finish the sentence, play the closing, flush. Otherwise flush at once. */
  z.object({ type: z.literal('stop'), graceful: z.boolean() }),
]);
export type SessionRequest = z.infer<typeof sessionRequestSchema>;
export type SessionProviders = NonNullable<Extract<SessionRequest, { type: 'start' }>['providers']>;

const errorSchema = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });
export const sessionReplySchema = z.discriminatedUnion('type', [
  /** The first frame has left for the hub. */
  z.object({ type: z.literal('on-air') }),
  /** Once a second, also as the sign of life. `due`: where viewers' clocks are, ahead of what was fed where feeding lags. */
  z.object({
    type: z.literal('status'),
    status: sessionStatusSchema,
    due: z.object({ streamMs: z.number(), atMs: z.number() }),
  }),
  /** Whenever a sentence of the show has been said: safe to go on from after a crash. */
  z.object({ type: z.literal('position'), position: showPositionSchema, streamMs: z.number() }),
  z.object({ type: z.literal('trace'), trace: utteranceTraceSchema }),
  /** A desk utterance is wholly said, or was dropped by a `replace`. */
  z.object({ type: z.literal('done'), id: z.string(), said: z.boolean() }),
  /**
   * Something failed that the session gets over by itself (a voice, a picture, the encoder); or, as its last word before exit code 70, why it
   * falls: another start may get over it.
   */
  z.object({ type: z.literal('trouble'), error: errorSchema }),
  /** Another speaks, writes or listens from now on; `midUtterance`: it went on where the one before, `from`, had broken off. */
  z.object({ type: z.literal('duty'), duty: liveDutySchema, from: z.string().nullable(), midUtterance: z.boolean() }),
  /** The show is over, or was stopped: everything is flushed, the process ends with 0. */
  z.object({ type: z.literal('ended') }),
  /** It cannot go on air at all, and starting it again would not help. */
  z.object({ type: z.literal('failed'), error: errorSchema }),
]);
export type SessionReply = z.infer<typeof sessionReplySchema>;

/** One clock for all processes of a machine, for moments that are compared across them: a message may lie long before it is read. */
export const sharedMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;
