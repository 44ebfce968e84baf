/** Names and values of the command line as providers' settings and secrets. */
import { type ProviderSettings, providerSettingsSchema, SECRETS } from '../../app/providers/settings.ts';
import { badValue, oneOf, usage } from './faults.ts';

const KEYS: Readonly<Record<string, string>> = {
  bailian: SECRETS.bailianKey,
  'access-key-id': SECRETS.aliyunAccessKeyId,
  'access-key-secret': SECRETS.aliyunAccessKeySecret,
  redis: SECRETS.redisPassword,
};

/** @throws UsageFault; it does not repeat what was given, which may be a key in the wrong place */
export function secretNamed(name: string): string {
  const server = /^llm\/([a-z0-9][a-z0-9-]{0,40})$/.exec(name)?.[1];
  const secret = server === undefined ? KEYS[name] : SECRETS.openAiServerKey(server);
  if (secret === undefined) throw usage('command.key-as-argument', { name: 'bailian' });
  return secret;
}

const pathsOf = (value: unknown, path: string): string[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, inner]) => pathsOf(inner, path === '' ? name : `${path}.${name}`))
    : [path];

/** The settings with one of them changed: JSON, a word, or words with commas where a list is. @throws UsageFault command.bad-value */
export function settingNamed(settings: ProviderSettings, name: string, given: string): ProviderSettings {
  const known = pathsOf(settings, '');
  if (!known.includes(name)) throw badValue('set', name, oneOf(known));
  const changed = structuredClone(settings) as unknown as Record<string, unknown>;
  const path = name.split('.');
  const last = path.pop()!;
  const holder = path.reduce((inner, part) => inner[part] as Record<string, unknown>, changed);
  const isList = Array.isArray(holder[last]);
  holder[last] = readValue(given, isList);
  let parsed = providerSettingsSchema.safeParse(changed);
  if (!parsed.success && typeof holder[last] !== 'string') {
    // A word that happens to be JSON, such as a model called `1.5`.
    holder[last] = given;
    const asWord = providerSettingsSchema.safeParse(changed);
    if (asWord.success) parsed = asWord;
  }
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  const options = 'values' in issue && Array.isArray(issue.values) ? issue.values.map(String) : null;
  if (options !== null) throw badValue(name, given, oneOf(options));
  throw badValue(name, given, {
    en: `what the schema takes (${issue.message})`,
    zh: `符合要求的值（${issue.message}）`,
  });
}

function readValue(given: string, isList: boolean): unknown {
  try {
    return JSON.parse(given);
  } catch {
    return isList
      ? given
          .split(',')
          .map((word) => word.trim())
          .filter((word) => word !== '')
      : given;
  }
}
