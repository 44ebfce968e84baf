import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { wellDestination, wellSession, wellStatus } from '../../app/live/live-figures.fixture.ts';
import { UsageFault } from './faults.ts';
import { destinationsFromOptions, webhookOption } from './live-options.ts';
import { createLiveProgress } from './live-progress.ts';
import { durationOption } from './option-values.ts';

const signal = new AbortController().signal;

test('addresses come from the line, a file and the environment; what names a key is no address any more', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-to-'));
  try {
    const toFile = join(folder, 'keys.txt');
    await writeFile(toFile, '# mine\r\n\r\n  rtmps://live.example.com:443/app/from-file?x=1 \n');
    const env = { SHENGHUA_STREAM_KEY_2: ' ?streamname=live_1&key=abc ' };
    const found = await destinationsFromOptions(
      { to: ['rtmp://live.example.com/app/on-the-line', 'rtmp://push.example.com/live-bvc/'], toFile },
      signal,
      env,
    );
    assert.deepEqual(found, [
      { id: 'live-example-com', url: 'rtmp://live.example.com/app', key: 'on-the-line' },
      { id: 'push-example-com', url: 'rtmp://push.example.com/live-bvc', key: '?streamname=live_1&key=abc' },
      { id: 'live-example-com-2', url: 'rtmps://live.example.com/app', key: 'from-file?x=1' },
    ]);
    for (const url of ['http://x/app/secret-key', 'rtmp://host', 'rtmp://host/app'])
      await assert.rejects(destinationsFromOptions({ to: [url], toFile: undefined }, signal, {}), (error: unknown) => {
        assert.ok(error instanceof UsageFault, url);
        assert.ok(!error.message.includes('secret-key'));
        return true;
      });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('times are read as people write them', () => {
  const read = (value: string): number => durationOption('--for', value);
  assert.deepEqual(['90s', '10m', '2h', '1h30m', '45', '1H5s'].map(read), [
    ...[90_000, 600_000, 7_200_000, 5_400_000, 45_000, 3_605_000],
  ]);
  for (const wrong of ['', '0', '0s', '-5m', '1.5h', '10 m', 'm', '5d', '99999999h'])
    assert.throws(() => read(wrong), UsageFault, wrong);
});

test('a webhook is an http address, and a wrong one is not repeated', () => {
  assert.equal(webhookOption('https://hooks.example.com/x?token=1'), 'https://hooks.example.com/x?token=1');
  for (const wrong of ['ftp://x', 'hooks.example.com/secret', 'javascript:alert(1)'])
    assert.throws(
      () => webhookOption(wrong),
      (error: unknown) => error instanceof UsageFault && !error.message.includes(wrong),
    );
});

test('the progress fits its terminal and lets nothing through that moves the cursor; elsewhere it is a line at each change', () => {
  const speaking = {
    id: 'u',
    text: `大家好 \x1b[2J\n${'很长'.repeat(80)}`,
    segmentId: null,
    source: 'show' as const,
    fromStreamMs: 0,
  };
  const status = wellStatus({
    session: wellSession({ speaking, lateFrames: 3 }),
    destinations: [wellDestination('a'), wellDestination('b', { state: 'waiting' })],
  });
  const written: string[] = [];
  const words = ({ en }: { en: string }): string => en;
  const console = { json: false, quiet: false, words, note: () => {} };
  const stream = { write: (text: string) => written.push(text) > 0, isTTY: true, columns: 100 };
  let nowMs = 0;
  const progress = createLiveProgress({ stream, console, nowMs: () => nowMs });
  progress.update(status);
  const line = written.join('');
  assert.match(line, /^\r\x1b\[Kon air {2}1:00 {2}25\.0 fps {2}late 3 {2}● a 2600 kbps {2}↻ b {2}“大家好/);
  assert.ok(!/\p{Cc}/u.test(line.slice(4)), JSON.stringify(line));
  const cells = [...line.slice(4)].reduce((sum, each) => sum + (/\p{Script=Han}/u.test(each) ? 2 : 1), 0);
  assert.ok(cells < 100, `${cells} cells`);

  written.length = 0;
  const plain = createLiveProgress({ stream: { write: stream.write }, console, nowMs: () => nowMs });
  for (; nowMs < 30_000; nowMs += 1000) plain.update(status);
  plain.update(wellStatus({ state: 'recovering', session: null }));
  assert.deepEqual(
    written.map((each) => each.split('  ')[0]),
    ['on air', 'recovering'],
  );
  assert.ok(written.every((each) => each.endsWith('\n')));
});
