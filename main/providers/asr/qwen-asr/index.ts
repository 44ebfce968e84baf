/**
 * Qwen3-ASR on DashScope's realtime protocol. It tells no times of words; those of a sentence are when it heard speech begin and stop.
 * https://help.aliyun.com/zh/model-studio/qwen-asr-realtime-api. Dialects of Chinese other than Cantonese are heard under `zh`.
 */
import { ASR_SAMPLE_RATE, type AsrEvent, type AsrProvider, type AsrRequest } from '../../../engine/ports/asr.ts';
import { type BailianAccess, bailianEndpoint } from '../../kit/endpoint.ts';
import { vendorFailure } from '../../kit/failures.ts';
import { openRealtime, type RealtimeMessage, type RealtimeSocket } from '../../kit/realtime-socket.ts';
import { asRecord, numberIn, stringIn } from '../../kit/web-socket.ts';
import { type AsrLink, type ExchangePatience, exchange, PATIENCE } from '../exchange.ts';
import { qwenLanguage } from '../languages.ts';
import { type HeardSentence, Sentences } from '../sentences.ts';
import { SoundFrames, TaskTimes } from '../sound-frames.ts';

export interface QwenAsrOptions {
  access: BailianAccess;
  patience?: ExchangePatience;
}

export const QWEN_ASR_PROVIDER_NAME = 'Qwen ASR';
/** What the vendor recommends for conversation; its defaults are 0.2 and 800. */
const VAD = { type: 'server_vad', threshold: 0, silence_duration_ms: 400 };
/** A context of ten thousand tokens is taken; a character is at most one. */
const MAX_CONTEXT = 8000;
const TRANSCRIPTION = 'conversation.item.input_audio_transcription';

export function createQwenAsr({ access, patience = PATIENCE }: QwenAsrOptions): AsrProvider {
  const provider = QWEN_ASR_PROVIDER_NAME;
  const endpoint = bailianEndpoint(access, provider);
  return {
    id: 'qwen-asr',
    runs: 'cloud',
    async *recognise(sound, request, signal): AsyncGenerator<AsrEvent, void, void> {
      signal.throwIfAborted();
      const model = access.settings.models.qwenAsr;
      const language = qwenLanguage(request.languages);
      const expected = expectedText(request.hotWords);
      const frames = new SoundFrames(sound);
      const times = new TaskTimes(0);
      const link = new SessionLink(openRealtime(endpoint, model, signal), {
        input_audio_format: 'pcm',
        sample_rate: ASR_SAMPLE_RATE,
        input_audio_transcription: {
          ...(language === null ? {} : { language }),
          ...(expected === '' ? {} : { corpus: { text: expected } }),
        },
        turn_detection: VAD,
      });
      const items = new Items(times);
      try {
        for await (const message of exchange({ provider, link, frames, times, signal, patience })) {
          if (message.type === `${TRANSCRIPTION}.failed`) {
            const fault = asRecord(message.error);
            const [code, words] = [stringIn(fault.code), stringIn(fault.message)];
            throw vendorFailure({
              provider,
              model,
              region: endpoint.region,
              ...(code && { code }),
              ...(words && { message: words }),
            });
          }
          yield* items.hear(message);
        }
        yield* items.rest();
      } finally {
        frames.close();
      }
    },
    async dispose() {},
  };
}

/** This model knows no weights: it is told the words as a text, the likeliest first. */
function expectedText(hotWords: AsrRequest['hotWords']): string {
  const words = new Set(hotWords.toSorted((a, b) => b.weight - a.weight).map(({ text }) => text.trim()));
  let text = '';
  for (const word of words) {
    const next = text === '' ? word : `${text}、${word}`;
    if (next.length > MAX_CONTEXT) break;
    text = next;
  }
  return text;
}

interface Item {
  startMs: number | null;
  endMs: number | null;
  /** Said to be whole, though an earlier one is not yet. */
  final: HeardSentence | null;
}

/** An item is a stretch of speech. The next may begin before the words of the last are final; they are told one after the other. */
class Items {
  readonly #times: TaskTimes;
  readonly #sentences = new Sentences();
  readonly #open = new Map<string, Item>();

  constructor(times: TaskTimes) {
    this.#times = times;
  }

  *hear(message: RealtimeMessage): Generator<AsrEvent> {
    const id = stringIn(message.item_id);
    if (id === undefined) return;
    switch (message.type) {
      case 'input_audio_buffer.speech_started':
        this.#item(id).startMs = this.#at(message.audio_start_ms);
        return;
      case 'input_audio_buffer.speech_stopped':
        this.#item(id).endMs = this.#at(message.audio_end_ms);
        return;
      case `${TRANSCRIPTION}.text`: {
        const { startMs, endMs } = this.#item(id);
        const text = (stringIn(message.text) ?? '') + (stringIn(message.stash) ?? '');
        if (this.#first() === id) yield* this.#sentences.partial({ id, text, startMs, endMs });
        return;
      }
      case `${TRANSCRIPTION}.completed`: {
        const item = this.#item(id);
        const { startMs, endMs } = item;
        const text = stringIn(message.transcript) ?? '';
        const [language, emotion] = [stringIn(message.language), stringIn(message.emotion)];
        item.final = { id, text, startMs, endMs, language, emotion };
        yield* this.#tellFinals();
      }
    }
  }

  /** The session is over. */
  *rest(): Generator<AsrEvent> {
    for (const [id, { final }] of this.#open) {
      this.#open.delete(id);
      if (final !== null) yield* this.#sentences.final(final, this.#times.soundMs);
    }
    yield* this.#sentences.rest(this.#times.soundMs);
  }

  *#tellFinals(): Generator<AsrEvent> {
    for (const [id, { final }] of this.#open) {
      if (final === null) return;
      this.#open.delete(id);
      yield* this.#sentences.final(final, this.#times.soundMs);
    }
  }

  #item(id: string): Item {
    let item = this.#open.get(id);
    if (item === undefined) {
      item = { startMs: null, endMs: null, final: null };
      this.#open.set(id, item);
    }
    return item;
  }

  #first(): string | undefined {
    return this.#open.keys().next().value;
  }

  #at(value: unknown): number | null {
    const ms = numberIn(value);
    return ms === undefined ? null : this.#times.toSource(ms);
  }
}

class SessionLink implements AsrLink<RealtimeMessage> {
  readonly ready: Promise<void>;
  readonly #socket: RealtimeSocket;
  readonly #configured = Promise.withResolvers<void>();

  constructor(socket: RealtimeSocket, session: object) {
    this.#socket = socket;
    this.ready = this.#configured.promise;
    socket.send({ type: 'session.update', session });
  }

  send(frame: Uint8Array): void {
    const audio = Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('base64');
    this.#socket.send({ type: 'input_audio_buffer.append', audio });
  }

  finish(): void {
    this.#socket.send({ type: 'session.finish' });
  }

  async *messages(): AsyncGenerator<RealtimeMessage, void, void> {
    for await (const message of this.#socket.events()) {
      if (message.type === 'session.updated') this.#configured.resolve();
      yield message;
    }
  }

  close(): void {
    this.#socket.close();
  }
}
