/**
 * What a model process and its parent say to each other, over the channel of a forked child with advanced serialisation (typed arrays
 * travel as they are). One process runs one runtime and holds any number of its models, each under a key of the parent's choice.
 *
 *     parent: load ─────────▶ ask ─ input… ─ input-end ─▶ cancel? … unload … bye
 *     child:  hello ─▶ loaded ─────────▶ piece… ─▶ done | failed          alive, every BEAT_MS
 *
 * `settings`, `work`, `piece` and results are the runtime's own and typed by it on both sides.
 */

/** Why a child could not. What it means to a person is said by the parent (`model.*`). */
export interface ModelFault {
  /** `not-readable`: the files are damaged, of another kind or too new; `too-long`: the request does not fit `limit`. */
  kind: 'out-of-memory' | 'not-readable' | 'too-long' | 'failed';
  detail: string;
  limit?: number;
}

export type ToModelChild =
  | { type: 'load'; id: number; key: string; settings: unknown }
  | { type: 'unload'; id: number; key: string }
  | { type: 'ask'; id: number; key: string; work: unknown; takesInput: boolean }
  | { type: 'input'; id: number; piece: unknown }
  | { type: 'input-end'; id: number }
  | { type: 'cancel'; id: number }
  | { type: 'bye' };

export type FromModelChild =
  /** It was probed: libraries are loaded and work. `details` is for people and logs. */
  | { type: 'hello'; details: string }
  | { type: 'cannot-run'; detail: string }
  | { type: 'loaded'; id: number; info: unknown }
  | { type: 'unloaded'; id: number }
  | { type: 'piece'; id: number; piece: unknown }
  | { type: 'done'; id: number; result: unknown }
  | { type: 'failed'; id: number; fault: ModelFault }
  /** The request was given up, as it was told. */
  | { type: 'cancelled'; id: number }
  | { type: 'alive' };

export const BEAT_MS = 500;
