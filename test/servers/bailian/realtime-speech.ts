/** Qwen-TTS as a realtime session: text is appended; when it is spoken is the server's decision (server_commit) or the client's (commit). */
import { randomUUID } from 'node:crypto';
import { inspect } from './llm.ts';
import { Refused } from './refusal.ts';
import { endlessWavHeader, soundPieces, vendorLength } from './socket-outlet.ts';
import { sayable } from './voice.ts';
import type { Fields, RealtimeHost, RealtimeSession } from './ws-realtime.ts';

const VOICES =
  /^(Cherry|Serena|Ethan|Chelsie|Momo|Vivian|Moon|Maia|Kai|Nofish|Bella|Jennifer|Ryan|Katerina|Aiden|Mia|Mochi|Bellona|Vincent|Bunny|Neil|Elias|Arthur|Nini|Ebona|Seren|Pip|Stella|Jada|Dylan|Li|Marcus|Roy|Peter|Sunny|Eric|Rocky|Kiki)$/;
const LANGUAGES = /^(Auto|Chinese|English|German|Italian|Portuguese|Spanish|Japanese|Korean|French|Russian)$/;
const PIECE_MS = 100;
const bad = (message: string): Refused => new Refused(400, 'invalid_value', message);

interface Manner {
  voice: string;
  mode: 'server_commit' | 'commit';
  language_type: string;
  response_format: 'pcm' | 'wav';
  sample_rate: number;
  speech_rate: number;
  volume: number;
  pitch_rate: number;
}

export function realtimeSpeech(host: RealtimeHost): RealtimeSession {
  return new Speech(host);
}

