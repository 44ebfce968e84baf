/** All that there is to say about models at a moment, for page and command line alike. */
import type { ModelOverview, ModelView } from '../../../app/contract/models.ts';
import { MODEL_TASKS, type ModelEntry, type ModelTask } from '../../../app/models/manifest.ts';
import { median } from '../../models/canary.ts';
import { fitOf, tokensPerS } from '../../models/fit.ts';
import type { ModelManager } from '../../models/index.ts';
import { bytesOf, isSame } from '../../models/installed.ts';
import type { ModelRecord } from '../../models/layout.ts';
import type { Uses } from '../../models/state.ts';
import { toWireError } from '../wire-error.ts';

const shown = ({ uses, failures, latenciesMs }: Uses) => ({ uses, failures, medianMs: median(latenciesMs) });

const TRUST = ['first', 'source', 'manifest'] as const;
const trustOf = ({ files }: ModelRecord): ModelView['trust'] =>
  TRUST.find((trust) => files.some((file) => file.trust === trust)) ?? null;

/** null where a file's length is not known. */
const listedBytes = ({ files }: ModelEntry): number | null =>
  files.reduce<number | null>((sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes), 0);

export async function modelOverview(models: ModelManager, offline: boolean): Promise<Omit<ModelOverview, 'jobs'>> {
  let manifestError: unknown = null;
  const [listed, records, state, machine] = await Promise.all([
    models.manifest().catch((error: unknown) => {
      manifestError = error;
      return models.builtIn;
    }),
    models.records(),
    models.state(),
    models.machine(),
  ]);
  const unlisted = records.filter(({ entry }) => !listed.some((each) => isSame(each, entry)));
  const entries = [...listed, ...unlisted.map(({ entry }) => entry)];
  const view = (entry: ModelEntry): ModelView => {
    const record = records.find((each) => isSame(each.entry, entry));
    const { [entry.task]: chosen } = state.chosen;
    const { [entry.task]: trial } = state.trials;
    const bytes = record === undefined ? listedBytes(entry) : bytesOf(record);
    return {
      entry: record?.entry ?? entry,
      status: record === undefined ? 'available' : record.verifiedAtMs === null ? 'damaged' : 'installed',
      chosen: chosen !== undefined && isSame(chosen, entry),
      trial:
        trial !== undefined && isSame(trial, entry)
          ? { percent: trial.percent, trial: shown(trial.trial), standing: shown(trial.standing) }
          : null,
      bytes,
      trust: record === undefined ? null : trustOf(record),
      fit: fitOf(entry, machine, record === undefined ? bytes : 0),
      tokensPerS: tokensPerS(entry, bytes, machine),
    };
  };
  const canRollBack = (task: ModelTask): boolean =>
    state.trials[task] !== undefined ||
    (state.before[task] ?? []).some(
      (name) => records.some(({ entry }) => isSame(entry, name)) && !isSame(name, state.chosen[task] ?? name),
    );
  return {
    models: MODEL_TASKS.flatMap((task) => entries.filter((entry) => entry.task === task).map(view)),
    machine,
    folder: models.folder,
    diskBytes: records.reduce((sum, record) => sum + bytesOf(record), 0),
    maxBytesPerS: state.maxBytesPerS,
    offline,
    canRollBack: MODEL_TASKS.filter(canRollBack),
    outcomes: Object.values(state.outcomes).map(({ id, version, ...outcome }) => ({
      model: { id, version },
      ...outcome,
    })),
    manifestError: manifestError === null ? null : toWireError(manifestError),
  };
}
