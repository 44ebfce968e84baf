/** The engine's end of the shell's wire: hands ports to its doors, tells what it is busy with, and asks what only the shell can do. */
import type { ExportJob } from '../../../app/contract/exports.ts';
import type { SecretStore } from '../../engine/ports/secrets.ts';
import type { Engine } from '../../engine-process/engine.ts';
import type { PreviewChannel } from '../../studio/service.ts';
import { toWireError } from '../../studio/wire-error.ts';
import {
  type Activity,
  type FromEngine,
  IDLE,
  type Question,
  type ShellPort,
  type ToEngine,
} from '../wire/engine-protocol.ts';
import { answerRequest } from '../wire/http-over-port.ts';

/** `process.parentPort` of a utility process. */
export interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown; ports: ShellPort[] }) => void): unknown;
  postMessage(message: FromEngine): void;
}

/** What the shell can do for the engine. */
export interface ShellAbilities {
  readonly secrets: SecretStore;
  reveal(path: string): Promise<boolean>;
  chooseFolder(): Promise<string | null>;
}

export interface EngineHostOptions {
  parent: ParentPort;
  open(shell: ShellAbilities): Promise<Engine>;
  exit(code: number): void;
}

const LAST_WORDS_MS = 200;

/** Runs until the shell says to end, or until it turns out that the engine cannot be opened. */
export async function runEngine({ parent, open, exit }: EngineHostOptions): Promise<void> {
  const asked = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  const leaving = new AbortController();
  let lastId = 0;
  const ask = (question: Question): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      asked.set(lastId, { resolve, reject });
      parent.postMessage({ type: 'question', id: lastId, question });
    });

  const opening = open(abilities(ask));
  parent.on('message', ({ data, ports }) => {
    const message = data as ToEngine;
    if (message.type === 'answer') {
      asked.get(message.id)?.resolve(message.value);
      asked.delete(message.id);
    } else if (message.type === 'refusal') {
      asked.get(message.id)?.reject(new Error(message.detail));
      asked.delete(message.id);
    } else if (message.type === 'shutdown') {
      leaving.abort();
      opening
        .then((engine) => engine[Symbol.asyncDispose]())
        .then(
          () => exit(0),
          (error: unknown) => {
            console.error(error);
            exit(1);
          },
        );
    } else {
      opening.then(
        (engine) => {
          const [first, second] = ports;
          if (message.type === 'http') void answerRequest(first!, message.head, (request) => engine.fetch(request));
          else {
            engine.serveRpcPort(first!);
            first!.start();
            engine.servePreview(previewChannel(second!, leaving.signal));
          }
        },
        () => {},
      );
    }
  });

  let engine: Engine;
  try {
    engine = await opening;
  } catch (error) {
    if (!leaving.signal.aborted) {
      parent.postMessage({ type: 'failed', error: toWireError(error) });
      // The message must be out before the process is.
      setTimeout(() => exit(1), LAST_WORDS_MS);
    }
    return;
  }
  if (leaving.signal.aborted) return;
  parent.postMessage({ type: 'ready' });
  const { exports, live, settings } = engine.studio.services;
  const tell = (run: () => Promise<void>): void => {
    run().catch((error: unknown) => {
      if (!leaving.signal.aborted) console.error(error);
    });
  };
  let activity = IDLE;
  let told = '';
  const busyWith = (change: Partial<Activity>): void => {
    activity = { ...activity, ...change };
    // Progress comes ten times a second; the tray shows whole percents.
    const shown = JSON.stringify({ ...activity, progress: activity.progress && Math.floor(activity.progress * 100) });
    if (shown === told) return;
    told = shown;
    parent.postMessage({ type: 'activity', activity });
  };
  tell(async () => {
    for await (const jobs of await exports.watch({}, leaving.signal)) busyWith(activityOf(jobs));
  });
  tell(async () => {
    for await (const shows of await live.watch({}, leaving.signal))
      busyWith({ live: shows.some(({ state }) => state !== 'off' && state !== 'failed') });
  });
  tell(async () => {
    for await (const { locale, theme } of await settings.watch({}, leaving.signal))
      parent.postMessage({ type: 'preferences', locale: locale ?? null, theme: theme ?? 'system' });
  });
}

function activityOf(jobs: readonly Pick<ExportJob, 'status'>[]): Pick<Activity, 'exports' | 'progress'> {
  let exports = 0;
  let progress: number | null = null;
  for (const { status } of jobs) {
    if (status.state === 'queued' || status.state === 'running') exports += 1;
    if (status.state === 'running') progress ??= status.progress;
  }
  return { exports, progress };
}

function abilities(ask: (question: Question) => Promise<unknown>): ShellAbilities {
  return {
    secrets: {
      get: async (name) => (await ask({ ask: 'secret.get', name })) as string | null,
      set: async (name, value) => {
        await ask({ ask: 'secret.set', name, value });
      },
      delete: async (name) => {
        await ask({ ask: 'secret.delete', name });
      },
      names: async () => (await ask({ ask: 'secret.names' })) as string[],
    },
    reveal: async (path) => (await ask({ ask: 'reveal', path })) as boolean,
    chooseFolder: async () => (await ask({ ask: 'chooseFolder' })) as string | null,
  };
}

/** `leaving` closes it from this end, of which a port itself does not tell. */
function previewChannel(port: ShellPort, leaving: AbortSignal): PreviewChannel {
  let closed = false;
  const listeners: (() => void)[] = [];
  const onMessages: ((message: string) => void)[] = [];
  port.on('message', ({ data }) => {
    if (typeof data === 'string') for (const listener of onMessages) listener(data);
  });
  const close = (): void => {
    closed = true;
    leaving.removeEventListener('abort', onLeaving);
    for (const listener of listeners.splice(0)) listener();
  };
  const onLeaving = (): void => {
    port.close();
    close();
  };
  port.on('close', close);
  leaving.addEventListener('abort', onLeaving, { once: true });
  port.start();
  return {
    send(message) {
      if (closed) return;
      if (typeof message === 'string') port.postMessage(message);
      // A view is sent with all of the buffer behind it.
      else port.postMessage(message.byteLength === message.buffer.byteLength ? message.buffer : message.slice().buffer);
    },
    // Ports take whatever they are given; the wire's own credit keeps it little.
    bufferedBytes: 0,
    onMessage: (listener) => onMessages.push(listener),
    onClose(listener) {
      if (closed) listener();
      else listeners.push(listener);
    },
  };
}
