/** What a headless host and its engine's process say to each other; calls go through the socket. */
import type { WireError } from '../../app/contract/base.ts';

export interface ChildArguments {
  /** Where to listen: a socket's path, or a named pipe. */
  path: string;
  /** What the host shows with every request. */
  key: string;
  dataDir?: string | undefined;
  ffmpegPath?: string | undefined;
}

export type ToChild = { type: 'shutdown' };
export type FromChild =
  | { type: 'ready' }
  /** It cannot start, and would not the next time either. */
  | { type: 'failed'; error: WireError };

/** With every request of the host to the engine. */
export const ENGINE_KEY_HEADER = 'x-shenghua-engine-key';
