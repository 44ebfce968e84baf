/** Thoughts that a local model writes at the beginning of its answer, between `<think>` and `</think>`: nothing to be said aloud. */

const OPENS = '<think>';
const CLOSES = '</think>';

interface Piece {
  type: 'text' | 'thinking';
  text: string;
}

export class ThinkTags {
  #state: 'start' | 'thinking' | 'after' | 'answer' = 'start';
  #held = '';

  take(text: string): Piece[] {
    if (this.#state === 'answer') return [{ type: 'text', text }];
    this.#held += text;
    const pieces: Piece[] = [];
    if (this.#state === 'start') {
      const begun = this.#held.trimStart();
      if (begun.length < OPENS.length && OPENS.startsWith(begun)) return [];
      if (!begun.startsWith(OPENS)) return this.#answer(this.#held);
      this.#state = 'thinking';
      this.#held = begun.slice(OPENS.length);
    }
    if (this.#state === 'thinking') {
      const end = this.#held.indexOf(CLOSES);
      const upTo = end >= 0 ? end : this.#held.length - tagBegunAtEnd(this.#held);
      if (upTo > 0) pieces.push({ type: 'thinking', text: this.#held.slice(0, upTo) });
      this.#held = this.#held.slice(end >= 0 ? end + CLOSES.length : upTo);
      if (end < 0) return pieces;
      this.#state = 'after';
    }
    /* The blank lines between thoughts and answer are neither. */
    const answer = this.#held.trimStart();
    this.#held = '';
    if (answer !== '') pieces.push(...this.#answer(answer));
    return pieces;
  }

  /** What was held back because a tag might have begun there. */
  end(): Piece[] {
    const text = this.#held;
    this.#held = '';
    return text === '' ? [] : [{ type: this.#state === 'thinking' ? 'thinking' : 'text', text }];
  }

  #answer(text: string): Piece[] {
    this.#state = 'answer';
    this.#held = '';
    return [{ type: 'text', text }];
  }
}

function tagBegunAtEnd(text: string): number {
  for (let length = Math.min(CLOSES.length - 1, text.length); length > 0; length--)
    if (CLOSES.startsWith(text.slice(-length))) return length;
  return 0;
}
