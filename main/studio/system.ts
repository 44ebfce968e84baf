/** What the studio says of itself. */
import { randomUUID } from 'node:crypto';
import type { StudioContract } from '../../app/contract/index.ts';
import type { SystemEvent, SystemInfo } from '../../app/contract/system.ts';
import type { Locale, StudioError } from '../../app/errors/index.ts';
import { createBroadcast, follow } from './broadcast.ts';
import type { ServiceOf } from './service.ts';
import { toWireError } from './wire-error.ts';

export interface SystemService extends ServiceOf<StudioContract['system']> {
  /** To every interface that listens, now or within its first moments. */
  tell(event: SystemEvent): void;
}

export interface SystemOptions {
  info: SystemInfo;
  checkMachine: ServiceOf<StudioContract['system']>['checkMachine'];
  diskUse: ServiceOf<StudioContract['system']>['diskUse'];
  /** What opening the storage had to say. */
  notices: readonly StudioError[];
}

export function createSystemService({ info, checkMachine, diskUse, notices }: SystemOptions): SystemService {
  const events = createBroadcast<SystemEvent>();
  const hello: SystemEvent = { type: 'hello', engineId: randomUUID(), startedAtMs: Date.now() };
  /** Told before anybody listened; the first who does gets them. */
  let untold: SystemEvent[] = notices.map((error) => ({
    ...{ type: 'notice', severity: 'warning', projectId: null },
    error: toWireError(error),
  }));
  return {
    info: () => info,
    checkMachine,
    diskUse,
    tell(event) {
      if (events.listeners === 0) untold.push(event);
      else events.emit(event);
    },
    events: (_, signal) =>
      follow<SystemEvent>(signal, (push) => {
        for (const event of [hello, ...untold]) push(event);
        untold = [];
        return events.listen(push);
      }),
  };
}

/** What the system is set to, as far as the studio speaks it. */
export function systemLocale(env: NodeJS.ProcessEnv = process.env): Locale {
  const set = env.LC_ALL || env.LC_MESSAGES || env.LANG;
  const tag = set ?? Intl.DateTimeFormat().resolvedOptions().locale;
  return /^zh\b|^zh_/i.test(tag) ? 'zh-CN' : 'en';
}
