/**
 * Lists of hot words at DashScope: one for each list of words and model, made when first asked for, used again, deleted at the end.
 * https://help.aliyun.com/zh/model-studio/custom-hot-words
 */
import { createHash } from 'node:crypto';
import type { AsrRequest } from '../../../engine/ports/asr.ts';
import type { BailianEndpoint } from '../../kit/endpoint.ts';
import { cloudError } from '../../kit/failures.ts';
import { requestJson } from '../../kit/http.ts';
import { asRecord, stringIn } from '../../kit/web-socket.ts';

type HotWords = AsrRequest['hotWords'];

export interface Vocabularies {
  /** null: no word of them can be taken. @throws StudioError of `cloud.*` */
  idFor(model: string, words: HotWords, signal: AbortSignal): Promise<string | null>;
  /** Deletes what was made here; that one cannot be deleted is not told. */
  dispose(): Promise<void>;
}

/** An account has room for ten; others of this account's machines have some. */
const KEPT = 4;
const PATH = '/services/audio/asr/customization';
const REQUEST_MS = 10_000;
const DELETING_MS = 3000;

export function createVocabularies(endpoint: BailianEndpoint): Vocabularies {
  const { provider } = endpoint;
  /** By words and model; least recently used first. */
  const made = new Map<string, Promise<string>>();

  const ask = async (model: string, input: object, signal: AbortSignal): Promise<Record<string, unknown>> => {
    const answer = await requestJson(
      {
        ...{ provider, url: endpoint.nativeUrl(PATH), headers: await endpoint.headers(signal) },
        ...{ body: JSON.stringify({ model: 'speech-biasing', input }), about: { model, region: endpoint.region } },
        ...{ timeouts: { firstByteMs: REQUEST_MS, betweenBytesMs: REQUEST_MS }, maxBytes: 4 * 1024 * 1024 },
      },
      signal,
    );
    return asRecord(asRecord(answer).output);
  };

  async function create(model: string, words: HotWords, prefix: string, signal: AbortSignal) {
    // Of a run before this one that could not tidy up: the prefix says what is in it.
    const listed = await ask(model, { action: 'list_vocabulary', prefix, page_index: 0, page_size: 10 }, signal);
    for (const entry of Array.isArray(listed.vocabulary_list) ? listed.vocabulary_list : []) {
      const { vocabulary_id: id, status } = asRecord(entry);
      if (typeof id === 'string' && (status === undefined || status === 'OK')) return id;
    }
    const output = await ask(
      model,
      { action: 'create_vocabulary', target_model: model, prefix, vocabulary: words },
      signal,
    );
    const id = stringIn(output.vocabulary_id);
    if (id === undefined) throw cloudError('cloud.bad-answer', { provider, detail: 'no vocabulary_id' });
    return id;
  }

  const remove = async (id: string, model: string): Promise<void> => {
    await ask(model, { action: 'delete_vocabulary', vocabulary_id: id }, AbortSignal.timeout(DELETING_MS)).catch(
      () => {},
    );
  };

  return {
    async idFor(model, all, signal) {
      const words = acceptable(all);
      if (words.length === 0) return null;
      const key = JSON.stringify([model, words]);
      const prefix = `sh${createHash('sha256').update(key).digest('hex').slice(0, 8)}`;
      const known = made.get(key);
      const making = known ?? create(model, words, prefix, signal);
      made.delete(key);
      made.set(key, making);
      try {
        const id = await making;
        for (const [oldKey, old] of [...made].slice(0, Math.max(0, made.size - KEPT))) {
          made.delete(oldKey);
          const [oldModel] = JSON.parse(oldKey) as [string];
          void old.then((oldId) => remove(oldId, oldModel)).catch(() => {});
        }
        return id;
      } catch (error) {
        if (made.get(key) === making) made.delete(key);
        throw error;
      }
    },
    async dispose() {
      const all = [...made];
      made.clear();
      await Promise.all(
        all.map(async ([key, making]) => {
          const [model] = JSON.parse(key) as [string];
          const id = await making.catch(() => null);
          if (id !== null) await remove(id, model);
        }),
      );
    },
  };
}

const MAX_WORDS = 500;

/** At most 15 characters where any is not ASCII, else seven parts; weights 1 to 5. What is longer is left out, not the whole list. */
function acceptable(words: HotWords): { text: string; weight: number }[] {
  const seen = new Set<string>();
  return words.flatMap(({ text: raw, weight }) => {
    const text = raw.trim().replace(/\s+/g, ' ');
    const fits = /^[\x00-\x7f]*$/.test(text) ? text.split(' ').length <= 7 : [...text].length <= 15;
    if (text === '' || !fits || seen.has(text) || seen.size >= MAX_WORDS) return [];
    seen.add(text);
    return [{ text, weight: Math.min(5, Math.max(1, Math.round(weight))) }];
  });
}
