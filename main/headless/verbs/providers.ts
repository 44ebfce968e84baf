/** `providers [list | test [id] | set <setting> <value> | set key <name>]`: engines as a table, tried out, and set up. */

import type { ProviderLight, ProviderStatus } from '../../../app/contract/providers.ts';
import { suggestion } from '../../../app/errors/did-you-mean.ts';
import { describeError, StudioError } from '../../../app/errors/index.ts';
import { dutyOf, dutyWords } from '../../../app/policy/status.ts';
import { type ProviderSettings, providerSettingsSchema, STAGES } from '../../../app/providers/settings.ts';
import { createStudio } from '../../compose.ts';
import type { Providers } from '../../engine/ports/providers.ts';
import { readStatus } from '../../studio/providers/provider-service.ts';
import { toWireError } from '../../studio/wire-error.ts';
import type { Verb, VerbContext, VerbResult } from '../cli.ts';
import { badValue, oneOf, usage } from '../faults.ts';
import { secretNamed, settingNamed } from '../provider-options.ts';
import { readStdin } from '../text-input.ts';

const WHAT = ['list', 'test', 'set'] as const;

export const providersVerb: Verb = async (context) => {
  const [what = 'list', ...rest] = context.args;
  if (!(WHAT as readonly string[]).includes(what)) throw badValue('providers', what, oneOf(WHAT));
  await using studio = createStudio(context.studio);
  const { providers } = studio;
  if (what === 'set') return await set(context, providers, rest);
  const most = what === 'test' ? 1 : 0;
  if (rest.length > most) throw usage('command.extra-argument', { argument: rest[most]! });
  return what === 'test' ? await test(context, providers, rest[0]) : await list(context, providers);
};

async function list({ console }: VerbContext, providers: Providers): Promise<VerbResult> {
  const status = await readStatus(providers);
  const settings = providers.settings();
  console.print(table(status, settings, console));
  for (const stage of STAGES) {
    const duty = dutyOf(providers.recentEvents(), stage);
    if (duty !== null) console.print(dutyWords(duty, duty.provider, console.locale));
  }
  const { mode, dailyBudgetYuan } = settings.policy;
  const budget = dailyBudgetYuan === null ? '' : ` / ${dailyBudgetYuan}`;
  console.note(
    console.words({
      en: `Mode ${mode}. Cost today: ${status.spentYuan.toFixed(2)}${budget} yuan. “providers test” tries every one.`,
      zh: `模式 ${mode}。今日费用：${status.spentYuan.toFixed(2)}${budget} 元。用 providers test 逐个测试。`,
    }),
  );
  return { json: { settings, ...status } };
}

const LIGHT_WORDS: Readonly<Record<ProviderLight['light'], { en: string; zh: string }>> = {
  ready: { en: 'ready', zh: '就绪' },
  'no-key': { en: 'no key', zh: '未填密钥' },
  'not-set': { en: 'not set up', zh: '未设置' },
  resting: { en: 'resting', zh: '暂停使用' },
  failing: { en: 'failing', zh: '上次失败' },
  offline: { en: 'offline', zh: '离线' },
};
const STAGE_WORDS = {
  llm: { en: 'writes', zh: '写作' },
  tts: { en: 'speaks', zh: '配音' },
  asr: { en: 'listens', zh: '听写' },
};

/** Wide characters take two cells of a terminal. */
const cells = (text: string): number =>
  [...text].reduce(
    (sum, character) => sum + (/[\p{Script=Han}\u3000-\u303f\uff00-\uff60]/u.test(character) ? 2 : 1),
    0,
  );

