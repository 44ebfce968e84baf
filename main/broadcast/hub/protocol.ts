/** What the hub's process and its parent say to each other. Tokens travel here and nowhere else. */
import { z } from 'zod';

export const hubSetupSchema = z.strictObject({
  type: z.literal('setup'),
  /** 0: any free one. */
  rtmpPort: z.int().min(0).max(65535),
  httpPort: z.int().min(0).max(65535),
  publishToken: z.string().min(16),
  playToken: z.string().min(16),
});
export type HubSetup = z.infer<typeof hubSetupSchema>;

export const toHubSchema = z.discriminatedUnion('type', [hubSetupSchema, z.strictObject({ type: z.literal('end') })]);
export type ToHub = z.infer<typeof toHubSchema>;

const refusedSchema = z.strictObject({
  type: z.literal('refused'),
  /** Of all since the start. */
  count: z.int(),
  what: z.enum(['publish', 'play', 'garbage']),
});

export const fromHubSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready'), rtmpPort: z.int(), httpPort: z.int() }),
  z.strictObject({ type: z.literal('failed'), detail: z.string() }),
  z.strictObject({ type: z.literal('published'), sessionId: z.string() }),
  z.strictObject({ type: z.literal('unpublished'), sessionId: z.string() }),
  refusedSchema,
  z.strictObject({ type: z.literal('heartbeat'), publishers: z.int(), players: z.int(), refused: z.int() }),
]);
export type FromHub = z.infer<typeof fromHubSchema>;

/** The hub's one RTMP application. */
export const HUB_APP = 'live';
/** Names of streams: what the media server takes for safe. */
export const SESSION_ID = /^[a-zA-Z0-9_-]{1,100}$/;

/** With every HTTP-FLV answer: which run of the hub it is. Within one, a stream's clock goes on; the next begins anew. */
export const HUB_ID_HEADER = 'x-shenghua-hub';
