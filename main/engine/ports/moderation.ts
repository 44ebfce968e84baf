/** May this be said? */
export interface ModerationVerdict {
  risk: 'none' | 'low' | 'medium' | 'high';
  labels: { label: string; confidence: number | null; words: string[] }[];
  /** What the vendor proposes to say instead. */
  advice: string | null;
}

export interface ModerationProvider {
  readonly id: string;
  readonly runs: 'local' | 'cloud';
  /** `asked`: what a viewer wrote; `answer`: what is about to be said. Split to the vendor's limits; the worst part counts. */
  check(text: string, use: 'asked' | 'answer', signal: AbortSignal): Promise<ModerationVerdict>;
  dispose(): Promise<void>;
}
