/** Voices cloned for Qwen-TTS (`qwen-voice-enrollment`): the recording travels in the request, and the voice is ready at once. */
import { dayOf } from '../../../../app/document/consent.ts';
import { allowedVoice } from '../../../../app/document/voice-consent.ts';
import type { ClonedVoice, EnrolRequest, VoiceCloneProvider } from '../../../engine/ports/voice-clone.ts';
import { type BailianAccess, bailianEndpoint } from '../../kit/endpoint.ts';
import { cloudError } from '../../kit/failures.ts';
import { asRecord, stringIn } from '../../kit/web-socket.ts';
import { allPages, customise, PAGE_SIZE } from '../customization.ts';
import { checkSample } from '../sample-audio.ts';

export interface QwenVoiceCloneOptions {
  access: BailianAccess;
  now?: () => Date;
}

const MODEL = 'qwen-voice-enrollment';
const PROVIDER_NAME = 'Qwen-TTS';

export function createQwenCloning({ access, now = () => new Date() }: QwenVoiceCloneOptions): VoiceCloneProvider {
  const endpoint = bailianEndpoint(access, PROVIDER_NAME);
  const provider = PROVIDER_NAME;
  const list = (signal: AbortSignal): Promise<ClonedVoice[]> =>
    allPages(
      (page) =>
        customise(
          endpoint,
          { model: MODEL, input: { action: 'list', page_index: page, page_size: PAGE_SIZE } },
          signal,
        ),
      voiceIn,
    );
  return {
    id: 'qwen-tts',
    model: access.settings.models.qwenTtsClone,
    async enrol({ model, prefix, audio, language, consent }: EnrolRequest, signal): Promise<ClonedVoice> {
      allowedVoice(consent, dayOf(now()));
      const mediaType = checkSample(audio.bytes, { provider, minHz: 24_000, minSeconds: 3 });
      signal.throwIfAborted();
      const data = `data:${mediaType};base64,${Buffer.from(audio.bytes).toString('base64')}`;
      const output = await customise(
        endpoint,
        {
          model: MODEL,
          input: {
            ...{ action: 'create', target_model: model, preferred_name: nameFrom(prefix), audio: { data } },
            ...(language === null ? {} : { language }),
          },
        },
        signal,
        { about: { model } },
      );
      const id = stringIn(output.voice);
      if (!id) throw cloudError('cloud.bad-answer', { provider, detail: 'no voice' });
      return { id, state: 'ready', model: stringIn(output.target_model) ?? model, createdAt: null };
    },
    /** There is no question for one voice: the list has it or has not. */
    async query(id, signal) {
      const found = (await list(signal)).find((voice) => voice.id === id);
      if (found === undefined) throw cloudError('cloud.voice-mismatch', { voice: id, model: MODEL });
      return found;
    },
    list,
    async delete(id, signal) {
      const about = { voice: id, model: MODEL };
      await customise(endpoint, { model: MODEL, input: { action: 'delete', voice: id } }, signal, { about });
    },
  };
}

/** Letters, digits and underscores, sixteen at most. */
const nameFrom = (text: string): string => text.replace(/\W/g, '').slice(0, 16) || 'voice';

function voiceIn(entry: Record<string, unknown>): ClonedVoice | null {
  const { voice, target_model, gmt_create } = asRecord(entry);
  const id = stringIn(voice);
  if (!id) return null;
  return { id, state: 'ready', model: stringIn(target_model) ?? '', createdAt: stringIn(gmt_create) ?? null };
}
