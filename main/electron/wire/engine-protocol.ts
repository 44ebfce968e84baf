/** What the shell and the engine's process say to each other. Calls of the interface do not pass here: they have ports of their own. */
import type { WireError } from '../../../app/contract/base.ts';

/** Of the person's work, as far as the shell must know it: for the tray, sleep, throttling and the question before quitting. */
export interface Activity {
  /** Exports being made or waiting. */
  exports: number;
  /** Of the one being made, 0..1; null while none is. */
  progress: number | null;
  /** On air. */
  live: boolean;
}
export const IDLE: Activity = { exports: 0, progress: null, live: false };

export interface HttpHead {
  method: string;
  url: string;
  headers: [string, string][];
  hasBody: boolean;
}

export type ToEngine =
  /** With two ports: rpc, preview. */
  | { type: 'connect' }
  /** With one port, of {@link HttpHead}'s exchange. */
  | { type: 'http'; head: HttpHead }
  | { type: 'answer'; id: number; value: unknown }
  | { type: 'refusal'; id: number; detail: string }
  /** Finish what is at hand and exit. */
  | { type: 'shutdown' };

/** What only the shell can do. */
export type Question =
  | { ask: 'secret.get'; name: string }
  | { ask: 'secret.set'; name: string; value: string }
  | { ask: 'secret.delete'; name: string }
  | { ask: 'secret.names' }
  | { ask: 'reveal'; path: string }
  | { ask: 'chooseFolder' };

export type FromEngine =
  | { type: 'ready' }
  /** It cannot start, and would not the next time either. */
  | { type: 'failed'; error: WireError }
  | { type: 'activity'; activity: Activity }
  | { type: 'preferences'; locale: 'en' | 'zh-CN' | null; theme: 'dark' | 'light' | 'system' }
  | { type: 'question'; id: number; question: Question };

/** A port as the shell has it (`MessagePortMain`) and as `process.parentPort` brings it. */
export interface ShellPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}
