/**
 * node-media-server as a hub of this machine's own: loopback, one token to publish and one to play, nothing written to disk, nothing
 * logged. What it does not do by itself is added here, by its events:
 *
 * - A refused publisher is cut off and can feed nothing: the server alone would still pass on what a refused connection sends.
 * - A publisher that comes back takes over at once, also from one whose connection is still up; the server alone keeps the place of
 *   one that has gone for 30 s, and turns away who comes while it is up.
 * - The stream's clock goes on over a change of publisher (see Timeline). The server moves audio and video by different amounts then,
 *   so that they fall out of step a little at each change.
 * - What is no RTMP ends its own connection, not the process.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import NodeMediaServer from 'node-media-server';
import Context from 'node-media-server/src/core/context.js';
import logger from 'node-media-server/src/core/logger.js';
import { encodeAmf } from '../flv/amf0.ts';
import { Timeline, wrap } from '../flv/timeline.ts';
import { HUB_APP, HUB_ID_HEADER } from './protocol.ts';

type Session = NodeMediaServer.Session;
type Broadcast = NodeMediaServer.Broadcast;

export interface HubServerOptions {
  rtmpPort: number;
  httpPort: number;
  publishToken: string;
  playToken: string;
  onPublished(sessionId: string): void;
  onUnpublished(sessionId: string): void;
  onRefused(what: 'publish' | 'play' | 'garbage', count: number): void;
}

export interface HubServer {
  rtmpPort: number;
  httpPort: number;
  count(): { publishers: number; players: number; refused: number };
}

/** A connection must say what it wants by then. */
const GREETING_MS = 10_000;
/** A player that lets this much pile up does not read any more. */
const MOST_UNREAD_BYTES = 64 * 1024 * 1024;
/** Of the server's own signatures, which are made here for whoever has a token. */
const FAR_FUTURE_S = 32_503_680_000;
const HOST = '127.0.0.1';
const SET_DATA_FRAME = encodeAmf('@setDataFrame');
const PLAYED = /^\/live\/[a-zA-Z0-9_-]{1,100}\.flv(\?|$)/;

