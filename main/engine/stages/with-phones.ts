/**
 * A voice that does not say when its sounds are made gets them from the embedded voice: that one reads the same words aside, and its sounds
 * are laid into the times of the words that were really said. Where the vendor tells only when a whole sentence was said, the reading is
 * aligned with the sound first. Sentence by sentence, as the words come.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NORMAL_PROSODY, type SpeechLang, type SpeechPart, type SpeechToken } from '../../../app/speech/plan.ts';
import type { Phone, Timeline, Word } from '../../../app/speech/timeline.ts';
import { alignToReference } from '../../speech/recording/align.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider } from '../ports/tts.ts';
import { HeardSound } from './heard-sound.ts';

export interface WithPhonesOptions {
  /** Reads aside; not disposed here. */
  embedded: TtsProvider;
  /** The embedded voice for a language; absent: eSpeak's. */
  readerFor?: (lang: SpeechLang) => string;
}

const READERS: Readonly<Record<SpeechLang, string>> = { zh: 'espeak:cmn', yue: 'espeak:yue', en: 'espeak:en-us' };
/** A stretch that is one word to the vendor and at least so many to us is aligned by its sound. */
const COARSE_WORDS = 4;
/** Between two sounds this is no rest. */
const MIN_REST_MS = 30;

/** The same voice, with phones wherever it gives words alone. What it tells itself stays. */
export function withPhones(
  provider: TtsProvider,
  { embedded, readerFor = (lang) => READERS[lang] }: WithPhonesOptions,
): TtsProvider {
  const filled = (
    events: AsyncIterable<TtsEvent>,
    lang: SpeechLang,
    partOf: (from: number, to: number) => SpeechPart,
    signal: AbortSignal,
  ): AsyncIterable<TtsEvent> =>
    fillIn(events, async (words, sound) => {
      const part = partOf(words[0]!.from, words.at(-1)!.to);
      const reading = await readAside(embedded, readerFor(lang), part, signal);
      return reading ? layIn(words, reading, sound, signal) : null;
    });
  const { stream } = provider;
  return {
    id: provider.id,
    version: `${provider.version}+${embedded.version}/1`,
    voices: (signal) => provider.voices(signal),
    synthesise: (request, signal) =>
      filled(
        provider.synthesise(request, signal),
        request.part.lang,
        (from, to) => slicePart(request.part, from, to),
        signal,
      ),
    ...(stream === undefined
      ? {}
      : {
          stream: (text, request, signal) => {
            let written = '';
            const overheard = (async function* () {
              for await (const piece of text) {
                written += piece;
                yield piece;
              }
            })();
            const partOf = (from: number, to: number): SpeechPart =>
              textPart(written.slice(from, to), from, request.lang);
            return filled(stream.call(provider, overheard, request, signal), request.lang, partOf, signal);
          },
        }),
    dispose: () => provider.dispose(),
  };
}

/** Words with their phones; `words` may be finer than those given. */
interface LaidIn {
  phones: Phone[];
  words: Word[];
}

async function* fillIn(
  events: AsyncIterable<TtsEvent>,
  layInWords: (words: readonly Word[], sound: HeardSound) => Promise<LaidIn | null>,
): AsyncGenerator<TtsEvent> {
  const sound = new HeardSound();
  let phonesEndMs = 0;
  for await (const event of events) {
    if (event.type === 'phones') phonesEndMs = Math.max(phonesEndMs, event.phones.at(-1)?.endMs ?? 0);
    if (event.type === 'audio') sound.add(event.pcm);
    if (event.type !== 'words' || event.words.length === 0) {
      yield event;
      continue;
    }
    const endMs = event.words.at(-1)!.endMs;
    const laid = phonesEndMs >= endMs - 1 ? null : await layInWords(event.words, sound);
    const phones = laid ? joined(laid.phones, phonesEndMs) : [];
    if (phones.length > 0) yield { type: 'phones', phones };
    phonesEndMs = Math.max(phonesEndMs, phones.at(-1)?.endMs ?? 0);
    sound.forgetBefore(endMs);
    yield laid ? { type: 'words', words: laid.words } : event;
  }
}

interface Reading extends LaidIn {
  pcm: Float32Array;
}

async function readAside(
  embedded: TtsProvider,
  voiceId: string,
  part: SpeechPart,
  signal: AbortSignal,
): Promise<Reading | null> {
  const reading: Reading = { phones: [], words: [], pcm: new Float32Array(0) };
  const pieces: Float32Array[] = [];
  const plain = { ...part, prosody: NORMAL_PROSODY, emphasis: false };
  for await (const event of embedded.synthesise({ voiceId, part: plain }, signal)) {
    if (event.type === 'audio') pieces.push(event.pcm.slice());
    else if (event.type === 'phones') reading.phones.push(...event.phones);
    else reading.words.push(...event.words);
  }
  reading.pcm = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    reading.pcm.set(piece, at);
    at += piece.length;
  }
  return reading.words.length === 0 ? null : reading;
}

async function layIn(
  words: readonly Word[],
  reading: Reading,
  sound: HeardSound,
  signal: AbortSignal,
): Promise<LaidIn> {
  const phones: Phone[] = [];
  const finer: Word[] = [];
  let next = 0;
  for (const word of words) {
    const inside: Word[] = [];
    while (next < reading.words.length && reading.words[next]!.from < word.to) {
      const read = reading.words[next]!;
      next += 1;
      if (read.to > word.from) inside.push(read);
    }
    if (inside.length === 0) {
      finer.push(word);
      continue;
    }
    const aligned = inside.length >= COARSE_WORDS ? await alignBySound(word, inside, reading, sound, signal) : null;
    const laid = aligned ?? scaled(word, inside, reading);
    phones.push(...laid.phones);
    finer.push(...laid.words);
  }
  return { phones, words: finer };
}

