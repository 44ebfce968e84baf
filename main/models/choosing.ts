/** Which installed model does a task's work: chosen, switched, rolled back, and tried out on some of the utterances. */
import { unwatchFile, watchFile } from 'node:fs';
import { StudioError } from '../../app/errors/index.ts';
import { type InstalledModel, MODEL_TASKS, type ModelTask } from '../../app/models/manifest.ts';
import type { LocalModels } from '../engine/ports/local-models.ts';
import { createShare, verdict, withUse } from './canary.ts';
import { asInstalled, isSame, readInstalled } from './installed.ts';
import { type ModelFolders, type ModelName, type ModelRecord, nameOf } from './layout.ts';
import { type ModelState, NO_USES, type StateFile, withChosen } from './state.ts';

const SAVE_USES_AFTER_MS = 3000;
const LOOK_EVERY_MS = 1000;

export interface Choosing extends LocalModels {
  /** @param percent of the utterances, on trial; unless given, all of them from the next on. @throws StudioError model.not-here */
  use(name: ModelName, percent?: number): Promise<void>;
  /** Ends a trial, or else goes back to the model used before. @throws StudioError model.nothing-to-roll-back */
  rollBack(task: ModelTask): Promise<ModelName>;
  /** After models came or went: who is gone is chosen no longer, and a task without one takes what there is. */
  settle(tasks: readonly ModelTask[]): Promise<void>;
  dispose(): Promise<void>;
}

export interface ChoosingDeps {
  folders: ModelFolders;
  state: StateFile;
  nowMs(): number;
  /** A trial ended by itself, badly. */
  onTrialFailed(error: StudioError): void;
}

