/** Sambert as a task: one text in, sound out, and of every word when it and its sounds are said. The model is the voice. */
import type { Phone } from '../../../app/speech/timeline.ts';
import { inspect } from './llm.ts';
import { invalidParameter } from './refusal.ts';
import { endlessWavHeader, soundPieces, vendorLength } from './socket-outlet.ts';
import { flagOf, formatOf, invalid, missing, numberOf, rateOf, type Task, type TaskHost } from './task-host.ts';
import { type SpokenWord, sayable, type VoiceRequest } from './voice.ts';

const FORMATS = ['pcm', 'wav', 'mp3'];
const RATES = [8000, 16_000, 22_050, 24_000];
const AT_48K = /^sambert-zhi(chu|nan|qi|de|jia|ru|qian|xiang|wei)-v1$/;
const UNTIMED = /^sambert-(camila|perla|indah|clara|hanna|waan)-v1$/;
const MAX_CHARACTERS = 10_000;
const PIECE_MS = 100;
const INITIAL = /^(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?(.+?)([0-5])$/;
/** Sounds of English as ARPAbet spells them; the vendor's own inventory is not documented. */
const ARPABET: Record<string, string> = {
  ...{
    ɑː: 'aa',
    ɑ: 'aa',
    æ: 'ae',
    ʌ: 'ah',
    ə: 'ah',
    ɐ: 'ah',
    ɔː: 'ao',
    ɔ: 'ao',
    ɛ: 'eh',
    e: 'eh',
    ɜː: 'er',
    ɚ: 'er',
    ɝ: 'er',
  },
  ...{
    ɪ: 'ih',
    ᵻ: 'ih',
    iː: 'iy',
    i: 'iy',
    oː: 'ow',
    o: 'ow',
    ʊ: 'uh',
    uː: 'uw',
    u: 'uw',
    tʃ: 'ch',
    dʒ: 'jh',
    ð: 'dh',
    θ: 'th',
  },
  ...{ ŋ: 'ng', ɹ: 'r', ʃ: 'sh', ʒ: 'zh', j: 'y', ɡ: 'g', ɾ: 'd', ɫ: 'l', h: 'hh' },
};

interface ToldPhoneme {
  text: string;
  begin_time: number;
  end_time: number;
  tone: number | string;
}

export function sambertTask(host: TaskHost): Task {
  const { context, outlet, parameters, input, model } = host;
  const { text } = input;
  if (typeof text !== 'string' || text.trim() === '') throw missing('payload.input.text');
  if ([...text].length > MAX_CHARACTERS) throw invalid(`text length should be in [1, ${MAX_CHARACTERS}]`);
  if (parameters.text_type === undefined) throw missing('payload.parameters.text_type');
  if (parameters.text_type !== 'PlainText') throw invalid('text_type should be PlainText');
  const format = formatOf(parameters, FORMATS, 'wav');
  const sampleRate = rateOf(parameters, AT_48K.test(model) ? [...RATES, 48_000] : RATES, 16_000);
  const isTimed = flagOf(parameters, 'word_timestamp_enabled') && !UNTIMED.test(model);
  const hasPhonemes = flagOf(parameters, 'phoneme_timestamp_enabled') && isTimed;
  const request: Omit<VoiceRequest, 'text'> = {
    voice: /^sambert-([a-z-]+)-v1$/.exec(model)![1]!,
    sampleRate,
    rate: numberOf(parameters, 'rate', 1, 0.5, 2),
    pitch: numberOf(parameters, 'pitch', 1, 0.5, 2),
    volume: numberOf(parameters, 'volume', 50, 0, 100) / 50,
    spelt: true,
  };
  inspect(context, text);

  const speak = async (): Promise<void> => {
    let samples = 0;
    let characters = 0;
    // The neutral tone as 0 and tones as text: the other half of what the documents say.
    const asText = outlet.fault?.kind === 'words' && outlet.fault.mode === 'untyped';
    for (const { from, to } of sayable(text)) {
      const shown = text.slice(from, to);
      const speech = await context.mouth.speak({ ...request, text: shown }, outlet.left);
      const baseMs = (samples * 1000) / sampleRate;
      characters += vendorLength(shown);
      const at = (ms: number): number => Math.floor(baseMs + ms);
      const words = speech.words.map((word, i) => {
        const startMs = Math.min(word.startMs, word.phones[0]?.startMs ?? word.startMs);
        const next = speech.words[i + 1];
        const endMs = Math.min(word.endMs, next?.phones[0]?.startMs ?? Number.POSITIVE_INFINITY);
        const told = { text: word.text, begin_time: at(startMs), end_time: at(endMs) };
        return hasPhonemes ? { ...told, phonemes: phonemesOf(word, startMs, endMs, at, asText) } : told;
      });
      const result = host.result(
        { sentence: { begin_time: at(0), end_time: at(speech.durationMs), words } },
        to >= text.trimEnd().length ? { characters } : null,
      );
      let isTold = !isTimed;
      for (const sound of soundPieces(speech.pcm, sampleRate, PIECE_MS)) {
        const bytes = format === 'wav' && samples === 0 ? Buffer.concat([endlessWavHeader(sampleRate), sound]) : sound;
        samples += sound.length / 2;
        if (!(await outlet.piece({ sound: bytes }))) return;
        if (!isTold && !(await outlet.piece({ message: result }))) return;
        isTold = true;
        await context.spoken((sound.length / 2 / sampleRate) * 1000, outlet.left);
      }
    }
    await outlet.afterwards(() => host.finished({ output: {}, usage: { characters } }));
  };

  return {
    begin: () =>
      void speak().catch((error: unknown) => {
        if (!outlet.isOver) host.failed('InternalError', String(error));
      }),
    audio: () => host.failed('InvalidParameter', 'Invalid payload data'),
    continue: () => {
      throw invalidParameter('continue-task is not supported');
    },
    finish: () => {
      throw invalidParameter('finish-task is not supported');
    },
  };
}

const GLIDES: Record<string, string> = { aɪ: 'ay', aʊ: 'aw', eɪ: 'ey', oʊ: 'ow', ɔɪ: 'oy' };

/** Diphthongs, which the embedded voice tells as two sounds, as one. */
function joined(phones: readonly Phone[]): Phone[] {
  const whole: Phone[] = [];
  for (const phone of phones) {
    const last = whole.at(-1);
    const glide = last && `${last.phone}${phone.phone}`;
    if (last && glide && glide in GLIDES) whole.splice(-1, 1, { ...last, phone: glide, endMs: phone.endMs });
    else whole.push(phone);
  }
  return whole;
}

/** A Chinese syllable as initial and final with its tone; other words sound by sound. */
function phonemesOf(
  word: SpokenWord,
  startMs: number,
  endMs: number,
  at: (ms: number) => number,
  asText: boolean,
): ToldPhoneme[] {
  const [, initial = '', final = '', digit = '5'] = INITIAL.exec(word.pinyin ?? '') ?? [];
  if (final !== '') {
    const neutral = digit === '0' || digit === '5';
    const tone = asText ? (neutral ? '0' : digit) : neutral ? 5 : Number(digit);
    const whole = { text: `${final.replace('ü', 'v')}_c`, begin_time: at(startMs), end_time: at(endMs), tone };
    if (initial === '') return [whole];
    // The sound of the initial where there is one of its own, else the beginning of the vowel.
    const first = word.phones[0];
    const cutMs = first && word.phones.length > 1 ? first.endMs : startMs + 0.25 * (endMs - startMs);
    return [
      { text: `${initial}_c`, begin_time: at(startMs), end_time: at(cutMs), tone },
      { ...whole, begin_time: at(cutMs) },
    ];
  }
  let stressed = false;
  return joined(word.phones).map((phone) => {
    const isVowel = /^[aɑɐæʌɒeɛəɚɜɝɪiᵻoɔʊu]/u.test(phone.phone);
    const stress = isVowel && !stressed && phone.phone !== 'ə' ? 1 : 0;
    stressed ||= stress === 1;
    return {
      text: GLIDES[phone.phone] ?? ARPABET[phone.phone] ?? phone.phone,
      begin_time: at(phone.startMs),
      end_time: at(phone.endMs),
      tone: asText ? String(stress) : stress,
    };
  });
}
