/** The hub's process: waits for its setup, serves, ends with its parent. */
import { serveParent } from '../child.ts';
import { startHubServer } from './hub-server.ts';
import { type FromHub, type HubSetup, type ToHub, toHubSchema } from './protocol.ts';

process.env.NODE_ENV = 'production';
// The server's dependencies print what is asked of it, tokens included.
for (const name of ['log', 'info', 'debug', 'warn', 'error'] as const) console[name] = () => {};

let count = (): { publishers: number; players: number; refused: number } => ({ publishers: 0, players: 0, refused: 0 });

const { send, end } = serveParent<ToHub, FromHub>(toHubSchema, {
  onMessage(message) {
    if (message.type === 'setup') void start(message);
    else end();
  },
  heartbeat: () => ({ type: 'heartbeat', ...count() }),
  async onEnd() {},
});

async function start(setup: HubSetup): Promise<void> {
  try {
    const server = await startHubServer({
      rtmpPort: setup.rtmpPort,
      httpPort: setup.httpPort,
      publishToken: setup.publishToken,
      playToken: setup.playToken,
      onPublished: (sessionId) => void send({ type: 'published', sessionId }),
      onUnpublished: (sessionId) => void send({ type: 'unpublished', sessionId }),
      onRefused: (what, refused) => void send({ type: 'refused', what, count: refused }),
    });
    count = server.count;
    await send({ type: 'ready', rtmpPort: server.rtmpPort, httpPort: server.httpPort });
  } catch (error) {
    await send({ type: 'failed', detail: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  }
}
