/**
 * Lips by a network of the Wav2Lip family: the rig moves head, eyes and brows, and its mouth rests; what the network draws for the sound
 * of the moment is laid onto the picture the rig moves. Where the network has nothing, the rig's own mouth speaks.
 */
import type { RigSettings } from '../../../../app/document/avatar.ts';
import type { LipSyncEngine, LipSyncOptions, LipSyncSession } from '../../../engine/ports/lipsync.ts';
import { withClosedMouth } from '../rig/closed-mouth.ts';
import { clamp, mix, smoothstep } from '../rig/math.ts';
import { LOOK_AHEAD_MS, Performance, type Pose } from '../rig/performance.ts';
import { RigRenderer } from '../rig/renderer.ts';
import { FaceCrop } from './face-crop.ts';
import type { LipModel, LipNetwork } from './lip-network.ts';
import { MEL_LOOK_AHEAD_MS, MEL_WINDOW, MELS, MelColumns, melStart } from './mel.ts';
import { MouthPatch } from './mouth-patch.ts';
import { SessionSound } from './session-sound.ts';

/** How long one mouth takes to take over from the other. */
const TAKE_OVER_MS = 200;
/** After a failure the network is left alone for so long. */
const PAUSE_MS = 1000;
/** Levels of a mel column between which silence becomes speech. */
const [SILENT, SPOKEN] = [-3.3, -2.6];
/** Columns round a frame's own: full within the first two numbers, none from the others on. */
const HEARD_BEFORE = [2, 8] as const;
const HEARD_AFTER = [4, 8] as const;

const WINDOW = MELS * MEL_WINDOW;
if (MEL_LOOK_AHEAD_MS > LOOK_AHEAD_MS) throw new Error('the rig must look ahead at least as far as the network');

export const createWav2LipEngine = (model: LipModel): LipSyncEngine => ({
  id: 'wav2lip',
  async open(plate, options) {
    const closed = withClosedMouth(plate, options.rig);
    const renderer = new RigRenderer(closed, options.rig, options.pixels);
    const crop = new FaceCrop(renderer.face, closed.landmarks, model.sizePx);
    const reference = crop.cut(closed);
    const network = await model.face(reference);
    const patch = new MouthPatch(renderer.texture, renderer.face, crop, reference);
    return new Wav2LipSession({ renderer, patch, network, model, options });
  },
});

interface Parts {
  renderer: RigRenderer;
  patch: MouthPatch;
  network: LipNetwork;
  model: LipModel;
  options: LipSyncOptions;
}

class Wav2LipSession implements LipSyncSession {
  readonly region: LipSyncSession['region'];
  readonly lookAheadMs = LOOK_AHEAD_MS;
  readonly #parts: Parts;
  #actor: Performance;
  #sound = new SessionSound();
  readonly #mel = new MelColumns((first, into) => this.#sound.read(first, into));
  /** What the network drew, by frame. */
  readonly #drawn = new Map<number, Uint8Array>();
  #last: Uint8Array | null = null;
  /** 1: the network's mouth is shown, 0: the rig's. */
  #presence = 1;
  #failedAt: number | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.region = parts.renderer.region;
    this.#actor = new Performance(parts.options.seed, parts.options.rig);
  }

  speak(segment: Parameters<LipSyncSession['speak']>[0]): void {
    this.#actor.speak(segment);
    this.#sound.speak(segment);
    this.#mel.forget();
  }

  interrupt(atMs: number): void {
    this.#actor.interrupt(atMs);
    this.#sound.interrupt(atMs);
    this.#mel.forget();
    this.#drawn.clear();
  }

  restart(rig: RigSettings): void {
    this.#actor = new Performance(this.#parts.options.seed, rig);
    this.#sound = new SessionSound();
    this.#mel.forget();
    this.#drawn.clear();
    this.#last = null;
    this.#presence = 1;
    this.#failedAt = null;
  }

  async prepare(indices: readonly number[]): Promise<void> {
    const { model, network, options } = this.#parts;
    const { fps, onTrouble } = options;
    const first = indices[0];
    if (first === undefined) return;
    if (this.#failedAt !== null && first >= this.#failedAt && first < this.#failedAt + (PAUSE_MS * fps) / 1000) return;
    for (const known of this.#drawn.keys()) if (known < first) this.#drawn.delete(known);
    this.#sound.forgetBefore((first * 1000) / fps - 1000);
    const wanted = indices.filter((index) => !this.#drawn.has(index) && this.#heard(index) > 0);
    for (let done = 0; done < wanted.length; done += model.batch) {
      const part = wanted.slice(done, done + model.batch);
      const windows = new Float32Array(part.length * WINDOW);
      for (const [n, index] of part.entries())
        this.#mel.window(melStart(index, fps), windows.subarray(n * WINDOW, (n + 1) * WINDOW));
      try {
        const pictures = await network.draw(windows, part.length);
        const bytes = pictures.length / part.length;
        for (const [n, index] of part.entries()) this.#drawn.set(index, pictures.subarray(n * bytes, (n + 1) * bytes));
        this.#failedAt = null;
      } catch (error) {
        if (this.#failedAt === null) onTrouble?.(error);
        this.#failedAt = first;
        return;
      }
    }
  }

  frame(index: number): Uint8Array {
    const { renderer, patch, options } = this.#parts;
    const heard = this.#heard(index);
    const drawn = this.#drawn.get(index);
    this.#last = drawn ?? this.#last;
    const there = drawn !== undefined || heard === 0;
    const step = 1000 / options.fps / TAKE_OVER_MS;
    this.#presence = clamp(this.#presence + (there ? step : -step), 0, 1);
    const presence = smoothstep(0, 1, this.#presence);
    const pose = this.#actor.at((index * 1000) / options.fps);
    const amount = this.#last === null ? 0 : presence * heard * (1 - pose.seal);
    if (this.#last === null) patch.hide();
    else patch.show(this.#last, amount);
    // Where the network's mouth is not shown, the line between the picture's own lips is the rig's to draw.
    return renderer.draw(withRestingMouth(pose, presence), amount);
  }

  dispose(): void {
    this.#parts.network.release();
    this.#drawn.clear();
  }

  /** 0 in silence, 1 in speech, going over before sound begins and after it has ended. */
  #heard(index: number): number {
    const own = melStart(index, this.#parts.options.fps);
    let most = 0;
    for (let offset = -HEARD_BEFORE[1]; offset <= HEARD_AFTER[1]; offset++) {
      const [full, none] = offset < 0 ? HEARD_BEFORE : HEARD_AFTER;
      const near = clamp((none - Math.abs(offset)) / (none - full), 0, 1);
      if (near > most) most = Math.max(most, near * smoothstep(SILENT, SPOKEN, this.#mel.level(own + offset)));
    }
    return most;
  }
}

/** The pose without what speech does to the mouth, as far as `amount` says; moods still move its corners. */
function withRestingMouth(pose: Pose, amount: number): Pose {
  const fields = { ...pose.fields };
  for (const name of ['jaw', 'wide', 'pucker', 'upperLift', 'lowerDrop', 'press', 'tuck'] as const)
    fields[name] = mix(fields[name], 0, amount);
  return { ...pose, fields, seal: Math.max(pose.seal, amount), tongue: mix(pose.tongue, 0, amount) };
}
