/** Shows on air: what they tell of themselves, what is asked of them, and the keys of their destinations, which go in and never out. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { liveCommandSchema, liveStatusSchema, utteranceTraceSchema } from '../live/protocol.ts';
import { idSchema, nothing, procedure, wireErrorSchema } from './base.ts';

export const LIVE_CHECKS = [
  'ffmpeg',
  'destination',
  'key',
  'reach',
  'limits',
  'disk',
  'consent',
  'mark',
  'background',
] as const;

/** One thing that was looked at before a show goes on air. */
export const checkItemSchema = z.object({
  id: z.enum(LIVE_CHECKS),
  /** Which destination it is about; null: the show. */
  destinationId: z.string().nullable(),
  /** A show with a problem cannot go on air; with a warning it can, when the person says so. */
  level: z.enum(['ok', 'warning', 'problem']),
  /** Why; null where the level is `ok`. */
  error: wireErrorSchema.nullable(),
});
export type CheckItem = z.infer<typeof checkItemSchema>;

const project = z.object({ projectId: idSchema });
const record = z.boolean();
const destinationId = z.string().regex(/^[\w-]{1,64}$/);

export const live = {
  /** Every show that is on air, or was since the studio started; now, and a few times a second while one is. */
  watch: procedure.input(nothing).output(eventIterator(z.array(liveStatusSchema))),
  /** Looks at all of it anew; asks the servers, so it takes some seconds. */
  checklist: procedure.input(project.extend({ record })).output(z.array(checkItemSchema)),
  /** Resolves when the show has begun to start; how it goes on is told by `watch`. */
  goLive: procedure.input(project.extend({ record, ignoreWarnings: z.boolean().default(false) })).output(nothing),
  command: procedure.input(project.extend({ command: liveCommandSchema })).output(nothing),
  /** graceful: the sentence is finished and the closing played. Resolves when every process of the show is gone. */
  stop: procedure.input(project.extend({ graceful: z.boolean() })).output(nothing),
  reconnectNow: procedure.input(project.extend({ destinationId })).output(nothing),
  /** The last utterances' ways, oldest first. */
  trace: procedure.input(project.extend({ count: z.int().min(1).max(500) })).output(z.array(utteranceTraceSchema)),
  /** In place of the one before. A show on air takes it at once. */
  setKey: procedure.input(z.object({ destinationId, key: z.string().trim().min(1).max(4000) })).output(nothing),
  deleteKey: procedure.input(z.object({ destinationId })).output(nothing),
  /** Those of them that have one. */
  whichKeys: procedure
    .input(z.object({ destinationIds: z.array(destinationId).max(500) }))
    .output(z.array(destinationId)),
  /** Where alarms of shows are posted. The address may hold a token: it goes in and only its host comes out. */
  alarmHook: procedure.input(nothing).output(z.object({ host: z.string().nullable() })),
  /** From the next show on; null: nowhere. */
  setAlarmHook: procedure
    .input(
      z.object({
        address: z
          .url({ protocol: /^https?$/ })
          .max(2000)
          .nullable(),
      }),
    )
    .output(z.object({ host: z.string().nullable() })),
  /** Posts one message that says it is a trial. Fails with `live.webhook-failed`. */
  tryAlarmHook: procedure.input(nothing).output(nothing),
};
