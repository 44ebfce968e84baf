/** An answer that another model goes on with: what it is asked, and what of its answer was said already. */
import type { ChatMessage, ChatRequest } from '../ports/llm.ts';

const GO_ON =
  'Your answer above was cut off by the network. Go on from exactly its last character: no repetition, no greeting, no remark on this. ' +
  '上面的回答被网络中断：请从最后一个字之后直接继续，不要重复，不要解释。';

/** A format that must begin anew cannot be asked of what goes on in its middle. */
export function goOnFrom({ schema, messages, ...request }: ChatRequest, said: string): ChatRequest {
  const more: ChatMessage[] = [
    { role: 'assistant', content: said },
    { role: 'user', content: schema ? `${GO_ON} (JSON)` : GO_ON },
  ];
  return { ...request, messages: [...messages, ...more] };
}

/** What is shorter may be the same by chance. */
const LEAST_OVERLAP = 4;
/** Nobody repeats more than that before saying something new, unless they begin at the beginning. */
const LONGEST_TAIL = 400;

/** Takes off the beginning of a continuation what repeats the end of what was said, or all of it. */
export class RepetitionFilter {
  readonly #said: string;
  #held = '';
  #open = true;

  constructor(said: string) {
    this.#said = said;
  }

  /** What of it is new, as far as that is certain by now. */
  add(text: string): string {
    if (!this.#open) return text;
    this.#held += text;
    if (this.#mayStillRepeat()) return '';
    return this.end();
  }

  /** The answer is over, or what is held cannot be a repetition. */
  end(): string {
    if (!this.#open) return '';
    this.#open = false;
    const held = this.#held;
    this.#held = '';
    return held.slice(this.#repeated(held));
  }

  /** Some stretch of what was said begins with all that is held, so that more of it may follow. */
  #mayStillRepeat(): boolean {
    const held = this.#held;
    const said = this.#said;
    if (held.length < said.length && said.startsWith(held)) return true;
    const from = Math.max(0, said.length - LONGEST_TAIL);
    for (let at = from; at < said.length - held.length; at++) if (said.startsWith(held, at)) return true;
    return false;
  }

  /** Characters of `held` that were said: all of it once more, or its end. */
  #repeated(held: string): number {
    const said = this.#said;
    if (said.length >= LEAST_OVERLAP && held.startsWith(said)) return said.length;
    for (let length = Math.min(held.length, said.length, LONGEST_TAIL); length >= LEAST_OVERLAP; length--)
      if (said.endsWith(held.slice(0, length))) return length;
    return 0;
  }
}
