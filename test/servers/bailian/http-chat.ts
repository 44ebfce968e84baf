/** OpenAI's chat completions as Bailian speaks them: /compatible-mode/v1/chat/completions. */
import type { Asked } from './answers.ts';
import type { HttpCall, Json } from './http-call.ts';
import type { HttpRoute } from './http-route.ts';
import {
  algo,
  answerOf,
  checkSampling,
  readFormat,
  readMessages,
  readTools,
  type Usage,
  unsafeOutput,
  usageAt,
  type Written,
} from './llm.ts';
import { modelNamed, wrongAddress } from './models.ts';

export const chatRoutes: readonly HttpRoute[] = [
  {
    methods: ['POST'],
    path: /^\/compatible-mode\/v1\/chat\/completions$/,
    dialect: 'compatible',
    surface: () => 'chat',
    takes: 'json',
    serve: chat,
  },
  {
    methods: ['GET'],
    path: /^\/compatible-mode\/v1\/models$/,
    dialect: 'compatible',
    surface: () => 'chat',
    takes: 'json',
    serve: (call) =>
      call.reply({
        object: 'list',
        data: ['qwen-plus', 'qwen-flash', 'qwen3-max'].map((id) => ({ id, object: 'model', owned_by: 'system' })),
      }),
  },
];

async function chat(call: HttpCall): Promise<void> {
  const { json, context } = call;
  const model = modelNamed(context, json.model, 'compatible');
  if (model.kind !== 'text' && model.kind !== 'multimodal') throw wrongAddress();
  const stream = json.stream === true;
  if (!stream && json.stream_options !== undefined && json.stream_options !== null) {
    throw algo("'stream_options' only set this when you set stream: true.");
  }
  const thinking = json.enable_thinking === true && model.thinks === true;
  if (thinking && !stream) throw algo('parameter.enable_thinking must be set to false for non-streaming calls');
  const messages = readMessages(json.messages);
  const asked: Asked = {
    model: model.name,
    messages,
    ...readTools(json, thinking),
    format: readFormat(json, messages, thinking),
    thinking,
  };
  const written = answerOf(context, asked, checkSampling(json, model.outputTokens ?? 8192));
  const frame = { id: `chatcmpl-${call.requestId}`, created: Math.floor(context.nowMs() / 1000), model: model.name };
  if (stream) await streamed(call, written, frame);
  else await whole(call, written, frame);
}

async function whole(
  call: HttpCall,
  written: Written,
  frame: { id: string; created: number; model: string },
): Promise<void> {
  if (written.unsafeAt !== null) throw unsafeOutput();
  const message: Json = { role: 'assistant', content: written.pieces.join('') };
  if (written.toolCalls.length > 0) {
    message.tool_calls = written.toolCalls.map((it, index) => ({
      index,
      id: it.id,
      type: 'function',
      function: { name: it.name, arguments: it.arguments },
    }));
  }
  await call.reply({
    choices: [{ message, finish_reason: written.finish, index: 0, logprobs: null }],
    object: 'chat.completion',
    usage: usageJson(usageAt(written, 0, written.pieces.length, true)),
    system_fingerprint: null,
    ...frame,
  });
}

async function streamed(
  call: HttpCall,
  written: Written,
  frame: { id: string; created: number; model: string },
): Promise<void> {
  const chunk = (delta: Json, finish: string | null = null) =>
    call.event({
      ...pick(frame),
      choices: [{ index: 0, delta, finish_reason: finish }],
      usage: null,
      system_fingerprint: null,
    });
  const pick = ({ id, created, model }: typeof frame) => ({ id, object: 'chat.completion.chunk', created, model });

  if (!(await chunk({ content: written.thinking.length > 0 ? null : '', role: 'assistant' }))) return;
  for (const piece of written.thinking) if (!(await chunk({ content: null, reasoning_content: piece }))) return;
  for (const [i, piece] of written.pieces.entries()) {
    if (written.unsafeAt === i) return call.failInside(unsafeOutput());
    if (!(await chunk({ content: piece }))) return;
  }
  for (const [index, it] of written.toolCalls.entries()) {
    const first = { index, id: it.id, type: 'function', function: { name: it.name, arguments: '' } };
    if (!(await chunk({ content: null, tool_calls: [first] }))) return;
    for (const piece of it.arguments.match(/.{1,12}/gsu) ?? []) {
      if (
        !(await chunk({
          content: null,
          tool_calls: [{ index, id: '', type: 'function', function: { arguments: piece } }],
        }))
      )
        return;
    }
  }
  if (!(await chunk({ content: '' }, written.finish))) return;
  const options = call.json.stream_options as { include_usage?: boolean } | undefined;
  if (options?.include_usage === true) {
    const usage = usageJson(usageAt(written, written.thinking.length, written.pieces.length, true));
    if (!(await call.event({ ...pick(frame), choices: [], usage, system_fingerprint: null }))) return;
  }
  await call.finish();
}

function usageJson(usage: Usage): Json {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: 0 },
    ...(usage.reasoning === 0 ? {} : { completion_tokens_details: { reasoning_tokens: usage.reasoning } }),
  };
}
