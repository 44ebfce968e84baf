/** One small export of each format, judged by decoding what was written. */
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { serialiseProject } from '../../app/document/migrations.ts';
import { newProject } from '../../app/document/new-project.ts';
import { locateFfmpeg } from '../../main/media/ffmpeg/locate.ts';
import { runCaptured } from '../../main/media/ffmpeg/run.ts';
import { Place } from './run-cli.ts';

const W = 192;
const H = 128;
const FPS = 24;
let place: Place;
let ffmpegPath: string;
before(async () => {
  place = await Place.make();
  ffmpegPath = (await locateFfmpeg({ cacheDir: place.at('cache') })).path;
});
after(() => place.remove());

interface Report {
  out: string;
  durationMs: number;
  frames: number;
  wallMs: number;
  realtimeFactor: number;
  peakRssMb: number;
  produceId: string;
  stages: Record<string, number>;
  subtitles: string | null;
}

async function ffmpeg(...args: string[]): Promise<Buffer> {
  const { stdout, stderr, exitCode } = await runCaptured(ffmpegPath, ['-v', 'error', ...args], {
    timeoutMs: 60_000,
    maxBytes: 1 << 28,
  });
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

const frameCount = async (path: string, decoder: string[] = []): Promise<number> =>
  (await ffmpeg(...decoder, '-i', path, '-map', '0:v', '-f', 'rawvideo', '-pix_fmt', 'gray', 'pipe:1')).length /
  (W * H);
const sound = async (path: string): Promise<Int16Array> => {
  const bytes = await ffmpeg('-i', path, '-map', '0:a', '-f', 's16le', '-ac', '1', '-ar', '48000', 'pipe:1');
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
};
const tags = async (path: string): Promise<string> =>
  (await ffmpeg('-i', path, '-f', 'ffmetadata', 'pipe:1')).toString();

async function makes(name: string, ...more: string[]): Promise<Report> {
  const out = place.at(`out/${name}`);
  const base = ['--portrait', 'sample:lin', '--text', '[happy] Hi! 你好。', '--size', `${W}x${H}`, '--fps', `${FPS}`];
  const { code, json, stderr } = await place.run(['export', ...base, '--out', out, '--json', ...more]);
  assert.equal(code, 0, stderr);
  const report = json() as unknown as Report;
  assert.equal(report.out, out);
  assert.deepEqual(json().warnings, []);
  return report;
}

/** Names of an MP4's outermost boxes, in order. */
function boxes(bytes: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at + 8 <= bytes.length; at += Math.max(8, bytes.readUInt32BE(at)))
    names.push(bytes.toString('latin1', at + 4, at + 8));
  return names;
}

function audible(pcm: Int16Array, durationMs: number): void {
  assert.ok(Math.abs(pcm.length / 48 - durationMs) < 60, `${pcm.length / 48} ms of sound for ${durationMs}`);
  assert.ok(
    pcm.some((sample) => Math.abs(sample) > 3000),
    'something is heard',
  );
}

test('MP4: frames, sound, order of boxes, AI label, subtitles beside it and a timeline that only goes forward', async () => {
  const timelinePath = place.at('out/new folder/a.timeline.json');
  const report = await makes('a.mp4', '--subtitles', 'srt', '--timeline', timelinePath, '--seed', '7');
  assert.ok(report.durationMs > 1500 && report.durationMs < 6000);
  assert.equal(report.frames, Math.ceil((report.durationMs * FPS) / 1000));
  assert.equal(await frameCount(report.out), report.frames);
  audible(await sound(report.out), (report.frames * 1000) / FPS);
  const order = boxes(await readFile(report.out));
  assert.ok(order.indexOf('moov') < order.indexOf('mdat'), order.join());
  const label = await tags(report.out);
  assert.match(label, /AIGC/);
  assert.ok(label.includes(report.produceId), label);
  for (const name of ['wallMs', 'realtimeFactor', 'peakRssMb'] as const) assert.ok(report[name] > 0, name);
  for (const name of ['portraitMs', 'speechMs', 'encodeMs']) assert.ok(report.stages[name]! >= 0, name);

  assert.equal(report.subtitles, place.at('out/a.srt'));
  assert.match(await readFile(place.at('out/a.srt'), 'utf8'), /^1\n00:00:0\d,\d{3} --> 00:00:0\d,\d{3}\nHi!/);
  const timeline = JSON.parse(await readFile(timelinePath, 'utf8')) as Record<
    string,
    { startMs: number; endMs: number }[]
  >;
  for (const kind of ['phones', 'words', 'sentences', 'visemes']) {
    const spans = timeline[kind]!;
    assert.ok(spans.length > 0, kind);
    for (const [i, { startMs, endMs }] of spans.entries()) {
      assert.ok(
        startMs >= (spans[i - 1]?.startMs ?? 0) && endMs >= startMs && endMs <= report.durationMs + 1,
        `${kind} ${i}`,
      );
    }
  }
  assert.deepEqual((await place.files(place.out)).sort(), ['a.mp4', 'a.srt', 'a.timeline.json']);
});

