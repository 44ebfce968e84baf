/** Embeddings and rerank, native and compatible. */
import type { HttpCall, Json } from './http-call.ts';
import type { HttpRoute } from './http-route.ts';
import { algo } from './llm.ts';
import { modelNamed, tokensOf, wrongAddress } from './models.ts';
import { invalidParameter } from './refusal.ts';
import { embedded, relevance } from './vectors.ts';

const DIMENSIONS: Record<string, number[]> = {
  'text-embedding-v4': [1024, 2048, 1536, 768, 512, 256, 128, 64],
  'text-embedding-v3': [1024, 768, 512, 256, 128, 64],
  'text-embedding-v2': [1536],
  'text-embedding-v1': [1536],
};
const batchOf = (model: string) => (/-v[34]$/.test(model) ? 10 : 25);
const MAX_DOCUMENTS = 500;
const MAX_DOCUMENT_TOKENS = 4000;

export const knowledgeRoutes: readonly HttpRoute[] = [
  {
    methods: ['POST'],
    path: /^\/api\/v1\/services\/embeddings\/text-embedding\/text-embedding$/,
    dialect: 'native',
    surface: () => 'embeddings',
    takes: 'json',
    serve: nativeEmbeddings,
  },
  {
    methods: ['POST'],
    path: /^\/compatible-mode\/v1\/embeddings$/,
    dialect: 'compatible',
    surface: () => 'embeddings',
    takes: 'json',
    serve: compatibleEmbeddings,
  },
  {
    methods: ['POST'],
    path: /^\/api\/v1\/services\/rerank\/text-rerank\/text-rerank$/,
    dialect: 'native',
    surface: () => 'rerank',
    takes: 'json',
    serve: nativeRerank,
  },
  {
    methods: ['POST'],
    path: /^\/compatible-api\/v1\/reranks$/,
    dialect: 'compatible',
    surface: () => 'rerank',
    takes: 'json',
    serve: compatibleRerank,
  },
];

async function nativeEmbeddings(call: HttpCall): Promise<void> {
  const { texts } = (call.json.input ?? {}) as Json;
  const parameters = (call.json.parameters ?? {}) as Json;
  if (parameters.text_type !== undefined && parameters.text_type !== 'query' && parameters.text_type !== 'document') {
    throw invalidParameter(`Value error, text_type should be 'query' or 'document': parameters.text_type`);
  }
  const { vectors, tokens } = embed(call, texts, parameters.dimension);
  await call.reply({
    output: { embeddings: vectors.map((embedding, text_index) => ({ embedding, text_index })) },
    usage: { total_tokens: tokens },
    request_id: call.requestId,
  });
}

async function compatibleEmbeddings(call: HttpCall): Promise<void> {
  const { json } = call;
  const input = typeof json.input === 'string' ? [json.input] : json.input;
  if (json.encoding_format !== undefined && json.encoding_format !== 'float' && json.encoding_format !== 'base64') {
    throw algo("Value error, encoding_format should be 'float' or 'base64': parameters.encoding_format");
  }
  const { vectors, tokens, model } = embed(call, input, json.dimensions);
  const shown = (vector: number[]) =>
    json.encoding_format === 'base64' ? Buffer.from(Float32Array.from(vector).buffer).toString('base64') : vector;
  await call.reply({
    data: vectors.map((vector, index) => ({ embedding: shown(vector), index, object: 'embedding' })),
    model,
    object: 'list',
    usage: { prompt_tokens: tokens, total_tokens: tokens },
    id: call.requestId,
  });
}

function embed(
  call: HttpCall,
  texts: unknown,
  wanted: unknown,
): { vectors: number[][]; tokens: number; model: string } {
  const model = modelNamed(call.context, call.json.model, call.dialect);
  if (model.kind !== 'embedding') throw wrongAddress();
  if (!Array.isArray(texts) || texts.length === 0 || texts.some((text) => typeof text !== 'string')) {
    throw algo('Value error, contents is neither str nor list of str.: input.contents');
  }
  const most = batchOf(model.name);
  if (texts.length > most) {
    throw algo(`Value error, batch size is invalid, it should not be larger than ${most}.: input.contents`);
  }
  const counts = texts.map((text: string) => tokensOf(text).length);
  const longest = model.inputTokens ?? 8192;
  if (counts.some((count) => count < 1 || count > longest))
    throw algo(`Range of input length should be [1, ${longest}]`);
  const sizes = DIMENSIONS[model.name];
  const dimensions = wanted ?? sizes[0];
  if (!sizes.includes(dimensions as number)) {
    throw algo(`Value error, dimension is invalid, it should be in [${sizes.join(', ')}].: parameters.dimension`);
  }
  return {
    vectors: texts.map((text: string) => embedded(text, dimensions as number)),
    tokens: counts.reduce((sum, count) => sum + count, 0),
    model: model.name,
  };
}

async function nativeRerank(call: HttpCall): Promise<void> {
  const { query, documents } = (call.json.input ?? {}) as Json;
  const { top_n, return_documents } = (call.json.parameters ?? {}) as Json;
  const { results, tokens, texts } = rerank(call, query, documents, top_n, 'qwen3-rerank');
  await call.reply({
    output: {
      results: results.map((result) => ({
        ...(return_documents === true ? { document: { text: texts[result.index] } } : {}),
        ...result,
      })),
    },
    usage: { total_tokens: tokens },
    request_id: call.requestId,
  });
}

async function compatibleRerank(call: HttpCall): Promise<void> {
  const { json } = call;
  const { results, tokens } = rerank(call, json.query, json.documents, json.top_n, 'gte-rerank-v2');
  await call.reply({ object: 'list', results, model: json.model, id: call.requestId, usage: { total_tokens: tokens } });
}

function rerank(call: HttpCall, query: unknown, documents: unknown, top: unknown, elsewhere: string) {
  const model = modelNamed(call.context, call.json.model, call.dialect);
  if (model.kind !== 'rerank' || model.name === elsewhere) throw wrongAddress();
  if (typeof query !== 'string' || query === '') throw algo("'query' is a required property - 'input'");
  if (!Array.isArray(documents) || documents.length === 0) throw algo("'documents' is a required property - 'input'");
  if (documents.length > MAX_DOCUMENTS)
    throw algo(`The number of documents should not be larger than ${MAX_DOCUMENTS}.`);
  if (top !== undefined && top !== null && (!Number.isInteger(top) || (top as number) < 1))
    throw algo('top_n should be a positive integer.');
  const texts = documents.map((entry: unknown) =>
    typeof entry === 'string' ? entry : String((entry as Json | null)?.text ?? ''),
  );
  const counts = [query, ...texts].map((text) => tokensOf(text).length);
  const tokens = counts.reduce((sum, count) => sum + count, 0);
  if (counts.some((count) => count > MAX_DOCUMENT_TOKENS) || tokens > (model.inputTokens ?? 30_000)) {
    throw algo(`Range of input length should be [1, ${model.inputTokens}]`);
  }
  const results = texts
    .map((text, index) => ({ index, relevance_score: relevance(query, text) }))
    .toSorted((a, b) => b.relevance_score - a.relevance_score)
    .slice(0, typeof top === 'number' ? top : undefined);
  return { results, tokens, texts };
}
