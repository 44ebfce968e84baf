/** Calls of tools that come in pieces: by index; where a server gives none, by id, or going on with the last. */
import type { ChatToolCall } from '../../../engine/ports/llm.ts';
import { isRecord } from '../../kit/http.ts';

export class ToolCalls {
  readonly #calls = new Map<number, ChatToolCall>();
  #last = -1;

  take(piece: unknown): void {
    if (!isRecord(piece)) return;
    const made = isRecord(piece.function) ? piece.function : {};
    const id = typeof piece.id === 'string' ? piece.id : '';
    const index = this.#indexOf(piece.index, id);
    this.#last = index;
    const call = this.#calls.get(index) ?? { id: '', name: '', arguments: '' };
    this.#calls.set(index, call);
    /* Bailian repeats them empty in later pieces, others repeat them whole. */
    if (call.id === '') call.id = id;
    if (call.name === '' && typeof made.name === 'string') call.name = made.name;
    if (typeof made.arguments === 'string') call.arguments += made.arguments;
    else if (isRecord(made.arguments)) call.arguments = JSON.stringify(made.arguments);
  }

  #indexOf(index: unknown, id: string): number {
    if (typeof index === 'number') return index;
    if (id === '' && this.#last >= 0) return this.#last;
    for (const [known, call] of this.#calls) if (call.id === id) return known;
    return this.#calls.size;
  }

  /** In their order; each has an id and arguments. */
  all(): ChatToolCall[] {
    return [...this.#calls]
      .sort(([a], [b]) => a - b)
      .filter(([, call]) => call.name !== '')
      .map(([index, call]) => ({
        id: call.id || `call_${index}`,
        name: call.name,
        arguments: call.arguments.trim() || '{}',
      }));
  }
}
