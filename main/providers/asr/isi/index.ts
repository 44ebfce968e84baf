/**
 * The realtime transcriber of Alibaba's Intelligent Speech Interaction (NLS): `SpeechTranscriber` on a WebSocket.
 * https://help.aliyun.com/zh/isi/developer-reference/websocket. Which dialect it hears is a setting of the project behind the app key.
 */
import { randomUUID } from 'node:crypto';
import { StudioError } from '../../../../app/errors/index.ts';
import type { IsiSettings } from '../../../../app/providers/settings.ts';
import { ASR_SAMPLE_RATE, type AsrEvent, type AsrProvider, type AsrWord } from '../../../engine/ports/asr.ts';
import { vendorFailure } from '../../kit/failures.ts';
import { Inbox } from '../../kit/inbox.ts';
import type { AccessKey } from '../../kit/pop-signature.ts';
import { asRecord, numberIn, stringIn, VendorSocket } from '../../kit/web-socket.ts';
import { type AsrLink, type ExchangePatience, exchange, PATIENCE } from '../exchange.ts';
import { Sentences } from '../sentences.ts';
import { SoundFrames, TaskTimes } from '../sound-frames.ts';
import { IsiTokens } from './token.ts';

export interface IsiOptions {
  settings(): IsiSettings;
  accessKey(signal: AbortSignal): Promise<AccessKey | null>;
  /** Instead of the region's: where CreateToken is asked, and the transcriber. */
  metaUrl?: string;
  gatewayUrl?: string;
  patience?: ExchangePatience;
  now?: () => number;
}

export const ISI_PROVIDER_NAME = 'Alibaba ISI';
const NAMESPACE = 'SpeechTranscriber';
const OK = 20000000;
const INBOX_BYTES = 1024 * 1024;

const hexId = (): string => randomUUID().replaceAll('-', '');

interface IsiMessage {
  name: string;
  payload: Record<string, unknown>;
}

export function createIsiAsr(options: IsiOptions): AsrProvider {
  const provider = ISI_PROVIDER_NAME;
  let made: { region: string; tokens: IsiTokens } | null = null;
  const tokensFor = ({ region }: IsiSettings): IsiTokens => {
    if (made?.region !== region) {
      const regionId = `cn-${region}`;
      // One meta host serves the gateways of all regions.
      const metaUrl = options.metaUrl ?? 'https://nls-meta.cn-shanghai.aliyuncs.com';
      const { accessKey, now } = options;
      made = { region, tokens: new IsiTokens({ provider, metaUrl, regionId, accessKey, ...(now ? { now } : {}) }) };
    }
    return made.tokens;
  };

  async function* task(settings: IsiSettings, token: string, frames: SoundFrames, signal: AbortSignal) {
    const url = options.gatewayUrl ?? `wss://nls-gateway-cn-${settings.region}.aliyuncs.com/ws/v1`;
    const link = new TranscriberLink(url, token, settings.appKey, {
      format: 'pcm',
      sample_rate: ASR_SAMPLE_RATE,
      enable_intermediate_result: true,
      enable_punctuation_prediction: true,
      enable_inverse_text_normalization: true,
      enable_words: true,
      // A request's own words cannot be sent along: the list is made in the console.
      ...(settings.vocabularyId === '' ? {} : { vocabulary_id: settings.vocabularyId }),
    });
    const times = new TaskTimes(frames.takenMs);
    const sentences = new Sentences();
    const began = new Map<number, number>();
    const patience = options.patience ?? PATIENCE;
    for await (const { name, payload } of exchange({ provider, link, frames, times, signal, patience })) {
      const index = numberIn(payload.index) ?? 0;
      const at = (field: string): number | undefined => numberIn(payload[field]);
      if (name === 'SentenceBegin') began.set(index, at('time') ?? 0);
      else if (name === 'TranscriptionResultChanged')
        yield* sentences.partial(heard(payload, index, began.get(index), undefined, times));
      else if (name === 'SentenceEnd') {
        const begin = at('begin_time') ?? began.get(index);
        began.delete(index);
        yield* sentences.final(heard(payload, index, begin, at('time'), times), times.soundMs);
      }
    }
    yield* sentences.rest(times.soundMs);
  }

  return {
    id: 'isi',
    runs: 'cloud',
    async *recognise(sound, _request, signal): AsyncGenerator<AsrEvent, void, void> {
      signal.throwIfAborted();
      const settings = options.settings();
      if (settings.appKey === '') throw new StudioError('cloud.key-missing', { provider });
      const tokens = tokensFor(settings);
      const frames = new SoundFrames(sound);
      try {
        for (let tries = 1; ; tries++) {
          const token = await tokens.get(signal);
          try {
            yield* task(settings, token, frames, signal);
            return;
          } catch (error) {
            const refused = error instanceof StudioError && /^cloud\.key-(wrong|expired)$/.test(error.code);
            if (refused) tokens.forget(token);
            // A token ends before its time when a newer one is made elsewhere; nothing has been heard yet.
            if (!refused || tries > 1 || frames.takenMs > 0) throw error;
          }
        }
      } finally {
        frames.close();
      }
    },
    async dispose() {
      made = null;
    },
  };
}

