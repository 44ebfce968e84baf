/** How far a command is: a bar with the time left on a terminal, a plain line now and then elsewhere. */
import type { CommandConsole } from './console.ts';

export interface ProgressStep {
  /** What is being done, in the person's language. */
  label: string;
  done: number;
  total: number;
}

export interface Progress {
  update(step: ProgressStep): void;
  /** Clears the bar; safe to call twice. */
  end(): void;
}

export interface ProgressOptions {
  stream: Pick<NodeJS.WriteStream, 'write'> & { isTTY?: boolean; columns?: number };
  console: Pick<CommandConsole, 'json' | 'quiet' | 'words'>;
  nowMs?: (() => number) | undefined;
}

const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 10_000;
/** Before this the speed says nothing. */
const ETA_AFTER_MS = 1500;
const BAR_CELLS = 28;

export function createProgress({ stream, console, nowMs = () => performance.now() }: ProgressOptions): Progress {
  if (console.json || console.quiet) return { update() {}, end() {} };
  const onTerminal = stream.isTTY === true;
  let label = '';
  let stepFromMs = 0;
  let firstDone = 0;
  let toldMs = Number.NEGATIVE_INFINITY;
  let toldWhole = false;
  let drawn = false;

  const left = ({ done, total }: ProgressStep, now: number): string => {
    const spent = now - stepFromMs;
    if (spent < ETA_AFTER_MS || done <= firstDone || done >= total) return '';
    const seconds = Math.max(1, Math.round((spent / (done - firstDone)) * (total - done) * 0.001));
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    return console.words({ en: `${clock} left`, zh: `剩余 ${clock}` });
  };

  const draw = (step: ProgressStep, now: number): void => {
    const share = step.total > 0 ? Math.min(1, step.done / step.total) : 0;
    const cells = Math.round(share * BAR_CELLS);
    const bar = '█'.repeat(cells) + '░'.repeat(BAR_CELLS - cells);
    const percent = `${String(Math.floor(share * 100)).padStart(3)} %`;
    const room = stream.columns ?? 80;
    const parts = room >= 70 ? [bar, percent, step.label, left(step, now)] : [percent, step.label, left(step, now)];
    stream.write(`\r\x1b[K${parts.filter((part) => part !== '').join('  ')}`);
    drawn = true;
  };
  const tell = (step: ProgressStep, now: number, isNew: boolean): void => {
    const rest = left(step, now);
    const percent = Math.floor((100 * step.done) / Math.max(1, step.total));
    stream.write(isNew ? `${step.label} …\n` : `${step.label} ${percent} %${rest && ` (${rest})`}\n`);
  };

  return {
    update(step) {
      const now = nowMs();
      const isNew = step.label !== label;
      if (isNew) {
        label = step.label;
        stepFromMs = now;
        firstDone = step.done;
        toldWhole = false;
      }
      const isWhole = step.done >= step.total;
      const due = now - toldMs >= (onTerminal ? REDRAW_MS : PLAIN_EVERY_MS);
      if (!isNew && !due && !(onTerminal && isWhole && !toldWhole)) return;
      if (isWhole && toldWhole) return;
      toldMs = now;
      toldWhole = isWhole;
      if (onTerminal) draw(step, now);
      else tell(step, now, isNew);
    },
    end() {
      if (drawn) stream.write('\r\x1b[K');
      drawn = false;
    },
  };
}
