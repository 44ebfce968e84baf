import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FIRST_PATIENCE_MS,
  LAST_PATIENCE_MS,
  type LadderSample,
  type LadderState,
  newLadder,
  RUNGS,
  rungKbps,
  STRAIN_MS,
  stepLadder,
} from './ladder.ts';

type Seconds = { late?: number; skipped?: number; speed?: number; destinations?: Partial<Record<string, Destination>> };
type Destination = { state?: 'live' | 'waiting'; queueMs?: number; drops?: number; bytes?: number };

/** A second at a time through the ladder; what a destination does not say is what a healthy one does. */
function simulate(): {
  run(seconds: number, second?: Seconds | ((state: LadderState) => Seconds)): LadderState;
  steps: number[];
} {
  let state = newLadder(0);
  let nowMs = 0;
  let frames = 0;
  let lateFrames = 0;
  let skippedFrames = 0;
  const dropped: Record<string, number> = {};
  const sent: Record<string, number> = {};
  const steps: number[] = [0];
  return {
    steps,
    run(seconds, second = {}) {
      for (let i = 0; i < seconds; i++) {
        const {
          late = 0,
          skipped = 0,
          speed = 1,
          destinations = { a: {} },
        } = typeof second === 'function' ? second(state) : second;
        nowMs += 1000;
        frames += 25;
        lateFrames += late;
        skippedFrames += skipped;
        const sample: LadderSample = {
          nowMs,
          session: { frames, lateFrames, skippedFrames, encoderSpeed: speed, encoderQueue: 0 },
          destinations: Object.entries(destinations).map<LadderSample['destinations'][number]>(
            ([id, told = {}]: [string, Destination | undefined]) => {
              const { state: light = 'live' as const, queueMs = 0, drops = 0, bytes = 300_000 } = told;
              dropped[id] = (dropped[id] ?? 0) + drops;
              sent[id] = (sent[id] ?? 0) + bytes;
              return { id, state: light, queueMs, droppedFrames: dropped[id], sentBytes: sent[id] };
            },
          ),
        };
        state = stepLadder(state, sample);
        if (state.step !== steps.at(-1)) steps.push(state.step);
      }
      return state;
    },
  };
}

test('a thin line costs bits first, a rung at a time, then frames and size, and never goes below the last', () => {
  const { run, steps } = simulate();
  run(20);
  run(300, { destinations: { a: { queueMs: 4000 }, b: {} } });
  assert.deepEqual(steps, [0, 1, 2, 3, 4, 5, 6]);
  for (const [index, rung] of RUNGS.entries()) {
    const above = RUNGS[index - 1];
    if (above !== undefined)
      assert.ok(rung.share <= above.share && rung.scale <= above.scale && rung.fpsDivisor >= above.fpsDivisor);
  }
  assert.equal(rungKbps(RUNGS[2]!, 2500), 1250);
  assert.equal(rungKbps(RUNGS[6]!, 300), 200);
});

test('a machine that is too slow passes over the rungs that only save bits', () => {
  const slow = simulate();
  slow.run(20);
  slow.run(12, { late: 5 });
  assert.deepEqual(slow.steps, [0, 4]);
  const behind = simulate();
  behind.run(20);
  assert.equal(behind.run(12, { speed: 0.8 }).cause, 'machine');
  assert.deepEqual(behind.steps, [0, 4]);
});

test('an encoder that takes only some of the frames is too slow, whatever it says of its speed', () => {
  const show = simulate();
  show.run(30);
  assert.deepEqual(show.steps, [0]);
  const { step, cause } = show.run(8, { skipped: 6 });
  assert.deepEqual([step, cause], [4, 'machine']);
});

test('a hiccup is no reason, nor is what comes and goes', () => {
  const { run, steps } = simulate();
  run(20);
  for (let i = 0; i < 30; i++) {
    run(STRAIN_MS / 1000 - 2, { late: 8, destinations: { a: { queueMs: 5000 } } });
    run(2);
  }
  assert.deepEqual(steps, [0]);
});

test('a destination that is away, or dead, or has just come back does not cost the others anything', () => {
  const { run, steps } = simulate();
  run(20, { destinations: { a: {}, b: {} } });
  run(120, { destinations: { a: {}, b: { state: 'waiting', queueMs: 60_000, drops: 25, bytes: 0 } } });
  // Back, and what piled up drains within ten seconds.
  run(9, { destinations: { a: {}, b: { queueMs: 5000, drops: 3 } } });
  run(60, { destinations: { a: {}, b: {} } });
  // Connected, but takes nothing at all.
  run(120, { destinations: { a: {}, b: { queueMs: 60_000, drops: 25, bytes: 0 } } });
  assert.deepEqual(steps, [0]);
});

test('up again only after health that lasts, and ever more patiently where a rung proved too much', () => {
  const { run, steps } = simulate();
  run(20);
  // The line carries three quarters and not all of it.
  const thin = (state: LadderState): Seconds => ({ destinations: { a: { queueMs: state.step === 0 ? 4000 : 0 } } });
  run(3600, thin);
  const climbs = steps.filter((step) => step === 0).length - 1;
  assert.ok(climbs >= 4 && climbs <= 7, `${climbs} climbs in an hour`);
  assert.ok(steps.every((step) => step <= 1));
  const state = run(1, thin);
  assert.equal(state.patienceMs, LAST_PATIENCE_MS);
  // It has become well: all the way up, and after a long time as patient as at first.
  run((2 * LAST_PATIENCE_MS) / 1000 + 20);
  assert.equal(steps.at(-1), 0);
  assert.equal(run(1).patienceMs, FIRST_PATIENCE_MS);
});

test('what is neither strain nor health keeps it where it is', () => {
  const { run, steps } = simulate();
  run(20);
  run(STRAIN_MS / 1000 + 4, { destinations: { a: { queueMs: 4000 } } });
  assert.deepEqual(steps, [0, 1]);
  run(1800, { destinations: { a: { queueMs: 1500 } } });
  assert.deepEqual(steps, [0, 1]);
});

test('a session that falls and comes back is no strain, with counters that begin anew', () => {
  let state = newLadder(0);
  let frames = 0;
  for (let second = 1; second < 120; second++) {
    frames = second === 60 ? 0 : frames + 25;
    const session =
      second > 55 && second < 60
        ? null
        : { frames, lateFrames: second < 56 ? 400 : 0, skippedFrames: 0, encoderSpeed: null, encoderQueue: 0 };
    state = stepLadder(state, { nowMs: second * 1000, session, destinations: [] });
  }
  assert.equal(state.step, 0);
});
