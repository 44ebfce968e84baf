/** Yuan a day, and then no more: what a request is going to cost is set aside before it goes out. */
import { localDay, type PolicyClock } from './clock.ts';

/** What was spent, kept beyond the life of a process and shared by all that spend. */
export interface SpendLedger {
  /** By provider. */
  spentYuan(day: string): Readonly<Record<string, number>>;
  add(day: string, provider: string, yuan: number): void;
}

export class MemoryLedger implements SpendLedger {
  readonly #days = new Map<string, Map<string, number>>();

  spentYuan(day: string): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#days.get(day) ?? []);
  }

  add(day: string, provider: string, yuan: number): void {
    const spent = this.#days.get(day) ?? new Map<string, number>();
    this.#days.set(day, spent.set(provider, (spent.get(provider) ?? 0) + yuan));
  }
}

export interface Reservation {
  /** What it cost in the end. Twice counts once. */
  settle(yuan: number): void;
}

export class DailyBudget {
  readonly #limitYuan: () => number | null;
  readonly #ledger: SpendLedger;
  readonly #clock: Pick<PolicyClock, 'wallMs'>;
  #reserved = 0;

  constructor(limitYuan: () => number | null, ledger: SpendLedger, clock: Pick<PolicyClock, 'wallMs'>) {
    this.#limitYuan = limitYuan;
    this.#ledger = ledger;
    this.#clock = clock;
  }

  spentByProvider(): Readonly<Record<string, number>> {
    return this.#ledger.spentYuan(localDay(this.#clock.wallMs()));
  }

  get spentYuan(): number {
    return Object.values(this.spentByProvider()).reduce((sum, yuan) => sum + yuan, 0);
  }

  get limitYuan(): number | null {
    return this.#limitYuan();
  }

  /** What was entered at `atMs` cost more (or, below zero, less) than was thought then. */
  correct(provider: string, atMs: number, yuan: number): void {
    if (yuan !== 0) this.#ledger.add(localDay(atMs), provider, yuan);
  }

  /** null: it does not fit into what is left of today. */
  reserve(provider: string, expectedYuan: number): Reservation | null {
    const limit = this.#limitYuan();
    if (limit !== null && this.spentYuan + this.#reserved + expectedYuan > limit) return null;
    this.#reserved += expectedYuan;
    let open = true;
    return {
      settle: (yuan) => {
        if (!open) return;
        open = false;
        this.#reserved = Math.max(0, this.#reserved - expectedYuan);
        if (yuan > 0) this.#ledger.add(localDay(this.#clock.wallMs()), provider, yuan);
      },
    };
  }
}
