/** Which model does which work, kept in one file that several processes of the studio share. */
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  MODEL_TASKS,
  type ModelTask,
  modelIdSchema,
  modelVersionSchema,
  sha256Schema,
} from '../../app/models/manifest.ts';
import { writeTextWhole } from '../files/atomic-file.ts';
import { asStorageError } from '../files/failures.ts';
import { tryProcessLock } from '../files/process-lock.ts';
import { type ModelName, makeFolder, patiently } from './layout.ts';

const nameSchema = z.strictObject({ id: modelIdSchema, version: modelVersionSchema });
const usesSchema = z.strictObject({
  uses: z.int().min(0),
  failures: z.int().min(0),
  /** Of those that went well, the newest last. */
  latenciesMs: z.array(z.number()),
});
export type Uses = z.infer<typeof usesSchema>;
export const NO_USES: Uses = { uses: 0, failures: 0, latenciesMs: [] };

export const trialSchema = z.strictObject({
  ...nameSchema.shape,
  /** Of a hundred utterances. */
  percent: z.int().min(1).max(99),
  startedAtMs: z.number(),
  trial: usesSchema,
  /** Of the model it may take the place of, meanwhile. */
  standing: usesSchema,
});
export type Trial = z.infer<typeof trialSchema>;

/** How a trial ended, for people to read. */
export const outcomeSchema = z.strictObject({
  ...nameSchema.shape,
  atMs: z.number(),
  passed: z.boolean(),
  detail: z.string(),
  detailZh: z.string(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

const stateSchema = z.object({
  chosen: z.partialRecord(z.enum(MODEL_TASKS), nameSchema).default({}),
  /** What was chosen before, newest last. */
  before: z.partialRecord(z.enum(MODEL_TASKS), z.array(nameSchema).max(20)).default({}),
  trials: z.partialRecord(z.enum(MODEL_TASKS), trialSchema).default({}),
  outcomes: z.partialRecord(z.enum(MODEL_TASKS), outcomeSchema).default({}),
  /** `<id>@<version>/<path>`: SHA-256 taken at a first download's word. */
  pins: z.record(z.string(), sha256Schema).default({}),
  maxBytesPerS: z.number().min(1024).nullable().default(null),
  /** Raised by whatever changes which models are here. */
  revision: z.int().default(0),
});
export type ModelState = z.infer<typeof stateSchema>;

export interface StateFile {
  /** As it is now, whoever changed it. */
  read(): Promise<ModelState>;
  /** The last that was read; for what may not wait. */
  readonly last: ModelState;
  /** One change after the other, over all processes. `change` gives the new state, or null for none. @throws StudioError `storage.*` */
  update(change: (state: ModelState) => ModelState | null): Promise<ModelState>;
}

const EMPTY = stateSchema.parse({});
const LOCK_TRIES = 200;

export function openStateFile(path: string): StateFile {
  let last = EMPTY;
  let mark = '';
  let queue: Promise<unknown> = Promise.resolve();

  async function read(): Promise<ModelState> {
    try {
      const { mtimeMs, size, ino } = await stat(path);
      const now = `${mtimeMs} ${size} ${ino}`;
      if (now === mark) return last;
      last = stateSchema.parse(JSON.parse(await readFile(path, 'utf8')));
      mark = now;
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
      // What cannot be read is as none: the models themselves are in their folders.
      if (missing || error instanceof SyntaxError || error instanceof z.ZodError) {
        last = EMPTY;
        mark = '';
      } else throw asStorageError(error, path);
    }
    return last;
  }

  async function locked<T>(work: () => Promise<T>): Promise<T> {
    const lockPath = join(dirname(path), '.locks', 'state.lock');
    await makeFolder(dirname(lockPath));
    for (let attempt = 0; ; attempt++) {
      const release = tryProcessLock(lockPath);
      if (release !== null) {
        try {
          return await work();
        } finally {
          release();
        }
      }
      if (attempt > LOCK_TRIES)
        throw asStorageError(Object.assign(new Error('held'), { code: 'EBUSY', syscall: 'lock' }), path);
      await sleep(10 + Math.min(attempt, 20));
    }
  }

  return {
    read,
    get last() {
      return last;
    },
    update(change) {
      const done = queue.then(() =>
        locked(async () => {
          const next = change(await read());
          if (next === null) return last;
          await patiently(path, () => writeTextWhole(path, `${JSON.stringify(next, null, 1)}\n`));
          return await read();
        }),
      );
      queue = done.catch(() => {});
      return done;
    },
  };
}

/** With `name` doing the task's work, and what did it before remembered. */
export function withChosen(state: ModelState, task: ModelTask, name: ModelName): ModelState {
  const old = state.chosen[task];
  const same = old !== undefined && old.id === name.id && old.version === name.version;
  const before =
    same || old === undefined ? (state.before[task] ?? []) : [...(state.before[task] ?? []), old].slice(-20);
  const { [task]: _, ...trials } = state.trials;
  return {
    ...state,
    revision: state.revision + 1,
    chosen: { ...state.chosen, [task]: { id: name.id, version: name.version } },
    before: { ...state.before, [task]: before },
    trials,
  };
}
