/** `voices clone`, `voices cloned`, `voices rm`: voices after a person's own, each under a consent that is kept with its recorded sentence. */
import type { ClonedVoiceDescription } from '../../../app/contract/cloning.ts';
import type { AssetRef } from '../../../app/document/asset.ts';
import { dayOf } from '../../../app/document/consent.ts';
import { allowedVoice, voiceConsentSchema } from '../../../app/document/voice-consent.ts';
import { suggestion } from '../../../app/errors/did-you-mean.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { voiceConsentSentence } from '../../../app/i18n/consent.ts';
import type { Studio } from '../../compose.ts';
import { untilReady } from '../../providers/voice-clone/until-ready.ts';
import { openStorage, type Storage } from '../../storage/open.ts';
import { createCloningService } from '../../studio/cloning.ts';
import type { VerbContext, VerbResult } from '../cli.ts';
import { dayOption, textOption } from '../consent-options.ts';
import { badValue, oneOf, usage } from '../faults.ts';
import { createFileAssets } from '../file-assets.ts';

const PROVIDERS = ['cosyvoice', 'qwen-tts'] as const;
const idOf = ({ provider, voiceId }: ClonedVoiceDescription): string => `${provider}:${voiceId}`;

const serviceOn = (storage: Storage, studio: Studio) =>
  createCloningService({
    ...{ providers: studio.providers.cloning, consents: storage.voiceConsents, assets: storage.assets },
    onChange: studio.providers.clonesChanged,
  });

