/** What the policy decided and why: everything a person sees of it, live and in the log. */
import type { Stage } from '../providers/settings.ts';

/** An error as it travels: its words are looked up where it is shown. */
export interface FailureNote {
  code: string;
  params: Readonly<Record<string, string | number>>;
}

/** What has a chain, and the films of exports, which have one renderer and what stands in for it. */
export type EventStage = Stage | 'film';

export type PolicyEvent = { atMs: number; stage: EventStage } & (
  | { type: 'served'; provider: string; firstByteMs: number; fallback: boolean }
  | { type: 'failed'; provider: string; error: FailureNote; tries: number }
  /** From now on another provider speaks, writes or listens. `error` is why the one before does not. */
  | { type: 'switched'; from: string; to: string; error: FailureNote; midUtterance: boolean }
  | { type: 'circuit'; provider: string; state: 'open' | 'half-open' | 'closed' }
  | { type: 'budget'; spentYuan: number; limitYuan: number }
  /** What was written is not said, or what was asked not answered: of this risk, or, null, it could not be checked. */
  | {
      type: 'withheld';
      provider: string;
      use: 'asked' | 'answer';
      risk: 'low' | 'medium' | 'high' | null;
      labels: string[];
    }
  | { type: 'cache'; kind: 'exact' | 'similar'; similarity: number }
);
