/**
 * What is asked of a show on air and what it tells of itself: between the supervisor and its session process, and on to the desk, the
 * command line and the interface for programs. Times are ms; `…AtMs` of the stream are on its own clock, which begins with 0 at its first
 * frame and goes on through every restart of the engine; `…WallMs` are Unix time.
 */
import { z } from 'zod';
import { liveIdSchema, liveOverlaySchema } from '../document/live-overlays.ts';
import { projectSchema } from '../document/project.ts';
import { STAGES } from '../providers/settings.ts';

/** What something new does to what is being said. queue: after it. interrupt: now, then the script goes on. replace: now, and all that waits is dropped. */
export const SPEECH_INTENTS = ['queue', 'interrupt', 'replace'] as const;
export type SpeechIntent = (typeof SPEECH_INTENTS)[number];

const saySchema = z.object({
  type: z.literal('say'),
  /** Names the utterance in status and trace; a second one of the same id is ignored, so that it may be sent again. */
  id: z.string().min(1).max(64),
  /** In the script grammar. */
  text: z.string().min(1).max(5000),
  intent: z.enum(SPEECH_INTENTS).default('queue'),
  emotion: z.string().nullable().default(null),
  intensity: z.number().min(0).max(1).default(1),
  voiceId: z.string().nullable().default(null),
  /** Where the script goes on after an interruption: at the sentence that was cut off, or the one after it. */
  resume: z.enum(['interrupted', 'next']).default('interrupted'),
});

/** A viewer's question: answered by the language model, and said while it is being written, from its first sentence on. */
const askSchema = z.object({
  type: z.literal('ask'),
  /** As of `say`. */
  id: z.string().min(1).max(64),
  question: z.string().min(1).max(2000),
  /** Of the answer, once its first sentence can be said; until then the show goes on. */
  intent: z.enum(SPEECH_INTENTS).default('queue'),
  voiceId: z.string().nullable().default(null),
  resume: z.enum(['interrupted', 'next']).default('interrupted'),
  /** In a position: what was written of the answer by then. `whole`: nothing more comes. */
  answer: z
    .object({
      sentences: z.array(z.object({ text: z.string(), emotion: z.string(), intensity: z.number().min(0).max(1) })),
      whole: z.boolean(),
    })
    .nullable()
    .default(null),
});

export const liveCommandSchema = z.discriminatedUnion('type', [
  saySchema,
  askSchema,
  /** Stops after the sentence being said, or at once; the avatar idles until `resume`. */
  z.object({ type: z.literal('pause'), at: z.enum(['sentence', 'now']).default('sentence') }),
  z.object({ type: z.literal('resume') }),
  /** Past the line, or the whole segment, that is on. */
  z.object({ type: z.literal('skip'), what: z.enum(['line', 'segment']).default('line') }),
  z.object({ type: z.literal('goTo'), segmentId: z.string().min(1), line: z.int().min(0).default(0) }),
  z.object({
    type: z.literal('volume'),
    voice: z.number().min(0).max(2).optional(),
    music: z.number().min(0).max(2).optional(),
  }),
  /** From now on in place of the lines' own; null gives the lines theirs back. */
  z.object({
    type: z.literal('emotion'),
    emotion: z.string().nullable(),
    intensity: z.number().min(0).max(1).default(1),
  }),
  z.object({ type: z.literal('overlay'), id: liveIdSchema, shown: z.boolean() }),
  /** A changed or new overlay, for this show only: a price that fell. */
  z.object({ type: z.literal('setOverlay'), overlay: liveOverlaySchema }),
  z.object({ type: z.literal('scene'), id: liveIdSchema }),
  /** Another avatar, script, show or look, without leaving the air. Size and frame rate stay those the show began with. */
  z.object({ type: z.literal('project'), project: projectSchema }),
]);
export type LiveCommand = z.infer<typeof liveCommandSchema>;

/** Where the run-of-show stands; all that is needed to go on there after a crash or a restart. */
export const showPositionSchema = z.object({
  part: z.enum(['opening', 'segments', 'closing']),
  /** null: before the first. */
  segmentId: z.string().nullable(),
  /** Which line of the segment, by its order of play, and from which of its sentences. */
  line: z.int().min(0),
  sentence: z.int().min(0),
  /** Which of the segment's `times`, from 0. */
  pass: z.int().min(0),
  /** Rounds through all segments that are done. */
  round: z.int().min(0),
  /** How often each segment was played: in the show, and in the hour and day named (ISO local, `2026-11-22T18`). */
  played: z.record(
    z.string(),
    z.object({ show: z.int(), hour: z.string(), inHour: z.int(), day: z.string(), inDay: z.int() }),
  ),
  /** Items played so far: numbers what is played. */
  drawn: z.int().min(0),
  /** How often each line with variation slots was begun, so that its variations go on where they were. */
  varied: z.record(z.string(), z.int()).default({}),
  /**
   * What the desk asked for and has not wholly been said, in the order it will be, with the sentence it goes on at. null: the line of the
   * show at this position comes here; where there is none, after all of them.
   */
  desk: z
    .array(
      z.object({ command: z.discriminatedUnion('type', [saySchema, askSchema]), sentence: z.int().min(0) }).nullable(),
    )
    .default([]),
  /** By the desk: nothing is begun until it resumes. */
  paused: z.boolean().default(false),
});
export type ShowPosition = z.infer<typeof showPositionSchema>;

