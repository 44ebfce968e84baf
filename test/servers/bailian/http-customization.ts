/** Voices made after a person's own, CosyVoice's and Qwen's, and lists of hot words. */
import { randomUUID } from 'node:crypto';
import { type BailianContext, type EnrolledVoice, pause } from './context.ts';
import type { HttpCall, Json } from './http-call.ts';
import type { HttpRoute } from './http-route.ts';
import { fetchMedia, listenTo, type Sent } from './media.ts';
import { RETIRED } from './models.ts';
import { invalidParameter, Refused } from './refusal.ts';
import { beijingTime } from './tasks.ts';

const MAX_VOICES = 1000;
const MAX_AUDIO_BYTES = 10 * 1024 * 1024;

export const customizationRoutes: readonly HttpRoute[] = [
  {
    methods: ['POST'],
    path: /^\/api\/v1\/services\/audio\/(asr|tts)\/customization$/,
    dialect: 'native',
    surface: () => 'customization',
    takes: 'json',
    serve: customize,
  },
];

async function customize(call: HttpCall): Promise<void> {
  const { model } = call.json;
  if (typeof model === 'string' && RETIRED.has(model))
    throw new Refused(404, 'ModelNotFound', 'Model can not be found.');
  const input = call.json.input as Json | undefined;
  if (input === undefined)
    throw invalidParameter("Required parameter(s) missing or invalid, please check the request parameters: 'input'.");
  const kind = `${call.parts[0]} ${String(model)}`;
  const act =
    kind === 'tts voice-enrollment'
      ? cosyvoice
      : kind === 'tts qwen-voice-enrollment'
        ? qwen
        : kind === 'asr speech-biasing'
          ? hotWords
          : null;
  if (act === null) throw invalidParameter('Model not exist.');
  const { output, usage } = await act(call, input);
  await call.reply({ output, usage: usage ?? { count: 1 }, request_id: call.requestId });
}

type Acted = { output: Json; usage?: Json };
const refuseAction = (action: unknown) => invalidParameter(`Unsupported action: ${String(action)}`);

async function cosyvoice(call: HttpCall, input: Json): Promise<Acted> {
  const { context } = call;
  const named = () => mine(context, input.voice_id, 'cosyvoice');
  switch (input.action) {
    case 'create_voice': {
      const { target_model: target, prefix, url } = input;
      if (typeof target !== 'string' || !/^cosyvoice-v(2|3|3\.5)/.test(target))
        throw invalidParameter(`Invalid target_model: ${String(target)}`);
      if (typeof prefix !== 'string' || !/^[a-zA-Z0-9]{1,10}$/.test(prefix)) {
        throw invalidParameter('prefix should only contain digits and letters, and be no longer than 10 characters');
      }
      const seconds = input.max_prompt_audio_length;
      if (seconds !== undefined && (typeof seconds !== 'number' || seconds < 3 || seconds > 30)) {
        throw invalidParameter('Range of max_prompt_audio_length should be [3.0, 30.0]');
      }
      const resolves = call.header('x-dashscope-ossresourceresolve') === 'enable';
      await checkAudio(
        await fetchMedia(context, url, { model: 'voice-enrollment', resolves }),
        5000,
        16_000,
        call.left,
      );
      const id = `${target}-${prefix}-${randomUUID().replaceAll('-', '')}`;
      enrol(context, id, { targetModel: target, kind: 'cosyvoice', link: String(url) });
      return { output: { voice_id: id } };
    }
    case 'list_voice': {
      const prefix = typeof input.prefix === 'string' ? `-${input.prefix}-` : '';
      const all = [...context.voices].filter(([id, voice]) => voice.kind === 'cosyvoice' && id.includes(prefix));
      const listed = page(all, input.page_index, input.page_size).map(([voice_id, voice]) => ({
        voice_id,
        ...dates(voice),
        status: voice.status,
      }));
      return { output: { voice_list: listed } };
    }
    case 'query_voice': {
      const voice = named();
      return {
        output: { ...dates(voice), target_model: voice.targetModel, resource_link: voice.link, status: voice.status },
      };
    }
    case 'update_voice': {
      const voice = named();
      const resolves = call.header('x-dashscope-ossresourceresolve') === 'enable';
      await checkAudio(
        await fetchMedia(context, input.url, { model: 'voice-enrollment', resolves }),
        5000,
        16_000,
        call.left,
      );
      enrol(context, String(input.voice_id), {
        targetModel: voice.targetModel,
        kind: 'cosyvoice',
        link: String(input.url),
      });
      return { output: {} };
    }
    case 'delete_voice':
      named();
      context.voices.delete(String(input.voice_id));
      return { output: {} };
    default:
      throw refuseAction(input.action);
  }
}

