/**
 * Qwen-TTS on Bailian, by HTTP or by a realtime session. The vendor tells no times: each piece of text that was asked for by itself is one
 * long "word", which whoever aligns the sound makes finer.
 */
import type { Emotion } from '../../../../app/speech/emotion.ts';
import type { SpeechLang } from '../../../../app/speech/plan.ts';
import type { Word } from '../../../../app/speech/timeline.ts';
import type {
  SpokenEmotion,
  TtsEvent,
  TtsProvider,
  TtsRequest,
  TtsStreamRequest,
  Voice,
} from '../../../engine/ports/tts.ts';
import type { BailianEndpoint } from '../../kit/endpoint.ts';
import { vendorVoice, voiceOf } from '../cloud/listed.ts';
import { dashScopeManner, emphasised } from '../cloud/manner.ts';
import { PATIENCE_MS } from '../cloud/patience.ts';
import { SoundIn } from '../cloud/sound-in.ts';
import { isSpeakable, splitText, spokenTextOf, wordFor } from '../cloud/spoken-text.ts';
import { soundOverHttp } from './over-http.ts';
import { type QwenSession, soundOverRealtime } from './over-realtime.ts';
import { sentencesOf } from './sentences.ts';
import { QWEN_VOICES } from './voices.ts';

export const QWEN_TTS = 'qwen-tts';
/** Raise when the same request would sound or be timed differently. */
const SOUND_VERSION = 1;
const RATE = 24_000;
const MAX_TEXT = 600;
/** Short sentences are said together, so that one follows from the other. */
const ENOUGH = 12;

export interface QwenTtsOptions {
  endpoint: BailianEndpoint;
  models: { qwenTts: string; qwenTtsRealtime: string };
  by: 'realtime' | 'http';
  /** The longest silence of the vendor that is waited through. */
  patienceMs?: number;
  clones?: (signal?: AbortSignal) => Promise<Voice[]>;
  /** The model that a cloned voice (`qwen-tts:…`) was made for and alone speaks with; null: it is none. */
  modelOf?: (voiceId: string) => string | null;
}

