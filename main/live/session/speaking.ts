/**
 * The utterance that is on: its sentences placed on the stream one after another as their sound comes, in the rhythm of what was before, and
 * the queue told of what was heard. Asked before every frame; nothing here waits.
 */
import { StudioError } from '../../../app/errors/index.ts';
import type { PlayedItem } from '../../../app/live/cursor.ts';
import type { UtteranceTrace } from '../../../app/live/protocol.ts';
import type { Speech, SpeechEvent } from '../../../app/live/speech-queue.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import type { Mixer } from './mixer.ts';
import type { PcmStream } from './pcm-stream.ts';
import type { Prepared, PreparedSentence } from './prepared.ts';
import type { Placed, Programme, SpeechSource } from './programme.ts';
import type { Spoken } from './speaker.ts';

export interface StageDoor {
  /** The first frame that has not been asked for. */
  readonly nextFrame: number;
  readonly sources: readonly SpeechSource[];
  rewind(frame: number, cutMs: number | null): void;
  /** What an utterance's markers asked for from here on does not come. */
  forgetMarkersFrom(frame: number): void;
  markers(placed: Placed, atFrameOf: (ms: number) => number): void;
  scene(id: string): void;
  /** A picture or a video in place of the stage, or in a window on it. One that cannot be shown is over at once. */
  insert(item: Extract<PlayedItem, { kind: 'insert' }>): RunningInsert;
}
export interface RunningInsert {
  /** Asked before every frame. */
  over(dueSample: number): boolean;
  stop(): void;
}

/** In samples of the stream. */
export interface StreamTime {
  /** What is fed next. */
  due: number;
  /** Nothing is said before this, and nothing of the show before the other. */
  earliest: number;
  silenceUntil: number;
}

export interface SpeakingDeps {
  fps: number;
  programme: Programme;
  mixer: Mixer;
  stage: StageDoor;
  time: StreamTime;
  nowMs(): number;
  /** When the desk asked for it. */
  askedAtMs(id: string): number | undefined;
  prepared(speech: Speech, fromSentence: number): Prepared;
  begun(run: Run): void;
  ended(id: string): void;
  dispatch(event: SpeechEvent): void;
  tellPosition(): void;
  onTrace(trace: UtteranceTrace): void;
  onTrouble(error: unknown): void;
}

/** The next is begun so long before it is heard, where the pause before it allows. */
export const LEAD_SAMPLES = Math.round(0.4 * SAMPLE_RATE);
/** A sentence is placed no sooner than this before it is heard. */
const HORIZON_SAMPLES = 3 * SAMPLE_RATE;
/** Viewers do not hear a model think in the middle of its answer: after so long the show goes on. */
const ANSWER_SAMPLES = Math.round(1.2 * SAMPLE_RATE);
/** After an utterance of which nothing was heard. */
const FAULT_SAMPLES = 2 * SAMPLE_RATE;
/** A sentence moves the mouth this long before it is heard, and frames need some time to be drawn. */
const MOUTH_AHEAD_FRAMES = 2;
/** Said at once it begins this long after all that has been asked for: nothing is drawn twice. */
const AFTER_DRAWN_FRAMES = 1;
/** Where a silence of the script ended so long ago, what comes is still in its rhythm. */
const RHYTHM_FRAMES = 2;
export const SENTENCES_AHEAD = 2;

export interface Run {
  speech: Speech;
  id: string;
  fromSentence: number;
  prepared: Prepared;
  /** null: not known yet. */
  sentences: PreparedSentence[] | null;
  next: number;
  /** What the next sentence sounds like, once asked: undefined while it is being made. */
  nextSpoken: { index: number; result: Spoken | null | undefined } | null;
  /** End of the last that was placed, and the silence after it. */
  lastEnd: number | null;
  rest: number;
  stopping: boolean;
  jingle: PcmStream | 'opening' | null;
  insert: RunningInsert | null;
  trace: UtteranceTrace;
}

export class Speaking {
  readonly #deps: SpeakingDeps;
  readonly #time: StreamTime;
  #run: Run | null = null;
  /** Sentences that cannot be said: passed over at this sample, when all before them has been heard. */
  #unsaid: { id: string; sentence: number; atSample: number }[] = [];

  constructor(deps: SpeakingDeps) {
    this.#deps = deps;
    this.#time = deps.time;
  }

  get run(): Run | null {
    return this.#run;
  }