function table(status: ProviderStatus, settings: ProviderSettings, console: VerbContext['console']): string {
  const rows = STAGES.flatMap((stage) => {
    const chain = settings.policy.chains[stage];
    const place = ({ id }: ProviderLight): number =>
      chain.includes(id) ? chain.indexOf(id) + 1 : Number.POSITIVE_INFINITY;
    return status.lights
      .filter((light) => light.stage === stage)
      .sort((a, b) => place(a) - place(b))
      .map((light) => [
        console.words(STAGE_WORDS[stage]),
        Number.isFinite(place(light)) ? String(place(light)) : '–',
        light.id,
        console.words(LIGHT_WORDS[light.light]),
        light.runs === 'cloud'
          ? console.words({ en: 'cloud', zh: '云端' })
          : console.words({ en: 'this machine', zh: '本机' }),
        light.model ?? '',
      ]);
  });
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => cells(row[column]!)))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell + ' '.repeat(widths[column]! - cells(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

interface Tested {
  id: string;
  ok: boolean;
  firstByteMs?: number;
  error?: { code: string; message: string; hint: string };
}

/** One by its name, or all that are in a chain; those that lack a key or settings are told, and count as failed only when named. */
async function test(
  { console, signal }: VerbContext,
  providers: Providers,
  id: string | undefined,
): Promise<VerbResult> {
  const states = await providers.states();
  const ids = states.map((state) => state.id);
  if (id !== undefined && !ids.includes(id))
    throw usage('command.unknown-provider', { provider: id, ...suggestion(id, ids) });
  const { chains } = providers.settings().policy;
  const asked = states.filter((state) => (id === undefined ? chains[state.stage].includes(state.id) : state.id === id));
  const results: Tested[] = [];
  let failure: StudioError | undefined;
  for (const state of asked) {
    try {
      const { firstByteMs } = await providers.test(state.id, signal);
      results.push({ id: state.id, ok: true, firstByteMs });
      console.print(`✔ ${state.id}  ${Math.round(firstByteMs)} ms`);
    } catch (error) {
      signal.throwIfAborted();
      const { code, params } = toWireError(error);
      const words = describeError({ code, params }, console.locale);
      results.push({ id: state.id, ok: false, error: { code, ...words } });
      console.print(`✖ ${state.id}  ${words.message}\n    → ${words.hint}`);
      if (id !== undefined || state.lacks === null) failure ??= new StudioError(code, params, { cause: error });
    }
  }
  return { json: { results }, failure };
}

async function set(context: VerbContext, providers: Providers, words: readonly string[]): Promise<VerbResult> {
  const [name, value, ...more] = words;
  if (name === undefined) throw usage('command.missing-argument', { argument: '<setting>', verb: 'providers' });
  if (name === 'key') return await setKey(context, providers, words.slice(1));
  if (value === undefined) throw usage('command.missing-argument', { argument: '<value>', verb: 'providers' });
  if (more.length > 0) throw usage('command.extra-argument', { argument: more[0]! });
  const settings = settingNamed(providers.settings(), name, value);
  await providers.change(providerSettingsSchema.parse(settings));
  const { console } = context;
  console.note(console.words({ en: `Set: ${name}`, zh: `已设置：${name}` }));
  return { json: { settings: providers.settings() } };
}

async function setKey(context: VerbContext, providers: Providers, words: readonly string[]): Promise<VerbResult> {
  const { console, options, signal } = context;
  const [name = 'bailian', ...more] = words;
  const secret = secretNamed(name);
  if (more.length > 0) throw usage('command.key-as-argument', { name });
  if (options.remove === true) {
    await providers.secrets.delete(secret);
    console.note(console.words({ en: `Removed: ${name}`, zh: `已移除：${name}` }));
    return { json: { secret, has: false } };
  }
  const variable = typeof options.keyEnv === 'string' ? options.keyEnv : undefined;
  const key = (variable === undefined ? await readStdin(console, signal) : (process.env[variable] ?? '')).trim();
  if (key === '' || /[\r\n]/.test(key))
    throw new StudioError('command.key-empty', {
      source: variable ?? console.words({ en: 'standard input', zh: '标准输入' }),
    });
  await providers.secrets.set(secret, key);
  console.note(
    console.words({
      en: `Kept: ${name}. “providers test” shows whether it is taken.`,
      zh: `已保存：${name}。可用 providers test 检验。`,
    }),
  );
  return { json: { secret, has: true } };
}
