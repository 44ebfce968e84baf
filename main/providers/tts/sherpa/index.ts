/**
 * The voice on this machine: whatever model was chosen for it, run by sherpa-onnx in a process of its own, sentence by sentence. It tells no
 * times: each sentence is one long "word", which whoever aligns the sound makes finer.
 */
import { StudioError } from '../../../../app/errors/index.ts';
import type { InstalledModel } from '../../../../app/models/manifest.ts';
import { restMs } from '../../../../app/speech/punctuation.ts';
import { speakersOf } from '../../../../native-models/sherpa/families.ts';
import type { SherpaSettings, SpeakWork, VoiceInfo } from '../../../../native-models/sherpa/protocol.ts';
import type { LocalModels } from '../../../engine/ports/local-models.ts';
import {
  SAMPLE_RATE,
  type TtsEvent,
  type TtsProvider,
  type TtsRequest,
  type Voice,
} from '../../../engine/ports/tts.ts';
import type { ModelProcess, ModelToLoad } from '../../kit/model-process.ts';
import { asSherpaModel, keyOf, openSherpaProcess, sherpaThreads } from '../../kit/sherpa-process.ts';
import { clamp, emphasised } from '../cloud/manner.ts';
import { Resampler } from '../cloud/resampler.ts';
import { isSpeakable, splitText, spokenTextOf, weightOf, wordFor } from '../cloud/spoken-text.ts';
import { speakerVoices } from './speakers.ts';

export const LOCAL_VOICE = 'local-voice';
/** Raise when the same request would sound or be timed differently. */
const SOUND_VERSION = 1;
const SLOT = 'tts';
/** A Han character weighs two. A model speaks such a piece in one go: nothing of it is heard, and it is not stopped, before it is made. */
const MAX_WEIGHT = 100;
/** Short sentences are said together. */
const ENOUGH = 12;
/** A filter for every rate would be as large as the rate is crooked. */
const RATE_STEP = 100;
const QUIET = 0.004;

export interface SherpaVoiceOptions {
  models: LocalModels;
  /** Shared with others; disposed here all the same. */
  process?: ModelProcess;
}

export interface SherpaVoice extends TtsProvider {
  /** Holds the chosen model ready. @throws StudioError `model.*` */
  warm(signal: AbortSignal): Promise<void>;
}