  /** What is due until `until` begins, what was due before ends, and what comes next is placed. */
  tick(until: number): void {
    const { programme } = this.#deps;
    for (const placed of programme.placed) {
      if (!placed.begun && placed.startSample < until) this.#begin(placed);
      if (placed.begun && !placed.over && placed.endSample <= this.#time.due) this.#finishSentence(placed);
    }
    this.#passUnsaid();
    programme.passed(this.#time.due);
    this.#pump();
  }

  /** Whether everything that would be heard next has been placed. */
  get settled(): boolean {
    const run = this.#run;
    if (run === null) return true;
    if (run.sentences === null || run.jingle === 'opening') return false;
    if (run.next >= run.sentences.length || run.stopping) return true;
    // Written a moment ago: asked for before the next frame.
    if (run.nextSpoken?.index !== run.next) return true;
    return run.lastEnd !== null && run.lastEnd - this.#time.due > SAMPLE_RATE;
  }

  /** Said otherwise from the next sentence on that has not been placed. */
  sayAnew(run: Run, prepared: Prepared, sentences: PreparedSentence[]): boolean {
    if (this.#run !== run || sentences.length !== run.sentences?.length) return false;
    Object.assign(run, { sentences, prepared, nextSpoken: null });
    return true;
  }

  #begin(placed: Placed): void {
    placed.begun = true;
    const run = this.#runOf(placed.id);
    if (run && run.trace.fromStreamMs === null) {
      run.trace.fromStreamMs = msOf(placed.startSample);
      run.trace.firstFrameFedAtMs = this.#deps.nowMs();
    }
    this.#deps.dispatch({ type: 'sentence-started', id: placed.id, sentence: placed.sentence });
  }

  #finishSentence(placed: Placed): void {
    placed.over = true;
    const run = this.#runOf(placed.id);
    if (run) run.trace.toStreamMs = msOf(placed.endSample);
    this.#deps.dispatch({ type: 'sentence-ended', id: placed.id, sentence: placed.sentence });
    this.#deps.tellPosition();
  }

  /** Told in the stream's order: a position past a sentence that is still heard would lose it in a crash. */
  #passUnsaid(): void {
    const passed = this.#unsaid.filter(({ atSample }) => atSample <= this.#time.due);
    if (passed.length === 0) return;
    this.#unsaid = this.#unsaid.filter(({ atSample }) => atSample > this.#time.due);
    for (const { id, sentence } of passed) {
      this.#deps.dispatch({ type: 'sentence-started', id, sentence });
      this.#deps.dispatch({ type: 'sentence-ended', id, sentence });
    }
    this.#deps.tellPosition();
  }

