/**
 * The providers of one stage (speaking, writing, listening) under the policy: who may be asked now, tries, circuits, the rate, the budget.
 * It finds the one who begins to answer; what is done when that one dies in the middle is the stage's own (`voice-policy.ts` …).
 */
import { StudioError } from '../../../app/errors/index.ts';
import { CircuitBreaker } from '../../../app/policy/breaker.ts';
import type { DailyBudget, Reservation } from '../../../app/policy/budget.ts';
import type { FailureNote, PolicyEvent } from '../../../app/policy/events.ts';
import { SmoothLimiter } from '../../../app/policy/limiter.ts';
import { orderOf } from '../../../app/policy/order.ts';
import { afterFailure, backoffMs } from '../../../app/policy/retry.ts';
import type { PolicySettings, Stage } from '../../../app/providers/settings.ts';
import { Attempt, type Patience } from './attempt.ts';
import type { WaitingClock } from './clock.ts';
import { noteOf } from './events.ts';

export interface PolicyDeps {
  settings(): PolicySettings;
  clock: WaitingClock;
  /** 0 ≤ x < 1, for jitter. */
  random(): number;
  budget: DailyBudget;
  emit(event: PolicyEvent): void;
}

export interface Member<P> {
  readonly id: string;
  readonly runs: 'local' | 'cloud';
  readonly provider: P;
  /** What it needs before it can be asked at all; null: nothing. */
  lacks(): 'key' | 'settings' | 'model' | null;
}

export interface MemberState {
  circuit: CircuitBreaker;
  limiter: SmoothLimiter;
  lastFailure: FailureNote | null;
  lastFirstByteMs: number | null;
}

export interface Ask<M, E> {
  /** First choice first. */
  candidates: readonly M[];
  open(member: M, signal: AbortSignal): AsyncIterable<E>;
  /** Before it goes out. */
  expect(member: M): { yuan: number; tokens: number };
  betweenMs?(): number;
  /** Somebody hears the silence: services that have not begun by then give way, and are not tried once more for that. */
  cloudBeginsByMs?: number;
  /** It sees to its time itself. */
  ownTime?: boolean;
  /** Where candidates were passed over before; else the first of them. */
  firstChoice?: M;
  /** The first choice has failed already: whoever serves now goes on in the middle. */
  goesOnFrom?: { id: string; error: FailureNote };
}

/** Who began to answer, and its first piece. */
export interface Serving<M, E> {
  member: M;
  attempt: Attempt<E>;
  first: IteratorResult<E, unknown>;
  /** What the request cost at last; call once, however it ends. */
  settle(yuan: number, tokens?: number): void;
}

/** For the next service where the one before took all of the time. */
const LEAST_FIRST_BYTE_MS = 250;
/** A model on this machine may have to be loaded first. */
const LOCAL_PATIENCE = 8;

export class StagePolicy<M extends Member<unknown>> {
  readonly stage: Stage;
  readonly #members: () => readonly M[];
  readonly #deps: PolicyDeps;
  readonly #states = new Map<string, MemberState>();

  constructor(stage: Stage, members: () => readonly M[], deps: PolicyDeps) {
    this.stage = stage;
    this.#members = members;
    this.#deps = deps;
  }

  get members(): readonly M[] {
    return this.#members();
  }

  stateOf({ id, runs }: Pick<M, 'id' | 'runs'>): MemberState {
    let state = this.#states.get(id);
    if (!state) {
      const { settings, clock } = this.#deps;
      const unlimited = { requestsPerMinute: null, tokensPerMinute: null };
      state = {
        circuit: new CircuitBreaker(settings, clock.nowMs, (circuit) =>
          this.#tell({ type: 'circuit', provider: id, state: circuit }),
        ),
        limiter: new SmoothLimiter(runs === 'cloud' ? settings : () => unlimited, clock.nowMs),
        lastFailure: null,
        lastFirstByteMs: null,
      };
      this.#states.set(id, state);
    }
    return state;
  }

  /** Who may be asked under the mode, first choice first. What lacks its key is passed over unless it is the one wished for. */
  order(wished: string | null = null): M[] {
    const { mode, chains } = this.#deps.settings();
    return orderOf(this.members, chains[this.stage], mode, wished).filter(
      (member) => member.id === wished || member.lacks() === null,
    );
  }

  /** Would a request go out to it now? */
  mayAsk(member: M): boolean {
    return this.#barred(member) === null && this.stateOf(member).circuit.restsForMs === 0;
  }

  /** Settings or keys were changed. */
  reset(): void {
    for (const state of this.#states.values()) {
      state.circuit.reset();
      // What went wrong went wrong with other settings.
      state.lastFailure = null;
    }
  }

  #barred(member: M): StudioError | null {
    const { id: provider } = member;
    if (member.runs === 'cloud' && this.#deps.settings().mode === 'offline')
      return new StudioError('cloud.offline', { provider });
    const lacks = member.lacks();
    if (lacks === 'model') return new StudioError('model.not-installed', { task: this.stage });
    return lacks === null ? null : new StudioError('cloud.key-missing', { provider });
  }

