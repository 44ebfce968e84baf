/**
 * The recogniser on this machine: whatever model was chosen for it, run by sherpa-onnx in a process of its own. When that process dies, what
 * was not text for good yet is heard again by the next.
 */
import { StudioError } from '../../../../app/errors/index.ts';
import type { InstalledModel } from '../../../../app/models/manifest.ts';
import type { EarEvent, HearWork, SherpaSettings } from '../../../../native-models/sherpa/protocol.ts';
import { ASR_SAMPLE_RATE, type AsrEvent, type AsrProvider, type AsrRequest } from '../../../engine/ports/asr.ts';
import type { LocalModels } from '../../../engine/ports/local-models.ts';
import type { ModelProcess, ModelToLoad } from '../../kit/model-process.ts';
import { asSherpaModel, keyOf, openSherpaProcess, sherpaThreads } from '../../kit/sherpa-process.ts';
import { type HeardSentence, Sentences } from '../sentences.ts';
import { KeptPieces } from './kept-pieces.ts';

export const LOCAL_ASR = 'local-asr';
const SLOT = 'asr';
/** A recording is cut in stretches, four are heard at a time; one more may be spoken. */
const AT_ONCE = 5;
/** So often one utterance is begun again. */
const MOST_DEATHS = 2;

export interface SherpaEarOptions {
  models: LocalModels;
  /** Shared with others; disposed here all the same. */
  process?: ModelProcess;
}

export interface SherpaEar extends AsrProvider {
  /** Holds the chosen model ready. @throws StudioError `model.*` */
  warm(signal: AbortSignal): Promise<void>;
}

export function createSherpaEar({ models, process = openSherpaProcess() }: SherpaEarOptions): SherpaEar {
  const modelFor = async (asr: InstalledModel | null): Promise<ModelToLoad> => {
    if (asr === null) throw new StudioError('model.not-installed', { task: SLOT });
    const [vad, punctuation] = await Promise.all([models.chosen('vad'), models.chosen('punctuation')]);
    const all = [asr, vad, punctuation].filter((each) => each !== null);
    const settings: SherpaSettings = {
      kind: 'ear',
      recogniser: asSherpaModel(asr),
      vad: vad && asSherpaModel(vad),
      punctuation: punctuation && asSherpaModel(punctuation),
      threads: sherpaThreads(),
    };
    return {
      key: all.map(keyOf).join('\n'),
      ...{ slot: SLOT, name: asr.entry.name.en, settings, parallel: AT_ONCE },
      memoryBytes: all.reduce((sum, { entry }) => sum + entry.memoryBytes, 0),
    };
  };

  async function* recognise(
    sound: AsyncIterable<Int16Array>,
    _request: AsrRequest,
    signal: AbortSignal,
  ): AsyncGenerator<AsrEvent> {
    signal.throwIfAborted();
    const chosen = await models.chosen(SLOT);
    const model = await modelFor(chosen);
    await using kept = new KeptPieces(sound);
    const sentences = new Sentences();
    const work: HearWork = { kind: 'hear' };
    const soundMs = (): number => (kept.taken * 1000) / ASR_SAMPLE_RATE;
    let ok = false;
    try {
      for (let deaths = 0; ; ) {
        const baseMs = (kept.from * 1000) / ASR_SAMPLE_RATE;
        try {
          for await (const event of process.ask<EarEvent, null>(model, { work, input: kept.read() }, signal)) {
            const heard = later(event, baseMs);
            if (event.type === 'partial') yield* sentences.partial(heard);
            else {
              kept.forgetBefore(Math.round((heard.endMs! * ASR_SAMPLE_RATE) / 1000));
              yield* sentences.final(heard, soundMs());
            }
          }
          break;
        } catch (error) {
          const died = error instanceof StudioError && error.code === 'model.died';
          deaths += 1;
          if (!died || deaths > MOST_DEATHS) throw error;
        }
      }
      yield* sentences.rest(soundMs());
      ok = true;
    } finally {
      const endedAt = kept.endedAtMs;
      if (chosen && !signal.aborted && (ok || endedAt !== null))
        models.reportUse(chosen, { ok, latencyMs: endedAt === null ? 0 : performance.now() - endedAt });
    }
  }

  return {
    id: LOCAL_ASR,
    runs: 'local',
    recognise,
    async warm(signal) {
      await process.load(await modelFor(await models.standing(SLOT)), signal);
    },
    dispose: () => process.dispose(),
  };
}

const later = ({ text, startMs, endMs, words, language, emotion }: EarEvent, byMs: number): HeardSentence => ({
  ...{ text, language, emotion },
  ...{ startMs: startMs + byMs, endMs: endMs + byMs },
  words: words.map((word) => ({ ...word, startMs: word.startMs + byMs, endMs: word.endMs + byMs })),
});
