/** Cloned voices for the interface. None is made without a consent on record whose recorded sentence lies in the store. */
import { readFile, stat } from 'node:fs/promises';
import type { ClonedVoiceDescription } from '../../app/contract/cloning.ts';
import type { StudioContract } from '../../app/contract/index.ts';
import { dayOf } from '../../app/document/consent.ts';
import { allowedVoice, type RecordedVoiceConsent, voiceConsentState } from '../../app/document/voice-consent.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { VoiceCloneProvider } from '../engine/ports/voice-clone.ts';
import type { AssetSource } from '../storage/assets.ts';
import type { KeptClone, VoiceConsentRepository } from '../storage/repositories/voice-consents.ts';
import type { ServiceOf } from './service.ts';

export interface CloningDeps {
  /** Those that may be asked now. @throws StudioError cloud.offline, cloud.key-missing */
  providers(): Promise<readonly VoiceCloneProvider[]>;
  consents: VoiceConsentRepository;
  assets: AssetSource;
  now?: () => Date;
  /** A voice was made or deleted, or a consent was withdrawn. */
  onChange?: () => void;
}

const MAX_BYTES = 10 * 1024 * 1024;

export function createCloningService(deps: CloningDeps): ServiceOf<StudioContract['cloning']> {
  const { consents, assets, now = () => new Date(), onChange = () => {} } = deps;
  const providerOf = async (id: string): Promise<VoiceCloneProvider> => {
    const found = (await deps.providers()).find((provider) => provider.id === id);
    if (!found) throw new StudioError('cloud.bad-request', { provider: id, detail: 'it clones no voices' });
    return found;
  };
  const described = (
    provider: string,
    { id, state, model }: Pick<ClonedVoiceDescription, 'state' | 'model'> & { id: string },
    kept: KeptClone | undefined,
  ): ClonedVoiceDescription => ({
    ...{ provider, voiceId: id, state, model: model || kept?.model || '' },
    ...{ name: kept?.name ?? '', consentId: kept?.consentId ?? null },
    consent: voiceConsentState(recordOf(kept), dayOf(now())),
  });
  const recordOf = (kept: KeptClone | undefined): RecordedVoiceConsent =>
    (kept && consents.find(kept.consentId)) ?? { consent: null, withdrawnAtMs: null };
  const keptOf = (provider: string, voiceId: string): KeptClone | undefined =>
    consents.clones().find((clone) => clone.provider === provider && clone.voiceId === voiceId);

  return {
    consents: () => consents.list(),
    async saveConsent(consent, signal) {
      await assets.resolve(consent.evidence, { signal });
      return consents.save(consent);
    },
    withdrawConsent({ id }) {
      consents.withdraw(id);
      onChange();
      return {};
    },
    async voices(_, signal) {
      const all = await Promise.all(
        (await deps.providers()).map(async ({ id, list }) => {
          const there = await list(signal);
          const gone = consents
            .clones()
            .filter((clone) => clone.provider === id && !there.some((voice) => voice.id === clone.voiceId));
          return [
            ...there.map((voice) => described(id, voice, keptOf(id, voice.id))),
            ...gone.map((clone) => described(id, { ...clone, id: clone.voiceId, state: 'gone' }, clone)),
          ];
        }),
      );
      return all.flat();
    },
    async enrol({ provider: id, consentId, name, model, audio, language }, signal) {
      const kept = consents.find(consentId);
      const consent = allowedVoice(kept?.withdrawnAtMs === null ? kept.consent : null, dayOf(now()));
      // A record whose sentence is gone proves nothing.
      await assets.resolve(consent.evidence, { signal, verify: true });
      const path = await assets.resolve(audio, { signal });
      if ((await stat(path)).size > MAX_BYTES)
        throw new StudioError('cloud.audio-rejected', { provider: id, code: 'Audio.FileSizeExceed' });
      const provider = await providerOf(id);
      const sound = { bytes: await readFile(path, { signal }), name: audio.fileName };
      const voice = await provider.enrol(
        { model: model ?? provider.model, prefix: name, audio: sound, language, consent },
        signal,
      );
      const clone = { provider: id, voiceId: voice.id, consentId, name, model: voice.model, madeAtMs: Date.now() };
      consents.rememberClone(clone);
      onChange();
      return described(id, voice, clone);
    },
    async query({ provider, voiceId }, signal) {
      return described(provider, await (await providerOf(provider)).query(voiceId, signal), keptOf(provider, voiceId));
    },
    async remove({ provider, voiceId }, signal) {
      const vendor = await providerOf(provider);
      // What is there no more need not be deleted there.
      if ((await vendor.list(signal)).some(({ id }) => id === voiceId)) await vendor.delete(voiceId, signal);
      consents.forgetClone(provider, voiceId);
      onChange();
      return {};
    },
  };
}
