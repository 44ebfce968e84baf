/** A supervisor and its shows from the bench's side: asked over IPC, seen through the system's process table and what it publishes. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Project } from '../app/document/project.ts';
import type { LiveCommand, LiveStatus, UtteranceTrace } from '../app/live/protocol.ts';
import type { LiveDestination } from '../main/live/supervisor/live-show.ts';
import { type RunningProcess, readTree } from './live-processes.ts';

export type ToLiveHost =
  | { type: 'go'; project: Project; destinations: LiveDestination[]; virtualClock: boolean }
  | { type: 'command'; projectId: string; command: LiveCommand }
  | { type: 'reconnect'; projectId: string; destinationId: string }
  | { type: 'stop'; projectId: string; graceful: boolean }
  | { type: 'traces'; projectId: string }
  | { type: 'end' };
export type FromLiveHost =
  | { type: 'ready' }
  | { type: 'status'; projectId: string; status: LiveStatus; flvUrl: string | null }
  | { type: 'traces'; traces: UtteranceTrace[] }
  | { type: 'ended'; projectId: string; error: string | null };

const PROGRAM = fileURLToPath(new URL('./live-host-child.ts', import.meta.url));
const START_MS = 120_000;
const END_MS = 90_000;
const LOOK_MS = 20;

export class LiveHost implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #signal: AbortSignal;
  readonly #shows = new Map<string, { status: LiveStatus; flvUrl: string | null }>();
  readonly #ended = new Map<string, string | null>();
  #traces: ((traces: UtteranceTrace[]) => void) | null = null;
  /** Every process it ever had, as far as it was looked at. */
  readonly #seen = new Map<number, string>();
  onStatus: (projectId: string, status: LiveStatus) => void = () => undefined;

  private constructor(child: ChildProcess, signal: AbortSignal) {
    this.#child = child;
    this.#signal = signal;
    child.on('message', (message: FromLiveHost) => {
      if (message.type === 'status') {
        this.#shows.set(message.projectId, message);
        this.onStatus(message.projectId, message.status);
      } else if (message.type === 'ended') this.#ended.set(message.projectId, message.error);
      else if (message.type === 'traces') this.#traces?.(message.traces);
    });
  }

  static async start(dataDir: string, signal: AbortSignal): Promise<LiveHost> {
    signal.throwIfAborted();
    const child = fork(PROGRAM, [dataDir], { stdio: ['ignore', 2, 2, 'ipc'] });
    const host = new LiveHost(child, signal);
    await Promise.race([
      once(child, 'message'),
      once(child, 'exit').then(() => Promise.reject(new Error('the supervisor’s process did not start'))),
    ]);
    return host;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  #send(message: ToLiveHost): void {
    if (this.#child.connected) this.#child.send(message);
  }

  /** Resolves when it is on air and the hub plays it. */
  async go(
    project: Project,
    { destinations = [], virtualClock = false }: { destinations?: LiveDestination[]; virtualClock?: boolean } = {},
  ): Promise<void> {
    this.#send({ type: 'go', project, destinations, virtualClock });
    await this.until(`${project.id} on air`, () => this.status(project.id)?.state === 'on-air', START_MS);
  }

  status(projectId: string): LiveStatus | null {
    return this.#shows.get(projectId)?.status ?? null;
  }
  flvUrl(projectId: string): string | null {
    return this.#shows.get(projectId)?.flvUrl ?? null;
  }
  command(projectId: string, command: LiveCommand): void {
    this.#send({ type: 'command', projectId, command });
  }
  reconnectNow(projectId: string, destinationId: string): void {
    this.#send({ type: 'reconnect', projectId, destinationId });
  }
  async traces(projectId: string): Promise<UtteranceTrace[]> {
    const answer = Promise.withResolvers<UtteranceTrace[]>();
    this.#traces = answer.resolve;
    this.#send({ type: 'traces', projectId });
    return await answer.promise;
  }

  /** Looks until it is so. @throws Error not in time, or the show has failed */
  async until(what: string, look: () => boolean, mostMs: number): Promise<void> {
    const fromMs = performance.now();
    while (!look()) {
      this.#signal.throwIfAborted();
      const fallen = [...this.#ended].find(([, error]) => error !== null);
      if (fallen !== undefined) throw new Error(`the show ${fallen[0]} ended: ${fallen[1]}`);
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        throw new Error(`the supervisor’s process has ended, waiting for: ${what}`);
      if (performance.now() - fromMs > mostMs) throw new Error(`not within ${mostMs / 1000} s: ${what}`);
      await delay(LOOK_MS);
    }
  }

  async stop(projectId: string, graceful: boolean): Promise<void> {
    this.#send({ type: 'stop', projectId, graceful });
    await this.until(`${projectId} off air`, () => this.#ended.has(projectId), END_MS);
  }

  /** It and all that it started. */
  processes(): RunningProcess[] {
    const tree = readTree(this.pid);
    for (const { pid, began } of tree) this.#seen.set(pid, began);
    return tree;
  }
  /** The one whose command line holds this. */
  pidOf(part: 'hub' | 'publisher' | 'session' | 'encoder'): number | undefined {
    return this.processes().find(({ role }) => role === part)?.pid;
  }
  kill(part: 'hub' | 'publisher' | 'session' | 'encoder'): { pid: number; atMs: number } {
    const pid = this.pidOf(part);
    if (pid === undefined) throw new Error(`no ${part} is running`);
    process.kill(pid, 'SIGKILL');
    return { pid, atMs: performance.now() };
  }

  /** Ends everything in order. @returns how many of its processes were left */
  async end(): Promise<number> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.processes();
      const exited = once(this.#child, 'exit');
      this.#send({ type: 'end' });
      const late = setTimeout(() => this.#child.kill('SIGKILL'), END_MS);
      await exited;
      clearTimeout(late);
      // Those that end when their parent has gone.
      await delay(1_000);
    }
    return [...this.#seen].filter(([pid, began]) => isRunning(pid, began)).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }
}

const isRunning = (pid: number, began: string): boolean =>
  readTree(pid).some((each) => each.pid === pid && each.began === began);
