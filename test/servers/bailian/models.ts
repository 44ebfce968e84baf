/** Which models this Bailian has, who they speak through, and which it had: the vendor's lists of autumn 2026. */
import type { BailianContext } from './context.ts';
import { type Dialect, Refused } from './refusal.ts';

export type ModelKind = 'text' | 'multimodal' | 'embedding' | 'rerank' | 'qwen-tts' | 'film' | 'detect';

interface Model {
  kind: ModelKind;
  /** Where it is sold; absent: everywhere. */
  only?: 'beijing';
  /** Tokens of input and output that it takes. */
  inputTokens?: number;
  outputTokens?: number;
  /** Each chunk is what is new even if nobody asked for that. */
  incremental?: boolean;
  thinks?: boolean;
}

const text = (extra: Partial<Model> = {}): Model => ({
  kind: 'text',
  inputTokens: 129_024,
  outputTokens: 16_384,
  ...extra,
});

const MODELS: Record<string, Model> = {
  'qwen-plus': text({ inputTokens: 1_000_000, outputTokens: 32_768, thinks: true }),
  'qwen-flash': text({ inputTokens: 1_000_000, outputTokens: 32_768, thinks: true }),
  'qwen3-max': text({ inputTokens: 258_048, outputTokens: 65_536, incremental: true, thinks: true }),
  'qwen3.7-max': text({ inputTokens: 1_000_000, outputTokens: 65_536, incremental: true, thinks: true }),
  'qwen3-coder-plus': text({ inputTokens: 1_000_000, outputTokens: 65_536, incremental: true }),
  'qwen3-coder-flash': text({ inputTokens: 1_000_000, outputTokens: 65_536, incremental: true }),
  'deepseek-v4-pro': text({ thinks: true }),
  'deepseek-v4-flash': text({ thinks: true }),
  'kimi-k2.6': text({ thinks: true }),
  'glm-5.1': text({ thinks: true }),
  'qwen3.5-plus': text({
    kind: 'multimodal',
    inputTokens: 991_808,
    outputTokens: 65_536,
    incremental: true,
    thinks: true,
  }),
  'qwen3.5-flash': text({
    kind: 'multimodal',
    inputTokens: 991_808,
    outputTokens: 65_536,
    incremental: true,
    thinks: true,
  }),
  'qwen3.6-plus': text({
    kind: 'multimodal',
    inputTokens: 991_808,
    outputTokens: 65_536,
    incremental: true,
    thinks: true,
  }),
  'qwen3.6-flash': text({
    kind: 'multimodal',
    inputTokens: 991_808,
    outputTokens: 65_536,
    incremental: true,
    thinks: true,
  }),
  'qwen3-vl-plus': text({
    kind: 'multimodal',
    inputTokens: 258_048,
    outputTokens: 32_768,
    incremental: true,
    thinks: true,
  }),
  'text-embedding-v1': { kind: 'embedding', inputTokens: 2048 },
  'text-embedding-v2': { kind: 'embedding', inputTokens: 2048 },
  'text-embedding-v3': { kind: 'embedding', inputTokens: 8192 },
  'text-embedding-v4': { kind: 'embedding', inputTokens: 8192 },
  'qwen3-rerank': { kind: 'rerank', inputTokens: 120_000 },
  'gte-rerank-v2': { kind: 'rerank', inputTokens: 30_000, only: 'beijing' },
  'qwen3-vl-rerank': { kind: 'rerank', inputTokens: 120_000, only: 'beijing' },
  'qwen3-tts-flash': { kind: 'qwen-tts' },
  'qwen3-tts-instruct-flash': { kind: 'qwen-tts' },
  'qwen3-tts-vc-2026-01-22': { kind: 'qwen-tts' },
  'qwen3-tts-vd-2026-01-26': { kind: 'qwen-tts' },
  videoretalk: { kind: 'film', only: 'beijing' },
  liveportrait: { kind: 'film', only: 'beijing' },
  'wan2.2-s2v': { kind: 'film', only: 'beijing' },
  'liveportrait-detect': { kind: 'detect', only: 'beijing' },
  'wan2.2-s2v-detect': { kind: 'detect', only: 'beijing' },
};

/** Taken off on 2026-05-30, 2026-07-13 and 2026-10-10. */
export const RETIRED: ReadonlySet<string> = new Set([
  'gte-rerank',
  'qwen-max',
  'qwen-turbo',
  'qwen-vl-max',
  'qwen-vl-plus',
  'qwq-plus',
  'qvq-max',
  'qwen-tts',
  'qwen-tts-realtime',
  'qwen-voice-design',
  'gummy-realtime-v1',
]);

/**
 * The model of a request.
 * @throws Refused ModelNotFound, also for retired ones and those of another region; AccessDenied.Unpurchased; InvalidParameter without a name
 */
export function modelNamed(context: BailianContext, name: unknown, dialect: Dialect): Model & { name: string } {
  if (typeof name !== 'string' || name === '') {
    const message = dialect === 'compatible' ? 'you must provide a model parameter' : 'Model not exist.';
    throw new Refused(400, 'InvalidParameter', message);
  }
  const model = MODELS[name];
  if (model === undefined || (model.only !== undefined && model.only !== context.region)) {
    const message =
      dialect === 'compatible'
        ? `The model \`${name}\` does not exist or you do not have access to it.`
        : 'Model can not be found.';
    throw new Refused(404, 'ModelNotFound', message);
  }
  if (context.unpurchased.has(name)) {
    const message = 'Access to model denied. Please make sure you are eligible for using the model.';
    throw new Refused(403, 'AccessDenied.Unpurchased', message);
  }
  return { ...model, name };
}

/** The vendor's answer to a model that does not live at this address, its full-width exclamation mark included. */
export const wrongAddress = (): Refused => new Refused(400, 'InvalidParameter', 'url error, please check url！');

/** About as many as the vendor would count: a Hanzi or a word is one. */
export function tokensOf(text: string): string[] {
  return text.match(/\p{Script=Han}{1,2}|[\p{L}\p{N}]+(?:['’][\p{L}]+)? ?|\s+|[^\s]/gu) ?? [];
}
