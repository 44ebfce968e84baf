/** Carries a timeline over to another clock, with the pauses that really are in the recording. */
import type { Phone, Sentence, Timeline, Word } from '../../../app/speech/timeline.ts';

/** One silent stretch of the recording, in ms. */
export interface Pause {
  startMs: number;
  endMs: number;
}

/** Silence shorter than this between two sounds is given to them. */
const MIN_PAUSE_MS = 60;
const MIN_PHONE_MS = 10;

const overlapMs = (pause: Pause, startMs: number, endMs: number): number =>
  Math.min(pause.endMs, endMs) - Math.max(pause.startMs, startMs);

/** A phone cannot hold a pause: keeps the part on the side where more of it lies. `pauses` are in order. */
const besidePauses = (phone: Phone, pauses: readonly Pause[]): Phone => {
  let { startMs, endMs } = phone;
  for (const pause of pauses) {
    if (pause.startMs >= endMs) break;
    if (overlapMs(pause, startMs, endMs) < MIN_PAUSE_MS / 2) continue;
    const before = pause.startMs - startMs;
    const after = endMs - pause.endMs;
    if (before >= after) endMs = Math.max(startMs, pause.startMs);
    else startMs = Math.min(endMs, pause.endMs);
  }
  return { phone: phone.phone, startMs, endMs };
};

/**
 * `reference`'s sounds at `map(ms)` (monotone), contiguous from 0 to `durationMs`; every pause of the recording becomes
 * a silent phone, and the reference's own pauses vanish where the recording has none.
 */
export function mapTimeline(
  reference: Timeline,
  map: (ms: number) => number,
  pauses: readonly Pause[],
  durationMs: number,
): Timeline {
  // Index of the sounding phone behind each reference phone, so that words and sentences follow their phones exactly.
  const sounding: Phone[] = [];
  const origin: Phone[] = [];
  for (const phone of reference.phones) {
    if (phone.phone === '' || phone.endMs <= phone.startMs) continue;
    origin.push(phone);
    sounding.push(besidePauses({ phone: phone.phone, startMs: map(phone.startMs), endMs: map(phone.endMs) }, pauses));
  }
  for (const word of reference.words) keepWordTogether(sounding, origin, word, pauses);
  joinOrPart(sounding, pauses, durationMs);
  const within = <T extends Word | Sentence>(item: T): T => {
    let first = -1;
    let last = -1;
    for (let i = firstFrom(origin, item.startMs); i < origin.length && origin[i]!.startMs < item.endMs - 1; i++) {
      if (first < 0) first = i;
      last = i;
    }
    if (first < 0) {
      const startMs = Math.min(durationMs, map(item.startMs));
      return { ...item, startMs, endMs: Math.max(startMs, Math.min(durationMs, map(item.endMs))) };
    }
    return { ...item, startMs: sounding[first]!.startMs, endMs: sounding[last]!.endMs };
  };
  return {
    durationMs,
    phones: withSilences(sounding, durationMs),
    words: reference.words.map(within),
    sentences: reference.sentences.map(within),
  };
}

/** Index of the first stretch that starts at `ms` or later. */
const firstFrom = (stretches: readonly Pause[], ms: number): number => {
  let low = 0;
  let high = stretches.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (stretches[mid]!.startMs < ms - 1) low = mid + 1;
    else high = mid;
  }
  return low;
};

const LONG_PAUSE_MS = 200;