  #runOf(id: string): Run | null {
    return this.#run?.id === id ? this.#run : null;
  }

  #pump(): void {
    const run = this.#run;
    if (run === null || run.sentences === null || run.jingle === 'opening') return;
    if (run.jingle) {
      if (!run.jingle.ended) return;
      run.jingle = null;
    }
    if (run.speech.source === 'show' && run.speech.item.kind === 'insert') {
      this.#pumpInsert(run);
      return;
    }
    const heard = this.#deps.programme.placed.some(({ id, over }) => id === run.id && !over);
    if (run.stopping) {
      if (!heard) this.#cutAnswer(run, null);
      return;
    }
    while (run.next < run.sentences.length && this.#placeNext(run));
    if (this.#run !== run || run.next < run.sentences.length) return;
    if (run.prepared.growing && this.#time.due < (run.lastEnd ?? this.#time.due) + ANSWER_SAMPLES) return;
    if (this.#deps.programme.placed.some(({ id, over }) => id === run.id && !over)) return;
    if (this.#unsaid.some(({ id }) => id === run.id)) return;
    const pause = Math.round((run.prepared.pauseAfterMs * SAMPLE_RATE) / 1000);
    const end = (run.lastEnd ?? this.#time.due) + pause;
    if (this.#time.due < end - LEAD_SAMPLES) return;
    this.#time.earliest = Math.max(this.#time.earliest, end);
    if (run.lastEnd === null) this.#rest();
    if (run.prepared.growing)
      this.#deps.onTrouble(new StudioError('session.answer-unfinished', { text: textOf(run.speech).slice(0, 80) }));
    this.#endRun(run, false);
    this.#deps.dispatch({ type: 'ended', id: run.id });
    this.#deps.tellPosition();
  }

  /** @returns whether to go on with the one after it */
  #placeNext(run: Run): boolean {
    const index = run.next;
    if (run.lastEnd !== null && run.lastEnd - this.#time.due > HORIZON_SAMPLES) return false;
    if (run.nextSpoken?.index !== index) {
      const asked: NonNullable<Run['nextSpoken']> = { index, result: undefined };
      run.nextSpoken = asked;
      for (const sentence of run.sentences!.slice(index, index + 1 + SENTENCES_AHEAD)) void sentence.spoken();
      void run.sentences![index]!.spoken().then((result) => {
        asked.result = result;
        run.trace.spokenAtMs ??= this.#deps.nowMs();
        if (this.#run === run) this.#pump();
      });
      return false;
    }
    const spoken = run.nextSpoken.result;
    if (spoken === undefined) return false;
    const sentence = run.sentences![index]!;
    run.next++;
    if (spoken === null) {
      this.#deps.onTrouble(new StudioError('session.sentence-skipped', { text: sentence.text.slice(0, 80) }));
      this.#unsaid.push({ id: run.id, sentence: index, atSample: run.lastEnd ?? this.#time.due });
      this.#passUnsaid();
      return this.#run === run;
    }
    this.#place(run, index, sentence, spoken);
    return true;
  }

  #place(run: Run, index: number, sentence: PreparedSentence, spoken: Spoken): void {
    const { stage, programme } = this.#deps;
    const dueFrame = this.#frameOf(this.#time.due);
    const planned = Math.max(run.lastEnd === null ? 0 : run.lastEnd + run.rest, this.#time.earliest);
    // The desk speaks into the show's silence.
    const silence = run.speech.source === 'show' ? this.#time.silenceUntil : 0;
    const inRhythm = planned > this.#time.due - this.#sampleOf(RHYTHM_FRAMES);
    const soonest = inRhythm ? dueFrame + 1 + MOUTH_AHEAD_FRAMES : stage.nextFrame + AFTER_DRAWN_FRAMES;
    const startSample = Math.max(planned, silence, this.#sampleOf(soonest));
    const startFrame = this.#frameOf(startSample);
    const placed = programme.place(
      { id: run.id, sentence: index, text: sentence.text, spoken, startSample },
      stage.sources,
    );
    run.lastEnd = placed.endSample;
    run.rest = Math.round((sentence.restMs * SAMPLE_RATE) / 1000);
    run.trace.announcedAtMs ??= this.#deps.nowMs();
    stage.markers(placed, (ms) => this.#frameOf(startSample + Math.round((ms * SAMPLE_RATE) / 1000)));
    // Frames of idling that were drawn ahead give way.
    const mouthFrame = startFrame - (inRhythm ? MOUTH_AHEAD_FRAMES : AFTER_DRAWN_FRAMES);
    if (mouthFrame < stage.nextFrame) stage.rewind(Math.max(dueFrame + 1, mouthFrame), null);
  }

  #pumpInsert(run: Run): void {
    if (run.insert === null) {
      if (this.#time.due < this.#time.silenceUntil || this.#time.due < this.#time.earliest) return;
      const item = (run.speech as Extract<Speech, { source: 'show' }>).item as Extract<PlayedItem, { kind: 'insert' }>;
      run.insert = this.#deps.stage.insert(item);
      run.trace.fromStreamMs = msOf(this.#time.due);
      this.#deps.dispatch({ type: 'sentence-started', id: run.id, sentence: 0 });
      return;
    }
    if (!run.insert.over(this.#time.due)) return;
    run.insert.stop();
    run.trace.toStreamMs = msOf(this.#time.due);
    if (run.trace.toStreamMs - run.trace.fromStreamMs! < 100) this.#rest();
    this.#deps.dispatch({ type: 'sentence-ended', id: run.id, sentence: 0 });
    if (this.#run !== run) return;
    this.#endRun(run, false);
    this.#deps.dispatch({ type: 'ended', id: run.id });
    this.#deps.tellPosition();
  }

  /** Nothing of it could be said or shown: a show of nothing but that must not race round. */
  #rest(): void {
    this.#time.silenceUntil = Math.max(this.#time.silenceUntil, this.#time.due + FAULT_SAMPLES);
  }

  #endRun(run: Run, interrupted: boolean): void {
    this.#run = null;
    this.#unsaid = this.#unsaid.filter(({ id }) => id !== run.id);
    run.trace.interrupted = interrupted;
    this.#deps.onTrace(run.trace);
    run.prepared.cancel();
    this.#deps.ended(run.id);
  }

  /** The run before it is over. */
  start(speech: Speech, fromSentence: number): void {
    const prepared = this.#deps.prepared(speech, fromSentence);
    const now = this.#deps.nowMs();
    const run: Run = {
      ...{ speech, id: speech.id, fromSentence, prepared, sentences: null, next: fromSentence, nextSpoken: null },
      ...{ lastEnd: null, rest: 0, stopping: false, jingle: null, insert: null },
      trace: {
        ...{
          id: speech.id,
          source: speech.source,
          text: textOf(speech),
          askedAtMs: this.#deps.askedAtMs(speech.id) ?? now,
        },
        ...{ spokenAtMs: null, announcedAtMs: null, firstFrameDrawnAtMs: null, firstFrameFedAtMs: null },
        ...{ fromStreamMs: null, toStreamMs: null, interrupted: false, lateFrames: 0 },
      },
    };
    this.#run = run;
    this.#deps.begun(run);
    void prepared.sentences.then((sentences) => {
      run.sentences = sentences;
      if (this.#run === run) this.#pump();
    });
  }

  stop(id: string, at: 'now' | 'sentence'): void {
    const run = this.#runOf(id);
    if (run === null) return;
    const { programme, stage, mixer } = this.#deps;
    const heard = programme.placed.find(({ id, begun, over }) => id === run.id && begun && !over) ?? null;
    if (at === 'sentence' && heard && run.insert === null) {
      run.stopping = true;
      this.#cutAt(heard.endSample);
      return;
    }
    const sample = Math.max(mixer.mixedTo, this.#time.due);
    const frame = this.#frameOf(this.#time.due) + 1;
    if (run.insert) {
      run.insert.stop();
      mixer.stopSounds();
      this.#cutAnswer(run, 0);
      return;
    }
    if (run.jingle) mixer.stopSounds();
    programme.cut(sample);
    stage.forgetMarkersFrom(frame);
    stage.rewind(frame, msOf(sample));
    // What comes instead keeps no rhythm.
    this.#time.earliest = 0;
    if (heard) {
      heard.over = true;
      run.trace.toStreamMs = msOf(sample);
    }
    this.#cutAnswer(run, heard?.sentence ?? null);
  }

  /** What has been placed behind this sample is not said. */
  #cutAt(sample: number): void {
    const { programme, stage } = this.#deps;
    const frame = Math.max(this.#frameOf(this.#time.due) + 1, this.#frameOf(sample));
    programme.cut(sample);
    this.#unsaid = this.#unsaid.filter(({ atSample }) => atSample < sample);
    stage.forgetMarkersFrom(frame);
    stage.rewind(frame, msOf(sample));
  }

  #cutAnswer(run: Run, sentence: number | null): void {
    this.#endRun(run, true);
    this.#deps.dispatch({ type: 'cut', id: run.id, sentence });
    this.#deps.tellPosition();
  }

  /** A frame was late, or drawn: of the utterance that is on in it. */
  frameLate(frame: number): void {
    const run = this.#run;
    if (run && run.lastEnd !== null && this.#sampleOf(frame) < run.lastEnd) run.trace.lateFrames++;
  }
  frameDrawn(frame: number): void {
    const run = this.#run;
    const first = this.#deps.programme.placed.find(({ id }) => id === run?.id);
    if (run && first && run.trace.firstFrameDrawnAtMs === null && this.#sampleOf(frame + 1) > first.startSample)
      run.trace.firstFrameDrawnAtMs = this.#deps.nowMs();
  }

  dispose(): void {
    if (this.#run) this.#endRun(this.#run, true);
  }

  #sampleOf(frame: number): number {
    return Math.round((frame * SAMPLE_RATE) / this.#deps.fps);
  }
  #frameOf(sample: number): number {
    return Math.floor((sample * this.#deps.fps) / SAMPLE_RATE + 1e-6);
  }
}

export const msOf = (sample: number): number => (sample * 1000) / SAMPLE_RATE;

export function textOf(speech: Speech): string {
  if (speech.source === 'desk') return speech.command.type === 'say' ? speech.command.text : speech.command.question;
  const { item } = speech;
  if (item.kind === 'line') return item.line.text;
  if (item.kind === 'recording') return item.text || (item.asset.fileName ?? '');
  return item.insert.name || (item.insert.asset.fileName ?? '');
}
