/** Speech as WAV for players: what lies in the cache by its key, and what is just being spoken. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import type { SpeechStage } from '../engine/stages/speech.ts';
import { wavHeader } from '../media/wav.ts';
import type { MediaContent, MediaProvider } from './service.ts';

/** Who asked to listen and never came is forgotten. */
const UNHEARD_AFTER_MS = 30_000;
const WAV = { mediaType: 'audio/wav' } as const;

export interface SpokenMedia {
  /** `/media/speech/<key>.wav` */
  pathOf(key: string): string;
  /** A path that gives the pieces once, as they come; `drop` is called when nobody fetches it in time. */
  pathOfLive(pieces: () => AsyncIterable<Int16Array>, drop: () => void): string;
  /** For `/media/speech/`. */
  media: MediaProvider;
  dispose(): void;
}

export function createSpokenMedia(stage: Pick<SpeechStage, 'spoken'>): SpokenMedia {
  const live = new Map<string, { pieces: () => AsyncIterable<Int16Array>; drop: () => void; timer: NodeJS.Timeout }>();
  const take = (token: string) => {
    const entry = live.get(token);
    live.delete(token);
    clearTimeout(entry?.timer);
    return entry;
  };
  return {
    pathOf: (key) => `/media/speech/${key}.wav`,
    pathOfLive(pieces, drop) {
      const token = randomUUID();
      const timer = setTimeout(() => take(token)?.drop(), UNHEARD_AFTER_MS);
      timer.unref();
      live.set(token, { pieces, drop, timer });
      return `/media/speech/live/${token}.wav`;
    },
    async media(rest, { signal }) {
      const [first = '', second] = rest;
      if (first === 'live' && second !== undefined) {
        const entry = take(second.replace(/\.wav$/, ''));
        return entry ? { ...WAV, body: { kind: 'stream', pieces: wavPieces(entry.pieces()) } } : null;
      }
      const found = rest.length === 1 ? await stage.spoken(first.replace(/\.wav$/, '')) : null;
      if (found === null) return null;
      const content = await wavOf(found.pcmPath, signal);
      // The right voice may say it the next time, under the same path.
      return found.standIn ? { ...content, immutable: false } : content;
    },
    dispose() {
      for (const token of [...live.keys()]) take(token)?.drop();
    },
  };
}

async function* wavPieces(pieces: AsyncIterable<Int16Array>): AsyncGenerator<Uint8Array> {
  yield headerFor(null);
  for await (const piece of pieces) yield new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
}

/** null: of unknown length, which readers of streams take from the largest number. */
function headerFor(dataBytes: number | null): Buffer {
  const header = wavHeader(SAMPLE_RATE, 1, undefined);
  header.writeUInt32LE(dataBytes === null ? 0xffff_ffff : header.length - 8 + dataBytes, 4);
  header.writeUInt32LE(dataBytes ?? 0xffff_ffff, header.length - 4);
  return header;
}

/** PCM s16le mono on disk as a WAV; held in memory, which lines and takes are short enough for. */
export async function wavOf(pcmPath: string, signal: AbortSignal): Promise<MediaContent> {
  const pcm = await readFile(pcmPath, { signal });
  return { ...WAV, body: { kind: 'bytes', bytes: Buffer.concat([headerFor(pcm.length), pcm]) }, immutable: true };
}
