/** Answers that were given before, so that they need not be asked and paid for again. */

/** A text as a direction in the space of one model. */
export interface TextVector {
  /** The model: vectors of two are never compared. */
  space: string;
  /** Of length 1. */
  values: Float32Array;
}

export interface CachedAnswer {
  answer: string;
  kind: 'exact' | 'similar';
  /** 1 where the words are the same. */
  similarity: number;
}

export interface CacheFigures {
  entries: number;
  exactHits: number;
  similarHits: number;
  misses: number;
  /** 0..1 of what was looked up; 0 before anything was. */
  hitRate: number;
}

/** Which of several answers to like questions answers this one best; null: it cannot tell. */
export type AnswerChoice = (answers: readonly string[]) => Promise<number | null>;

export interface AnswerCache {
  /**
   * `scope` names everything that the answer depends on besides the question: model, instructions, voice. The vector is made only when the
   * words were not found, and `choose` is asked only where several questions are like enough. A cache that cannot be reached has nothing.
   */
  find(
    scope: string,
    question: string,
    vector?: () => Promise<TextVector | null>,
    choose?: AnswerChoice,
  ): Promise<CachedAnswer | null>;
  keep(scope: string, question: string, answer: string, vector?: TextVector | null): Promise<void>;
  figures(): Promise<CacheFigures>;
  clear(): Promise<void>;
  /** Safe to call twice. */
  close(): Promise<void>;
}
