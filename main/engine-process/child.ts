/**
 * The engine's own process under a headless host: says `ready` when it can be reached, ends on `shutdown`, and ends when the host is
 * gone, however that died. Arguments: one JSON object, {@link ChildArguments}.
 */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { studioPaths } from '../storage/paths.ts';
import { type ChildArguments, ENGINE_KEY_VARIABLE, type FromChild, type ToChild } from './protocol.ts';

const { path, ...options } = JSON.parse(process.argv[2] ?? '{}') as ChildArguments;
const key = process.env[ENGINE_KEY_VARIABLE] ?? '';
// Not for what the engine starts.
delete process.env[ENGINE_KEY_VARIABLE];
const send = (message: FromChild): void => {
  if (process.connected) process.send?.(message);
};

// A terminal's Ctrl-C comes to every process of it; when to end is the host's decision.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
// What libraries print must not come between the host's own lines.
console.log = console.info = console.debug = console.error;
process.env.ORT_DISABLE_TELEMETRY = '1';

// Halves the time from start to ready, from the second start on.
enableCompileCache(join(studioPaths(options).cacheDir, 'compiled'));

try {
  const [{ openEngine }, { serveSockets }] = await Promise.all([import('./engine.ts'), import('./socket-server.ts')]);
  const engine = await openEngine(options);
  const server = await serveSockets(engine, { path, key });
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    await server.close();
    await engine[Symbol.asyncDispose]();
    process.exit(0);
  };
  process.on('message', (message: ToChild) => {
    if (message.type === 'shutdown') void end();
  });
  process.on('disconnect', () => void end());
  process.on('SIGTERM', () => void end());
  send({ type: 'ready' });
  if (!process.connected) await end();
} catch (error) {
  const { toWireError } = await import('../studio/wire-error.ts');
  // The message must be out before the process is.
  process.send?.({ type: 'failed', error: toWireError(error) } satisfies FromChild, () => process.exit(1));
}
