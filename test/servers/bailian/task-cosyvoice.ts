/** CosyVoice as a task: text comes in pieces, each sentence is spoken as soon as it is whole. */
import type { Pronunciation } from '../../../app/document/script.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { BailianContext } from './context.ts';
import { inspect } from './llm.ts';
import { Refused } from './refusal.ts';
import { endlessWavHeader, soundPieces, vendorLength } from './socket-outlet.ts';
import { parseSsml } from './ssml.ts';
import {
  type Fields,
  flagOf,
  formatOf,
  invalid,
  isFields,
  missing,
  numberOf,
  rateOf,
  type Task,
  type TaskHost,
} from './task-host.ts';
import { type SpokenWord, sayable, type VoiceRequest } from './voice.ts';

const FORMATS = ['pcm', 'wav', 'mp3', 'opus'];
const RATES = [8000, 16_000, 22_050, 24_000, 44_100, 48_000];
const MAX_AT_ONCE = 20_000;
const MAX_IN_ALL = 200_000;
const GAP_MS = 23_000;
const PIECE_MS = 100;
/** Between two sentences. */
const BREATH_MS = 200;

interface Character {
  models: RegExp;
  /** Takes the fixed sentence of an emotion. */
  acts?: boolean;
  untimed?: boolean;
}
const V3 = /^cosyvoice-v3-flash$/;
const VOICES: readonly (readonly [RegExp, Character])[] = [
  [/^(longanyang|longanhuan)$/, { models: /^cosyvoice-v3-(flash|plus)$/, acts: true }],
  [/^longhuhu_v3$/, { models: V3, acts: true }],
  [/^long[a-z]+_v3$/, { models: V3 }],
  [/^loongbella_v3$/, { models: V3 }],
  [/^loong[a-z]+_v3$/, { models: V3, untimed: true }],
  [/^(long[a-z]+_v2|longanwen|longanli|longanlang|longanyun)$/, { models: /^cosyvoice-v2$/ }],
  [
    /^(longwan|longcheng|longhua|longxiaochun|longxiaoxia|longshu|longshuo|longjing|longmiao|longlaotie)$/,
    { models: /^cosyvoice-v1$/, untimed: true },
  ],
  [/^(longanhuan_v3\.6|longanlingxi)$/, { models: /^qwen-audio-3\.[01]-tts-/, acts: true }],
];
const EMOTIONS: Record<string, Pick<VoiceRequest, 'rate' | 'pitch' | 'volume'>> = {
  neutral: {},
  fearful: { rate: 1.1, pitch: 1.1, volume: 0.8 },
  angry: { rate: 1.08, pitch: 0.95, volume: 1.3 },
  sad: { rate: 0.85, pitch: 0.9, volume: 0.8 },
  surprised: { rate: 1.05, pitch: 1.2, volume: 1.1 },
  happy: { rate: 1.06, pitch: 1.12, volume: 1.1 },
  disgusted: { rate: 0.95, pitch: 0.92, volume: 1 },
};

/** @throws Refused as engine error 418 when the voice is not the model's. */
function voiceOf(context: BailianContext, voice: unknown, model: string): Character {
  if (typeof voice !== 'string' || voice === '') throw missing('payload.parameters.voice');
  const clone = context.voices.get(voice);
  if (clone?.kind === 'cosyvoice' && clone.status === 'OK' && clone.targetModel === model)
    return { models: /./, acts: true, untimed: model === 'cosyvoice-v1' };
  const known = clone ? undefined : VOICES.find(([name]) => name.test(voice))?.[1];
  if (!known?.models.test(model)) throw new Refused(400, 'InvalidParameter', '[tts:]Engine return error code: 418');
  return known;
}

/** Their own voices take one sentence, word for word; a cloned one takes what is asked of it. */
function mannerOf(
  instruction: unknown,
  voice: Character,
  isClone: boolean,
): Pick<VoiceRequest, 'rate' | 'pitch' | 'volume'> {
  if (instruction === undefined || instruction === null || instruction === '') return {};
  const bad = new Refused(400, 'InvalidParameter', '[tts:]Engine return error code: 428');
  if (typeof instruction !== 'string' || vendorLength(instruction) > 100 || !voice.acts) throw bad;
  const value = /^(?:[^。]+[，。])?你说话的情感是([a-z]+)。$/u.exec(instruction)?.[1];
  const manner = EMOTIONS[value ?? ''];
  if (!manner && !isClone) throw bad;
  return manner ?? {};
}

function pronunciationsOf(hotFix: unknown): Pronunciation[] {
  if (hotFix === undefined || hotFix === null) return [];
  if (!isFields(hotFix)) throw invalid('hot_fix should be an object');
  const pairs = (list: unknown): [string, string][] => {
    if (list === undefined) return [];
    if (!Array.isArray(list) || !list.every(isFields)) throw invalid('hot_fix should hold lists of objects');
    return list.flatMap((one) => Object.entries(one).map(([from, to]): [string, string] => [from, String(to)]));
  };
  return [
    ...pairs(hotFix.pronunciation).map(([written, pinyin]) => ({ written, say: null, pinyin: pinyin.split(/\s+/) })),
    ...pairs(hotFix.replace).map(([written, say]) => ({ written, say, pinyin: null })),
  ];
}

