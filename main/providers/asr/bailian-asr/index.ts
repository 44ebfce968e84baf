/**
 * Fun-ASR and Paraformer on DashScope: recognition as a run-task on a WebSocket.
 * https://help.aliyun.com/zh/model-studio/fun-asr-realtime-websocket-api, https://help.aliyun.com/zh/model-studio/websocket-for-paraformer-real-time-service
 */
import { StudioError } from '../../../../app/errors/index.ts';
import { ASR_SAMPLE_RATE, type AsrEvent, type AsrProvider, type AsrRequest } from '../../../engine/ports/asr.ts';
import { type BailianAccess, type BailianEndpoint, bailianEndpoint } from '../../kit/endpoint.ts';
import { cloudError } from '../../kit/failures.ts';
import { closeWarmLines, openTask, type TaskEvent, type TaskSocket } from '../../kit/task-socket.ts';
import { asRecord, numberIn, stringIn } from '../../kit/web-socket.ts';
import { type AsrLink, type ExchangePatience, exchange, PATIENCE } from '../exchange.ts';
import { taskLanguageHints } from '../languages.ts';
import { type HeardSentence, Sentences } from '../sentences.ts';
import { SoundFrames, TaskTimes } from '../sound-frames.ts';
import { createVocabularies } from './vocabularies.ts';

export interface BailianAsrOptions {
  access: BailianAccess;
  patience?: ExchangePatience;
}

export const BAILIAN_ASR_PROVIDER_NAME = 'Bailian ASR';

export function createBailianAsr(options: BailianAsrOptions): AsrProvider {
  const { access } = options;
  const endpoint = bailianEndpoint(access, BAILIAN_ASR_PROVIDER_NAME);
  const vocabularies = createVocabularies(endpoint);
  return {
    id: 'bailian-asr',
    runs: 'cloud',
    async *recognise(sound, request, signal): AsyncGenerator<AsrEvent, void, void> {
      signal.throwIfAborted();
      const frames = new SoundFrames(sound);
      const sentences = new Sentences();
      const model = access.settings.models.asr;
      try {
        const vocabularyId = await vocabularies.idFor(model, request.hotWords, signal);
        const parameters = taskParameters(model, request, vocabularyId);
        for (;;) {
          const times = new TaskTimes(frames.takenMs);
          sentences.nextTask();
          const ended = yield* task(
            { endpoint, model, parameters, frames, times, sentences, signal },
            options.patience,
          );
          yield* sentences.rest(times.soundMs);
          if (ended === 'whole') return;
          frames.rewindToSilence();
          if (!(await frames.skipSilence(signal))) return;
        }
      } finally {
        frames.close();
      }
    },
    async dispose() {
      await vocabularies.dispose();
      closeWarmLines(endpoint);
    },
  };
}

function taskParameters(model: string, request: AsrRequest, vocabularyId: string | null): Record<string, unknown> {
  const hints = taskLanguageHints(model, request.languages);
  const isOld = /^paraformer-realtime(-8k)?-v1$/.test(model);
  return {
    format: 'pcm',
    sample_rate: ASR_SAMPLE_RATE,
    ...(hints.length > 0 ? { language_hints: hints } : {}),
    ...(vocabularyId === null ? {} : { vocabulary_id: vocabularyId }),
    // Without it a minute of silence ends the task; v1 does not know it.
    ...(isOld ? {} : { heartbeat: true }),
  };
}

interface TaskOptions {
  endpoint: BailianEndpoint;
  model: string;
  parameters: object;
  frames: SoundFrames;
  times: TaskTimes;
  sentences: Sentences;
  signal: AbortSignal;
}

async function* task(
  { endpoint, model, parameters, frames, times, sentences, signal }: TaskOptions,
  patience: ExchangePatience = PATIENCE,
): AsyncGenerator<AsrEvent, 'whole' | 'silent', void> {
  const link = new TaskLink(
    openTask(
      endpoint,
      { taskGroup: 'audio', task: 'asr', function: 'recognition', model, parameters, input: {}, streaming: 'duplex' },
      signal,
    ),
  );
  try {
    for await (const event of exchange({ provider: endpoint.provider, link, frames, times, signal, patience })) {
      if (event.type !== 'event' || event.event !== 'result-generated') continue;
      const sentence = asRecord(asRecord(event.payload.output).sentence);
      if (sentence.heartbeat === true) continue;
      const heard = heardIn(sentence, times);
      if (sentence.sentence_end === true || heard.endMs !== null) yield* sentences.final(heard, times.soundMs);
      else yield* sentences.partial(heard);
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(link.finished || frames.afterLongSilence)) throw error;
    if (!isSilenceFailure(error, link.finished)) throw error;
    return link.finished ? 'whole' : 'silent';
  }
  if (link.finished) return 'whole';
  // Over before all was sent: a minute of silence ends a task without heartbeat.
  if (!frames.afterLongSilence) throw cloudError('cloud.cut-off', { provider: endpoint.provider });
  return 'silent';
}

/** Nothing to hear in it is no failure; nor is it when a task without heartbeat is ended after a minute of silence. */
function isSilenceFailure(error: unknown, finished: boolean): boolean {
  if (!(error instanceof StudioError)) return false;
  const words = `${error.params.code ?? ''} ${error.params.detail ?? ''} ${error.cause instanceof Error ? error.cause.message : ''}`;
  if (/NO_VALID_AUDIO|NO_INPUT_AUDIO|Response timeout/i.test(words)) return true;
  return !finished && (error.code === 'cloud.timeout' || error.code === 'cloud.cut-off');
}

/** Unknown members are passed over; `end_time` is null, absent or a number. */
function heardIn(sentence: Record<string, unknown>, times: TaskTimes): HeardSentence {
  const at = (value: unknown): number | null => {
    const ms = numberIn(value);
    return ms === undefined ? null : times.toSource(ms);
  };
  const words = (Array.isArray(sentence.words) ? sentence.words : []).flatMap((entry: unknown) => {
    const word = asRecord(entry);
    const [startMs, endMs] = [at(word.begin_time), at(word.end_time)];
    const text = stringIn(word.text);
    if (text === undefined || startMs === null || endMs === null) return [];
    return [{ text: text + (stringIn(word.punctuation) ?? ''), startMs, endMs }];
  });
  // 0 is a heartbeat's; older models number nothing.
  const id = numberIn(sentence.sentence_id);
  return {
    ...(id === undefined || id === 0 ? {} : { id }),
    text: stringIn(sentence.text) ?? '',
    ...{ startMs: at(sentence.begin_time), endMs: at(sentence.end_time), words },
    language: stringIn(sentence.language),
    emotion: stringIn(sentence.emo_tag),
  };
}

class TaskLink implements AsrLink<TaskEvent> {
  finished = false;
  readonly #task: TaskSocket;

  constructor(task: TaskSocket) {
    this.#task = task;
  }

  get ready(): Promise<void> {
    return this.#task.started;
  }

  send(frame: Uint8Array): void {
    this.#task.sendAudio(frame);
  }

  finish(): void {
    this.finished = true;
    this.#task.finish();
  }

  messages(): AsyncIterable<TaskEvent> {
    return this.#task.events();
  }

  close(): void {
    this.#task.close();
  }
}
