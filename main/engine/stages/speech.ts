/** The speech stage: what a line says becomes sound on disk and one timeline, once for the same content. */
import { createHash } from 'node:crypto';
import type { ScriptLine } from '../../../app/document/script.ts';
import type { VoiceSettings } from '../../../app/document/voice.ts';
import type { EmotionKey } from '../../../app/speech/emotion.ts';
import type { EmotionPart, MarkerPart, Prosody, SpeechPart, UtterancePlan } from '../../../app/speech/plan.ts';
import { restMs, sentenceRanges } from '../../../app/speech/punctuation.ts';
import type { Phone, Sentence, Timeline, Word } from '../../../app/speech/timeline.ts';
import { ENVELOPE_STEP_MS, type Utterance } from '../ports/speech.ts';
import { SAMPLE_RATE, type TtsProvider, type Voice } from '../ports/tts.ts';
import type { LineContext, SpeakerEvent, VoiceSource } from '../ports/voice-source.ts';
import { plainVoices } from './plain-voices.ts';
import { type CachedSpeech, CacheWriter, findCached, readCached, sweepCache } from './speech-cache.ts';

/** Raise when the same plan and voices would be glued differently. */
const STAGE_VERSION = 2;
/** Between two parts that no punctuation parts: one voice takes over from another. */
const CHANGE_OF_VOICE_MS = 40;
const DEFAULT_CACHE_BYTES = 2 * 1024 ** 3;

export interface SpeakOptions {
  lineId: string;
  voice: VoiceSettings;
  lineVoiceId: string | null;
  /** Silence to leave after the line. */
  pauseAfterMs: number;
}

/** What a line of the document asks of its voice, given the project's. */
export const speakOptionsOf = (
  { id, voiceId, pauseAfterMs }: Pick<ScriptLine, 'id' | 'voiceId' | 'pauseAfterMs'>,
  voice: VoiceSettings,
): SpeakOptions => ({ lineId: id, voice, lineVoiceId: voiceId, pauseAfterMs });

export interface SpeechStage {
  /**
   * `onSound` gets what is being synthesised piece by piece, as it is kept; nothing when it is there already.
   * @throws StudioError speech.unknown-voice, speech.engine-stopped, speech.cache-unwritable; whatever `signal` was aborted with.
   */
  speak(
    plan: UtterancePlan,
    options: SpeakOptions,
    signal: AbortSignal,
    onSound?: (pcm: Int16Array) => void,
  ): Promise<Utterance>;
  /** Names what a line sounds like, spoken already or not: the same content, voices and settings have the same key. */
  keyOf(plan: UtterancePlan, options: SpeakOptions): string;
  /**
   * What was spoken under a key: raw PCM s16le mono at SAMPLE_RATE. null while it was not, or when it was swept away.
   * `standIn`: another voice had to say it; the next time the right one may.
   */
  spoken(key: string): Promise<{ pcmPath: string; samples: number; standIn: boolean } | null>;
}

export interface SpeechStageOptions {
  /** The embedded one first, each asked as it is; or who chooses among many. The caller disposes them. */
  providers: readonly TtsProvider[] | VoiceSource;
  cacheDir: string;
  /** The cache is swept down to this now and then. */
  maxCacheBytes?: number;
}

/** Of lines that another voice had to say. */
const MAX_STAND_INS = 2000;

