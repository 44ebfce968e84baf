/** The built interface behind a host of its own, with a studio of two projects in memory: what the page needs to be looked at. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/ws';
import { applyPatches, enablePatches } from 'immer';
import { type WebSocket, WebSocketServer } from 'ws';
import { contract } from '../../app/contract/index.ts';
import type { ProjectEvent, ProjectSummary } from '../../app/contract/projects.ts';
import { type Settings, type SettingsChange, settingsSchema } from '../../app/contract/settings.ts';
import type { SystemEvent } from '../../app/contract/system.ts';
import { newProject } from '../../app/document/new-project.ts';
import type { Project } from '../../app/document/project.ts';

enablePatches();

const DIST = new URL('../../renderer/dist/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
/** As the product's host sends it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'";

class Watchers<Event> {
  readonly #listeners = new Set<(event: Event) => void>();
  tell(event: Event): void {
    for (const listener of this.#listeners) listener(event);
  }
  async *watch(first: Event, signal: AbortSignal | undefined): AsyncGenerator<Event> {
    const queue: Event[] = [first];
    let wake = Promise.withResolvers<void>();
    const listener = (event: Event): void => {
      queue.push(event);
      wake.resolve();
    };
    const end = (): void => wake.resolve();
    this.#listeners.add(listener);
    signal?.addEventListener('abort', end);
    try {
      while (!signal?.aborted) {
        for (let event = queue.shift(); event !== undefined; event = queue.shift()) yield event;
        await wake.promise;
        wake = Promise.withResolvers();
      }
    } finally {
      this.#listeners.delete(listener);
      signal?.removeEventListener('abort', end);
    }
  }
}

export interface PageHost {
  readonly url: string;
  readonly document: Project;
  readonly settings: Settings;
  /** As if it had been set in another window. */
  set(change: SettingsChange): void;
  /** Ends every socket and takes none until it is called with true. */
  online(on: boolean): void;
  /** Another window's change. */
  change(recipe: Parameters<typeof applyPatches>[1]): void;
  close(): Promise<void>;
}

export async function startPageHost(): Promise<PageHost> {
  let project = newProject({
    id: 'demo',
    name: '示例 Sample',
    portrait: { kind: 'sample', id: 'lin' },
    script: { lines: [{ id: 'a', text: '你好' }] },
  });
  let revision = 1;
  let settings = settingsSchema.parse({ locale: 'en', theme: 'dark', tourDone: true });
  const projectWatchers = new Watchers<ProjectEvent>();
  const settingsWatchers = new Watchers<Settings>();
  const apply = (patches: Parameters<typeof applyPatches>[1], clientId: string): void => {
    project = applyPatches(project, patches);
    revision += 1;
    projectWatchers.tell({ type: 'patches', patches: patches as never, clientId, revision });
  };
  const set = (change: SettingsChange): void => {
    settings = settingsSchema.parse({ ...settings, ...change });
    settingsWatchers.tell(settings);
  };
  const os = implement(contract);
  const handler = new RPCHandler({
    system: {
      events: os.system.events.handler(({ signal }) =>
        new Watchers<SystemEvent>().watch({ type: 'hello', engineId: 'one', startedAtMs: 0 }, signal),
      ),
      info: os.system.info.handler(() => ({
        ...{ software: 'Shenghua Studio', version: '0.1.0', platform: 'linux', locale: 'en' as const, dataDir: '/' },
        capabilities: { revealInFolder: false, chooseFolder: false },
      })),
    },
    settings: {
      watch: os.settings.watch.handler(({ signal }) => settingsWatchers.watch(settings, signal)),
      set: os.settings.set.handler(({ input }) => {
        set(input);
        return settings;
      }),
    },
    library: { watch: os.library.watch.handler(({ signal }) => new Watchers<never[]>().watch([], signal)) },
    portraits: { samples: os.portraits.samples.handler(() => []) },
    exports: { watch: os.exports.watch.handler(({ signal }) => new Watchers<never[]>().watch([], signal)) },
    projects: {
      watchList: os.projects.watchList.handler(({ signal }) =>
        new Watchers<ProjectSummary[]>().watch([summaryOf(project, revision)], signal),
      ),
      watch: os.projects.watch.handler(({ signal }) =>
        projectWatchers.watch({ type: 'document', project, revision, saved: true }, signal),
      ),
      edit: os.projects.edit.handler(({ input, errors }) => {
        if (input.baseRevision !== revision)
          throw errors.STUDIO_ERROR({
            data: { code: 'storage.project-changed-elsewhere', params: {}, retryable: false },
          });
        apply(input.patches as never, input.clientId);
        return { revision, unsaved: null };
      }),
    },
  });

  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://host').pathname;
    const name = path === '/' ? 'index.html' : path.slice(1);
    try {
      const body = await readFile(fileURLToPath(new URL(name, DIST)));
      response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? '', 'content-security-policy': POLICY });
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  const sockets = new Set<WebSocket>();
  const socketServer = new WebSocketServer({ noServer: true });
  let isOnline = true;
  server.on('upgrade', (request, socket, head) => {
    if (!isOnline) return void socket.destroy();
    socketServer.handleUpgrade(request, socket, head, (ws) => {
      sockets.add(ws);
      ws.once('close', () => sockets.delete(ws));
      if (request.url === '/rpc') handler.upgrade(ws);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}/`,
    get document() {
      return project;
    },
    get settings() {
      return settings;
    },
    set,
    online(on) {
      isOnline = on;
      if (!on) for (const ws of sockets) ws.terminate();
    },
    change: (patches) => apply(patches, 'another window'),
    async close() {
      for (const ws of sockets) ws.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const summaryOf = ({ id, name, script }: Project, revision: number): ProjectSummary => ({
  ...{ id, name, revision, lines: script.lines.length },
  ...{ createdAtMs: 0, updatedAtMs: 0, trashedAtMs: null, problem: null, thumbnail: '/media/thumbnail/demo' },
});
