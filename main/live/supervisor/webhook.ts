/** Tells an address of the person's choice about alarms: POST of JSON, tried a few times, never in the way of the show. */
import { setTimeout as delay } from 'node:timers/promises';
import { describeError, StudioError } from '../../../app/errors/index.ts';
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

/** @returns the HTTP status */
async function postJson(url: string, body: string, timeoutMs: number, signal: AbortSignal): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  await response.body?.cancel();
  return response.status;
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return (cause as NodeJS.ErrnoException).code ?? (cause as Error).name;
};

/** Posts one message that says it is a trial. @throws StudioError live.webhook-failed, without the address */
export async function tryWebhook(url: string, signal: AbortSignal): Promise<void> {
  const body = JSON.stringify({
    event: 'test',
    words: { en: 'Alarms will be told here.', 'zh-CN': '警报将发送到这里。' },
  });
  let detail: string;
  try {
    const status = await postJson(url, body, TIMEOUT_MS, signal);
    if (status >= 200 && status < 300) return;
    detail = `HTTP ${status}`;
  } catch (error) {
    signal.throwIfAborted();
    detail = reasonOf(error);
  }
  throw new StudioError('live.webhook-failed', { host: new URL(url).host, detail });
}

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
        const status = await postJson(url, body, timeoutMs, closed.signal);
        if (status >= 200 && status < 300) return null;
        detail = `HTTP ${status}`;
        // The same words would be refused again.
        if (status < 500 && status !== 408 && status !== 429) return detail;
      } catch (error) {
        if (closed.signal.aborted) return null;
        detail = reasonOf(error);
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
