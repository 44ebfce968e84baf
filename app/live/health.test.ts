import assert from 'node:assert/strict';
import { test } from 'node:test';
import { healthReport, isHealthy, prometheusText } from './health.ts';
import { wellDestination, wellSession, wellStatus } from './live-figures.fixture.ts';

const processes = [
  { name: 'session', pid: 7, rssMb: 300.04, cpuPercent: 70 },
  { name: 'hub', pid: 8, rssMb: 60, cpuPercent: 3.25 },
];

test('a show is well while it is on air and somebody gets it', () => {
  const dead = wellDestination('b', { state: 'waiting' });
  assert.equal(isHealthy(wellStatus()), true);
  assert.equal(isHealthy(wellStatus({ destinations: [wellDestination('a'), dead] })), true);
  assert.equal(isHealthy(wellStatus({ destinations: [dead] })), false);
  assert.equal(isHealthy(wellStatus({ destinations: [] })), true);
  for (const state of ['off', 'starting', 'recovering', 'stopping', 'failed'] as const)
    assert.equal(isHealthy(wellStatus({ state })), false, state);
});

test('the report says what is said and next, and sums up all processes', () => {
  const report = healthReport({ status: wellStatus(), processes });
  assert.equal(report.healthy, true);
  assert.equal(report.memoryMb, 360);
  assert.equal((report.session as { speaking: string }).speaking, '大家好');
  assert.equal((report.session as { next: string }).next, 'And "then"');
});

test('the metrics are in the format of Prometheus: each name once described, every sample a number, labels escaped', () => {
  const odd = 'a "name"\\\n';
  const text = prometheusText([
    {
      status: wellStatus({
        projectId: odd,
        session: wellSession({ encoderSpeed: null, lateFrames: 12, skippedFrames: 3 }),
      }),
      processes,
    },
    { status: wellStatus({ projectId: 'second', session: null, state: 'recovering' }), processes: [] },
  ]);
  assert.ok(text.endsWith('\n'));
  const types = [...text.matchAll(/^# TYPE (\S+) (?:gauge|counter)$/gm)].map(([, name]) => name);
  assert.equal(new Set(types).size, types.length);
  for (const line of text.trimEnd().split('\n')) {
    if (line.startsWith('# ')) continue;
    const parsed = /^([a-z_]+)\{((?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+)\} (-?[\d.e+-]+)$/.exec(line);
    assert.ok(parsed !== null, line);
    assert.ok(types.includes(parsed[1]), line);
    assert.ok(Number.isFinite(Number(parsed[3])), line);
  }
  assert.ok(text.includes('shenghua_live_late_frames_total{show="a \\"name\\"\\\\\\n"} 12'));
  assert.match(text, /shenghua_live_skipped_frames_total\{.*\} 3\n/);
  assert.ok(text.includes('shenghua_live_up{show="second"} 0'));
  assert.ok(!text.includes('encoder_speed_ratio'), 'what is not known has no sample');
  // What is said has no place among the figures: it would be a new series each time.
  assert.ok(!text.includes('大家好'));
});
