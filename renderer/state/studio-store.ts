/** What the studio says of itself and does in the background, followed for as long as the page lives. */
import { createStore } from 'zustand/vanilla';
import type { ExportJob } from '../../app/contract/exports.ts';
import type { Settings } from '../../app/contract/settings.ts';
import type { SystemInfo } from '../../app/contract/system.ts';
import { errorText } from '../bridge/errors.ts';
import { connection, rpc } from '../bridge/index.ts';
import { language } from './language.ts';
import { showToast } from './toasts.ts';

export interface StudioState {
  info: SystemInfo | null;
  /** The queue of exports, oldest first; null until it is known. */
  jobs: readonly ExportJob[] | null;
  /** As the studio has them; null until they are known. */
  settings: Settings | null;
}
export const studioStore = createStore<StudioState>(() => ({ info: null, jobs: null, settings: null }));

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 10_000;

/** Whether an export is waiting or running. */
export const isBusy = ({ status }: ExportJob): boolean => status.state === 'queued' || status.state === 'running';

/** How far all that is waiting or running is, together, in whole percent; null where nothing is. */
export function busyPercent(jobs: readonly ExportJob[] | null): number | null {
  const busy = jobs?.filter(isBusy) ?? [];
  if (busy.length === 0) return null;
  const done = busy.reduce((sum, { status }) => sum + (status.state === 'running' ? status.progress : 0), 0);
  return Math.floor((100 * done) / busy.length);
}

/**
 * Follows a stream of the studio across lost connections: each time the line is open it is asked for again.
 * The stream's first event must be the whole state.
 */
export async function follow<T>(
  open: (signal: AbortSignal) => Promise<AsyncIterable<T>>,
  onEvent: (event: T) => void,
  signal: AbortSignal,
): Promise<void> {
  for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(LONGEST_WAIT_MS, waitMs * 2)) {
    try {
      await connection.whenOpen(signal);
      for await (const event of await open(signal)) {
        waitMs = FIRST_WAIT_MS;
        onEvent(event);
      }
    } catch {
      // Told by the connection's state; asked for again below.
    }
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

export function startStudioStore(signal: AbortSignal): void {
  void follow(
    (stop) => rpc.exports.watch({}, { signal: stop }),
    (jobs) => studioStore.setState({ jobs }),
    signal,
  );
  void follow(
    (stop) => rpc.system.events({}, { signal: stop }),
    (event) => {
      if (event.type !== 'notice') return;
      const { locale, t } = language();
      const { message, hint } = errorText(event.error, locale, t);
      showToast({ tone: event.severity, message, hint });
    },
    signal,
  );
  const ask = (): void => {
    if (connection.store.getState().phase !== 'open') return;
    void rpc.system.info({}).then(
      (info) => studioStore.setState({ info }),
      () => {},
    );
  };
  connection.store.subscribe(ask);
  ask();
}
