/** A platform: node-media-server in a process of its own, which writes down all that is published to it. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import NodeMediaServer from 'node-media-server';
import logger from 'node-media-server/src/core/logger.js';
import { FLV_HEADER, type TagType, writeTag } from '../flv/tags.ts';

export interface PlatformSetup {
  port: number;
  /** Of files; the server then speaks RTMPS alone. */
  tls?: { key: string; cert: string };
  /** Anything else is turned away. */
  key?: string;
  folder: string;
}

process.on('disconnect', () => process.exit(0));
process.on('message', ({ port, tls, key, folder }: PlatformSetup) => {
  const server = new NodeMediaServer({
    bind: '127.0.0.1',
    ...(tls === undefined ? { rtmp: { port } } : { rtmps: { port, ...tls } }),
    store: { path: join(folder, 'store') },
    auth: { play: false, publish: false, secret: '' },
    webadmin: { enable: false },
  });
  logger.log = () => {};
  let count = 0;
  server.on('prePublish', (session) => {
    if (key !== undefined && session.streamName !== key) {
      session.close();
      return;
    }
    const { broadcast } = session;
    broadcast.publishGraceMs = 0;
    const path = join(folder, `${Date.now()}-${count++}.flv`);
    writeFileSync(path, FLV_HEADER);
    const pass = broadcast.broadcastMessage;
    broadcast.broadcastMessage = (packet) => {
      const body = Buffer.from(packet.data.subarray(0, packet.size));
      appendFileSync(path, writeTag({ type: packet.codec_type as TagType, timestampMs: packet.dts, body }));
      pass(packet);
    };
    process.send?.({ type: 'publishing', name: session.streamName, query: { ...session.streamQuery }, path });
  });
  const { tcpServer, tlsServer } = server.rtmpServer;
  (tlsServer ?? tcpServer).once('listening', () => process.send?.({ type: 'ready' }));
  void server.run();
});
