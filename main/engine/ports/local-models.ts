/** Which models on this machine do the work. The model manager is behind it; local providers ask it before each piece of work. */
import type { InstalledModel, ModelTask } from '../../../app/models/manifest.ts';

export interface LocalModels {
  /**
   * The model for the next utterance; null where none is installed for the task. Asked anew before each: a switch takes effect with
   * the next utterance, and a version on trial is given for its share of them.
   */
  chosen(task: ModelTask): Promise<InstalledModel | null>;
  /** What is in use whatever is on trial: what a standby holds ready. */
  standing(task: ModelTask): Promise<InstalledModel | null>;
  /** Told after a task's models changed (installed, removed, switched, rolled back), until the function it returns is called. */
  changes(listener: (task: ModelTask) => void): () => void;
  /** How an utterance went: a trial is judged by it, and undone by itself. Never throws. */
  reportUse(model: InstalledModel, use: { ok: boolean; latencyMs: number }): void;
}