test('WebM with a transparent background carries alpha: nothing in the corner, someone in the middle', async () => {
  const { out, frames } = await makes(
    'b.webm',
    '--background',
    'transparent',
    '--subtitles',
    'none',
    '--ai-mark',
    'off',
  );
  assert.equal(await frameCount(out), frames);
  // libvpx hands out the alpha that ffmpeg's own VP9 decoder ignores.
  const args = ['-c:v', 'libvpx-vp9', '-i', out, '-frames:v', '1', '-f', 'rawvideo', '-pix_fmt', 'rgba', 'pipe:1'];
  const rgba = await ffmpeg(...args);
  assert.equal(rgba[3], 0);
  assert.ok(rgba[(Math.floor(H * 0.6) * W + W / 2) * 4 + 3]! > 240);
  assert.ok((await sound(out)).some((sample) => Math.abs(sample) > 3000));
});

test('GIF moves, WAV sounds; neither needs the other', async () => {
  const gif = await makes('c.gif', '--preset', 'ultrafast');
  assert.ok((await frameCount(gif.out)) > 5);
  const out = place.at('out/d.wav');
  const { code, json, stderr } = await place.run(['export', '--text', 'Hello.', '--out', out, '--json']);
  assert.equal(code, 0, stderr);
  audible(await sound(out), (json() as unknown as Report).durationMs);
  assert.match((await readFile(out)).toString('latin1'), /AIGC/);
});

describe('the document and the options', () => {
  test('a project file is exported as it says; an option overrides it', async () => {
    const project = newProject({
      ...{ id: 'p', name: 'Talk', portrait: { kind: 'sample', id: 'mika' } },
      script: { lines: [{ id: '1', text: 'Hi.' }] },
      stage: { size: { widthPx: 160, heightPx: 160 }, fps: 30, subtitles: { mode: 'vtt' } },
    });
    await writeFile(place.at('talk.json'), serialiseProject(project));
    const asked = [
      'export',
      '--project',
      place.at('talk.json'),
      '--fps',
      '24',
      '--out',
      place.at('out/talk.mp4'),
      '--json',
    ];
    const { code, json, stderr } = await place.run(asked);
    assert.equal(code, 0, stderr);
    const { widthPx, heightPx, fps, subtitles } = json();
    assert.deepEqual([widthPx, heightPx, fps, subtitles], [160, 160, 24, place.at('out/talk.vtt')]);
  });

  test('without --out the file is named after the portrait, in a folder out where the person stands', async (t) => {
    const fresh = await Place.of(t);
    const args = ['export', '--portrait', 'sample:chen', '--text', '-', '--format', 'wav', '--quiet'];
    const { code, stdout, stderr } = await fresh.run(args, { input: 'From a pipe.' });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^out[/\\]chen-\d{8}-\d{6}\.wav\n$/);
    assert.equal(stderr, '');
    assert.equal((await fresh.files(fresh.at('out'))).length, 1);
  });

  test('the same command makes the same frames', async () => {
    const one = await makes('same-1.mp4', '--seed', '3');
    const two = await makes('same-2.mp4', '--seed', '3');
    const other = await makes('same-3.mp4', '--seed', '4');
    const hash = (path: string) => ffmpeg('-i', path, '-map', '0:v', '-f', 'md5', 'pipe:1').then(String);
    assert.equal(await hash(one.out), await hash(two.out));
    assert.notEqual(await hash(one.out), await hash(other.out));
  });
});
