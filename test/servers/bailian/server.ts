/**
 * A Bailian of one's own: Alibaba Cloud's model studio as far as the studio speaks with it, on this machine. It refuses what the vendor
 * refuses, with the vendor's words; what it says and how badly it behaves is for the test to choose.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Region } from '../../../app/providers/settings.ts';
import type { Answers } from './answers.ts';
import { type BailianContext, pause, type ServedRequest, type Timing } from './context.ts';
import { Faults } from './faults.ts';
import { Files } from './files.ts';
import { Ear } from './hearing.ts';
import { serveHttp } from './http.ts';
import { attachSockets } from './sockets.ts';
import { PcmVoice } from './voice.ts';

export interface FakeBailian extends AsyncDisposable {
  /** http://127.0.0.1:port */
  readonly httpUrl: string;
  /** …/api/v1, as DASHSCOPE_HTTP_BASE_URL */
  readonly httpBaseUrl: string;
  /** ws://…/api-ws/v1/inference, as DASHSCOPE_WEBSOCKET_BASE_URL */
  readonly webSocketBaseUrl: string;
  /** ws://…/ws/v1 */
  readonly isiUrl: string;
  readonly key: string;
  /** Of the account at ISI and Green, which are not asked with the key. */
  readonly accessKey: { readonly id: string; readonly secret: string };
  readonly appKey: string;
  readonly faults: Faults;
  readonly requests: ServedRequest[];
  readonly timing: Timing;
  /** Words that inspection refuses, in what is asked and in what is answered. */
  readonly forbidden: BailianContext['forbidden'];
  /** Requests a minute by surface; beyond them 429. */
  readonly limits: BailianContext['limits'];
  /** What the language model says; null: its own writing. */
  answers: Answers | null;
  /** From now on the ear understands this text; `voices`: as whom it will be said, the embedded man and woman if absent. */
  teach(text: string, voices?: readonly string[]): Promise<void>;
  /** Turns the server's clock on: temporary keys and links end. */
  advance(ms: number): void;
  /** Everything the surfaces share, for what is rarely needed. */
  readonly context: BailianContext;
}

export interface BailianOptions {
  /** 0: a free one. */
  port?: number;
  key?: string;
  region?: Region;
  firstByteMs?: number;
  betweenMs?: number;
  /** How much faster than real time sound is made; absent: at once. */
  speechRate?: number;
  taskPendingMs?: number;
  taskRunningMs?: number;
  /** Shortens the vendor's own time-outs; absent: 1. */
  timeoutScale?: number;
}

export async function startBailian(options: BailianOptions = {}): Promise<FakeBailian> {
  const closing = new AbortController();
  const faults = new Faults();
  const requests: ServedRequest[] = [];
  const temporary = new Map<string, number>();
  const region = options.region ?? 'beijing';
  const key = options.key ?? `sk-local-${region}-${randomUUID().replaceAll('-', '')}`;
  const accessKey = { id: `LTAI${randomUUID().slice(0, 8)}`, secret: randomUUID() };
  const appKey = randomUUID().replaceAll('-', '').slice(0, 16);
  let ahead = 0;
  const nowMs = () => Date.now() + ahead;
  const mouth = new PcmVoice();
  const ear = new Ear(mouth);
  mouth.onSpoken = (speech) => ear.remember(speech);

  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  const context: BailianContext = {
    region,
    origin: `http://${host}`,
    key,
    accessKey,
    appKey,
    timing: {
      firstByteMs: options.firstByteMs ?? 0,
      betweenMs: options.betweenMs ?? 0,
      taskPendingMs: options.taskPendingMs ?? 20,
      taskRunningMs: options.taskRunningMs ?? 20,
      timeoutScale: options.timeoutScale ?? 1,
    },
    speechRate: options.speechRate ?? null,
    faults,
    requests,
    answers: null,
    closing: closing.signal,
    nowMs,
    log: (entry) => {
      const served: ServedRequest = {
        model: null,
        body: null,
        status: null,
        code: null,
        atMs: performance.now(),
        firstByteAtMs: null,
        lastByteAtMs: null,
        end: null,
        endedAtMs: null,
        ...entry,
      };
      requests.push(served);
      return served;
    },
    keyProblem: (headers) => {
      const given = /^bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim();
      if (given === undefined) return 'missing';
      if (given === key) return null;
      return (temporary.get(given) ?? 0) > nowMs() ? null : 'wrong';
    },
    issueTemporaryKey: (seconds) => {
      const token = `st-${randomUUID().replaceAll('-', '')}`;
      temporary.set(token, nowMs() + seconds * 1000);
      return { token, expires_at: Math.floor(nowMs() / 1000) + seconds };
    },
    mouth,
    ear,
    spoken: (soundMs, signal) =>
      options.speechRate === undefined
        ? Promise.resolve()
        : pause(soundMs / options.speechRate, signal, closing.signal),
    files: new Files(`http://${host}`, nowMs),
    forbidden: new Map([
      ['违禁示例', { label: 'contraband_drug', risk: 'high' }],
      ['forbidden-sample', { label: 'contraband_drug', risk: 'high' }],
    ]),
    limits: new Map(),
    unpurchased: new Set(),
    voices: new Map(),
    vocabularies: new Map(),
    isiTokens: new Map(),
  };

  server.on('request', serveHttp(context));
  const closeSockets = attachSockets(server, context);

  let closed: Promise<void> | null = null;
  return {
    httpUrl: context.origin,
    httpBaseUrl: `${context.origin}/api/v1`,
    webSocketBaseUrl: `ws://${host}/api-ws/v1/inference`,
    isiUrl: `ws://${host}/ws/v1`,
    key,
    accessKey,
    appKey,
    faults,
    requests,
    timing: context.timing,
    forbidden: context.forbidden,
    limits: context.limits,
    get answers() {
      return context.answers;
    },
    set answers(answers) {
      context.answers = answers;
    },
    teach: (text, voices) => ear.teach(text, voices),
    advance: (ms) => {
      ahead += ms;
    },
    context,
    [Symbol.asyncDispose]: () => {
      closed ??= new Promise<void>((resolve) => {
        closing.abort();
        closeSockets();
        server.close(() => resolve());
        server.closeAllConnections();
      }).then(() => mouth.dispose());
      return closed;
    },
  };
}