export function cosyVoiceTask(host: TaskHost): Task {
  return new CosyVoice(host);
}

interface Sentence {
  shown: string;
  request: Pick<VoiceRequest, 'text' | 'runs' | 'rate' | 'pitch'>;
  restMs: number;
}
interface WordTime {
  text: string;
  begin_index: number;
  end_index: number;
  begin_time: number;
  end_time: number;
}

class CosyVoice implements Task {
  readonly #host: TaskHost;
  readonly #request: Omit<VoiceRequest, 'text'>;
  readonly #format: 'pcm' | 'wav';
  readonly #ssml: boolean;
  readonly #timed: boolean;
  #texts = 0;
  #characters = 0;
  /** Text of a sentence that is not whole yet. */
  #open = '';
  #queue: Sentence[] = [];
  #isSpeaking = false;
  #isFinishing = false;
  #index = 0;
  #samples = 0;
  #spokenCharacters = 0;
  readonly #allWords: WordTime[] = [];

  constructor(host: TaskHost) {
    this.#host = host;
    const { parameters, context, model } = host;
    if (parameters.text_type !== 'PlainText')
      throw parameters.text_type === undefined
        ? missing('payload.parameters.text_type')
        : invalid('text_type should be PlainText');
    const voice = voiceOf(context, parameters.voice, model);
    const isClone = context.voices.has(String(parameters.voice));
    this.#format = formatOf(parameters, FORMATS, 'mp3');
    this.#ssml = flagOf(parameters, 'enable_ssml');
    this.#timed = flagOf(parameters, 'word_timestamp_enabled') && !voice.untimed;
    numberOf(parameters, 'seed', 0, 0, 65_535);
    if (
      !flagOf(parameters, 'enable_aigc_tag') &&
      (parameters.aigc_propagator ?? parameters.aigc_propagate_id) !== undefined
    )
      throw invalid('aigc_propagator needs enable_aigc_tag');
    const manner = mannerOf(parameters.instruction, voice, isClone);
    this.#request = {
      voice: String(parameters.voice),
      sampleRate: rateOf(parameters, RATES, 22_050),
      rate: clamp(numberOf(parameters, 'rate', 1, 0.5, 2) * (manner.rate ?? 1)),
      pitch: clamp(numberOf(parameters, 'pitch', 1, 0.5, 2) * (manner.pitch ?? 1)),
      volume: (numberOf(parameters, 'volume', 50, 0, 100) / 50) * (manner.volume ?? 1),
      pronunciations: pronunciationsOf(parameters.hot_fix),
    };
  }

  begin(): void {
    this.#wind();
  }

  audio(): void {
    this.#host.failed('InvalidParameter', 'Invalid payload data');
  }

  continue(input: Fields): void {
    const { text } = input;
    if (input.flush === true && text === undefined) {
      this.#cut(true);
      this.#wind();
      return;
    }
    if (typeof text !== 'string' || text === '') throw invalid('Please ensure input text is valid.');
    this.#texts += 1;
    if (this.#ssml && this.#texts > 1) throw invalid('Text request limit violated, expected 1.');
    const length = vendorLength(text);
    this.#characters += length;
    if (length > MAX_AT_ONCE) throw invalid(`text length ${length} is over the limit of ${MAX_AT_ONCE} of one request`);
    if (this.#characters > MAX_IN_ALL)
      throw invalid(`text length ${this.#characters} is over the limit of ${MAX_IN_ALL} of a task`);
    if (!this.#ssml && /^\s*<speak[\s>]/.test(text)) throw invalid('SSML text is not supported at the moment!');
    inspect(this.#host.context, this.#open + text);
    if (this.#ssml) this.#takeSsml(text);
    else {
      this.#open += text;
      this.#cut(false);
    }
    this.#wind();
    void this.#speak();
  }

  finish(input: Fields): void {
    const { patience, model } = this.#host;
    patience.stop();
    if (input.directive === 'cancel' && model !== 'cosyvoice-v1') {
      this.#queue = [];
      this.#isFinishing = true;
      this.#finished();
      return;
    }
    if (input.directive !== undefined && input.directive !== 'cancel')
      throw invalid(`directive ${String(input.directive)} is not supported`);
    this.#cut(true);
    this.#isFinishing = true;
    void this.#speak();
  }

  #wind(): void {
    this.#host.patience.wind(GAP_MS, () => this.#host.failed('CLIENT_ERROR', 'request timeout after 23 seconds.'));
  }

  /** A sentence is whole when another begins after it, or its full stop leaves no doubt. */
  #cut(all: boolean): void {
    const ranges = sayable(this.#open);
    let used = 0;
    for (const [i, { from, to }] of ranges.entries()) {
      const shown = this.#open.slice(from, to);
      if (!all && i === ranges.length - 1 && !/[。！？!?\n]["'”’」』)）]*$/u.test(shown)) break;
      this.#queue.push({ shown, request: { text: shown }, restMs: 0 });
      used = to;
    }
    this.#open = all ? '' : this.#open.slice(used);
    if (all) void this.#speak();
  }

  #takeSsml(text: string): void {
    const ssml = parseSsml(text);
    if (!ssml) throw invalid('Please ensure input text is valid.');
    for (const { text: shown, runs, breakMs } of ssml.stretches)
      this.#queue.push({ shown, request: { text: shown, runs, rate: ssml.rate, pitch: ssml.pitch }, restMs: breakMs });
  }

  async #speak(): Promise<void> {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    const { outlet, failed } = this.#host;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) if (!(await this.#say(next))) return;
    } catch (error) {
      if (outlet.isOver) return;
      const isTheirs = error instanceof StudioError && error.code === 'script.bad-dictionary-entry';
      return failed(
        isTheirs ? 'InvalidParameter' : 'InternalError',
        isTheirs ? 'hot_fix: the pinyin does not fit' : String(error),
      );
    } finally {
      this.#isSpeaking = false;
    }
    if (this.#isFinishing) this.#finished();
  }

  /** false: it ended in the middle. */
  async #say(sentence: Sentence): Promise<boolean> {
    const { context, outlet } = this.#host;
    const { sampleRate } = this.#request;
    const index = this.#index++;
    const mode = outlet.fault?.kind === 'words' ? outlet.fault.mode : 'sentence-end';
    const { rate = 1, pitch = 1, ...request } = sentence.request;
    const speech = await context.mouth.speak(
      {
        ...this.#request,
        ...request,
        rate: clamp(this.#request.rate! * rate),
        pitch: clamp(this.#request.pitch! * pitch),
      },
      outlet.left,
    );
    // The untyped answers of old counted each sentence's time from its own beginning.
    const breath = new Int16Array(index === 0 ? 0 : Math.round((BREATH_MS * sampleRate) / 1000));
    const startMs = mode === 'untyped' ? 0 : (this.#samples * 1000) / sampleRate;
    const baseMs = startMs + (breath.length * 1000) / sampleRate;
    const words = this.#timed ? speech.words.map((word) => toldWord(word, baseMs)) : [];
    this.#allWords.push(...words);
    this.#spokenCharacters += vendorLength(sentence.shown);

    const told = (type: string, known: readonly WordTime[]): object =>
      this.#host.result(
        mode === 'untyped'
          ? { sentence: { index, words: known } }
          : { type, original_text: sentence.shown, sentence: { index, words: mode === 'task-finished' ? [] : known } },
        type === 'sentence-end' ? { characters: this.#spokenCharacters } : null,
      );
    const grows = mode === 'cumulative' || mode === 'untyped';
    if (mode !== 'untyped' && !(await outlet.piece({ message: told('sentence-begin', []) }))) return false;
    const rest = new Int16Array(Math.round((sentence.restMs * sampleRate) / 1000));
    let sent = 0;
    for (const pcm of [breath, speech.pcm, rest])
      for (const sound of soundPieces(pcm, sampleRate, PIECE_MS)) {
        sent += sound.length / 2;
        const reachedMs = startMs + (sent * 1000) / sampleRate;
        const known = grows ? words.filter(({ end_time }) => end_time <= reachedMs + 1) : [];
        const isFirst = this.#format === 'wav' && this.#samples === 0 && sent * 2 === sound.length;
        const bytes = isFirst ? Buffer.concat([endlessWavHeader(sampleRate), sound]) : sound;
        if (!(await outlet.piece({ message: told('sentence-synthesis', known), sound: bytes }))) return false;
        await context.spoken((sound.length / 2 / sampleRate) * 1000, outlet.left);
      }
    this.#samples += sent;
    if (mode !== 'untyped' && !(await outlet.piece({ message: told('sentence-end', words) }))) return false;
    return mode !== 'duplicate' || outlet.piece({ message: told('sentence-end', words) });
  }

  #finished(): void {
    const { outlet, finished } = this.#host;
    const last = outlet.fault?.kind === 'words' && outlet.fault.mode === 'task-finished';
    const output = last ? { sentence: { words: this.#allWords } } : {};
    finished({ output, usage: { characters: this.#spokenCharacters } });
  }
}

const clamp = (value: number): number => Math.min(2, Math.max(0.5, value));

const toldWord = ({ text, from, to, startMs, endMs }: SpokenWord, baseMs: number): WordTime => ({
  text,
  begin_index: from,
  end_index: to,
  begin_time: Math.floor(baseMs + startMs),
  end_time: Math.floor(baseMs + endMs),
});
