/** A new version on trial for some of the utterances, judged against the one that does the rest. Pure. */
import type { Outcome, Trial, Uses } from './state.ts';

/** As many latencies are kept as make a steady median. */
const KEPT = 200;
/** Before so many uses on each side, slowness says nothing. */
const ENOUGH = 20;
/** After so many good uses the trial has passed. */
export const PASSED_AFTER = 100;
const FAILURES_IN_ROW = 3;
/** Slower than the standing one by so much is too slow, where it can be felt at all. */
const TOO_SLOW = 1.5;
const FELT_MS = 30;
/** More failures of a hundred than the standing one by so many. */
const WORSE_BY = 0.1;

export function withUse(uses: Uses, { ok, latencyMs }: { ok: boolean; latencyMs: number }): Uses {
  return {
    uses: uses.uses + 1,
    failures: uses.failures + (ok ? 0 : 1),
    latenciesMs: ok ? [...uses.latenciesMs, latencyMs].slice(-KEPT) : uses.latenciesMs,
  };
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** null: it goes on. */
export function verdict({ trial, standing }: Trial): Pick<Outcome, 'passed' | 'detail' | 'detailZh'> | null {
  const failed = (detail: string, detailZh: string) => ({ passed: false, detail, detailZh });
  const { uses, failures } = trial;
  if (failures >= FAILURES_IN_ROW && failures === uses)
    return failed(`it failed ${failures} times in a row`, `连续失败 ${failures} 次`);
  const rate = uses === 0 ? 0 : failures / uses;
  const usual = standing.uses === 0 ? 0 : standing.failures / standing.uses;
  const percent = (share: number): string => `${Math.round(share * 100)} %`;
  if (failures >= FAILURES_IN_ROW && uses >= 2 * FAILURES_IN_ROW && rate > usual + WORSE_BY)
    return failed(
      `${percent(rate)} of its answers failed, ${percent(usual)} of the other’s`,
      `失败率 ${percent(rate)}，原模型为 ${percent(usual)}`,
    );
  const [mine, other] = [median(trial.latenciesMs), median(standing.latenciesMs)];
  const enough = trial.latenciesMs.length >= ENOUGH && standing.latenciesMs.length >= ENOUGH;
  if (enough && mine! > other! * TOO_SLOW && mine! - other! > FELT_MS)
    return failed(
      `it takes ${Math.round(mine!)} ms where the other takes ${Math.round(other!)} ms`,
      `耗时 ${Math.round(mine!)} 毫秒，原模型为 ${Math.round(other!)} 毫秒`,
    );
  if (uses >= PASSED_AFTER)
    return {
      passed: true,
      detail: `${uses - failures} of ${uses} answers went well`,
      detailZh: `${uses} 次中成功 ${uses - failures} 次`,
    };
  return null;
}

/** Gives true for `percent` of a hundred calls, evenly spread. */
export function createShare(): (percent: number) => boolean {
  let due = 0;
  return (percent) => {
    due += percent;
    if (due < 100) return false;
    due -= 100;
    return true;
  };
}