  /**
   * The first of the candidates that begins to answer.
   * @throws StudioError `cloud.nobody-left`, or the only candidate's own; what another provider would not change (a refused text);
   * whatever `signal` was aborted with.
   */
  async begin<E>(ask: Ask<M, E>, signal: AbortSignal): Promise<Serving<M, E>> {
    const { candidates, goesOnFrom, firstChoice = candidates[0] } = ask;
    const failures: { id: string; error: unknown; note: FailureNote }[] = [];
    const serving = await this.#serve(ask, candidates, failures, signal);
    const { member, attempt } = serving;
    const fallback = goesOnFrom !== undefined || member !== firstChoice;
    const why = goesOnFrom ?? (failures[0] && { id: failures[0].id, error: failures[0].note });
    if (fallback && why)
      this.#tell({
        ...{ type: 'switched', from: why.id, to: member.id, error: why.error },
        midUtterance: goesOnFrom !== undefined,
      });
    this.#tell({ type: 'served', provider: member.id, firstByteMs: attempt.firstByteMs ?? 0, fallback });
    return serving;
  }

  async #serve<E>(
    ask: Ask<M, E>,
    candidates: readonly M[],
    failures: { id: string; error: unknown; note: FailureNote }[],
    signal: AbortSignal,
  ): Promise<Serving<M, E>> {
    const { hedgeAfterMs } = this.#deps.settings();
    for (const [i, member] of candidates.entries()) {
      const others = candidates.slice(i + 1);
      try {
        if (hedgeAfterMs === null || others.length === 0) return await this.#ask(ask, member, signal);
        return await this.#hedged(ask, member, others, failures, hedgeAfterMs, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof NobodyElse) break;
        // Passed over because it rests: a person is told why it rests.
        const resting = error instanceof StudioError && error.code === 'cloud.circuit-open';
        const note = (resting ? this.stateOf(member).lastFailure : null) ?? noteOf(error, member.id);
        failures.push({ id: member.id, error, note });
        if (!afterFailure(error).next) throw error;
      }
    }
    signal.throwIfAborted();
    const [only] = failures;
    if (failures.length === 1 && only) throw only.error;
    if (only === undefined) {
      // Nobody could even be asked: that is what the person can change.
      const chain = this.#deps.settings().chains[this.stage];
      const named = chain.flatMap((id) => this.members.find((member) => member.id === id) ?? []);
      for (const member of named) {
        const barred = this.#barred(member);
        if (barred) throw barred;
      }
    }
    const reasons = failures.map(({ id, note }) => `${id}: ${note.code}`).join(', ');
    throw new StudioError('cloud.nobody-left', { reasons: reasons || '–' });
  }

  /** The next ones are asked too when the first takes long, and the quicker is heard. */
  async #hedged<E>(
    ask: Ask<M, E>,
    member: M,
    others: readonly M[],
    failures: { id: string; error: unknown; note: FailureNote }[],
    afterMs: number,
    signal: AbortSignal,
  ): Promise<Serving<M, E>> {
    const [mine, theirs] = [new AbortController(), new AbortController()];
    const first = this.#ask(ask, member, AbortSignal.any([signal, mine.signal]));
    first.catch(() => undefined);
    const late = Symbol('late');
    const stopWaiting = new AbortController();
    const waited = this.#deps.clock
      .sleep(afterMs, AbortSignal.any([signal, stopWaiting.signal]))
      .then((): typeof late => late);
    waited.catch(() => undefined);
    const sooner = await Promise.race([first, waited]).finally(() => stopWaiting.abort());
    if (sooner !== late) return sooner;
    const theirFailures: typeof failures = [];
    const second = this.#serve(ask, others, theirFailures, AbortSignal.any([signal, theirs.signal]));
    second.catch(() => undefined);
    try {
      const winner = await Promise.any([first, second]);
      const [loser, stop] = winner.member === member ? [second, theirs] : [first, mine];
      stop.abort(new DOMException('another was quicker', 'AbortError'));
      loser.then(
        (serving) => {
          serving.attempt.close();
          serving.settle(ask.expect(serving.member).yuan);
        },
        () => undefined,
      );
      if (winner.member !== member) {
        const seconds = afterMs / 1000;
        const slow = new StudioError('cloud.timeout', { provider: member.id, seconds });
        failures.push({ id: member.id, error: slow, note: noteOf(slow, member.id) }, ...theirFailures);
      }
      return winner;
    } catch {
      signal.throwIfAborted();
      const error = await first.catch((reason: unknown) => reason);
      failures.push({ id: member.id, error, note: noteOf(error, member.id) }, ...theirFailures);
      throw new NobodyElse();
    }
  }

  /** This provider alone, as often as its failures allow. @throws its last failure */
  async #ask<E>(ask: Ask<M, E>, member: M, signal: AbortSignal): Promise<Serving<M, E>> {
    const { clock, random, settings } = this.#deps;
    const { firstByteMs, betweenBytesMs, tries } = settings();
    const state = this.stateOf(member);
    const barred = this.#barred(member);
    if (barred) throw barred;
    const isCloud = member.runs === 'cloud';
    const times = ask.ownTime ? Number.POSITIVE_INFINITY : isCloud ? 1 : LOCAL_PATIENCE;
    const byMs = (isCloud && !ask.ownTime && ask.cloudBeginsByMs) || Number.POSITIVE_INFINITY;
    const patience: Patience = {
      firstByteMs: Math.min(firstByteMs * times, Math.max(LEAST_FIRST_BYTE_MS, byMs - clock.nowMs())),
      betweenMs: () => (isCloud && ask.betweenMs ? ask.betweenMs() : betweenBytesMs * times),
    };
    for (let attemptNumber = 1; ; attemptNumber++) {
      if (!state.circuit.admit()) {
        const seconds = Math.ceil(state.circuit.restsForMs / 1000);
        throw new StudioError('cloud.circuit-open', { provider: member.id, seconds });
      }
      let reservation: Reservation | null = null;
      try {
        if (isCloud) {
          const { yuan, tokens } = ask.expect(member);
          reservation = this.#reserve(member, yuan);
          if (state.limiter.waitMs() > firstByteMs)
            throw new NotAsked(new StudioError('cloud.rate-limited', { provider: member.id }, { retryable: true }));
          const waitMs = state.limiter.take(tokens);
          if (waitMs > 0) await clock.sleep(waitMs, signal);
        }
      } catch (error) {
        state.circuit.undecided();
        reservation?.settle(0);
        throw error instanceof NotAsked ? error.reason : error;
      }
      try {
        signal.throwIfAborted();
        const attempt = new Attempt(member.id, (stop) => ask.open(member, stop), { clock, patience, signal });
        const first = await attempt.next();
        state.lastFirstByteMs = attempt.firstByteMs;
        const expected = isCloud ? ask.expect(member) : { yuan: 0, tokens: 0 };
        let settled = false;
        return {
          ...{ member, attempt, first },
          settle: (yuan, tokens) => {
            if (settled) return;
            settled = true;
            reservation?.settle(yuan);
            if (isCloud && tokens !== undefined) state.limiter.correct(tokens - expected.tokens);
          },
        };
      } catch (error) {
        reservation?.settle(0);
        if (signal.aborted) {
          state.circuit.undecided();
          throw signal.reason;
        }
        this.failed(member, error, attemptNumber);
        const { again } = afterFailure(error);
        if (!again || attemptNumber >= tries || state.circuit.state === 'open' || clock.nowMs() >= byMs) throw error;
        await clock.sleep(backoffMs(attemptNumber + 1, random), signal);
      }
    }
  }

  #reserve(member: M, yuan: number): Reservation {
    const { budget } = this.#deps;
    const reservation = budget.reserve(member.id, yuan);
    if (reservation) return reservation;
    const limitYuan = budget.limitYuan ?? 0;
    this.#tell({ type: 'budget', spentYuan: budget.spentYuan, limitYuan });
    const error = new StudioError('cloud.budget-spent', { yuan: limitYuan });
    this.stateOf(member).lastFailure = noteOf(error, member.id);
    throw new NotAsked(error);
  }

  /** May another provider take over what this one failed at? */
  mayGoOn(error: unknown): boolean {
    return afterFailure(error).next;
  }

  /** A whole answer came. */
  succeeded(member: M): void {
    const state = this.stateOf(member);
    state.lastFailure = null;
    state.circuit.succeeded();
  }

  /** It was stopped by whoever asked: that says nothing of it. */
  undecided(member: M): void {
    this.stateOf(member).circuit.undecided();
  }

  failed(member: M, error: unknown, tries = 1): FailureNote {
    const state = this.stateOf(member);
    const note = noteOf(error, member.id);
    state.lastFailure = note;
    const { rest } = afterFailure(error);
    if (rest === 'count') state.circuit.failed();
    else if (rest === null) state.circuit.undecided();
    else state.circuit.rest(rest);
    this.#tell({ type: 'failed', provider: member.id, error: note, tries });
    return note;
  }

  #tell(event: WithoutPlace<PolicyEvent>): void {
    this.#deps.emit({ atMs: this.#deps.clock.wallMs(), stage: this.stage, ...event } as PolicyEvent);
  }
}

type WithoutPlace<T> = T extends unknown ? Omit<T, 'atMs' | 'stage'> : never;

/** Everybody was asked, and all failures are noted. */
class NobodyElse extends Error {}
/** It never left this machine. */
class NotAsked extends Error {
  readonly reason: StudioError;
  constructor(reason: StudioError) {
    super(reason.message);
    this.reason = reason;
  }
}
