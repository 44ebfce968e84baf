import assert from 'node:assert/strict';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { outputSchema } from '../../app/document/output.ts';
import { i420aBytes, i420Bytes } from '../../app/media/i420.ts';
import type { EncoderSink } from '../engine/ports/encoder.ts';
import { type OpenEncoderOptions, openEncoder } from './encoder-sink.ts';
import type { Ffmpeg } from './ffmpeg/locate.ts';
import {
  boxes,
  decodeAudio,
  decodeVideo,
  ffmpegsToTest,
  flatFrame,
  mp4Tags,
  mp4TrackDurationsMs,
  noisyFrame,
  readMetadata,
  sine,
  soundFile,
  temporaryFolder,
} from './testing/frames.ts';

const W = 160;
const H = 96;
const FPS = 25;
const CREATED_AT = new Date('2026-11-22T10:00:00.000Z');
const LABEL =
  '{"Label":"1","ContentProducer":"Shenghua Studio 0.1.0","ProduceID":"id-7","ReservedCode1":"","ContentPropagator":"","PropagateID":"","ReservedCode2":""}';

const software = outputSchema.parse({ encoder: 'software' });
let ffmpegs: Ffmpeg[] = [];
before(async () => {
  ffmpegs = await ffmpegsToTest();
});

const openWith = (
  ffmpeg: Ffmpeg,
  folder: string,
  name: string,
  more: Partial<OpenEncoderOptions> = {},
): Promise<EncoderSink> =>
  openEncoder({
    ffmpeg,
    format: 'mp4',
    ...{ widthPx: W, heightPx: H, fps: FPS, alpha: false, output: software },
    outPath: join(folder, name),
    metadata: {
      produceId: 'id-7',
      software: 'Shenghua Studio 0.1.0',
      createdAt: CREATED_AT,
      title: '你好 "q" \\ ; = 🙂',
    },
    cacheDir: join(folder, 'cache'),
    ...more,
  });

/** Colours a third each, so that order and count show in the decoded frames. */
const COLOURS = [
  [81, 90, 200],
  [145, 54, 60],
  [60, 200, 110],
] as const;

async function writeColours(sink: EncoderSink, frames: number, alpha = false): Promise<void> {
  for (let i = 0; i < frames; i++) {
    await sink.writeFrame(flatFrame(W, H, COLOURS[Math.floor((i * 3) / frames)]!, alpha));
  }
}

/** Samples by which `sound` is heard after `at`, by where the two agree best; within 100 ms. */
function bestShift(sound: Int16Array, heard: Int16Array, at: number): number {
  let best = { shift: Number.NaN, agreement: Number.NEGATIVE_INFINITY };
  for (let shift = -4800; shift <= 4800; shift++) {
    const agreement = sound.reduce((sum, sample, i) => sum + sample * heard[at + shift + i]!, 0);
    if (agreement > best.agreement) best = { shift, agreement };
  }
  return best.shift;
}

function assertColours(decoded: Buffer, frames: number, alpha: boolean): void {
  const frameBytes = alpha ? i420aBytes(W, H) : i420Bytes(W, H);
  assert.equal(decoded.length / frameBytes, frames, 'every frame is there once');
  for (const third of [0, 1, 2]) {
    const frame = decoded.subarray(Math.floor(((third + 0.5) * frames) / 3) * frameBytes);
    const seen = [frame[(H / 2) * W + 20]!, frame[W * H + 200]!, frame[W * H * 1.25 + 200]!];
    for (const [plane, value] of seen.entries()) {
      const sent = COLOURS[third]![plane]!;
      assert.ok(Math.abs(value - sent) <= 4, `third ${third}, plane ${plane}: ${value}, sent ${sent}`);
    }
  }
}

const onEach = async (check: (ffmpeg: Ffmpeg) => Promise<void>): Promise<void> => {
  for (const ffmpeg of ffmpegs) {
    try {
      await check(ffmpeg);
    } catch (error) {
      throw new Error(`with ${ffmpeg.source} ${ffmpeg.version}`, { cause: error });
    }
  }
};

test('the best quality there is to choose is a film that plays everywhere', async (t) => {
  const folder = await temporaryFolder(t);
  await onEach(async (ffmpeg) => {
    const path = join(folder, 'best.mp4');
    const sink = await openWith(ffmpeg, folder, 'best.mp4', {
      output: outputSchema.parse({ encoder: 'software', crf: 0 }),
    });
    await writeColours(sink, 3);
    await sink.finish();
    assertColours(await decodeVideo(ffmpeg, path, 'yuv420p'), 3, false);
  });
});

