/** The line in the desktop shell: two ports, brought anew each time the engine was started. */
import { RPCLink } from '@orpc/client/message-port';
import type { DesktopBridge, PortsMessage } from '../../app/contract/desktop.ts';
import type { Line } from './connection.ts';
import type { CallLink, StudioLine } from './line.ts';
import type { PreviewPipe } from './preview-channel.ts';

const PORTS: PortsMessage['type'] = 'shenghua:ports';

/** Gives a `connect` for createConnection. Its line lasts until the next ports come. */
export function desktopConnector(desktop: DesktopBridge): (signal: AbortSignal) => Promise<Line<StudioLine>> {
  let waiting: ((ports: readonly MessagePort[]) => void) | null = null;
  let arrived: readonly MessagePort[] | null = null;
  let endLine: (() => void) | null = null;
  window.addEventListener('message', (event: MessageEvent<Partial<PortsMessage> | null>) => {
    if (event.source !== window || event.data?.type !== PORTS || event.ports.length !== 2) return;
    endLine?.();
    endLine = null;
    if (waiting === null) arrived = event.ports;
    else waiting(event.ports);
  });
  const nextPorts = (signal: AbortSignal): Promise<readonly MessagePort[]> =>
    new Promise((resolve, reject) => {
      const settle = (ports: readonly MessagePort[]) => {
        waiting = null;
        resolve(ports);
      };
      waiting = settle;
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      const early = arrived;
      arrived = null;
      if (early !== null) settle(early);
    });

  let asked = false;
  return async (signal) => {
    const ports = nextPorts(signal);
    if (!asked) {
      asked = true;
      await desktop.connect();
    }
    const [rpcPort, previewPort] = await ports;
    const link = new RPCLink({ port: rpcPort! }) as CallLink;
    rpcPort!.start();
    const closed = new Promise<void>((resolve) => {
      endLine = resolve;
      rpcPort!.addEventListener('close', () => resolve(), { once: true });
    });
    void closed.then(() => rpcPort!.close());
    return { value: { link, openPreview: async () => portPipe(previewPort!, closed) }, closed };
  };
}

function portPipe(port: MessagePort, closed: Promise<void>): PreviewPipe {
  let listener: ((data: string | ArrayBuffer) => void) | null = null;
  const onMessage = (event: MessageEvent<string | ArrayBuffer>) => listener?.(event.data);
  let close: () => void = () => {};
  const released = new Promise<void>((resolve) => {
    close = () => {
      port.removeEventListener('message', onMessage);
      resolve();
    };
  });
  port.addEventListener('message', onMessage);
  port.start();
  return {
    send: (text) => port.postMessage(text),
    onMessage: (next) => {
      listener = next;
    },
    closed: Promise.race([closed, released]),
    close,
  };
}
