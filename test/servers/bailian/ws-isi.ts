/** Alibaba ISI's real-time transcriber: JSON commands with ids of 32 hex digits, sound in binary frames, statuses instead of codes. */
import { randomBytes } from 'node:crypto';
import type { EarEvent, Listening } from './hearing.ts';
import { Outlet, Patience } from './socket-outlet.ts';
import type { SocketConnection, SocketRoute } from './sockets.ts';

type Fields = Record<string, unknown>;
const asFields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const NAMESPACE = 'SpeechTranscriber';
const IDLE_MS = 10_000;
const HEX = /^[\da-f]{32}$/i;
const hex = (): string => randomBytes(16).toString('hex');

class Failed extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
const messageInvalid = (detail: string): Failed => new Failed(40_000_002, `Gateway:MESSAGE_INVALID:${detail}`);
const parameterInvalid = (detail: string): Failed => new Failed(40_000_003, `Gateway:PARAMETER_INVALID:${detail}`);

export const isiRoute: SocketRoute = {
  path: '/ws/v1',
  surfaces: ['isi'],
  // Who has no right learns it from the first answer.
  admit: () => null,
  accept: (connection) => {
    new Transcriber(connection);
  },
};

class Transcriber {
  readonly #connection: SocketConnection;
  readonly #idle: Patience;
  #outlet: Outlet | null = null;
  #taskId = '';
  #state: 'S_INIT' | 'S_STARTED' | 'S_STOPPED' = 'S_INIT';
  #listening: Listening | null = null;
  #options: Fields = {};
  #begun = 0;

  constructor(connection: SocketConnection) {
    this.#connection = connection;
    this.#idle = new Patience(connection.context);
    this.#wind();
    connection.socket.on('close', () => this.#idle.stop());
    connection.socket.on('message', (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[]);
      this.#wind();
      try {
        if (isBinary) this.#audio(bytes);
        else this.#command(bytes.toString());
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        this.#fail(error.status, error.message);
      }
    });
  }