describe('MP4', () => {
  test('holds every frame and sample, BT.709, index first, and the label in moov.udta.meta', async (t) => {
    const folder = await temporaryFolder(t);
    await onEach(async (ffmpeg) => {
      const pcm = sine(48_000 * 3);
      const sink = await openWith(ffmpeg, folder, 'a.mp4', { soundPath: await soundFile(t, pcm) });
      assert.equal(sink.encoder, 'libx264 veryfast');
      await writeColours(sink, 75);
      await sink.finish();
      const path = join(folder, 'a.mp4');
      const file = await readFile(path);

      const types = boxes(file).map(({ type }) => type);
      assert.ok(types.indexOf('moov') < types.indexOf('mdat'), `moov first: ${types}`);
      const tags = mp4Tags(file);
      assert.equal(tags.get('AIGC'), LABEL);
      assert.equal(tags.get('software'), 'Shenghua Studio 0.1.0');
      assert.equal(tags.get('title'), '你好 "q" \\ ; = 🙂');
      assert.match(tags.get('creation_time') ?? '', /^2026-11-22T10:00:00/);
      // colour box: nclx, primaries 1, transfer 1, matrix 1 = BT.709 (ISO/IEC 23091-2)
      const colour = file.indexOf('colr');
      assert.equal(file.toString('latin1', colour + 4, colour + 8), 'nclx');
      assert.deepEqual([...file.subarray(colour + 8, colour + 15)], [0, 1, 0, 1, 0, 1, 0]);

      assertColours(await decodeVideo(ffmpeg, path, 'yuv420p'), 75, false);
      const durations = mp4TrackDurationsMs(file);
      assert.ok(Math.abs(durations.vide! - 3000) < 1, `picture ${durations.vide} ms`);
      assert.ok(Math.abs(durations.soun! - durations.vide!) <= 22, `sound ${durations.soun} ms`);
      const heard = await decodeAudio(ffmpeg, path);
      assert.ok(Math.abs(heard.length - pcm.length) <= 1024, `${heard.length} samples`);
      const peak = heard.subarray(4800, -4800).reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
      assert.ok(peak > 7000 && peak < 9000, `peak ${peak}`);
      assert.deepEqual(await readdir(folder), ['a.mp4'], 'nothing else is left');
    });
  });

  test('without any sound is a film without a sound track', async (t) => {
    const folder = await temporaryFolder(t);
    await onEach(async (ffmpeg) => {
      const sink = await openWith(ffmpeg, folder, 'a.mp4');
      await writeColours(sink, 12);
      await sink.finish();
      assert.deepEqual(Object.keys(mp4TrackDurationsMs(await readFile(join(folder, 'a.mp4')))), ['vide']);
    });
  });

  for (const [what, seconds, frames] of [
    ['much longer', 50, 9],
    ['much shorter', 0.01, 500],
  ] as const) {
    test(`a sound ${what} than the picture is kept whole, as is the picture`, async (t) => {
      const folder = await temporaryFolder(t);
      await onEach(async (ffmpeg) => {
        const soundPath = await soundFile(t, sine(48_000 * seconds));
        const sink = await openWith(ffmpeg, folder, 'a.mp4', { soundPath });
        await writeColours(sink, frames);
        await sink.finish();
        const { soun, vide } = mp4TrackDurationsMs(await readFile(join(folder, 'a.mp4')));
        assert.ok(Math.abs(soun! - seconds * 1000) < 30, `${soun} ms of sound`);
        assert.equal(Math.round(vide!), (frames * 1000) / FPS);
      });
    });
  }

  test('sound and picture begin together: a click is heard where it was put', async (t) => {
    const folder = await temporaryFolder(t);
    const at = 24_321;
    const click = new Int16Array(48_000);
    for (const [i, sample] of sine(480, 1000).entries()) click[at + i] = sample;
    await onEach(async (ffmpeg) => {
      for (const format of ['mp4', 'webm'] as const) {
        const sink = await openWith(ffmpeg, folder, `a.${format}`, { format, soundPath: await soundFile(t, click) });
        await writeColours(sink, FPS);
        await sink.finish();
        const heard = await decodeAudio(ffmpeg, join(folder, `a.${format}`));
        const late = bestShift(click.subarray(at, at + 480), heard, at);
        // a millisecond: the codecs' own filters
        assert.ok(Math.abs(late) <= 48, `${format}: ${late} samples late`);
      }
    });
  });

  test('the last second of sound, the odd sample and one frame at 24, 30, 50 and 60 fps are kept', async (t) => {
    const folder = await temporaryFolder(t);
    for (const fps of [24, 30, 50, 60]) {
      const sink = await openWith(ffmpegs[0]!, folder, 'a.mp4', { fps, soundPath: await soundFile(t, sine(48_001)) });
      await writeColours(sink, fps + 1);
      await sink.finish();
      const { vide, soun } = mp4TrackDurationsMs(await readFile(join(folder, 'a.mp4')));
      assert.ok(Math.abs(vide! - (1000 * (fps + 1)) / fps) < 2, `${fps} fps: ${vide} ms`);
      assert.ok(Math.abs(soun! - 1000) <= 22, `${soun} ms`);
    }
  });
});