export function createSherpaVoice({ models, process = openSherpaProcess() }: SherpaVoiceOptions): SherpaVoice {
  const modelFor = (voice: InstalledModel): ModelToLoad => {
    const settings: SherpaSettings = { kind: 'voice', voice: asSherpaModel(voice), threads: sherpaThreads() };
    const { name, memoryBytes } = voice.entry;
    // The process says one after the other; that it knows of the next keeps it at work.
    return { key: keyOf(voice), slot: SLOT, name: name.en, memoryBytes, settings, parallel: 2 };
  };
  const installed = async (): Promise<InstalledModel> => {
    const chosen = await models.chosen(SLOT);
    if (chosen === null) throw new StudioError('model.not-installed', { task: SLOT });
    return chosen;
  };

  async function* synthesise({ voiceId, part }: TtsRequest, signal: AbortSignal): AsyncGenerator<TtsEvent> {
    signal.throwIfAborted();
    const chosen = await installed();
    const speaker = voicesOf(chosen).findIndex(({ id }) => id === voiceId);
    if (speaker < 0) throw new StudioError('speech.unknown-voice', { voice: voiceId });
    const text = spokenTextOf(part);
    const ranges = splitText(text.text, MAX_WEIGHT, weightOf, ENOUGH).filter((range) =>
      isSpeakable(text.text.slice(range.from, range.to)),
    );
    if (ranges.length === 0) return;
    const { rate, pitch, volume } = emphasised(part.prosody, part.emphasis);
    const raised = clamp(pitch, 0.5, 2);
    // Said slower by as much as it is then played faster.
    const speed = clamp(rate, 0.4, 2.5) / raised;
    const model = modelFor(chosen);
    const began = performance.now();
    let ok = false;
    let latencyMs: number | null = null;
    const stop = new AbortController();
    const either = AbortSignal.any([signal, stop.signal]);
    const ask = (index: number): Ahead => {
      const range = ranges[index]!;
      const work: SpeakWork = { kind: 'speak', text: text.text.slice(range.from, range.to).trim(), speaker, speed };
      // Said again it would not be the same to the sample: what was begun is cut off here, and goes on elsewhere.
      return new Ahead(process.ask<Float32Array, null>(model, { work }, either));
    };
    try {
      const { sampleRate } = (await process.load(model, signal)) as VoiceInfo;
      const playedRate = Math.round((sampleRate * raised) / RATE_STEP) * RATE_STEP;
      let samples = 0;
      let next: Ahead | null = ask(0);
      for (const [i, range] of ranges.entries()) {
        const resampler = new Resampler(Math.min(96_000, playedRate));
        const startMs = (samples * 1000) / SAMPLE_RATE;
        const pieces = next!;
        next = i + 1 < ranges.length ? ask(i + 1) : null;
        let quietSamples = 0;
        const told = function* (pcm: Float32Array): Generator<TtsEvent> {
          if (pcm.length === 0) return;
          latencyMs ??= performance.now() - began;
          if (volume !== 1) for (let n = 0; n < pcm.length; n++) pcm[n]! *= volume;
          samples += pcm.length;
          quietSamples = quietAtEnd(pcm, quietSamples);
          yield { type: 'audio', pcm };
        };
        for await (const piece of pieces) {
          signal.throwIfAborted();
          yield* told(resampler.push(piece));
        }
        yield* told(resampler.end());
        const endMs = ((samples - quietSamples) * 1000) / SAMPLE_RATE;
        const word = wordFor(part, text, range);
        if (word && endMs > startMs) yield { type: 'words', words: [{ ...word, startMs, endMs }] };
        if (next === null) break;
        const wanted =
          (restMs(text.text.slice(range.from, range.to).slice(-3)) / part.prosody.rate / 1000) * SAMPLE_RATE;
        const rest = Math.max(0, Math.round(wanted) - quietSamples);
        if (rest > 0) yield { type: 'audio', pcm: new Float32Array(rest) };
        samples += rest;
      }
      ok = true;
    } finally {
      stop.abort(new Error('nobody listens any more'));
      if (!signal.aborted && (ok || latencyMs === null))
        models.reportUse(chosen, { ok, latencyMs: latencyMs ?? performance.now() - began });
    }
  }

  return {
    id: LOCAL_VOICE,
    version: `sherpa-onnx 1.13.8/${SOUND_VERSION}`,
    async voices() {
      const standing = await models.standing(SLOT);
      return standing === null ? [] : voicesOf(standing);
    },
    synthesise,
    async warm(signal) {
      const standing = await models.standing(SLOT);
      if (standing === null) throw new StudioError('model.not-installed', { task: SLOT });
      await process.load(modelFor(standing), signal);
    },
    dispose: () => process.dispose(),
  };
}

/** Asked for at once, read when its turn comes. */
class Ahead implements AsyncIterable<Float32Array> {
  readonly #pieces: AsyncGenerator<Float32Array, null>;
  readonly #first: Promise<IteratorResult<Float32Array, null>>;

  constructor(pieces: AsyncGenerator<Float32Array, null>) {
    this.#pieces = pieces;
    this.#first = pieces.next();
    this.#first.catch(() => undefined);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Float32Array> {
    for (let next = await this.#first; !next.done; next = await this.#pieces.next()) yield next.value;
  }
}

const voicesOf = ({ entry, folder }: InstalledModel): Voice[] =>
  speakerVoices(LOCAL_VOICE, entry, speakersOf({ family: entry.family, folder, settings: entry.settings }));

/** How many samples at the end are quiet, with `before` quiet ones ahead of `pcm`. */
function quietAtEnd(pcm: Float32Array, before: number): number {
  for (let i = pcm.length - 1; i >= 0; i--) if (Math.abs(pcm[i]!) > QUIET) return pcm.length - 1 - i;
  return before + pcm.length;
}
