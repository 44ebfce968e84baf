/**
 * What a voice has said so far of a part: how much sound went out, which words of it are known, and from which character another voice
 * must go on when this one dies.
 */
import type { SpeechPart } from '../../../app/speech/plan.ts';
import type { Phone, Word } from '../../../app/speech/timeline.ts';
import { SAMPLE_RATE } from '../ports/tts.ts';
import { type SpokenUnit, unitsOf } from './part-slices.ts';

const STEP_SAMPLES = SAMPLE_RATE / 100;
const STEP_MS = 10;
/** RMS over 10 ms from which something is said (−42 dBFS). */
const AUDIBLE = 0.008;
/** Sound with less to be heard than this is silence. */
const SILENT_MS = 40;
/** Held back so that a voice that dies can be faded out. */
const FADE_SAMPLES = Math.round(0.008 * SAMPLE_RATE);
/** Vendors' times are whole ms, and a word may be told a piece before its last sample. */
const SLACK_MS = 30;
/** Less than that at the end of what is timed is the end of a word. */
const TAIL_MS = 120;
/** Sound of one syllable at rate 1, while a voice's own pace is not known. */
const SYLLABLE_MS = 190;
/** Units in what may be called a word. */
const LONGEST_WORD = 6;
/** Rather say a word twice than leave one out. */
const CAUTION = 1.12;

/** How fast voices speak, learnt from what they finished. */
export class Paces {
  readonly #paces = new Map<string, number>();

  syllableMs(voiceId: string, rate: number): number {
    return (this.#paces.get(voiceId) ?? SYLLABLE_MS) / Math.max(0.25, rate);
  }

  learn(voiceId: string, part: SpeechPart, audibleMs: number): void {
    const weight = unitsOf(part).reduce((sum, unit) => sum + unit.weight, 0);
    if (weight < 4 || audibleMs < 500) return;
    const measured = (audibleMs / weight) * part.prosody.rate;
    const before = this.#paces.get(voiceId);
    this.#paces.set(voiceId, before === undefined ? measured : before * 0.7 + measured * 0.3);
  }
}

export interface Broken {
  /** In the display text; the part's end where all was said. */
  resumeAt: number;
  /** Of words whose times never came, reckoned. */
  words: Word[];
  /** The stretch of sound whose phones are not known, and the text said in it. null: all are known. */
  mute: MuteStretch | null;
}

export interface MuteStretch {
  fromMs: number;
  toMs: number;
  /** In the display text. */
  from: number;
  to: number;
  /** What of it is timed, in order. */
  words: readonly Word[];
}

export class SentSound {
  readonly #partNow: () => SpeechPart;
  /** 1 where a step is audible. */
  #steps = new Uint8Array(1024);
  #stepCount = 0;
  #audibleSteps = 0;
  #energy = 0;
  #energySamples = 0;
  #samples = 0;
  #tail = new Float32Array(0);
  #words: Word[] = [];
  #phones: Phone[] = [];
  #wordsOut: Word[] = [];
  #phonesOutMs = 0;

  /** @param part may grow while it is said */
  constructor(part: () => SpeechPart) {
    this.#partNow = part;
  }

  get #part(): SpeechPart {
    return this.#partNow();
  }

