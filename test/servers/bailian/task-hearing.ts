/** Fun-ASR and Paraformer as a task: sound comes in, sentences come out while they are spoken. */
import type { EarEvent, Listening } from './hearing.ts';
import { Refused } from './refusal.ts';
import { type Fields, flagOf, invalid, missing, numberOf, type Task, type TaskHost } from './task-host.ts';

const FORMATS = ['pcm', 'wav', 'mp3', 'opus', 'speex', 'aac', 'amr'];
const HINTS = ['zh', 'en', 'ja', 'yue', 'ko', 'de', 'fr', 'ru'];
const GAP_MS = 23_000;
/** Of the sound itself: so much without a word ends a task that was not told to wait. */
const SILENCE_MS = 60_000;
const HEARTBEAT_EVERY_MS = 5000;

export function hearingTask(host: TaskHost): Task {
  return new Hearing(host);
}

class Hearing implements Task {
  readonly #host: TaskHost;
  readonly #listening: Listening;
  readonly #isWav: boolean;
  readonly #heartbeat: boolean;
  readonly #punctuation: boolean;
  #header: Buffer | null = Buffer.alloc(0);
  #odd: Buffer = Buffer.alloc(0);
  #took = 0;
  #beats = 0;

  constructor(host: TaskHost) {
    this.#host = host;
    const { parameters, model, context } = host;
    const { format, sample_rate: rate, language_hints: hints, vocabulary_id: vocabularyId } = parameters;
    if (format === undefined) throw missing('payload.parameters.format');
    if (typeof format !== 'string' || !FORMATS.includes(format))
      throw new Refused(400, 'InvalidParameter', 'UNSUPPORTED_FORMAT');
    if (format !== 'pcm' && format !== 'wav')
      throw new Refused(
        400,
        'InvalidParameter',
        `UNSUPPORTED_FORMAT: this local server hears pcm and wav, not ${format}`,
      );
    if (rate === undefined) throw missing('payload.parameters.sample_rate');
    const wanted = /8k/.test(model) ? [8000] : /-v1$|^fun-asr/.test(model) ? [16_000] : null;
    const isRate = typeof rate === 'number' && (wanted ? wanted.includes(rate) : rate >= 8000 && rate <= 48_000);
    if (!isRate) throw invalid(`sample_rate ${String(rate)} is not supported by ${model}`);
    if (hints !== undefined && !(Array.isArray(hints) && hints.every((hint) => HINTS.includes(hint))))
      throw invalid(`language_hints ${JSON.stringify(hints)} is not supported`);
    const isV2 = !/-v1$/.test(model);
    const semantic = flagOf(parameters, 'semantic_punctuation_enabled');
    flagOf(parameters, 'multi_threshold_mode_enabled');
    flagOf(parameters, 'disfluency_removal_enabled');
    if (vocabularyId !== undefined) {
      const target = context.vocabularies.get(String(vocabularyId))?.targetModel;
      if (target !== model) throw invalid(`vocabulary_id ${String(vocabularyId)} does not exist or is not of ${model}`);
    }
    const silenceMs = numberOf(parameters, 'max_sentence_silence', 1300, 200, 6000);
    this.#isWav = format === 'wav';
    this.#heartbeat = isV2 && flagOf(parameters, 'heartbeat');
    this.#punctuation = parameters.punctuation_prediction_enabled !== false;
    this.#listening = context.ear.listen({
      sampleRate: rate as number,
      silenceMs: semantic ? 1300 : silenceMs,
      stricterDb: 15 * numberOf(parameters, 'speech_noise_threshold', 0, -1, 1),
    });
  }

  begin(): void {
    this.#wind();
  }

  audio(bytes: Buffer): void {
    const { outlet, failed, parameters } = this.#host;
    if (outlet.isOver) return;
    this.#wind();
    this.#took += bytes.length;
    outlet.took(bytes.length);
    const sound = this.#isWav ? this.#afterHeader(bytes) : bytes;
    if (sound === 'no-wav') {
      failed('CLIENT_ERROR', 'Failed to decode audio');
      return;
    }
    for (const event of this.#listening.push(this.#samples(sound))) this.#tell(event);
    const silentMs = this.#listening.silentMs;
    if (parameters.heartbeat !== true && silentMs >= SILENCE_MS) {
      failed('CLIENT_ERROR', 'Response timeout!');
      return;
    }
    if (
      this.#heartbeat &&
      silentMs > HEARTBEAT_EVERY_MS &&
      this.#listening.heardMs > (this.#beats + 1) * HEARTBEAT_EVERY_MS
    ) {
      this.#beats = Math.floor(this.#listening.heardMs / HEARTBEAT_EVERY_MS);
      const sentence = {
        sentence_id: 0,
        begin_time: null,
        end_time: null,
        text: '',
        heartbeat: true,
        sentence_end: false,
        words: [],
      };
      void outlet.piece({ message: this.#host.result({ sentence }, null) });
    }
  }

  continue(input: Fields): void {
    const { context } = input;
    const isContext = Array.isArray(context) && context.length <= 5 && JSON.stringify(context).length <= 2400;
    if (!isContext) throw invalid('continue-task takes input.context of at most 5 messages');
  }

  finish(): void {
    const { patience, outlet, failed, finished } = this.#host;
    patience.stop();
    for (const event of this.#listening.end()) this.#tell(event);
    if (this.#took === 0) {
      failed('CLIENT_ERROR', 'NO_INPUT_AUDIO_ERROR');
      return;
    }
    if (!this.#listening.heardSpeech) {
      failed('CLIENT_ERROR', 'NO_VALID_AUDIO_ERROR');
      return;
    }
    void outlet.afterwards(() => finished({ output: {}, usage: null }));
  }

  #wind(): void {
    this.#host.patience.wind(GAP_MS, () => this.#host.failed('CLIENT_ERROR', 'request timeout after 23 seconds.'));
  }

  /** The samples behind the header, which may come in pieces. */
  #afterHeader(bytes: Buffer): Buffer | 'no-wav' {
    if (this.#header === null) return bytes;
    this.#header = Buffer.concat([this.#header, bytes]);
    if (this.#header.length >= 4 && this.#header.toString('latin1', 0, 4) !== 'RIFF') return 'no-wav';
    const at = this.#header.indexOf('data', 12, 'latin1');
    if (at < 0 || this.#header.length < at + 8) return this.#header.length > 4096 ? 'no-wav' : Buffer.alloc(0);
    const sound = this.#header.subarray(at + 8);
    this.#header = null;
    return sound;
  }

  #samples(bytes: Buffer): Int16Array {
    const joined = this.#odd.length > 0 ? Buffer.concat([this.#odd, bytes]) : bytes;
    this.#odd = joined.subarray(joined.length & ~1);
    const samples = new Int16Array(joined.length >> 1);
    for (let i = 0; i < samples.length; i++) samples[i] = joined.readInt16LE(2 * i);
    return samples;
  }

  #tell(event: EarEvent): void {
    if (event.type !== 'partial' && event.type !== 'final') return;
    // Speech that is not understood comes to nothing.
    if (event.words.length === 0) return;
    const isEnd = event.type === 'final';
    const sentence = {
      sentence_id: event.sentence + 1,
      begin_time: event.startMs,
      end_time: isEnd ? event.endMs : null,
      text: this.#punctuation ? event.text : event.bare,
      heartbeat: false,
      sentence_end: isEnd,
      ...(isEnd && /8k-v2$/.test(this.#host.model) ? { emo_tag: 'neutral', emo_confidence: event.confidence } : {}),
      words: event.words.map(({ text, punctuation, startMs, endMs }) => ({
        begin_time: startMs,
        end_time: endMs,
        text,
        punctuation: this.#punctuation ? punctuation : '',
      })),
    };
    const usage = isEnd ? { duration: Math.ceil(this.#listening.heardMs / 1000) } : null;
    void this.#host.outlet.piece({ message: this.#host.result({ sentence }, usage) });
  }
}