describe('WebM', () => {
  test('keeps the alpha plane, the colours and the label', async (t) => {
    const folder = await temporaryFolder(t);
    await onEach(async (ffmpeg) => {
      const soundPath = await soundFile(t, sine(57_600));
      const sink = await openWith(ffmpeg, folder, 'a.webm', { format: 'webm', alpha: true, soundPath });
      await writeColours(sink, 30, true);
      await sink.finish();
      const path = join(folder, 'a.webm');
      const decoded = await decodeVideo(ffmpeg, path, 'yuva420p', sink.encoder);
      assertColours(decoded, 30, true);
      const alpha = decoded.subarray(15 * i420aBytes(W, H) + i420Bytes(W, H));
      assert.ok(alpha[40 * W + 20]! > 250 && Math.abs(alpha[40 * W + 140]! - 64) <= 3, 'alpha of both halves');
      const metadata = await readMetadata(ffmpeg, path);
      assert.ok(metadata.includes(`AIGC=${LABEL.replaceAll('=', '\\=')}`), metadata);
      assert.match(metadata, /software=Shenghua Studio 0\.1\.0/i);
      assert.ok(Math.abs((await decodeAudio(ffmpeg, path)).length - 57_600) <= 2000);
      assert.deepEqual(await readdir(folder), ['a.webm']);
    });
  });
});

describe('GIF', () => {
  test('is 12.5 fps, at most 480 px, in the right colours, and says AI-made in comment and XMP', async (t) => {
    const folder = await temporaryFolder(t);
    await onEach(async (ffmpeg) => {
      const big = { format: 'gif', widthPx: 960, heightPx: 540, soundPath: await soundFile(t, sine(100)) } as const;
      const sink = await openWith(ffmpeg, folder, 'a.gif', big);
      for (let i = 0; i < 50; i++) await sink.writeFrame(flatFrame(960, 540, COLOURS[i < 25 ? 0 : 1]));
      await sink.finish();
      const file = await readFile(join(folder, 'a.gif'));
      assert.equal(file.toString('latin1', 0, 6), 'GIF89a');
      assert.deepEqual([file.readUInt16LE(6), file.readUInt16LE(8)], [480, 270]);
      assert.equal(file.at(-1), 0x3b);
      assert.ok(file.includes(LABEL.slice(0, 100)), 'comment');
      assert.ok(file.includes(`<TC260:AIGC>${LABEL.replaceAll('"', '&quot;')}</TC260:AIGC>`), 'XMP');
      const rgb = await decodeVideo(ffmpeg, join(folder, 'a.gif'), 'rgb24');
      assert.equal(rgb.length / (480 * 270 * 3), 25);
      // BT.709 limited: R = 1.164(Y−16) + 1.793(V−128); G = … − 0.213(U−128) − 0.533(V−128); B = … + 2.112(U−128)
      const [y, u, v] = COLOURS[0];
      const luma = 1.164 * (y - 16);
      const expected = [
        luma + 1.793 * (v - 128),
        luma - 0.213 * (u - 128) - 0.533 * (v - 128),
        luma + 2.112 * (u - 128),
      ];
      for (const [channel, value] of expected.entries()) {
        const seen = rgb[channel]!;
        assert.ok(
          Math.abs(seen - Math.max(0, Math.min(255, value))) <= 8,
          `channel ${channel}: ${seen}, sent ${value}`,
        );
      }
      assert.deepEqual(await readdir(folder), ['a.gif']);
    });
  });
});

