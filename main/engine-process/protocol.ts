/** What a headless host and its engine's process say to each other; calls go through the socket. */
import type { WireError } from '../../app/contract/base.ts';

export interface ChildArguments {
  /** Where to listen: a socket's path, or a named pipe. */
  path: string;
  dataDir?: string | undefined;
  ffmpegPath?: string | undefined;
}

export type ToChild = { type: 'shutdown' };
export type FromChild =
  | { type: 'ready' }
  /** It cannot start, and would not the next time either. */
  | { type: 'failed'; error: WireError };

/** In the child's environment: what the host shows with every request. Every user of the machine can read arguments. */
export const ENGINE_KEY_VARIABLE = 'SHENGHUA_ENGINE_KEY';

/** With every request of the host to the engine. */
export const ENGINE_KEY_HEADER = 'x-shenghua-engine-key';
