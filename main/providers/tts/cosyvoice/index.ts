/**
 * CosyVoice on Bailian: text in piece by piece, sound out piece by piece, over one WebSocket.
 * https://help.aliyun.com/zh/model-studio/cosyvoice-websocket-api
 */
import type { Prosody } from '../../../../app/speech/plan.ts';
import type {
  SpokenEmotion,
  TtsEvent,
  TtsProvider,
  TtsRequest,
  TtsStreamRequest,
  Voice,
} from '../../../engine/ports/tts.ts';
import type { BailianEndpoint } from '../../kit/endpoint.ts';
import { closeWarmLines, openTask, type TaskRun } from '../../kit/task-socket.ts';
import { vendorVoice, voiceOf } from '../cloud/listed.ts';
import { dashScopeManner, emphasised } from '../cloud/manner.ts';
import { PATIENCE_MS } from '../cloud/patience.ts';
import {
  isForced,
  isSpeakable,
  type Range,
  type SpokenText,
  splitText,
  spokenTextOf,
  ssmlOf,
  weightOf,
} from '../cloud/spoken-text.ts';
import { instructionFor } from './manner.ts';
import { speakTask } from './speak-task.ts';
import { speakStream } from './stream.ts';
import { COSY_VOICES, type CosyVoice, cosyVoiceNamed, modelFor } from './voices.ts';

export const COSYVOICE = 'cosyvoice';
/** Raise when the same request would sound or be timed differently. */
const SOUND_VERSION = 1;
/** What the models make; more is made of it here. */
const RATE = 24_000;
/** A Han character counts two. */
const MAX_TEXT = 20_000;

export interface CosyVoiceOptions {
  endpoint: BailianEndpoint;
  /** Voices of other models speak with their own. */
  model: string;
  /** The account's cloned voices, ids with the provider's name before them. */
  clones?: (signal?: AbortSignal) => Promise<Voice[]>;
  /** Asks for the hidden AIGC mark in the sound, which China's labelling rules want of the one who makes it. On unless told otherwise. */
  aigcMark?: boolean;
  /** The longest silence of the vendor that is waited through. */
  patienceMs?: number;
}

export function createCosyVoiceProvider({
  endpoint,
  model,
  clones,
  aigcMark = true,
  patienceMs = PATIENCE_MS,
}: CosyVoiceOptions): TtsProvider {
  const runFor = (voice: CosyVoice, manner: Manner): TaskRun => ({
    taskGroup: 'audio',
    task: 'tts',
    function: 'SpeechSynthesizer',
    model: modelFor(voice, model),
    parameters: parametersOf(voice, modelFor(voice, model), manner, aigcMark),
    input: {},
    streaming: 'duplex',
  });

  async function* synthesise({ voiceId, part, emotion }: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    const voice = cosyVoiceNamed(vendorVoice(COSYVOICE, voiceId), model);
    const text = spokenTextOf(part);
    const prosody = emphasised(part.prosody, part.emphasis);
    let soundMs = 0;
    for (const range of splitText(text.text, MAX_TEXT, weightOf)) {
      if (!isSpeakable(text.text.slice(range.from, range.to))) continue;
      const forced = isForced(text, range);
      const ssml = forced && voice.ssml;
      const hotFix = forced && !ssml ? pronunciationsIn(text, range) : null;
      const run = runFor(voice, { prosody, emotion, lang: part.lang, ssml, hotFix });
      const task = openTask(endpoint, run, signal);
      try {
        task.continueWith({ text: ssml ? ssmlOf(text, range) : text.text.slice(range.from, range.to) });
        task.finish();
        soundMs = yield* speakTask({
          task,
          text,
          range,
          provider: endpoint.provider,
          rate: RATE,
          baseMs: soundMs,
          patienceMs,
        });
      } finally {
        task.close();
      }
    }
  }

  async function* stream(
    pieces: AsyncIterable<string>,
    { voiceId, lang, prosody, emotion }: TtsStreamRequest,
    signal: AbortSignal,
  ): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    const voice = cosyVoiceNamed(vendorVoice(COSYVOICE, voiceId), model);
    const run = runFor(voice, { prosody, emotion, lang, ssml: false, hotFix: null });
    yield* speakStream({ endpoint, run, pieces, lang, rate: RATE, patienceMs, signal });
  }

  return {
    id: COSYVOICE,
    version: `${model}/${SOUND_VERSION}`,
    voices: async (signal) => [
      ...COSY_VOICES.map((voice) => voiceOf(COSYVOICE, voice)),
      ...((await clones?.(signal)) ?? []),
    ],
    synthesise,
    stream,
    dispose: async () => closeWarmLines(endpoint),
  };
}

interface Manner {
  prosody: Prosody;
  emotion: SpokenEmotion | undefined;
  lang: 'zh' | 'yue' | 'en';
  ssml: boolean;
  hotFix: Record<string, string>[] | null;
}

function parametersOf(voice: CosyVoice, model: string, manner: Manner, aigcMark: boolean): Record<string, unknown> {
  const isOld = model === 'cosyvoice-v1';
  const marked = aigcMark && !isOld;
  const instruction = voice.acts ? instructionFor(manner.emotion) : null;
  const takesHotFix = !isOld && model !== 'cosyvoice-v2';
  return {
    text_type: 'PlainText',
    voice: voice.id,
    // The hidden mark has its place in a WAV's header; bare samples have none.
    format: marked ? 'wav' : 'pcm',
    sample_rate: RATE,
    ...dashScopeManner(manner.prosody),
    enable_ssml: manner.ssml,
    word_timestamp_enabled: voice.timed,
    ...(isOld ? {} : { language_hints: [manner.lang === 'en' ? 'en' : 'zh'] }),
    ...(instruction === null ? {} : { instruction }),
    ...(marked ? { enable_aigc_tag: true } : {}),
    ...(manner.hotFix && takesHotFix ? { hot_fix: { pronunciation: manner.hotFix } } : {}),
  };
}

/** `[{"重庆": "chong2 qing4"}]`; a word with two readings in one text is left as it is read first. */
function pronunciationsIn({ text, forced }: SpokenText, { from, to }: Range): Record<string, string>[] {
  const readings = new Map<string, string>();
  for (const one of forced) {
    const word = text.slice(one.from, one.to);
    if (one.from < to && one.to > from && !readings.has(word))
      readings.set(word, one.pinyin.map((syllable) => syllable.replace(/ü/g, 'v')).join(' '));
  }
  return [...readings].map(([word, reading]) => ({ [word]: reading }));
}
