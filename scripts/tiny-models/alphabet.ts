/**
 * The speech of the tiny models: every character of a small alphabet is a tone at the middle of one of the 80 mel bins that recognisers
 * look at, so what the tiny voice says the tiny ears understand.
 */

export const ALPHABET = [...'今天气真好我们去公园散步明呢也你开始结束说听看写字大小人'];

const FIRST_BIN = 24;
/** Of 80 mel bins, the one of the character at `i`; neighbours are two bins apart, further than a window of 25 ms smears. */
export const binOf = (i: number): number => FIRST_BIN + 2 * i;

/** Kaldi's mel scale, as sherpa-onnx computes features at 16 kHz: from 20 Hz to 7,600 Hz; for models of FunASR to 8,000 Hz. */
const melOf = (hz: number): number => 1127 * Math.log(1 + hz / 700);
const [LOWEST, HIGHEST, HIGHEST_OF_FUNASR] = [melOf(20), melOf(7600), melOf(8000)];
/** The bin of the character at `i` in features for models of FunASR. */
export const funAsrBinOf = (i: number): number =>
  Math.round(((melOf(frequencyOf(i)) - LOWEST) * 81) / (HIGHEST_OF_FUNASR - LOWEST)) - 1;
export const frequencyOf = (i: number): number =>
  700 * (Math.exp((LOWEST + ((binOf(i) + 1) * (HIGHEST - LOWEST)) / 81) / 1127) - 1);

export const TONE_MS = 120;
export const GAP_MS = 100;
export const EDGE_MS = 10;
export const AMPLITUDE = 0.3;

/** The tone a character stands for: its own in the alphabet, any of them elsewhere. */
export function toneOf(character: string): number {
  const own = ALPHABET.indexOf(character);
  return own >= 0 ? own : character.codePointAt(0)! % ALPHABET.length;
}

/** What a tiny ear hears as `text`; other characters than those of the alphabet are a rest. −1..1. */
export function spoken(text: string, sampleRate: number): Float32Array {
  const characters = [...text];
  const each = Math.round(((TONE_MS + GAP_MS) * sampleRate) / 1000);
  const sounding = Math.round((TONE_MS * sampleRate) / 1000);
  const edge = (EDGE_MS * sampleRate) / 1000;
  const sound = new Float32Array(each * characters.length);
  for (const [n, character] of characters.entries()) {
    const tone = ALPHABET.indexOf(character);
    if (tone < 0) continue;
    const step = (2 * Math.PI * frequencyOf(tone)) / sampleRate;
    for (let i = 0; i < sounding; i++)
      sound[n * each + i] = AMPLITUDE * Math.min(1, i / edge, (sounding - i) / edge) * Math.sin(step * i);
  }
  return sound;
}
