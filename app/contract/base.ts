/**
 * What every call between the interface and the studio shares: one error, ids, and paths of media.
 * A call that fails for a reason a person can meet fails with `STUDIO_ERROR`; its words come from `describeError`.
 */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../errors/index.ts';

/** A `StudioError` as it travels. Whatever else went wrong arrives as `command.internal`. */
export const wireErrorSchema = z.object({
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  /** The same call may work a little later. */
  retryable: z.boolean(),
});
export type WireError = z.infer<typeof wireErrorSchema>;

export const STUDIO_ERROR = 'STUDIO_ERROR';

/** Where every procedure of the contract begins. */
export const procedure = oc.errors({ [STUDIO_ERROR]: { data: wireErrorSchema } });

export const localeSchema = z.enum(['en', 'zh-CN']);
/** One text in every language of the interface. */
export const wordsSchema = z.object({ en: z.string(), 'zh-CN': z.string() });
export type Words = z.infer<typeof wordsSchema>;

export const idSchema = z.string().min(1).max(200);

/** Relative to the page: in a browser the host serves it, on the desktop the shell's own protocol. Fetch it, or name it in `src`. */
export const mediaPathSchema = z.string().startsWith('/media/');

export const nothing = z.object({});
export const rectSchema = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
