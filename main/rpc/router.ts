/** The contract answered by the services: nothing but names, inputs checked, and errors in the contract's own words. */
import { type AnyRouter, implement, ORPCError } from '@orpc/server';
import type { StandardRPCHandlerOptions } from '@orpc/server/standard';
import { STUDIO_ERROR, type WireError } from '../../app/contract/base.ts';
import { contract } from '../../app/contract/index.ts';
import type { StudioServices } from '../studio/service.ts';
import { toWireError } from '../studio/wire-error.ts';

type Call = (input: unknown, signal: AbortSignal) => unknown;
type Answering = {
  handler(answer: (call: { input: unknown; signal?: AbortSignal | undefined }) => unknown): AnyRouter;
};

/** One procedure for each call of the contract. The services' types say that none is missing. */
export function createRouter(services: StudioServices): AnyRouter {
  const all = implement(contract) as unknown as Record<string, Record<string, Answering>>;
  const areas = Object.entries(contract).map(([area, calls]) => {
    const service = services[area as keyof StudioServices] as unknown as Record<string, Call>;
    const procedures = Object.keys(calls).map((name) => {
      const procedure = all[area]![name]!.handler(({ input, signal = new AbortController().signal }) =>
        service[name]!(input, signal),
      );
      return [name, procedure] as const;
    });
    return [area, Object.fromEntries(procedures)] as const;
  });
  return Object.fromEntries(areas);
}

/** To be given to whichever transport's handler: whatever fails, in a call or in the middle of a stream, fails as `STUDIO_ERROR`. */
export const rpcOptions: StandardRPCHandlerOptions<Record<never, never>> = {
  clientInterceptors: [
    async ({ next }) => {
      try {
        const output = await next();
        return isStream(output) ? inStudioErrors(output) : output;
      } catch (error) {
        throw asContractError(error);
      }
    },
  ],
};

const isStream = (value: unknown): value is AsyncIteratorObject<unknown, unknown, void> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value;

/** Passes the end on in both directions, so that who stops listening stops the source. */
function inStudioErrors(source: AsyncIteratorObject<unknown, unknown, void>): AsyncIteratorObject<unknown> {
  const iterator: AsyncIteratorObject<unknown> = {
    async next() {
      try {
        return await source.next();
      } catch (error) {
        throw asContractError(error);
      }
    },
    async return(value) {
      await source.return?.();
      return { done: true, value };
    },
    [Symbol.asyncIterator]: () => iterator,
    async [Symbol.asyncDispose]() {
      await source.return?.();
    },
  };
  return iterator;
}

function asContractError(error: unknown): ORPCError<string, WireError> {
  return new ORPCError(STUDIO_ERROR, { defined: true, data: wireErrorOf(error), cause: error });
}

function wireErrorOf(error: unknown): WireError {
  // What oRPC itself refuses: input that does not fit the contract.
  if (error instanceof ORPCError && error.code === 'BAD_REQUEST') {
    const detail = describeIssues(error.data) ?? error.message;
    return { code: 'host.request-invalid', params: { detail }, retryable: false };
  }
  return toWireError(error);
}

function describeIssues(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('issues' in data) || !Array.isArray(data.issues)) return null;
  const issues = data.issues as { path?: PropertyKey[]; message: string }[];
  return issues
    .slice(0, 3)
    .map(({ path = [], message }) => `${path.map(String).join('.')}: ${message}`)
    .join('; ');
}
