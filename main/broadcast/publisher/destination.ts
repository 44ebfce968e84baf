/**
 * One destination, supervised on its own.
 *
 *     idle ──stream flows──▶ connecting ──accepted──▶ live
 *       ▲                      │   ▲                   │ lost
 *       │                      ▼   │ retry             ▼
 *       └──stream stopped── waiting / refused ◀────────┘
 *
 * `refused` is `waiting` for a person: wrong key, wrong address, a certificate that cannot be trusted. It is tried again once a minute.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { StudioError } from '../../../app/errors/index.ts';
import { afterLive, nextRetry, type Outage } from '../../../app/live/backoff.ts';
import { encodeAmf } from '../flv/amf0.ts';
import { SCRIPT } from '../flv/tags.ts';
import { wrap } from '../flv/timeline.ts';
import type { LiveStream, StreamTag } from './live-stream.ts';
import type { DestinationState, DestinationStatus, ReportedError } from './protocol.ts';
import { expiryOf, type PushTarget, pushTarget } from './push-url.ts';
import { type Publication, publishRtmp, RTMP_TIMING, type RtmpTiming } from './rtmp-client.ts';
import { QUEUE_LIMITS, type QueueLimits, SendQueue } from './send-queue.ts';

export interface DestinationTiming extends RtmpTiming {
  /** With something to send and nothing taken for this long, the server is dead. */
  sendTimeoutMs: number;
  /** Up for less than this when the server closes: it did not like the key. */
  earlyMs: number;
  /** Accepted for this long before it is called live. */
  probationMs: number;
  /** Between attempts that a person has to help with. */
  refusedRetryMs: number;
}
export const DESTINATION_TIMING: DestinationTiming = {
  ...RTMP_TIMING,
  sendTimeoutMs: 10_000,
  earlyMs: 3_000,
  probationMs: 700,
  refusedRetryMs: 60_000,
};

export interface DestinationOptions {
  id: string;
  url: string;
  key?: string | undefined;
  stream: LiveStream;
  nowMs(): number;
  wallMs(): number;
  random(): number;
  timing?: DestinationTiming;
  limits?: QueueLimits;
  onChange(): void;
}

/** A server that took this key for so long does not mistake it. */
const PROVEN_MS = 10_000;
/** Early ends in a row that are a verdict on the key; a server that dies as it starts looks the same once. */
const EARLY_ENDS = { unproven: 2, proven: 3 };
const SEND_CHECK_MS = 250;
const RATE_MS = 900;
/** A check this late says that nobody looked. */
const ASLEEP_MS = 2_000;

export class Destination {
  readonly id: string;
  readonly #options: DestinationOptions;
  readonly #timing: DestinationTiming;
  readonly #queue: SendQueue;
  #state: DestinationState = 'idle';
  #stateSinceWallMs: number;
  #retryAtMs: number | null = null;
  #outage: Outage | null = null;
  #lastError: ReportedError | null = null;
  #reconnects = 0;
  #everLive = false;
  #proven = false;
  #earlyEnds = 0;
  #sentBytes = 0;
  #sentFrames = 0;
  #sample: { atMs: number; bytes: number; kbps: number };
  #stopped = new AbortController();
  /** Of what is waited for right now; aborted by 'reconnect now'. */
  #step = new AbortController();
  #hurried = false;
  readonly #running: Promise<void>;

  constructor(options: DestinationOptions) {
    this.id = options.id;
    this.#options = options;
    this.#timing = options.timing ?? DESTINATION_TIMING;
    this.#queue = new SendQueue(options.nowMs, options.limits ?? QUEUE_LIMITS);
    this.#stateSinceWallMs = options.wallMs();
    this.#sample = { atMs: options.nowMs(), bytes: 0, kbps: 0 };
    this.#running = this.#run();
  }

  /** Whether it is for this address and key. */
  matches(url: string, key: string | undefined): boolean {
    return url === this.#options.url && key === this.#options.key;
  }

  /** Ends a wait or a hanging attempt, and a connection that is up; the next attempt is made at once. */
  reconnectNow(): void {
    this.#hurried = true;
    this.#step.abort();
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    this.#step.abort();
    await this.#running;
  }

