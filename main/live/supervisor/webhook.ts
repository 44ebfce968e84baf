/** Tells an address of the person's choice about alarms: POST of JSON, tried a few times, never in the way of the show. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../../../app/errors/index.ts';
import type { AlarmEvent } from '../../../app/live/alarms.ts';

export interface Webhook {
  tell(event: AlarmEvent, show: { projectId: string; name: string }): void;
  /** What is under way is given up. */
  close(): void;
}

const TRIES = 4;
const TIMEOUT_MS = 10_000;
/** What waits beyond is dropped, the oldest first: alarms of hours ago help nobody. */
const MOST_WAITING = 50;

/** @param onFailure what could not be told; without the address, which may hold a token */
export function createWebhook(
  url: string,
  onFailure: (detail: string) => void,
  { firstWaitMs = 1_000, timeoutMs = TIMEOUT_MS }: { firstWaitMs?: number; timeoutMs?: number } = {},
): Webhook {
  const closed = new AbortController();
  const waiting: string[] = [];
  let busy = false;
  const pump = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    while (!closed.signal.aborted) {
      const body = waiting.shift();
      if (body === undefined) break;
      const failure = await post(body);
      if (failure !== null && !closed.signal.aborted) onFailure(failure);
    }
    busy = false;
  };
  const post = async (body: string): Promise<string | null> => {
    let detail = '';
    for (let attempt = 0; attempt < TRIES; attempt++) {
      try {
        if (attempt > 0) await delay(firstWaitMs * 4 ** (attempt - 1), undefined, { signal: closed.signal });
        const response = await fetch(url, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json' },
          redirect: 'error',
          signal: AbortSignal.any([closed.signal, AbortSignal.timeout(timeoutMs)]),
        });
        await response.body?.cancel();
        if (response.ok) return null;
        detail = `HTTP ${response.status}`;
        // The same words would be refused again.
        if (response.status < 500 && response.status !== 408 && response.status !== 429) return detail;
      } catch (error) {
        if (closed.signal.aborted) return null;
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
        detail = (cause as NodeJS.ErrnoException).code ?? (cause as Error).name;
      }
    }
    return detail;
  };
  return {
    tell({ type, alarm }, show) {
      const { code, params } = alarm.error;
      const words = describeError({ code, params }, 'en');
      const words2 = describeError({ code, params }, 'zh-CN');
      waiting.push(
        JSON.stringify({
          event: type,
          alarm: { id: alarm.id, since: new Date(alarm.sinceWallMs).toISOString(), code, params, ...words },
          zh: words2,
          show,
        }),
      );
      if (waiting.length > MOST_WAITING) waiting.shift();
      void pump();
    },
    close() {
      closed.abort();
    },
  };
}