/** The reading's sounds stretched from its own words' time to that of the word said. */
function scaled(word: Word, inside: readonly Word[], reading: Reading): LaidIn {
  const startMs = inside[0]!.startMs;
  const endMs = inside.at(-1)!.endMs;
  const scale = endMs > startMs ? (word.endMs - word.startMs) / (endMs - startMs) : 0;
  const at = (ms: number): number => word.startMs + (Math.min(Math.max(ms, startMs), endMs) - startMs) * scale;
  const phones = reading.phones
    .filter((phone) => isWithin(phone, startMs, endMs))
    .map(({ phone, startMs: from, endMs: to }) => ({ phone, startMs: at(from), endMs: at(to) }));
  const words =
    inside.length === 1 ? [word] : inside.map((one) => ({ ...one, startMs: at(one.startMs), endMs: at(one.endMs) }));
  return { phones, words };
}

const isWithin = (phone: Phone, startMs: number, endMs: number): boolean => {
  const middle = (phone.startMs + phone.endMs) / 2;
  return middle >= startMs && middle < endMs;
};

/** null where the sound cannot be aligned: it is not at hand, or it is not this text. */
async function alignBySound(
  word: Word,
  inside: readonly Word[],
  reading: Reading,
  sound: HeardSound,
  signal: AbortSignal,
): Promise<LaidIn | null> {
  const said = sound.between(word.startMs, word.endMs);
  const startMs = Math.max(0, inside[0]!.startMs - 60);
  const endMs = inside.at(-1)!.endMs + 60;
  const read = reading.pcm.subarray(samplesAt(startMs), samplesAt(endMs));
  if (!said || said.length < SAMPLE_RATE / 5) return null;
  const shift = <T extends { startMs: number; endMs: number }>(item: T, byMs: number): T => ({
    ...item,
    startMs: item.startMs + byMs,
    endMs: item.endMs + byMs,
  });
  const durationMs = (read.length * 1000) / SAMPLE_RATE;
  const timeline: Timeline = {
    durationMs,
    phones: reading.phones
      .filter((phone) => isWithin(phone, startMs, endMs))
      .map((phone) => shift(phone, -startMs))
      .map((phone) => ({ ...phone, startMs: Math.max(0, phone.startMs), endMs: Math.min(durationMs, phone.endMs) })),
    words: inside.map((one) => shift(one, -startMs)),
    sentences: [],
  };
  const folder = await mkdtemp(join(tmpdir(), 'shenghua-align-'));
  try {
    const [recording, reference] = [join(folder, 'said.pcm'), join(folder, 'read.pcm')];
    await writeFile(recording, s16(said), { signal });
    await writeFile(reference, s16(read), { signal });
    const { timeline: found } = await alignToReference(
      { pcmPath: recording, samples: said.length },
      { pcm: { pcmPath: reference, samples: read.length }, timeline },
      signal,
    );
    return {
      phones: found.phones.map((phone) => shift(phone, word.startMs)),
      words: found.words.map((one) => shift(one, word.startMs)),
    };
  } catch {
    signal.throwIfAborted();
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const samplesAt = (ms: number): number => Math.round((ms * SAMPLE_RATE) / 1000);

const s16 = (pcm: Float32Array): Buffer => {
  const bytes = Buffer.alloc(pcm.length * 2);
  for (let i = 0; i < pcm.length; i++)
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, pcm[i]!)) * 32767), i * 2);
  return bytes;
};

/** In order from `fromMs` on, rests between them as silence. */
function joined(phones: readonly Phone[], fromMs: number): Phone[] {
  const kept: Phone[] = [];
  let reachedMs = fromMs;
  for (const { phone, startMs, endMs } of phones) {
    const start = Math.max(reachedMs, startMs);
    if (endMs - start < 1) continue;
    const last = kept.at(-1);
    const isRest = start - reachedMs >= MIN_REST_MS || (!last && start > reachedMs);
    if (isRest) kept.push({ phone: '', startMs: reachedMs, endMs: start });
    else if (last) last.endMs = start;
    const before = kept.at(-1);
    if (phone === '' && before?.phone === '') before.endMs = endMs;
    else kept.push({ phone, startMs: start, endMs });
    reachedMs = endMs;
  }
  return kept;
}

/** What of a part is shown between two offsets. A token that is read otherwise than shown stays whole. */
export function slicePart(part: SpeechPart, from: number, to: number): SpeechPart {
  const tokens = part.tokens.flatMap((token): SpeechToken[] => {
    if (token.to <= from || token.from >= to) return [];
    if (token.spoken !== token.display || (token.from >= from && token.to <= to)) return [token];
    const start = Math.max(0, from - token.from);
    const text = token.display.slice(start, to - token.from);
    const { pinyin, ...rest } = token;
    const before = hanIn(token.display.slice(0, start));
    return [
      {
        ...rest,
        display: text,
        spoken: text,
        from: token.from + start,
        to: token.from + start + text.length,
        ...(pinyin ? { pinyin: pinyin.slice(before, before + hanIn(text)) } : {}),
      },
    ];
  });
  return { ...part, tokens };
}

const hanIn = (text: string): number => text.match(/\p{Script=Han}/gu)?.length ?? 0;

const textPart = (text: string, from: number, lang: SpeechLang): SpeechPart => ({
  kind: 'speech',
  lang,
  tokens: [{ display: text, spoken: text, from, to: from + text.length }],
  prosody: NORMAL_PROSODY,
  emphasis: false,
});
