/**
 * A session process that draws nothing: it speaks the messages, counts frames in real time, and does on command what real ones do by
 * misfortune. `say`: its text is what happens. It says what it was started with as the trace of an utterance named `start`.
 */

import { wellSession } from '../../../app/live/live-figures.fixture.ts';
import { utteranceTraceSchema } from '../../../app/live/protocol.ts';
import { type SessionReply, type SessionRequest, sessionRequestSchema, sharedMs } from '../session/messages.ts';

const tell = (reply: SessionReply): void => {
  if (process.connected) process.send?.(reply);
};
process.on('disconnect', () => process.exit(0));
const trace = (id: string, text: string) =>
  tell({
    type: 'trace',
    trace: utteranceTraceSchema.parse({
      ...{ id, text, source: 'desk', askedAtMs: 0, spokenAtMs: null, announcedAtMs: null, firstFrameDrawnAtMs: null },
      ...{ firstFrameFedAtMs: null, fromStreamMs: null, toStreamMs: null, interrupted: false, lateFrames: 0 },
    }),
  });

/** What it feeds lies so far behind what is due; it catches up when nobody has been told. */
const LAG_MS = 700;
const bornMs = performance.now();
let fromStreamMs = 0;
let line = 0;
const streamMs = (): number => fromStreamMs + performance.now() - bornMs;
const position = () => ({
  ...{
    part: 'segments' as const,
    segmentId: 'a',
    line,
    sentence: 0,
    pass: 0,
    round: 0,
    played: {},
    drawn: 0,
    varied: {},
  },
  ...{ desk: [], paused: false },
});

function start(request: Extract<SessionRequest, { type: 'start' }>): void {
  const { project, position: from, commands } = request;
  ({ fromStreamMs } = request);
  line = from?.line ?? 0;
  if (project.name === 'impossible') {
    tell({ type: 'failed', error: { code: 'live.no-destination', params: {} } });
    process.exit(1);
  }
  if (project.name === 'never ready') {
    tell({ type: 'trouble', error: { code: 'stage.renderer-stopped', params: { detail: 'no memory' } } });
    process.exit(70);
  }
  console.error(`publishing to ${request.hubUrl}`);
  trace(
    'start',
    JSON.stringify({ position: from, fromStreamMs, commands, hubUrl: request.hubUrl, name: project.name }),
  );
  tell({ type: 'on-air' });
  setInterval(() => {
    const frames = Math.floor((performance.now() - bornMs) / 40);
    const due = { streamMs: streamMs() + LAG_MS, atMs: sharedMs() };
    tell({ type: 'status', status: wellSession({ frames, streamMs: streamMs(), lateFrames: 0 }), due });
  }, 100);
  setInterval(() => {
    line += 1;
    tell({ type: 'position', position: position(), streamMs: streamMs() });
  }, 200);
}

process.on('message', (raw: unknown) => {
  const request = sessionRequestSchema.parse(raw);
  switch (request.type) {
    case 'start':
      start(request);
      break;
    case 'hub':
      trace('hub', request.url);
      break;
    case 'rung':
      trace('rung', JSON.stringify(request));
      break;
    case 'stop':
      trace('stop', String(request.graceful));
      // The closing takes a while.
      setTimeout(
        () => {
          tell({ type: 'ended' });
          process.exit(0);
        },
        request.graceful ? 700 : 0,
      );
      break;
    case 'command':
      if (request.command.type !== 'say') break;
      if (request.command.text === 'hang') for (;;);
      if (request.command.text === 'fall') process.exit(3);
      if (request.command.text === 'end') {
        tell({ type: 'ended' });
        process.exit(0);
      }
      break;
  }
});
