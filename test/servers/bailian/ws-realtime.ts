/** The realtime protocol (after OpenAI's): JSON events both ways, sound as base64 in them. The model in the address says who answers. */
import { randomUUID } from 'node:crypto';
import type { BailianContext } from './context.ts';
import type { Surface } from './faults.ts';
import { realtimeHearing } from './realtime-hearing.ts';
import { realtimeSpeech } from './realtime-speech.ts';
import { Refused } from './refusal.ts';
import { Outlet, Patience } from './socket-outlet.ts';
import type { SocketConnection, SocketRoute } from './sockets.ts';

export type Fields = Record<string, unknown>;

export interface RealtimeHost {
  readonly context: BailianContext;
  readonly outlet: Outlet;
  readonly model: string;
  readonly sessionId: string;
  /** An event with an id of its own. */
  event(type: string, fields?: Fields): object;
  /** An event that is no part of an answer, at once. */
  say(type: string, fields?: Fields): void;
  /** After session.finished nothing more comes. */
  finished(): void;
  failed(code: string, message: string): void;
}

export interface RealtimeSession {
  /** What session.created says of it. */
  readonly session: Fields;
  /** @throws Refused: an `error` event; the session goes on. */
  take(type: string, message: Fields): void;
}

interface Kind {
  surface: Surface;
  open(host: RealtimeHost): RealtimeSession;
}

const SPEECH: Kind = { surface: 'realtime-tts', open: realtimeSpeech };
const HEARING: Kind = { surface: 'realtime-asr', open: realtimeHearing };

function kindOf(model: string): Kind | null {
  if (/^qwen3-tts-(flash|instruct-flash|vc|vd)-realtime(-20\d\d-\d\d-\d\d)?$/.test(model)) return SPEECH;
  return /^qwen3-asr-flash-realtime(-20\d\d-\d\d-\d\d)?$/.test(model) ? HEARING : null;
}

/** Nobody documents how long a silent session lives; as long as an idle task's connection, here. */
const IDLE_MS = 60_000;

export const realtimeRoute: SocketRoute = {
  path: '/api-ws/v1/realtime',
  surfaces: ['realtime-tts', 'realtime-asr'],
  accept: (connection) => serveRealtime(connection),
};

function serveRealtime(connection: SocketConnection): void {
  const { socket, url, context, take, log } = connection;
  const model = url.searchParams.get('model') ?? '';
  const kind = kindOf(model);
  const served = log(kind?.surface ?? 'any', model, null);
  if (kind === null) {
    served.status = 101;
    served.code = 'ModelNotFound';
    socket.close(1007, 'Model not found');
    return;
  }
  const event = (type: string, fields: Fields = {}): object => ({
    event_id: `event_${randomUUID().replaceAll('-', '')}`,
    type,
    ...fields,
  });
  const error = (code: string, message: string, causedBy: unknown = null, param: string | null = null): object =>
    event('error', { error: { type: 'invalid_request_error', code, message, param, event_id: causedBy ?? null } });
  const fault = take(kind.surface);
  const failed = (code: string, message: string): void => {
    served.code = code;
    outlet.end('fault');
    idle.stop();
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(error(code, message)));
    socket.close(code === 'ModelNotFound' ? 1007 : 1011);
  };
  const idle = new Patience(context);
  const outlet = new Outlet({ socket, context, served, fault, fail: failed });
  const sessionId = `sess_${randomUUID().replaceAll('-', '').slice(0, 21)}`;
  const wind = (): void =>
    idle.wind(IDLE_MS, () => {
      if (!outlet.isMute) failed('idle_timeout', 'The session was idle for too long.');
    });
  if (fault?.kind === 'error') {
    failed(fault.code, fault.message);
    return;
  }
  if (context.unpurchased.has(model)) {
    failed('AccessDenied.Unpurchased', 'Access to model denied.');
    return;
  }

  const session = kind.open({
    context,
    outlet,
    model,
    sessionId,
    event,
    say: (type, fields) => outlet.say(event(type, fields)),
    finished: () => {
      if (outlet.isMute || outlet.isOver) return;
      outlet.say(event('session.finished'));
      outlet.end('whole');
      idle.stop();
      socket.close(1000);
    },
    failed,
  });
  outlet.say(
    event('session.created', { session: { object: 'realtime.session', id: sessionId, model, ...session.session } }),
  );
  if (fault?.kind === 'idle-timeout') {
    failed('idle_timeout', 'request timeout after 23 seconds.');
    return;
  }
  wind();
  socket.on('close', () => idle.stop());
  socket.on('message', (data, isBinary) => {
    if (outlet.isOver) return;
    wind();
    let message: unknown = null;
    if (!isBinary) {
      try {
        message = JSON.parse(String(data));
      } catch {
        message = null;
      }
    }
    const fields = typeof message === 'object' && message !== null ? (message as Fields) : null;
    if (fields === null || typeof fields.type !== 'string') {
      outlet.say(error('invalid_value', 'The event is no JSON object with a type.', fields?.event_id));
      return;
    }
    served.body ??= fields;
    try {
      session.take(fields.type, fields);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      served.code = refused.code;
      outlet.say(error(refused.code, refused.message, fields.event_id));
    }
  });
}
