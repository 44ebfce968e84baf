/**
 * A session of Qwen-TTS realtime in `commit` mode: one piece of text after another is committed, so that it is known which sound says what.
 * https://help.aliyun.com/zh/model-studio/qwen-tts-realtime
 */
import type { BailianEndpoint } from '../../kit/endpoint.ts';
import { openRealtime } from '../../kit/realtime-socket.ts';
import { stringIn } from '../../kit/web-socket.ts';
import { withPatience } from '../cloud/patience.ts';

export interface QwenSession {
  model: string;
  voice: string;
  languageType: string;
  instructions: string | null;
  rate: number;
  manner: { rate: number; pitch: number; volume: number };
}

export type SessionSound = { type: 'sound'; bytes: Buffer } | { type: 'said'; piece: string };

/** Says each piece when it comes; `said` follows the last sound of it. @throws StudioError of `cloud.*`; the signal's reason */
export async function* soundOverRealtime(
  endpoint: BailianEndpoint,
  session: QwenSession,
  pieces: AsyncIterator<string>,
  patienceMs: number,
  signal: AbortSignal,
): AsyncGenerator<SessionSound> {
  let piece = await pieces.next();
  if (piece.done) return;
  const socket = openRealtime(endpoint, session.model, signal);
  const say = (text: string): void => {
    socket.send({ type: 'input_text_buffer.append', text });
    socket.send({ type: 'input_text_buffer.commit' });
  };
  try {
    const { voice, languageType, instructions, rate, manner } = session;
    socket.send({
      type: 'session.update',
      session: {
        voice,
        mode: 'commit',
        language_type: languageType,
        response_format: 'pcm',
        sample_rate: rate,
        speech_rate: manner.rate,
        pitch_rate: manner.pitch,
        volume: manner.volume,
        ...(instructions === null ? {} : { instructions }),
      },
    });
    say(piece.value);
    for await (const message of withPatience(socket.events(), patienceMs, endpoint.provider)) {
      if (message.type === 'response.audio.delta') {
        const data = stringIn(message.delta);
        if (data) yield { type: 'sound', bytes: Buffer.from(data, 'base64') };
      } else if (message.type === 'response.done' && !piece.done) {
        yield { type: 'said', piece: piece.value };
        piece = await orAborted(pieces.next(), signal);
        if (piece.done) socket.send({ type: 'session.finish' });
        else say(piece.value);
      }
    }
  } finally {
    socket.close();
  }
}

async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
