/** Which cloud and local engines the studio uses, in which order, and how much it may spend. Keys are secrets and never here. */
import { z } from 'zod';

export const REGIONS = ['beijing', 'singapore', 'us', 'hongkong', 'finance', 'frankfurt', 'tokyo'] as const;
export type Region = (typeof REGIONS)[number];

const url = z.url({ protocol: /^(https?|wss?)$/ }).max(500);
const model = z.string().min(1).max(200);

export const bailianSettingsSchema = z.strictObject({
  region: z.enum(REGIONS).default('beijing'),
  /** Own host `{workspaceId}.{region}.maas.aliyuncs.com`; null: the region's shared one. */
  workspaceHostId: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .nullable()
    .default(null),
  /** Sent as `X-DashScope-WorkSpace`. */
  subWorkspace: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .nullable()
    .default(null),
  /** Instead of the region's (a proxy, a gateway): as the official SDK's DASHSCOPE_HTTP_BASE_URL, e.g. https://host/api/v1. */
  httpBaseUrl: url.nullable().default(null),
  /** As DASHSCOPE_WEBSOCKET_BASE_URL, e.g. wss://host/api-ws/v1/inference. */
  webSocketBaseUrl: url.nullable().default(null),
  /** Connect with short-lived keys made from the real one. */
  temporaryKeys: z.boolean().default(false),
  /** The billed guardrail beyond the built-in inspection. */
  dataInspection: z.boolean().default(false),
  /** Of films by Wan S2V; the larger one costs nearly twice as much. */
  s2vResolution: z.enum(['480P', '720P']).default('720P'),
  /** How Qwen-TTS is spoken with: `realtime` takes text while it is being written, `http` one request a few sentences. */
  qwenTtsBy: z.enum(['realtime', 'http']).default('realtime'),
  models: z
    .strictObject({
      llm: model.default('qwen-plus'),
      cosyvoice: model.default('cosyvoice-v3-flash'),
      qwenTts: model.default('qwen3-tts-flash'),
      qwenTtsRealtime: model.default('qwen3-tts-flash-realtime'),
      /** Voices after a person's own are made for it, and speak with no other. */
      qwenTtsClone: model.default('qwen3-tts-vc-realtime-2026-01-15'),
      asr: model.default('fun-asr-realtime'),
      qwenAsr: model.default('qwen3-asr-flash-realtime'),
      embedding: model.default('text-embedding-v4'),
      rerank: model.default('qwen3-rerank'),
      videoretalk: model.default('videoretalk'),
      liveportrait: model.default('liveportrait'),
      s2v: model.default('wan2.2-s2v'),
    })
    .prefault({}),
});
export type BailianSettings = z.infer<typeof bailianSettingsSchema>;

/** Any server that speaks OpenAI's chat completions (vLLM, Ollama, LM Studio). Its key, if any, is the secret `llm/<id>/key`. */
export const openAiServerSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,40}$/),
  name: z.string().max(100).default(''),
  /** Up to and with `/v1`. */
  baseUrl: url,
  model,
});
export type OpenAiServer = z.infer<typeof openAiServerSchema>;

/** Alibaba ISI (intelligent speech interaction): app key here; AccessKey id and secret are secrets. */
export const isiSettingsSchema = z.strictObject({
  region: z.enum(['shanghai', 'beijing', 'shenzhen']).default('shanghai'),
  appKey: z.string().max(100).default(''),
  /** A list of hot words made in ISI's console; '' is none. */
  vocabularyId: z.string().max(100).default(''),
});
export type IsiSettings = z.infer<typeof isiSettingsSchema>;

/** Alibaba Green content moderation; the regions are asked in this order. */
export const greenSettingsSchema = z.strictObject({
  enabled: z.boolean().default(false),
  regions: z
    .array(z.enum(['shanghai', 'beijing', 'hangzhou', 'shenzhen', 'chengdu']))
    .min(1)
    .max(5)
    .default(['shanghai', 'beijing']),
  /** From this risk on, what was to be said is replaced. */
  refuseFrom: z.enum(['low', 'medium', 'high']).default('medium'),
});
export type GreenSettings = z.infer<typeof greenSettingsSchema>;

