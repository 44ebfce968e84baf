/** The actor: from announced speech to the face's actions at a moment. A pure function of seed, speech and time. */
import type { RigSettings } from '../../../../app/document/avatar.ts';
import { MouthTrack } from '../../../../app/speech/coarticulation.ts';
import type { SpeechSegment } from '../../../engine/ports/lipsync.ts';
import { ENVELOPE_STEP_MS } from '../../../engine/ports/speech.ts';
import { ExpressionTrack } from './expression.ts';
import type { EyeState } from './eyes.ts';
import type { Field } from './fields.ts';
import { Blinks, Glances, REWIND_MS, Wander } from './idle.ts';
import { clamp, mix, seeded, smoothstep } from './math.ts';

export interface Pose {
  fields: Record<Field, number>;
  /** 1 presses the lips together whatever else moves them. */
  seal: number;
  tongue: number;
  eyes: EyeState;
}

/** How long after its end a segment still shapes the mouth, and how early it is prepared. */
const AROUND_MS = 500;
export const LOOK_AHEAD_MS = 1500;

/** After an interruption the lips have met. */
const CLOSE_MS = 120;

interface Playing {
  startMs: number;
  endMs: number;
  mouth: MouthTrack;
  /** Where it was interrupted. */
  cutMs: number;
}

export class Performance {
  readonly #settings: RigSettings;
  readonly #blinks: Blinks;
  readonly #glances: Glances;
  readonly #expressions = new ExpressionTrack();
  readonly #sway: Record<'yaw' | 'pitch' | 'roll' | 'x' | 'y', Wander>;
  readonly #beats: Record<'yaw' | 'pitch' | 'roll', Wander>;
  #playing: Playing[] = [];

  constructor(seed: number, settings: RigSettings) {
    this.#settings = settings;
    this.#blinks = new Blinks(seed, settings.blinksPerMinute);
    this.#glances = new Glances(seed);
    const random = seeded(seed ^ 0x73_77_61_79);
    const slow = (): Wander => new Wander(random, 0.13 + 0.06 * random());
    const quick = (): Wander => new Wander(random, 0.42 + 0.16 * random());
    this.#sway = { yaw: slow(), pitch: slow(), roll: slow(), x: slow(), y: slow() };
    this.#beats = { yaw: quick(), pitch: quick(), roll: quick() };
  }

