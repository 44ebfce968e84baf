/**
 * What the cloud costs, in yuan, as the vendor's list for mainland China said in autumn 2026
 * (https://help.aliyun.com/zh/model-studio/model-pricing; the shortest input tier where there are several). A brake for the daily
 * budget, not a bill: a model that is not here, or a tier above, is counted as the dearest of its kind.
 */

export interface TokenPrice {
  kind: 'tokens';
  /** Yuan a million. */
  input: number;
  output: number;
  /** Output of a model that reasons, where it costs more. */
  thinking?: number;
}
export interface CharacterPrice {
  kind: 'characters';
  /** Yuan for 10 000 as the vendor counts them: {@link billedCharacters}. */
  per10k: number;
}
export interface SecondPrice {
  kind: 'seconds';
  perSecond: number;
}
export interface FilmPrice {
  kind: 'film';
  perSecond: number;
}
export type Price = TokenPrice | CharacterPrice | SecondPrice | FilmPrice;

const tokens = (input: number, output: number, thinking?: number): TokenPrice => ({
  ...{ kind: 'tokens', input, output },
  ...(thinking !== undefined && { thinking }),
});
const characters = (per10k: number): CharacterPrice => ({ kind: 'characters', per10k });
const seconds = (perSecond: number): SecondPrice => ({ kind: 'seconds', perSecond });
const film = (perSecond: number): FilmPrice => ({ kind: 'film', perSecond });

const PRICES: Readonly<Record<string, Price>> = {
  'qwen3.8-max': tokens(12, 36),
  'qwen3.8-max-prime': tokens(24, 72),
  'qwen3.8-flash': tokens(0.8, 2.7),
  'qwen3.7-max': tokens(12, 36),
  'qwen3.6-max-preview': tokens(9, 54),
  'qwen3-max': tokens(2.5, 10),
  'qwen-plus': tokens(0.8, 2, 8),
  'qwen-flash': tokens(0.15, 1.5),
  'qwen-long': tokens(0.5, 2),
  'qwen3-coder-plus': tokens(4, 16),
  'qwen3-coder-flash': tokens(1, 4),
  'text-embedding-v3': tokens(0.5, 0),
  'text-embedding-v4': tokens(0.5, 0),
  'qwen3-rerank': tokens(0.5, 0),
  'gte-rerank-v2': tokens(0.8, 0),
  'cosyvoice-v2': characters(2),
  'cosyvoice-v3-flash': characters(1),
  'cosyvoice-v3-plus': characters(2),
  'cosyvoice-v3.5-flash': characters(0.8),
  'cosyvoice-v3.5-plus': characters(1.5),
  sambert: characters(1),
  'qwen3-tts-flash': characters(0.8),
  'qwen3-tts-flash-realtime': characters(1),
  'fun-asr-realtime': seconds(0.00033),
  'paraformer-realtime': seconds(0.00024),
  'qwen3-asr-flash-realtime': seconds(0.00033),
  /** Alibaba ISI's transcriber, 3.5 yuan an hour. */
  isi: seconds(3.5 / 3600),
  videoretalk: film(0.08),
  liveportrait: film(0.02),
  'wan2.2-s2v': film(0.9),
};
/** Beside what the film itself costs: somebody looks at the picture first. */
export const PICTURE_CHECK_YUAN = 0.004;
/** A smaller film of the same model. */
const SMALL_FILM: Readonly<Record<string, number>> = { 'wan2.2-s2v': 0.5 };

/** A snapshot (`qwen-plus-2026-01-23`) costs what its model does; `cosyvoice-v3` is no snapshot of `cosyvoice-v3-flash`. */
function listed(model: string, kind: Price['kind']): Price | null {
  const names = Object.keys(PRICES).filter((name) => model === name || model.startsWith(`${name}-`));
  const name = names.sort((a, b) => b.length - a.length)[0];
  const rest = name === undefined ? '' : model.slice(name.length + 1);
  // Only dates and versions: `qwen3-max-prime` may cost twice what `qwen3-max` does.
  const same = name === 'sambert' || /^(latest|v?\d[\d-]*)?$/.test(rest);
  const price = name !== undefined && same ? PRICES[name]! : null;
  return price?.kind === kind ? price : null;
}

const dearest = <K extends Price['kind']>(kind: K, weigh: (price: Extract<Price, { kind: K }>) => number) =>
  Object.values(PRICES)
    .filter((price): price is Extract<Price, { kind: K }> => price.kind === kind)
    .reduce((most, price) => (weigh(price) > weigh(most) ? price : most));

export interface TokenUse {
  inputTokens: number;
  outputTokens: number;
  reasoningTokens?: number;
}

export function yuanForTokens(model: string, { inputTokens, outputTokens, reasoningTokens = 0 }: TokenUse): number {
  const { input, output, thinking } = (listed(model, 'tokens') ??
    dearest('tokens', (price) => price.input + price.output)) as TokenPrice;
  return (inputTokens * input + outputTokens * (reasoningTokens > 0 ? (thinking ?? output) : output)) / 1e6;
}

export function yuanForText(model: string, text: string): number {
  const { per10k } = (listed(model, 'characters') ?? dearest('characters', (price) => price.per10k)) as CharacterPrice;
  return (billedCharacters(text) * per10k) / 10_000;
}

export function yuanForSound(model: string, soundSeconds: number): number {
  const { perSecond } = (listed(model, 'seconds') ?? dearest('seconds', (price) => price.perSecond)) as SecondPrice;
  return soundSeconds * perSecond;
}

/** The film alone. `small`: 480P, where a model has two sizes. */
export function yuanForFilm(model: string, filmSeconds: number, small = false): number {
  const { perSecond } = (listed(model, 'film') ?? dearest('film', (price) => price.perSecond)) as FilmPrice;
  return filmSeconds * (small ? (SMALL_FILM[model] ?? perSecond) : perSecond);
}

const HAN = /\p{Script=Han}/u;
/** A Hanzi counts two, everything else one. */
export function billedCharacters(text: string): number {
  let count = 0;
  for (const character of text) count += HAN.test(character) ? 2 : 1;
  return count;
}

/** Enough for a limit and a budget before the vendor has counted: a Hanzi about one token, four other characters another. */
export function guessTokens(text: string): number {
  let han = 0;
  let others = 0;
  for (const character of text) {
    if (HAN.test(character)) han += 1;
    else others += 1;
  }
  return Math.ceil(han + others / 4);
}