export async function startHubServer(options: HubServerOptions): Promise<HubServer> {
  logger.log = () => {};
  const secret = randomBytes(24).toString('hex');
  const hubId = randomBytes(9).toString('base64url');
  // The ports are not taken from here: it listens on what is asked for below, and a port of 0 would mean no server at all.
  const server = new NodeMediaServer({
    bind: HOST,
    rtmp: { port: 1 },
    http: { port: 1 },
    auth: { play: true, publish: true, secret },
    webadmin: { enable: false },
  });
  const { tcpServer } = server.rtmpServer;
  const { httpServer } = server.httpServer;

  let refused = 0;
  const welcome = new WeakSet<Session>();
  const refuse = (what: 'publish' | 'play' | 'garbage'): void => options.onRefused(what, ++refused);

  const admit = (session: Session, token: string): boolean => {
    const { streamPath, streamQuery } = session;
    const admitted = session.streamApp === HUB_APP && sameText(String(streamQuery.token ?? ''), token);
    // The server checks this next, and refuses by itself who has none.
    streamQuery.sign = admitted
      ? `${FAR_FUTURE_S}-${createHash('md5').update(`${streamPath}-${FAR_FUTURE_S}-${secret}`).digest('hex')}`
      : '';
    if (admitted) welcome.add(session);
    return admitted;
  };

  const timelines = new Map<string, Timeline>();
  const kept = new WeakSet<Broadcast>();
  /** Once a broadcast: its clock, and no memory for who does not read. */
  const keep = (broadcast: Broadcast): void => {
    if (kept.has(broadcast)) return;
    kept.add(broadcast);
    broadcast.publishGraceMs = 0;
    const pass = broadcast.broadcastMessage;
    broadcast.broadcastMessage = (packet) => {
      const timeline = timelineOf(broadcast.streamPath);
      const isMedia = packet.flags === 1 || packet.flags === 3 || packet.flags === 4;
      const offsetMs = packet.pts - packet.dts;
      // An order of RTMP's to the server, not for players: they take what follows it.
      if (packet.flags === 5 && packet.data.subarray(0, SET_DATA_FRAME.length).equals(SET_DATA_FRAME)) {
        packet.data = packet.data.subarray(SET_DATA_FRAME.length);
        packet.size -= SET_DATA_FRAME.length;
      }
      packet.dts = wrap(isMedia ? timeline.place(packet.codec_type, packet.dts) : (timeline.latestMs ?? 0));
      packet.pts = packet.dts + offsetMs;
      pass(packet);
      for (const player of broadcast.subscribers.values()) {
        const socket = socketOf(player);
        if (socket !== undefined && socket.writableLength > MOST_UNREAD_BYTES) socket.destroy();
      }
    };
  };
  const timelineOf = (path: string): Timeline => {
    let timeline = timelines.get(path);
    if (timeline === undefined) {
      timeline = new Timeline(() => performance.now());
      timelines.set(path, timeline);
    }
    return timeline;
  };

  server.on('prePublish', (session) => {
    if (session.protocol !== 'rtmp' || !admit(session, options.publishToken)) {
      if (session.rtmp !== undefined) session.rtmp.onPacketCallback = () => {};
      session.streamQuery.sign = '';
      refuse('publish');
      socketOf(session)?.destroy();
      return;
    }
    const { broadcast } = session;
    keep(broadcast);
    const before = broadcast.publisher;
    if (before !== null) {
      if (before.rtmp !== undefined) before.rtmp.onPacketCallback = () => {};
      socketOf(before)?.destroy();
      broadcast._finishPublish();
    }
    timelineOf(session.streamPath).restart();
  });
  server.on('postPublish', (session) => {
    if (!welcome.has(session)) return;
    // When the one before was finished, an audience of none was a reason to forget the stream.
    Context.broadcasts.set(session.streamPath, session.broadcast);
    options.onPublished(session.streamName);
  });
  server.on('donePublish', (session) => {
    if (welcome.has(session)) options.onUnpublished(session.streamName);
  });
  server.on('prePlay', (session) => {
    if (admit(session, options.playToken)) {
      keep(session.broadcast);
      session.res?.setHeader(HUB_ID_HEADER, hubId);
      return;
    }
    refuse('play');
    if (session.protocol === 'flv' && session.res !== undefined) session.res.statusCode = 403;
    else socketOf(session)?.destroy();
  });

  tcpServer.on('connection', (socket: Socket) => {
    socket.setNoDelay(true);
    const feed = socket.listeners('data')[0] as (piece: Buffer) => void;
    socket.removeListener('data', feed);
    const greeting = setTimeout(() => socket.destroy(), GREETING_MS);
    greeting.unref();
    socket.once('close', () => clearTimeout(greeting));
    socket.on('data', (piece: Buffer) => {
      if (socket.destroyed) return;
      try {
        feed(piece);
      } catch {
        refuse('garbage');
        socket.destroy();
      }
    });
    const heard = (session: Session): void => {
      if (socketOf(session) === socket) clearTimeout(greeting);
    };
    greetings.add(heard);
    socket.once('close', () => greetings.delete(heard));
  });
  const greetings = new Set<(session: Session) => void>();
  const greet = (session: Session): void => {
    if (welcome.has(session)) for (const heard of greetings) heard(session);
  };
  server.on('postPublish', greet);
  server.on('postPlay', greet);

  // One kind of request is answered. Others, WebSocket among them, can end the server's process.
  const serve = httpServer.listeners('request')[0] as (request: IncomingMessage, response: ServerResponse) => void;
  httpServer.removeAllListeners('request');
  httpServer.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET' && PLAYED.test(request.url ?? '')) serve(request, response);
    else response.writeHead(404).end();
  });
  httpServer.removeAllListeners('upgrade');
  httpServer.on('upgrade', (_request, socket: Socket) => socket.destroy());

  await Promise.all([listen(tcpServer, options.rtmpPort), listen(httpServer, options.httpPort)]);
  return {
    rtmpPort: (tcpServer.address() as AddressInfo).port,
    httpPort: (httpServer.address() as AddressInfo).port,
    count() {
      const all = [...Context.broadcasts.values()];
      return {
        publishers: all.filter(({ publisher }) => publisher !== null).length,
        players: all.reduce((sum, { subscribers }) => sum + subscribers.size, 0),
        refused,
      };
    },
  };
}

const socketOf = (session: Session): Socket | undefined => session.socket ?? session.req?.socket;

/** On the port, or on any free one when it is taken. */
async function listen(server: Server, port: number): Promise<void> {
  const tryOn = async (which: number): Promise<void> => {
    server.listen(which, HOST);
    await once(server, 'listening');
  };
  // The server's own listeners of errors end the process.
  server.removeAllListeners('error');
  try {
    await tryOn(port);
  } catch (error) {
    if (port === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    await tryOn(0);
  }
  server.on('error', () => {});
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