  get sentMs(): number {
    return (this.#samples * 1000) / SAMPLE_RATE;
  }

  /** Everything of `pcm` that may go out now; its memory is the caller's. */
  add(pcm: Float32Array): Float32Array {
    const whole = new Float32Array(this.#tail.length + pcm.length);
    whole.set(this.#tail);
    whole.set(pcm, this.#tail.length);
    const out = Math.max(0, whole.length - FADE_SAMPLES);
    this.#tail = whole.slice(out);
    return this.#count(whole.subarray(0, out));
  }

  /** The end of a voice that finished. */
  flush(): Float32Array {
    const tail = this.#tail;
    this.#tail = new Float32Array(0);
    return this.#count(tail);
  }

  /** The end of a voice that died: faded. */
  fadeOut(): Float32Array {
    const tail = this.#tail;
    for (let i = 0; i < tail.length; i++) tail[i]! *= 0.5 + 0.5 * Math.cos((Math.PI * (i + 1)) / tail.length);
    return this.flush();
  }

  #count(pcm: Float32Array): Float32Array {
    this.#samples += pcm.length;
    for (const sample of pcm) {
      this.#energy += sample * sample;
      this.#energySamples += 1;
      if (this.#energySamples < STEP_SAMPLES) continue;
      if (this.#stepCount === this.#steps.length) {
        const larger = new Uint8Array(this.#steps.length * 2);
        larger.set(this.#steps);
        this.#steps = larger;
      }
      const isAudible = Math.sqrt(this.#energy / STEP_SAMPLES) > AUDIBLE;
      if (isAudible) this.#audibleSteps += 1;
      this.#steps[this.#stepCount++] = isAudible ? 1 : 0;
      this.#energy = 0;
      this.#energySamples = 0;
    }
    return pcm;
  }

  /** Nothing was heard so far, whatever words came with it. */
  get isSilent(): boolean {
    return this.#audibleSteps * STEP_MS < SILENT_MS;
  }

  audibleMs(fromMs = 0, toMs = Number.POSITIVE_INFINITY): number {
    let steps = 0;
    const end = Math.min(this.#stepCount, toMs / STEP_MS);
    for (let i = Math.floor(fromMs / STEP_MS); i < end; i++) steps += this.#steps[i]!;
    return steps * STEP_MS;
  }

  addWords(words: readonly Word[]): void {
    this.#words.push(...words);
  }

  addPhones(phones: readonly Phone[]): void {
    this.#phones.push(...phones);
  }

  /** Words and phones whose sound is out. What is timed beyond it waits: its sound may never come. `all`: the voice has finished. */
  due(all = false): { words: Word[]; phones: Phone[] } {
    if (this.isSilent) return { words: [], phones: [] };
    const untilMs = all ? Number.POSITIVE_INFINITY : this.sentMs + SLACK_MS;
    const isDue = ({ endMs }: { endMs: number }): boolean => endMs <= untilMs;
    const words = this.#words.filter(isDue);
    const phones = this.#phones.filter(isDue);
    if (words.length > 0) this.#words = this.#words.filter((word) => !isDue(word));
    if (phones.length > 0) this.#phones = this.#phones.filter((phone) => !isDue(phone));
    const fine = words.flatMap((word) => this.#parted(word));
    this.#wordsOut.push(...fine);
    for (const { endMs } of phones) this.#phonesOutMs = Math.max(this.#phonesOutMs, endMs);
    return { words: fine, phones };
  }

  /** Some services time whole sentences as one word. */
  #parted(word: Word): Word[] {
    const units = unitsOf(this.#part).filter(({ from, to }) => from >= word.from && to <= word.to);
    return units.length > LONGEST_WORD ? this.#reckoned(units, word.startMs, word.endMs) : [word];
  }

  /** The voice is dead, and all that is due was taken. */
  broken(syllableMs: number): Broken {
    const units = unitsOf(this.#part);
    const end = this.#part.tokens.at(-1)?.to ?? 0;
    const last = this.#wordsOut.reduce((at, word) => (word.to > at.to ? word : at), { to: -1, endMs: 0 });
    const timedMs = last.endMs;
    // A word that is known to have begun is the one it broke off in.
    const begun = this.#words.filter(({ from }) => from >= last.to).sort((a, b) => a.from - b.from)[0];
    const left = units.filter(({ from }) => from >= last.to);
    const untimedMs = this.audibleMs(timedMs);
    const said: typeof units = [];
    if (begun === undefined && untimedMs > TAIL_MS) {
      let ms = 0;
      for (const unit of left) {
        ms += unit.weight * syllableMs * CAUTION;
        if (ms > untimedMs) break;
        said.push(unit);
      }
    }
    const words = this.#reckoned(said, timedMs);
    const saidTo = said.at(-1)?.to ?? last.to;
    const next = units.find(({ from }) => from >= saidTo);
    const resumeAt = next === undefined ? end : Math.max(saidTo, 0) || next.from;
    return { resumeAt, words, mute: this.#mute([...this.#wordsOut, ...words], saidTo) };
  }

  /** The voice finished, and all it told was taken: words where it gave none, and what of its sound has no phones. */
  finished(): Omit<Broken, 'resumeAt'> {
    const end = this.#part.tokens.at(-1)?.to ?? 0;
    const words = this.#wordsOut.length > 0 ? [] : this.#reckoned(unitsOf(this.#part), 0);
    return { words, mute: this.#mute([...this.#wordsOut, ...words], end) };
  }

  #mute(words: readonly Word[], saidTo: number): Broken['mute'] {
    if (this.audibleMs(this.#phonesOutMs) < TAIL_MS) return null;
    const first = words.find(({ endMs }) => endMs > this.#phonesOutMs + SLACK_MS);
    if (first === undefined) return null;
    let last = this.#stepCount;
    while (last > 0 && this.#steps[last - 1] === 0) last -= 1;
    const fromMs = Math.max(this.#phonesOutMs, this.#phonesOutMs === 0 ? first.startMs : 0);
    const inside = words.filter((word) => word.from >= first.from).sort((a, b) => a.startMs - b.startMs);
    return { fromMs, toMs: Math.max(fromMs, last * STEP_MS), from: first.from, to: saidTo, words: inside };
  }

  /** Spread by weight over what is heard in `fromMs`..`toMs`. */
  #reckoned(said: readonly SpokenUnit[], fromMs: number, toMs = this.sentMs): Word[] {
    const total = said.reduce((sum, { weight }) => sum + weight, 0);
    const audible = this.audibleMs(fromMs, toMs);
    const atAudible = (ms: number): number => {
      let left = ms;
      let step = Math.floor(fromMs / STEP_MS);
      for (; step < this.#stepCount && left > 0; step++) left -= this.#steps[step]! * STEP_MS;
      return Math.min(toMs, step * STEP_MS);
    };
    let sum = 0;
    return said.map(({ from, to, weight }) => {
      const startMs = Math.max(fromMs, atAudible((sum / total) * audible));
      sum += weight;
      const endMs = Math.max(startMs, atAudible((sum / total) * audible));
      return { text: shownIn(this.#part, from, to), from, to, startMs, endMs };
    });
  }
}

function shownIn(part: SpeechPart, from: number, to: number): string {
  for (const { display, from: start, to: end } of part.tokens)
    if (start <= from && to <= end) return display.slice(from - start, to - start);
  return '';
}
