import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { wellSession } from '../../../app/live/live-figures.fixture.ts';
import { createLateBursts } from './late-bursts.ts';
import { createRedactor } from './redact.ts';
import { openTraceLog, readTrace } from './trace-log.ts';
import { whyLate } from './why-late.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shenghua-trace-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const event = (what: string, detail = '') => ({ type: 'event' as const, what, streamMs: null, detail });

test('the log keeps to its size, goes on after half a line, and holds no key', async () => {
  const own = join(folder, 'sized');
  const redactor = createRedactor();
  redactor.add('sk-very-secret');
  const log = openTraceLog(own, redactor.clean, { mostBytes: 4000 });
  for (let i = 0; i < 200; i++) {
    log.write(event('restart', `number ${i} sk-very-secret ${'x'.repeat(100)}`));
    await log.flushed();
  }
  const names = await readdir(own);
  assert.equal(names.length, 5);
  for (const name of names) {
    assert.ok((await stat(join(own, name))).size <= 4000, name);
    assert.ok(!(await readFile(join(own, name), 'utf8')).includes('very-secret'));
  }
  await appendFile(log.path, '{"atWallMs": 12');
  const entries = await readTrace(own);
  assert.match(JSON.stringify(entries.at(-1)), /number 199 /);
});

test('a late frame is explained by the burst it lies in, its utterance and what befell the show', async () => {
  const own = join(folder, 'late');
  const log = openTraceLog(own, (text) => text);
  const bursts = createLateBursts();
  const note = (frames: number, lateFrames: number, more = {}): void => {
    const burst = bursts.seen(wellSession({ frames, lateFrames, streamMs: frames * 40, ...more }));
    if (burst !== null) log.write({ type: 'late', burst });
  };
  note(100, 0);
  note(125, 3, { renderAhead: 0, fpsIn: 19 });
  note(150, 9, { renderAhead: 2, cpuPercent: 190 });
  note(175, 9);
  note(200, 10, { renderAhead: 6, encoderQueue: 40, encoderSpeed: 0.7 });
  note(225, 10);
  note(250, 11, { stalls: 1 });
  note(275, 11, { stalls: 1 });
  note(300, 12, { stalls: 1, skippedFrames: 8 });
  log.write(event('restart', 'hub'));
  log.write({
    type: 'utterance',
    utterance: {
      ...{
        id: 'u1',
        source: 'show',
        text: '大家好',
        askedAtMs: 1000,
        spokenAtMs: 1400,
        announcedAtMs: 1410,
        interrupted: false,
      },
      ...{ firstFrameDrawnAtMs: 1500, firstFrameFedAtMs: 1530, fromStreamMs: 4000, toStreamMs: 7000, lateFrames: 9 },
    },
  });
  const open = bursts.end();
  assert.ok(open !== null);
  log.write({ type: 'late', burst: open });
  await log.flushed();

  const entries = await readTrace(own);
  assert.equal(whyLate(entries, 90), null);
  assert.equal(whyLate(entries, 160)?.burst ?? null, null);
  const why = whyLate(entries, 130);
  assert.deepEqual(
    [why?.reason, why?.burst.lateFrames, why?.burst.fromFrame, why?.burst.toFrame],
    ['drawing', 9, 100, 150],
  );
  assert.deepEqual([why?.burst.renderAheadLeast, why?.burst.cpuPercentMost, why?.burst.fpsInLeast], [0, 190, 19]);
  assert.deepEqual(why?.utterance, {
    ...{ id: 'u1', text: '大家好', voiceMs: 400, lipsMs: 10, compositorMs: 90, encoderMs: 30 },
  });
  assert.deepEqual(
    why?.around.map(({ what, detail }) => `${what} ${detail}`),
    ['restart hub'],
  );
  assert.equal(whyLate(entries, 190)?.reason, 'encoder');
  assert.equal(whyLate(entries, 240)?.reason, 'stalled');
  const left = whyLate(entries, 290);
  assert.deepEqual([left?.reason, left?.burst.lateFrames], ['encoder', 9]);
});
