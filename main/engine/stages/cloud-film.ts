/**
 * A film from a vendor: asked for once, waited for as long as it takes, fetched before its link dies, and kept. What runs at the vendor is
 * in a journal, so that whoever asks for the same film after a restart goes on waiting for it.
 */
import { StudioError } from '../../../app/errors/index.ts';
import type { DailyBudget } from '../../../app/policy/budget.ts';
import type { PolicyEvent } from '../../../app/policy/events.ts';
import { failureClass } from '../../../app/policy/failure.ts';
import type { WaitingClock } from '../policy/clock.ts';
import type { FilmJournal, FilmRequest, FilmStore, FilmTask } from '../ports/cloud-renderer.ts';

export interface FilmDeps {
  clock: WaitingClock;
  /** 0 ≤ x < 1. */
  random(): number;
  budget: DailyBudget;
  emit(event: PolicyEvent): void;
  journal(): Promise<FilmJournal>;
  store: FilmStore;
}

/** Results and their links live so long at the vendor. */
const RESULTS_LIVE_MS = 24 * 3600_000;
const FIRST_LOOK_MS = 2000;
/** The vendor's advice; its limit is 20 questions a second for the whole account. */
const LOOK_EVERY_MS = 15_000;
/** Without an answer for so long, waiting ends; the film can still be taken up later. */
const UNANSWERED_MS = 15 * 60_000;
const TRIES = 4;
const OTHER_HOLDER_MS = 2000;
const CANCEL_MS = 10_000;

/** A film under its final name, whole. @throws StudioError cloud.*, storage.*; `signal.reason` */
export async function cloudFilm(request: FilmRequest, deps: FilmDeps, signal: AbortSignal): Promise<string> {
  const { store, clock } = deps;
  const release = await held(request.key, deps, signal);
  try {
    const kept = await store.find(request.key);
    if (kept !== null) return kept;
    const journal = await deps.journal();
    const task = taken(journal.find(request.key), journal, clock) ?? (await submit(request, deps, journal, signal));
    try {
      return await collect(request, deps, journal, task, signal);
    } catch (error) {
      if (signal.aborted && request.unwanted(signal.reason)) await cancel(request, deps, journal, task);
      throw error;
    }
  } finally {
    release();
  }
}

async function held(key: string, { store, clock }: FilmDeps, signal: AbortSignal): Promise<() => void> {
  for (;;) {
    signal.throwIfAborted();
    const release = await store.lock(key);
    if (release !== null) return release;
    await clock.sleep(OTHER_HOLDER_MS, signal);
  }
}

/** What the vendor has forgotten by now is asked for anew. */
function taken(task: FilmTask | null, journal: FilmJournal, clock: WaitingClock): FilmTask | null {
  if (task === null || clock.wallMs() - task.submittedAtMs < RESULTS_LIVE_MS) return task;
  journal.remove(task.key);
  return null;
}

async function submit(
  { renderer, key, seconds, input, onState }: FilmRequest,
  { clock, random, budget, emit }: FilmDeps,
  journal: FilmJournal,
  signal: AbortSignal,
): Promise<FilmTask> {
  onState('sending');
  const yuan = renderer.yuan(seconds);
  const reservation = budget.reserve(renderer.id, yuan);
  if (reservation === null) {
    const limitYuan = budget.limitYuan ?? 0;
    emit({ atMs: clock.wallMs(), stage: 'film', type: 'budget', spentYuan: budget.spentYuan, limitYuan });
    throw new StudioError('cloud.budget-spent', { provider: renderer.name, yuan: limitYuan });
  }
  let spent = 0;
  try {
    const given = await input();
    let asking = false;
    const taskId = await again(
      () => {
        asking = false;
        return renderer.submit(
          given,
          () => {
            asking = true;
          },
          signal,
        );
      },
      // An answer that was lost may have been a yes: asking once more could cost twice.
      (error) => !asking || wasNotTaken(error),
      { clock, random },
      signal,
    );
    spent = yuan;
    const task = { key, renderer: renderer.id, model: renderer.model, taskId, submittedAtMs: clock.wallMs(), yuan };
    journal.add(task);
    return task;
  } finally {
    reservation.settle(spent);
  }
}

