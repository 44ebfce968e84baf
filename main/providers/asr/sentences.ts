/** What a vendor says of sentences, as events of the port: numbered from 0, each final once, times rising and inside the sound. */
import type { AsrEvent, AsrWord } from '../../engine/ports/asr.ts';

/** On the source's time. `id`: the vendor's own, where it has one. */
export interface HeardSentence {
  id?: string | number | undefined;
  text: string;
  startMs: number | null;
  endMs: number | null;
  words?: AsrWord[];
  language?: string | null | undefined;
  emotion?: string | null | undefined;
}

export class Sentences {
  #index = 0;
  /** No later sentence begins before this. */
  #floorMs = 0;
  #last: HeardSentence | null = null;
  #open: HeardSentence | null = null;
  readonly #done = new Set<string | number>();

  partial(heard: HeardSentence): AsrEvent[] {
    if (this.#isOld(heard) || heard.text.trim() === '') return [];
    this.#open = heard;
    const startMs = Math.max(this.#floorMs, heard.startMs ?? this.#floorMs);
    return [
      {
        ...{ type: 'partial', sentence: this.#index, text: heard.text, startMs },
        words: inOrder(heard.words ?? [], startMs, Number.POSITIVE_INFINITY),
      },
    ];
  }

  /** `soundMs`: how much was sent; it ends a sentence whose end the vendor does not tell. */
  final(heard: HeardSentence, soundMs: number): AsrEvent[] {
    if (this.#isOld(heard)) return [];
    this.#open = null;
    if (heard.id !== undefined) this.#done.add(heard.id);
    if (heard.text.trim() === '') return [];
    this.#last = heard;
    const startMs = Math.min(soundMs, Math.max(this.#floorMs, heard.startMs ?? this.#floorMs));
    const endMs = Math.max(startMs, Math.min(soundMs, heard.endMs ?? heard.words?.at(-1)?.endMs ?? soundMs));
    const sentence = this.#index++;
    this.#floorMs = endMs;
    return [
      {
        ...{ type: 'final', sentence, text: heard.text, startMs, endMs },
        words: inOrder(heard.words ?? [], startMs, endMs),
        language: heard.language || null,
        emotion: heard.emotion || null,
      },
    ];
  }

  /** The task is over: what was heard in part will not be heard any better. */
  rest(soundMs: number): AsrEvent[] {
    return this.#open === null ? [] : this.final(this.#open, soundMs);
  }

  /** Ids begin anew. */
  nextTask(): void {
    this.#done.clear();
    this.#open = null;
  }

  /** A final told twice, or a straggler of one. */
  #isOld({ id, text, startMs, endMs }: HeardSentence): boolean {
    if (id !== undefined) return this.#done.has(id);
    return this.#last?.text === text && this.#last.startMs === startMs && this.#last.endMs === endMs;
  }
}

function inOrder(words: readonly AsrWord[], fromMs: number, toMs: number): AsrWord[] {
  let floor = fromMs;
  return words.map(({ text, startMs, endMs }) => {
    const start = Math.min(toMs, Math.max(floor, startMs));
    const end = Math.min(toMs, Math.max(start, endMs));
    floor = end;
    return { text, startMs: start, endMs: end };
  });
}
