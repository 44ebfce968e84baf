/** Looks at a show once a second: what its processes take, whether the quality ladder is to be gone down or up, and what is an alarm. */
import { statfs } from 'node:fs/promises';
import { type Alarm, type AlarmEvent, newAlarms, stepAlarms } from '../../../app/live/alarms.ts';
import type { ProcessFigures } from '../../../app/live/health.ts';
import { type LadderCause, newLadder, stepLadder } from '../../../app/live/ladder.ts';
import type { LiveStatus } from '../../../app/live/protocol.ts';
import { createProcessMeter } from './processes.ts';

export interface Look {
  /** Monotonic. */
  nowMs: number;
  status: LiveStatus;
  /** The quality may change. */
  mayStep: boolean;
  /** By name; of those that run. */
  pids: Readonly<Record<string, number | undefined>>;
}

export interface Watch {
  look(look: Look): { rung: { before: number; cause: LadderCause | null } | null; alarmed: AlarmEvent[] };
  /** Step of the ladder. */
  readonly rung: number;
  readonly alarms: Alarm[];
  readonly figures: ProcessFigures[];
}

const METER_EVERY = 5;

export function createWatch(recordingTo: string | null): Watch {
  const meter = createProcessMeter();
  let ladder = newLadder(performance.now());
  let alarms: Alarm[] = [];
  let alarmState = newAlarms();
  let figures: ProcessFigures[] = [];
  let diskFreeMb: number | null = null;
  let looks = 0;

  const measure = async (pids: Look['pids']): Promise<void> => {
    const named = Object.entries({ supervisor: process.pid, ...pids });
    figures = await meter
      .read(named.flatMap(([name, pid]) => (pid === undefined ? [] : [{ name, pid }])))
      .catch(() => []);
    const space = recordingTo === null ? null : await statfs(recordingTo).catch(() => null);
    diskFreeMb = space === null ? null : (space.bavail * space.bsize) / 1024 / 1024;
  };

  return {
    look({ nowMs, status, mayStep, pids }) {
      const before = ladder.step;
      if (mayStep) ladder = stepLadder(ladder, { nowMs, session: status.session, destinations: status.destinations });
      if (looks++ % METER_EVERY === 0) void measure(pids);
      const memoryMb = figures.length === 0 ? null : figures.reduce((sum, { rssMb }) => sum + rssMb, 0);
      const stepped = stepAlarms(alarmState, { nowMs, wallMs: Date.now(), status, memoryMb, diskFreeMb });
      alarmState = stepped.state;
      alarms = stepped.alarms;
      return { rung: ladder.step === before ? null : { before, cause: ladder.cause }, alarmed: stepped.events };
    },
    get rung() {
      return ladder.step;
    },
    get alarms() {
      return alarms;
    },
    get figures() {
      return figures;
    },
  };
}
