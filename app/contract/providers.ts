/** Cloud and local engines: what they are set to, the keys they need, how they are, and what they cost today. A key never comes back. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { providerSettingsSchema, STAGES } from '../providers/settings.ts';
import { idSchema, nothing, procedure, wireErrorSchema } from './base.ts';

/**
 * - `ready`: it can be asked.
 * - `no-key`: it waits for the key named by `secret`; `not-set`: something else is missing in its settings.
 * - `resting`: it failed too often, and is left alone until `restsUntilMs` (then one request is a probe).
 * - `failing`: its last request went wrong.
 * - `offline`: the mode does not let it be asked.
 */
export const LIGHTS = ['ready', 'no-key', 'not-set', 'resting', 'failing', 'offline'] as const;
export type Light = (typeof LIGHTS)[number];

const stageSchema = z.enum(STAGES);

export const providerLightSchema = z.object({
  id: idSchema,
  stage: stageSchema,
  runs: z.enum(['local', 'cloud']),
  /** What the person called it; null: it is one of the studio's own, and its words are the interface's. */
  name: z.string().nullable(),
  model: z.string().nullable(),
  light: z.enum(LIGHTS),
  restsUntilMs: z.number().nullable(),
  /** Of its last request; null once one went well. */
  error: wireErrorSchema.nullable(),
  firstByteMs: z.number().nullable(),
});
export type ProviderLight = z.infer<typeof providerLightSchema>;

const happened = { atMs: z.number(), stage: z.enum([...STAGES, 'film']) };
/** `app/policy/events.ts`, on its way to a person. */
export const providerEventSchema = z.discriminatedUnion('type', [
  z.object({
    ...happened,
    type: z.literal('served'),
    provider: z.string(),
    firstByteMs: z.number(),
    fallback: z.boolean(),
  }),
  z.object({ ...happened, type: z.literal('failed'), provider: z.string(), error: wireErrorSchema, tries: z.number() }),
  z.object({
    ...happened,
    type: z.literal('switched'),
    from: z.string(),
    to: z.string(),
    error: wireErrorSchema,
    midUtterance: z.boolean(),
  }),
  z.object({
    ...happened,
    type: z.literal('circuit'),
    provider: z.string(),
    state: z.enum(['open', 'half-open', 'closed']),
  }),
  z.object({ ...happened, type: z.literal('budget'), spentYuan: z.number(), limitYuan: z.number() }),
  z.object({
    ...happened,
    type: z.literal('withheld'),
    provider: z.string(),
    use: z.enum(['asked', 'answer']),
    risk: z.enum(['low', 'medium', 'high']).nullable(),
    labels: z.array(z.string()),
  }),
  z.object({
    ...happened,
    type: z.literal('cache'),
    kind: z.enum(['exact', 'similar']),
    similarity: z.number(),
  }),
]);
export type ProviderEvent = z.infer<typeof providerEventSchema>;

/** Who speaks, writes or listens now. `error`: why the one before it in the chain does not; null: it is the first choice. */
export const onDutySchema = z.object({
  stage: stageSchema,
  provider: z.string(),
  sinceMs: z.number(),
  error: wireErrorSchema.nullable(),
});
export type OnDuty = z.infer<typeof onDutySchema>;

export const heldSecretSchema = z.object({
  name: z.string(),
  /** `environment`: of a variable such as DASHSCOPE_API_KEY, which counts before the one kept here. */
  from: z.enum(['kept', 'environment']),
});

export const providerStatusSchema = z.object({
  /** Every provider of this studio, in a chain or not, stage by stage. */
  lights: z.array(providerLightSchema),
  onDuty: z.array(onDutySchema),
  /** Newest first. */
  events: z.array(providerEventSchema),
  /** Today, by provider; those that cost something. */
  cost: z.array(z.object({ provider: z.string(), yuan: z.number() })),
  spentYuan: z.number(),
  budgetYuan: z.number().nullable(),
  /** The budget is spent: no cloud until midnight. */
  stopped: z.boolean(),
  secrets: z.array(heldSecretSchema),
});
export type ProviderStatus = z.infer<typeof providerStatusSchema>;

/** A secret's name, as SECRETS has them; nobody else's secrets can be reached by these calls. */
export const providerSecretSchema = z
  .string()
  .max(100)
  .regex(/^(bailian\/key|aliyun\/access-key-(id|secret)|cache\/redis\/password|llm\/[a-z0-9][a-z0-9-]{0,40}\/key)$/);

export const providerTestSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), firstByteMs: z.number() }),
  z.object({ ok: z.literal(false), error: wireErrorSchema }),
]);
export type ProviderTest = z.infer<typeof providerTestSchema>;

export const providers = {
  getSettings: procedure.input(nothing).output(providerSettingsSchema),
  /** All of them at once: what is left out is as it came. */
  setSettings: procedure.input(providerSettingsSchema).output(providerSettingsSchema),
  watchSettings: procedure.input(nothing).output(eventIterator(providerSettingsSchema)),
  /** Kept encrypted, and never told again. */
  setSecret: procedure
    .input(z.object({ name: providerSecretSchema, value: z.string().trim().min(1).max(1000) }))
    .output(nothing),
  deleteSecret: procedure.input(z.object({ name: providerSecretSchema })).output(nothing),
  hasSecret: procedure.input(z.object({ name: providerSecretSchema })).output(z.object({ has: z.boolean() })),
  /** Asks this one provider now; what goes wrong is the answer, not an error of the call. */
  test: procedure.input(z.object({ providerId: idSchema })).output(providerTestSchema),
  /** At once, and whenever something changed. */
  watch: procedure.input(nothing).output(eventIterator(providerStatusSchema)),
};