describe('WAV', () => {
  test('is written without ffmpeg, samples bit for bit, with the label in its own RIFF chunk', async (t) => {
    const folder = await temporaryFolder(t);
    const pcm = sine(123_456);
    const sink = await openEncoder({
      ...{ format: 'wav', widthPx: 0, heightPx: 0, fps: 25, alpha: false, output: software },
      soundPath: await soundFile(t, pcm),
      outPath: join(folder, 'a.wav'),
      metadata: { produceId: 'id-7', software: 'Shenghua Studio 0.1.0', createdAt: CREATED_AT },
      cacheDir: folder,
    });
    await sink.finish();
    const file = await readFile(join(folder, 'a.wav'));
    assert.equal(file.readUInt32LE(4), file.length - 8);
    const chunks = new Map<string, Buffer>();
    for (let at = 12; at < file.length; ) {
      const size = file.readUInt32LE(at + 4);
      chunks.set(file.toString('latin1', at, at + 4), file.subarray(at + 8, at + 8 + size));
      at += 8 + size + (size & 1);
    }
    assert.deepEqual([...chunks.keys()], ['fmt ', 'AIGC', 'LIST', 'data']);
    assert.equal(chunks.get('AIGC')!.toString('ascii'), LABEL);
    assert.deepEqual(chunks.get('data'), Buffer.from(pcm.buffer));
    assert.deepEqual(await decodeAudio(ffmpegs[0]!, join(folder, 'a.wav')), pcm);
    assert.deepEqual(await readdir(folder), ['a.wav']);
  });
});

describe('the output file', () => {
  test('replaces an older one only when complete', async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, 'a.mp4');
    await writeFile(path, 'the old film');
    const sink = await openWith(ffmpegs[0]!, folder, 'a.mp4');
    await writeColours(sink, 25);
    assert.equal(await readFile(path, 'utf8'), 'the old film');
    await sink.finish();
    await sink.finish();
    await sink.abort();
    assert.equal((await readFile(path)).toString('latin1', 4, 8), 'ftyp');
    assert.deepEqual(await readdir(folder), ['a.mp4']);
  });

  test('may have a name that looks like an option, a protocol or a pattern, in a folder still to be made', async (t) => {
    const folder = await temporaryFolder(t);
    for (const name of ['-y.mp4', 'http:x%03d.mp4', `new/${'长'.repeat(80)} 'q' "r".mp4`, 'noext']) {
      const sink = await openWith(ffmpegs.at(-1)!, folder, name, { soundPath: await soundFile(t, sine(4800)) });
      await writeColours(sink, 3);
      await sink.finish();
      assert.ok((await stat(join(folder, name))).size > 500, name);
    }
  });

  test('two at once into one folder do not disturb each other', async (t) => {
    const folder = await temporaryFolder(t);
    const lengths = [30, 60];
    const soundPath = await soundFile(t, sine(48_000));
    const sinks = await Promise.all(lengths.map(() => openWith(ffmpegs[0]!, folder, 'a.mp4', { soundPath })));
    await Promise.all(
      sinks.map(async (sink, i) => {
        await writeColours(sink, lengths[i]!);
        await sink.finish();
        return await readFile(join(folder, 'a.mp4'));
      }),
    );
    const decoded = await decodeVideo(ffmpegs[0]!, join(folder, 'a.mp4'), 'yuv420p');
    assert.ok(lengths.includes(decoded.length / i420Bytes(W, H)), 'one of the two, whole');
    assert.deepEqual(await readdir(folder), ['a.mp4']);
  });

  test('an input of the wrong shape is refused and leaves nothing', async (t) => {
    const folder = await temporaryFolder(t);
    await assert.rejects(openWith(ffmpegs[0]!, folder, 'a.mp4', { widthPx: 101 }), RangeError);
    await assert.rejects(openWith(ffmpegs[0]!, folder, 'a.mp4', { alpha: true }), RangeError);
    const sink = await openWith(ffmpegs[0]!, folder, 'a.mp4');
    await assert.rejects(sink.writeFrame(new Uint8Array(10)), RangeError);
    await assert.rejects(sink.finish(), { code: 'media.nothing-to-encode' });
    await assert.rejects(sink.writeFrame(noisyFrame(W, H, 0)), { code: 'media.nothing-to-encode' });
    assert.deepEqual(await readdir(folder), []);
  });
});
