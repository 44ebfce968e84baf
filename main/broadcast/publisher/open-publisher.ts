import { fileURLToPath } from 'node:url';
import { StudioError } from '../../../app/errors/index.ts';
import { type ChildExit, startChild } from '../child-process.ts';
import {
  type DestinationSetup,
  FINISH_MS,
  type FromPublisher,
  fromPublisherSchema,
  type PublisherStatus,
  type RecordingOptions,
  recordingSchema,
  type ToPublisher,
} from './protocol.ts';

export interface PublisherOptions {
  signal: AbortSignal;
  /** Of the stream on the hub, with the token to play it: `hub.flvUrl(sessionId)`. */
  flvUrl: string;
  onStatus?(status: PublisherStatus): void;
  /** A line that its process printed; may hold keys. */
  onPrinted?(line: string): void;
}

export interface PublisherHandle {
  readonly pid: number;
  /** The last that was told; once a second, and soon after a change. Null before the first. */
  readonly status: PublisherStatus | null;
  onStatus(listener: (status: PublisherStatus) => void): void;
  /** The hub has moved. */
  setSource(flvUrl: string): void;
  /** All there are to be; those named before with the same address and key go on untouched. */
  setDestinations(destinations: readonly DestinationSetup[]): void;
  /** Tries a destination at once that waits, or hangs, or is up. */
  reconnectNow(id: string): void;
  /** Null ends the recording. */
  setRecording(recording: RecordingOptions | null): void;
  readonly exited: Promise<ChildExit>;
  onExit(listener: (exit: ChildExit) => void): void;
  kill(): void;
  /** Says goodbye to the servers, finishes the recording: up to a minute after a long one. Safe to call twice. */
  close(): Promise<void>;
}

const PROGRAM = fileURLToPath(new URL('./publisher-child.ts', import.meta.url));
const START_MS = 15_000;

/**
 * Starts the process that takes one stream from the hub and feeds destinations and a recording with it.
 * Whoever opens another in place of one that died says again what it is to do.
 * @throws StudioError broadcast.publisher-not-started; signal.reason
 */
export async function openPublisher(options: PublisherOptions): Promise<PublisherHandle> {
  const { signal } = options;
  signal.throwIfAborted();
  const ready = Promise.withResolvers<void>();
  const listeners = new Set<(status: PublisherStatus) => void>();
  if (options.onStatus !== undefined) listeners.add(options.onStatus);
  let status: PublisherStatus | null = null;
  const child = startChild<ToPublisher, FromPublisher>({
    program: PROGRAM,
    schema: fromPublisherSchema,
    onPrinted: options.onPrinted,
    onMessage(message) {
      if (message.type === 'ready') ready.resolve();
      else {
        status = message.status;
        for (const listener of listeners) listener(message.status);
      }
    },
  });
  const notStarted = (detail: string): StudioError => new StudioError('broadcast.publisher-not-started', { detail });
  void child.exited.then(({ code, signal: by }) => ready.reject(notStarted(by ?? `exit code ${code}`)));
  const late = setTimeout(() => ready.reject(notStarted(`no answer in ${START_MS / 1000} s`)), START_MS);
  const onAbort = (): void => {
    ready.reject(signal.reason);
    child.kill();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  void child.exited.then(() => signal.removeEventListener('abort', onAbort));
  try {
    await ready.promise;
  } catch (error) {
    child.kill();
    await child.exited;
    throw error;
  } finally {
    clearTimeout(late);
  }
  child.send({ type: 'source', flvUrl: options.flvUrl });
  return {
    pid: child.pid,
    get status() {
      return status;
    },
    onStatus(listener) {
      listeners.add(listener);
    },
    setSource: (flvUrl) => child.send({ type: 'source', flvUrl }),
    setDestinations: (destinations) => child.send({ type: 'destinations', destinations: [...destinations] }),
    reconnectNow: (id) => child.send({ type: 'reconnect', id }),
    setRecording: (recording) =>
      child.send({ type: 'recording', recording: recording === null ? null : recordingSchema.parse(recording) }),
    exited: child.exited,
    onExit(listener) {
      void child.exited.then(listener);
    },
    kill: () => child.kill(),
    close: () => child.close({ type: 'end' }, FINISH_MS + 2_000),
  };
}
