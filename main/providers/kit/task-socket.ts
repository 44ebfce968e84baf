/**
 * The run-task protocol of DashScope's speech services: one task at a time on a WebSocket, JSON in text frames, sound in binary ones.
 * https://help.aliyun.com/zh/model-studio/cosyvoice-websocket-api, https://help.aliyun.com/zh/model-studio/websocket-for-paraformer-real-time-service
 */
import { createHash, randomUUID } from 'node:crypto';
import { StudioError } from '../../../app/errors/index.ts';
import type { BailianEndpoint } from './endpoint.ts';
import { cloudError, vendorFailure } from './failures.ts';
import { Inbox } from './inbox.ts';
import { asRecord, type Peer, type SocketListener, stringIn, VendorSocket } from './web-socket.ts';

export interface TaskRun {
  taskGroup: 'audio';
  task: 'asr' | 'tts';
  function: string;
  model: string;
  parameters: object;
  input: object;
  /** `out`: the whole request is in this run (Sambert). */
  streaming: 'duplex' | 'out';
  resources?: object;
}

export type TaskEvent =
  | { type: 'event'; event: string; header: Record<string, unknown>; payload: Record<string, unknown> }
  | { type: 'binary'; bytes: Uint8Array };

export interface TaskSocket {
  /** Resolves with the server's task-started; rejects with what `events()` throws. */
  readonly started: Promise<void>;
  /** What is sent before the task has started waits for it. */
  sendAudio(bytes: Uint8Array): void;
  continueWith(input: object): void;
  finish(input?: object): void;
  /** Resolves when so little waits to be sent that more may follow. */
  drained(): Promise<void>;
  /**
   * Read once. Ends after task-finished, which is the last event.
   * @throws StudioError of `cloud.*`; whatever the signal was aborted with.
   */
  events(): AsyncIterable<TaskEvent>;
  /** Before the task has finished it is broken off: the line is closed. Safe to call twice. */
  close(): void;
}

/** The server closes a line that is idle for 60 s. */
const WARM_MS = 50_000;
const MAX_WARM = 4;
const INBOX_BYTES = 4 * 1024 * 1024;
/** More than a minute of 16 kHz sound that nobody takes: the line is dead. */
const MAX_WAITING_BYTES = 2 * 1024 * 1024;
const EASY_WAITING_BYTES = 64 * 1024;

interface WarmLine {
  socket: VendorSocket;
  /** The headers it was opened with, hashed: another key needs another line. */
  signature: string;
  sinceMs: number;
  timer: NodeJS.Timeout;
}
const warmLines = new WeakMap<BailianEndpoint, WarmLine[]>();

/** Closes the lines that finished tasks left open. */
export function closeWarmLines(endpoint: BailianEndpoint): void {
  for (const { socket, timer } of warmLines.get(endpoint) ?? []) {
    clearTimeout(timer);
    socket.close();
  }
  warmLines.delete(endpoint);
}

function takeWarm(endpoint: BailianEndpoint, signature: string): VendorSocket | null {
  const lines = warmLines.get(endpoint) ?? [];
  for (let i = lines.length - 1; i >= 0; i--) {
    const [line] = lines.splice(i, 1);
    clearTimeout(line!.timer);
    // By the clock, not the timer: a laptop that slept has run none.
    if (line!.signature === signature && line!.socket.isOpen && Date.now() - line!.sinceMs < WARM_MS) {
      line!.socket.hold(true);
      return line!.socket;
    }
    line!.socket.close();
  }
  return null;
}

function keepWarm(endpoint: BailianEndpoint, socket: VendorSocket, signature: string): void {
  const lines = warmLines.get(endpoint) ?? [];
  warmLines.set(endpoint, lines);
  const drop = (): void => {
    const at = lines.findIndex((line) => line.socket === socket);
    if (at >= 0) clearTimeout(lines.splice(at, 1)[0]!.timer);
    socket.close();
  };
  // Whatever comes on an idle line, it is none to be trusted with the next task.
  socket.listener = { opened: () => {}, text: drop, binary: drop, closed: drop };
  socket.hold(false);
  socket.resume();
  const timer = setTimeout(drop, WARM_MS);
  timer.unref();
  lines.push({ socket, signature, sinceMs: Date.now(), timer });
  if (lines.length > MAX_WARM) {
    const [oldest] = lines.splice(0, 1);
    clearTimeout(oldest!.timer);
    oldest!.socket.close();
  }
}

