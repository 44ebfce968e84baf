/** A stream that needs no encoder, a destination for it without waits to sit out, and a server that answers as a test says. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { describeError, type ErrorCode } from '../../../app/errors/index.ts';
import { AmfArray, decodeAmf, encodeAmf } from '../flv/amf0.ts';
import { AUDIO, SCRIPT, VIDEO } from '../flv/tags.ts';
import { DESTINATION_TIMING, Destination, type DestinationTiming } from '../publisher/destination.ts';
import { LiveStream } from '../publisher/live-stream.ts';
import { ChunkReader, MESSAGE, type RtmpMessage, writeMessage } from '../publisher/rtmp-chunks.ts';
import { rawServer, until } from './stage.ts';

export const nowMs = (): number => performance.now();
export const KEY = 'hushhush-key?sign=hushhush-sign';

/** A stream of 25 frames a second, a keyframe a second, each frame of so many bytes. */
export function streamOf(t: TestContext, frameBytes = 400): LiveStream {
  const stream = new LiveStream(nowMs);
  stream.onTag({
    type: SCRIPT,
    timestampMs: 0,
    body: encodeAmf('@setDataFrame', 'onMetaData', new AmfArray({ width: 320, duration: 0 })),
  });
  stream.onTag({ type: VIDEO, timestampMs: 0, body: Buffer.from([0x17, 0, 0, 0, 0, 1, 66, 0, 30]) });
  stream.onTag({ type: AUDIO, timestampMs: 0, body: Buffer.from([0xaf, 0, 0x11, 0x90]) });
  let frame = 0;
  const unit = Buffer.alloc(frameBytes, 0x55);
  unit.writeUInt32BE(frameBytes - 4, 0);
  unit[4] = 0x65;
  const timer = setInterval(() => {
    const key = frame % 25 === 0;
    unit[4] = key ? 0x65 : 0x41;
    const timestampMs = 5_000 + frame++ * 40;
    stream.onTag({
      type: VIDEO,
      timestampMs,
      body: Buffer.concat([Buffer.from([key ? 0x17 : 0x27, 1, 0, 0, 0]), unit]),
    });
    stream.onTag({ type: AUDIO, timestampMs, body: Buffer.from([0xaf, 1, 0x21, 0x10, 4]) });
  }, 40);
  t.after(() => clearInterval(timer));
  return stream;
}

/** No wait that a test has to sit out. */
export const QUICK: DestinationTiming = {
  ...DESTINATION_TIMING,
  connectMs: 1_500,
  answerMs: 1_500,
  sendTimeoutMs: 1_500,
  probationMs: 50,
  earlyMs: 1_000,
};

export function send(
  t: TestContext,
  url: string,
  options: { key?: string; stream?: LiveStream; timing?: DestinationTiming; wallMs?: () => number } = {},
) {
  const destination = new Destination({
    id: 'a',
    url,
    key: options.key ?? KEY,
    stream: options.stream ?? streamOf(t),
    nowMs,
    wallMs: options.wallMs ?? Date.now,
    random: () => 0.3,
    timing: options.timing ?? QUICK,
    onChange: () => {},
  });
  t.after(() => destination.close());
  const failed = async (code: ErrorCode) => {
    const { lastError, state, retryInMs } = await until(code, () => {
      const status = destination.status();
      return status.lastError?.code === code && status.retryInMs !== null && status;
    });
    const words = describeError(lastError!, 'zh-CN');
    assert.ok(!/hushhush/.test(JSON.stringify(lastError) + words.message + words.hint), JSON.stringify(lastError));
    return { state, retryInMs: retryInMs as number, lastError: lastError! };
  };
  return { destination, failed };
}

/** As much of an RTMP server as a test needs; what a command is answered with, and what comes after, is the test's. */
export async function rtmpServer(
  t: TestContext,
  onCommand: (command: string, say: Say, socket: Socket) => void,
  onMessage: (message: RtmpMessage) => void = () => {},
) {
  let connections = 0;
  const { port } = await rawServer(t, (socket) => {
    connections++;
    let greeting = Buffer.alloc(0);
    let greeted = false;
    const say: Say = (...values) =>
      void socket.write(
        writeMessage({ type: MESSAGE.command, streamId: 0, timestampMs: 0, payload: encodeAmf(...values) }, 3, 128),
      );
    const reader = new ChunkReader((message) => {
      onMessage(message);
      if (message.type === MESSAGE.command) {
        const [name, transaction] = decodeAmf(message.payload);
        onCommand(
          String(name),
          (...values) => say(...values.map((value) => (value === ANSWERED ? transaction : value))),
          socket,
        );
      }
    });
    socket.on('data', (piece: Buffer) => {
      if (greeted) return reader.push(piece);
      greeting = Buffer.concat([greeting, piece]);
      if (greeting.length >= 1537 && socket.bytesWritten === 0) {
        socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(1536, 7), greeting.subarray(1, 1537)]));
      }
      if (greeting.length >= 3073) {
        greeted = true;
        assert.ok(greeting.subarray(1537, 3073).equals(Buffer.alloc(1536, 7)), 'C2 repeats S1');
        reader.push(greeting.subarray(3073));
      }
    });
  });
  return { url: `rtmp://127.0.0.1:${port}/app`, connections: () => connections };
}
export type Say = (...values: Parameters<typeof encodeAmf>) => void;
/** Stands for the number of the command that is answered. */
export const ANSWERED = '\0answered';

/** What any server says up to `publish`. */
export function usual(command: string, say: Say): void {
  if (command === 'connect') say('_result', ANSWERED, null, { level: 'status', code: 'NetConnection.Connect.Success' });
  if (command === 'createStream') say('_result', ANSWERED, null, 1);
}
export const status = (level: string, code: string, description = '') =>
  ['onStatus', 0, null, { level, code, description }] as const;