export function createSpeechStage({
  providers,
  cacheDir,
  maxCacheBytes = DEFAULT_CACHE_BYTES,
}: SpeechStageOptions): SpeechStage {
  const source: VoiceSource = 'speak' in providers ? providers : plainVoices(providers);
  const inUse = new Set<string>();
  /** From a line's key to where a stand-in's speech lies: under a key of its own, so that it is never taken for the voice's. */
  const standIns = new Map<string, { key: string; voiceIds: string[] }>();
  let bytesSinceSweep = Number.POSITIVE_INFINITY;

  const synthesise = async (
    key: string,
    plan: UtterancePlan,
    options: SpeakOptions,
    signal: AbortSignal,
    onSound: ((pcm: Int16Array) => void) | undefined,
  ) => {
    const choose = await source.chooser(signal);
    // Every voice is settled before the first sound: a wrong name costs no wait.
    const chosen = plan.parts.map((part) => (part.kind === 'speech' ? choose(part.lang, options) : null));
    const writer = await CacheWriter.create(cacheDir, key);
    try {
      const track = new Track(writer, onSound);
      const line: LineContext = { avoid: new Set() };
      const speakers: { by: SpeakerEvent; fromSample: number }[] = [];
      let mood: EmotionPart | null = null;
      for (const [i, part] of plan.parts.entries()) {
        signal.throwIfAborted();
        if (part.kind === 'emotion') mood = part;
        if (part.kind === 'emotion' || part.kind === 'marker') track.hold(part);
        else if (part.kind === 'pause') {
          track.release();
          await track.silence(part.ms);
        } else {
          const voice = chosen[i]!;
          await track.silence(joinMs(plan, chosen, i, options.voice.rate));
          track.release();
          const request = {
            voiceId: voice.id,
            part: { ...part, prosody: withSettings(part.prosody, options.voice) },
            ...(mood && { emotion: { name: mood.emotion, intensity: mood.intensity } }),
          };
          const startMs = track.nowMs;
          for await (const event of source.speak(request, line, signal)) {
            if (event.type === 'speaker') speakers.push({ by: event, fromSample: writer.samples });
            else if (event.type === 'audio') await track.sound(event.pcm);
            else if (event.type === 'phones') track.addPhones(event.phones, startMs);
            else track.addWords(event.words, startMs);
          }
          track.endPart();
        }
      }
      track.release();
      const isStandIn = speakers.some(({ by }) => !by.asWished);
      const keptAs = isStandIn ? standInKey(key, speakers) : key;
      const speech = await writer.commit(track.finish(plan.displayText), keptAs);
      standIns.delete(key);
      if (isStandIn) {
        const [oldest] = standIns.size >= MAX_STAND_INS ? standIns.keys() : [];
        if (oldest !== undefined) standIns.delete(oldest);
        standIns.set(key, { key: keptAs, voiceIds: wishedOf(chosen) });
      }
      return speech;
    } finally {
      await writer.discard();
    }
  };

  const sweepSometimes = async (): Promise<void> => {
    if (bytesSinceSweep < maxCacheBytes / 10) return;
    bytesSinceSweep = 0;
    await sweepCache({ cacheDir, maxBytes: maxCacheBytes, keepPcmPaths: inUse });
  };

  /** What a stand-in said is good for as long as the voices it stands for would not be asked. */
  const stoodIn = async (key: string): Promise<CachedSpeech | null> => {
    const entry = standIns.get(key);
    if (entry === undefined || entry.voiceIds.every(source.mayAsk)) return null;
    return readCached(cacheDir, entry.key);
  };

  return {
    keyOf: (plan, options) => keyOf(plan, options, source),
    async spoken(key) {
      const found = await findCached(cacheDir, key);
      if (found) return { ...found, standIn: false };
      const entry = standIns.get(key);
      const other = entry ? await findCached(cacheDir, entry.key) : null;
      return other && { ...other, standIn: true };
    },
    async speak(plan, options, signal, onSound) {
      signal.throwIfAborted();
      await source.ready?.();
      const key = keyOf(plan, options, source);
      let speech = (await readCached(cacheDir, key)) ?? (await stoodIn(key));
      if (!speech) {
        speech = await synthesise(key, plan, options, signal, onSound);
        bytesSinceSweep += speech.samples * 2;
      }
      inUse.add(speech.pcmPath);
      await sweepSometimes();
      const { moodsAtMs, ...sound } = speech;
      return {
        ...sound,
        emotions: moodsOf(plan, moodsAtMs),
        lineId: options.lineId,
        displayText: plan.displayText,
        pauseAfterMs: options.pauseAfterMs,
      };
    },
  };
}

/** Moods are not part of the sound: the entry holds only when they begin, so that another mood costs no synthesis. */
function moodsOf(plan: UtterancePlan, atMs: readonly number[]): EmotionKey[] {
  const moods = plan.parts.filter((part) => part.kind === 'emotion');
  return moods.map(({ kind: _, ...mood }, i) => ({ ...mood, atMs: atMs[i]! }));
}

const wishedOf = (chosen: readonly (Voice | null)[]): string[] => [
  ...new Set(chosen.flatMap((voice) => (voice ? [voice.id] : []))),
];

