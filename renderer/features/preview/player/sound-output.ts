/**
 * Sound at the loudspeaker: the clock that pictures follow. Between two changes of the audio thread sound runs at the context's own
 * pace, so the time of the context at its output says to the sample what is heard. Where a machine has no way to be heard, the
 * same queue is emptied in silence at the same pace.
 */
import { PREVIEW_SAMPLE_RATE } from '../../../../app/contract/preview-wire.ts';
import type { SoundAnchor, SoundCommand } from './sound-messages.ts';
import { SoundQueue } from './sound-queue.ts';
import workletUrl from './sound-worklet.ts?worker&url';

/** What is heard at a moment. */
export interface Heard {
  round: number;
  sample: number;
  running: boolean;
  ended: boolean;
}

export type SoundState = 'closed' | 'ready' | 'blocked' | 'absent';

/** Where the queue is emptied. */
interface Outlet {
  send(command: SoundCommand, transfer: Transferable[]): void;
  /** The sample of its clock that is heard now. */
  frameNow(): number;
  readonly state: SoundState;
  resume(): void;
  setVolume(volume: number): void;
  close(): Promise<void>;
}

export class SoundOutput {
  readonly #changed: () => void;
  #outlet: Promise<Outlet> | null = null;
  #open: Outlet | null = null;
  #kept: { command: SoundCommand; transfer: Transferable[] }[] = [];
  #anchors: SoundAnchor[] = [];
  #generation = 0;
  #volume = 1;
  #closed = false;

  /** `changed`: sound began, halted or ended, or may be heard at last. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Call it from a click or a key: browsers let no page sound before. */
  async resume(): Promise<void> {
    this.#outlet ??= this.#makeOutlet();
    (await this.#outlet).resume();
  }

  get state(): SoundState {
    return this.#open?.state ?? 'closed';
  }

  set volume(volume: number) {
    this.#volume = volume;
    this.#open?.setVolume(volume);
  }

  reset(generation: number): void {
    this.#generation = generation;
    this.#anchors = [];
    this.#kept = [];
    this.#send({ type: 'reset', generation });
  }

  /** `samples` is given away, with all of its buffer. */
  play(generation: number, round: number, startSample: number, samples: Int16Array): void {
    this.#send({ type: 'sound', generation, round, startSample, samples }, [samples.buffer as ArrayBuffer]);
  }

  limit(generation: number, round: number, sample: number, final: boolean): void {
    this.#send({ type: 'limit', generation, round, sample, final });
  }

  /** What is heard now; null before the first sound. */
  heard(): Heard | null {
    if (this.#open === null) return null;
    const frame = this.#open.frameNow();
    const anchor = this.#anchors.findLast((each) => each.frame <= frame);
    if (anchor) {
      const { round, sample, running, ended } = anchor;
      return { round, sample: running ? sample + (frame - anchor.frame) : sample, running, ended };
    }
    const next = this.#anchors[0];
    return next === undefined ? null : { round: next.round, sample: next.sample, running: false, ended: false };
  }

  async dispose(): Promise<void> {
    this.#closed = true;
    this.#kept = [];
    await (await this.#outlet?.catch(() => null))?.close();
  }

  async #makeOutlet(): Promise<Outlet> {
    const heardFrom = (anchor: SoundAnchor): void => this.#anchored(anchor);
    let outlet: Outlet;
    try {
      outlet = await loudspeaker(heardFrom, this.#changed);
    } catch {
      outlet = silence(heardFrom);
    }
    if (this.#closed) await outlet.close();
    else this.#use(outlet);
    return outlet;
  }

  #use(outlet: Outlet): void {
    outlet.setVolume(this.#volume);
    this.#open = outlet;
    for (const { command, transfer } of this.#kept) outlet.send(command, transfer);
    this.#kept = [];
    this.#changed();
  }

  #send(command: SoundCommand, transfer: Transferable[] = []): void {
    if (this.#open) this.#open.send(command, transfer);
    else if (!this.#closed) this.#kept.push({ command, transfer });
  }

  #anchored(anchor: SoundAnchor): void {
    if (anchor.generation !== this.#generation || this.#open === null) return;
    this.#anchors.push(anchor);
    const frame = this.#open.frameNow();
    while (this.#anchors.length > 1 && this.#anchors[1]!.frame <= frame) this.#anchors.shift();
    this.#changed();
  }
}

/** @throws where sound cannot be put out */
async function loudspeaker(say: (anchor: SoundAnchor) => void, changed: () => void): Promise<Outlet> {
  const context = new AudioContext({ sampleRate: PREVIEW_SAMPLE_RATE });
  const gain = context.createGain();
  try {
    await context.audioWorklet.addModule(workletUrl);
  } catch (error) {
    await context.close();
    throw error;
  }
  const node = new AudioWorkletNode(context, 'shenghua-sound', { numberOfInputs: 0, outputChannelCount: [1] });
  node.connect(gain).connect(context.destination);
  node.port.onmessage = ({ data }: MessageEvent<SoundAnchor>) => say(data);
  context.addEventListener('statechange', changed);
  return {
    send: (command, transfer) => node.port.postMessage(command, transfer),
    frameNow() {
      const { contextTime = 0, performanceTime = 0 } = context.getOutputTimestamp();
      const delay = context.outputLatency || context.baseLatency || 0;
      // The time stamp is of the last block that went out; since then it has gone on at the same pace.
      const seconds =
        performanceTime > 0 && context.state === 'running'
          ? Math.min(contextTime + (performance.now() - performanceTime) / 1000, context.currentTime)
          : context.currentTime - delay;
      return seconds * PREVIEW_SAMPLE_RATE;
    },
    get state() {
      return context.state === 'running' ? 'ready' : 'blocked';
    },
    // It does not settle while the browser keeps the sound back.
    resume: () => void context.resume().catch(() => {}),
    setVolume: (volume) => gain.gain.setTargetAtTime(volume, context.currentTime, 0.012),
    async close() {
      node.port.close();
      if (context.state !== 'closed') await context.close();
    },
  };
}

const STEP_MS = 10;

function silence(say: (anchor: SoundAnchor) => void): Outlet {
  const queue = new SoundQueue(say);
  const now = (): number => Math.floor((performance.now() * PREVIEW_SAMPLE_RATE) / 1000);
  let frame = now();
  const timer = setInterval(() => {
    const until = now();
    queue.fill(new Float32Array(until - frame), frame);
    frame = until;
  }, STEP_MS);
  return {
    send: (command) => queue.obey(command),
    frameNow: now,
    state: 'absent',
    resume() {},
    setVolume() {},
    close: async () => clearInterval(timer),
  };
}
