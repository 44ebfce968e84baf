/** What the local Bailian is told to do wrong, and when. */
import { seeded } from '../../../app/document/seeded.ts';

export type Fault =
  /** 401 of the surface's own kind; over WebSocket the handshake itself is refused. */
  | { kind: 'unauthorised' }
  /** An error answer; over WebSocket `task-failed` or `error` with this code and message. */
  | { kind: 'error'; status: number; code: string; message: string }
  /** The answer begins well (HTTP 200), and an error comes inside it. */
  | { kind: 'error-event'; code: string; message: string; afterChunks: number }
  /** The connection dies after so many bytes of the body or of sound. */
  | { kind: 'cut'; afterBytes: number }
  /** After so many chunks nothing more comes, and nobody closes. */
  | { kind: 'stall'; afterChunks: number }
  /** What the vendor says when it has waited too long (23 s over WebSocket, RequestTimeOut over HTTP), at once. */
  | { kind: 'idle-timeout' }
  | { kind: 'slow-first-byte'; ms: number }
  /** HTTP 200 with a gateway's plain text instead of JSON or events. */
  | { kind: 'wrong-content-type' }
  | { kind: 'malformed-json'; afterChunks: number }
  /** HTTP 200 with the log-in page of a hotel's network. */
  | { kind: 'captive-portal' }
  /** Where CosyVoice's word times stand: see dashscope.md of the vendor's own contradictions. */
  | { kind: 'words'; mode: 'sentence-end' | 'cumulative' | 'task-finished' | 'untyped' | 'duplicate' };

export type Surface =
  | 'chat'
  | 'generation'
  | 'embeddings'
  | 'rerank'
  | 'tts-task'
  | 'sambert'
  | 'asr-task'
  | 'qwen-tts'
  | 'realtime-tts'
  | 'realtime-asr'
  | 'isi'
  | 'isi-token'
  | 'green'
  | 'tasks'
  | 'uploads'
  | 'customization'
  | 'tokens'
  | 'any';

/** What befalls requests at random when no kinds are named: each is a thing another try or another provider answers. */
const WEATHER: readonly Fault[] = [
  {
    kind: 'error',
    status: 429,
    code: 'Throttling.RateQuota',
    message: 'Requests rate limit exceeded, please try again later.',
  },
  {
    kind: 'error',
    status: 500,
    code: 'InternalError',
    message: 'An internal error has occured, please try again later or contact service support.',
  },
  { kind: 'error-event', code: 'InternalError.Algo', message: 'inference internal error', afterChunks: 2 },
  { kind: 'cut', afterBytes: 0 },
  { kind: 'cut', afterBytes: 20_000 },
  { kind: 'stall', afterChunks: 1 },
  { kind: 'malformed-json', afterChunks: 1 },
  { kind: 'unauthorised' },
  { kind: 'captive-portal' },
];

/** An account in debt: asked again it says the same. */
export const BILLING_CODES = [
  'PostpaidBillOverdue',
  'PrepaidBillOverdue',
  'CommodityNotPurchased',
  'Arrearage',
] as const;
/** What keeps a provider from being asked for minutes, until a person has seen to it. */
export const ACCOUNT_FAULTS: readonly Fault[] = [
  ...BILLING_CODES.map(
    (code) => ({ kind: 'error', status: code === 'Arrearage' ? 400 : 429, code, message: 'overdue' }) as const,
  ),
  { kind: 'unauthorised' },
];
/** What may be over a moment later. */
export const PASSING_FAULTS: readonly Fault[] = [
  {
    kind: 'error',
    status: 429,
    code: 'Throttling.RateQuota',
    message: 'Requests rate limit exceeded, please try again later.',
  },
  { kind: 'error', status: 500, code: 'InternalError', message: 'oops' },
  { kind: 'error-event', code: 'InternalError.Algo', message: 'inference internal error', afterChunks: 3 },
  { kind: 'cut', afterBytes: 0 },
  { kind: 'cut', afterBytes: 20_000 },
  { kind: 'cut', afterBytes: 50_000 },
  { kind: 'stall', afterChunks: 2 },
  { kind: 'idle-timeout' },
  { kind: 'malformed-json', afterChunks: 2 },
  { kind: 'captive-portal' },
  { kind: 'words', mode: 'task-finished' },
  { kind: 'words', mode: 'untyped' },
];

/** In this order: what was scripted next for the surface, then what always happens, then chance. */
export class Faults {
  #next: { surface: Surface; fault: Fault }[] = [];
  #always = new Map<Surface, Fault>();
  #chance: { draw: () => number; rate: number; kinds: readonly Fault[] } | null = null;

  next(surface: Surface, fault: Fault, times = 1): void {
    for (let i = 0; i < times; i++) this.#next.push({ surface, fault });
  }

  always(surface: Surface, fault: Fault): void {
    this.#always.set(surface, fault);
  }

  /** Each request fares badly with the probability `rate`, the same ones for the same seed. */
  random(seed: number, rate: number, kinds: readonly Fault[] = WEATHER): void {
    let drawn = 0;
    this.#chance = { draw: () => seeded(seed, drawn++) / 2 ** 32, rate, kinds };
  }

  clear(): void {
    this.#next = [];
    this.#always.clear();
    this.#chance = null;
  }

  take(surface: Surface): Fault | null {
    return this.scripted([surface]) ?? this.chance();
  }

  /** What was scripted for one of these surfaces; with `kinds`, only if it is one of them (and otherwise it stays). */
  scripted(surfaces: readonly Surface[], kinds?: readonly Fault['kind'][]): Fault | null {
    const concerns = (at: Surface) => at === 'any' || surfaces.includes('any') || surfaces.includes(at);
    const fits = (fault: Fault) => kinds === undefined || kinds.includes(fault.kind);
    const at = this.#next.findIndex((entry) => concerns(entry.surface));
    if (at >= 0) return fits(this.#next[at].fault) ? this.#next.splice(at, 1)[0].fault : null;
    for (const [surface, fault] of this.#always) if (concerns(surface) && fits(fault)) return fault;
    return null;
  }

  chance(): Fault | null {
    if (this.#chance === null) return null;
    const { draw, rate, kinds } = this.#chance;
    if (draw() >= rate) return null;
    return kinds[Math.floor(draw() * kinds.length)] ?? null;
  }
}
