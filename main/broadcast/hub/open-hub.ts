import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { StudioError } from '../../../app/errors/index.ts';
import { type ChildExit, startChild } from '../child-process.ts';
import { type FromHub, fromHubSchema, HUB_APP, SESSION_ID, type ToHub } from './protocol.ts';

export interface HubTokens {
  publish: string;
  play: string;
}

export interface HubOptions {
  signal: AbortSignal;
  /** Wished for; another is taken where it is in use. Left out or 0: any free one. */
  rtmpPort?: number;
  httpPort?: number;
  /** Those of a hub that this one replaces, so that addresses given out stay good. Left out: new ones. */
  tokens?: HubTokens;
  onEvent?(event: HubEvent): void;
  /** A line that its process printed; may hold the tokens. */
  onPrinted?(line: string): void;
}

export type HubEvent =
  | { type: 'published' | 'unpublished'; sessionId: string }
  /** Someone without the token, or someone who does not speak RTMP. `count` is of all since the hub started. */
  | { type: 'refused'; what: 'publish' | 'play' | 'garbage'; count: number };

export interface Hub {
  readonly pid: number;
  readonly rtmpPort: number;
  readonly httpPort: number;
  /** The ports that were wished for and are in use by something else. */
  readonly portsTaken: readonly number[];
  readonly tokens: HubTokens;
  /** Publish and play, and connections refused, as of a second ago at most. */
  readonly counts: { publishers: number; players: number; refused: number };
  /**
   * Where an encoder publishes. It holds the publishing token: not for logs, and not for an argument list, which every user of the machine
   * can read; `openHubFeed` publishes what an encoder writes to a pipe.
   * @param sessionId letters, digits, `-`, `_`; at most 100
   */
  publishUrl(sessionId: string): string;
  /** For RTMP players. Holds the playing token. */
  playUrl(sessionId: string): string;
  /** HTTP-FLV, for the publisher and for players in a page. Holds the playing token. */
  flvUrl(sessionId: string): string;
  /** Resolves when the process is gone, for whatever reason. */
  readonly exited: Promise<ChildExit>;
  onExit(listener: (exit: ChildExit) => void): void;
  kill(): void;
  close(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./hub-child.ts', import.meta.url));
const START_MS = 15_000;

/**
 * Starts the hub: a media server in a process of its own, on loopback.
 * @throws StudioError broadcast.hub-not-started; signal.reason
 */
export async function openHub(options: HubOptions): Promise<Hub> {
  const { signal } = options;
  signal.throwIfAborted();
  const tokens = options.tokens ?? newTokens();
  const wished = { rtmpPort: options.rtmpPort ?? 0, httpPort: options.httpPort ?? 0 };
  const ready = Promise.withResolvers<{ rtmpPort: number; httpPort: number }>();
  let counts = { publishers: 0, players: 0, refused: 0 };
  const child = startChild<ToHub, FromHub>({
    program: PROGRAM,
    schema: fromHubSchema,
    onPrinted: options.onPrinted,
    onMessage(message) {
      switch (message.type) {
        case 'ready':
          ready.resolve(message);
          break;
        case 'failed':
          ready.reject(new StudioError('broadcast.hub-not-started', { detail: message.detail }));
          break;
        case 'heartbeat':
          counts = { publishers: message.publishers, players: message.players, refused: message.refused };
          break;
        case 'refused':
          counts = { ...counts, refused: message.count };
          options.onEvent?.({ type: 'refused', what: message.what, count: message.count });
          break;
        default:
          options.onEvent?.(message);
      }
    },
  });
  const notStarted = (detail: string): StudioError => new StudioError('broadcast.hub-not-started', { detail });
  void child.exited.then(({ code, signal: by }) => ready.reject(notStarted(by ?? `exit code ${code}`)));
  const late = setTimeout(() => ready.reject(notStarted(`no answer in ${START_MS / 1000} s`)), START_MS);
  const onAbort = (): void => ready.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  child.send({ type: 'setup', ...wished, publishToken: tokens.publish, playToken: tokens.play });
  let ports: { rtmpPort: number; httpPort: number };
  try {
    ports = await ready.promise;
  } catch (error) {
    signal.removeEventListener('abort', onAbort);
    child.kill();
    await child.exited;
    throw error;
  } finally {
    clearTimeout(late);
  }
  signal.removeEventListener('abort', onAbort);
  const onAbortLater = (): void => child.kill();
  signal.addEventListener('abort', onAbortLater, { once: true });
  void child.exited.then(() => signal.removeEventListener('abort', onAbortLater));

  const { rtmpPort, httpPort } = ports;
  const portsTaken: number[] = [];
  if (wished.rtmpPort !== 0 && wished.rtmpPort !== rtmpPort) portsTaken.push(wished.rtmpPort);
  if (wished.httpPort !== 0 && wished.httpPort !== httpPort) portsTaken.push(wished.httpPort);
  const named = (sessionId: string): string => {
    if (!SESSION_ID.test(sessionId)) throw new RangeError(`not the name of a stream: ${JSON.stringify(sessionId)}`);
    return sessionId;
  };
  return {
    pid: child.pid,
    rtmpPort,
    httpPort,
    portsTaken,
    tokens,
    get counts() {
      return counts;
    },
    publishUrl: (id) => `rtmp://127.0.0.1:${rtmpPort}/${HUB_APP}/${named(id)}?token=${tokens.publish}`,
    playUrl: (id) => `rtmp://127.0.0.1:${rtmpPort}/${HUB_APP}/${named(id)}?token=${tokens.play}`,
    flvUrl: (id) => `http://127.0.0.1:${httpPort}/${HUB_APP}/${named(id)}.flv?token=${tokens.play}`,
    exited: child.exited,
    onExit(listener) {
      void child.exited.then(listener);
    },
    kill: () => child.kill(),
    close: () => child.close({ type: 'end' }),
  };
}

const token = (): string => randomBytes(24).toString('base64url');
export const newTokens = (): HubTokens => ({ publish: token(), play: token() });