async function qwen(call: HttpCall, input: Json): Promise<Acted> {
  const { context } = call;
  switch (input.action) {
    case 'create': {
      const { target_model: target, preferred_name: name, audio } = input;
      if (typeof target !== 'string' || !/^qwen3-tts-vc-/.test(target))
        throw invalidParameter(`Invalid target_model: ${String(target)}`);
      if (typeof name !== 'string' || !/^[a-zA-Z0-9_]{1,16}$/.test(name)) {
        throw invalidParameter(
          'preferred_name should only contain digits, letters and underscores, and be no longer than 16 characters',
        );
      }
      const data = (audio as Json | undefined)?.data;
      const bytes = await fetchMedia(context, data, { model: 'qwen-voice-enrollment', resolves: true, inline: true });
      await checkAudio(bytes, 3000, 16_000, call.left);
      const id = `qwen-tts-vc-${name}-voice-${randomUUID().replaceAll('-', '').slice(0, 20)}`;
      enrol(context, id, { targetModel: target, kind: 'qwen', link: '' });
      context.voices.get(id)!.status = 'OK';
      return { output: { voice: id, target_model: target } };
    }
    case 'list': {
      const all = [...context.voices].filter(([, voice]) => voice.kind === 'qwen');
      const listed = page(all, input.page_index, input.page_size).map(([voice, { targetModel, created }]) => ({
        voice,
        gmt_create: created,
        target_model: targetModel,
      }));
      return { output: { voice_list: listed, total_count: all.length } };
    }
    case 'delete':
      mine(context, input.voice, 'qwen');
      context.voices.delete(String(input.voice));
      return { output: { voice: String(input.voice) } };
    default:
      throw refuseAction(input.action);
  }
}

function mine(context: BailianContext, id: unknown, kind: EnrolledVoice['kind']): EnrolledVoice {
  const voice = context.voices.get(String(id));
  if (voice === undefined || voice.kind !== kind)
    throw new Refused(400, 'BadRequest.ResourceNotExist', 'The Required resource not exist.');
  return voice;
}

const dates = (voice: EnrolledVoice) => ({ gmt_create: voice.created, gmt_modified: voice.created });

function page<T>(all: readonly T[], index: unknown, size: unknown): T[] {
  const many = typeof size === 'number' ? size : 10;
  const from = (typeof index === 'number' ? index : 0) * many;
  return all.slice(from, from + many);
}

function enrol(context: BailianContext, id: string, of: Pick<EnrolledVoice, 'targetModel' | 'kind' | 'link'>): void {
  if (!context.voices.has(id) && context.voices.size >= MAX_VOICES) {
    throw new Refused(
      400,
      'Throttling.AllocationQuota',
      'Maximum voice storage limit exceeded, please delete existing voices.',
    );
  }
  const voice: EnrolledVoice = { ...of, status: 'DEPLOYING', created: beijingTime(context.nowMs()).slice(0, 19) };
  context.voices.set(id, voice);
  void pause(context.timing.taskPendingMs, context.closing).then(() => {
    voice.status = 'OK';
  });
}

