/** Qwen3-ASR as a realtime session: base64 sound in; what is certain and what is a draft out, the whole sentence at its end. */
import { randomUUID } from 'node:crypto';
import type { EarEvent, Listening } from './hearing.ts';
import { Refused } from './refusal.ts';
import type { Fields, RealtimeHost, RealtimeSession } from './ws-realtime.ts';

const MAX_APPEND = 15 * 1024 * 1024;
const LANGUAGES = /^(zh|yue|en|ja|de|ko|ru|fr|pt|ar|it|es|hi|id|th|tr|uk|vi|cs|da|fil|fi|is|ms|no|pl|sv)$/;
const bad = (message: string): Refused => new Refused(400, 'invalid_value', message);
const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

export function realtimeHearing(host: RealtimeHost): RealtimeSession {
  return new Hearing(host);
}

class Hearing implements RealtimeSession {
  readonly #host: RealtimeHost;
  #rate = 16_000;
  #language: string | null = null;
  #corpus: string | null = null;
  #detection: { type: 'server_vad'; threshold: number; silence_duration_ms: number } | null = {
    ...{ type: 'server_vad', threshold: 0.2, silence_duration_ms: 800 },
  };
  #listening: Listening | null = null;
  #odd: Buffer = Buffer.alloc(0);
  #pending = 0;
  #isFinishing = false;
  #item = itemId();
  #before: string | null = null;

  constructor(host: RealtimeHost) {
    this.#host = host;
  }

  get session(): Fields {
    return {
      modalities: ['text'],
      input_audio_format: 'pcm',
      sample_rate: this.#rate,
      input_audio_transcription: {
        language: this.#language,
        ...(this.#corpus === null ? {} : { corpus: { text: this.#corpus } }),
      },
      turn_detection: this.#detection,
    };
  }

  take(type: string, message: Fields): void {
    if (this.#isFinishing) throw bad(`${type} after session.finish`);
    switch (type) {
      case 'session.update':
        this.#update(asFields(message.session));
        break;
      case 'input_audio_buffer.append':
        this.#append(message.audio);
        break;
      case 'input_audio_buffer.commit':
        if (this.#detection) throw bad('input_audio_buffer.commit is for manual mode only.');
        if (this.#pending === 0) throw bad('The input audio buffer is empty.');
        this.#commit();
        break;
      case 'session.finish':
        this.#isFinishing = true;
        if (this.#detection || this.#pending > 0) this.#commit();
        void this.#host.outlet.afterwards(() => this.#host.finished());
        break;
      default:
        throw bad(`Unknown event type: ${type}`);
    }
  }

  #update(session: Fields): void {
    if (this.#listening) throw bad('The session cannot be changed once sound was appended.');
    const { input_audio_format: format = 'pcm', sample_rate: rate = 16_000, turn_detection: detection } = session;
    if (format !== 'pcm') throw bad(`UNSUPPORTED_FORMAT: this local server hears pcm, not ${String(format)}`);
    if (rate !== 16_000 && rate !== 8000) throw bad(`Unsupported sample_rate: ${String(rate)}`);
    const { language, corpus } = asFields(session.input_audio_transcription);
    const { text: context = null } = asFields(corpus);
    if (corpus !== undefined && typeof context !== 'string') throw bad('corpus.text should be a string');
    if (typeof context === 'string' && context.length > 10_000) throw bad('corpus.text is over 10000 tokens');
    if (language !== undefined && language !== null && !LANGUAGES.test(String(language)))
      throw bad(`Unsupported language: ${String(language)}`);
    if (detection === null) this.#detection = null;
    else if (detection !== undefined) {
      const { type, threshold = 0.2, silence_duration_ms: silenceMs = 800 } = asFields(detection);
      if (type !== 'server_vad') throw bad(`Unsupported turn_detection: ${String(type)}`);
      if (!(Number(threshold) >= -1 && Number(threshold) <= 1)) throw bad('threshold should be in [-1, 1]');
      if (!(Number(silenceMs) >= 200 && Number(silenceMs) <= 6000))
        throw bad('silence_duration_ms should be in [200, 6000]');
      this.#detection = { type, threshold: Number(threshold), silence_duration_ms: Number(silenceMs) };
    }
    this.#rate = rate;
    this.#corpus = context as string | null;
    this.#language = typeof language === 'string' ? language : null;
    const { sessionId: id, model } = this.#host;
    this.#host.say('session.updated', { session: { object: 'realtime.session', id, model, ...this.session } });
  }

  #append(audio: unknown): void {
    if (typeof audio !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(audio)) throw bad('audio is no base64');
    if (audio.length > MAX_APPEND) throw bad('audio is over 15 MiB');
    const bytes = Buffer.from(audio, 'base64');
    this.#host.outlet.took(bytes.length);
    this.#pending += bytes.length;
    const joined = Buffer.concat([this.#odd, bytes]);
    this.#odd = joined.subarray(joined.length & ~1);
    const samples = new Int16Array(joined.length >> 1);
    for (let i = 0; i < samples.length; i++) samples[i] = joined.readInt16LE(2 * i);
    for (const event of this.#ear().push(samples)) this.#tell(event);
  }

  #ear(): Listening {
    this.#listening ??= this.#host.context.ear.listen({
      sampleRate: this.#rate,
      silenceMs: this.#detection?.silence_duration_ms ?? null,
      stricterDb: this.#detection ? 10 * (this.#detection.threshold - 0.2) : 0,
    });
    return this.#listening;
  }

  /** What is still open is over: at the end of the session, or in manual mode because the client says so. */
  #commit(): void {
    const ear = this.#ear();
    const events = this.#isFinishing ? ear.end() : ear.endSentence();
    this.#pending = 0;
    for (const event of events) this.#tell(event);
    const isEmpty = !events.some(({ type }) => type === 'final');
    if (!this.#detection && isEmpty) this.#tell({ type: 'final', ...NOTHING });
  }

  #tell(event: EarEvent): void {
    const vad = this.#detection !== null;
    const item = { item_id: this.#item };
    switch (event.type) {
      case 'speech-started':
        if (vad) this.#send('input_audio_buffer.speech_started', { ...item, audio_start_ms: event.atMs });
        break;
      case 'partial': {
        // The last word may still become another.
        const last = event.words.at(-1)!;
        const cut = event.text.lastIndexOf(last.text);
        this.#send('conversation.item.input_audio_transcription.text', {
          ...item,
          content_index: 0,
          language: event.language,
          emotion: EMOTION,
          text: event.text.slice(0, cut),
          stash: event.text.slice(cut),
        });
        break;
      }
      case 'speech-stopped':
        if (vad) this.#send('input_audio_buffer.speech_stopped', { ...item, audio_end_ms: event.atMs });
        break;
      case 'final':
        this.#send('input_audio_buffer.committed', { ...item, previous_item_id: this.#before });
        this.#send('conversation.item.created', {
          previous_item_id: this.#before,
          item: {
            ...{ id: this.#item, object: 'realtime.item', type: 'message', role: 'user', status: 'in_progress' },
            content: [{ type: 'input_audio', transcript: null }],
          },
        });
        this.#send('conversation.item.input_audio_transcription.completed', {
          ...item,
          content_index: 0,
          language: event.language ?? this.#language,
          emotion: EMOTION,
          transcript: event.text,
        });
        this.#before = this.#item;
        this.#item = itemId();
    }
  }

  #send(type: string, fields: Fields): void {
    const { outlet, event } = this.#host;
    void outlet.piece({ message: event(type, fields) });
  }
}

/** The embedded voice, which is all this ear understands, does not act. */
const EMOTION = 'neutral';
const NOTHING = {
  ...{ sentence: 0, startMs: 0, endMs: 0, text: '', bare: '', words: [], language: null, confidence: 0 },
};

const itemId = (): string => `item_${randomUUID().replaceAll('-', '').slice(0, 21)}`;