export function createChoosing({ folders, state, nowMs, onTrialFailed }: ChoosingDeps): Choosing {
  let known: { revision: number; records: ModelRecord[] } | null = null;
  const shares = new Map<ModelTask, (percent: number) => boolean>();
  const listeners = new Set<(task: ModelTask) => void>();
  const tell = (tasks: readonly ModelTask[]): void => {
    for (const task of tasks) for (const listener of [...listeners]) listener(task);
  };

  const recordsAt = async (now: ModelState): Promise<ModelRecord[]> => {
    if (known?.revision !== now.revision) known = { revision: now.revision, records: await readInstalled(folders) };
    return known.records;
  };
  const find = async (now: ModelState, name: ModelName | undefined): Promise<InstalledModel | null> => {
    if (name === undefined) return null;
    const record = (await recordsAt(now)).find(({ entry }) => isSame(entry, name));
    return record === undefined ? null : asInstalled(folders, record);
  };

  const standing = async (task: ModelTask): Promise<InstalledModel | null> => {
    const now = await state.read();
    return await find(now, now.chosen[task]);
  };

  /** What changed in the file, by whomever. */
  let seen = state.last;
  const look = async (): Promise<void> => {
    const before = seen;
    seen = await state.read().catch(() => before);
    if (seen.revision === before.revision) return;
    const changed = MODEL_TASKS.filter(
      (task) =>
        JSON.stringify([seen.chosen[task], seen.trials[task]?.id, seen.trials[task]?.version]) !==
        JSON.stringify([before.chosen[task], before.trials[task]?.id, before.trials[task]?.version]),
    );
    tell(changed.length > 0 ? changed : MODEL_TASKS);
  };
  const onFile = (): void => void look();
  const update = async (change: (now: ModelState) => ModelState | null): Promise<void> => {
    await state.update(change);
    await look();
  };

  /** When the trials began that are over, until the file says so too. */
  const over = new Set<number>();
  /** Uses of trials that are not in the file yet, oldest first. */
  let unsaved: { task: ModelTask; name: ModelName; ok: boolean; latencyMs: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let saving: Promise<void> = Promise.resolve();
  const counted = (now: ModelState, uses: typeof unsaved): ModelState => {
    const trials = { ...now.trials };
    for (const { task, name, ...use } of uses) {
      const trial = trials[task];
      const chosen = now.chosen[task];
      if (trial === undefined) continue;
      if (isSame(trial, name)) trials[task] = { ...trial, trial: withUse(trial.trial, use) };
      else if (chosen !== undefined && isSame(chosen, name))
        trials[task] = { ...trial, standing: withUse(trial.standing, use) };
    }
    return { ...now, trials };
  };
  const save = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const uses = unsaved;
    unsaved = [];
    if (uses.length === 0) return saving;
    const failed: StudioError[] = [];
    saving = saving
      .then(() =>
        update((now) => {
          let next = counted(now, uses);
          for (const [task, trial] of Object.entries(next.trials) as [ModelTask, ModelState['trials'][ModelTask]][]) {
            const end = trial === undefined ? null : verdict(trial);
            if (trial === undefined || end === null) continue;
            const outcome = { id: trial.id, version: trial.version, atMs: nowMs(), ...end };
            const { [task]: _, ...trials } = next.trials;
            const chosen = next.chosen[task];
            next = end.passed ? withChosen(next, task, trial) : { ...next, revision: next.revision + 1, trials };
            next = { ...next, outcomes: { ...next.outcomes, [task]: outcome } };
            if (!end.passed)
              failed.push(
                new StudioError('model.trial-failed', {
                  ...{ model: nameOf(trial), detail: end.detail, detailZh: end.detailZh },
                  standing: chosen === undefined ? '–' : nameOf(chosen),
                }),
              );
          }
          return next;
        }),
      )
      .then(() => {
        for (const error of failed) onTrialFailed(error);
      })
      .catch(() => {});
    return saving;
  };

  return {
    standing,
    async chosen(task) {
      const now = await state.read();
      const trial = now.trials[task];
      if (trial !== undefined && !over.has(trial.startedAtMs)) {
        let share = shares.get(task);
        if (share === undefined) {
          share = createShare();
          shares.set(task, share);
        }
        const given = share(trial.percent) ? await find(now, trial) : null;
        if (given !== null) return given;
      }
      return await find(now, now.chosen[task]);
    },
    changes(listener) {
      if (listeners.size === 0) {
        seen = state.last;
        void look();
        // Another process may switch models; nobody stays alive to watch for it.
        watchFile(folders.state, { interval: LOOK_EVERY_MS, persistent: false }, onFile);
      }
      const own = (task: ModelTask): void => listener(task);
      listeners.add(own);
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) unwatchFile(folders.state, onFile);
      };
    },
    reportUse({ entry }, { ok, latencyMs }) {
      const { task } = entry;
      if (state.last.trials[task] === undefined) return;
      unsaved.push({ task, name: entry, ok, latencyMs });
      const trial = counted(state.last, unsaved).trials[task];
      // What is decided is done at once, the figures a little later.
      if (trial !== undefined && verdict(trial) !== null) {
        over.add(trial.startedAtMs);
        void save();
      } else timer ??= setTimeout(() => void save(), SAVE_USES_AFTER_MS).unref();
    },
    async use(name, percent) {
      const now = await state.read();
      const model = await find(now, name);
      if (model === null) throw new StudioError('model.not-here', { model: nameOf(name) });
      const { task } = model.entry;
      await update((current) => {
        const chosen = current.chosen[task];
        const itself = chosen !== undefined && isSame(chosen, name);
        if (percent === undefined || chosen === undefined) return withChosen(current, task, name);
        if (itself) return current;
        const { id, version } = name;
        const trial = { id, version, percent, startedAtMs: nowMs(), trial: NO_USES, standing: NO_USES };
        return { ...current, revision: current.revision + 1, trials: { ...current.trials, [task]: trial } };
      });
    },
    async rollBack(task) {
      let back: ModelName | null = null;
      const here = await recordsAt(await state.read());
      await update((current) => {
        const { [task]: trial, ...trials } = current.trials;
        const chosen = current.chosen[task];
        if (trial !== undefined && chosen !== undefined) {
          back = chosen;
          return { ...current, revision: current.revision + 1, trials };
        }
        const before = [...(current.before[task] ?? [])];
        while (before.length > 0) {
          const name = before.pop()!;
          if (!here.some(({ entry }) => isSame(entry, name)) || (chosen !== undefined && isSame(chosen, name)))
            continue;
          back = name;
          // The one gone back from is not what one would go back to.
          return { ...withChosen(current, task, name), before: { ...current.before, [task]: before } };
        }
        return null;
      });
      if (back === null) throw new StudioError('model.nothing-to-roll-back', { task });
      return back;
    },
    async settle(tasks) {
      await update((current) => {
        known = null;
        return { ...current, revision: current.revision + 1 };
      });
      const here = await recordsAt(await state.read());
      const isHere = (name: ModelName): boolean => here.some(({ entry }) => isSame(entry, name));
      await update((current) => {
        let next = current;
        for (const task of tasks) {
          const { [task]: trial, ...trials } = next.trials;
          if (trial !== undefined && !isHere(trial)) next = { ...next, trials };
          const chosen = next.chosen[task];
          if (chosen !== undefined && isHere(chosen)) continue;
          const candidates = [...(next.before[task] ?? [])].reverse().filter(isHere);
          const other = candidates[0] ?? here.find(({ entry }) => entry.task === task)?.entry;
          if (other !== undefined) next = withChosen(next, task, other);
          else if (chosen !== undefined) {
            const { [task]: _, ...rest } = next.chosen;
            next = { ...next, revision: next.revision + 1, chosen: rest };
          }
        }
        return next === current ? null : next;
      });
    },
    async dispose() {
      unwatchFile(folders.state, onFile);
      listeners.clear();
      await save();
    },
  };
}
