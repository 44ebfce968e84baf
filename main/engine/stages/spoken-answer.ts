/**
 * A language model's answer as sound, while it is being written: each sentence in its own mood. The first is spoken from its first words on;
 * those after it are whole by the time it has been said.
 */
import { NORMAL_PROSODY, type SpeechLang } from '../../../app/speech/plan.ts';
import { restMs } from '../../../app/speech/punctuation.ts';
import type { VoicePolicy } from '../policy/voice-policy.ts';
import { SAMPLE_RATE, type SpokenEmotion } from '../ports/tts.ts';
import type { LineContext } from '../ports/voice-source.ts';
import { type EmotionalSentence, EmotionalText } from './emotional-text.ts';

interface SpokenAnswerOptions {
  stream: VoicePolicy['stream'];
  voiceId: string;
  lang: SpeechLang;
  /** Names of the project's own emotions. */
  own?: readonly string[];
  /** Written, and on its way to the voice. */
  onSentence(sentence: EmotionalSentence): void;
}

/** What is said at once: its words as they come, and its mood where that is known before them. */
interface Saying {
  words: Growing<string>;
  emotion: SpokenEmotion | null;
  text: string;
}

/** Gives sound, each piece valid until the next is asked for. @throws whatever `pieces` throws, after what was written has been said; StudioError of the voice; whatever `signal` was aborted with */
export async function* speakAnswer(
  pieces: AsyncIterable<string>,
  { stream, voiceId, lang, own = [], onSentence }: SpokenAnswerOptions,
  signal: AbortSignal,
): AsyncGenerator<Float32Array, void, undefined> {
  const sayings = new Growing<Saying>();
  const line: LineContext = { avoid: new Set() };
  void write(pieces, own, sayings, onSentence);
  let before: Saying | null = null;
  for await (const saying of sayings.read()) {
    const rest = before === null ? 0 : restMs(/[^\p{L}\p{N}]*$/u.exec(before.text)![0]);
    if (rest > 0) yield new Float32Array(Math.round((rest * SAMPLE_RATE) / 1000));
    const { emotion, words } = saying;
    const request = { voiceId, lang, prosody: NORMAL_PROSODY, ...(emotion && { emotion }) };
    for await (const event of stream(request, words.read(), line, signal)) if (event.type === 'audio') yield event.pcm;
    before = saying;
  }
}

async function write(
  pieces: AsyncIterable<string>,
  own: readonly string[],
  sayings: Growing<Saying>,
  onSentence: (sentence: EmotionalSentence) => void,
): Promise<void> {
  const text = new EmotionalText(own);
  /** The first sentence, while it is being written. */
  let first: Saying | null = null;
  let isFirst = true;
  const take = (sentence: EmotionalSentence): void => {
    const { emotion, intensity } = sentence;
    onSentence(sentence);
    if (first) first.words.add(sentence.text.slice(first.text.length));
    else {
      const words = new Growing<string>();
      words.add(sentence.text);
      first = { words, emotion: { name: emotion, intensity }, text: '' };
      sayings.add(first);
    }
    first.text = sentence.text;
    first.words.end();
    first = null;
    isFirst = false;
  };
  try {
    for await (const piece of pieces) {
      for (const sentence of text.push(piece)) take(sentence);
      const { draft } = text;
      if (!isFirst || draft === null) continue;
      if (first === null) {
        const { mood } = draft;
        first = { words: new Growing(), emotion: mood && { name: mood.emotion, intensity: mood.intensity }, text: '' };
        sayings.add(first);
      }
      first.words.add(draft.text.slice(first.text.length));
      first.text = draft.text;
    }
    for (const sentence of text.end()) take(sentence);
    sayings.end();
  } catch (error) {
    // What was written is said first.
    for (const sentence of text.end()) take(sentence);
    sayings.fail(error);
  }
}

/** Filled by one, read by one, each at their own pace. */
class Growing<T> {
  readonly #items: T[] = [];
  #over: { error: unknown } | 'end' | null = null;
  #wake: () => void = () => undefined;

  add(item: T): void {
    this.#items.push(item);
    this.#wake();
  }
  end(): void {
    this.#over ??= 'end';
    this.#wake();
  }
  fail(error: unknown): void {
    this.#over ??= { error };
    this.#wake();
  }

  async *read(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      while (this.#items.length > 0) yield this.#items.shift()!;
      if (this.#over === 'end') return;
      if (this.#over !== null) throw this.#over.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
