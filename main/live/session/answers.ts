/**
 * Viewers' questions, answered by the language model: sentence by sentence with its mood, while it writes. What was written stays when the
 * model fails; an answer that a crash cut off goes on from its last sentence.
 */
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { LiveCommand } from '../../../app/live/protocol.ts';
import { HAN } from '../../../app/speech/normalise/characters.ts';
import { goOnFrom, RepetitionFilter } from '../../engine/policy/continuation.ts';
import { SAFE_LINE } from '../../engine/policy/moderated-llm.ts';
import type { ChatRequest, LlmProvider } from '../../engine/ports/llm.ts';
import { emotionalSentences, emotionInstruction } from '../../engine/stages/emotional-text.ts';

export type AskCommand = Extract<LiveCommand, { type: 'ask' }>;
type Written = NonNullable<AskCommand['answer']>;

export interface Answer {
  readonly written: Readonly<Written>;
  /** Of what came so far is nothing to be said: the service took it back. */
  readonly withdrawn: boolean;
  /** Whenever there is more of it, or there will be no more; until the function it returns is called. */
  onMore(listener: () => void): () => void;
}

export interface AnswersDeps {
  llm: Pick<LlmProvider, 'chat'>;
  onTrouble(error: unknown): void;
}

/** Enough to know what the show is about. */
const SCRIPT_CHARACTERS = 4000;
/** A few sentences: a viewer waits, and so do the others. */
const MOST_TOKENS = 400;
const ROLE = {
  zh: '你是直播间的主播，正在回答一位观众的问题。请用口语直接回答，一到四句话，不要复述问题。不知道的事就说不清楚，不要编造价格和承诺。',
  en: 'You host a live show and answer a question of a viewer. Answer directly, as one speaks, in one to four sentences, without repeating the question. Say so when you do not know; make up neither prices nor promises.',
};
const SCRIPT = { zh: '这场直播的讲稿：', en: 'The script of this show:' };

export class Answers {
  readonly #deps: AnswersDeps;
  readonly #open = new Map<string, OpenAnswer>();

  constructor(deps: AnswersDeps) {
    this.#deps = deps;
  }

  /** The same question is the same answer; it is begun when it is first asked for. */
  of(command: AskCommand, project: Project): Answer {
    const kept = this.#open.get(command.id);
    if (kept) return kept;
    const answer = new OpenAnswer(command, project, this.#deps);
    this.#open.set(command.id, answer);
    return answer;
  }

  /** With what was written of it by now, for a position. */
  asWritten(command: AskCommand): AskCommand {
    const answer = this.#open.get(command.id);
    return answer === undefined ? command : { ...command, answer: structuredClone(answer.written) };
  }

  /** It has been said, or is not wanted any more. */
  close(id: string): void {
    this.#open.get(id)?.stop();
    this.#open.delete(id);
  }

  dispose(): void {
    for (const id of [...this.#open.keys()]) this.close(id);
  }
}

class OpenAnswer implements Answer {
  readonly written: Written;
  withdrawn = false;
  readonly #stop = new AbortController();
  readonly #listeners = new Set<() => void>();

  constructor(command: AskCommand, project: Project, deps: AnswersDeps) {
    this.written = structuredClone(command.answer ?? { sentences: [], whole: false });
    if (!this.written.whole) void this.#write(command, project, deps);
  }

  async #write(command: AskCommand, project: Project, { llm, onTrouble }: AnswersDeps): Promise<void> {
    const own = project.emotions.map(({ name }) => name);
    try {
      const pieces = this.#pieces(llm, requestOf(command.question, project, own));
      for await (const { text, emotion, intensity } of emotionalSentences(pieces, own)) {
        this.written.sentences.push({ text, emotion, intensity });
        this.#tell();
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      onTrouble(error);
      if (error instanceof StudioError && error.code === 'cloud.unsafe-text') {
        this.withdrawn = true;
        const text = SAFE_LINE[languageOf(command.question)];
        this.written.sentences = [{ text, emotion: 'neutral', intensity: 1 }];
      }
    }
    this.written.whole = true;
    this.#tell();
  }

  async *#pieces(llm: AnswersDeps['llm'], request: ChatRequest): AsyncGenerator<string> {
    const said = this.written.sentences.map(({ text }) => text).join('');
    const filter = said === '' ? null : new RepetitionFilter(said);
    const { signal } = this.#stop;
    for await (const event of llm.chat(said === '' ? request : goOnFrom(request, said), signal)) {
      if (event.type === 'withdrawn') throw new StudioError('cloud.unsafe-text', { provider: 'answers' });
      if (event.type === 'text') yield filter?.add(event.text) ?? event.text;
    }
    yield filter?.end() ?? '';
  }

  onMore(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  stop(): void {
    this.#listeners.clear();
    this.#stop.abort(new DOMException('the answer is not wanted any more', 'AbortError'));
  }
}

const languageOf = (text: string): 'zh' | 'en' => (HAN.test(text) ? 'zh' : 'en');

function requestOf(question: string, { script, name }: Project, own: readonly string[]): ChatRequest {
  const language = languageOf(question);
  const words = script.lines.map(({ text }) => text).join('\n');
  const about = `${SCRIPT[language]}《${name}》\n${words.slice(0, SCRIPT_CHARACTERS)}`;
  const system = [ROLE[language], emotionInstruction(language, own), about].join('\n\n');
  return {
    ...{ model: null, thinking: false, maxTokens: MOST_TOKENS },
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: question },
    ],
  };
}
