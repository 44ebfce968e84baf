/** `npm run fake-bailian`: a Bailian on this machine, for work without account and network. docs/fake-bailian.md has the options. */
import { parseArgs } from 'node:util';
import { REGIONS } from '../app/providers/settings.ts';
import { FAULT_HELP, readFault } from '../test/servers/bailian/fault-words.ts';
import { startBailian } from '../test/servers/bailian/server.ts';

const HELP = `npm run fake-bailian -- [options]

  --port <n>            default 8790; 0: a free one
  --key <key>           default sk-local-bailian
  --region <name>       ${REGIONS.join(', ')}; default beijing
  --first-byte-ms <n>   wait before each answer begins
  --between-ms <n>      wait before each further piece
  --speech-rate <x>     make sound x times as fast as it is spoken; default: at once
  --fault <fault>       always; may stand several times
  --random <rate>       so many requests of one fare badly, 0 to 1
  --seed <n>            which ones; default 1

${FAULT_HELP}
`;

const number = (text: string | undefined, name: string): number | undefined => {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new RangeError(`--${name} wants a number: ${text}`);
  return value;
};

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      port: text,
      key: text,
      region: text,
      'first-byte-ms': text,
      'between-ms': text,
      'speech-rate': text,
      fault: { type: 'string', multiple: true },
      random: text,
      seed: text,
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const region = REGIONS.find((name) => name === (values.region ?? 'beijing'));
  if (region === undefined) throw new RangeError(`No such region: ${values.region}`);
  const faults = (values.fault ?? []).map(readFault);
  const rate = number(values.random, 'random');
  const seed = number(values.seed, 'seed') ?? 1;
  const speechRate = number(values['speech-rate'], 'speech-rate');

  const server = await startBailian({
    port: number(values.port, 'port') ?? 8790,
    key: values.key ?? 'sk-local-bailian',
    region,
    firstByteMs: number(values['first-byte-ms'], 'first-byte-ms') ?? 0,
    betweenMs: number(values['between-ms'], 'between-ms') ?? 0,
    ...(speechRate ? { speechRate } : {}),
  });
  for (const { surface, fault } of faults) server.faults.always(surface, fault);
  if (rate !== undefined) server.faults.random(seed, rate);
  process.stdout.write(
    `DASHSCOPE_API_KEY=${server.key}
DASHSCOPE_HTTP_BASE_URL=${server.httpBaseUrl}
DASHSCOPE_WEBSOCKET_BASE_URL=${server.webSocketBaseUrl}
# ISI: ${server.isiUrl}, app key ${server.appKey}; ISI tokens and Green: ${server.httpUrl}, AccessKey ${server.accessKey.id} ${server.accessKey.secret}
# Ctrl-C ends it.
`,
  );
  const end = (): void => void server[Symbol.asyncDispose]();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