function heard(
  payload: Record<string, unknown>,
  id: number,
  beginMs: number | undefined,
  endMs: number | undefined,
  times: TaskTimes,
) {
  const words: AsrWord[] = [];
  for (const entry of Array.isArray(payload.words) ? payload.words : []) {
    const word = asRecord(entry);
    const [from, to] = [numberIn(word.startTime), numberIn(word.endTime)];
    const text = stringIn(word.text);
    if (text === undefined || from === undefined || to === undefined) continue;
    words.push({ text, startMs: times.toSource(from), endMs: times.toSource(to) });
  }
  return {
    ...{ id, text: stringIn(payload.result) ?? '', words },
    startMs: beginMs === undefined ? null : times.toSource(beginMs),
    endMs: endMs === undefined ? null : times.toSource(endMs),
  };
}

/** One transcription on one connection. Opens at once. */
class TranscriberLink implements AsrLink<IsiMessage> {
  readonly ready: Promise<void>;
  readonly #appKey: string;
  readonly #token: string;
  readonly #taskId = hexId();
  readonly #socket: VendorSocket;
  readonly #inbox: Inbox<IsiMessage>;
  readonly #started = Promise.withResolvers<void>();
  #over = false;

  constructor(url: string, token: string, appKey: string, parameters: object) {
    this.#appKey = appKey;
    this.#token = token;
    this.ready = this.#started.promise;
    this.ready.catch(() => {});
    this.#inbox = new Inbox({
      highWater: INBOX_BYTES,
      onFull: () => this.#socket.pause(),
      onRoom: () => this.#socket.resume(),
    });
    const peer = { provider: ISI_PROVIDER_NAME, region: 'cn', model: 'SpeechTranscriber' };
    this.#socket = new VendorSocket(url, { 'X-NLS-Token': token }, peer, {
      opened: () => this.#say('StartTranscription', parameters),
      text: (text) => this.#read(text),
      binary: () => this.#fail(new StudioError('cloud.bad-answer', { ...this.#names, detail: 'a binary frame' })),
      closed: (failure) => this.#fail(handshakeFailure(failure, token)),
    });
  }

  get #names() {
    return { provider: ISI_PROVIDER_NAME };
  }

  #say(name: string, payload?: object): void {
    const header = { appkey: this.#appKey, message_id: hexId(), task_id: this.#taskId, namespace: NAMESPACE, name };
    this.#socket.send(JSON.stringify({ header, ...(payload === undefined ? {} : { payload }) }));
  }

  #read(text: string): void {
    if (this.#over) return;
    let message: Record<string, unknown>;
    try {
      message = asRecord(JSON.parse(text));
    } catch (cause) {
      this.#fail(new StudioError('cloud.bad-answer', { ...this.#names, detail: 'a frame is no JSON' }, { cause }));
      return;
    }
    const header = asRecord(message.header);
    const name = stringIn(header.name);
    if (name === undefined) {
      this.#fail(new StudioError('cloud.bad-answer', { ...this.#names, detail: 'a frame without header.name' }));
      return;
    }
    const status = numberIn(header.status) ?? OK;
    if (name === 'TaskFailed' || status !== OK) {
      this.#fail(this.#taskFailure(status, stringIn(header.status_text) ?? stringIn(header.status_message) ?? ''));
      return;
    }
    this.#inbox.push({ name, payload: asRecord(message.payload) }, text.length);
    if (name === 'TranscriptionStarted') this.#started.resolve();
    else if (name === 'TranscriptionCompleted') {
      this.#over = true;
      this.#started.resolve();
      this.#inbox.end();
      this.#socket.close();
    }
  }

  #taskFailure(status: number, words: string): StudioError {
    // The gateway quotes the token it does not like.
    const message = words.replaceAll(this.#token, '…');
    return vendorFailure({ ...this.#names, status, message });
  }

  #fail(error: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.close();
    this.#inbox.fail(error);
    this.#started.reject(error);
  }

  send(frame: Uint8Array): void {
    this.#socket.send(frame);
  }

  finish(): void {
    this.#say('StopTranscription');
  }

  messages(): AsyncIterable<IsiMessage> {
    return this.#inbox.read();
  }

  close(): void {
    this.#fail(new StudioError('cloud.cut-off', this.#names));
  }
}

/** At its door the gateway answers 403 to a token it does not know or that has ended, and quotes it. */
function handshakeFailure(failure: Error, token: string): Error {
  const refused =
    failure instanceof StudioError &&
    (/^cloud\.(not-entitled|key-)/.test(failure.code) || String(Object.values(failure.params)).includes(token));
  return refused ? new StudioError('cloud.key-wrong', { provider: ISI_PROVIDER_NAME }) : failure;
}
