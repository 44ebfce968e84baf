import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classifyExit } from './failure.ts';
import { type EncodeProgress, progressParser } from './progress.ts';

const read = (text: string, pieceLength = text.length): EncodeProgress[] => {
  const reports: EncodeProgress[] = [];
  const feed = progressParser((report) => reports.push(report));
  for (let at = 0; at < text.length; at += pieceLength) feed(text.slice(at, at + pieceLength));
  return reports;
};

// Captured from the 2018 build and from 5.1.
const OLD_2018 = `frame=24
fps=0.00
stream_0_0_q=28.0
bitrate=13103.2kbits/s
total_size=262192
out_time_us=160078
out_time_ms=160078
out_time=00:00:00.160078
dup_frames=0
drop_frames=0
speed=0.602x
progress=continue
`;
const NEW_5_1 = `frame=0
fps=0.00
stream_0_0_q=0.0
bitrate=N/A
total_size=N/A
out_time_us=-9223372036854775807
out_time_ms=-9223372036854775807
out_time=-577014:32:22.77580
dup_frames=0
drop_frames=0
speed=   0x
progress=continue
frame=75
fps=74.91
stream_0_0_q=-1.0
bitrate=   8.6kbits/s
total_size=3100
out_time_us=2880000
out_time_ms=2880000
out_time=00:00:02.880000
dup_frames=0
drop_frames=0
speed=2.88x
progress=end
`;

test('progress is read alike from old and new versions, in whatever pieces it comes', () => {
  const expectedOld = [{ frames: 24, outTimeMs: 160.078, bytes: 262192, speed: 0.602, ended: false }];
  const expectedNew = [
    { frames: 0, outTimeMs: 0, bytes: 0, speed: 0, ended: false },
    { frames: 75, outTimeMs: 2880, bytes: 3100, speed: 2.88, ended: true },
  ];
  for (const pieceLength of [1, 7, 1000, 100_000]) {
    assert.deepEqual(read(OLD_2018, pieceLength), expectedOld);
    assert.deepEqual(read(NEW_5_1.replaceAll('\n', '\r\n'), pieceLength), expectedNew);
  }
  assert.deepEqual(read(OLD_2018.slice(0, -10)), [], 'nothing is said before a block is whole');
});

const exit = (stderr: string, exitCode: number | null = 1, signal: NodeJS.Signals | null = null) =>
  classifyExit({ exitCode, signal, stderr });

test('the end of an ffmpeg is classified by what real ones say', () => {
  assert.equal(exit('', 0), undefined);
  assert.deepEqual(
    exit('av_interleaved_write_frame(): No space left on device\n    Last message repeated 17 times\n'),
    {
      kind: 'disk-full',
    },
  );
  assert.deepEqual(exit('Error closing file file:x/x.mp4: No space left on device', 0), { kind: 'disk-full' });
  assert.deepEqual(
    exit("[rawvideo @ 0x33ee4d00] Estimating duration from bitrate, this may be inaccurate\nUnknown encoder 'libnope'"),
    { kind: 'encoder-missing', encoder: 'libnope' },
  );
  assert.deepEqual(exit('file:tiny/x.mp4: Permission denied\n'), {
    kind: 'not-writable',
    detail: 'Permission denied',
  });
  assert.deepEqual(exit('', null, 'SIGKILL'), { kind: 'killed', signal: 'SIGKILL' });
  assert.deepEqual(exit('Exiting normally, received signal 15.\n', 255), { kind: 'killed', signal: 'signal 15' });
  assert.deepEqual(
    exit(`[rawvideo @ 0x558ea7be49c0] Estimating duration from bitrate, this may be inaccurate
[h264_nvenc @ 0x558ea7bf1580] Cannot load libcuda.so.1
Error initializing output stream 0:0 -- Error while opening encoder for output stream #0:0 - maybe incorrect parameters such as bit_rate, rate, width or height
`),
    { kind: 'failed', detail: '[h264_nvenc] Cannot load libcuda.so.1' },
  );
  assert.deepEqual(exit('', 134), { kind: 'failed', detail: 'exit code 134' });
  const gone = Object.assign(new Error('spawn x ENOENT'), { code: 'ENOENT' });
  assert.deepEqual(classifyExit({ exitCode: null, signal: null, stderr: '', startError: gone }), {
    kind: 'not-started',
    detail: 'ENOENT',
  });
  assert.deepEqual(classifyExit({ exitCode: null, signal: 'SIGKILL', stderr: '', stalledMs: 30_000 }), {
    kind: 'stalled',
    seconds: 30,
  });
});