export function createQwenTtsProvider({
  endpoint,
  models,
  by,
  clones,
  modelOf = () => null,
  patienceMs = PATIENCE_MS,
}: QwenTtsOptions): TtsProvider {
  const { provider } = endpoint;
  const ownModel = by === 'http' ? models.qwenTts : models.qwenTtsRealtime;
  /** What a clone's model is called says how it is reached. */
  const routeOf = (voiceId: string): { model: string; live: boolean } => {
    const model = modelOf(voiceId);
    return model === null ? { model: ownModel, live: by === 'realtime' } : { model, live: /realtime/.test(model) };
  };
  const instructionsFor = (model: string, emotion: SpokenEmotion | undefined): string | null =>
    /instruct/.test(model) ? (INSTRUCTIONS[(emotion?.name ?? 'neutral') as Emotion] ?? null) : null;

  async function* synthesise({ voiceId, part, emotion }: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    const voice = vendorVoice(QWEN_TTS, voiceId);
    const text = spokenTextOf(part);
    const ranges = splitText(text.text, MAX_TEXT, (piece) => piece.length, ENOUGH).filter((range) =>
      isSpeakable(text.text.slice(range.from, range.to)),
    );
    const manner = dashScopeManner(emphasised(part.prosody, part.emphasis));
    const languageType = LANGUAGE_TYPES[part.lang];
    const { model, live } = routeOf(voiceId);
    const instructions = instructionsFor(model, emotion);
    if (live) {
      const session = { model, voice, languageType, instructions, rate: RATE, manner };
      const pieces = ranges.map((range) => text.text.slice(range.from, range.to));
      let at = 0;
      yield* speakSession(session, iterate(pieces), signal, () => wordFor(part, text, ranges[at++]!));
      return;
    }
    const speech = { model, voice, languageType, instructions };
    let baseMs = 0;
    for (const range of ranges) {
      const piece = text.text.slice(range.from, range.to);
      baseMs = yield* speakPiece({ ...speech, text: piece }, wordFor(part, text, range), baseMs, signal);
    }
  }

  /** Returns the sound so far, in ms. */
  async function* speakPiece(
    speech: Parameters<typeof soundOverHttp>[1],
    word: Omit<Word, 'startMs' | 'endMs'> | null,
    baseMs: number,
    signal: AbortSignal,
  ): AsyncGenerator<TtsEvent, number> {
    const sound = new SoundIn(provider, RATE);
    for await (const bytes of soundOverHttp(endpoint, speech, patienceMs, signal)) yield* heard(sound.push(bytes));
    yield* heard(sound.end());
    yield* timed(word, baseMs, baseMs + sound.soundMs);
    return baseMs + sound.soundMs;
  }

  async function* stream(
    written: AsyncIterable<string>,
    { voiceId, lang, prosody, emotion }: TtsStreamRequest,
    signal: AbortSignal,
  ): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    const { model, live } = routeOf(voiceId);
    const speech = {
      ...{ model, voice: vendorVoice(QWEN_TTS, voiceId), languageType: LANGUAGE_TYPES[lang] },
      instructions: instructionsFor(model, emotion),
    };
    let at = 0;
    const wordOf = (piece: string) => {
      const from = at;
      at += piece.length;
      return trimmedWord(piece, from);
    };
    const pieces = speakableOf(sentencesOf(written, MAX_TEXT));
    if (live) {
      const session: QwenSession = { ...speech, rate: RATE, manner: dashScopeManner(prosody) };
      yield* speakSession(session, pieces, signal, wordOf);
      return;
    }
    let baseMs = 0;
    for await (const text of pieces) baseMs = yield* speakPiece({ ...speech, text }, wordOf(text), baseMs, signal);
  }

  async function* speakSession(
    session: QwenSession,
    pieces: AsyncIterator<string>,
    signal: AbortSignal,
    wordOf: (piece: string) => Omit<Word, 'startMs' | 'endMs'> | null,
  ): AsyncGenerator<TtsEvent> {
    const sound = new SoundIn(provider, RATE);
    let fromMs = 0;
    for await (const event of soundOverRealtime(endpoint, session, pieces, patienceMs, signal)) {
      if (event.type === 'sound') yield* heard(sound.push(event.bytes));
      else {
        yield* timed(wordOf(event.piece), fromMs, sound.soundMs);
        fromMs = sound.soundMs;
      }
    }
    yield* heard(sound.end());
  }

  return {
    id: QWEN_TTS,
    version: `${ownModel}/${SOUND_VERSION}`,
    voices: async (signal) => [
      ...QWEN_VOICES.map((voice) => voiceOf(QWEN_TTS, voice)),
      ...((await clones?.(signal)) ?? []),
    ],
    synthesise,
    // HTTP takes a text whole; a cloned voice that speaks by it alone is asked a sentence at a time.
    ...(by === 'realtime' ? { stream } : {}),
    dispose: async () => {},
  };
}

const LANGUAGE_TYPES: Readonly<Record<SpeechLang, string>> = { zh: 'Chinese', yue: 'Chinese', en: 'English' };

/** For the models that take wishes in words. */
const INSTRUCTIONS: Readonly<Partial<Record<Emotion, string>>> = {
  happy: '语气开心、明亮，带着笑意。',
  gentle: '语气温柔、亲切，语速稍慢。',
  serious: '语气严肃、沉稳。',
  sad: '语气悲伤、低沉，语速稍慢。',
  surprised: '语气惊讶，语调上扬。',
  angry: '语气愤怒、有力。',
  excited: '语气激动、兴奋，充满活力。',
};

function* heard(pcm: Float32Array): Generator<TtsEvent> {
  if (pcm.length > 0) yield { type: 'audio', pcm };
}

function* timed(word: Omit<Word, 'startMs' | 'endMs'> | null, startMs: number, endMs: number): Generator<TtsEvent> {
  if (word && endMs > startMs) yield { type: 'words', words: [{ ...word, startMs, endMs }] };
}

async function* iterate(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

/** What cannot be said goes with what is said after it. */
async function* speakableOf(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let head = '';
  for await (const piece of pieces) {
    head += piece;
    if (!isSpeakable(head)) continue;
    yield head;
    head = '';
  }
}

function trimmedWord(piece: string, at: number): Omit<Word, 'startMs' | 'endMs'> {
  const text = piece.trim();
  const from = at + piece.indexOf(text);
  return { text, from, to: from + text.length };
}
