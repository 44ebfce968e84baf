import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type WritingEvent, type WritingRequest, writingRequestSchema } from '../../../app/contract/writing.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { providerSettingsSchema } from '../../../app/providers/settings.ts';
import { EMOTIONS } from '../../../app/speech/emotion.ts';
import { parseLine } from '../../../app/speech/script/parse.ts';
import type { ChatRequest, LlmProvider } from '../../engine/ports/llm.ts';
import type { ProviderState } from '../../engine/ports/providers.ts';
import { createWritingService } from './writing-service.ts';

const QWEN: ProviderState = {
  ...{ id: 'qwen', stage: 'llm', runs: 'cloud', model: 'qwen-plus', lacks: null, circuit: 'closed' },
  ...{ restsUntilMs: null, lastFailure: null, lastFirstByteMs: null },
};
const unhurried = AbortSignal.timeout(60_000);

interface Model {
  asked: ChatRequest[];
  stopped: boolean;
}
/** A model that answers so, three characters at a time; `null` in an answer: it says no more and waits. */
function writer(answers: readonly (string | null)[], state: Partial<ProviderState> = {}, mode = 'cloud-first') {
  const model: Model = { asked: [], stopped: false };
  const llm: LlmProvider = {
    ...{ id: 'qwen', runs: 'cloud', dispose: async () => {} },
    async *chat(request, signal) {
      const answer = answers[model.asked.length] ?? null;
      model.asked.push(request);
      for (const piece of answer?.match(/[\s\S]{1,3}/g) ?? []) yield { type: 'text', text: piece };
      if (answer === null)
        await new Promise((_, reject) =>
          signal.addEventListener('abort', () => {
            model.stopped = true;
            reject(signal.reason as Error);
          }),
        );
      yield { type: 'done', reason: 'stop', usage: null, model: 'qwen-plus' };
    },
  };
  const settings = () => providerSettingsSchema.parse({ policy: { mode } });
  return { model, service: createWritingService({ llm, settings, states: async () => [{ ...QWEN, ...state }] }) };
}

const line = (text: string, id = text) => ({ id, text, emotion: 'neutral', intensity: 1 });
const request = (rest: Partial<WritingRequest> & Pick<WritingRequest, 'task'>): WritingRequest =>
  writingRequestSchema.parse({ lines: [], emotions: [...EMOTIONS, '微笑'], ...rest });

async function all(service: ReturnType<typeof createWritingService>, asked: WritingRequest): Promise<WritingEvent[]> {
  const events: WritingEvent[] = [];
  for await (const event of (await service.write(asked, unhurried)) as AsyncIterable<WritingEvent>) events.push(event);
  return events;
}
const lines = (events: readonly WritingEvent[]) => events.filter(({ type }) => type === 'line');

test('lines are written anew one after the other, streamed, and come out as valid script', async () => {
  const { model, service } = writer(['“今天[happy 0.5]真好。”', 'A [hapy]broken\n[cue', '[500ms]Fine.']);
  const asked = request({
    task: 'rewrite',
    wish: 'warmer',
    lines: ['甲', 'b', '', 'c'].map((text, i) => line(text, String(i))),
  });
  const events = await all(service, asked);
  assert.deepEqual(lines(events), [
    { type: 'line', line: 0, text: '今天[happy 0.5]真好。' },
    { type: 'line', line: 1, text: 'A broken \\[cue' },
    { type: 'line', line: 3, text: '[500ms]Fine.' },
  ]);
  const texts = events.flatMap((event) => (event.type === 'text' && event.line === 0 ? [event.text] : []));
  assert.ok(texts.length >= 3 && texts.every((text) => !text.endsWith('[hap')), texts.join('|'));
  for (const event of lines(events)) assert.ok(parseLine(event.text ?? '', 1, []).ok);
  assert.equal(model.asked.length, 3, 'an empty line is not asked about');
  assert.match(String(model.asked[0]!.messages[0]?.content), /warmer/);
  assert.equal(model.asked[0]!.thinking, false);
});

test('a draft becomes lines with their moods as each is finished', async () => {
  const { service } = writer(['1. [happy 0.8] 大家好！\n\n- [微笑] 今天喝茶。\r\n【serious】Third [unknown] line']);
  const events = await all(service, request({ task: 'draft', wish: 'tea' }));
  assert.deepEqual(lines(events), [
    { type: 'line', line: 0, text: '大家好！', emotion: 'happy', intensity: 0.8 },
    { type: 'line', line: 1, text: '今天喝茶。', emotion: '微笑', intensity: 1 },
    { type: 'line', line: 2, text: 'Third line', emotion: 'serious', intensity: 1 },
  ]);
  const firstLine = events.findIndex(({ type }) => type === 'line');
  assert.ok(
    events.slice(firstLine).some((event) => event.type === 'text' && event.line === 2),
    'the third is seen while it is written',
  );
});

test('moods are read as the JSON streams; what is no mood of this project is left out', async () => {
  const { model, service } = writer([
    '```json\n{"lines":[{"line":1,"emotion":"Happy","intensity":0.612},{"line":2,"emotion":"bored","intensity":1},{"line":9,"emotion":"sad","intensity":1},{"line":2,"emotion":"sad","intensity":7}]}',
  ]);
  const events = await all(service, request({ task: 'emotions', lines: [line('a'), line('b')] }));
  assert.deepEqual(events, [
    { type: 'line', line: 0, emotion: 'happy', intensity: 0.61 },
    { type: 'line', line: 1, emotion: 'sad', intensity: 1 },
  ]);
  assert.equal(model.asked[0]!.schema?.name, 'emotions');
});

test('stopping stops the model, also while it is silent', async () => {
  const { model, service } = writer([null]);
  const events = (await service.write(
    request({ task: 'vary', lines: [line('a')] }),
    unhurried,
  )) as AsyncIteratorObject<WritingEvent>;
  const next = events.next();
  next.catch(() => {});
  await new Promise((resolve) => setImmediate(resolve));
  await events.return?.();
  assert.ok(model.stopped);
});

test('without a model that may be asked it is refused in words', async () => {
  for (const { service } of [
    writer(['x'], { lacks: 'key' }),
    writer(['x'], {}, 'offline'),
    writer(['x'], { id: 'not-in-the-chain' }),
  ]) {
    assert.deepEqual(await service.ready({}, unhurried), { ready: false });
    await assert.rejects(
      all(service, request({ task: 'shorten', lines: [line('a')] })),
      (error: unknown) => error instanceof StudioError && error.code === 'script.no-language-model',
    );
  }
  const { service } = writer(['A local one.'], { runs: 'local' }, 'offline');
  assert.equal(lines(await all(service, request({ task: 'shorten', lines: [line('a')] }))).length, 1);
});
