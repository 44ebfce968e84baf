/** What a language model is told when it helps with a script. In English, which all of them follow best; what it writes is in the script's language. */
import type { WritingRequest, WritingTask } from '../../../app/contract/writing.ts';
import type { ChatMessage, ChatRequest } from '../../engine/ports/llm.ts';

type Line = WritingRequest['lines'][number];

const SETTING =
  'You help to write the script of a video in which one person talks to the camera. The words are spoken aloud by a voice: plain sentences that are easy to say, no headings, no lists, no emoji, no markdown.';
const CUES =
  'Marks in square brackets such as [happy 0.6], [500ms] or [#card] are directions, and {…} after a character is its reading: keep those that still fit exactly as they stand, and invent none.';
const ALONE = 'Answer with the new line alone: one paragraph, no quotation marks around it, no explanation.';

const TASKS: Readonly<Record<Exclude<WritingTask, 'draft' | 'emotions'>, string>> = {
  rewrite:
    'Rewrite the line so that it is clearer and more natural to say. Keep its meaning, its language and about its length.',
  shorten: 'Shorten the line to about half of its length. Keep its language and what matters most.',
  vary: 'Say the same as the line in clearly different words, in the same language and about the same length.',
  translate: 'Translate the line so that it sounds natural when it is spoken.',
};

const WARMTH: Readonly<Record<WritingTask, number>> = {
  ...{ draft: 0.8, rewrite: 0.6, shorten: 0.4, vary: 1, translate: 0.2, emotions: 0.2 },
};

const request = (task: WritingTask, messages: readonly ChatMessage[]): ChatRequest => ({
  ...{ model: null, messages, thinking: false, temperature: WARMTH[task] },
});

/** One line, written anew. */
export function lineRequest({ task, wish, language }: WritingRequest, line: Line): ChatRequest {
  const what = TASKS[task as keyof typeof TASKS];
  const into =
    task === 'translate'
      ? ` ${language === null ? 'Chinese becomes English, everything else Chinese (simplified).' : `Into: ${language}.`}`
      : '';
  const wanted = wish === '' ? '' : `\nThe author wishes: ${wish}`;
  return request(task, [
    { role: 'system', content: `${SETTING}\n${what}${into}\n${CUES}\n${ALONE}${wanted}` },
    { role: 'user', content: line.text },
  ]);
}

/** New lines on a subject, after those there are. */
export function draftRequest({ wish, lines, emotions }: WritingRequest): ChatRequest {
  const before = lines.map(({ text }) => text).join('\n');
  const goesOn = before === '' ? '' : `\nGo on after these lines, and do not repeat them:\n${before}`;
  return request('draft', [
    {
      role: 'system',
      content: `${SETTING}\nWrite the lines the author asks for, in the language of the request; five to eight unless another number is named. One line of text is one or two sentences. Begin each line with how it is said, in square brackets: one of ${emotions.join(', ')}, and its strength from 0 to 1, such as [${emotions[0]} 0.6]. No empty lines, no numbers in front.${goesOn}`,
    },
    { role: 'user', content: wish },
  ]);
}

/** How each line is said. */
export function emotionsRequest({ lines, emotions, wish }: WritingRequest): ChatRequest {
  const wanted = wish === '' ? '' : `\nThe author wishes: ${wish}`;
  return {
    ...request('emotions', [
      {
        role: 'system',
        content: `${SETTING}\nSay for every numbered line in which emotion it is best said, and how strongly from 0 to 1. Emotions: ${emotions.join(', ')}. Most lines of a calm talk are neutral or gentle.${wanted}\nAnswer with JSON: {"lines":[{"line":1,"emotion":"…","intensity":0.6}]}`,
      },
      { role: 'user', content: lines.map(({ text }, index) => `${index + 1}. ${text}`).join('\n') },
    ]),
    schema: {
      name: 'emotions',
      schema: {
        type: 'object',
        additionalProperties: false,
        required: ['lines'],
        properties: {
          lines: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['line', 'emotion', 'intensity'],
              properties: {
                line: { type: 'integer', minimum: 1, maximum: lines.length },
                emotion: { type: 'string', enum: [...emotions] },
                intensity: { type: 'number', minimum: 0, maximum: 1 },
              },
            },
          },
        },
      },
    },
  };
}