/** @throws Refused with the status 430, which is the vendor's own, for sound that no voice can be made of */
async function checkAudio(bytes: Sent, voicedMs: number, sampleRate: number, signal: AbortSignal): Promise<void> {
  if (bytes.length > MAX_AUDIO_BYTES) throw new Refused(430, 'Audio.FileSizeExceed', 'File too large');
  const sound = await listenTo(bytes, signal);
  if (sound === null) throw new Refused(430, 'Audio.DecoderError', 'Decoder audio file failed.');
  if (sound.sampleRate < sampleRate) throw new Refused(430, 'Audio.AudioRateError', 'File sample rate unsupported');
  if (sound.durationMs > 60_000) throw new Refused(430, 'Audio.FileSizeExceed', 'File too large');
  if (sound.loudest < 0.01) throw new Refused(430, 'Audio.AudioSilentError', 'Silent audio error.');
  if (sound.voicedMs < voicedMs) throw new Refused(400, 'Audio.AudioShortError', 'Audio too short!');
}

async function hotWords(call: HttpCall, input: Json): Promise<Acted> {
  const { vocabularies } = call.context;
  const id = String(input.vocabulary_id);
  const named = () => {
    const list = vocabularies.get(id);
    if (list === undefined) throw new Refused(400, 'BadRequest.ResourceNotExist', 'The Required resource not exist.');
    return list;
  };
  switch (input.action) {
    case 'create_vocabulary': {
      const { target_model: target, prefix } = input;
      if (typeof target !== 'string' || !/^(fun-asr|paraformer)/.test(target))
        throw invalidParameter(`Invalid target_model: ${String(target)}`);
      if (typeof prefix !== 'string' || !/^[a-z0-9]{1,10}$/.test(prefix))
        throw invalidParameter(
          'prefix should only contain digits and lower case letters, and be no longer than 10 characters',
        );
      const made = `vocab-${prefix}-${randomUUID().replaceAll('-', '')}`;
      vocabularies.set(made, { targetModel: target, words: readWords(input.vocabulary) });
      return { output: { vocabulary_id: made } };
    }
    case 'list_vocabulary': {
      const prefix = typeof input.prefix === 'string' ? `vocab-${input.prefix}-` : '';
      const all = [...vocabularies.keys()].filter((one) => one.startsWith(prefix));
      const now = beijingTime(call.context.nowMs()).slice(0, 19);
      return {
        output: {
          vocabulary_list: page(all, input.page_index, input.page_size).map((one) => ({
            vocabulary_id: one,
            gmt_create: now,
            gmt_modified: now,
            status: 'OK',
          })),
        },
      };
    }
    case 'query_vocabulary': {
      const list = named();
      return { output: { vocabulary: list.words, target_model: list.targetModel, status: 'OK' } };
    }
    case 'update_vocabulary':
      vocabularies.set(id, { ...named(), words: readWords(input.vocabulary) });
      return { output: {} };
    case 'delete_vocabulary':
      named();
      vocabularies.delete(id);
      return { output: {} };
    default:
      throw refuseAction(input.action);
  }
}

function readWords(value: unknown): { text: string; weight: number; lang?: string }[] {
  if (!Array.isArray(value) || value.length === 0) throw invalidParameter('vocabulary can not be empty');
  return value.map((entry: unknown) => {
    const { text, weight, lang } = (entry ?? {}) as Json;
    const plain = typeof text === 'string' && /^[\x00-\x7f]*$/.test(text);
    const fits =
      typeof text === 'string' && text !== '' && (plain ? text.split(/\s+/).length <= 7 : [...text].length <= 15);
    if (!fits) throw invalidParameter(`Invalid hot word: ${String(text)}`);
    if (typeof weight !== 'number' || !Number.isInteger(weight) || weight < 1 || weight > 5)
      throw invalidParameter('Range of weight should be [1, 5]');
    return { text: text as string, weight, ...(typeof lang === 'string' ? { lang } : {}) };
  });
}
