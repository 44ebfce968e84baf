/** Speech as text for the interface: what is said into the microphone, and what was said in a recording. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DictationEvent, SubtitleEvent } from '../../app/contract/dictation.ts';
import type { StudioContract } from '../../app/contract/index.ts';
import { stageSchema } from '../../app/document/stage.ts';
import { StudioError } from '../../app/errors/index.ts';
import { chooseStageSize } from '../../app/media/stage-size.ts';
import { toSrt, toVtt } from '../../app/media/subtitle-files.ts';
import { buildCues } from '../../app/media/subtitles.ts';
import type { AsrProvider, AsrRequest } from '../engine/ports/asr.ts';
import { safeFileName } from '../export/file-name.ts';
import { decodeRecording } from '../speech/recording/decode.ts';
import type { AssetSource } from '../storage/assets.ts';
import { follow, latest } from './broadcast.ts';
import type { Bundles } from './bundles.ts';
import { hearRecording } from './hear-recording.ts';
import { asSpoken } from './heard-lines.ts';
import type { ServiceOf } from './service.ts';

export interface DictationDeps {
  /** The recognisers of the person's choice, one after the other. */
  asr: Pick<AsrProvider, 'recognise'>;
  assets: AssetSource;
  /** For decoded recordings, while they are being heard. */
  scratchDir: string;
  ffmpeg(signal: AbortSignal): Promise<{ path: string }>;
  lay: Bundles['packText'];
  /** How much faster than it was spoken a recording is sent; vendors ask for 1. */
  speed?: number;
}

/** Of a word from the project's dictionary. */
const WEIGHT = 4;
/** Said and not heard yet; beyond it the listener is gone. */
const MAX_WAITING_PIECES = 1200;

const requestOf = ({ languages, hotWords }: { languages: string[]; hotWords: string[] }): AsrRequest => ({
  languages,
  hotWords: hotWords.map((text) => ({ text, weight: WEIGHT })),
});

export function createDictationService(deps: DictationDeps): ServiceOf<StudioContract['dictation']> {
  const { asr, assets, scratchDir, lay } = deps;
  const sessions = new Map<string, SpokenPieces>();
  const sessionOf = (id: string): SpokenPieces => {
    const found = sessions.get(id);
    if (found === undefined) throw new StudioError('speech.dictation-over');
    return found;
  };
  return {
    async *listen(input, signal): AsyncGenerator<DictationEvent, void, void> {
      const session = randomUUID();
      const pieces = new SpokenPieces();
      sessions.set(session, pieces);
      try {
        yield { type: 'ready', session };
        for await (const { type, sentence, text } of asr.recognise(pieces.read(), requestOf(input), signal))
          yield { type, sentence, text };
      } finally {
        sessions.delete(session);
        pieces.end();
      }
    },
    sound({ session, index, pcm }) {
      sessionOf(session).add(index, samplesOf(pcm));
      return {};
    },
    finish({ session, pieces }) {
      sessions.get(session)?.finish(pieces);
      return {};
    },
    async *subtitle({ asset, ...input }, signal): AsyncGenerator<SubtitleEvent, void, void> {
      const path = await assets.resolve(asset, { signal });
      const folder = join(scratchDir, `heard-${randomUUID()}`);
      const stop = new AbortController();
      const both = AbortSignal.any([signal, stop.signal]);
      try {
        await mkdir(folder, { recursive: true });
        const { path: ffmpegPath } = await deps.ffmpeg(both);
        const sound = await decodeRecording(path, { ffmpegPath, pcmOutPath: join(folder, 'sound.s16') }, both);
        const { durationMs } = sound;
        yield { type: 'progress', heardMs: 0, durationMs };
        let tell = (_heardMs: number): void => {};
        const told = follow<number>(
          both,
          (push) => {
            tell = push;
            return () => {};
          },
          latest,
        );
        const hearing = hearRecording(
          asr,
          sound,
          requestOf(input),
          { speed: deps.speed ?? 1, onHeard: (ms) => tell(ms) },
          both,
        );
        const over = hearing.then(
          () => told.return?.(),
          () => told.return?.(),
        );
        for await (const heardMs of told) yield { type: 'progress', heardMs, durationMs };
        await over;
        yield { type: 'done', durationMs, lines: await hearing };
      } finally {
        stop.abort();
        await rm(folder, { recursive: true, force: true });
      }
    },
    async writeSubtitles({ lines, format, name }) {
      // What measures the letters brings fonts along: loaded when it is first needed.
      const { subtitleMetrics } = await import('../stage/subtitle-sprites.ts');
      const { size, subtitles } = stageSchema.parse({});
      const cues = buildCues(lines.map(asSpoken), subtitleMetrics(chooseStageSize(size, 16 / 9), subtitles));
      // Programs of Windows take what has no mark of byte order for text of the local code page.
      const text = format === 'srt' ? `\uFEFF${toSrt(cues)}` : toVtt(cues);
      const { path, fileName } = await lay(
        `${safeFileName(name.replace(/\.[^.]*$/, ''), 'subtitles')}.${format}`,
        text,
      );
      return { path, fileName };
    },
  };
}

function samplesOf(base64: string): Int16Array {
  const bytes = Buffer.from(base64, 'base64');
  return Int16Array.from({ length: bytes.length >> 1 }, (_, i) => bytes.readInt16LE(2 * i));
}

/** Pieces of sound in the order they were said, whichever came first. */
class SpokenPieces {
  readonly #waiting = new Map<number, Int16Array>();
  #next = 0;
  #total = Number.POSITIVE_INFINITY;
  #wake: (() => void) | null = null;

  /** @throws StudioError speech.dictation-over */
  add(index: number, pcm: Int16Array): void {
    if (index < this.#next || index >= this.#total) return;
    if (this.#waiting.size >= MAX_WAITING_PIECES) throw new StudioError('speech.dictation-over');
    this.#waiting.set(index, pcm);
    this.#wake?.();
  }

  finish(pieces: number): void {
    this.#total = pieces;
    this.#wake?.();
  }

  /** Whoever read it has gone. */
  end(): void {
    this.#waiting.clear();
    this.finish(0);
  }

  async *read(): AsyncGenerator<Int16Array, void, void> {
    while (this.#next < this.#total) {
      const piece = this.#waiting.get(this.#next);
      if (piece !== undefined) {
        this.#waiting.delete(this.#next++);
        yield piece;
        continue;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
