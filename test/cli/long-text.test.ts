import assert from 'node:assert/strict';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Place, type Running, until } from './run-cli.ts';

const CHARACTERS = 100_000;
const MB = 1 << 20;
/** 48 kHz, 16 bit: ten minutes are 55 MB. */
const [EARLY_BYTES, LATE_BYTES] = [6 * MB, 24 * MB];
const GROWTH_MB = 32;
const PEAK_MB = 700;

async function bytesIn(place: Place, folder: string): Promise<number> {
  let sum = 0;
  for (const path of await place.paths(folder)) sum += (await stat(path).catch(() => null))?.size ?? 0;
  return sum;
}

/** Linux: what the process holds in memory now, and has held at most. */
async function memoryMb({ child }: Running): Promise<{ nowMb: number; peakMb: number }> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]);
  return { nowMb: kilobytes('VmRSS') / 1024, peakMb: kilobytes('VmHWM') / 1024 };
}

/**
 * 100,000 characters are about six hours of speech, too long to render in a test. What is shown: all of the text is parsed and
 * planned, and while three minutes of it are spoken memory stays where it was. Interrupted then, it leaves nothing.
 */
for (const [name, text] of [
  ['in one line', '今天我们来聊一聊人工智能。It is a nice day, 让我们开始吧！'.repeat(3000).slice(0, CHARACTERS)],
  ['in thousands of lines', Array.from({ length: 5000 }, (_, i) => `第${i}句话，今天天气很好，适合出门。`).join('\n')],
] as const) {
  test(`100,000 characters ${name}: planned whole, spoken in bounded memory`, async (t) => {
    const place = await Place.of(t);
    const running = place.start(['export', '--script', '-', '--out', place.at('out/long.wav')]);
    running.child.stdin?.end(text);
    const spoken = async (bytes: number): Promise<{ nowMb: number; peakMb: number }> => {
      await until(`${bytes} bytes of speech`, async () => {
        if (running.child.exitCode !== null) throw new Error(running.stderr);
        return (await bytesIn(place, join(place.folder, 'data'))) >= bytes;
      });
      return await memoryMb(running);
    };
    const early = await spoken(EARLY_BYTES);
    const late = await spoken(LATE_BYTES);
    running.child.kill('SIGINT');
    const { code, stderr } = await running.finished;
    assert.equal(code, 130, stderr);
    assert.ok(late.peakMb <= PEAK_MB, `peak ${late.peakMb} MB`);
    assert.ok(late.nowMb - early.nowMb <= GROWTH_MB, `from ${early.nowMb} to ${late.nowMb} MB`);
    assert.deepEqual(await place.files(place.out), []);
  });
}
