/** The object storage beside Bailian: results behind links that die, and what was uploaded. Kept in memory. */
import { randomUUID } from 'node:crypto';

export type SentBytes = Uint8Array;

export interface StoredFile {
  bytes: SentBytes;
  type: string;
  untilMs: number;
  /** The model an upload was made for. */
  model: string | null;
}

const RESULTS_LIVE_MS = 24 * 3600_000;
const UPLOADS_LIVE_MS = 48 * 3600_000;

export class Files {
  readonly #kept = new Map<string, StoredFile>();
  readonly #origin: string;
  readonly #nowMs: () => number;

  constructor(origin: string, nowMs: () => number) {
    this.#origin = origin;
    this.#nowMs = nowMs;
  }

  /** A link that lives for 24 hours. */
  link(bytes: SentBytes, type: string, name: string): string {
    const key = `results/${randomUUID()}/${name}`;
    const untilMs = this.#nowMs() + RESULTS_LIVE_MS;
    this.#kept.set(key, { bytes, type, untilMs, model: null });
    return `${this.#origin}/oss/${key}?Expires=${Math.floor(untilMs / 1000)}&OSSAccessKeyId=LTAIlocal&Signature=${randomUUID().slice(0, 8)}`;
  }

  /** `oss://key` from now on, for 48 hours. */
  upload(key: string, bytes: SentBytes, type: string, model: string | null): void {
    this.#kept.set(key, { bytes, type, untilMs: this.#nowMs() + UPLOADS_LIVE_MS, model });
  }

  has(key: string): boolean {
    return this.#kept.has(key);
  }

  /** 'expired' when its link is dead; null when there never was one. */
  get(key: string): StoredFile | 'expired' | null {
    const file = this.#kept.get(key);
    if (file === undefined) return null;
    return file.untilMs > this.#nowMs() ? file : 'expired';
  }
}

/** Of mono 16-bit PCM. */
export function wavHeader(bytes: number, rate: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(bytes, 40);
  return header;
}
