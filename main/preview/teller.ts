/** What the interface is told beside frames and sound: how the script lies, and what is waited for. Nothing twice, nothing too often. */
import type { PreviewEvent } from '../../app/contract/preview-wire.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { framesOf } from './places.ts';
import type { ScriptLayout } from './script-track.ts';
import type { Timers } from './timers.ts';

export type AwaitedThing = NonNullable<Extract<PreviewEvent, { type: 'waiting' }>['for']>;

const PREPARED_EVERY_MS = 250;
/** What is waited for no longer than this is not told. */
const PATIENCE_MS = 150;

/** The present state; null until there is a document and a stage. */
export type TellableState = () => { layout: ScriptLayout; revision: number; fps: number } | null;

export class Teller {
  readonly #event: (event: PreviewEvent) => void;
  readonly #state: TellableState;
  readonly #generation: () => number;
  readonly #timers: Timers;
  #prepared = '';
  #told: ScriptLayout | null = null;
  #toldWaiting: AwaitedThing | null = null;
  readonly #waiting: Record<'stage' | 'speech', AwaitedThing | null> = { stage: null, speech: null };

  constructor(event: (event: PreviewEvent) => void, state: TellableState, generation: () => number, timers: Timers) {
    this.#event = event;
    this.#state = state;
    this.#generation = generation;
    this.#timers = timers;
  }

  /** The layout that the interface knows. */
  get told(): ScriptLayout | null {
    return this.#told;
  }

  tellPrepared(): void {
    if (this.#timers.has('prepared')) return;
    const state = this.#state();
    if (state === null) return;
    const { layout, revision, fps } = state;
    const { lines, durationMs, exact } = layout;
    const event: PreviewEvent = {
      ...{ type: 'prepared', revision, durationMs, frames: framesOf(layout, fps), exact },
      lines: lines.map(({ lineId, startMs, samples, exact: known }) => ({
        ...{ lineId, startMs, endMs: startMs + (samples * 1000) / SAMPLE_RATE, exact: known },
      })),
    };
    this.#told = layout;
    const text = JSON.stringify(event);
    if (text === this.#prepared) return;
    this.#prepared = text;
    this.#event(event);
    this.#timers.later('prepared', PREPARED_EVERY_MS, () => this.tellPrepared());
  }

  /** The stage is waited for by whoever looks, speech only by whoever plays. */
  wait(of: 'stage' | 'speech', forWhat: AwaitedThing | null): void {
    this.#waiting[of] = forWhat;
    const now = this.#waiting.stage ?? this.#waiting.speech;
    this.#timers.stop('waiting');
    if (now === this.#toldWaiting) return;
    const tell = (): void => {
      this.#toldWaiting = now;
      this.#event({ type: 'waiting', for: now, generation: this.#generation() });
    };
    if (now === null) tell();
    else this.#timers.later('waiting', PATIENCE_MS, tell);
  }
}
