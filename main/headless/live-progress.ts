/** How a show on air is doing: one line that is kept up to date on a terminal, a line a minute and at each change elsewhere. */
import type { LiveState, LiveStatus } from '../../app/live/protocol.ts';
import type { CommandConsole } from './console.ts';

export interface LiveProgress {
  update(status: LiveStatus): void;
  /** A remark between the lines. */
  say(line: string): void;
  /** Clears the line; safe to call twice. */
  end(): void;
}

export interface LiveProgressOptions {
  stream: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number };
  console: Pick<CommandConsole, 'json' | 'quiet' | 'words' | 'note'>;
  nowMs?: (() => number) | undefined;
}

const REDRAW_MS = 500;
const PLAIN_EVERY_MS = 60_000;

const STATES: Readonly<Record<LiveState, { en: string; zh: string }>> = {
  off: { en: 'off air', zh: '未开播' },
  starting: { en: 'starting', zh: '启动中' },
  'on-air': { en: 'on air', zh: '直播中' },
  recovering: { en: 'recovering', zh: '恢复中' },
  stopping: { en: 'stopping', zh: '停止中' },
  failed: { en: 'failed', zh: '失败' },
};
const LIGHTS = { off: '○', connecting: '…', live: '●', waiting: '↻', refused: '✕' } as const;

/** `1:02:03`, `2:03`. */
export function clockOf(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(seconds % 60)}`;
}

export function describeLive(status: LiveStatus, { words }: Pick<CommandConsole, 'words'>): string {
  const { session, destinations, recording } = status;
  const parts = [words(STATES[status.state]), clockOf(status.uptimeMs)];
  if (session !== null) {
    parts.push(`${session.fpsOut.toFixed(1)} fps`);
    if (session.rung.step > 0) parts.push(words({ en: `step −${session.rung.step}`, zh: `降档 ${session.rung.step}` }));
    parts.push(words({ en: `late ${session.lateFrames}`, zh: `迟到 ${session.lateFrames}` }));
  }
  for (const { id, state, bitrateKbps, droppedFrames } of destinations) {
    const dropped = droppedFrames > 0 ? words({ en: ` −${droppedFrames}`, zh: ` 丢 ${droppedFrames}` }) : '';
    parts.push(`${LIGHTS[state]} ${id}${state === 'live' ? ` ${Math.round(bitrateKbps)} kbps` : ''}${dropped}`);
  }
  if (recording !== null) parts.push(`REC ${(recording.bytes / 1e6).toFixed(0)} MB`);
  if (session?.speaking) parts.push(`“${session.speaking.text}”`);
  // What is said is the person's text: nothing in it may reach the terminal as a command.
  return parts.join('  ').replace(/\p{Cc}+/gu, ' ');
}

export function createLiveProgress({
  stream,
  console,
  nowMs = () => performance.now(),
}: LiveProgressOptions): LiveProgress {
  const silent = console.json || console.quiet;
  const onTerminal = stream.isTTY === true;
  let toldMs = Number.NEGATIVE_INFINITY;
  let toldState: LiveState | null = null;
  let drawn = false;
  const clear = (): void => {
    if (drawn) stream.write('\r\x1b[K');
    drawn = false;
  };
  return {
    update(status) {
      if (silent) return;
      const now = nowMs();
      const isNew = status.state !== toldState;
      if (!isNew && now - toldMs < (onTerminal ? REDRAW_MS : PLAIN_EVERY_MS)) return;
      toldMs = now;
      toldState = status.state;
      const line = describeLive(status, console);
      if (!onTerminal) {
        stream.write(`${line}\n`);
        return;
      }
      stream.write(`\r\x1b[K${cut(line, (stream.columns ?? 80) - 1)}`);
      drawn = true;
    },
    say(line) {
      clear();
      console.note(line);
    },
    end: clear,
  };
}

/** To so many cells; Chinese characters take two. */
function cut(text: string, cells: number): string {
  let used = 0;
  let out = '';
  for (const character of text) {
    used += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
      character,
    )
      ? 2
      : 1;
    if (used > cells) break;
    out += character;
  }
  return out;
}
