/** A few sentences spoken by one HTTP request, their sound as events. https://help.aliyun.com/zh/model-studio/qwen-tts-api */
import type { BailianEndpoint } from '../../kit/endpoint.ts';
import { cloudError, vendorFailure } from '../../kit/failures.ts';
import { parseJson, request } from '../../kit/http.ts';
import { serverSentEvents } from '../../kit/sse.ts';
import { asRecord, faultIn, stringIn } from '../../kit/web-socket.ts';

export interface QwenSpeech {
  model: string;
  text: string;
  voice: string;
  languageType: string;
  instructions: string | null;
}

/** The sound's bytes in order. @throws StudioError of `cloud.*`; whatever `signal` was aborted with */
export async function* soundOverHttp(
  endpoint: BailianEndpoint,
  speech: QwenSpeech,
  patienceMs: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const { provider, region } = endpoint;
  const { model, text, voice, languageType, instructions } = speech;
  const about = { model, voice, region };
  const answer = await request(
    {
      provider,
      url: endpoint.nativeUrl('/services/aigc/multimodal-generation/generation'),
      headers: await endpoint.headers(signal, { 'X-DashScope-SSE': 'enable', Accept: 'text/event-stream' }),
      body: JSON.stringify({
        model,
        input: { text, voice, language_type: languageType, ...(instructions === null ? {} : { instructions }) },
      }),
      expects: 'event-stream',
      timeouts: { firstByteMs: patienceMs, betweenBytesMs: patienceMs },
      about,
    },
    signal,
  );
  let finished = false;
  let any = false;
  for await (const event of serverSentEvents(answer.body, provider)) {
    if (event.data.trim() === '' || event.data.trim() === '[DONE]') continue;
    if (event.unfinished && !isJson(event.data)) break;
    const message = asRecord(parseJson(event.data, provider));
    const isError =
      event.event === 'error' || (event.status ?? 200) >= 400 || (!('output' in message) && 'code' in message);
    if (isError)
      throw vendorFailure({
        provider,
        ...about,
        ...(event.status === null ? {} : { status: event.status }),
        ...faultIn(event.data),
      });
    const output = asRecord(message.output);
    const data = stringIn(asRecord(output.audio).data);
    if (data) {
      any = true;
      yield Buffer.from(data, 'base64');
    }
    finished ||= output.finish_reason === 'stop';
  }
  signal.throwIfAborted();
  if (!any && answer.contentType !== 'text/event-stream')
    throw cloudError('cloud.bad-answer', { provider, detail: answer.contentType || 'no content type' });
  if (!finished) throw cloudError('cloud.cut-off', { provider });
  if (!any) throw cloudError('cloud.bad-answer', { provider, detail: 'no sound' });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
