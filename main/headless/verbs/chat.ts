/** `chat --once "…"`: one question to the chain of language models, its answer as it comes. */
import { StudioError } from '../../../app/errors/index.ts';
import { dutyOf, dutyWords } from '../../../app/policy/status.ts';
import { createStudio } from '../../compose.ts';
import type { ChatEvent, ChatMessage } from '../../engine/ports/llm.ts';
import { answerAloud } from '../answer-aloud.ts';
import type { Verb } from '../cli.ts';
import { usage } from '../faults.ts';
import { readStdin } from '../text-input.ts';

export const chatVerb: Verb = async (context) => {
  const { options, console, signal, studio: where } = context;
  const { once, system, model, thinking, speak, voice } = options;
  if (typeof voice === 'string' && typeof speak !== 'string')
    throw usage('command.missing-argument', { argument: '--speak <file>', verb: 'chat' });
  if (typeof once !== 'string') throw usage('command.missing-argument', { argument: '--once <words>', verb: 'chat' });
  const question = (once === '-' ? await readStdin(console, signal) : once).trim();
  if (question === '') throw new StudioError('script.empty');
  await using studio = createStudio(where);
  const { providers } = studio;
  const stop = providers.listen((event) => {
    if (event?.type === 'withheld' && event.use === 'asked')
      console.note(console.words({ en: 'The question was refused.', zh: '该提问已被拒绝。' }));
    if (event?.type === 'cache') console.note(console.words({ en: 'Answered before.', zh: '来自已有的回答。' }));
    if (event?.type !== 'switched') return;
    const duty = dutyOf([event], event.stage);
    if (duty !== null) console.note(dutyWords(duty, duty.provider, console.locale));
  });
  const messages: ChatMessage[] = [
    ...(typeof system === 'string' ? [{ role: 'system' as const, content: system }] : []),
    { role: 'user', content: question },
  ];
  const request = { model: typeof model === 'string' ? model : null, messages, thinking: thinking === true };
  if (typeof speak === 'string') {
    try {
      return await answerAloud(context, studio, request, speak, typeof voice === 'string' ? voice : null);
    } finally {
      stop();
    }
  }
  let answer = '';
  let thoughts = '';
  let done: Extract<ChatEvent, { type: 'done' }> | null = null;
  try {
    for await (const event of providers.answers.chat(request, signal)) {
      if (event.type === 'text') {
        answer += event.text;
        console.stream(event.text);
      } else if (event.type === 'thinking') {
        thoughts += event.text;
        console.aside(event.text);
      } else if (event.type === 'withdrawn') {
        throw new StudioError('cloud.unsafe-text', { provider: providers.answers.id });
      } else if (event.type === 'done') {
        done = event;
        const { forgotten = 0 } = event;
        if (forgotten > 0)
          console.note(
            console.words({
              en: `The oldest ${forgotten} messages no longer fitted what the model reads at once, and were left out.`,
              zh: `最早的 ${forgotten} 条消息超出模型一次可读取的长度，未被采用。`,
            }),
          );
      }
    }
  } finally {
    stop();
    if (answer !== '') console.stream('\n');
  }
  return {
    json: {
      answer,
      ...(thoughts !== '' && { thinking: thoughts }),
      ...(done !== null && { model: done.model, reason: done.reason, usage: done.usage }),
    },
  };
};
