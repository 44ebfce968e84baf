/** The line in a browser: WebSockets beside the page's own address. */
import { RPCLink } from '@orpc/client/websocket';
import { ConnectionLost, ConnectionRefused, type Line } from './connection.ts';
import type { CallLink, StudioLine } from './line.ts';
import type { PreviewPipe } from './preview-channel.ts';

const socketUrl = (path: string): string => new URL(path, location.href.replace(/^http/, 'ws')).href;

function openSocket(path: string, signal: AbortSignal): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl(path));
    socket.binaryType = 'arraybuffer';
    const aborted = () => socket.close();
    signal.addEventListener('abort', aborted, { once: true });
    socket.addEventListener('open', () => resolve(socket), { once: true });
    socket.addEventListener('close', () => {
      signal.removeEventListener('abort', aborted);
      reject(new ConnectionLost());
    });
  });
}

/** A browser does not say why a socket was refused; asking for anything else of it does. */
async function refused(signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch('/media/', { signal, cache: 'no-store', credentials: 'same-origin' });
    return answer.status === 401 || answer.status === 403;
  } catch {
    return false;
  }
}

export async function connectBrowser(signal: AbortSignal): Promise<Line<StudioLine>> {
  let socket: WebSocket;
  try {
    socket = await openSocket('/rpc', signal);
  } catch (error) {
    throw (await refused(signal)) ? new ConnectionRefused() : error;
  }
  return {
    value: { link: new RPCLink({ websocket: socket }) as CallLink, openPreview },
    closed: new Promise((resolve) => socket.addEventListener('close', () => resolve(), { once: true })),
  };
}

async function openPreview(signal: AbortSignal): Promise<PreviewPipe> {
  const socket = await openSocket('/preview', signal);
  return {
    send: (text) => socket.send(text),
    onMessage: (listener) => {
      socket.addEventListener('message', (event: MessageEvent<string | ArrayBuffer>) => listener(event.data));
    },
    closed: new Promise((resolve) => socket.addEventListener('close', () => resolve(), { once: true })),
    close: () => socket.close(),
  };
}