async function collect(
  { renderer, onState }: FilmRequest,
  deps: FilmDeps,
  journal: FilmJournal,
  task: FilmTask,
  signal: AbortSignal,
): Promise<string> {
  const { clock, random, budget, store } = deps;
  const forget = (costYuan: number): void => {
    journal.remove(task.key);
    budget.correct(task.renderer, task.submittedAtMs, costYuan - task.yuan);
  };
  onState('waiting');
  let answeredAtMs = clock.nowMs();
  for (let look = 0; ; look++) {
    await clock.sleep(Math.min(LOOK_EVERY_MS, FIRST_LOOK_MS * 1.5 ** look) * (0.9 + 0.2 * random()), signal);
    const state = await renderer.state(task.taskId, signal).catch((error: unknown) => {
      const unanswered = clock.nowMs() - answeredAtMs;
      if (signal.aborted || !mayPass(error) || unanswered > UNANSWERED_MS) throw error;
      return null;
    });
    if (state === null) continue;
    answeredAtMs = clock.nowMs();
    switch (state.state) {
      case 'waiting':
      case 'running':
        onState(state.state);
        break;
      case 'done': {
        onState('fetching');
        try {
          const path = await again(
            () => store.write(task.key, renderer.download(state.url, signal)),
            () => true,
            { clock, random },
            signal,
          );
          forget(state.seconds === null ? task.yuan : renderer.yuan(state.seconds));
          return path;
        } catch (error) {
          // Paid for, and gone: only asking anew can help.
          if (codeOf(error) === 'cloud.task-lost') journal.remove(task.key);
          throw error;
        }
      }
      case 'failed':
        forget(0);
        throw state.error;
      case 'cancelled':
        forget(0);
        throw new StudioError('cloud.task-cancelled', { provider: renderer.name });
      case 'unknown':
        // Whether it was paid for nobody knows: what was entered stays.
        journal.remove(task.key);
        throw new StudioError('cloud.task-lost', { provider: renderer.name });
    }
  }
}

/** What has begun is paid for and cannot be stopped: it stays in the journal for whoever wants it after all. */
async function cancel(
  { renderer }: FilmRequest,
  { budget }: FilmDeps,
  journal: FilmJournal,
  task: FilmTask,
): Promise<void> {
  const cancelled = await renderer.cancel(task.taskId, AbortSignal.timeout(CANCEL_MS)).catch(() => false);
  if (!cancelled) return;
  journal.remove(task.key);
  budget.correct(task.renderer, task.submittedAtMs, -task.yuan);
}

const codeOf = (error: unknown): string => (error instanceof StudioError ? error.code : '');

const NEVER_CONNECTED = new Set<unknown>(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']);
function wasNotTaken(error: unknown): boolean {
  if (codeOf(error) === 'cloud.unreachable') return NEVER_CONNECTED.has((error as StudioError).params.detail);
  return !['cloud.timeout', 'cloud.cut-off', 'cloud.bad-answer'].includes(codeOf(error));
}

const mayPass = (error: unknown): boolean => ['retry', 'wait'].includes(failureClass(error)) && codeOf(error) !== '';

/** Tries again what may pass, after 2, 4, 8 s; a full minute's rate after 20, 40, 80. */
async function again<T>(
  work: () => Promise<T>,
  may: (error: unknown) => boolean,
  { clock, random }: Pick<FilmDeps, 'clock' | 'random'>,
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || attempt === TRIES || !mayPass(error) || !may(error)) throw error;
      const firstMs = failureClass(error) === 'wait' ? 20_000 : 2000;
      await clock.sleep(firstMs * 2 ** (attempt - 1) * (0.9 + 0.2 * random()), signal);
    }
  }
}
