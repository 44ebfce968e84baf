/** Bailian's own text generation, and the address it shares with Qwen's voices: /api/v1/services/aigc/…/generation. */
import type { Asked } from './answers.ts';
import type { HttpCall, Json } from './http-call.ts';
import { serveQwenTts } from './http-qwen-tts.ts';
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
import { invalidParameter, Refused } from './refusal.ts';

export const generationRoutes: readonly HttpRoute[] = [
  {
    methods: ['POST'],
    path: /^\/api\/v1\/services\/aigc\/(text|multimodal)-generation\/generation$/,
    dialect: 'native',
    surface: ({ json }) => (/tts/.test(String(json.model)) ? 'qwen-tts' : 'generation'),
    takes: 'json',
    serve: generation,
  },
];

async function generation(call: HttpCall): Promise<void> {
  const model = modelNamed(call.context, call.json.model, 'native');
  const here = call.parts[0] === 'text' ? ['text'] : ['multimodal', 'qwen-tts'];
  if (!here.includes(model.kind)) throw wrongAddress();
  if (call.header('x-dashscope-async') === 'enable') {
    throw new Refused(403, 'AccessDenied', 'Current user api does not support asynchronous calls.');
  }
  try {
    if (model.kind === 'qwen-tts') await serveQwenTts(call, model.name);
    else await chat(call, model);
  } catch (error) {
    // What is behind the gateway answers in the form that was asked for.
    if (!(error instanceof Refused) || error.status !== 400 || !call.wantsEvents) throw error;
    await call.failInside(error, 400);
  }
}

async function chat(call: HttpCall, model: ReturnType<typeof modelNamed>): Promise<void> {
  const { json, context } = call;
  const input = (json.input ?? null) as Json | null;
  if (input === null)
    throw invalidParameter("Required parameter(s) missing or invalid, please check the request parameters: 'input'.");
  const parameters = (json.parameters ?? {}) as Json;
  const messages =
    typeof input.prompt === 'string' && input.messages === undefined
      ? readMessages([{ role: 'user', content: input.prompt }])
      : readMessages(input.messages);
  if (
    model.kind === 'multimodal' &&
    ((input.messages ?? []) as { content?: unknown }[]).some(({ content }) => !Array.isArray(content))
  ) {
    throw invalidParameter('The content field is a required field.');
  }
  const thinking = parameters.enable_thinking === true && model.thinks === true;
  const incremental = (parameters.incremental_output ?? model.incremental ?? false) === true;
  const format = parameters.result_format ?? (model.incremental || model.kind === 'multimodal' ? 'message' : 'text');
  if (thinking) {
    if (!call.wantsEvents) throw algo('parameter.enable_thinking must be set to false for non-streaming calls');
    if (!incremental) throw algo('parameter.incremental_output only support True when enable_thinking is true');
    if (format !== 'message') throw algo('parameter.result_format must be message when enable_thinking is true');
  }
  const asked: Asked = {
    model: model.name,
    messages,
    ...readTools(parameters, thinking),
    format: readFormat(parameters, messages, thinking),
    thinking,
  };
  const written = answerOf(context, asked, checkSampling(parameters, model.outputTokens ?? 8192));
  const shape = { message: format === 'message', parts: model.kind === 'multimodal' };
  if (call.wantsEvents) return streamed(call, written, { ...shape, incremental });
  if (written.unsafeAt !== null) throw unsafeOutput();
  const said = written.pieces.join('');
  await call.reply(
    body(
      call,
      shape,
      { content: said, thinking: '', calls: true, finish: written.finish },
      written,
      usageAt(written, 0, written.pieces.length, true),
    ),
  );
}

interface Shape {
  message: boolean;
  /** Content as a list of parts. */
  parts: boolean;
}

interface Moment {
  content: string;
  thinking: string;
  calls: boolean;
  finish: string;
}

async function streamed(call: HttpCall, written: Written, shape: Shape & { incremental: boolean }): Promise<void> {
  const sent = (moment: Moment, thought: number, said: number) =>
    call.event(body(call, shape, moment, written, usageAt(written, thought, said, moment.calls)));
  const at = (pieces: readonly string[], i: number) =>
    shape.incremental ? pieces[i] : pieces.slice(0, i + 1).join('');
  const { thinking, pieces } = written;

  for (const i of thinking.keys()) {
    if (!(await sent({ content: '', thinking: at(thinking, i), calls: false, finish: 'null' }, i + 1, 0))) return;
  }
  for (const i of pieces.keys()) {
    if (written.unsafeAt === i) return call.failInside(unsafeOutput());
    if (!(await sent({ content: at(pieces, i), thinking: '', calls: false, finish: 'null' }, thinking.length, i + 1)))
      return;
  }
  const content = shape.incremental ? '' : pieces.join('');
  const calls = written.toolCalls.length > 0;
  if (await sent({ content, thinking: '', calls, finish: written.finish }, thinking.length, pieces.length))
    await call.finish();
}

function body(call: HttpCall, shape: Shape, moment: Moment, written: Written, usage: Usage): Json {
  const message: Json = {
    content: shape.parts ? (moment.content === '' ? [] : [{ text: moment.content }]) : moment.content,
    ...(moment.thinking === '' ? {} : { reasoning_content: moment.thinking }),
    role: 'assistant',
  };
  if (moment.calls && written.toolCalls.length > 0) {
    message.tool_calls = written.toolCalls.map((it, index) => ({
      index,
      id: it.id,
      type: 'function',
      function: { name: it.name, arguments: it.arguments },
    }));
  }
  return {
    output: shape.message
      ? { choices: [{ message, finish_reason: moment.finish }] }
      : { text: moment.content, finish_reason: moment.finish },
    usage: {
      input_tokens: usage.input,
      output_tokens: usage.output,
      total_tokens: usage.input + usage.output,
      prompt_tokens_details: { cached_tokens: 0 },
      ...(usage.reasoning === 0 ? {} : { output_tokens_details: { reasoning_tokens: usage.reasoning } }),
    },
    request_id: call.requestId,
  };
}
