/**
 * Server-sent events as vendors really send them: with and without a space after the colon, any line ends, split anywhere, a last event
 * without its blank line, and DashScope's status in a comment (`:HTTP_STATUS/400`) of an answer that is HTTP 200.
 */
import { createParser } from 'eventsource-parser';
import { cloudError } from './failures.ts';

export interface SseEvent {
  /** '' where none was named. */
  event: string;
  data: string;
  /** From the comment before it; null where there is none. */
  status: number | null;
  /** The stream ended before the event did: what is in it may be a part. */
  unfinished: boolean;
}

/** Of one event. */
const MAX_EVENT_CHARACTERS = 16 * 1024 * 1024;

/** @throws StudioError cloud.bad-answer; whatever `body` throws */
export async function* serverSentEvents(
  body: AsyncIterable<Uint8Array>,
  provider: string,
): AsyncGenerator<SseEvent, void, undefined> {
  let ready: SseEvent[] = [];
  let status: number | null = null;
  let ending = false;
  let since = 0;
  const parser = createParser({
    onEvent: ({ event = '', data }) => {
      ready.push({ event, data, status, unfinished: ending });
      status = null;
      since = 0;
    },
    onComment: (comment) => {
      const told = /^\s*HTTP_STATUS\/(\d{3})/.exec(comment);
      if (told) status = Number(told[1]);
    },
  });
  const decoder = new TextDecoder();
  for await (const bytes of body) {
    const text = decoder.decode(bytes, { stream: true });
    since += text.length;
    parser.feed(text);
    const events = ready;
    ready = [];
    yield* events;
    if (since > MAX_EVENT_CHARACTERS) throw cloudError('cloud.bad-answer', { provider, detail: 'an endless event' });
  }
  ending = true;
  parser.feed(`${decoder.decode()}\n\n`);
  yield* ready;
}
