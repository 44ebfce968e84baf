/** Where a stream goes, as written on the command line, in a file and in the environment. */
import { StudioError } from '../../app/errors/index.ts';
import { pushTarget } from '../broadcast/publisher/push-url.ts';
import type { LiveDestination } from '../live/supervisor/live-show.ts';
import { badValue, UsageFault } from './faults.ts';
import { readTextFile } from './text-input.ts';

export const keyFromEnvironment = (number: number, env: NodeJS.ProcessEnv = process.env): string | null =>
  env[`SHENGHUA_STREAM_KEY_${number}`]?.trim() || null;

/**
 * All of `--to` and `--to-file`, in this order. An address whose number has a key in the environment is the server's alone; otherwise
 * its last part is the key.
 * @throws UsageFault broadcast.url-invalid, broadcast.key-missing; StudioError of a text file
 */
export async function destinationsFromOptions(
  { to = [], toFile }: { to?: readonly string[] | undefined; toFile: string | undefined },
  signal: AbortSignal,
  env: NodeJS.ProcessEnv = process.env,
): Promise<LiveDestination[]> {
  const inFile = toFile === undefined ? [] : linesOf(await readTextFile(toFile, signal));
  const destinations: LiveDestination[] = [];
  for (const [index, url] of [...to, ...inFile].entries()) {
    const given = keyFromEnvironment(index + 1, env);
    const { host, tcUrl, streamName } = read(url, given);
    const name = host.replace(/[^\w-]+/g, '-').slice(0, 56) || 'server';
    const again = destinations.filter(({ id }) => id === name || id.startsWith(`${name}-`)).length;
    destinations.push({ id: again === 0 ? name : `${name}-${again + 1}`, url: tcUrl, key: streamName });
  }
  return destinations;
}

const linesOf = (text: string): string[] =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));

function read(url: string, key: string | null): ReturnType<typeof pushTarget> {
  try {
    return pushTarget(url, key ?? undefined);
  } catch (error) {
    if (error instanceof StudioError) throw new UsageFault(error);
    throw error;
  }
}

/** Where alarms go. @throws UsageFault command.bad-value */
export function webhookOption(value: string | undefined): string | null {
  if (value === undefined) return null;
  const url = URL.parse(value);
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) return value;
  // The address may hold a token: no part of it is repeated.
  throw badValue('--webhook', '…', { en: 'an http:// or https:// address', zh: ' http:// 或 https:// 地址' });
}
