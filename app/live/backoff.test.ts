import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterLive, ceilingMs, HEALTHY_MS, LAST_CEILING_MS, nextRetry, type Outage } from './backoff.ts';

/** Park and Miller. */
const seeded = (seed: number) => (): number => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647;
};

/** Attempts, each failing at once, until the server returns; then how long it is not noticed. */
function unnoticedMs(goneMs: number, random: () => number): { unnoticedMs: number; attempts: number } {
  let nowMs = 1_000_000;
  const returnsMs = nowMs + goneMs;
  let outage: Outage | null = null;
  for (;;) {
    const retry = nextRetry(outage, nowMs, random);
    outage = retry.outage;
    nowMs += retry.delayMs;
    if (nowMs >= returnsMs) return { unnoticedMs: nowMs - returnsMs, attempts: outage.attempts };
  }
}

test('a server that was gone for five seconds is noticed within three, one that was gone for ten minutes within sixty', () => {
  for (let seed = 1; seed <= 500; seed++) {
    const random = seeded(seed);
    assert.ok(unnoticedMs(5_000, random).unnoticedMs <= 3_000);
    const long = unnoticedMs(600_000, random);
    assert.ok(long.unnoticedMs <= LAST_CEILING_MS);
    assert.ok(long.attempts < 120, `${long.attempts} attempts`);
  }
  // At worst, too.
  assert.ok(unnoticedMs(5_000, () => 0.999999).unnoticedMs <= 3_000);
});

test('waits spread over the whole ceiling, which grows to a minute and no further', () => {
  const random = seeded(7);
  const waits = Array.from({ length: 2_000 }, () => nextRetry({ sinceMs: 0, attempts: 5 }, 100_000, random).delayMs);
  assert.ok(Math.min(...waits) < 0.02 * ceilingMs(100_000) && Math.max(...waits) > 0.98 * ceilingMs(100_000));
  assert.equal(ceilingMs(0), 1_000);
  assert.equal(ceilingMs(3_600_000), 60_000);
});

test('half a minute of streaming ends an outage; less does not, and does not count as part of it', () => {
  const outage = { sinceMs: 10_000, attempts: 9 };
  assert.equal(afterLive(outage, HEALTHY_MS), null);
  assert.deepEqual(afterLive(outage, 20_000), { sinceMs: 30_000, attempts: 9 });
  assert.equal(afterLive(null, 1), null);
});
