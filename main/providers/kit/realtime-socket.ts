/**
 * The realtime protocol of DashScope (Qwen-TTS, Qwen3-ASR): flat JSON messages both ways, sound as base64 inside them, one session a line.
 * https://help.aliyun.com/zh/model-studio/qwen-tts-realtime, https://help.aliyun.com/zh/model-studio/qwen-real-time-speech-recognition
 */
import { randomUUID } from 'node:crypto';
import type { StudioError } from '../../../app/errors/index.ts';
import type { BailianEndpoint } from './endpoint.ts';
import { cloudError, vendorFailure } from './failures.ts';
import { Inbox } from './inbox.ts';
import { asRecord, type Peer, type SocketListener, stringIn, VendorSocket } from './web-socket.ts';

export type RealtimeMessage = { type: string } & Record<string, unknown>;

export interface RealtimeSocket {
  /** What is sent before the session was created waits for it. An `event_id` is added. */
  send(message: RealtimeMessage): void;
  /** Resolves when so little waits to be sent that more may follow. */
  drained(): Promise<void>;
  /**
   * Read once. Ends after session.finished, which is the last message.
   * @throws StudioError of `cloud.*` (the vendor's `error` message included); whatever the signal was aborted with.
   */
  events(): AsyncIterable<RealtimeMessage>;
  /** Safe to call twice. */
  close(): void;
}

const INBOX_BYTES = 4 * 1024 * 1024;
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const EASY_WAITING_BYTES = 64 * 1024;
const MODEL_UNKNOWN_CLOSE = 1007;

/** Starts at once. */
export function openRealtime(endpoint: BailianEndpoint, model: string, signal: AbortSignal): RealtimeSocket {
  return new Session(endpoint, model, signal);
}

class Session implements RealtimeSocket, SocketListener {
  readonly #endpoint: BailianEndpoint;
  readonly #model: string;
  readonly #signal: AbortSignal;
  readonly #peer: Peer;
  readonly #inbox: Inbox<RealtimeMessage>;
  #socket: VendorSocket | null = null;
  #state: 'opening' | 'running' | 'over' = 'opening';
  #waiting: string[] = [];
  #waitingBytes = 0;
  #voice: string | null = null;

  constructor(endpoint: BailianEndpoint, model: string, signal: AbortSignal) {
    this.#endpoint = endpoint;
    this.#model = model;
    this.#signal = signal;
    this.#peer = { provider: endpoint.provider, region: endpoint.region, model };
    this.#inbox = new Inbox({
      highWater: INBOX_BYTES,
      onFull: () => this.#socket?.pause(),
      onRoom: () => this.#socket?.resume(),
    });
    if (signal.aborted) this.#fail(signal.reason, true);
    else {
      signal.addEventListener('abort', this.#onAbort, { once: true });
      void this.#open();
    }
  }

  readonly #onAbort = (): void => this.#fail(this.#signal.reason, true);

  async #open(): Promise<void> {
    try {
      const headers = await this.#endpoint.socketHeaders(this.#signal);
      if (this.#state !== 'opening') return;
      this.#socket = new VendorSocket(this.#endpoint.realtimeSocketUrl(this.#model), headers, this.#peer, this);
    } catch (error) {
      this.#fail(error);
    }
  }

  opened(): void {}

  text(text: string): void {
    if (this.#state === 'over') return;
    let message: Record<string, unknown>;
    try {
      message = asRecord(JSON.parse(text));
    } catch (cause) {
      this.#fail(this.#badAnswer('a frame is no JSON', cause));
      return;
    }
    const type = stringIn(message.type);
    if (type === undefined) {
      this.#fail(this.#badAnswer('a frame without type'));
      return;
    }
    if (type === 'error') {
      const fault = asRecord(message.error);
      const code = stringIn(fault.code) ?? stringIn(fault.type);
      const detail = stringIn(fault.message);
      this.#fail(
        vendorFailure({
          ...this.#peer,
          ...(code === undefined ? {} : { code }),
          ...(detail === undefined ? {} : { message: detail }),
          ...(this.#voice === null ? {} : { voice: this.#voice }),
        }),
      );
      return;
    }
    this.#inbox.push({ ...message, type }, text.length);
    if (type === 'session.created') this.#start();
    else if (type === 'session.finished') {
      this.#inbox.end();
      this.#end();
    }
  }

  binary(): void {
    this.#fail(this.#badAnswer('a binary frame'));
  }

  closed(failure: Error, code: number | null): void {
    this.#fail(
      code === MODEL_UNKNOWN_CLOSE && this.#state === 'opening'
        ? cloudError('cloud.model-gone', { provider: this.#peer.provider, model: this.#model })
        : failure,
    );
  }

  #start(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'running';
    for (const data of this.#waiting) this.#socket!.send(data);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #end(): void {
    this.#state = 'over';
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#socket?.close();
    this.#socket = null;
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  #fail(error: unknown, now = false): void {
    if (this.#state === 'over') return;
    this.#end();
    this.#inbox.fail(error, now);
  }

  #badAnswer(detail: string, cause?: unknown): StudioError {
    return cloudError('cloud.bad-answer', { provider: this.#peer.provider, detail }, { cause });
  }

  send(message: RealtimeMessage): void {
    if (this.#state === 'over') return;
    const { voice } = asRecord(message.session);
    if (typeof voice === 'string') this.#voice = voice;
    const data = JSON.stringify({ event_id: `event_${randomUUID().replaceAll('-', '')}`, ...message });
    if (this.#state === 'running') this.#socket!.send(data);
    else {
      this.#waiting.push(data);
      this.#waitingBytes += data.length;
    }
    if (this.#unsent > MAX_WAITING_BYTES)
      this.#fail(cloudError('cloud.unreachable', { provider: this.#peer.provider, detail: 'nothing is taken' }));
  }

  get #unsent(): number {
    return this.#waitingBytes + (this.#socket?.waitingBytes ?? 0);
  }

  async drained(): Promise<void> {
    while (this.#state !== 'over' && this.#unsent > EASY_WAITING_BYTES)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  events(): AsyncIterable<RealtimeMessage> {
    return this.#inbox.read();
  }

  close(): void {
    this.#fail(cloudError('cloud.cut-off', { provider: this.#peer.provider }), true);
  }
}
