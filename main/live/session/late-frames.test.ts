import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { doubles, FRAME_MS, flashes, SIZE, say, stage, tones } from './testing/flash-and-tone.ts';
import { LiveWorld, line, liveProject } from './testing/live-world.ts';

test('the first sentence is known before anything is drawn; said into the quiet, nothing is drawn twice', async () => {
  await using world = await LiveWorld.open();
  const { deps, clock, flash } = doubles(world, true);
  const segments = [
    { kind: 'script', id: 'talk', lines: [line('a', 'One.')] },
    { kind: 'idle', id: 'rest', durationMs: 8000 },
  ];
  const live = { show: { segments, rounds: 1 }, output: { videoKbps: 300, preset: 'ultrafast' } };
  const session = await world.session({ project: liveProject([], { stage, live }) }, deps);
  const settled = clock.settled;
  const askedAtMs: number[] = [];
  clock.settled = async (ms) => {
    await settled(ms);
    const { streamMs } = session.status();
    if (streamMs < 3000 * (askedAtMs.length + 1) || askedAtMs.length === 2) return;
    askedAtMs.push(streamMs);
    session.command(say(`desk${askedAtMs.length}`, 'Two.', askedAtMs.length === 1 ? 'queue' : 'interrupt'));
  };
  await session.run();
  assert.ok(flash.asked.indexOf('speak') < flash.asked.indexOf('frame'));
  assert.equal(flash.asked.filter((what) => what === 'rewind').length, 0);
  const heard = tones(await world.sound());
  assert.equal(heard.length, 3);
  for (const [i, atMs] of askedAtMs.entries()) {
    const after = heard[i + 1]!.fromMs - atMs;
    assert.ok(after <= 400, `first heard after ${after} ms`);
  }
  assert.equal(flashes(await world.pictures(SIZE, SIZE)).length, 3);
});

test('an interruption leaves no frame without a picture where drawing takes its time, and closes the mouth within 200 ms', async () => {
  await using world = await LiveWorld.open();
  const { deps, clock, flash } = doubles(world, true);
  const lines = [line('a', 'One. Two. Three.'), line('b', 'Four.')];
  const session = await world.session({ project: liveProject(lines, { stage }) }, deps);
  /** Drawing answers this much later, by the stream's clock. */
  const DRAWING_MS = 90;
  const due: { atMs: number; draw: () => void }[] = [];
  let askedAtMs = 0;
  const isSlow = (): boolean => askedAtMs > 0 && session.status().streamMs < askedAtMs + 1000;
  flash.delay = () => {
    if (!isSlow()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    due.push({ atMs: clock.nowMs() + DRAWING_MS, draw: resolve });
    return promise;
  };
  const settled = clock.settled;
  clock.settled = async (ms) => {
    for (const each of due.splice(0)) {
      if (each.atMs <= ms || !isSlow()) each.draw();
      else due.push(each);
    }
    if (isSlow()) {
      for (let i = 0; i < 50; i++) await turn();
      return;
    }
    await settled(ms);
    if (askedAtMs > 0 || session.status().speaking?.text !== 'Two.' || ms < 1200) return;
    askedAtMs = session.status().streamMs;
    session.command(say('now', 'Stop.', 'interrupt'));
  };
  await session.run();
  assert.ok(askedAtMs > 0);
  assert.equal(session.status().lateFrames, 0);
  const seen = flashes(await world.pictures(SIZE, SIZE)).map(({ from, to }) => [from * FRAME_MS, to * FRAME_MS]);
  const cut = seen.find(([from, to]) => from! <= askedAtMs && to! >= askedAtMs);
  assert.ok(cut && cut[1]! - askedAtMs <= 200, JSON.stringify([askedAtMs, seen]));
  assert.equal(seen.length, 6);
});