const errorSchema = z.object({ code: z.string(), params: z.record(z.string(), z.union([z.string(), z.number()])) });
export type LiveError = z.infer<typeof errorSchema>;

/** What the session counts of itself, once a second. */
export const sessionStatusSchema = z.object({
  /** Stream time of the last frame that was fed to the encoder. */
  streamMs: z.number(),
  /** Number of the next frame, counted from the stream's beginning through every restart: `streamMs` in frames, none left out. */
  frames: z.int(),
  /** Frames that were not drawn when they were due, and took the picture before them. */
  lateFrames: z.int(),
  /** Frames that no encoder was given, by this session: none was there, or it had fallen a second behind. Viewers see the one before. */
  skippedFrames: z.int(),
  /** Times the clock was set anew because this process had stood still (a laptop's sleep). */
  stalls: z.int(),
  fpsIn: z.number(),
  fpsOut: z.number(),
  /** Frames drawn and waiting, and how many there may be. */
  renderAhead: z.int(),
  renderAheadMax: z.int(),
  /** Frames fed but not yet taken by the encoder. */
  encoderQueue: z.int(),
  /** The encoder's own measure: 1 is as fast as the stream. null before its first word. */
  encoderSpeed: z.number().nullable(),
  encoderRestarts: z.int(),
  /** Video PTS minus audio PTS, ms, as fed; now and the worst so far. */
  avOffsetMs: z.number(),
  worstAvOffsetMs: z.number(),
  speaking: z
    .object({
      id: z.string(),
      text: z.string(),
      segmentId: z.string().nullable(),
      source: z.enum(['show', 'desk']),
      fromStreamMs: z.number(),
    })
    .nullable(),
  next: z.object({ text: z.string(), segmentId: z.string().nullable() }).nullable(),
  /** Said by the desk and waiting. */
  queued: z.int(),
  /** Questions whose answers are being written and cannot be heard yet. */
  thinking: z.int(),
  paused: z.boolean(),
  position: showPositionSchema.nullable(),
  scene: z.string().nullable(),
  overlays: z.array(z.string()),
  volume: z.object({ voice: z.number(), music: z.number() }),
  emotion: z.string().nullable(),
  /** Where the quality ladder stands: 0 is the document's own settings. */
  rung: z.object({ step: z.int(), videoKbps: z.int(), fps: z.number(), widthPx: z.int(), heightPx: z.int() }),
  rssMb: z.number(),
  cpuPercent: z.number(),
  lastError: errorSchema.nullable(),
});
export type SessionStatus = z.infer<typeof sessionStatusSchema>;

export const DESTINATION_STATES = ['off', 'connecting', 'live', 'waiting', 'refused'] as const;
/** A destination's light. */
export const destinationStatusSchema = z.object({
  id: z.string(),
  state: z.enum(DESTINATION_STATES),
  sinceWallMs: z.number(),
  /** When it is tried again; null unless it waits. */
  retryAtWallMs: z.number().nullable(),
  attempts: z.int(),
  reconnects: z.int(),
  bitrateKbps: z.number(),
  queueMs: z.number(),
  droppedFrames: z.int(),
  sentBytes: z.number(),
  lastError: errorSchema.nullable(),
});
export type DestinationStatus = z.infer<typeof destinationStatusSchema>;

/** Who speaks, writes or listens, since when; `error`: why the first choice does not. */
export const liveDutySchema = z.object({
  stage: z.enum(STAGES),
  provider: z.string(),
  sinceMs: z.number(),
  error: errorSchema.nullable(),
});
export type LiveDuty = z.infer<typeof liveDutySchema>;

export const LIVE_STATES = ['off', 'starting', 'on-air', 'recovering', 'stopping', 'failed'] as const;
export type LiveState = (typeof LIVE_STATES)[number];
/** Everything the desk shows. */
export const liveStatusSchema = z.object({
  projectId: z.string().nullable(),
  state: z.enum(LIVE_STATES),
  sinceWallMs: z.number(),
  session: sessionStatusSchema.nullable(),
  destinations: z.array(destinationStatusSchema),
  /** One a stage that was asked for anything. Outlives the session. */
  duties: z.array(liveDutySchema),
  recording: z.object({ path: z.string(), bytes: z.number(), seconds: z.number() }).nullable(),
  /** Times each child began anew. */
  restarts: z.object({ session: z.int(), hub: z.int(), publisher: z.int() }),
  uptimeMs: z.number(),
  alarms: z.array(z.object({ id: z.string(), sinceWallMs: z.number(), error: errorSchema })),
  lastError: errorSchema.nullable(),
});
export type LiveStatus = z.infer<typeof liveStatusSchema>;

/** The way of one utterance, for a log that answers why a frame was late. Stream or monotonic ms as named. */
export const utteranceTraceSchema = z.object({
  id: z.string(),
  source: z.enum(['show', 'desk']),
  text: z.string(),
  askedAtMs: z.number(),
  spokenAtMs: z.number().nullable(),
  announcedAtMs: z.number().nullable(),
  firstFrameDrawnAtMs: z.number().nullable(),
  firstFrameFedAtMs: z.number().nullable(),
  fromStreamMs: z.number().nullable(),
  toStreamMs: z.number().nullable(),
  interrupted: z.boolean(),
  lateFrames: z.int(),
});
export type UtteranceTrace = z.infer<typeof utteranceTraceSchema>;
