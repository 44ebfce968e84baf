/**
 * The run-task protocol of DashScope's speech services: one task at a time on a connection, JSON in text frames, sound in binary ones.
 * Order, missing fields and time-outs are refused as the vendor documents it; where it does not, what is out of order fails.
 */
import { randomUUID } from 'node:crypto';
import type { BailianContext } from './context.ts';
import type { Surface } from './faults.ts';
import { Refused } from './refusal.ts';
import { Outlet, Patience } from './socket-outlet.ts';
import type { SocketConnection, SocketRoute } from './sockets.ts';
import { cosyVoiceTask } from './task-cosyvoice.ts';
import { hearingTask } from './task-hearing.ts';
import { asFields, type Fields, invalid, isFields, missing, type Task, type TaskHost } from './task-host.ts';
import { sambertTask } from './task-sambert.ts';

interface Kind {
  surface: Surface;
  streaming: 'duplex' | 'out';
  task: string;
  function: string;
  /** @throws Refused for parameters it does not take. */
  open(host: TaskHost): Task;
}

const COSY: Kind = {
  surface: 'tts-task',
  streaming: 'duplex',
  task: 'tts',
  function: 'SpeechSynthesizer',
  open: cosyVoiceTask,
};
const SAMBERT: Kind = {
  surface: 'sambert',
  streaming: 'out',
  task: 'tts',
  function: 'SpeechSynthesizer',
  open: sambertTask,
};
const HEARING: Kind = {
  surface: 'asr-task',
  streaming: 'duplex',
  task: 'asr',
  function: 'recognition',
  open: hearingTask,
};

/** By the model's name; only Beijing has Paraformer and Sambert. */
function kindOf(model: string, context: BailianContext): Kind | null {
  const isBeijing = context.region === 'beijing';
  if (/^(cosyvoice-v(1|2|3-flash|3-plus|3\.5-flash|3\.5-plus)|qwen-audio-3\.[01]-tts-(flash|plus))$/.test(model))
    return COSY;
  if (/^sambert-[a-z]+(-emo)?-v1$/.test(model)) return isBeijing ? SAMBERT : null;
  if (
    /^(fun-asr-realtime(-20\d\d-\d\d-\d\d)?|fun-asr-flash-8k-realtime|qwen-audio-3\.[01]-asr-flash-streaming)$/.test(
      model,
    )
  )
    return HEARING;
  return /^paraformer-realtime-(8k-)?v[12]$/.test(model) && isBeijing ? HEARING : null;
}

const CONNECTION_IDLE_MS = 60_000;

export const taskRoute: SocketRoute = {
  path: '/api-ws/v1/inference',
  surfaces: ['tts-task', 'sambert', 'asr-task'],
  accept: (connection) => {
    new TaskLine(connection);
  },
};

interface Running {
  id: string;
  kind: Kind;
  task: Task | null;
  outlet: Outlet;
  patience: Patience;
  isStarted: boolean;
  isFinishing: boolean;
}

class TaskLine {
  readonly #connection: SocketConnection;
  readonly #idle: Patience;
  readonly #used = new Set<string>();
  #running: Running | null = null;

  constructor(connection: SocketConnection) {
    this.#connection = connection;
    this.#idle = new Patience(connection.context);
    this.#waitIdly();
    const { socket } = connection;
    socket.on('message', (data, isBinary) => {
      const bytes = Buffer.isBuffer(data) ? data : Buffer.concat(data as Buffer[]);
      if (isBinary) this.#audio(bytes);
      else this.#command(bytes.toString());
    });
    socket.on('close', () => {
      this.#idle.stop();
      this.#running?.patience.stop();
    });
  }

  #audio(bytes: Buffer): void {
    // Sound that comes before the task has started is lost.
    if (this.#running?.isStarted && !this.#running.isFinishing) this.#running.task?.audio(bytes);
  }