export const STAGES = ['llm', 'tts', 'asr'] as const;
export type Stage = (typeof STAGES)[number];
export const MODES = ['cloud-first', 'local-first', 'cloud-only', 'offline'] as const;
export type Mode = (typeof MODES)[number];

const chain = z.array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/)).max(20);
export const policySettingsSchema = z.strictObject({
  mode: z.enum(MODES).default('cloud-first'),
  /** Ids of providers, first choice first; what is not configured is passed over. */
  chains: z
    .strictObject({
      llm: chain.default(['qwen', 'local-qwen']),
      tts: chain.default(['cosyvoice', 'qwen-tts', 'local-voice', 'espeak']),
      asr: chain.default(['bailian-asr', 'qwen-asr', 'isi', 'local-asr']),
    })
    .prefault({}),
  /** The person's own sentences, of which one is said when no language model answers a question; none: it stays unanswered. */
  cannedAnswers: z.array(z.string().trim().min(1).max(500)).max(50).default([]),
  firstByteMs: z.int().min(100).max(120_000).default(8000),
  betweenBytesMs: z.int().min(100).max(120_000).default(10_000),
  /** Tries of one provider before the next one has its turn, the first included. */
  tries: z.int().min(1).max(5).default(2),
  /** Failures in a row that open a provider's circuit. */
  breakAfter: z.int().min(1).max(20).default(3),
  breakMs: z.int().min(1000).max(3_600_000).default(30_000),
  /** After so long without a first byte the next provider is asked too, and the quicker one is heard; null: never. */
  hedgeAfterMs: z.int().min(100).max(60_000).nullable().default(null),
  /** Below the account's own limits; null: none. */
  requestsPerMinute: z.int().min(1).max(1_000_000).nullable().default(null),
  tokensPerMinute: z.int().min(100).max(100_000_000).nullable().default(null),
  /** Yuan a day of the local calendar; beyond it the cloud is not asked. null: no limit. */
  dailyBudgetYuan: z.number().min(0).max(1_000_000).nullable().default(null),
});
export type PolicySettings = z.infer<typeof policySettingsSchema>;

export const cacheSettingsSchema = z.strictObject({
  enabled: z.boolean().default(true),
  maxEntries: z.int().min(10).max(10_000_000).default(20_000),
  ttlHours: z
    .number()
    .min(0.01)
    .max(24 * 365)
    .default(24 * 7),
  /** Cosine similarity from which two questions are one; null: only the same words. */
  similarity: z.number().min(0.5).max(1).nullable().default(0.95),
  /** A Redis for several machines (`redis://host:6379/0`, its password is the secret `cache/redis/password`); null: SQLite on this one. */
  redisUrl: z
    .string()
    .regex(/^rediss?:\/\/\S+$/)
    .max(500)
    .nullable()
    .default(null),
});
export type CacheSettings = z.infer<typeof cacheSettingsSchema>;

export const providerSettingsSchema = z.strictObject({
  bailian: bailianSettingsSchema.prefault({}),
  openAiServers: z.array(openAiServerSchema).max(20).default([]),
  isi: isiSettingsSchema.prefault({}),
  green: greenSettingsSchema.prefault({}),
  policy: policySettingsSchema.prefault({}),
  cache: cacheSettingsSchema.prefault({}),
});
export type ProviderSettings = z.infer<typeof providerSettingsSchema>;

/** Names in the SecretStore. One Bailian key serves all of Bailian. */
export const SECRETS = {
  bailianKey: 'bailian/key',
  aliyunAccessKeyId: 'aliyun/access-key-id',
  aliyunAccessKeySecret: 'aliyun/access-key-secret',
  redisPassword: 'cache/redis/password',
  openAiServerKey: (id: string) => `llm/${id}/key`,
} as const;
