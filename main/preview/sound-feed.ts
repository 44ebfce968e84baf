/** Sends the sound of what is played, some way ahead of its frames. */
import type { PreviewMedia } from '../../app/contract/preview-wire.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import type { Playing } from './mode.ts';
import { sampleOf, soundOpenUntil } from './places.ts';
import { firstEndingAfter, SoundFiles, SoundStream, SpokenLoudness } from './programme-sound.ts';
import type { ScriptLayout } from './script-track.ts';

/** How far sound is sent ahead of the frames. */
const SOUND_AHEAD = Math.round(0.4 * SAMPLE_RATE);
const SOUND_PIECE = Math.round(0.05 * SAMPLE_RATE);
/** Lines measured for loudness before sound begins. */
const MEASURED_AT_ONCE = 12;

export interface SoundFeedPorts {
  /** What cannot be read is silence, and told. */
  failed(error: unknown): void;
  send(media: PreviewMedia): void;
  /** As it is now. */
  layout(): ScriptLayout;
  /** Whether this is still what is done. */
  isPresent(mode: Playing): boolean;
  /** Something else is to be done before more is sent. */
  isInterrupted(): boolean;
}

export class SoundFeed implements AsyncDisposable {
  readonly #ports: SoundFeedPorts;
  readonly #files: SoundFiles;
  readonly #loudness: SpokenLoudness;

  constructor(ports: SoundFeedPorts) {
    this.#ports = ports;
    this.#files = new SoundFiles(ports.failed);
    this.#loudness = new SpokenLoudness(this.#files);
  }

  /** Up to {@link SOUND_AHEAD} before the next frame; `end`: past the last. */
  async send(mode: Playing, end: number, fps: number): Promise<void> {
    const { layout, isPresent, isInterrupted } = this.#ports;
    const [first, last] = [sampleOf(mode.from, fps), sampleOf(end, fps)];
    for (;;) {
      if (mode.sample >= last) {
        if (!mode.loop) return;
        mode.sample = first;
        mode.soundRound++;
        mode.stream = null;
        mode.beginsSound = true;
      }
      const round = (mode.soundRound - mode.frameRound) * (last - first);
      if (round + mode.sample - sampleOf(mode.frame, fps) >= SOUND_AHEAD) return;
      const known = soundOpenUntil(layout(), mode.sample, SOUND_PIECE);
      const count = Math.min(SOUND_PIECE, last - mode.sample, known - mode.sample);
      if (count <= 0) return;
      if (mode.stream === null) {
        const { lines } = layout();
        await this.#loudness.measure(lines.slice(firstEndingAfter(lines, mode.sample)), MEASURED_AT_ONCE);
        mode.stream = new SoundStream(this.#files, mode.sample, this.#loudness.gain(lines));
      }
      const samples = await mode.stream.next(layout(), count);
      if (!isPresent(mode)) return;
      const { generation, sample: startSample, beginsSound: begins } = mode;
      this.#ports.send({ kind: 'sound', generation, startSample, begins, samples });
      mode.beginsSound = false;
      mode.sample += count;
      if (isInterrupted()) return;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#files[Symbol.asyncDispose]();
  }
}
