/** The end of the chain: when no language model answers, one of the person's own sentences is said instead. */
import { StudioError } from '../../../app/errors/index.ts';
import type { PolicyEvent } from '../../../app/policy/events.ts';
import type { ChatEvent, LlmProvider } from '../ports/llm.ts';
import { noteOf } from './events.ts';

export interface CannedAnswersOptions {
  llm: LlmProvider;
  /** None: a failure stays one. */
  answers(): readonly string[];
  emit(event: PolicyEvent): void;
  wallMs(): number;
  /** 0 ≤ x < 1. */
  random(): number;
}

export const CANNED = 'canned';

/** For questions of viewers and of a chat: where text is to be made of text, a sentence that fits everything fits nothing. */
export function createCannedAnswers({ llm, answers, emit, wallMs, random }: CannedAnswersOptions): LlmProvider {
  async function* chat(...[request, signal]: Parameters<LlmProvider['chat']>): AsyncGenerator<ChatEvent> {
    let said = false;
    try {
      for await (const event of llm.chat(request, signal)) {
        if (event.type === 'text') said = true;
        yield event;
      }
    } catch (error) {
      signal.throwIfAborted();
      const sentences = answers();
      // An answer that broke off is not gone on with by another; a refused question is no failure.
      const refused = error instanceof StudioError && error.code === 'cloud.unsafe-text';
      if (said || refused || sentences.length === 0 || request.schema || (request.tools?.length ?? 0) > 0) throw error;
      const at = { atMs: wallMs(), stage: 'llm' as const };
      const note = noteOf(error, llm.id);
      emit({ ...at, type: 'switched', from: llm.id, to: CANNED, error: note, midUtterance: false });
      emit({ ...at, type: 'served', provider: CANNED, firstByteMs: 0, fallback: true });
      yield { type: 'text', text: sentences[Math.floor(random() * sentences.length)]! };
      yield { type: 'done', reason: 'stop', usage: null, model: CANNED };
    }
  }
  return { id: llm.id, runs: llm.runs, chat, dispose: async () => undefined };
}
