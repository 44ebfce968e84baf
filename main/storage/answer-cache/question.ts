/** When two questions are the same, by their words or by their direction. */
import { createHash } from 'node:crypto';
import type { AnswerChoice } from '../../engine/ports/answer-cache.ts';

/** Width, case, blanks, and the punctuation at both ends do not make another question. */
export const normalised = (question: string): string =>
  question
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .replace(/^[\s\p{P}\p{S}]+|[\s\p{P}\p{S}]+$/gu, '');

export const keyOf = (scope: string, question: string): string =>
  createHash('sha256')
    .update(JSON.stringify([scope, normalised(question)]))
    .digest('hex');

export const scopeKey = (scope: string, space: string): string =>
  createHash('sha256')
    .update(JSON.stringify([scope, space]))
    .digest('hex')
    .slice(0, 32);

/** Vectors of one space, one after the other in one piece of memory: 20 000 of 1024 numbers are gone through in some 20 ms. */
export class VectorTable {
  readonly dimensions: number;
  readonly keys: string[] = [];
  readonly #rows = new Map<string, number>();
  #values: Float32Array;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#values = new Float32Array(dimensions * 64);
  }

  add(key: string, values: Float32Array): void {
    if (values.length !== this.dimensions) return;
    const row = this.#rows.get(key) ?? this.keys.push(key) - 1;
    this.#rows.set(key, row);
    if ((row + 1) * this.dimensions > this.#values.length) {
      const larger = new Float32Array(this.#values.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values.set(values, row * this.dimensions);
  }

  /** Those at least so near, the nearest first; the cosine of unit vectors. None of another length. */
  near(values: Float32Array, least: number, count: number): { key: string; similarity: number }[] {
    if (values.length !== this.dimensions) return [];
    const all = this.#values;
    const size = this.dimensions;
    const found: { row: number; similarity: number }[] = [];
    let enough = least;
    for (let row = 0; row < this.keys.length; row++) {
      let a = 0;
      let b = 0;
      const from = row * size;
      for (let i = 0; i + 1 < size; i += 2) {
        a += all[from + i]! * values[i]!;
        b += all[from + i + 1]! * values[i + 1]!;
      }
      if (size % 2 === 1) a += all[from + size - 1]! * values[size - 1]!;
      const similarity = a + b;
      if (similarity < enough) continue;
      const place = found.findIndex((other) => other.similarity < similarity);
      found.splice(place < 0 ? found.length : place, 0, { row, similarity });
      if (found.length > count) found.pop();
      if (found.length === count) enough = Math.max(least, found.at(-1)!.similarity);
    }
    return found.map(({ row, similarity }) => ({ key: this.keys[row]!, similarity: Math.min(1, similarity) }));
  }
}

export const toBytes = (values: Float32Array): Buffer =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength);

export function fromBytes(bytes: Uint8Array): Float32Array {
  const copy = new Uint8Array(bytes.length - (bytes.length % 4));
  copy.set(bytes.subarray(0, copy.length));
  return new Float32Array(copy.buffer);
}

/** What was looked up and found, in this process. */
export class HitCount {
  exactHits = 0;
  similarHits = 0;
  misses = 0;

  get hitRate(): number {
    const all = this.exactHits + this.similarHits + this.misses;
    return all === 0 ? 0 : (this.exactHits + this.similarHits) / all;
  }

  figures(entries: number) {
    const { exactHits, similarHits, misses, hitRate } = this;
    return { entries, exactHits, similarHits, misses, hitRate };
  }
}

/** So many answers to like questions are compared. */
export const COMPARED = 5;

/** The only one; of several the one that `choose` takes, and the nearest where it cannot tell. They come nearest first. */
export async function chosenOf<T extends { answer: string }>(
  near: readonly T[],
  choose: AnswerChoice | undefined,
): Promise<T | null> {
  const index = near.length > 1 ? await choose?.(near.map(({ answer }) => answer)) : 0;
  return near[index ?? 0] ?? near[0] ?? null;
}

export interface AnswerCacheOptions {
  maxEntries: number;
  ttlMs: number;
  /** Cosine from which two questions are one; null: only by their words. */
  similarity: number | null;
  nowMs?: () => number;
}
