/**
 * Leaving: work that runs is asked about, then the engine is ended, then the program. No way round it leaves a process behind.
 *
 *     open ──quit()──▶ asking ──no──▶ open        asking ──when done──▶ finishing ──idle──▶ leaving
 *       └──nothing runs──▶ leaving ◀──yes── asking       finishing ──quit()──▶ asking, ──stay()──▶ open
 */
import type { Activity } from './wire/engine-protocol.ts';

export type QuitAnswer = 'now' | 'when-done' | 'no';

export interface QuitOptions {
  activity(): Activity;
  ask(activity: Activity): Promise<QuitAnswer>;
  /** Nothing of the program is seen any more, but it works on. */
  onFinishing(): void;
  /** Ends everything. Called once. */
  leave(): Promise<void>;
}

export interface Quitting {
  /** Somebody wants to leave. Asks at most one question at a time. */
  quit(): void;
  /** Tells of a changed activity. */
  update(): void;
  /** The person is back: what runs is no longer waited for in order to leave. */
  stay(): void;
  state(): 'open' | 'asking' | 'finishing' | 'leaving';
}

export function createQuitting({ activity, ask, onFinishing, leave }: QuitOptions): Quitting {
  let state: 'open' | 'asking' | 'finishing' | 'leaving' = 'open';
  const busy = (): boolean => activity().exports > 0 || activity().live;
  const go = (): void => {
    if (state === 'leaving') return;
    state = 'leaving';
    void leave();
  };
  const update = (): void => {
    if (state === 'finishing' && !busy()) go();
  };
  return {
    update,
    stay() {
      if (state === 'finishing') state = 'open';
    },
    state: () => state,
    quit() {
      if (state === 'asking' || state === 'leaving') return;
      if (!busy()) return go();
      const before = state;
      state = 'asking';
      ask(activity()).then(
        (answer) => {
          if (answer === 'now') return go();
          state = answer === 'when-done' ? 'finishing' : 'open';
          if (state === 'finishing') {
            if (before !== 'finishing') onFinishing();
            update();
          }
        },
        () => go(),
      );
    },
  };
}
