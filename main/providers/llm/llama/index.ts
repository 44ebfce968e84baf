/** Qwen on this machine, or whichever language model is installed: llama.cpp in a process of its own. */
import { StudioError } from '../../../../app/errors/index.ts';
import type { InstalledModel } from '../../../../app/models/manifest.ts';
import type { ChatPiece, ChatResult, ChatWork } from '../../../../native-models/llama/work.ts';
import type { ChatEvent, ChatRequest, LlmProvider } from '../../../engine/ports/llm.ts';
import type { LocalModels } from '../../../engine/ports/local-models.ts';
import { llamaModel } from '../../kit/llama-process.ts';
import type { ModelProcess } from '../../kit/model-process.ts';

export interface LlamaLlm extends LlmProvider {
  /** Loads the model in use, so that the first question need not wait for it. @throws StudioError `model.*` */
  warmUp(signal: AbortSignal): Promise<void>;
}

const USUAL_TEMPERATURE = 0.7;

/** The process is the caller's to dispose. */
export function createLlamaLlm({ models, process }: { models: LocalModels; process: ModelProcess }): LlamaLlm {
  const stopListening = models.changes((task) => {
    // What is no longer in use gives its memory back; what is, is loaded again by the next question.
    if (task === 'llm') void process.release('chat');
  });
  const disposal = new AbortController();

  async function* chat(request: ChatRequest, stop: AbortSignal): AsyncGenerator<ChatEvent> {
    const signal = AbortSignal.any([stop, disposal.signal]);
    signal.throwIfAborted();
    const installed = await models.chosen('llm');
    if (installed === null) throw new StudioError('model.not-installed', { task: 'llm' });
    const startedMs = performance.now();
    let ok = false;
    try {
      yield* answer(installed, request, signal);
      ok = true;
    } finally {
      // Stopped by whoever asked says nothing of the model.
      if (ok || !signal.aborted) models.reportUse(installed, { ok, latencyMs: performance.now() - startedMs });
    }
  }

  async function* answer(
    installed: InstalledModel,
    request: ChatRequest,
    signal: AbortSignal,
  ): AsyncGenerator<ChatEvent> {
    const work = workOf(request);
    let calls = 0;
    const pieces = process.ask<ChatPiece, ChatResult>(
      llamaModel(installed, 'chat'),
      {
        work,
        goOn: (given): ChatWork | null => {
          // A call that went out must not be made twice; JSON and thoughts cannot be begun in their middle.
          if (given.some((piece) => !('text' in piece)) || work.schema !== null) return null;
          return { ...work, begun: given.map((piece) => ('text' in piece ? piece.text : '')).join('') };
        },
      },
      signal,
    );
    try {
      for (;;) {
        const next = await pieces.next();
        if (next.done) {
          const { reason, forgotten, ...usage } = next.value;
          const model = `${installed.entry.id}@${installed.entry.version}`;
          yield { type: 'done', reason, usage, model, ...(forgotten > 0 && { forgotten }) };
          return;
        }
        const piece = next.value;
        if ('text' in piece) yield { type: 'text', text: piece.text };
        else if ('thinking' in piece) yield { type: 'thinking', text: piece.thinking };
        else {
          calls += 1;
          yield { type: 'tool-call', call: { id: `local-${calls}-${Date.now().toString(36)}`, ...piece.call } };
        }
      }
    } finally {
      // Nobody may be listening any more: the model need not go on then.
      await pieces.return({} as ChatResult);
    }
  }

  return {
    id: 'local-qwen',
    runs: 'local',
    chat,
    async warmUp(signal) {
      const installed = await models.standing('llm');
      if (installed !== null) await process.load(llamaModel(installed, 'chat'), signal);
    },
    async dispose() {
      stopListening();
      disposal.abort(new Error('the provider was disposed'));
    },
  };
}

const workOf = ({ messages, tools, schema, thinking, temperature, maxTokens, seed }: ChatRequest): ChatWork => ({
  ...{ messages, tools: tools ?? [], schema: schema?.schema ?? null, thinking: thinking ?? false },
  ...{ temperature: temperature ?? USUAL_TEMPERATURE, maxTokens: maxTokens ?? null, seed: seed ?? null, begun: '' },
});
