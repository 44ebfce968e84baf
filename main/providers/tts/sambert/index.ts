/**
 * Sambert on Bailian: the voices that say when each sound is made, so that lips need no guess. Beijing only; the model is the voice.
 * https://help.aliyun.com/zh/model-studio/sambert-websocket-api
 */
import type { TtsEvent, TtsProvider, TtsRequest } from '../../../engine/ports/tts.ts';
import type { BailianEndpoint } from '../../kit/endpoint.ts';
import { cloudError } from '../../kit/failures.ts';
import { closeWarmLines, openTask, type TaskEvent } from '../../kit/task-socket.ts';
import { asRecord, numberIn, stringIn } from '../../kit/web-socket.ts';
import { vendorVoice, voiceOf } from '../cloud/listed.ts';
import { dashScopeManner, emphasised } from '../cloud/manner.ts';
import { PATIENCE_MS, withPatience } from '../cloud/patience.ts';
import { SoundIn } from '../cloud/sound-in.ts';
import {
  isForced,
  isSpeakable,
  type Range,
  type SpokenText,
  splitText,
  spokenTextOf,
  ssmlOf,
} from '../cloud/spoken-text.ts';
import { type VendorWord, WordClock } from '../cloud/word-clock.ts';
import { phonesOf } from './phonemes.ts';
import { SAMBERT_VOICES, type SambertVoice, sambertVoiceNamed } from './voices.ts';

export const SAMBERT = 'sambert';
/** Raise when the same request would sound or be timed differently. */
const SOUND_VERSION = 1;
const MAX_TEXT = 10_000;

export interface SambertOptions {
  endpoint: BailianEndpoint;
  /** The longest silence of the vendor that is waited through. */
  patienceMs?: number;
}

export function createSambertProvider({ endpoint, patienceMs = PATIENCE_MS }: SambertOptions): TtsProvider {
  const { provider } = endpoint;

  async function* synthesise({ voiceId, part }: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    if (endpoint.region !== 'beijing')
      throw cloudError('cloud.region-unsupported', { provider, region: endpoint.region });
    const voice = sambertVoiceNamed(vendorVoice(SAMBERT, voiceId));
    const text = spokenTextOf(part);
    const manner = dashScopeManner(emphasised(part.prosody, part.emphasis));
    let soundMs = 0;
    for (const range of splitText(text.text, MAX_TEXT, (piece) => piece.length)) {
      if (!isSpeakable(text.text.slice(range.from, range.to))) continue;
      soundMs = yield* speak({ endpoint, voice, text, range, manner, baseMs: soundMs, patienceMs, signal });
    }
  }

  return {
    id: SAMBERT,
    version: `${SAMBERT}-v1/${SOUND_VERSION}`,
    voices: async () => SAMBERT_VOICES.map((voice) => voiceOf(SAMBERT, voice)),
    synthesise,
    dispose: async () => closeWarmLines(endpoint),
  };
}

interface Speech {
  endpoint: BailianEndpoint;
  voice: SambertVoice;
  text: SpokenText;
  range: Range;
  manner: { rate: number; pitch: number; volume: number };
  baseMs: number;
  patienceMs: number;
  signal: AbortSignal;
}

/** Returns the sound of the part so far, in ms. */
async function* speak({
  endpoint,
  voice,
  text,
  range,
  manner,
  baseMs,
  patienceMs,
  signal,
}: Speech): AsyncGenerator<TtsEvent, number> {
  const { provider } = endpoint;
  const plain = text.text.slice(range.from, range.to);
  const task = openTask(
    endpoint,
    {
      taskGroup: 'audio',
      task: 'tts',
      function: 'SpeechSynthesizer',
      model: `sambert-${voice.id}-v1`,
      parameters: {
        text_type: 'PlainText',
        format: 'pcm',
        sample_rate: voice.rate,
        ...manner,
        word_timestamp_enabled: voice.timed,
        phoneme_timestamp_enabled: voice.timed,
      },
      input: { text: isForced(text, range) ? ssmlOf(text, range) : plain },
      streaming: 'out',
    },
    signal,
  );
  const sound = new SoundIn(provider, voice.rate);
  const clock = new WordClock(text, range.from, range.to, baseMs);
  const now = (): number => baseMs + sound.soundMs;
  try {
    for await (const event of withPatience(task.events(), patienceMs, provider)) {
      let pcm: Float32Array | null = null;
      if (event.type === 'binary') pcm = sound.push(event.bytes);
      else if (event.event === 'task-finished') pcm = sound.end();
      else if (event.event === 'result-generated') clock.tell(null, wordsIn(event), now());
      if (pcm && pcm.length > 0) yield { type: 'audio', pcm };
      const isOver = event.type === 'event' && event.event === 'task-finished';
      const words = isOver ? clock.finish(wordsIn(event), now()) : clock.closeHeard(now());
      const phones = clock.takePhones();
      if (phones.length > 0) yield { type: 'phones', phones };
      if (words.length > 0) yield { type: 'words', words };
    }
  } finally {
    task.close();
  }
  if (sound.soundMs === 0) throw cloudError('cloud.bad-answer', { provider, detail: 'no sound' });
  return now();
}

/** Tones do not show on lips and are passed over, be they numbers or strings. */
function wordsIn({ payload }: Extract<TaskEvent, { type: 'event' }>): VendorWord[] {
  const { words } = asRecord(asRecord(payload.output).sentence);
  if (!Array.isArray(words)) return [];
  return words.flatMap((item: unknown) => {
    const timed = timedIn(item);
    if (!timed) return [];
    const { phonemes } = asRecord(item);
    const heard = Array.isArray(phonemes) ? phonemes.flatMap((phoneme: unknown) => timedIn(phoneme) ?? []) : [];
    return [{ ...timed, phones: phonesOf(heard) }];
  });
}

function timedIn(item: unknown): { text: string; startMs: number; endMs: number } | null {
  const { text: said, begin_time, end_time } = asRecord(item);
  const text = stringIn(said);
  const startMs = numberIn(begin_time);
  const endMs = numberIn(end_time);
  return text === undefined || startMs === undefined || endMs === undefined ? null : { text, startMs, endMs };
}
