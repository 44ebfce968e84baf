import type { ErrorCode, ErrorParams } from '../../../app/errors/index.ts';

/** How an ffmpeg ended. */
export interface FfmpegExit {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  /** The last lines it said. */
  stderr: string;
  /** It could not be started at all. */
  startError?: NodeJS.ErrnoException | undefined;
  /** We killed it, since it made no progress for so long. */
  stalledMs?: number | undefined;
}

/** Why an ffmpeg failed; the sink adds what only it knows (paths, sizes). */
export type FfmpegFailure =
  | { kind: 'not-started'; detail: string }
  | { kind: 'stalled'; seconds: number }
  | { kind: 'disk-full' }
  | { kind: 'not-writable'; detail: string }
  | { kind: 'encoder-missing'; encoder: string }
  | { kind: 'killed'; signal: string }
  | { kind: 'failed'; detail: string };

/** Undefined when it ended well. */
export function classifyExit(exit: FfmpegExit): FfmpegFailure | undefined {
  const { exitCode, signal, stderr, startError, stalledMs } = exit;
  if (startError) return { kind: 'not-started', detail: startError.code ?? startError.message };
  if (stalledMs !== undefined) return { kind: 'stalled', seconds: Math.round(stalledMs / 1000) };
  // Before the exit code: some versions report a failed write and still exit with 0.
  if (/No space left on device|Disk quota exceeded|There is not enough space|disk full/i.test(stderr)) {
    return { kind: 'disk-full' };
  }
  if (exitCode === 0) return undefined;
  const unknown = /Unknown encoder '([^']+)'/.exec(stderr)?.[1];
  if (unknown !== undefined) return { kind: 'encoder-missing', encoder: unknown };
  // ffmpeg ends gracefully with 255 when it was asked to stop by a signal that it catches.
  if (signal !== null) return { kind: 'killed', signal };
  if (exitCode === 255 && /Exiting normally, received signal|Immediate exit requested/.test(stderr)) {
    return { kind: 'killed', signal: `signal ${/received signal (\d+)/.exec(stderr)?.[1] ?? '?'}` };
  }
  const writing = /(Permission denied|Read-only file system|Operation not permitted|Input\/output error)/.exec(stderr);
  if (writing) return { kind: 'not-writable', detail: writing[1]! };
  return { kind: 'failed', detail: lastComplaint(stderr) ?? `exit code ${exitCode}` };
}

/** The most telling line: the first that names an error, else the last one said. Addresses of contexts are left out. */
function lastComplaint(stderr: string): string | undefined {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^\[(\S+) @ 0x[0-9a-f]+\] /, '[$1] ').trim())
    .filter((line) => line !== '' && !IGNORED.test(line));
  return (
    lines.find((line) => /error|invalid|fail|cannot|could not|unsupported|not found|no such/i.test(line)) ??
    lines.at(-1)
  );
}

/** Said of every raw input; never why something failed. */
const IGNORED =
  /Estimating duration from bitrate|Guessed Channel Layout|Thread message queue blocking|Last message repeated/;

/** The error to show for a failure of the encoder itself; disk and path troubles need the sink's knowledge. */
export function failureWords(
  failure: Exclude<FfmpegFailure, { kind: 'disk-full' | 'not-writable' }>,
  context: { ffmpegPath: string; format: string; hardwareEncoder: string | undefined },
): { code: ErrorCode; params: ErrorParams; retryable: boolean } {
  switch (failure.kind) {
    case 'not-started':
      return {
        code: 'media.encoder-not-started',
        params: { path: context.ffmpegPath, detail: failure.detail },
        retryable: false,
      };
    case 'stalled':
      return { code: 'media.encoder-stalled', params: { seconds: failure.seconds }, retryable: true };
    case 'encoder-missing':
      return {
        code: 'media.encoder-missing',
        params: { path: context.ffmpegPath, format: context.format, encoder: failure.encoder },
        retryable: false,
      };
    case 'killed':
      return { code: 'media.encoder-killed', params: { signal: failure.signal }, retryable: true };
    case 'failed':
      return context.hardwareEncoder === undefined
        ? { code: 'media.encoder-failed', params: { detail: failure.detail }, retryable: false }
        : {
            code: 'media.hardware-encoder-failed',
            params: { encoder: context.hardwareEncoder, detail: failure.detail },
            retryable: true,
          };
  }
}