  #command(text: string): void {
    let header: Fields = {};
    try {
      const message: unknown = JSON.parse(text);
      const { header: head, payload } = asFields(message);
      header = asFields(head);
      const { action } = header;
      if (action === 'run-task') this.#run(header, payload);
      else if (action === 'continue-task' || action === 'finish-task') this.#goOn(header, asFields(payload), action);
      else
        throw new Refused(
          400,
          'InvalidParameter',
          `Unsupported action: ${String(action)}! Please follow the protocol!`,
        );
    } catch (error) {
      const id = typeof header.task_id === 'string' ? header.task_id : '';
      if (error instanceof Refused) this.#fail(id, error.code, error.message);
      else if (error instanceof SyntaxError) this.#fail(id, 'InvalidParameter', 'Invalid payload data');
      else throw error;
    }
  }

  #run(header: Fields, body: unknown): void {
    const { context, socket, take, log } = this.#connection;
    const id = header.task_id;
    if (typeof id !== 'string' || !/^[\da-f]{32}$|^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id))
      throw missing('header.task_id');
    if (this.#used.has(id)) throw invalid(`task_id ${id} was used before`);
    this.#used.add(id);
    const payload = asFields(body);
    if (typeof payload.model !== 'string' || payload.model === '') throw missing('payload.model');
    const { model } = payload;
    const kind = kindOf(model, context);
    const served = log(kind?.surface ?? 'any', model, { header, payload });
    served.status = 101;
    if (payload.task === undefined || payload.task === null) throw noted(served, invalid('task can not be null', true));
    if (kind === null) throw noted(served, new Refused(404, 'ModelNotFound', `Model not found (${model})!`));
    for (const [name, wanted] of [
      ['task_group', 'audio'],
      ['task', kind.task],
      ['function', kind.function],
    ] as const)
      if (payload[name] !== wanted)
        throw noted(
          served,
          payload[name] === undefined
            ? missing(`payload.${name}`)
            : invalid(`${name} ${String(payload[name])} is not supported`),
        );
    if (!isFields(payload.input)) throw noted(served, missing('payload.input'));
    if (!isFields(payload.parameters)) throw noted(served, missing('payload.parameters'));
    if (header.streaming !== kind.streaming)
      throw noted(served, invalid(`streaming must be ${kind.streaming} for ${model}`));
    if (context.unpurchased.has(model))
      throw noted(
        served,
        new Refused(
          403,
          'AccessDenied.Unpurchased',
          'Access to model denied. Please make sure you are eligible for using the model.',
        ),
      );

    // A new task breaks off the one that runs.
    this.#stop('aborted');
    this.#idle.stop();
    const fault = take(kind.surface);
    const fail = (code: string, message: string): void => this.#fail(id, code, message);
    const outlet = new Outlet({ socket, context, served, fault, fail });
    const running: Running = {
      id,
      kind,
      task: null,
      outlet,
      patience: new Patience(context),
      isStarted: false,
      isFinishing: false,
    };
    this.#running = running;
    if (isOverLimit(context, kind.surface))
      throw new Refused(429, 'Throttling.RateQuota', 'Requests rate limit exceeded, please try again later.');
    if (fault?.kind === 'error') throw new Refused(fault.status, fault.code, fault.message);
    running.task = kind.open({
      context,
      outlet,
      patience: running.patience,
      model,
      parameters: payload.parameters,
      input: payload.input,
      result: (output, usage) => this.#event(id, 'result-generated', { output, usage }),
      finished: (done) => this.#finished(running, done),
      failed: fail,
    });
    setImmediate(() => {
      if (this.#running !== running || outlet.isOver) return;
      outlet.say(this.#event(id, 'task-started', {}));
      running.isStarted = true;
      if (fault?.kind === 'idle-timeout') fail('CLIENT_ERROR', 'request timeout after 23 seconds.');
      else running.task?.begin();
    });
  }

  #goOn(header: Fields, payload: Fields, action: 'continue-task' | 'finish-task'): void {
    const running = this.#running;
    if (!running || running.id !== header.task_id) throw invalid(`no task ${String(header.task_id)} is running`);
    if (running.kind.streaming === 'out') throw invalid(`${action} is not supported for streaming out`);
    if (header.streaming !== running.kind.streaming) throw invalid(`streaming must be ${running.kind.streaming}`);
    if (!running.isStarted) throw invalid(`${action} before task-started`);
    if (!isFields(payload.input)) throw missing('payload.input');
    if (running.isFinishing && payload.input.directive !== 'cancel') throw invalid(`${action} after finish-task`);
    if (action === 'finish-task') {
      running.isFinishing = true;
      running.task?.finish(payload.input);
    } else running.task?.continue(payload.input);
  }

  #event(id: string, event: string, payload: Fields): object {
    const attributes = this.#running?.kind === COSY ? { request_uuid: randomUUID() } : {};
    return { header: { task_id: id, event, attributes }, payload };
  }

  #finished(running: Running, payload: Fields): void {
    if (this.#running !== running || running.outlet.isMute) return;
    running.outlet.say(this.#event(running.id, 'task-finished', payload));
    this.#stop('whole');
    this.#waitIdly();
  }

  /** The connection cannot be used after it. */
  #fail(id: string, code: string, message: string): void {
    const { socket } = this.#connection;
    // Who has stalled says nothing more, not even that.
    if (this.#running?.outlet.isMute) return;
    if (this.#running) this.#running.outlet.served.code = code;
    this.#stop('fault');
    const header = { task_id: id, event: 'task-failed', error_code: code, error_message: message, attributes: {} };
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ header, payload: {} }));
    socket.close(1000);
  }

  #stop(end: 'whole' | 'aborted' | 'fault'): void {
    this.#running?.patience.stop();
    this.#running?.outlet.end(end);
    this.#running = null;
  }

  #waitIdly(): void {
    this.#idle.wind(CONNECTION_IDLE_MS, () => this.#connection.socket.close(1000));
  }
}

/** More runs in the last second or minute than the account may: the log knows. */
function isOverLimit(context: BailianContext, surface: Surface): boolean {
  const perMinute = context.limits.get(surface);
  if (perMinute === undefined) return false;
  const now = performance.now();
  const within = (ms: number): number =>
    context.requests.filter((one) => one.surface === surface && one.code === null && now - one.atMs < ms).length;
  return within(60_000) > perMinute || within(1000) > Math.max(1, Math.ceil(perMinute / 60));
}

function noted(served: { code: string | null; end: unknown; endedAtMs: number | null }, refused: Refused): Refused {
  served.code = refused.code;
  served.end = 'fault';
  served.endedAtMs = performance.now();
  return refused;
}