  speak({ startMs, timeline, envelope, emotions }: SpeechSegment): void {
    this.#playing.push({
      startMs,
      endMs: startMs + timeline.durationMs,
      cutMs: Number.POSITIVE_INFINITY,
      mouth: new MouthTrack({
        phones: timeline.phones,
        durationMs: timeline.durationMs,
        envelope,
        envelopeStepMs: ENVELOPE_STEP_MS,
      }),
    });
    this.#expressions.add(emotions, startMs);
    for (const { atMs, blend, intensity } of emotions)
      this.#blinks.pace(startMs + atMs, mix(1, blend.blinks, intensity));
    this.#blinks.endsAt(timeline.sentences.map((sentence) => startMs + sentence.endMs));
  }

  interrupt(atMs: number): void {
    this.#playing = this.#playing.filter(({ startMs }) => startMs <= atMs);
    for (const each of this.#playing) each.cutMs = Math.min(each.cutMs, atMs);
    this.#expressions.interrupt(atMs);
    this.#blinks.interrupt(atMs);
  }

  /** The face at `ms` on the session's clock; times ascend, or go back by no more than {@link REWIND_MS}. */
  at(ms: number): Pose {
    this.#playing = this.#playing.filter(({ endMs }) => endMs + AROUND_MS + REWIND_MS > ms);
    const { head, gaze, brows, mouth: mouthGain, breathing } = this.#settings;
    const mouth = {
      jaw: 0,
      wide: 0,
      pucker: 0,
      press: 0.1,
      tuck: 0,
      upperLift: 0,
      lowerDrop: 0,
      tongue: 0,
      seal: 0,
      voice: 0,
    };
    let slowVoice = 0;
    // What was cut off leaves the lips closed.
    let shut = 0;
    for (const { startMs, endMs, cutMs, mouth: track } of this.#playing) {
      if (ms < startMs - AROUND_MS || ms >= endMs + AROUND_MS) continue;
      const cut = ms <= cutMs ? 1 : smoothstep(cutMs + CLOSE_MS, cutMs, ms);
      const state = track.at(ms - startMs);
      // Two lines meet in a pause: whichever still moves a part of the mouth, moves it.
      for (const key of Object.keys(mouth) as (keyof typeof mouth)[]) {
        const value = key === 'press' ? mix(0.1, state.press, cut) : state[key] * cut;
        if (Math.abs(value) > Math.abs(mouth[key])) mouth[key] = value;
      }
      if (ms >= startMs && ms < endMs) {
        shut = Math.max(shut, 1 - cut);
        for (const back of [-60, 0, 60]) slowVoice += (track.voiceAt(ms - startMs + back) * cut) / 3;
      }
    }
    const face = this.#expressions.at(ms);
    const talk = clamp(slowVoice, 0, 1);
    const energy = face.energy * head;
    const look = this.#glances.at(ms);
    const yaw = (0.045 * this.#sway.yaw.at(ms) + 0.04 * talk * this.#beats.yaw.at(ms)) * energy + face.headYaw * head;
    const pitch =
      (0.022 * this.#sway.pitch.at(ms) + talk * (0.02 * this.#beats.pitch.at(ms) + 0.016)) * energy +
      face.headPitch * head;
    const open = face.mouthOpening * mouthGain;
    // Beyond its designed shape a lip does not stretch or round further; a still mouth does neither.
    const shaped = Math.min(1, mouthGain);
    const lookX = (look.x + face.gazeX) * gaze;
    const lookY = (look.y + face.gazeY) * gaze;
    return {
      fields: {
        close: 1,
        jaw: mouth.jaw * open,
        // Smiling lips are stretched already: rounding wins over them where a sound needs it.
        wide: mouth.wide * shaped + face.mouthStretch * (1 - 0.8 * mouth.pucker),
        // What a sound already rounds, or stretches, a mood rounds no further.
        pucker: mouth.pucker * shaped + face.mouthRound * (1 - mouth.pucker) * (1 - 0.8 * clamp(mouth.wide, 0, 1)),
        upperLift: mouth.upperLift * open,
        lowerDrop: mouth.lowerDrop * open,
        press: Math.min(1, mouth.press + face.mouthPress * (1 - smoothstep(0, 0.25, mouth.jaw))),
        tuck: mouth.tuck * shaped,
        smile: face.smile * (1 - 0.55 * mouth.pucker),
        cheek: face.cheekRaise,
        browRaise: (face.browRaise + 0.16 * talk * smoothstep(0.75, 1.1, slowVoice)) * brows,
        browInner: face.browInner * brows,
        frown: face.browFurrow * brows,
        moveX: 0.018 * this.#sway.x.at(ms) * energy,
        moveY: 0.012 * this.#sway.y.at(ms) * energy + 0.01 * talk * energy,
        roll: (0.012 * this.#sway.roll.at(ms) + 0.012 * talk * this.#beats.roll.at(ms)) * energy + face.headRoll * head,
        yaw,
        pitch,
        zoom: 0,
        breath: 0.018 * breathing * (0.5 - 0.5 * Math.cos((2 * Math.PI * ms) / 3900)),
      },
      // A voice that speaks over one that was cut off moves the lips again.
      seal: Math.max(mouth.seal, shut * smoothstep(0.3, 0, 1 - shut) * smoothstep(0.12, 0, mouth.jaw)),
      tongue: mouth.tongue,
      eyes: {
        blink: clamp(
          // Wide eyes close wholly too.
          mix(face.upperLids, 1, this.#blinks.at(ms)) + Math.max(0, lookY) * 2.2,
          -1,
          1,
        ),
        // The eyes stay on the viewer while the head turns.
        gazeX: lookX - yaw * 0.22,
        gazeY: lookY - pitch * 0.12,
        lowerLid: face.lowerLids,
      },
    };
  }
}
