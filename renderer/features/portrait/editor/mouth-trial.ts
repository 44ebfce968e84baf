/**
 * Stills of the mouth while its points are dragged. The shape looked at is drawn first, again and again with the latest points;
 * the others follow once the hand rests. One call at a time: what is no longer wanted is not asked for, or taken back.
 */
import { MOUTH_TESTS, type MouthTestRequest, type MouthTestShape } from '../../../../app/contract/portraits.ts';

export type Trial = Omit<MouthTestRequest, 'mouth'>;
export interface TrialPorts {
  draw(request: MouthTestRequest, signal: AbortSignal): Promise<string>;
  /** A picture that can be shown at once. */
  shown(mouth: MouthTestShape, picture: string, trial: Trial): void;
  /** null: it worked again. */
  failed(error: unknown): void;
  /** Whether all that is shown is of the latest points. */
  settled(is: boolean): void;
}

export class MouthTrial {
  readonly #ports: TrialPorts;
  readonly #stop = new AbortController();
  #latest: { trial: Trial; first: MouthTestShape } | null = null;
  #others: AbortController | null = null;
  #isRunning = false;

  constructor(ports: TrialPorts) {
    this.#ports = ports;
  }

  try(trial: Trial, first: MouthTestShape): void {
    this.#latest = { trial, first };
    this.#others?.abort();
    this.#ports.settled(false);
    if (!this.#isRunning) void this.#run();
  }

  close(): void {
    this.#stop.abort();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    let done: unknown = null;
    while (this.#latest !== done && !this.#stop.signal.aborted) {
      const asked = this.#latest!;
      this.#others = new AbortController();
      const rest = AbortSignal.any([this.#stop.signal, this.#others.signal]);
      try {
        await this.#draw(asked.trial, asked.first, this.#stop.signal);
        for (const mouth of MOUTH_TESTS) {
          if (rest.aborted) break;
          if (mouth !== asked.first) await this.#draw(asked.trial, mouth, rest);
        }
        if (!rest.aborted) this.#ports.failed(null);
      } catch (error) {
        if (this.#stop.signal.aborted) break;
        if (!rest.aborted) this.#ports.failed(error);
      }
      if (this.#latest === asked) done = asked;
    }
    this.#isRunning = false;
    if (!this.#stop.signal.aborted) this.#ports.settled(true);
  }

  async #draw(trial: Trial, mouth: MouthTestShape, signal: AbortSignal): Promise<void> {
    const picture = await this.#ports.draw({ ...trial, mouth }, signal);
    if (!signal.aborted) this.#ports.shown(mouth, picture, trial);
  }
}
