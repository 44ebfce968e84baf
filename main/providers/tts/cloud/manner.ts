/** How a part is to be said, in the ranges vendors take. */
import type { Prosody } from '../../../../app/speech/plan.ts';

export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** An emphasised part is slower, higher and louder. */
const EMPHASIS: Prosody = { rate: 0.9, pitch: 1.06, volume: 1.25 };

export const emphasised = ({ rate, pitch, volume }: Prosody, emphasis: boolean): Prosody =>
  emphasis
    ? { rate: rate * EMPHASIS.rate, pitch: pitch * EMPHASIS.pitch, volume: volume * EMPHASIS.volume }
    : { rate, pitch, volume };

/** DashScope's scales: rate and pitch 0.5..2 around 1, volume 0..100 around 50. */
export const dashScopeManner = ({ rate, pitch, volume }: Prosody): { rate: number; pitch: number; volume: number } => ({
  rate: Math.round(clamp(rate, 0.5, 2) * 100) / 100,
  pitch: Math.round(clamp(pitch, 0.5, 2) * 100) / 100,
  volume: Math.round(clamp(50 * volume, 0, 100)),
});
