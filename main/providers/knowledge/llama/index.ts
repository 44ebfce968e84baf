/** Texts as directions, reckoned on this machine by the embedding model in use. */
import { StudioError } from '../../../../app/errors/index.ts';
import type { InstalledModel } from '../../../../app/models/manifest.ts';
import type { EmbeddingPiece, EmbeddingWork } from '../../../../native-models/llama/work.ts';
import type { EmbeddingProvider } from '../../../engine/ports/knowledge.ts';
import type { LocalModels } from '../../../engine/ports/local-models.ts';
import { llamaModel } from '../../kit/llama-process.ts';
import type { ModelProcess } from '../../kit/model-process.ts';

/** As the model's card says (https://huggingface.co/Qwen/Qwen3-Embedding-0.6B): questions carry their purpose, documents do not. */
const QWEN_QUERY = 'Instruct: Given a question, retrieve passages that answer it\nQuery:';

/** Of this one model; the process is the caller's to dispose. */
export function createLlamaEmbeddings(
  installed: InstalledModel,
  process: ModelProcess,
  models: LocalModels,
): EmbeddingProvider {
  const { id, version, family } = installed.entry;
  let dimensions = 0;
  return {
    id: 'local-embedding',
    runs: 'local',
    model: `${id}@${version}`,
    /** 0 before the first text. */
    get dimensions() {
      return dimensions;
    },
    async embed(texts, use, signal) {
      const asked = use === 'query' && family === 'qwen3' ? texts.map((text) => `${QWEN_QUERY}${text}`) : texts;
      const startedMs = performance.now();
      const vectors: Float32Array[] = [];
      try {
        const work: EmbeddingWork = { texts: asked };
        const again = (given: readonly EmbeddingPiece[]): EmbeddingWork => ({ texts: asked.slice(given.length) });
        const model = llamaModel(installed, 'embedding');
        for await (const vector of process.ask<EmbeddingPiece, null>(model, { work, goOn: again }, signal))
          vectors.push(vector);
      } catch (error) {
        if (!signal.aborted) models.reportUse(installed, { ok: false, latencyMs: performance.now() - startedMs });
        throw error;
      }
      if (vectors.length !== texts.length)
        throw new StudioError('model.failed', { model: id, detail: `${vectors.length} of ${texts.length} texts` });
      dimensions = vectors[0]?.length ?? dimensions;
      models.reportUse(installed, { ok: true, latencyMs: performance.now() - startedMs });
      return vectors;
    },
    dispose: async () => undefined,
  };
}
