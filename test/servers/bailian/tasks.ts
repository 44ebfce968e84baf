/** The queue of asynchronous tasks: one at a time, as an account is allowed. */
import { randomUUID } from 'node:crypto';
import { type BailianContext, pause } from './context.ts';
import type { Json } from './http-call.ts';
import { Refused } from './refusal.ts';

export type TaskStatus =
  | 'PENDING'
  | 'PRE-PROCESSING'
  | 'RUNNING'
  | 'POST-PROCESSING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELED';

export interface Task {
  id: string;
  model: string;
  status: TaskStatus;
  submittedMs: number;
  startedMs: number | null;
  endedMs: number | null;
  /** What it came to: members of the output, and of the usage. */
  output: Json;
  usage: Json | null;
  requestId: string;
}

const KEPT_MS = 24 * 3600_000;

export class Tasks {
  readonly #context: BailianContext;
  readonly #all = new Map<string, Task>();
  #last: Promise<void> = Promise.resolve();

  constructor(context: BailianContext) {
    this.#context = context;
  }

  /** `fails`: told to, with this code. */
  submit(
    model: string,
    requestId: string,
    work: (signal: AbortSignal) => Promise<{ output: Json; usage: Json }>,
    fails: { code: string; message: string } | null,
  ): Task {
    const task: Task = {
      id: randomUUID(),
      model,
      status: 'PENDING',
      submittedMs: this.#context.nowMs(),
      startedMs: null,
      endedMs: null,
      output: {},
      usage: null,
      requestId,
    };
    this.#all.set(task.id, task);
    const before = this.#last;
    this.#last = Promise.all([before, pause(this.#context.timing.taskPendingMs, this.#context.closing)]).then(() =>
      this.#run(task, work, fails),
    );
    return task;
  }

  /** null: never was, or is forgotten by now. */
  get(id: string): Task | null {
    const task = this.#all.get(id);
    return task === undefined || this.#context.nowMs() - task.submittedMs > KEPT_MS ? null : task;
  }

  list(): Task[] {
    return [...this.#all.values()].filter((task) => this.get(task.id) !== null).reverse();
  }

  /** @throws Refused UnsupportedOperation once it has begun */
  cancel(id: string): void {
    const task = this.get(id);
    if (task?.status !== 'PENDING') {
      throw new Refused(
        400,
        'UnsupportedOperation',
        'Failed to cancel the task, please confirm if the task is in PENDING status.',
      );
    }
    task.status = 'CANCELED';
    task.endedMs = this.#context.nowMs();
  }

  async #run(
    task: Task,
    work: (signal: AbortSignal) => Promise<{ output: Json; usage: Json }>,
    fails: { code: string; message: string } | null,
  ): Promise<void> {
    const { closing, timing } = this.#context;
    if (closing.aborted || task.status !== 'PENDING') return;
    const phases: TaskStatus[] =
      task.model === 'videoretalk' ? ['PRE-PROCESSING', 'RUNNING', 'POST-PROCESSING'] : ['RUNNING'];
    task.startedMs = this.#context.nowMs();
    let made: { output: Json; usage: Json } | null = null;
    try {
      for (const phase of phases) {
        task.status = phase;
        await pause(timing.taskRunningMs / phases.length, closing);
        if (phase !== 'RUNNING') continue;
        if (fails !== null) throw new Refused(400, fails.code, fails.message);
        made = await work(closing);
      }
      task.output = made?.output ?? {};
      task.usage = made?.usage ?? null;
      task.status = 'SUCCEEDED';
    } catch (error) {
      if (closing.aborted) return;
      const { code, message } = error instanceof Refused ? error : { code: 'InternalError', message: String(error) };
      task.output = { code, message };
      task.status = 'FAILED';
    }
    task.endedMs = this.#context.nowMs();
  }
}

/** `2026-11-22 17:38:24.817`, the clock on the vendor's wall. */
export function beijingTime(ms: number): string {
  return new Date(ms + 8 * 3600_000).toISOString().slice(0, 23).replace('T', ' ');
}