/** Starts at once. The task runs on a line that another task left warm, or on a new one. */
export function openTask(endpoint: BailianEndpoint, run: TaskRun, signal: AbortSignal): TaskSocket {
  return new Task(endpoint, run, signal);
}

class Task implements TaskSocket, SocketListener {
  readonly started: Promise<void>;
  readonly #endpoint: BailianEndpoint;
  readonly #run: TaskRun;
  readonly #signal: AbortSignal;
  readonly #peer: Peer;
  readonly #taskId = randomUUID();
  readonly #inbox: Inbox<TaskEvent>;
  #socket: VendorSocket | null = null;
  #signature = '';
  #isWarm = false;
  #state: 'opening' | 'running' | 'finished' | 'over' = 'opening';
  #waiting: (string | Uint8Array)[] = [];
  #waitingBytes = 0;
  #resolveStarted!: () => void;
  #rejectStarted!: (error: unknown) => void;

  constructor(endpoint: BailianEndpoint, run: TaskRun, signal: AbortSignal) {
    this.#endpoint = endpoint;
    this.#run = run;
    this.#signal = signal;
    this.#peer = { provider: endpoint.provider, region: endpoint.region, model: run.model };
    this.#inbox = new Inbox({
      highWater: INBOX_BYTES,
      onFull: () => this.#socket?.pause(),
      onRoom: () => this.#socket?.resume(),
    });
    this.started = new Promise((resolve, reject) => {
      this.#resolveStarted = resolve;
      this.#rejectStarted = reject;
    });
    this.started.catch(() => {});
    if (signal.aborted) this.#fail(signal.reason, true);
    else {
      signal.addEventListener('abort', this.#onAbort, { once: true });
      void this.#open();
    }
  }

  readonly #onAbort = (): void => this.#fail(this.#signal.reason, true);

  async #open(): Promise<void> {
    let headers: Record<string, string>;
    try {
      headers = await this.#endpoint.socketHeaders(this.#signal);
    } catch (error) {
      this.#fail(error);
      return;
    }
    if (this.#state === 'over') return;
    const url = this.#endpoint.taskSocketUrl();
    this.#signature = createHash('sha256')
      .update(JSON.stringify([url, headers]))
      .digest('base64');
    const warm = takeWarm(this.#endpoint, this.#signature);
    if (warm) {
      this.#socket = warm;
      this.#isWarm = true;
      warm.listener = this;
      this.opened();
      return;
    }
    this.#connect(url, headers);
  }

  #connect(url: string, headers: Record<string, string>): void {
    try {
      this.#socket = new VendorSocket(url, headers, this.#peer, this);
    } catch (cause) {
      const { provider } = this.#peer;
      this.#fail(
        cause instanceof StudioError
          ? cause
          : cloudError('cloud.bad-request', { provider, detail: 'address' }, { cause }),
      );
    }
  }

  opened(): void {
    const { taskGroup, task, function: name, model, parameters, input, streaming, resources } = this.#run;
    this.#socket!.send(
      JSON.stringify({
        header: { action: 'run-task', task_id: this.#taskId, streaming },
        payload: {
          task_group: taskGroup,
          task,
          function: name,
          model,
          parameters,
          ...(resources === undefined ? {} : { resources }),
          input,
        },
      }),
    );
  }

  text(text: string): void {
    if (this.#state === 'finished' || this.#state === 'over') return;
    let message: Record<string, unknown>;
    try {
      message = asRecord(JSON.parse(text));
    } catch (cause) {
      this.#fail(this.#badAnswer('a frame is no JSON', cause));
      return;
    }
    const header = asRecord(message.header);
    const event = stringIn(header.event);
    if (event === undefined) {
      this.#fail(this.#badAnswer('a frame without header.event'));
      return;
    }
    const taskId = stringIn(header.task_id);
    // The tail of a task before this one on the same line. A failure may come without an id.
    if (taskId !== undefined && taskId !== '' && !sameId(taskId, this.#taskId)) return;
    const payload = asRecord(message.payload);
    if (event === 'task-failed') {
      const code = stringIn(header.error_code) ?? stringIn(payload.code);
      const detail = stringIn(header.error_message) ?? stringIn(payload.message);
      const { voice } = this.#run.parameters as { voice?: unknown };
      this.#fail(
        vendorFailure({
          ...this.#peer,
          ...(code === undefined ? {} : { code }),
          ...(detail === undefined ? {} : { message: detail }),
          ...(typeof voice === 'string' ? { voice } : {}),
        }),
      );
      return;
    }
    this.#inbox.push({ type: 'event', event, header, payload }, text.length);
    if (event === 'task-started') this.#start();
    else if (event === 'task-finished') this.#finishTask();
  }

  binary(bytes: Uint8Array): void {
    if (this.#state === 'running') this.#inbox.push({ type: 'binary', bytes }, bytes.byteLength);
  }

  closed(failure: Error): void {
    const isStale = this.#isWarm && this.#state === 'opening';
    if (!isStale) {
      this.#fail(failure);
      return;
    }
    // The server had closed the line it left us: this task never reached it.
    this.#isWarm = false;
    this.#endpoint.socketHeaders(this.#signal).then(
      (headers) => {
        if (this.#state === 'opening') this.#connect(this.#endpoint.taskSocketUrl(), headers);
      },
      (error: unknown) => this.#fail(error),
    );
  }

  #start(): void {
    if (this.#state !== 'opening') return;
    this.#state = 'running';
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const data of waiting) this.#socket!.send(data);
    this.#resolveStarted();
  }

  #finishTask(): void {
    this.#state = 'finished';
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#resolveStarted();
    this.#inbox.end();
    keepWarm(this.#endpoint, this.#socket!, this.#signature);
    this.#socket = null;
  }

  #fail(error: unknown, now = false): void {
    if (this.#state === 'finished' || this.#state === 'over') return;
    this.#state = 'over';
    this.#signal.removeEventListener('abort', this.#onAbort);
    this.#socket?.close();
    this.#socket = null;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#inbox.fail(error, now);
    this.#rejectStarted(error);
  }

  #badAnswer(detail: string, cause?: unknown): StudioError {
    return cloudError('cloud.bad-answer', { provider: this.#peer.provider, detail }, { cause });
  }

  #send(data: string | Uint8Array): void {
    if (this.#state === 'running') this.#socket!.send(data);
    else if (this.#state === 'opening') {
      this.#waiting.push(data);
      this.#waitingBytes += data.length;
    } else return;
    if (this.#unsent > MAX_WAITING_BYTES)
      this.#fail(cloudError('cloud.unreachable', { provider: this.#peer.provider, detail: 'nothing is taken' }));
  }

  get #unsent(): number {
    return this.#waitingBytes + (this.#socket?.waitingBytes ?? 0);
  }

  sendAudio(bytes: Uint8Array): void {
    this.#send(bytes);
  }

  continueWith(input: object): void {
    this.#send(this.#action('continue-task', input));
  }

  finish(input: object = {}): void {
    this.#send(this.#action('finish-task', input));
  }

  #action(action: string, input: object): string {
    return JSON.stringify({
      header: { action, task_id: this.#taskId, streaming: this.#run.streaming },
      payload: { input },
    });
  }

  async drained(): Promise<void> {
    if (this.#state === 'opening') await this.started;
    while (this.#state === 'running' && this.#unsent > EASY_WAITING_BYTES)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  events(): AsyncIterable<TaskEvent> {
    return this.#inbox.read();
  }

  close(): void {
    this.#fail(cloudError('cloud.cut-off', { provider: this.#peer.provider }), true);
  }
}

/** Ids come back with or without their hyphens. */
const sameId = (a: string, b: string): boolean =>
  a === b || a.replaceAll('-', '').toLowerCase() === b.replaceAll('-', '').toLowerCase();
