/** How long a line will take, before anybody has spoken it. */

/** What a voice of usual pace takes; measured on the embedded voices. */
const HAN_MS = 235;
const LETTER_MS = 68;
const DIGIT_MS = 300;
const SHORT_REST_MS = 220;
const LONG_REST_MS = 420;

const CUE = /\[[^\]]*\]/g;
const PAUSE_CUE = /^\[(\d+(?:\.\d+)?)(ms|s)\]$/;

/** Of the text of a line, cues and all, at rate 1. */
export function reckonedMs(text: string): number {
  let ms = 0;
  for (const [cue] of text.matchAll(CUE)) {
    const [, amount, unit] = PAUSE_CUE.exec(cue) ?? [];
    if (amount !== undefined) ms += Number(amount) * (unit === 's' ? 1000 : 1);
  }
  const said = text.replace(CUE, '');
  const count = (pattern: RegExp): number => said.match(pattern)?.length ?? 0;
  ms += count(/\p{Script=Han}/gu) * HAN_MS;
  ms += count(/(?!\p{Script=Han})\p{L}/gu) * LETTER_MS;
  ms += count(/\p{N}/gu) * DIGIT_MS;
  ms += count(/[,，、;；:：—]/g) * SHORT_REST_MS;
  ms += count(/[.。!！?？…]/g) * LONG_REST_MS;
  return ms;
}

/** Learns from the lines that have been spoken how this voice's pace differs. */
export class Pace {
  #reckonedMs = 0;
  #spokenMs = 0;

  learn(text: string, spokenMs: number): void {
    this.#reckonedMs += reckonedMs(text);
    this.#spokenMs += spokenMs;
  }

  /** At the voice's own rate, on which all learnt so far was spoken. */
  estimateMs(text: string, rate: number): number {
    const pace = this.#reckonedMs > 0 ? this.#spokenMs / this.#reckonedMs : 1 / rate;
    return reckonedMs(text) * Math.min(4, Math.max(0.25, pace));
  }
}
