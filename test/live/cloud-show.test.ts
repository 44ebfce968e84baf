/** A show whose voices come from the cloud, on the command line, while the cloud breaks off again and again. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { quietStretches, soundPeaks } from '../../bench/live-media.ts';
import { ffmpegPath, openPlatform } from '../../main/broadcast/testing/stage.ts';
import { Place, until } from '../cli/run-cli.ts';
import { PASSING_FAULTS } from '../servers/bailian/faults.ts';
import { startBailian } from '../servers/bailian/server.ts';

interface Duty {
  stage: string;
  provider: string;
  sinceMs: number;
  error: { code: string } | null;
}

test('a show whose cloud breaks off is never silent for two seconds; who speaks instead, since when and why is told in its notes, its health and its log', async (t) => {
  await using bailian = await startBailian({ firstByteMs: 50, speechRate: 8 });
  // Each line of the first voice dies in the middle; whoever else is asked fares as it may.
  bailian.faults.always('tts-task', { kind: 'cut', afterBytes: 60_000 });
  bailian.faults.random(7, 0.3, PASSING_FAULTS);
  const platform = await openPlatform(t, { key: 'sk_live' });
  const place = await Place.of(t);
  const words = ['苹果又红又甜', '雨伞轻便结实', '茶杯今天最划算', '围巾颜色特别好看']
    .map((each, i) => `第${i + 1}件，${each}，喜欢的朋友不要错过，一共只有${i + 5}件。`)
    .join('\n');
  const running = place.start(
    // biome-ignore format: as one writes it
    ['live', '--portrait', 'sample:lin', '--text', words, '--voice', 'cosyvoice:longanyang', '--size', '320x180', '--preset', 'ultrafast',
      '--kbps', '300', '--to', platform.url, '--health-port', '0', '--for', '10s', '--lang', 'en'],
    {
      env: {
        SHENGHUA_STREAM_KEY_1: 'sk_live',
        DASHSCOPE_API_KEY: bailian.key,
        DASHSCOPE_HTTP_BASE_URL: bailian.httpBaseUrl,
        DASHSCOPE_WEBSOCKET_BASE_URL: bailian.webSocketBaseUrl,
      },
    },
  );
  t.after(() => running.child.kill('SIGKILL'));
  await running.says(/On air/);
  const port = Number(/127\.0\.0\.1:(\d+)\/health/.exec(running.stderr)?.[1]);
  let duty: Duty | undefined;
  await until('a stand-in is on duty', async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } });
    const { shows } = (await answer.json()) as { shows: { duties: Duty[] }[] };
    duty = shows[0]?.duties.find(({ stage, error }) => stage === 'tts' && error !== null);
    return duty !== undefined;
  });
  assert.ok(duty!.provider !== 'cosyvoice' && /^cloud\./.test(duty!.error!.code));
  assert.ok(Math.abs(duty!.sinceMs - Date.now()) < 120_000);
  const { code, stderr } = await running.finished;
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^Speaking with [\w-]+ since \d\d:\d\d: [a-z]/m);

  const log = (await place.paths(place.at('data'))).find((path) => path.endsWith('trace.jsonl'))!;
  const entries = (await readFile(log, 'utf8')).split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
  const switches = entries.filter(({ what }) => what === 'duty').map(({ detail }) => String(detail));
  assert.ok(
    switches.some((detail) => /^tts cosyvoice → [\w-]+, in the middle .*: cloud\./.test(detail)),
    switches.join('\n'),
  );
  const skipped = entries.filter(({ detail }) => String(detail).startsWith('session.sentence-skipped'));
  assert.deepEqual(skipped, []);
  for (const path of await place.paths(place.folder))
    assert.ok(!(await readFile(path)).includes(bailian.key), `the key is in ${path}`);

  const { path } = platform.published.at(-1)!;
  const peaks = await soundPeaks(await ffmpegPath(), path, new AbortController().signal);
  // The end of the show is silent by right.
  const heard = peaks.subarray(
    0,
    peaks.findLastIndex((peak) => peak > 0.02),
  );
  const silences = quietStretches(heard, 100).map(({ fromMs, toMs }) => toMs - fromMs);
  assert.ok(heard.length > 5000, `${heard.length} ms are heard`);
  assert.ok(Math.max(...silences) <= 2000, `silent for ${Math.max(...silences)} ms`);
});
