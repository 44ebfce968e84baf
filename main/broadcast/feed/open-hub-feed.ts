/**
 * From an encoder's pipe to the hub: FLV bytes in, RTMP out, so that the hub's token stands in no argument list. It connects again by
 * itself, and outlives encoder and hub.
 */
import { FlvReader } from '../flv/tags.ts';
import { DESTINATION_TIMING, Destination } from '../publisher/destination.ts';
import { LiveStream } from '../publisher/live-stream.ts';
import type { DestinationStatus } from '../publisher/protocol.ts';

export interface HubFeed {
  /** Another encoder: what comes next is the beginning of an FLV stream. Also to be called before the first. */
  encoderBegins(): void;
  /**
   * What the encoder wrote, in pieces of any length.
   * @throws Error when it is not FLV
   */
  push(piece: Buffer): void;
  /** Another hub, or the same at another place. */
  setUrl(publishUrl: string): void;
  readonly status: DestinationStatus;
  /** Safe to call twice. */
  close(): Promise<void>;
}

/** On this machine: what does not answer at once does not answer. */
const TIMING = { ...DESTINATION_TIMING, connectMs: 1_000, answerMs: 3_000, refusedRetryMs: 500, probationMs: 0 };

/** @param publishUrl of the hub for this stream: `hub.publishUrl(sessionId)` */
export function openHubFeed(publishUrl: string): HubFeed {
  const nowMs = (): number => performance.now();
  const stream = new LiveStream(nowMs);
  const open = (url: string): Destination =>
    new Destination({
      id: 'hub',
      url,
      stream,
      nowMs,
      wallMs: () => Date.now(),
      // Nobody else competes for this server: always the shortest wait.
      random: () => 0,
      timing: TIMING,
      onChange: () => {},
    });
  let url = publishUrl;
  let destination = open(url);
  let reader = new FlvReader((tag) => stream.onTag(tag));
  let closing: Promise<unknown> = Promise.resolve();
  return {
    encoderBegins() {
      reader = new FlvReader((tag) => stream.onTag(tag));
      stream.sourceBegins(false);
    },
    push: (piece) => reader.push(piece),
    setUrl(next) {
      if (next === url) return;
      url = next;
      closing = Promise.all([closing, destination.close()]);
      destination = open(url);
    },
    get status() {
      return destination.status();
    },
    async close() {
      await Promise.all([closing, destination.close()]);
    },
  };
}
