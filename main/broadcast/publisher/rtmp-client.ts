/**
 * Publishing over RTMP and RTMPS. Adobe RTMP 1.0 (https://rtmp.veriskope.com/docs/spec/): the plain handshake, AMF 0 commands, H.264 and
 * AAC as FLV carries them. What every server takes is done the plainest way: full chunk headers, absolute times.
 */
import { randomBytes } from 'node:crypto';
import { connect as connectTcp, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { StudioError } from '../../../app/errors/index.ts';
import { type AmfValue, decodeAmf, encodeAmf, fieldsOf } from '../flv/amf0.ts';
import { type PushTarget, withoutSecrets } from './push-url.ts';
import { ChunkReader, MESSAGE, type RtmpMessage, writeMessage } from './rtmp-chunks.ts';

export interface RtmpTiming {
  /** Until TCP, and TLS, are up. */
  connectMs: number;
  /** From then until the server says that the stream may begin. */
  answerMs: number;
}
export const RTMP_TIMING: RtmpTiming = { connectMs: 5_000, answerMs: 10_000 };

export interface Publication {
  /**
   * Hands one audio, video or data message to the system; resolves when the system has taken all of it, or, with false, when the
   * connection has ended. One at a time. `onProgress` is called for each part taken.
   */
  send(type: number, timestampMs: number, body: Buffer, onProgress: () => void): Promise<boolean>;
  /** Resolves when the connection has ended: with why, or with null after {@link close}. Never rejects. */
  readonly ended: Promise<StudioError | null>;
  /** Bytes the server has said it received. */
  readonly acknowledgedBytes: number;
  /** Says goodbye and ends the connection. */
  close(): Promise<void>;
  /** Ends the connection at once. */
  destroy(): void;
}

const OUT_CHUNK_SIZE = 4_096;
const WINDOW_BYTES = 2_500_000;
const HANDSHAKE_BYTES = 1_536;
const VERSION = 3;
const PIECE_BYTES = 16 * 1024;
const GOODBYE_MS = 1_000;
/** Chunk streams: any number will do, kept apart by what they carry. */
const CHUNK_STREAM = { protocol: 2, command: 3, media: 4, data: 5, video: 6 } as const;

/**
 * Connects and gets to where media may be sent.
 * @throws StudioError broadcast.*; signal.reason
 */
export async function publishRtmp(
  target: PushTarget,
  options: { timing?: RtmpTiming; signal: AbortSignal },
): Promise<Publication> {
  const { signal, timing = RTMP_TIMING } = options;
  signal.throwIfAborted();
  const connection = new RtmpConnection(target);
  const onAbort = (): void => connection.fail(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { host, port } = target;
    await connection.within(timing.connectMs, connection.open(), () =>
      fault('broadcast.connection-timeout', { host, port, seconds: timing.connectMs / 1000 }),
    );
    await connection.within(timing.answerMs, connection.begin(), () =>
      fault('broadcast.server-silent', { host, seconds: timing.answerMs / 1000 }),
    );
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

type Phase = 'opening' | 'handshake' | 'commands' | 'publish' | 'streaming';

class RtmpConnection implements Publication {
  readonly #target: PushTarget;
  #socket: Socket | null = null;
  readonly #beganMs = performance.now();
  #phase: Phase = 'opening';
  readonly #end = Promise.withResolvers<StudioError | null>();
  /** Rejected with what ends the connection, so that whoever waits for an answer hears of it. */
  readonly #failure = Promise.withResolvers<never>();
  #over = false;
  #closing = false;
  #greeting: Buffer = Buffer.alloc(0);
  #greeted = Promise.withResolvers<Buffer>();
  readonly #reader = new ChunkReader((message) => this.#onMessage(message));
  #transaction = 0;
  readonly #answers = new Map<number, PromiseWithResolvers<AmfValue[]>>();
  #published = Promise.withResolvers<void>();
  #streamId = 1;
  #receivedBytes = 0;
  #acknowledgedIn = 0;
  #peerWindowBytes = WINDOW_BYTES;
  #acknowledgedOut = 0;
  /** While a message is handed over in parts: what must not come between them. */
  #held: Buffer[] | null = null;
  /** Of whoever waits for a part to be taken. */
  #release: () => void = () => {};

  constructor(target: PushTarget) {
    this.#target = target;
    this.#failure.promise.catch(() => {});
    this.#greeted.promise.catch(() => {});
    this.#published.promise.catch(() => {});
  }

  get ended(): Promise<StudioError | null> {
    return this.#end.promise;
  }

  get acknowledgedBytes(): number {
    return this.#acknowledgedOut;
  }

  async within<T>(ms: number, work: Promise<T>, late: () => StudioError): Promise<T> {
    const timer = setTimeout(() => this.fail(late()), ms);
    try {
      return await Promise.race([work, this.#failure.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  async open(): Promise<void> {
    const { host, port, tls } = this.#target;
    const opened = Promise.withResolvers<void>();
    // Node gives each of a host's addresses a quarter of a second, less than it takes to the other end of the world and back.
    const place: TcpNetConnectOpts = { host, port, autoSelectFamilyAttemptTimeout: 2_000 };
    const socket = tls
      ? connectTls({ ...place, ...(isIP(host) === 0 ? { servername: host } : {}) }, opened.resolve)
      : connectTcp(place, opened.resolve);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 10_000);
    socket.on('data', (piece: Buffer) => this.#onData(piece));
    socket.on('error', (error: NodeJS.ErrnoException) => this.fail(this.#socketFault(error)));
    socket.on('end', () => this.fail(this.#closedFault()));
    socket.on('close', () => this.fail(this.#closedFault()));
    await opened.promise;
  }

  async begin(): Promise<void> {
    this.#phase = 'handshake';
    const c1 = Buffer.concat([Buffer.alloc(8), randomBytes(HANDSHAKE_BYTES - 8)]);
    this.#write(Buffer.concat([Buffer.from([VERSION]), c1]));
    const s1 = await this.#greeted.promise;
    this.#write(s1);
    this.#phase = 'commands';
    const { app, tcUrl, streamName } = this.#target;
    this.#control(MESSAGE.setChunkSize, OUT_CHUNK_SIZE);
    const flashVer = 'FMLE/3.0 (compatible; FMSc/1.0)';
    await this.#ask('connect', { app, type: 'nonprivate', flashVer, swfUrl: tcUrl, tcUrl });
    // Old courtesies of Flash Media Live Encoder: some servers want them, none answers them reliably.
    this.#tell('releaseStream', null, streamName);
    this.#tell('FCPublish', null, streamName);
    const created = await this.#ask('createStream', null);
    this.#streamId = typeof created[3] === 'number' ? created[3] : 1;
    this.#phase = 'publish';
    this.#command(this.#streamId, 'publish', ++this.#transaction, null, streamName, 'live');
    await this.#published.promise;
    this.#phase = 'streaming';
  }

  async send(type: number, timestampMs: number, body: Buffer, onProgress: () => void): Promise<boolean> {
    const id =
      type === MESSAGE.video ? CHUNK_STREAM.video : type === MESSAGE.audio ? CHUNK_STREAM.media : CHUNK_STREAM.data;
    const bytes = writeMessage({ type, streamId: this.#streamId, timestampMs, payload: body }, id, OUT_CHUNK_SIZE);
    this.#held = [];
    for (let at = 0; at < bytes.length && !this.#over; at += PIECE_BYTES) {
      await new Promise<void>((resolve) => {
        this.#release = resolve;
        this.#socket?.write(bytes.subarray(at, at + PIECE_BYTES), () => resolve());
      });
      if (!this.#over) onProgress();
    }
    const held = this.#held;
    this.#held = null;
    for (const control of held) this.#write(control);
    if (this.#closing) this.#socket?.end();
    return !this.#over;
  }

  async close(): Promise<void> {
    if (this.#over) return;
    this.#closing = true;
    const { streamName } = this.#target;
    this.#tell('FCUnpublish', null, streamName);
    this.#tell('deleteStream', null, this.#streamId);
    const timer = setTimeout(() => this.fail(null), GOODBYE_MS);
    if (this.#held === null) this.#socket?.end();
    await this.#end.promise;
    clearTimeout(timer);
  }

  destroy(): void {
    this.#closing = true;
    this.fail(null);
  }

  /** The one way a connection ends; the first reason counts. */
  fail(reason: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket?.destroy();
    this.#failure.reject(reason ?? new Error('closed'));
    for (const { reject } of this.#answers.values()) reject(reason);
    this.#answers.clear();
    this.#release();
    const told = reason instanceof StudioError && !this.#closing ? reason : null;
    this.#end.resolve(told);
  }

  #write(bytes: Buffer): void {
    if (this.#over) return;
    if (this.#held === null) this.#socket?.write(bytes);
    else this.#held.push(bytes);
  }

  #command(streamId: number, ...values: AmfValue[]): void {
    const message = { type: MESSAGE.command, streamId, timestampMs: 0, payload: encodeAmf(...values) };
    this.#write(writeMessage(message, CHUNK_STREAM.command, OUT_CHUNK_SIZE));
  }

  #tell(name: string, ...values: AmfValue[]): void {
    this.#command(0, name, ++this.#transaction, ...values);
  }

  async #ask(name: string, ...values: AmfValue[]): Promise<AmfValue[]> {
    const id = ++this.#transaction;
    const answer = Promise.withResolvers<AmfValue[]>();
    answer.promise.catch(() => {});
    this.#answers.set(id, answer);
    this.#command(0, name, id, ...values);
    return answer.promise;
  }

  #control(type: number, value: number, limit?: number): void {
    const payload = Buffer.alloc(limit === undefined ? 4 : 5);
    payload.writeUInt32BE(value);
    if (limit !== undefined) payload[4] = limit;
    // The chunk size itself is told in chunks of the size before.
    this.#write(writeMessage({ type, streamId: 0, timestampMs: 0, payload }, CHUNK_STREAM.protocol, 128));
  }

  #onData(piece: Buffer): void {
    this.#receivedBytes += piece.length;
    try {
      if (this.#phase === 'opening' || this.#phase === 'handshake') {
        this.#onGreeting(piece);
        return;
      }
      this.#reader.push(piece);
    } catch {
      this.fail(this.#notRtmp());
      return;
    }
    if (this.#receivedBytes - this.#acknowledgedIn >= this.#peerWindowBytes) {
      this.#acknowledgedIn = this.#receivedBytes;
      this.#control(MESSAGE.acknowledgement, this.#receivedBytes % 2 ** 32);
    }
  }

  #onGreeting(piece: Buffer): void {
    this.#greeting = Buffer.concat([this.#greeting, piece]);
    if (this.#greeting[0] !== VERSION) throw new Error('not RTMP');
    const whole = 1 + 2 * HANDSHAKE_BYTES;
    if (this.#greeting.length < whole) return;
    const after = this.#greeting.subarray(whole);
    this.#phase = 'commands';
    this.#greeted.resolve(Buffer.from(this.#greeting.subarray(1, 1 + HANDSHAKE_BYTES)));
    this.#greeting = Buffer.alloc(0);
    if (after.length > 0) this.#reader.push(after);
  }

  #onMessage(message: RtmpMessage): void {
    const { type, payload } = message;
    switch (type) {
      case MESSAGE.windowAckSize:
        if (payload.length >= 4) this.#peerWindowBytes = Math.max(1, payload.readUInt32BE());
        break;
      case MESSAGE.setPeerBandwidth:
        this.#control(MESSAGE.windowAckSize, WINDOW_BYTES);
        break;
      case MESSAGE.acknowledgement:
        if (payload.length >= 4) this.#acknowledgedOut = payload.readUInt32BE();
        break;
      case MESSAGE.userControl:
        this.#onUserControl(payload);
        break;
      case MESSAGE.command:
        this.#onCommand(decodeAmf(payload));
        break;
      case MESSAGE.commandAmf3:
        // AMF 3 commands begin with a zero, and are AMF 0 after it.
        this.#onCommand(decodeAmf(payload.subarray(1)));
        break;
    }
  }

  #onUserControl(payload: Buffer): void {
    const [PING, PONG] = [6, 7];
    if (payload.length < 6 || payload.readUInt16BE() !== PING) return;
    const pong = Buffer.from(payload.subarray(0, 6));
    pong.writeUInt16BE(PONG);
    const message = { type: MESSAGE.userControl, streamId: 0, timestampMs: 0, payload: pong };
    this.#write(writeMessage(message, CHUNK_STREAM.protocol, OUT_CHUNK_SIZE));
  }

  #onCommand([name, transaction, ...rest]: AmfValue[]): void {
    const info = fieldsOf(rest[1]);
    if (name === '_result' || name === '_error') {
      const answer = this.#answers.get(Number(transaction));
      if (answer === undefined) return;
      this.#answers.delete(Number(transaction));
      if (name === '_result') answer.resolve([name, transaction, ...rest]);
      else this.fail(this.#refusal(String(info.code ?? ''), this.#words(info)));
    } else if (name === 'onStatus') {
      const code = String(info.code ?? '');
      if (code === 'NetStream.Publish.Start') this.#published.resolve();
      else if (info.level === 'error') this.fail(this.#refusal(code, this.#words(info)));
      else if (code === 'NetStream.Unpublish.Success' || code === 'NetConnection.Connect.Closed') {
        this.fail(fault('broadcast.closed-by-server', { host: this.#target.host }, true));
      }
    } else if (name === 'close') this.fail(this.#closedFault());
  }

  #words(info: { code?: AmfValue; description?: AmfValue }): string {
    const said = [info.code, info.description].filter((part) => typeof part === 'string' && part !== '').join(': ');
    return withoutSecrets(said === '' ? 'no reason given' : said, this.#target);
  }

  #refusal(code: string, detail: string): StudioError {
    const { host } = this.#target;
    if (/expire/i.test(detail)) return fault('broadcast.push-url-expired', { host, detail });
    if (/already|exists|in use|busy|duplicate|conflict/i.test(detail)) {
      return fault('broadcast.stream-taken', { host, detail }, true);
    }
    if (this.#phase === 'commands') return fault('broadcast.address-refused', { host, detail });
    if (/^NetStream\.(Publish|Authenticate|Record)\b|Rejected|Denied|Unauthorized/.test(code)) {
      return fault('broadcast.key-refused', { host, detail });
    }
    return fault('broadcast.server-error', { host, detail }, true);
  }

  #notRtmp(): StudioError {
    const { host, port } = this.#target;
    return fault('broadcast.not-rtmp', { host, port });
  }

  #closedFault(): StudioError {
    const { host } = this.#target;
    return this.#phase === 'publish'
      ? fault('broadcast.key-refused', { host, detail: 'the connection was closed in answer' })
      : fault('broadcast.closed-by-server', { host }, true);
  }

  #socketFault(error: NodeJS.ErrnoException): StudioError {
    const { host, port } = this.#target;
    const code = error.code ?? 'unknown';
    if (this.#target.tls && (CERTIFICATE.test(code) || code === 'ERR_TLS_CERT_ALTNAME_INVALID')) {
      return new StudioError('broadcast.certificate-invalid', { host, detail: code }, { cause: error });
    }
    if (code === 'EPROTO' || code.startsWith('ERR_SSL')) return this.#notRtmp();
    switch (code) {
      case 'ENOTFOUND':
      case 'EAI_AGAIN':
      case 'EAI_NODATA':
        return fault('broadcast.host-not-found', { host }, true);
      case 'ECONNREFUSED':
        return fault('broadcast.connection-refused', { host, port }, true);
      case 'EHOSTUNREACH':
      case 'ENETUNREACH':
      case 'ENETDOWN':
      case 'EADDRNOTAVAIL':
        return fault('broadcast.network-unreachable', { host, detail: code }, true);
      case 'ETIMEDOUT':
        return this.#phase === 'opening'
          ? fault(
              'broadcast.connection-timeout',
              { host, port, seconds: Math.round((performance.now() - this.#beganMs) / 1000) },
              true,
            )
          : fault('broadcast.connection-lost', { host, detail: code }, true);
      default:
        return this.#phase === 'publish'
          ? this.#closedFault()
          : fault('broadcast.connection-lost', { host, detail: code }, true);
    }
  }
}

/** As OpenSSL and Node name them. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO|_ISSUER|CRL|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH/;

const fault = (code: StudioError['code'], params: Record<string, string | number>, retryable = false): StudioError =>
  new StudioError(code, params, { retryable });