class Speech implements RealtimeSession {
  readonly #host: RealtimeHost;
  #manner: Manner = {
    ...{ voice: 'Cherry', mode: 'server_commit', language_type: 'Auto', response_format: 'pcm', sample_rate: 24_000 },
    ...{ speech_rate: 1, volume: 50, pitch_rate: 1 },
  };
  #text = '';
  #queue: string[] = [];
  #isSpeaking = false;
  #isFinishing = false;
  #hasBegun = false;

  constructor(host: RealtimeHost) {
    this.#host = host;
  }

  get session(): Fields {
    return { ...this.#manner };
  }

  take(type: string, message: Fields): void {
    if (this.#isFinishing) throw bad(`${type} after session.finish`);
    switch (type) {
      case 'session.update':
        this.#update(message.session);
        break;
      case 'input_text_buffer.append':
        this.#append(message.text);
        break;
      case 'input_text_buffer.commit':
        if (this.#text.trim() === '') throw bad('The input text buffer is empty.');
        this.#commit();
        break;
      case 'input_text_buffer.clear':
        this.#text = '';
        this.#host.say('input_text_buffer.cleared');
        break;
      case 'session.finish':
        if (this.#text.trim() !== '') this.#commit();
        this.#isFinishing = true;
        void this.#speak();
        break;
      default:
        throw bad(`Unknown event type: ${type}`);
    }
  }

  #update(given: unknown): void {
    if (typeof given !== 'object' || given === null) throw bad('session is missing');
    if (this.#hasBegun) throw bad('The session cannot be changed once text was appended.');
    const next: Fields = { ...this.#manner, ...given };
    const { context, model } = this.#host;
    const clone = context.voices.get(String(next.voice));
    const isMine = /-v[cd]-/.test(model)
      ? clone?.status === 'OK' && clone.targetModel === model
      : VOICES.test(String(next.voice));
    if (!isMine) throw bad(`Voice '${String(next.voice)}' is not supported.`);
    if (next.mode !== 'server_commit' && next.mode !== 'commit') throw bad(`Unsupported mode: ${String(next.mode)}`);
    if (!LANGUAGES.test(String(next.language_type)))
      throw bad(`Unsupported language_type: ${String(next.language_type)}`);
    if (![8000, 16_000, 24_000, 48_000].includes(Number(next.sample_rate)))
      throw bad(`Unsupported sample_rate: ${String(next.sample_rate)}`);
    if (next.response_format !== 'pcm' && next.response_format !== 'wav')
      throw bad(`UNSUPPORTED_FORMAT: this local server makes pcm and wav, not ${String(next.response_format)}`);
    for (const [name, low, high] of [
      ['speech_rate', 0.5, 2],
      ['pitch_rate', 0.5, 2],
      ['volume', 0, 100],
    ] as const)
      if (!(Number(next[name]) >= low && Number(next[name]) <= high))
        throw bad(`${name} should be in [${low}, ${high}]`);
    if (next.instructions !== undefined && !model.includes('instruct'))
      throw bad(`instructions are not supported by ${model}`);
    this.#manner = next as unknown as Manner;
    this.#host.say('session.updated', {
      session: { object: 'realtime.session', id: this.#host.sessionId, model, ...next },
    });
  }

  #append(text: unknown): void {
    if (typeof text !== 'string' || text === '') throw bad('text is missing');
    try {
      inspect(this.#host.context, this.#text + text);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.#host.failed(refused.code, refused.message);
      return;
    }
    this.#hasBegun = true;
    this.#text += text;
    if (this.#manner.mode !== 'server_commit') return;
    const ranges = sayable(this.#text);
    const last = ranges.at(-1);
    if (!last) return;
    const isWhole = /[。！？!?\n]["'”’」』)）]*$/u.test(this.#text.slice(last.from, last.to));
    const whole = isWhole ? ranges : ranges.slice(0, -1);
    for (const { from, to } of whole) this.#queue.push(this.#text.slice(from, to));
    this.#text = this.#text.slice(whole.at(-1)?.to ?? 0);
    void this.#speak();
  }

  #commit(): void {
    this.#queue.push(this.#text);
    this.#text = '';
    this.#host.say('input_text_buffer.committed', { item_id: itemId() });
    void this.#speak();
  }

  async #speak(): Promise<void> {
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    try {
      for (let text = this.#queue.shift(); text !== undefined; text = this.#queue.shift())
        if (!(await this.#respond(text))) return;
    } catch (error) {
      if (!this.#host.outlet.isOver) this.#host.failed('internal_error', String(error));
      return;
    } finally {
      this.#isSpeaking = false;
    }
    if (this.#isFinishing) this.#host.finished();
  }

  async #respond(text: string): Promise<boolean> {
    const { context, outlet, event, say } = this.#host;
    const { sample_rate: sampleRate, response_format: format } = this.#manner;
    const ids = { response_id: `resp_${randomUUID().slice(0, 12)}`, item_id: itemId(), output_index: 0 };
    const item = { id: ids.item_id, object: 'realtime.item', type: 'message', role: 'assistant' };
    const part = { ...ids, content_index: 0, part: { type: 'audio', text: '' } };
    const response = { id: ids.response_id, object: 'realtime.response', voice: this.#manner.voice };
    say('response.created', { response: { ...response, status: 'in_progress', output: [] } });
    say('response.output_item.added', { ...ids, item: { ...item, status: 'in_progress', content: [] } });
    say('response.content_part.added', part);
    let isFirst = true;
    for (const { from, to } of sayable(text)) {
      const speech = await context.mouth.speak(
        {
          text: text.slice(from, to),
          voice: this.#manner.voice,
          sampleRate,
          rate: this.#manner.speech_rate,
          pitch: this.#manner.pitch_rate,
          volume: this.#manner.volume / 50,
        },
        outlet.left,
      );
      for (const sound of soundPieces(speech.pcm, sampleRate, PIECE_MS)) {
        const bytes = format === 'wav' && isFirst ? Buffer.concat([endlessWavHeader(sampleRate), sound]) : sound;
        isFirst = false;
        const message = event('response.audio.delta', { ...ids, content_index: 0, delta: bytes.toString('base64') });
        if (!(await outlet.piece({ message, soundBytes: bytes.length }))) return false;
        await context.spoken((sound.length / 2 / sampleRate) * 1000, outlet.left);
      }
    }
    if (outlet.isOver || outlet.isMute) return false;
    say('response.audio.done', { ...ids, content_index: 0 });
    say('response.content_part.done', part);
    say('response.output_item.done', { ...ids, item: { ...item, status: 'completed' } });
    say('response.done', { response: { ...response, status: 'completed', usage: { characters: vendorLength(text) } } });
    return true;
  }
}

const itemId = (): string => `item_${randomUUID().replaceAll('-', '').slice(0, 21)}`;
