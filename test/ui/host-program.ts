/** `host-program.ts DATA INTERFACE PORT`: the web host with its engine, for tests that kill it. Prints one link that lets a browser in. */
import { startHost } from '../../main/headless/serve/host.ts';

const [, , dataDir = '', rendererDir = '', port = '0'] = process.argv;
const host = await startHost({ dataDir, rendererDir, port: Number(port) });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void host.close());
process.stdout.write(`${host.newUrl()}\n`);