/** @throws UsageFault where something of the consent is not said; StudioError `cloud.consent-*` before anything leaves this machine */
export async function cloneVoice({ options, console, signal }: VerbContext, studio: Studio): Promise<VerbResult> {
  const given = (name: string): string | undefined =>
    typeof options[name] === 'string' ? (options[name] as string) : undefined;
  const needed = (name: string): string => {
    const value = given(name);
    if (value === undefined) throw usage('command.missing-argument', { argument: `--${name}`, verb: 'voices' });
    return value;
  };
  const samplePath = needed('sample');
  const consentPath = given('consent');
  if (consentPath === undefined) throw usage('cloud.consent-missing');
  const person = textOption('--person', needed('person'), 200);
  const scope = textOption('--scope', needed('scope'), 2000);
  const expiresOn = dayOption('--expires', needed('expires'))!;
  const today = dayOf(new Date());
  const grantedOn = dayOption('--from', given('from')) ?? today;
  const provider = given('provider') ?? PROVIDERS[0];
  if (!(PROVIDERS as readonly string[]).includes(provider)) throw badValue('--provider', provider, oneOf(PROVIDERS));
  const name = textOption('--name', given('name') ?? person, 100);
  const language = given('language') ?? null;
  const statement =
    given('sentence') ?? voiceConsentSentence(console.locale, { person, scope, from: grantedOn, until: expiresOn });

  const files = createFileAssets(null);
  const [sample, sentence] = [await files.recording(samplePath, signal), await files.recording(consentPath, signal)];
  // Judged before it is kept.
  const consent = voiceConsentSchema.safeParse({ person, scope, grantedOn, expiresOn, statement, evidence: sentence });
  if (!/^(audio|video)\//.test(sentence.mediaType))
    throw new StudioError('speech.recording-unreadable', { path: consentPath, reason: sentence.mediaType });
  allowedVoice(consent.data, today);
  await studio.providers.cloning();

  const storage = await openStorage({ dataDir: studio.paths.dataDir, signal });
  try {
    const keep = async ({ mediaType, fileName }: AssetRef, path: string): Promise<AssetRef> =>
      await storage.assets.put(path, { mediaType, fileName, signal });
    const service = serviceOn(storage, studio);
    const evidence = await keep(sentence, consentPath);
    const record = await service.saveConsent({ ...allowedVoice(consent.data, today), evidence }, signal);
    const audio = await keep(sample, samplePath);
    const wish = { provider, consentId: record.id, name, model: null, audio, language };
    const made = await service.enrol(wish, signal);
    console.note(
      console.words({
        en: `${idOf(made)} is being made for ${made.model}. You can stop waiting: it goes on.`,
        zh: `正在为 ${made.model} 制作 ${idOf(made)}。可以停止等待，制作会继续。`,
      }),
    );
    const cloner = (await studio.providers.cloning()).find(({ id }) => id === provider)!;
    const { state } = await untilReady(cloner, made.voiceId, signal);
    const voice = { ...made, state, id: idOf(made) };
    if (state === 'refused') {
      const failure = new StudioError('cloud.audio-rejected', { provider, code: 'UNDEPLOYED' });
      return { json: { voice }, failure };
    }
    console.print(voice.id);
    console.note(
      console.words({
        en: `Use it with --voice ${voice.id}. It speaks until ${expiresOn}.`,
        zh: `用 --voice ${voice.id} 使用。有效期至 ${expiresOn}。`,
      }),
    );
    return { json: { voice, consent: record } };
  } finally {
    storage.close();
  }
}

export async function listCloned({ console, signal }: VerbContext, studio: Studio): Promise<VerbResult> {
  const storage = await openStorage({ dataDir: studio.paths.dataDir, signal });
  try {
    const service = serviceOn(storage, studio);
    const consents = await service.consents({}, signal);
    const voices = (await service.voices({}, signal)).map((voice) => ({ ...voice, id: idOf(voice) }));
    const width = Math.max(0, ...voices.map(({ id }) => id.length));
    for (const { id, state, consent, name, consentId } of voices) {
      const until = consents.find((each) => each.id === consentId)?.consent.expiresOn;
      const words = [console.words(STATES[state]), console.words(CONSENTS[consent]), until ?? '', name];
      console.print(`${id.padEnd(width)}  ${words.filter(Boolean).join('  ')}`);
    }
    console.note(
      console.words({
        en: voices.length === 0 ? 'No cloned voices. Make one with “voices clone”.' : `${voices.length} cloned voices.`,
        zh: voices.length === 0 ? '还没有复刻的声音。用 voices clone 制作。' : `共 ${voices.length} 个复刻的声音。`,
      }),
    );
    return { json: { voices } };
  } finally {
    storage.close();
  }
}

export async function removeCloned(
  { console, signal }: VerbContext,
  studio: Studio,
  id: string | undefined,
): Promise<VerbResult> {
  if (id === undefined) throw usage('command.missing-argument', { argument: '<voice>', verb: 'voices' });
  const storage = await openStorage({ dataDir: studio.paths.dataDir, signal });
  try {
    const service = serviceOn(storage, studio);
    const voices = await service.voices({}, signal);
    const found = voices.find((voice) => idOf(voice) === id);
    if (!found) throw usage('command.unknown-voice', { voice: id, ...suggestion(id, voices.map(idOf)) });
    await service.remove({ provider: found.provider, voiceId: found.voiceId }, signal);
    console.note(console.words({ en: `${id} is deleted.`, zh: `已删除 ${id}。` }));
    return { json: { removed: id } };
  } finally {
    storage.close();
  }
}

const STATES = {
  preparing: { en: 'being made', zh: '制作中' },
  ready: { en: 'ready', zh: '可用' },
  refused: { en: 'refused by the vendor', zh: '服务商未通过' },
  gone: { en: 'not at this account', zh: '当前账号中已不存在' },
} as const;
const CONSENTS = {
  stands: { en: 'consent until', zh: '授权至' },
  none: { en: 'no consent on record here', zh: '本机无授权记录' },
  withdrawn: { en: 'consent withdrawn', zh: '授权已撤回' },
  expired: { en: 'consent ended', zh: '授权已到期' },
  'not-yet': { en: 'consent not begun', zh: '授权尚未生效' },
} as const;