  /** Rates are of the last second or more. */
  status(): DestinationStatus {
    const nowMs = this.#options.nowMs();
    const elapsedMs = nowMs - this.#sample.atMs;
    if (elapsedMs >= RATE_MS) {
      const kbps = ((this.#sentBytes - this.#sample.bytes) * 8) / elapsedMs;
      this.#sample = { atMs: nowMs, bytes: this.#sentBytes, kbps };
    }
    return {
      id: this.id,
      state: this.#state,
      sinceWallMs: this.#stateSinceWallMs,
      retryInMs: this.#retryAtMs === null ? null : Math.max(0, this.#retryAtMs - nowMs),
      attempt: this.#outage?.attempts ?? 0,
      bitrateKbps: this.#sample.kbps,
      queueMs: this.#queue.waitedMs,
      queueBytes: this.#queue.bytes,
      sentBytes: this.#sentBytes,
      sentFrames: this.#sentFrames,
      droppedFrames: this.#queue.droppedFrames,
      droppedAudio: this.#queue.droppedAudio,
      reconnects: this.#reconnects,
      lastError: this.#lastError,
    };
  }

  #enter(state: DestinationState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#stateSinceWallMs = this.#options.wallMs();
    this.#options.onChange();
  }

  async #run(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#step = new AbortController();
      const { signal } = this.#step;
      try {
        const target = pushTarget(this.#options.url, this.#options.key);
        if (!this.#options.stream.flowing) this.#enter('idle');
        await this.#options.stream.whenFlowing(signal);
        this.#enter('connecting');
        const publication = await publishRtmp(target, { timing: this.#timing, signal });
        await this.#publish(publication, target, signal);
      } catch (error) {
        if (this.#stopped.signal.aborted) break;
        // Hurried along by a person: no failure, and no wait.
        if (signal.aborted) continue;
        await this.#rest(asFault(error));
      }
    }
    this.#enter('off');
  }

  /** Sends until the connection ends. @throws StudioError why it ended */
  async #publish(publication: Publication, target: PushTarget, signal: AbortSignal): Promise<void> {
    const { stream, nowMs } = this.#options;
    const beganMs = nowMs();
    this.#queue.clear();
    const opening = stream.opening();
    const baseMs = opening.find(({ kind }) => kind === 'keyframe')?.timeMs ?? null;
    const sender = new Sender(publication, this.#queue, baseMs, {
      nowMs,
      timeoutMs: this.#timing.sendTimeoutMs,
      onSent: (tag, bytes) => {
        this.#sentBytes += bytes;
        if (isFrame(tag)) this.#sentFrames++;
      },
      timedOut: () =>
        new StudioError(
          'broadcast.send-timeout',
          { host: target.host, seconds: Math.round(this.#timing.sendTimeoutMs / 1000) },
          { retryable: true },
        ),
    });
    const sink = { onTag: (tag: StreamTag) => sender.take(tag) };
    for (const tag of opening) sender.take(tag);
    stream.add(sink);
    const accepted = setTimeout(() => {
      if (this.#everLive) this.#reconnects++;
      this.#everLive = true;
      this.#enter('live');
    }, this.#timing.probationMs);
    const onAbort = (): void => void publication.close();
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    let fault: StudioError | null;
    try {
      fault = await Promise.race([publication.ended, sender.failed]);
    } finally {
      clearTimeout(accepted);
      signal.removeEventListener('abort', onAbort);
      stream.remove(sink);
      sender.close();
      if (!signal.aborted) publication.destroy();
    }
    await publication.ended;
    const liveMs = nowMs() - beganMs;
    this.#outage = afterLive(this.#outage, liveMs);
    if (liveMs >= PROVEN_MS) this.#proven = true;
    if (liveMs >= this.#timing.earlyMs) this.#earlyEnds = 0;
    signal.throwIfAborted();
    throw this.#judged(fault ?? new StudioError('broadcast.closed-by-server', { host: target.host }), liveMs, target);
  }

  /** A server that closes as soon as it was told a key says by that what it thinks of the key. */
  #judged(fault: StudioError, liveMs: number, { host }: PushTarget): StudioError {
    if (fault.code !== 'broadcast.closed-by-server' || liveMs >= this.#timing.earlyMs) return fault;
    this.#earlyEnds++;
    if (this.#earlyEnds < (this.#proven ? EARLY_ENDS.proven : EARLY_ENDS.unproven)) return fault;
    return new StudioError('broadcast.key-refused', {
      host,
      detail: 'the connection was closed right after the start',
    });
  }

  async #rest(fault: StudioError): Promise<void> {
    const { nowMs, wallMs, random, url, key } = this.#options;
    let shown = fault;
    if (fault.code === 'broadcast.key-refused') {
      const expiresMs = expiryOf(url, key);
      const host = fault.params.host;
      if (expiresMs !== null && expiresMs < wallMs()) {
        shown = new StudioError('broadcast.push-url-expired', { host, detail: new Date(expiresMs).toISOString() });
      } else if (this.#proven) {
        shown = new StudioError('broadcast.push-url-expired', { host, detail: 'it was accepted before' });
      }
    }
    this.#lastError = { code: shown.code, params: { ...shown.params }, wallMs: wallMs() };
    const needsPerson = NEEDS_PERSON.has(shown.code);
    const retry = nextRetry(this.#outage, nowMs(), random);
    this.#outage = retry.outage;
    const waitMs = needsPerson ? this.#timing.refusedRetryMs : retry.delayMs;
    this.#retryAtMs = nowMs() + waitMs;
    this.#enter(needsPerson ? 'refused' : 'waiting');
    this.#options.onChange();
    this.#step = new AbortController();
    this.#hurried = false;
    await delay(waitMs, undefined, { signal: this.#step.signal }).catch(() => {});
    if (this.#hurried) this.#outage = null;
    this.#retryAtMs = null;
  }
}

/** What no waiting mends. */
const NEEDS_PERSON: ReadonlySet<string> = new Set([
  'broadcast.url-invalid',
  'broadcast.key-missing',
  'broadcast.certificate-invalid',
  'broadcast.not-rtmp',
  'broadcast.address-refused',
  'broadcast.key-refused',
  'broadcast.push-url-expired',
]);

const asFault = (error: unknown): StudioError =>
  error instanceof StudioError
    ? error
    : new StudioError('broadcast.connection-lost', { host: '', detail: 'internal error' }, { cause: error });

interface SenderOptions {
  nowMs(): number;
  timeoutMs: number;
  onSent(tag: StreamTag, bytes: number): void;
  timedOut(): StudioError;
}

/** Empties the queue into a connection, and notices when it takes nothing any more. */
class Sender {
  readonly #publication: Publication;
  readonly #queue: SendQueue;
  readonly #options: SenderOptions;
  /** Of the stream's clock, where this connection's begins. */
  #baseMs: number | null;
  #sending = false;
  #progressAtMs: number;
  readonly #check: NodeJS.Timeout;
  readonly #failed = Promise.withResolvers<StudioError>();
  #closed = false;

  constructor(publication: Publication, queue: SendQueue, baseMs: number | null, options: SenderOptions) {
    this.#publication = publication;
    this.#queue = queue;
    this.#baseMs = baseMs;
    this.#options = options;
    this.#progressAtMs = options.nowMs();
    let checkedAtMs = options.nowMs();
    this.#check = setInterval(() => {
      const lateMs = options.nowMs() - checkedAtMs;
      checkedAtMs += lateMs;
      // This process was stopped, or the machine slept: nothing could be taken meanwhile.
      if (lateMs > ASLEEP_MS) this.#progressAtMs = checkedAtMs;
      if (this.#sending && options.nowMs() - this.#progressAtMs > options.timeoutMs) {
        this.#failed.resolve(options.timedOut());
      }
    }, SEND_CHECK_MS);
  }

  /** Resolves when the connection takes nothing any more. */
  get failed(): Promise<StudioError> {
    return this.#failed.promise;
  }

  take(tag: StreamTag): void {
    if (this.#closed) return;
    if (this.#baseMs === null) {
      // Nothing to begin with yet: the next keyframe.
      if (tag.kind === 'keyframe') this.#baseMs = tag.timeMs;
      else if (tag.kind === 'audio' || tag.kind === 'inter' || tag.kind === 'disposable') return;
    }
    this.#queue.push(tag);
    if (!this.#sending) void this.#drain();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#check);
  }

  async #drain(): Promise<void> {
    this.#sending = true;
    this.#progressAtMs = this.#options.nowMs();
    for (;;) {
      const tag = this.#closed ? undefined : this.#queue.shift();
      if (tag === undefined) break;
      const body = tag.type === SCRIPT ? Buffer.concat([SET_DATA_FRAME, tag.body]) : tag.body;
      const timeMs = Math.max(0, tag.timeMs - (this.#baseMs ?? tag.timeMs));
      const taken = await this.#publication.send(tag.type, wrap(timeMs), body, () => {
        this.#progressAtMs = this.#options.nowMs();
      });
      if (!taken) break;
      if (!this.#closed) this.#options.onSent(tag, body.length);
    }
    this.#sending = false;
  }
}

const isFrame = ({ kind }: StreamTag): boolean => kind === 'keyframe' || kind === 'inter' || kind === 'disposable';

const SET_DATA_FRAME = encodeAmf('@setDataFrame');