/** Who really spoke, and from where: the same stand-in for the same line is the same sound. */
const standInKey = (key: string, speakers: readonly { by: SpeakerEvent; fromSample: number }[]): string =>
  createHash('sha256')
    .update(JSON.stringify([key, speakers.map(({ by, fromSample }) => [by.voiceId, fromSample])]))
    .digest('hex');

/**
 * Everything that decides how a line sounds when nothing fails, and where in it a mood begins: the plan, the wishes that touch its
 * languages, and the providers as they are now. How a mood is named counts only where a voice may act it.
 */
function keyOf(plan: UtterancePlan, wish: SpeakOptions, source: VoiceSource): string {
  const { voice, lineVoiceId } = wish;
  const { providers, acts } = source.decidersOf(wish);
  const langs = [...new Set(plan.parts.flatMap((part) => (part.kind === 'speech' ? [part.lang] : [])))].sort();
  const content = [
    STAGE_VERSION,
    plan.displayText,
    plan.parts.map((part) => {
      if (part.kind !== 'emotion') return canonical(part);
      return acts ? [part.kind, part.emotion, part.intensity] : part.kind;
    }),
    lineVoiceId,
    voice.voiceId,
    langs.map((lang) => [lang, voice.byLanguage[lang] ?? null]),
    // Only where nothing above names a voice does its gender decide.
    lineVoiceId === null && voice.voiceId === null ? (Object.values(voice.byLanguage)[0] ?? null) : null,
    [voice.rate, voice.pitch, voice.volume],
    providers.map(({ id, version }) => [id, version]),
  ];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** The same part is the same text whatever order its fields were written in. */
const canonical = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(canonical);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => [name, canonical(inner)]);
};

const withSettings = (prosody: Prosody, voice: VoiceSettings): Prosody => ({
  rate: prosody.rate * voice.rate,
  pitch: prosody.pitch * voice.pitch,
  volume: prosody.volume * voice.volume,
});

const shown = (part: SpeechPart): string => part.tokens.map((token) => token.display || token.spoken).join('');

/** Silence before speech part `at`: what the punctuation between it and the speech before asks for. A written pause stands for itself. */
function joinMs(plan: UtterancePlan, chosen: readonly (Voice | null)[], at: number, rate: number): number {
  let before = at - 1;
  while (before >= 0 && plan.parts[before]!.kind !== 'speech') {
    if (plan.parts[before]!.kind === 'pause') return 0;
    before -= 1;
  }
  if (before < 0) return 0;
  const left = plan.parts[before] as SpeechPart;
  const right = plan.parts[at] as SpeechPart;
  const between = `${/[^\p{L}\p{N}]*$/u.exec(shown(left))![0]}${/^[^\p{L}\p{N}]*/u.exec(shown(right))![0]}`;
  const rest = restMs(between);
  if (rest > 0) return rest / (rate * right.prosody.rate);
  return chosen[before]!.id === chosen[at]!.id ? 0 : CHANGE_OF_VOICE_MS;
}

const ENVELOPE_SAMPLES = (SAMPLE_RATE * ENVELOPE_STEP_MS) / 1000;
/** Sums of floating-point milliseconds differ by less than half a sample. */
const ROUNDING_MS = 500 / SAMPLE_RATE;
const KNEE = 0.6;
/** As much as is written at a time. */
const SILENCE = new Float32Array(SAMPLE_RATE);

/** Straight up to the knee, then bent: never beyond full scale, never a flat top. */
const soften = (sample: number): number => {
  const size = Math.abs(sample);
  return size <= KNEE ? sample : Math.sign(sample) * (KNEE + (1 - KNEE) * Math.tanh((size - KNEE) / (1 - KNEE)));
};

/** The utterance as it grows; nothing of its sound is kept. */
class Track {
  readonly #writer: CacheWriter;
  readonly #onSound: ((pcm: Int16Array) => void) | undefined;
  readonly #phones: Phone[] = [];
  readonly #words: Word[] = [];
  #envelope = new Float32Array(1024);
  #steps = 0;
  #energy = 0;
  #energySamples = 0;
  readonly #moodsAtMs: number[] = [];
  readonly #markers: { name: string; argument: string; atMs: number }[] = [];
  #held: (EmotionPart | MarkerPart)[] = [];

  constructor(writer: CacheWriter, onSound?: (pcm: Int16Array) => void) {
    this.#writer = writer;
    this.#onSound = onSound;
  }

  /** A mood or marker belongs to what comes after it: the next word, a written pause or the end. */
  hold(part: EmotionPart | MarkerPart): void {
    this.#held.push(part);
  }

