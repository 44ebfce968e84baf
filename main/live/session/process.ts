/**
 * The session's process: told by its supervisor what to do, over IPC alone. It ends when the show is over, when it is told to, and when its
 * supervisor has gone; however it ends, nothing it started stays behind.
 */
import { join } from 'node:path';
import { StudioError } from '../../../app/errors/index.ts';
import { createStudio } from '../../compose.ts';
import { chooseVideoEncoder } from '../../media/ffmpeg/encoders.ts';
import { openFrameSource } from '../../render/frame-source.ts';
import { openAssetStore } from '../../storage/assets.ts';
import { createMemorySecrets } from '../../storage/memory-secrets.ts';
import { openTempDir } from '../../storage/paths.ts';
import { realClock, VirtualClock } from './clock.ts';
import { dutyTeller } from './duty-teller.ts';
import { killEncoders } from './encoder.ts';
import { HubSink } from './hub-sink.ts';
import { type SessionReply, type SessionRequest, sessionRequestSchema, sharedMs } from './messages.ts';
import { killDecoders } from './pcm-stream.ts';
import { errorOf, LiveSession } from './session.ts';
import { StageMaker } from './stage-maker.ts';

const STATUS_MS = 1000;

const tell = (reply: SessionReply): void => {
  if (process.connected) process.send?.(reply, undefined, undefined, () => undefined);
};
/** The message must be out before the process is. */
const tellLast = (reply: SessionReply, code: number): void => {
  if (!process.connected) process.exit(code);
  process.send?.(reply, undefined, undefined, () => process.exit(code));
  setTimeout(() => process.exit(code), 1000);
};

process.on('exit', () => {
  killEncoders();
  killDecoders();
});
// A terminal's Ctrl-C comes to every process of it; when to end is the supervisor's decision.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
console.log = console.info = console.debug = console.error;

let session: LiveSession | null = null;
let sink: HubSink | null = null;
let hubUrl = '';
/** What came before the session could take it. */
const early: Exclude<SessionRequest, { type: 'start' }>[] = [];

function take(request: Exclude<SessionRequest, { type: 'start' }>): void {
  if (session === null) {
    early.push(request);
    return;
  }
  switch (request.type) {
    case 'command':
      session.command(request.command);
      break;
    case 'hub':
      hubUrl = request.url;
      sink?.moved(request.url);
      break;
    case 'rung':
      session.rung(request);
      break;
    case 'stop':
      void session.stop(request.graceful);
  }
}

async function start(request: Extract<SessionRequest, { type: 'start' }>): Promise<void> {
  hubUrl = request.hubUrl;
  const options = { dataDir: request.dataDir, ffmpegPath: request.ffmpegPath };
  await using studio = createStudio({
    ...{ ...options, pace: 'live' },
    ...(request.providers && {
      providerSettings: request.providers.settings,
      secrets: createMemorySecrets(request.providers.secrets),
    }),
  });
  studio.providers.listen(dutyTeller(tell));
  const scratch = await openTempDir(studio.paths.tempDir);
  try {
    const { signal } = new AbortController();
    const ffmpeg = await studio.ffmpeg(signal);
    const running = new LiveSession(request, {
      clock: request.virtualClock ? new VirtualClock(Date.now()) : realClock(),
      ...{ speech: studio.speech, llm: studio.providers.answers },
      // Only read: neither lock nor database is needed.
      assets: openAssetStore(join(studio.paths.dataDir, 'assets'), {
        exclusively: (work) => work(),
        isReferenced: () => true,
      }),
      ffmpegPath: ffmpeg.path,
      chooseEncoder: async (size, fps, mode) =>
        (await chooseVideoEncoder(ffmpeg, { ...size, fps, mode }, studio.paths.cacheDir, signal)).name,
      tempDir: scratch.path,
      maker: new StageMaker(options),
      openFrames: openFrameSource,
      openSink: (onFirst, onTrouble) => {
        sink = new HubSink({ url: hubUrl, onFirst, onTrouble });
        return sink;
      },
      tell,
    });
    session = running;
    for (const each of early.splice(0)) take(each);
    const tellStatus = (): void =>
      tell({ type: 'status', status: running.status(), due: { streamMs: running.dueStreamMs, atMs: sharedMs() } });
    const status = setInterval(tellStatus, STATUS_MS);
    tellStatus();
    try {
      await running.run();
    } finally {
      clearInterval(status);
    }
  } finally {
    await scratch.dispose();
  }
}

let started = false;
process.on('message', (raw: unknown) => {
  const parsed = sessionRequestSchema.safeParse(raw);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const detail = `a message that is none: ${issue?.path.join('.')} ${issue?.message}`;
    tell({ type: 'trouble', error: { code: 'command.internal', params: { detail } } });
    return;
  }
  const request = parsed.data;
  if (request.type !== 'start') return take(request);
  if (started) return;
  started = true;
  start(request).then(
    () => tellLast({ type: 'ended' }, 0),
    (error: unknown) => {
      // What another start may get over is told by falling.
      if (error instanceof StudioError && !error.retryable) tellLast({ type: 'failed', error: errorOf(error) }, 1);
      else fall(error);
    },
  );
});
/** Nobody is left to tell, or to be stopped by. */
const leave = (): void => {
  setTimeout(() => process.exit(0), 2000).unref();
  void (session?.dispose() ?? Promise.resolve()).then(() => process.exit(0));
};
process.on('disconnect', leave);
process.on('SIGTERM', leave);
const fall = (reason: unknown): void => {
  process.stderr.write(`${reason instanceof Error ? (reason.stack ?? reason.message) : String(reason)}\n`);
  tellLast({ type: 'trouble', error: errorOf(reason) }, 70);
};
process.on('uncaughtException', fall);
process.on('unhandledRejection', fall);
