/** What a project says about going on air: its scenes, what may be laid over them, the run-of-show, how it is encoded and where it goes. */
import { z } from 'zod';
import { type AssetRef, assetRefSchema } from './asset.ts';
import { framingSchema } from './avatar.ts';
import { refuseSharedIds } from './ids.ts';
import { liveIdSchema, liveOverlaySchema, transitionSchema } from './live-overlays.ts';
import { scriptLineSchema } from './script.ts';
import { backgroundSchema } from './stage.ts';

/** A look of the stage. What is null is as the project's own stage says. */
export const sceneSchema = z.strictObject({
  id: liveIdSchema,
  name: z.string().max(200).default(''),
  background: backgroundSchema.nullable().default(null),
  framing: framingSchema.nullable().default(null),
  /** Live overlays shown when the scene begins; those of the scene before go. */
  overlays: z.array(liveIdSchema).default([]),
});
export type Scene = z.infer<typeof sceneSchema>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
/** When a segment may be played, by the machine's own calendar. A window that ends before it begins reaches over midnight, and counts to the day it began on. */
export const airTimeSchema = z.strictObject({
  /** 1 Monday … 7 Sunday; none: every day. */
  weekdays: z.array(z.int().min(1).max(7)).max(7).default([]),
  from: timeOfDay.nullable().default(null),
  to: timeOfDay.nullable().default(null),
});
export type AirTime = z.infer<typeof airTimeSchema>;

const segmentBase = {
  id: z.string().min(1),
  name: z.string().max(200).default(''),
  enabled: z.boolean().default(true),
  /** null: at any time. */
  airTime: airTimeSchema.nullable().default(null),
  /** At most so often in an hour or a day of the calendar, or in the whole show. */
  limit: z
    .strictObject({ times: z.int().min(1).max(10_000), per: z.enum(['hour', 'day', 'show']) })
    .nullable()
    .default(null),
  /** The scene it begins with; null keeps the one that is on. */
  scene: liveIdSchema.nullable().default(null),
  /** A short sound before it. */
  jingle: assetRefSchema.nullable().default(null),
  /** Times it is played each time its turn comes. */
  times: z.int().min(1).max(1000).default(1),
};

export const segmentSchema = z.discriminatedUnion('kind', [
  /** Lines spoken one after another; `{a|b|c}` in a line's text is a variation slot. null: the project's script. */
  z.strictObject({
    kind: z.literal('script'),
    ...segmentBase,
    lines: z.array(scriptLineSchema).superRefine(refuseSharedIds).nullable().default(null),
    order: z.enum(['written', 'shuffled']).default('written'),
  }),
  /** Nothing is said; the avatar idles. */
  z.strictObject({ kind: z.literal('idle'), ...segmentBase, durationMs: z.int().min(100).max(86_400_000) }),
  /** The person's own recording, spoken by the avatar. `text` (may be empty) is what it says. */
  z.strictObject({ kind: z.literal('recording'), ...segmentBase, asset: assetRefSchema, text: z.string().default('') }),
  /** A picture or a video in place of the stage or in a window on it, for its own length or so long. */
  z.strictObject({
    kind: z.literal('insert'),
    ...segmentBase,
    asset: assetRefSchema,
    durationMs: z.int().min(100).max(86_400_000).nullable().default(null),
    window: z
      .strictObject({ x: z.number(), y: z.number(), width: z.number().positive().max(1) })
      .nullable()
      .default(null),
    sound: z.boolean().default(true),
    transition: transitionSchema.prefault({}),
  }),
]);
export type Segment = z.infer<typeof segmentSchema>;
const segments = z.array(segmentSchema).superRefine(refuseSharedIds).default([]);

export const showSchema = z.strictObject({
  /** Once, at the start. */
  opening: segments,
  /** Over and over. Empty: the project's script. */
  segments,
  order: z.enum(['written', 'shuffled']).default('written'),
  /** Rounds through `segments`; null: for ever. After the last comes the closing, and the show goes off air. */
  rounds: z.int().min(1).max(1_000_000).nullable().default(null),
  /** Once, when the show is ended cleanly. */
  closing: segments,
  /** Played beneath, one after another; lowered while something is said. */
  music: z
    .strictObject({
      tracks: z.array(assetRefSchema).default([]),
      /** 0..1 of full scale, while nobody speaks and while somebody does. */
      volume: z.number().min(0).max(1).default(0.25),
      duckedVolume: z.number().min(0).max(1).default(0.08),
    })
    .prefault({}),
  /** Silence between two segments. */
  gapMs: z.int().min(0).max(60_000).default(600),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .default(1),
});
export type Show = z.infer<typeof showSchema>;

/** How the stream is encoded. Size and frame rate are the stage's. */
export const liveOutputSchema = z.strictObject({
  videoKbps: z.int().min(300).max(20_000).default(2500),
  audioKbps: z.int().min(48).max(320).default(128),
  keyframeSeconds: z.number().min(1).max(10).default(2),
  preset: z.enum(['ultrafast', 'superfast', 'veryfast', 'faster', 'fast', 'medium']).default('veryfast'),
  encoder: z.enum(['auto', 'software']).default('auto'),
  /** Steps down when a destination or the machine cannot keep up, and up again. */
  ladder: z.boolean().default(true),
  recording: z
    .strictObject({
      splitMinutes: z.int().min(1).max(1440).default(60),
      splitMegabytes: z.int().min(10).max(100_000).default(4000),
    })
    .nullable()
    .default(null),
});
export type LiveOutput = z.infer<typeof liveOutputSchema>;

/** Where it goes. The stream key is no part of the document: it is kept with the person's secrets under `stream-key:<id>`. */
export const destinationSchema = z.strictObject({
  id: z.string().regex(/^[\w-]{1,64}$/),
  /** Of `app/live/platforms.ts`. */
  platform: z.string().min(1).max(40).default('custom'),
  name: z.string().max(200).default(''),
  /** Server address without the key: `rtmp://host/app`, `rtmps://…`. Empty: not given yet. */
  server: z.string().max(2000).default(''),
  enabled: z.boolean().default(true),
});
export type Destination = z.infer<typeof destinationSchema>;

export const liveSchema = z.strictObject({
  scenes: z.array(sceneSchema).superRefine(refuseSharedIds).default([]),
  overlays: z.array(liveOverlaySchema).superRefine(refuseSharedIds).default([]),
  show: showSchema.prefault({}),
  output: liveOutputSchema.prefault({}),
  destinations: z.array(destinationSchema).superRefine(refuseSharedIds).default([]),
});
export type LiveSettings = z.infer<typeof liveSchema>;

/** Every file that going on air needs. */
export function liveAssets({ scenes, overlays, show }: LiveSettings): AssetRef[] {
  const segments = [...show.opening, ...show.segments, ...show.closing];
  return [
    ...scenes.flatMap(({ background }) => (background?.kind === 'picture' ? [background.asset] : [])),
    ...overlays.flatMap((overlay) => ('picture' in overlay && overlay.picture !== null ? [overlay.picture] : [])),
    ...show.music.tracks,
    ...segments.flatMap(({ jingle }) => (jingle === null ? [] : [jingle])),
    ...segments.flatMap((segment) => ('asset' in segment ? [segment.asset] : [])),
  ];
}
