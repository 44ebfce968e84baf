/** What every surface of the local Bailian shares: one account, one clock, one log. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Region } from '../../../app/providers/settings.ts';
import type { Answers } from './answers.ts';
import type { Faults, Surface } from './faults.ts';
import type { Files } from './files.ts';
import type { Ear } from './hearing.ts';
import type { PcmVoice } from './voice.ts';

/** One HTTP request, or one task or session of a WebSocket. */
export interface ServedRequest {
  surface: Surface;
  /** Of the URL, without the query. */
  path: string;
  model: string | null;
  headers: IncomingHttpHeaders;
  /** The JSON that was sent; of a WebSocket the first frame. */
  body: unknown;
  /** null until something was answered; 101 is a WebSocket taken up. */
  status: number | null;
  /** The vendor's code, of what was refused. */
  code: string | null;
  /** By the process's own clock (performance.now()), as all times here. */
  atMs: number;
  firstByteAtMs: number | null;
  lastByteAtMs: number | null;
  /** Whole; broken off by whoever asked; or ended by a fault. */
  end: 'whole' | 'aborted' | 'fault' | null;
  endedAtMs: number | null;
}

/** What may be changed while the server runs. */
export interface Timing {
  /** Before the first byte of each answer. */
  firstByteMs: number;
  /** Before each further piece. */
  betweenMs: number;
  /** How long a task waits for its turn, how long it then takes, and a cloned voice until it can speak. */
  taskPendingMs: number;
  taskRunningMs: number;
  /** What the vendor's own time-outs (23 s, 60 s, 10 s) are multiplied by. */
  timeoutScale: number;
}

export interface EnrolledVoice {
  targetModel: string;
  kind: 'cosyvoice' | 'qwen';
  status: 'DEPLOYING' | 'OK' | 'UNDEPLOYED';
  /** Where its sound was fetched from. */
  link: string;
  /** Beijing's time. */
  created: string;
}

export interface BailianContext {
  readonly region: Region;
  /** http://127.0.0.1:port */
  readonly origin: string;
  readonly key: string;
  readonly accessKey: { readonly id: string; readonly secret: string };
  /** Of the one project at ISI. */
  readonly appKey: string;
  readonly timing: Timing;
  /** How much faster than real time sound is made; null: at once. */
  readonly speechRate: number | null;
  readonly faults: Faults;
  readonly requests: ServedRequest[];
  answers: Answers | null;
  /** Aborted when the server is closed: every timer hangs on it. */
  readonly closing: AbortSignal;
  /** Unix ms of this server, which tests may turn on. */
  nowMs(): number;
  log(entry: Pick<ServedRequest, 'surface' | 'path' | 'headers'> & Partial<ServedRequest>): ServedRequest;
  /** null: the key is right. Bearer in any case of letters; temporary keys until they end. */
  keyProblem(headers: IncomingHttpHeaders): 'missing' | 'wrong' | null;
  issueTemporaryKey(seconds: number): { token: string; expires_at: number };
  /** The embedded voice, shared by whatever speaks here. */
  readonly mouth: PcmVoice;
  /** Understands what it was taught, and what this server said. */
  readonly ear: Ear;
  /** Waits as long as it takes to make so much sound, at {@link speechRate}. */
  spoken(soundMs: number, signal: AbortSignal): Promise<void>;
  readonly files: Files;
  /** What inspection refuses, and what Green says of it. */
  readonly forbidden: Map<string, { label: string; risk: 'low' | 'medium' | 'high' }>;
  /** Requests a minute that a surface answers; evenly: a sixtieth of it in any second. */
  readonly limits: Map<Surface, number>;
  /** Models this account has not bought: 403 AccessDenied.Unpurchased. */
  readonly unpurchased: Set<string>;
  /** Cloned voices by id; speech surfaces look here for whose model a voice is. */
  readonly voices: Map<string, EnrolledVoice>;
  /** Lists of hot words by id. */
  readonly vocabularies: Map<string, { targetModel: string; words: { text: string; weight: number; lang?: string }[] }>;
  /** Tokens of Alibaba ISI and when they end, unix ms. */
  readonly isiTokens: Map<string, number>;
}

/** Resolves after `ms`, or at once when one of the signals is aborted: the caller looks which. */
export function pause(ms: number, ...signals: AbortSignal[]): Promise<void> {
  if (ms <= 0 || signals.some((signal) => signal.aborted)) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
  });
}
