/** Language models under the policy. One that dies while it writes is continued by the next, from its last character. */

import type { FailureNote } from '../../../app/policy/events.ts';
import { guessTokens, yuanForTokens } from '../../../app/policy/prices.ts';
import type { ChatEvent, ChatRequest, ChatUsage, LlmProvider } from '../ports/llm.ts';
import { goOnFrom, RepetitionFilter } from './continuation.ts';
import { type Member, type PolicyDeps, type Serving, StagePolicy } from './stage-policy.ts';

export interface LlmMember extends Member<LlmProvider> {
  readonly model: string;
}

export interface LlmPolicy extends LlmProvider {
  readonly stage: StagePolicy<LlmMember>;
}

/** Without a limit of its own, an answer is expected to be about so long. */
const USUAL_ANSWER_TOKENS = 500;

export function createLlmPolicy(options: PolicyDeps & { members(): readonly LlmMember[] }): LlmPolicy {
  const stage = new StagePolicy<LlmMember>('llm', options.members, options);

  const inputTokens = ({ messages, tools, schema }: ChatRequest): number =>
    guessTokens(JSON.stringify([messages.map(({ content }) => content), tools ?? [], schema ?? null]));

  const expected = (member: LlmMember, request: ChatRequest) => {
    const usage = {
      inputTokens: inputTokens(request),
      outputTokens: request.maxTokens ?? USUAL_ANSWER_TOKENS,
      reasoningTokens: request.thinking ? 1 : 0,
    };
    const tokens = usage.inputTokens + usage.outputTokens;
    return member.runs === 'local'
      ? { yuan: 0, tokens }
      : { yuan: yuanForTokens(request.model ?? member.model, usage), tokens };
  };

  async function* chat(request: ChatRequest, signal: AbortSignal): AsyncGenerator<ChatEvent> {
    signal.throwIfAborted();
    let candidates: readonly LlmMember[] = stage.order();
    let said = '';
    let asked = request;
    let goesOnFrom: { id: string; error: FailureNote } | null = null;
    /** Calls that went out whole: whoever acts on them must not get them twice. */
    let calls = 0;
    for (;;) {
      const serving: Serving<LlmMember, ChatEvent> = await stage.begin<ChatEvent>(
        {
          candidates,
          open: ({ provider, id }, stop) =>
            // A model is one provider's own name: what was asked for by name is the first one's.
            provider.chat(id === candidates[0]?.id && !goesOnFrom ? asked : { ...asked, model: null }, stop),
          expect: (member) => expected(member, asked),
          ...(goesOnFrom && { goesOnFrom }),
        },
        signal,
      );
      const { member, attempt } = serving;
      const filter = said === '' ? null : new RepetitionFilter(said);
      let usage: ChatUsage | null = null;
      let written = 0;
      let ended = false;
      let error: unknown;
      try {
        for (let next = serving.first; !next.done; next = await attempt.next()) {
          const event = next.value;
          if (event.type === 'text') {
            written += event.text.length;
            const text = filter ? filter.add(event.text) : event.text;
            if (text === '') continue;
            said += text;
            yield { type: 'text', text };
            continue;
          }
          const rest = event.type === 'done' || event.type === 'tool-call' ? (filter?.end() ?? '') : '';
          if (rest !== '') {
            said += rest;
            yield { type: 'text', text: rest };
          }
          if (event.type === 'tool-call') calls += 1;
          if (event.type === 'withdrawn') ended = true;
          if (event.type === 'done') {
            ({ usage } = event);
            ended = true;
          }
          yield event;
        }
        if (!ended) throw new UnfinishedAnswer();
      } catch (thrown) {
        error = thrown;
      } finally {
        attempt.close();
        const use = usage ?? {
          inputTokens: inputTokens(asked),
          outputTokens: Math.ceil(written / 2),
          reasoningTokens: 0,
        };
        const yuan = member.runs === 'local' ? 0 : yuanForTokens(request.model ?? member.model, use);
        serving.settle(yuan, use.inputTokens + use.outputTokens);
        if (error === undefined && !ended) stage.undecided(member);
      }
      if (error === undefined) {
        stage.succeeded(member);
        return;
      }
      if (signal.aborted) {
        stage.undecided(member);
        throw signal.reason;
      }
      const note = stage.failed(member, error);
      if (calls > 0) {
        yield { type: 'done', reason: 'tool-calls', usage: null, model: member.model };
        return;
      }
      candidates = candidates.filter((other) => other !== member);
      if (candidates.length === 0 || !stage.mayGoOn(error)) throw error;
      const rest = filter?.end() ?? '';
      if (rest !== '') {
        said += rest;
        yield { type: 'text', text: rest };
      }
      goesOnFrom = { id: member.id, error: note };
      asked = said === '' ? request : goOnFrom(request, said);
    }
  }

  return { id: 'policy', runs: 'cloud', stage, chat, dispose: async () => undefined };
}

/** The stream ended as if all were well, but the answer was not over. */
class UnfinishedAnswer extends Error {
  constructor() {
    super('the answer ended before it was over');
    this.name = 'UnfinishedAnswer';
  }
}