  release(): void {
    for (const part of this.#held) {
      if (part.kind === 'emotion') this.#moodsAtMs.push(this.nowMs);
      else this.#markers.push({ name: part.name, argument: part.argument, atMs: this.nowMs });
    }
    this.#held = [];
  }

  get nowMs(): number {
    return (this.#writer.samples * 1000) / SAMPLE_RATE;
  }

  async silence(ms: number): Promise<void> {
    let left = Math.round((ms * SAMPLE_RATE) / 1000);
    if (left <= 0) return;
    while (left > 0) {
      const length = Math.min(left, SAMPLE_RATE);
      await this.sound(SILENCE.subarray(0, length));
      left -= length;
    }
    this.endPart();
  }

  async sound(pcm: Float32Array): Promise<void> {
    for (let from = 0; from < pcm.length; ) {
      const room = await this.#writer.room();
      const length = Math.min(room.length, pcm.length - from);
      for (let i = 0; i < length; i++) {
        const sample = soften(pcm[from + i]!);
        room[i] = Math.round(sample * 32767);
        this.#energy += sample * sample;
        this.#energySamples += 1;
        if (this.#energySamples === ENVELOPE_SAMPLES) this.#endStep();
      }
      this.#writer.add(length);
      this.#onSound?.(room.slice(0, length));
      from += length;
    }
  }

  #endStep(): void {
    if (this.#steps === this.#envelope.length) {
      const larger = new Float32Array(this.#steps * 2);
      larger.set(this.#envelope);
      this.#envelope = larger;
    }
    this.#envelope[this.#steps++] = Math.sqrt(this.#energy / this.#energySamples);
    this.#energy = 0;
    this.#energySamples = 0;
  }

  addPhones(phones: readonly Phone[], startMs: number): void {
    for (const { phone, startMs: from, endMs: to } of phones) this.#addPhone(phone, startMs + from, startMs + to);
  }

  #addPhone(phone: string, startMs: number, endMs: number): void {
    const reachedMs = this.#phones.at(-1)?.endMs ?? 0;
    const isGap = startMs - reachedMs > ROUNDING_MS;
    if (isGap) this.#addPhone('', reachedMs, startMs);
    const last = this.#phones.at(-1);
    if (endMs - (last?.endMs ?? 0) <= ROUNDING_MS) return;
    if (phone === '' && last?.phone === '') last.endMs = endMs;
    else this.#phones.push({ phone, startMs: last?.endMs ?? 0, endMs });
  }

  addWords(words: readonly Word[], startMs: number): void {
    for (const word of words)
      this.#words.push({ ...word, startMs: startMs + word.startMs, endMs: startMs + word.endMs });
  }

  /** What has no phone up to now is silence. */
  endPart(): void {
    this.#addPhone('', this.#phones.at(-1)?.endMs ?? 0, this.nowMs);
  }

  finish(displayText: string): {
    timeline: Timeline;
    envelope: Float32Array;
    moodsAtMs: number[];
    markers: { name: string; argument: string; atMs: number }[];
  } {
    if (this.#energySamples > 0) this.#endStep();
    const timeline: Timeline = {
      durationMs: this.nowMs,
      phones: this.#phones,
      words: this.#words,
      sentences: sentencesOf(displayText, this.#words),
    };
    const envelope = this.#envelope.slice(0, this.#steps);
    return { timeline, envelope, moodsAtMs: this.#moodsAtMs, markers: this.#markers };
  }
}

/** Sentences that are heard, from their first word to their last. */
function sentencesOf(displayText: string, words: readonly Word[]): Sentence[] {
  const inOrder = [...words].sort((a, b) => a.from - b.from);
  const sentences: Sentence[] = [];
  let next = 0;
  for (const { from, to } of sentenceRanges(displayText)) {
    const first = next;
    while (next < inOrder.length && inOrder[next]!.from < to) next += 1;
    const inside = inOrder.slice(first, next);
    if (inside.length === 0) continue;
    const startMs = inside.reduce((least, word) => Math.min(least, word.startMs), Number.POSITIVE_INFINITY);
    const endMs = inside.reduce((most, word) => Math.max(most, word.endMs), 0);
    sentences.push({ text: displayText.slice(from, to), from, to, startMs, endMs });
  }
  return sentences;
}
