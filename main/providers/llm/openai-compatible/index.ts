/**
 * OpenAI's chat completions, streamed: Qwen by Bailian's compatible endpoint, and any other server by its URL (vLLM, Ollama, LM Studio).
 * https://help.aliyun.com/zh/model-studio/qwen-api-via-openai-chat-completions
 */
import { StudioError } from '../../../../app/errors/index.ts';
import type { OpenAiServer } from '../../../../app/providers/settings.ts';
import type { ChatEvent, ChatRequest, LlmProvider } from '../../../engine/ports/llm.ts';
import { type BailianAccess, bailianEndpoint, usableKey } from '../../kit/endpoint.ts';
import { type HttpAnswer, type HttpTimeouts, isRecord, PATIENT, request, requestJson } from '../../kit/http.ts';
import { explainRefusedKey } from '../../kit/key-region.ts';
import { readAnswer } from './answer.ts';
import { bodyOf, type Dialect, type Loosening, looseningFor } from './body.ts';

interface Server {
  id: string;
  runs: 'local' | 'cloud';
  /** As a person knows it. */
  name: string;
  model: string;
  dialect: Dialect;
  /** `path` is what follows `/v1`. */
  url(path: string): string;
  headers(signal: AbortSignal): Promise<Record<string, string>>;
  /** True where the refused key was a short-lived one and the next headers carry another. */
  forgetKey(): boolean;
  explain(error: unknown, signal: AbortSignal): Promise<unknown>;
}

/** Qwen, and whatever else Bailian serves, by id `qwen`. */
export function createQwen(access: BailianAccess, timeouts: HttpTimeouts = PATIENT): LlmProvider {
  const name = 'Bailian';
  const endpoint = bailianEndpoint(access, name);
  return new OpenAiCompatible(
    {
      id: 'qwen',
      runs: 'cloud',
      name,
      model: access.settings.models.llm,
      dialect: 'bailian',
      url: (path) => endpoint.compatibleUrl(path),
      headers: (signal) => endpoint.headers(signal),
      forgetKey: () => endpoint.forgetTemporaryKey(),
      explain: (error, signal) => explainRefusedKey(error, access, name, signal),
    },
    timeouts,
  );
}

/** `key` gives '' where the server wants none. */
export function createOpenAiServer(
  server: OpenAiServer,
  key: (signal: AbortSignal) => Promise<string>,
  timeouts: HttpTimeouts = PATIENT,
): LlmProvider {
  return new OpenAiCompatible(openAiServer(server, key), timeouts);
}

/** Models that a server offers, in its own order. @throws StudioError of `cloud.*` */
export async function openAiModels(
  server: OpenAiServer,
  key: (signal: AbortSignal) => Promise<string>,
  signal: AbortSignal,
): Promise<string[]> {
  const { name, url, headers } = openAiServer(server, key);
  const answer = await requestJson({ provider: name, url: url('/models'), headers: await headers(signal) }, signal);
  const models = isRecord(answer) && Array.isArray(answer.data) ? (answer.data as unknown[]) : [];
  return models.flatMap((model) => (isRecord(model) && typeof model.id === 'string' ? [model.id] : []));
}

function openAiServer(server: OpenAiServer, key: (signal: AbortSignal) => Promise<string>): Server {
  const base = server.baseUrl.replace(/\/+$/, '').replace(/\/chat\/completions$/, '');
  const name = server.name.trim() || server.id;
  return {
    id: server.id,
    runs: /^(localhost|127(\.\d+){3}|\[::1\])$/.test(URL.parse(base)?.hostname ?? '') ? 'local' : 'cloud',
    name,
    model: server.model,
    dialect: 'openai',
    url: (path) => base + path,
    headers: async (signal) => {
      const given = await key(signal);
      return given.trim() === '' ? {} : { Authorization: `Bearer ${usableKey(given, name)}` };
    },
    forgetKey: () => false,
    explain: async (error) => error,
  };
}

class OpenAiCompatible implements LlmProvider {
  readonly id: string;
  readonly runs: 'local' | 'cloud';
  readonly #server: Server;
  readonly #timeouts: HttpTimeouts;
  readonly #disposed = new AbortController();
  /** What a model turned out not to take, so that it is not tried with each question. */
  readonly #loosened = new Map<string, Set<Loosening>>();

  constructor(server: Server, timeouts: HttpTimeouts) {
    this.id = server.id;
    this.runs = server.runs;
    this.#server = server;
    this.#timeouts = timeouts;
  }

  async *chat(asked: ChatRequest, given: AbortSignal): AsyncGenerator<ChatEvent, void, undefined> {
    const signal = AbortSignal.any([given, this.#disposed.signal]);
    const { name } = this.#server;
    const model = asked.model ?? this.#server.model;
    const answer = await this.#ask(asked, model, signal);
    yield* readAnswer(answer, { provider: name, model, thinkTags: this.#server.dialect === 'openai' });
  }

  /** Asks once; again only where something of the request itself is in the way: a short-lived key that ended, a member not taken. */
  async #ask(asked: ChatRequest, model: string, signal: AbortSignal): Promise<HttpAnswer> {
    const { name, dialect, url, headers } = this.#server;
    const loosened = this.#loosened.get(model) ?? new Set();
    let isKeyNew = false;
    for (;;) {
      try {
        return await request(
          {
            provider: name,
            url: url('/chat/completions'),
            headers: { ...(await headers(signal)), Accept: 'text/event-stream' },
            body: JSON.stringify(bodyOf(asked, model, dialect, loosened)),
            expects: 'event-stream',
            timeouts: this.#timeouts,
            about: { model },
          },
          signal,
        );
      } catch (error) {
        if (!(error instanceof StudioError)) throw error;
        const isKeyRefused = error.code === 'cloud.key-wrong' || error.code === 'cloud.key-expired';
        if (isKeyRefused && !isKeyNew && this.#server.forgetKey()) {
          isKeyNew = true;
          continue;
        }
        const loosening = looseningFor(error, asked, dialect, loosened);
        if (loosening !== null) {
          loosened.add(loosening);
          this.#loosened.set(model, loosened);
          continue;
        }
        throw await this.#server.explain(error, signal);
      }
    }
  }

  async dispose(): Promise<void> {
    this.#disposed.abort(new Error('The provider is closed.'));
  }
}
