/** What the contract says, as plain functions: inputs already checked, errors thrown, streams as iterators. No transport. */
import type { AnySchema, ContractProcedure, ErrorMap, InferSchemaInput, InferSchemaOutput, Meta } from '@orpc/contract';
import type { StudioContract } from '../../app/contract/index.ts';

/**
 * A service for one area of the contract: `examine(input, signal)` for `portraits.examine`. What the contract streams it gives as an
 * async iterator, which ends when `signal` aborts or the iterator is returned.
 */
export type ServiceOf<Area> = {
  [Call in keyof Area]: Area[Call] extends ContractProcedure<
    infer Input extends AnySchema,
    infer Output extends AnySchema,
    ErrorMap,
    Meta
  >
    ? (
        input: InferSchemaOutput<Input>,
        signal: AbortSignal,
      ) => Promise<InferSchemaInput<Output>> | InferSchemaInput<Output>
    : never;
};

/** All that the contract asks for. */
export type StudioServices = { [Area in keyof StudioContract]: ServiceOf<StudioContract[Area]> };

export type MediaBody =
  | { kind: 'file'; path: string }
  | { kind: 'bytes'; bytes: Uint8Array }
  /** Of unknown length, read once. */
  | { kind: 'stream'; pieces: AsyncIterable<Uint8Array> };

export interface MediaContent {
  body: MediaBody;
  /** Only kinds that are harmless to show are served as such (see `engine-process/media-types.ts`); the rest is a download. */
  mediaType: string;
  /** For a download. */
  fileName?: string | undefined;
  /** The path names this very content for ever. */
  immutable?: boolean | undefined;
}

/**
 * What lies under `/media/<kind>/`: `rest` are the path's further parts, decoded, none of them empty, `.` or `..`, none with a slash
 * or a NUL. null: there is no such thing. Whoever answers decides what file that is; a path never names one directly.
 */
export type MediaProvider = (
  rest: readonly string[],
  request: { query: URLSearchParams; signal: AbortSignal },
) => Promise<MediaContent | null>;
export type MediaProviders = Readonly<Record<string, MediaProvider>>;

/** One end of the preview's wire: a WebSocket, or a MessagePort. */
export interface PreviewChannel {
  /** Text is an event, bytes are media. */
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** Taken by `send` and not yet on its way; 0 where that is not known. */
  readonly bufferedBytes: number;
  onMessage(listener: (message: string | Uint8Array) => void): void;
  /** Also when it is closed already. */
  onClose(listener: () => void): void;
}
/** Shows stages to a channel until it closes. */
export type PreviewService = (channel: PreviewChannel) => void;
