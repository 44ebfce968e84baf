/** A utility process as a thread: gives it Electron's `process.parentPort`, then runs the program it was started with. */
import { EventEmitter } from 'node:events';
import { pathToFileURL } from 'node:url';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';

class EnginePort extends EventEmitter {
  readonly #raw: MessagePort;
  constructor(raw: MessagePort) {
    super();
    this.#raw = raw;
    raw.on('close', () => this.emit('close'));
  }
  start(): void {
    this.#raw.on('message', (data) => this.emit('message', { data, ports: [] }));
  }
  postMessage(message: unknown): void {
    this.#raw.postMessage(message);
  }
  close(): void {
    this.#raw.close();
  }
}

const { program } = workerData as { program: string };
const port = parentPort!;
Object.assign(process, {
  parentPort: {
    on(_event: 'message', listener: (event: unknown) => void): void {
      port.on('message', ({ data, ports }: { data: unknown; ports: MessagePort[] }) =>
        listener({ data, ports: ports.map((raw) => new EnginePort(raw)) }),
      );
    },
    postMessage: (message: unknown) => port.postMessage(message),
  },
});
await import(pathToFileURL(program).href);
