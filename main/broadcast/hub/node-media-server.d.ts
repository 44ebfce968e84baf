/** What is used of node-media-server 4.4.3, which comes without types. */
declare module 'node-media-server' {
  import type { EventEmitter } from 'node:events';
  import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
  import type { Server, Socket } from 'node:net';

  namespace NodeMediaServer {
    interface Packet {
      /** As in FLV: 8 audio, 9 video, 18 script. */
      codec_type: number;
      /** 0 audio header, 1 audio, 2 video header, 3 keyframe, 4 inter frame, 5 metadata. */
      flags: number;
      dts: number;
      pts: number;
      data: Buffer;
      size: number;
    }
    interface Broadcast {
      streamPath: string;
      publisher: Session | null;
      subscribers: Map<string, Session>;
      /** How long a publisher that has gone keeps its place. */
      publishGraceMs: number;
      broadcastMessage(packet: Packet): void;
      donePublish(session: Session): void;
      _finishPublish(): void;
    }
    interface Session {
      id: string;
      ip: string;
      protocol: 'rtmp' | 'flv' | string;
      streamApp: string;
      streamName: string;
      streamPath: string;
      streamQuery: Record<string, string | string[] | undefined>;
      broadcast: Broadcast;
      /** RTMP. */
      socket?: Socket;
      rtmp?: { onPacketCallback: (packet: Packet) => void };
      /** HTTP-FLV. */
      req?: IncomingMessage;
      res?: ServerResponse;
      close(): void;
    }
    interface Config {
      bind: string;
      rtmp?: { port: number };
      /** Key and certificate: paths of PEM files. */
      rtmps?: { port: number; key: string; cert: string };
      http?: { port: number };
      store?: { path: string };
      auth: { play: boolean; publish: boolean; secret: string };
      webadmin: { enable: boolean };
    }
  }

  class NodeMediaServer {
    constructor(config: NodeMediaServer.Config);
    readonly rtmpServer: { tcpServer: Server; tlsServer?: Server };
    readonly httpServer: { httpServer: HttpServer; wsServer: EventEmitter };
    on(
      event: 'prePublish' | 'postPublish' | 'donePublish' | 'prePlay' | 'postPlay' | 'donePlay',
      listener: (session: NodeMediaServer.Session) => void,
    ): void;
    run(): Promise<void>;
  }
  export = NodeMediaServer;
}

declare module 'node-media-server/src/core/context.js' {
  const Context: { broadcasts: Map<string, import('node-media-server').Broadcast> };
  export = Context;
}

declare module 'node-media-server/src/core/logger.js' {
  const logger: { log(message: string, level?: string): void };
  export = logger;
}
