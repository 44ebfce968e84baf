/** Does everything the studio does with providers, in a process whose every way to a network is a trap. Prints what was tried as JSON. */

import dgram from 'node:dgram';
import dns from 'node:dns';
import http from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

const tried: string[] = [];
const trap = (holder: object, name: string, label: string): void => {
  Object.defineProperty(holder, name, {
    configurable: true,
    value(...args: unknown[]): never {
      const to = args.map((arg) => (typeof arg === 'object' ? '' : String(arg))).join(' ');
      tried.push(`${label} ${to}`.trim());
      throw new Error(`the network was used: ${label}`);
    },
  });
};
trap(net.Socket.prototype, 'connect', 'net.connect');
trap(tls, 'connect', 'tls.connect');
trap(dgram, 'createSocket', 'dgram');
trap(http2, 'connect', 'http2');
for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny'] as const) {
  trap(dns, name, `dns.${name}`);
  trap(dns.promises, name, `dns.${name}`);
}
trap(http, 'request', 'http.request');
trap(https, 'request', 'https.request');
trap(globalThis, 'fetch', 'fetch');
syncBuiltinESMExports();

const { providerSettingsSchema, SECRETS } = await import('../../app/providers/settings.ts');
const { voiceSchema } = await import('../../app/document/voice.ts');
const { planLine } = await import('../../app/speech/script/plan.ts');
const { createStudio } = await import('../../main/compose.ts');
const { createMemorySecrets } = await import('../../main/storage/memory-secrets.ts');

const [dataDir, mode] = process.argv.slice(2);
const never = new AbortController().signal;
const studio = createStudio({
  ...{ dataDir: dataDir! },
  secrets: createMemorySecrets({ [SECRETS.bailianKey]: 'sk-offline', [SECRETS.redisPassword]: 'x' }),
  providerSettings: providerSettingsSchema.parse({
    policy: { mode, tries: 1, chains: { llm: ['qwen', 'far'] } },
    openAiServers: [{ id: 'far', baseUrl: 'https://models.example/v1', model: 'm' }],
    cache: { redisUrl: 'redis://cache.example:6379/0' },
  }),
});
const outcomes: Record<string, string> = {};
const attempt = async (name: string, work: () => Promise<unknown>): Promise<void> => {
  try {
    outcomes[name] = `ok ${JSON.stringify(await work())}`;
  } catch (error) {
    outcomes[name] = (error as { code?: string }).code ?? String(error);
  }
};
const drain = async (events: AsyncIterable<unknown>): Promise<number> => {
  let count = 0;
  for await (const _ of events) count += 1;
  return count;
};
const say = async (voiceId: string | null): Promise<number> => {
  const plan = planLine(
    { text: '没有网络也能说话。', emotion: 'happy', intensity: 1 },
    { dictionary: [], emotions: [], defaultLang: 'zh' },
  );
  const wish = { lineId: 'l', voice: voiceSchema.parse({ voiceId }), lineVoiceId: null, pauseAfterMs: 0 };
  return (await studio.speech.speak(plan, wish, never)).timeline.words.length;
};
const { providers } = studio;
await attempt('automatic voice', () => say(null));
await attempt('cloud voice', () => say('cosyvoice:longanyang'));
await attempt('cloned voice', () => say('cosyvoice:cosyvoice-v3-flash-me-123'));
await attempt('voices', async () =>
  (await Promise.all(studio.voices.map((each) => each.voices(never)))).flat().some(({ runs }) => runs === 'cloud'),
);
await attempt('chat', () =>
  drain(providers.llm.chat({ model: null, messages: [{ role: 'user', content: '你好' }] }, never)),
);
await attempt('answers', () =>
  drain(providers.answers.chat({ model: null, messages: [{ role: 'user', content: '你好' }] }, never)),
);
await attempt('dictation', () =>
  drain(
    providers.asr.recognise(
      (async function* () {
        yield new Int16Array(16_000);
      })(),
      { languages: ['zh'], hotWords: [] },
      never,
    ),
  ),
);
await attempt('embeddings', async () => providers.embeddings());
for (const { id, runs } of await providers.states())
  if (runs === 'cloud') await attempt(`test ${id}`, () => providers.test(id, never));
await studio[Symbol.asyncDispose]();
process.stdout.write(`${JSON.stringify({ tried, outcomes })}\n`);
process.exit(0);
