/** One CosyVoice task heard to its end: sound as it comes, words as soon as they are certain. */
import type { Word } from '../../../../app/speech/timeline.ts';
import type { TtsEvent } from '../../../engine/ports/tts.ts';
import { cloudError } from '../../kit/failures.ts';
import type { TaskEvent, TaskSocket } from '../../kit/task-socket.ts';
import { asRecord, numberIn, stringIn } from '../../kit/web-socket.ts';
import { withPatience } from '../cloud/patience.ts';
import { SoundIn } from '../cloud/sound-in.ts';
import type { Range, SpokenText } from '../cloud/spoken-text.ts';
import { type VendorWord, WordClock } from '../cloud/word-clock.ts';

export interface TaskHearing {
  task: TaskSocket;
  /** May grow while it is heard. */
  text: SpokenText;
  range: Range;
  provider: string;
  rate: number;
  /** Sound of earlier tasks of the same part. */
  baseMs: number;
  /** The longest silence that is waited through. */
  patienceMs: number;
}

/** Returns the sound of the part so far, in ms. */
export async function* speakTask({
  task,
  text,
  range,
  provider,
  rate,
  baseMs,
  patienceMs,
}: TaskHearing): AsyncGenerator<TtsEvent, number> {
  const sound = new SoundIn(provider, rate);
  const clock = new WordClock(text, range.from, range.to, baseMs);
  const now = (): number => baseMs + sound.soundMs;
  for await (const event of withPatience(task.events(), patienceMs, provider)) {
    if (event.type === 'binary') {
      const pcm = sound.push(event.bytes);
      if (pcm.length > 0) yield { type: 'audio', pcm };
      continue;
    }
    const words = wordsFrom(event, clock, now());
    if (event.event === 'task-finished') {
      const pcm = sound.end();
      if (pcm.length > 0) yield { type: 'audio', pcm };
      words.push(...clock.finish(toldIn(event), now()));
    }
    if (words.length > 0) yield { type: 'words', words };
  }
  if (sound.soundMs === 0) throw cloudError('cloud.bad-answer', { provider, detail: 'no sound' });
  return now();
}

/**
 * Words come with a sentence's end, as snapshots that grow, without any type, or only with the task's end: whatever is said of a
 * sentence replaces what was said before, and it is given out when the sentence has ended or the next one has begun.
 */
function wordsFrom(
  { event, payload }: Extract<TaskEvent, { type: 'event' }>,
  clock: WordClock,
  soundMs: number,
): Word[] {
  if (event !== 'result-generated') return [];
  const output = asRecord(payload.output);
  const sentence = asRecord(output.sentence);
  const index = numberIn(sentence.index) ?? null;
  const words = toldWords(sentence.words);
  const type = stringIn(output.type);
  if (type === undefined && words.length === 0) return [];
  clock.tell(index, words, soundMs);
  // The sound of what is told may still be on its way: it is at hand when the sentence ends.
  return type === 'sentence-end' ? clock.close(index, soundMs) : clock.closeEarlier(soundMs);
}

const toldIn = ({ payload }: Extract<TaskEvent, { type: 'event' }>): VendorWord[] =>
  toldWords(asRecord(asRecord(payload.output).sentence).words);

/** Tolerates words without times, and times as strings. */
export function toldWords(list: unknown): VendorWord[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown) => {
    const word = asRecord(item);
    const text = stringIn(word.text);
    const startMs = numberIn(word.begin_time);
    const endMs = numberIn(word.end_time);
    return text === undefined || startMs === undefined || endMs === undefined ? [] : [{ text, startMs, endMs }];
  });
}