/** People pause between words: sounds of a word that fell on the wrong side of a long pause join the greater part of it. */
const keepWordTogether = (phones: Phone[], origin: readonly Phone[], word: Word, pauses: readonly Pause[]): void => {
  const first = firstFrom(origin, word.startMs);
  let last = first - 1;
  while (last + 1 < origin.length && origin[last + 1]!.startMs < word.endMs - 1) last++;
  if (last <= first) return;
  for (let i = firstFrom(pauses, phones[first]!.startMs); i < pauses.length; i++) {
    const pause = pauses[i]!;
    if (pause.startMs >= phones[last]!.endMs) return;
    if (pause.endMs - pause.startMs < LONG_PAUSE_MS) continue;
    const middle = (pause.startMs + pause.endMs) / 2;
    let split = first;
    while (split <= last && phones[split]!.endMs <= middle) split++;
    if (split === first || split > last) continue;
    const beforeMs = origin[split - 1]!.endMs - origin[first]!.startMs;
    const afterMs = origin[last]!.endMs - origin[split]!.startMs;
    const stayBefore = beforeMs >= afterMs;
    const startMs = stayBefore ? phones[first]!.startMs : phones[split]!.startMs;
    const endMs = stayBefore ? phones[split - 1]!.endMs : phones[last]!.endMs;
    const scale = (endMs - startMs) / (origin[last]!.endMs - origin[first]!.startMs);
    const at = (ms: number): number => startMs + (ms - origin[first]!.startMs) * scale;
    for (let k = first; k <= last; k++) {
      phones[k] = { phone: phones[k]!.phone, startMs: at(origin[k]!.startMs), endMs: at(origin[k]!.endMs) };
    }
    return;
  }
};

/** Makes neighbours touch, except where a pause lies between them: there they end and begin with it. */
const joinOrPart = (phones: Phone[], pauses: readonly Pause[], durationMs: number): void => {
  let next = 0;
  const pauseBetween = (fromMs: number, toMs: number): Pause | undefined => {
    while (next < pauses.length && pauses[next]!.endMs <= fromMs) next++;
    for (let i = next; i < pauses.length && pauses[i]!.startMs < toMs; i++) {
      if (overlapMs(pauses[i]!, fromMs, toMs) >= MIN_PAUSE_MS / 2) return pauses[i];
    }
    return undefined;
  };
  for (let i = 0; i < phones.length; i++) {
    const phone = phones[i]!;
    phone.startMs = Math.max(phone.startMs, i > 0 ? phones[i - 1]!.endMs : 0);
    phone.endMs = Math.min(durationMs, Math.max(phone.endMs, phone.startMs));
    const follower = phones[i + 1];
    if (!follower) break;
    const pause = pauseBetween(phone.endMs, follower.startMs);
    if (pause) {
      phone.endMs = Math.max(phone.startMs, Math.min(pause.startMs, follower.startMs));
      follower.startMs = Math.max(phone.endMs, Math.min(pause.endMs, follower.endMs));
    } else {
      const meet = (phone.endMs + Math.max(phone.endMs, follower.startMs)) / 2;
      phone.endMs = meet;
      follower.startMs = meet;
    }
  }
  const first = phones[0];
  const lead = pauses[0];
  if (first && lead && lead.startMs <= 0) first.startMs = Math.min(first.endMs, Math.max(first.startMs, lead.endMs));
  const last = phones.at(-1);
  const trail = pauses.at(-1);
  if (last && trail && trail.endMs >= durationMs && trail.startMs > last.startMs) last.endMs = trail.startMs;
  lengthen(phones, durationMs);
};

/** Gives a sound that the path squeezed to nothing a few ms of its neighbours. */
const lengthen = (phones: Phone[], durationMs: number): void => {
  for (let i = phones.length - 1, limit = durationMs; i >= 0; i--) {
    const phone = phones[i]!;
    phone.endMs = Math.min(phone.endMs, limit);
    phone.startMs = Math.max(0, Math.min(phone.startMs, phone.endMs - MIN_PHONE_MS));
    limit = phone.startMs;
  }
  for (let i = 0, limit = 0; i < phones.length; i++) {
    const phone = phones[i]!;
    phone.startMs = Math.max(phone.startMs, limit);
    phone.endMs = Math.max(phone.startMs, phone.endMs);
    limit = phone.endMs;
  }
};

/** Fills what no sound covers with silent phones and drops sounds of no length. */
const withSilences = (sounding: readonly Phone[], durationMs: number): Phone[] => {
  const phones: Phone[] = [];
  let at = 0;
  for (const phone of sounding) {
    if (phone.endMs <= phone.startMs) continue;
    if (phone.startMs > at) phones.push({ phone: '', startMs: at, endMs: phone.startMs });
    phones.push({ ...phone });
    at = phone.endMs;
  }
  if (durationMs > at) phones.push({ phone: '', startMs: at, endMs: durationMs });
  return phones;
};
