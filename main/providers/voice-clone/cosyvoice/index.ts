/** Voices cloned for CosyVoice (`voice-enrollment`): the recording goes up as a file, the voice is prepared for a while. */
import { dayOf } from '../../../../app/document/consent.ts';
import { allowedVoice } from '../../../../app/document/voice-consent.ts';
import type { ClonedVoice, EnrolRequest, VoiceCloneProvider } from '../../../engine/ports/voice-clone.ts';
import { type BailianAccess, bailianEndpoint } from '../../kit/endpoint.ts';
import { cloudError } from '../../kit/failures.ts';
import { RESOLVE_OSS, uploadFile } from '../../kit/upload.ts';
import { asRecord, stringIn } from '../../kit/web-socket.ts';
import { allPages, customise, PAGE_SIZE } from '../customization.ts';
import { checkSample } from '../sample-audio.ts';

export interface VoiceCloneOptions {
  access: BailianAccess;
  now?: () => Date;
}

const MODEL = 'voice-enrollment';
const PROVIDER_NAME = 'CosyVoice';
const ENDINGS = { 'audio/wav': '.wav', 'audio/mpeg': '.mp3', 'audio/mp4': '.m4a' } as const;

export function createCosyVoiceCloning({ access, now = () => new Date() }: VoiceCloneOptions): VoiceCloneProvider {
  const endpoint = bailianEndpoint(access, PROVIDER_NAME);
  const provider = PROVIDER_NAME;
  return {
    id: 'cosyvoice',
    model: access.settings.models.cosyvoice,
    async enrol({ model, prefix, audio, language, consent }: EnrolRequest, signal): Promise<ClonedVoice> {
      allowedVoice(consent, dayOf(now()));
      const name = prefixFrom(prefix);
      const mediaType = checkSample(audio.bytes, { provider, minHz: 16_000, minSeconds: 5 });
      signal.throwIfAborted();
      const file = { name: `voice${ENDINGS[mediaType]}`, mediaType, bytes: audio.bytes };
      const url = await uploadFile(endpoint, MODEL, file, signal);
      const output = await customise(
        endpoint,
        {
          model: MODEL,
          input: {
            ...{ action: 'create_voice', target_model: model, prefix: name, url },
            ...(language === null ? {} : { language_hints: [language] }),
          },
        },
        signal,
        { headers: RESOLVE_OSS, about: { model } },
      );
      const id = stringIn(output.voice_id);
      if (!id) throw cloudError('cloud.bad-answer', { provider, detail: 'no voice_id' });
      return { id, state: 'preparing', model, createdAt: null };
    },
    async query(id, signal) {
      const output = await customise(
        endpoint,
        { model: MODEL, input: { action: 'query_voice', voice_id: id } },
        signal,
        { about: { voice: id, model: modelOf(id) } },
      );
      return voiceIn({ voice_id: id, ...output })!;
    },
    list: (signal) =>
      allPages(
        (page) =>
          customise(
            endpoint,
            { model: MODEL, input: { action: 'list_voice', page_index: page, page_size: PAGE_SIZE } },
            signal,
          ),
        voiceIn,
      ),
    async delete(id, signal) {
      const about = { voice: id, model: modelOf(id) };
      await customise(endpoint, { model: MODEL, input: { action: 'delete_voice', voice_id: id } }, signal, { about });
    },
  };
}

/** Letters and digits, ten at most. */
const prefixFrom = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 10) || 'voice';

/** `{target_model}-{prefix}-{id}`. */
const modelOf = (voiceId: string): string => voiceId.split('-').slice(0, -2).join('-');

/** UNDEPLOYED: audited and not let through. */
const STATES: Readonly<Record<string, ClonedVoice['state']>> = {
  DEPLOYING: 'preparing',
  OK: 'ready',
  UNDEPLOYED: 'refused',
};

function voiceIn(entry: Record<string, unknown>): ClonedVoice | null {
  const { voice_id, status, target_model, gmt_create } = asRecord(entry);
  const id = stringIn(voice_id);
  if (!id) return null;
  const state = STATES[stringIn(status) ?? ''] ?? 'preparing';
  return { id, state, model: stringIn(target_model) || modelOf(id), createdAt: stringIn(gmt_create) ?? null };
}