  #wind(): void {
    this.#idle.wind(IDLE_MS, () => {
      this.#fail(40_000_004, 'Gateway:IDLE_TIMEOUT:Websocket session is idle for too long time');
    });
  }

  #command(text: string): void {
    let message: Fields;
    try {
      message = asFields(JSON.parse(text));
    } catch {
      throw messageInvalid("Can't parse message as json!");
    }
    const header = asFields(message.header);
    if (typeof header.task_id === 'string') this.#taskId ||= header.task_id;
    if (!HEX.test(String(header.message_id)) || !HEX.test(String(header.task_id)))
      throw messageInvalid('message_id and task_id should be 32 hex digits');
    if (header.namespace !== NAMESPACE) throw messageInvalid(`namespace ${String(header.namespace)} is not supported`);
    if (header.task_id !== this.#taskId) throw messageInvalid('another task_id than that of the task');
    const { name } = header;
    if (name === 'StartTranscription' && this.#state === 'S_INIT')
      this.#start(header, asFields(message.payload), message);
    else if (name === 'StopTranscription' && this.#state === 'S_STARTED') this.#stop();
    else if (!(name === 'ControlTranscription' && this.#state === 'S_STARTED'))
      throw messageInvalid(`Can't process message '${String(name)}' in state '${this.#state}'!`);
  }

  #start(header: Fields, payload: Fields, frame: Fields): void {
    const { context, socket, request, url, take, log } = this.#connection;
    const served = log('isi', NAMESPACE, frame);
    const fault = take('isi');
    const outlet = new Outlet({
      socket,
      context,
      served,
      fault,
      fail: (code, text) => this.#fail(statusOf(code), text),
    });
    this.#outlet = outlet;
    this.#state = 'S_STARTED';
    if (fault?.kind === 'error') throw new Failed(statusOf(fault.code), fault.message);
    if (fault?.kind === 'idle-timeout')
      throw new Failed(40_000_004, 'Gateway:IDLE_TIMEOUT:Websocket session is idle for too long time');

    const given = url.searchParams.get('token') ?? request.headers['x-nls-token'];
    const token = typeof given === 'string' ? given : '';
    const untilMs = context.isiTokens.get(token);
    const hidden = `${token.slice(0, 4)}***${token.slice(-4)}`;
    if (untilMs === undefined) throw new Failed(40_000_001, `Gateway:ACCESS_DENIED:The token '${hidden}' is invalid!`);
    if (untilMs <= context.nowMs())
      throw new Failed(40_000_001, `Gateway:ACCESS_DENIED:The token '${hidden}' has expired!`);
    if (header.appkey !== context.appKey)
      throw new Failed(40_000_003, `Gateway:APPKEY_NOT_EXIST:The app does not exist!`);

    const { format = 'pcm', sample_rate: rate = 16_000, max_sentence_silence: silenceMs = 800 } = payload;
    if (String(format).toLowerCase() !== 'pcm')
      throw parameterInvalid(`UNSUPPORTED_FORMAT: this local server hears pcm, not ${String(format)}`);
    if (rate !== 16_000 && rate !== 8000) throw parameterInvalid(`sample_rate ${String(rate)}`);
    if (typeof silenceMs !== 'number' || silenceMs < 200 || silenceMs > 6000)
      throw parameterInvalid('max_sentence_silence');
    for (const name of FLAGS)
      if (payload[name] !== undefined && typeof payload[name] !== 'boolean') throw parameterInvalid(name);
    this.#options = payload;
    this.#listening = context.ear.listen({
      sampleRate: rate,
      silenceMs,
      stricterDb: 15 * Number(payload.speech_noise_threshold ?? 0),
    });
    outlet.say(this.#frame('TranscriptionStarted', { session_id: hex() }));
  }

  #audio(bytes: Buffer): void {
    if (this.#state !== 'S_STARTED' || !this.#listening)
      throw messageInvalid(`Can't process message 'binary' in state '${this.#state}'!`);
    if (this.#outlet?.isOver) return;
    this.#outlet?.took(bytes.length);
    const samples = new Int16Array(bytes.length >> 1);
    for (let i = 0; i < samples.length; i++) samples[i] = bytes.readInt16LE(2 * i);
    for (const event of this.#listening.push(samples)) this.#tell(event);
  }

  #stop(): void {
    const outlet = this.#outlet!;
    for (const event of this.#listening!.end()) this.#tell(event);
    this.#state = 'S_STOPPED';
    this.#idle.stop();
    void outlet.afterwards(() => {
      outlet.say(this.#frame('TranscriptionCompleted', {}));
      outlet.end('whole');
    });
  }

  #tell(event: EarEvent): void {
    if (event.type !== 'partial' && event.type !== 'final') return;
    if (event.words.length === 0) return;
    const index = event.sentence + 1;
    if (this.#begun < index) {
      this.#begun = index;
      this.#send('SentenceBegin', { index, time: event.startMs });
    }
    const isEnd = event.type === 'final';
    if (!isEnd && this.#options.enable_intermediate_result !== true) return;
    const told = {
      index,
      time: isEnd ? event.endMs : this.#listening!.heardMs,
      result: this.#options.enable_punctuation_prediction === true ? event.text : event.bare,
      confidence: Math.round(event.confidence * 1000) / 1000,
      ...(this.#options.enable_words === true
        ? { words: event.words.map(({ text, startMs, endMs }) => ({ text, startTime: startMs, endTime: endMs })) }
        : {}),
    };
    if (!isEnd) this.#send('TranscriptionResultChanged', told);
    else {
      const stash = { sentenceId: 0, beginTime: 0, text: '', currentTime: 0 };
      this.#send('SentenceEnd', { ...told, begin_time: event.startMs, stash_result: stash });
    }
  }

  #send(name: string, payload: Fields): void {
    void this.#outlet!.piece({ message: this.#frame(name, payload) });
  }

  #frame(name: string, payload: Fields, status = 20_000_000, text = 'Gateway:SUCCESS:Success.'): object {
    const header = { namespace: NAMESPACE, name, status, message_id: hex(), task_id: this.#taskId };
    return { header: { ...header, status_text: text, status_message: text }, payload };
  }

  #fail(status: number, message: string): void {
    const { socket } = this.#connection;
    if (this.#outlet?.isMute) return;
    this.#idle.stop();
    if (this.#outlet) this.#outlet.served.code = String(status);
    this.#outlet?.end('fault');
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(this.#frame('TaskFailed', {}, status, message)));
    socket.close(1000);
  }
}

const FLAGS = [
  'enable_intermediate_result',
  'enable_punctuation_prediction',
  'enable_inverse_text_normalization',
  'enable_words',
  'disfluency',
  'enable_semantic_sentence_detection',
];

/** A scripted code as ISI has it: a status where it is one, else what comes closest. */
function statusOf(code: string): number {
  if (/^\d{8}$/.test(code)) return Number(code);
  if (/^Throttling|limit/i.test(code)) return 40_000_005;
  return /InvalidApiKey/.test(code) ? 40_000_001 : 50_000_000;
}
