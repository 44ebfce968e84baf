/** What several voices told of one part, brought on one clock; and the sounds of a voice that told none. */
import type { SpeechPart } from '../../../app/speech/plan.ts';
import type { Phone, Word } from '../../../app/speech/timeline.ts';
import { SAMPLE_RATE, type TtsEvent, type TtsProvider, type Voice } from '../ports/tts.ts';
import { fittingVoice } from '../stages/voice-choice.ts';
import type { Attempt } from './attempt.ts';
import { hasWords, slicePart } from './part-slices.ts';
import type { MuteStretch, SentSound } from './sent-sound.ts';

export interface Timing {
  phones: Phone[];
  words: Word[];
}

/** Words and phones on the part's clock; those of a voice before go first. */
export function tell(
  baseMs: number,
  before: Promise<Timing> | null,
): (...events: TtsEvent[]) => AsyncGenerator<TtsEvent> {
  let waiting = before;
  return async function* told(...all) {
    for (const event of all) {
      if (event.type === 'audio') {
        yield event;
        continue;
      }
      if (waiting) yield* events(await waiting);
      waiting = null;
      if (baseMs === 0) yield event;
      else if (event.type === 'words') yield { type: 'words', words: shifted(event.words, baseMs) };
      else yield { type: 'phones', phones: shifted(event.phones, baseMs) };
    }
    if (all.length === 0 && waiting) {
      yield* events(await waiting);
      waiting = null;
    }
  };
}

/** What a stretch of sound without phones looks like on the mouth: the same words by the local voice, stretched to its length. */
export async function mutedSpeech(
  part: SpeechPart,
  mute: MuteStretch,
  { provider, like }: { provider: TtsProvider | null; like: Voice | null },
  signal: AbortSignal,
): Promise<Timing> {
  const none = { phones: [], words: [] };
  const text = slicePart(part, mute.from, mute.to);
  if (!provider || !hasWords(text)) return none;
  try {
    const voice = fittingVoice(part.lang, like, await provider.voices(signal));
    if (!voice) return none;
    const phones: Phone[] = [];
    const words: Word[] = [];
    let samples = 0;
    for await (const event of provider.synthesise({ voiceId: voice.id, part: text }, signal)) {
      if (event.type === 'phones') phones.push(...event.phones);
      else if (event.type === 'words') words.push(...event.words);
      else samples += event.pcm.length;
    }
    const at = clockBetween(words, mute, (samples * 1000) / SAMPLE_RATE);
    return {
      phones: phones.map((phone) => ({ ...phone, startMs: at(phone.startMs), endMs: at(phone.endMs) })),
      words: [],
    };
  } catch {
    // A mouth that rests for a second is better than a line that fails.
    signal.throwIfAborted();
    return none;
  }
}

/** From a reading's time to that of the sound it stands for: word by word where both are timed, evenly between. */
function clockBetween(
  reading: readonly Word[],
  { fromMs, toMs, words }: MuteStretch,
  readingMs: number,
): (ms: number) => number {
  const anchors = [{ at: 0, is: fromMs }];
  const add = (at: number, is: number): void => {
    const last = anchors.at(-1)!;
    if (at > last.at + 1 && is >= last.is && is <= toMs) anchors.push({ at, is });
  };
  for (const { from, startMs, endMs } of reading) {
    const word = words.find((each) => each.from === from);
    if (!word) continue;
    add(startMs, word.startMs);
    add(endMs, word.endMs);
  }
  add(Math.max(readingMs, anchors.at(-1)!.at + 2), toMs);
  return (ms) => {
    let i = 1;
    while (i < anchors.length - 1 && anchors[i]!.at < ms) i += 1;
    const left = anchors[i - 1]!;
    const right = anchors[i] ?? left;
    const share = right.at > left.at ? Math.min(1, (ms - left.at) / (right.at - left.at)) : 1;
    return left.is + share * (right.is - left.is);
  };
}

export async function* pieces<E>(attempt: Attempt<E>, first: IteratorResult<E, unknown>): AsyncGenerator<E> {
  for (let next = first; !next.done; next = await attempt.next()) yield next.value;
}

export const due = (sent: SentSound, all = false): TtsEvent[] => events(sent.due(all));

export function events({ phones, words }: Timing): TtsEvent[] {
  return [
    ...(phones.length > 0 ? [{ type: 'phones', phones } as const] : []),
    ...(words.length > 0 ? [{ type: 'words', words } as const] : []),
  ];
}

const shifted = <T extends { startMs: number; endMs: number }>(items: readonly T[], byMs: number): T[] =>
  items.map((item) => ({ ...item, startMs: item.startMs + byMs, endMs: item.endMs + byMs }));

export const later = ({ phones, words }: Timing, byMs: number): Timing => ({
  phones: shifted(phones, byMs),
  words: shifted(words, byMs),
});
