/** A vendor prepares a voice for some seconds to minutes and is asked now and then, less and less often. */
import { setTimeout as sleep } from 'node:timers/promises';
import { StudioError } from '../../../app/errors/index.ts';
import { failureClass } from '../../../app/policy/failure.ts';
import type { ClonedVoice, VoiceCloneProvider } from '../../engine/ports/voice-clone.ts';

export interface PollPace {
  firstMs: number;
  factor: number;
  longestMs: number;
  giveUpMs: number;
}
const PACE: PollPace = { firstMs: 1000, factor: 1.6, longestMs: 15_000, giveUpMs: 15 * 60_000 };

/**
 * The voice once it is ready or refused. `onAsked` is told each answer on the way; a question that fails for a moment is asked again.
 * @throws StudioError cloud.timeout; what `query` throws; the signal's reason
 */
export async function untilReady(
  provider: VoiceCloneProvider,
  id: string,
  signal: AbortSignal,
  { pace = PACE, onAsked }: { pace?: PollPace; onAsked?: (voice: ClonedVoice) => void } = {},
): Promise<ClonedVoice> {
  const beganMs = performance.now();
  for (let waitMs = pace.firstMs; ; waitMs = Math.min(pace.longestMs, waitMs * pace.factor)) {
    try {
      const voice = await provider.query(id, signal);
      onAsked?.(voice);
      if (voice.state !== 'preparing') return voice;
    } catch (error) {
      signal.throwIfAborted();
      if (!['retry', 'wait'].includes(failureClass(error))) throw error;
    }
    if (performance.now() - beganMs + waitMs > pace.giveUpMs)
      throw new StudioError('cloud.timeout', { provider: provider.id, seconds: Math.round(pace.giveUpMs / 1000) });
    await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
