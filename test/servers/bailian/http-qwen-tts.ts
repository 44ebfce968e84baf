/** Qwen's voices over HTTP: whole as a link to a WAV file, or as events with base64 PCM. */
import { type SentBytes, wavHeader } from './files.ts';
import type { HttpCall, Json } from './http-call.ts';
import { inspect } from './llm.ts';
import { invalidParameter } from './refusal.ts';
import { sayable } from './voice.ts';

const RATE = 24_000;
const MAX_CHARACTERS = 600;
const LANGUAGES = new Set([
  'Auto',
  'Chinese',
  'English',
  'German',
  'Italian',
  'Portuguese',
  'Spanish',
  'Japanese',
  'Korean',
  'French',
  'Russian',
]);
/** Of sound in one event. */
const CHUNK_MS = 200;
const VOICES =
  /^(Cherry|Serena|Ethan|Chelsie|Momo|Vivian|Moon|Maia|Kai|Nofish|Bella|Jennifer|Ryan|Katerina|Aiden|Mia|Mochi|Bellona|Vincent|Bunny|Neil|Elias|Arthur|Nini|Ebona|Seren|Pip|Stella|Jada|Dylan|Li|Marcus|Roy|Peter|Sunny|Eric|Rocky|Kiki)$/;

export async function serveQwenTts(call: HttpCall, model: string): Promise<void> {
  const { context } = call;
  const input = (call.json.input ?? {}) as Json;
  const { text, voice, language_type: language } = input;
  if (typeof text !== 'string' || text.trim() === '')
    throw invalidParameter('Either "text" or "messages" must be provided.');
  const clone = context.voices.get(String(voice));
  const mine = /-v[cd]-/.test(model) ? clone?.targetModel === model : VOICES.test(String(voice));
  if (typeof voice !== 'string' || !mine) throw invalidParameter(`Voice '${String(voice)}' is not supported.`);
  if (language !== undefined && !LANGUAGES.has(String(language)))
    throw invalidParameter(`Unsupported language_type: ${String(language)}.`);
  if ([...text].length > MAX_CHARACTERS)
    throw invalidParameter(`Range of input length should be [0, ${MAX_CHARACTERS}]`);
  inspect(context, text);

  const id = `audio_${call.requestId}`;
  const expiresAt = Math.floor(context.nowMs() / 1000) + 24 * 3600;
  const usage = { characters: [...text].length };
  const link = (bytes: SentBytes) => context.files.link(bytes, 'audio/wav', `${id}.wav`);
  const body = (data: string, url: string, finish: string): Json => ({
    output: { finish_reason: finish, audio: { data, url, id, expires_at: expiresAt } },
    usage,
    request_id: call.requestId,
  });

  const spoken: Uint8Array[] = [];
  for (const { from, to } of sayable(text)) {
    const speech = await context.mouth.speak({ text: text.slice(from, to), voice, sampleRate: RATE }, call.left);
    const bytes = new Uint8Array(speech.pcm.buffer, speech.pcm.byteOffset, speech.pcm.byteLength);
    spoken.push(bytes);
    if (!call.wantsEvents) continue;
    const step = (RATE * CHUNK_MS * 2) / 1000;
    for (let at = 0; at < bytes.length; at += step) {
      const piece = bytes.subarray(at, at + step);
      if (!(await call.event(body(Buffer.from(piece).toString('base64'), '', 'null')))) return;
      await context.spoken((piece.length / 2 / RATE) * 1000, call.left);
    }
  }
  const pcm = Buffer.concat(spoken);
  const last = body('', link(Buffer.concat([wavHeader(pcm.length, RATE), pcm])), 'stop');
  if (!call.wantsEvents) await call.reply(last);
  else if (await call.event(last)) await call.finish();
}
