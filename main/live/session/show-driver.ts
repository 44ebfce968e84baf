/**
 * Leads a show: takes from cursor and queue what is said next, has it made ready ahead of time, places its sentences on the stream, and
 * tells the queue what was heard. Asked before every frame; nothing here waits.
 */
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { IdleItem, PlayedItem, ShowCursor, ShowItem } from '../../../app/live/cursor.ts';
import type { LiveCommand, SessionStatus, ShowPosition, UtteranceTrace } from '../../../app/live/protocol.ts';
import type { Speech, SpeechCommand, SpeechEffect, SpeechEvent, SpeechQueue } from '../../../app/live/speech-queue.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import type { Mixer } from './mixer.ts';
import type { PcmStream } from './pcm-stream.ts';
import { type MoodOverride, type PrepareDeps, type Prepared, type PreparedSentence, prepare } from './prepared.ts';
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

export interface ShowDriverEvents {
  position(position: ShowPosition): void;
  done(id: string, said: boolean): void;
  trace(trace: UtteranceTrace): void;
  trouble(error: unknown): void;
  /** Everything has been said and heard. */
  over(): void;
}

export interface ShowDriverDeps {
  fps: number;
  cursor: ShowCursor;
  queue: SpeechQueue;
  programme: Programme;
  mixer: Mixer;
  stage: StageDoor;
  prepare: PrepareDeps;
  nowMs(): number;
  wallMs(): number;
  /** A sound of the show, opened; null where it cannot be. */
  openSound(item: { jingle: NonNullable<PlayedItem['jingle']> }): Promise<PcmStream | null>;
  events: ShowDriverEvents;
}

/** The next is begun so long before it is heard, where the pause before it allows. */
const LEAD_SAMPLES = Math.round(0.4 * SAMPLE_RATE);
/** A sentence is placed no sooner than this before it is heard. */
const HORIZON_SAMPLES = 3 * SAMPLE_RATE;
/** After an utterance of which nothing was heard. */
const FAULT_SAMPLES = 2 * SAMPLE_RATE;
/** Silence at the very beginning: what was drawn before it goes on air is not drawn again. */
const FIRST_SAMPLES = Math.round(0.3 * SAMPLE_RATE);
/** A sentence moves the mouth this long before it is heard, and frames need some time to be drawn. */
const MOUTH_AHEAD_FRAMES = 2;
/** Said at once it begins this long after all that has been asked for: nothing is drawn twice. */
const AFTER_DRAWN_FRAMES = 1;
/** Where a silence of the script ended so long ago, what comes is still in its rhythm. */
const RHYTHM_FRAMES = 2;
/** Lines of the show made ready before they are said. */
const LINES_AHEAD = 2;
const SENTENCES_AHEAD = 2;
const LOOK_SAMPLES = 10 * SAMPLE_RATE;
const ASK_AGAIN_MS = 1000;

interface Run {
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

export class ShowDriver {
  readonly #deps: ShowDriverDeps;
  #project: Project;
  #run: Run | null = null;
  #ahead: { item: ShowItem; before: ShowPosition }[] = [];
  readonly #prepared = new Map<string, Prepared>();
  readonly #asked = new Map<string, number>();
  #due = 0;
  /** Nothing is said before this sample, and nothing of the show before the other. */
  #earliest = 0;
  #silenceUntil = 0;
  /** On the stream's own clock: the one on the wall may be put back an hour meanwhile. */
  #askAgainAt: number | null = null;
  #closing = false;
  #ended = false;
  #mood: MoodOverride | null = null;
  /** Sentences that cannot be said: passed over at this sample, when all before them has been heard. */
  #unsaid: { id: string; sentence: number; atSample: number }[] = [];
  /** The show's idling that is on. */
  #idle: { item: IdleItem; untilSample: number } | null = null;

  constructor(deps: ShowDriverDeps, project: Project, firstSample: number) {
    this.#deps = deps;
    this.#project = project;
    this.#due = firstSample;
    this.#earliest = firstSample + FIRST_SAMPLES;
    this.#silenceUntil = firstSample;
  }

  // ── What is asked ─────────────────────────────────────────────────────────────────────────────────────────────────

  command(command: SpeechCommand): void {
    const { cursor } = this.#deps;
    if (command.type === 'say') this.#asked.set(command.id, this.#deps.nowMs());
    if (command.type === 'goTo') {
      this.#forgetAhead();
      if (!cursor.goTo(command.segmentId, command.line, this.#deps.wallMs())) {
        this.#deps.events.trouble(new StudioError('session.unknown-place', { id: command.segmentId }));
        return;
      }
      this.#silenceUntil = this.#due;
    }
    if (command.type === 'skip' && command.what === 'segment') this.#skipSegment();
    this.#askAgainAt = null;
    this.#dispatch({ type: 'asked', command });
    this.#tellPosition();
  }

  #skipSegment(): void {
    const held = this.#showItem();
    const idle = held === null && this.#idle !== null && this.#due < this.#idle.untilSample ? this.#idle : null;
    const on = held ?? idle?.item;
    if (on === undefined) return;
    this.#forgetAhead();
    this.#deps.cursor.skip('segment', on.at);
    // Also while the desk speaks into it, which goes on.
    if (idle) this.#silenceUntil = this.#due;
    this.#idle = null;
  }

  /** Of the show: what is being said, or waits to go on. */
  #showItem(): PlayedItem | null {
    const { now, waiting } = this.#deps.queue.state;
    const all = [...(now.kind === 'open' ? [] : [now]), ...waiting];
    for (const each of all) if (each !== 'show' && each.speech.source === 'show') return each.speech.item;
    return null;
  }

  /** Before the first frame: what is said first is made ready, so that nothing has to be loaded any more on air. */
  async warm(): Promise<void> {
    await this.#deps.prepare.speaker.warm(this.#project);
    this.#fillAhead();
    const first = this.#deps.queue.upcoming?.speech.id ?? [...this.#prepared.keys()][0];
    const sentences = await this.#prepared.get(first ?? '')?.sentences;
    await sentences?.[0]?.spoken();
  }

  /** After everything was put together: what the desk had asked for before a restart is said first, unless the show is paused. */
  begin(): void {
    this.#dispatch({ type: 'start' });
  }

  emotion({ emotion, intensity }: Extract<LiveCommand, { type: 'emotion' }>): void {
    this.#mood = emotion === null ? null : { emotion, intensity };
    this.#prepareAnew();
  }
  get mood(): string | null {
    return this.#mood?.emotion ?? null;
  }

  /** The document changed. */
  update(project: Project): void {
    this.#project = project;
    const from = this.#nextPosition();
    this.#ahead = [];
    this.#deps.cursor.update(project, from);
    this.#askAgainAt = null;
    this.#ended = false;
    this.#prepareAnew();
  }

  /** On to the closing, then {@link ShowDriverEvents.over}. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#forgetAhead();
    this.#deps.cursor.close();
    this.#silenceUntil = this.#due;
    this.#askAgainAt = null;
    this.#dispatch({ type: 'closing' });
  }

  // ── Before every frame ────────────────────────────────────────────────────────────────────────────────────────────

  /** `frame` is about to be fed. */
  tick(frame: number): void {
    const { programme } = this.#deps;
    this.#due = this.#sampleOf(frame);
    const until = this.#sampleOf(frame + 1);
    for (const placed of programme.placed) {
      if (!placed.begun && placed.startSample < until) this.#begin(placed);
      if (placed.begun && !placed.over && placed.endSample <= this.#due) this.#finishSentence(placed);
    }
    this.#passUnsaid();
    programme.passed(this.#due);
    this.#pump();
    if (this.#run === null && this.#deps.queue.wantsShow) this.#goOn();
    this.#fillAhead();
  }

  /** Whether everything that would be heard next has been placed, as far as it is known: an accelerated run waits for it. */
  get settled(): boolean {
    const run = this.#run;
    if (run === null) return this.#opening === 0;
    if (run.sentences === null || run.jingle === 'opening') return false;
    if (run.next >= run.sentences.length || run.stopping) return true;
    return run.lastEnd !== null && run.lastEnd - this.#due > SAMPLE_RATE;
  }
  #opening = 0;
  /** Scene and jingle of it have been seen to. */
  #begunItem = '';

  get drained(): boolean {
    return this.#run === null && this.#due >= this.#earliest;
  }

  #begin(placed: Placed): void {
    placed.begun = true;
    const run = this.#runOf(placed.id);
    if (run && run.trace.fromStreamMs === null) {
      run.trace.fromStreamMs = msOf(placed.startSample);
      run.trace.firstFrameFedAtMs = this.#deps.nowMs();
    }
    this.#dispatch({ type: 'sentence-started', id: placed.id, sentence: placed.sentence });
  }

  #finishSentence(placed: Placed): void {
    placed.over = true;
    const run = this.#runOf(placed.id);
    if (run) run.trace.toStreamMs = msOf(placed.endSample);
    this.#dispatch({ type: 'sentence-ended', id: placed.id, sentence: placed.sentence });
    this.#tellPosition();
  }

  /** Told in the stream's order: a position past a sentence that is still heard would lose it in a crash. */
  #passUnsaid(): void {
    const passed = this.#unsaid.filter(({ atSample }) => atSample <= this.#due);
    if (passed.length === 0) return;
    this.#unsaid = this.#unsaid.filter(({ atSample }) => atSample > this.#due);
    for (const { id, sentence } of passed) {
      this.#dispatch({ type: 'sentence-started', id, sentence });
      this.#dispatch({ type: 'sentence-ended', id, sentence });
    }
    this.#tellPosition();
  }

  #runOf(id: string): Run | null {
    return this.#run?.id === id ? this.#run : null;
  }

  // ── The utterance that is on ──────────────────────────────────────────────────────────────────────────────────────

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
    if (this.#deps.programme.placed.some(({ id, over }) => id === run.id && !over)) return;
    if (this.#unsaid.some(({ id }) => id === run.id)) return;
    const pause = Math.round((run.prepared.pauseAfterMs * SAMPLE_RATE) / 1000);
    const end = (run.lastEnd ?? this.#due) + pause;
    if (this.#due < end - LEAD_SAMPLES) return;
    this.#earliest = Math.max(this.#earliest, end);
    if (run.lastEnd === null) this.#rest();
    this.#endRun(run, false);
    this.#dispatch({ type: 'ended', id: run.id });
    this.#tellPosition();
  }

  /** @returns whether to go on with the one after it */
  #placeNext(run: Run): boolean {
    const index = run.next;
    if (run.lastEnd !== null && run.lastEnd - this.#due > HORIZON_SAMPLES) return false;
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
      this.#deps.events.trouble(new StudioError('session.sentence-skipped', { text: sentence.text.slice(0, 80) }));
      this.#unsaid.push({ id: run.id, sentence: index, atSample: run.lastEnd ?? this.#due });
      this.#passUnsaid();
      return this.#run === run;
    }
    this.#place(run, index, sentence, spoken);
    return true;
  }

  #place(run: Run, index: number, sentence: PreparedSentence, spoken: Spoken): void {
    const { stage, programme } = this.#deps;
    const dueFrame = this.#frameOf(this.#due);
    const planned = Math.max(run.lastEnd === null ? 0 : run.lastEnd + run.rest, this.#earliest);
    // The desk speaks into the show's silence.
    const silence = run.speech.source === 'show' ? this.#silenceUntil : 0;
    const inRhythm = planned > this.#due - this.#sampleOf(RHYTHM_FRAMES);
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
      if (this.#due < this.#silenceUntil || this.#due < this.#earliest) return;
      const item = (run.speech as Extract<Speech, { source: 'show' }>).item as Extract<PlayedItem, { kind: 'insert' }>;
      run.insert = this.#deps.stage.insert(item);
      run.trace.fromStreamMs = msOf(this.#due);
      this.#dispatch({ type: 'sentence-started', id: run.id, sentence: 0 });
      return;
    }
    if (!run.insert.over(this.#due)) return;
    run.insert.stop();
    run.trace.toStreamMs = msOf(this.#due);
    if (run.trace.toStreamMs - run.trace.fromStreamMs! < 100) this.#rest();
    this.#dispatch({ type: 'sentence-ended', id: run.id, sentence: 0 });
    if (this.#run !== run) return;
    this.#endRun(run, false);
    this.#dispatch({ type: 'ended', id: run.id });
    this.#tellPosition();
  }

  /** Nothing of it could be said or shown: a show of nothing but that must not race round. */
  #rest(): void {
    this.#silenceUntil = Math.max(this.#silenceUntil, this.#due + FAULT_SAMPLES);
  }

  #endRun(run: Run, interrupted: boolean): void {
    this.#run = null;
    this.#unsaid = this.#unsaid.filter(({ id }) => id !== run.id);
    run.trace.interrupted = interrupted;
    this.#deps.events.trace(run.trace);
    run.prepared.cancel();
    this.#prepared.delete(run.id);
    this.#asked.delete(run.id);
  }

  // ── What the queue wants ──────────────────────────────────────────────────────────────────────────────────────────

  #dispatch(event: SpeechEvent): void {
    for (const effect of this.#deps.queue.dispatch(event)) this.#do(effect);
    const { upcoming } = this.#deps.queue;
    if (upcoming) this.#prepare(upcoming.speech, upcoming.fromSentence);
  }

  #do(effect: SpeechEffect): void {
    switch (effect.do) {
      case 'speak':
        this.#start(effect.speech, effect.fromSentence);
        break;
      case 'stop':
        if (this.#run?.id === effect.id) this.#stop(this.#run, effect.at);
        break;
      case 'done':
        this.#asked.delete(effect.id);
        this.#deps.events.done(effect.id, effect.said);
        break;
      case 'skip-silence':
        this.#silenceUntil = this.#due;
        break;
    }
  }

  #start(speech: Speech, fromSentence: number): void {
    const prepared = this.#prepare(speech, fromSentence);
    const now = this.#deps.nowMs();
    const run: Run = {
      ...{ speech, id: speech.id, fromSentence, prepared, sentences: null, next: fromSentence, nextSpoken: null },
      ...{ lastEnd: null, rest: 0, stopping: false, jingle: null, insert: null },
      trace: {
        ...{ id: speech.id, source: speech.source, text: textOf(speech), askedAtMs: this.#asked.get(speech.id) ?? now },
        ...{ spokenAtMs: null, announcedAtMs: null, firstFrameDrawnAtMs: null, firstFrameFedAtMs: null },
        ...{ fromStreamMs: null, toStreamMs: null, interrupted: false, lateFrames: 0 },
      },
    };
    this.#run = run;
    if (speech.source === 'show' && speech.id !== this.#begunItem) {
      this.#begunItem = speech.id;
      this.#beginItem(fromSentence === 0 ? speech.item : { ...speech.item, jingle: null }, run);
    }
    void prepared.sentences.then((sentences) => {
      run.sentences = sentences;
      if (this.#run === run) this.#pump();
    });
  }

  #beginItem(item: Pick<PlayedItem, 'scene' | 'jingle'>, run: Run | null): void {
    if (item.scene !== null) this.#deps.stage.scene(item.scene);
    if (item.jingle === null) return;
    if (run) run.jingle = 'opening';
    this.#opening++;
    void this.#deps.openSound({ jingle: item.jingle }).then((stream) => {
      this.#opening--;
      if (run) run.jingle = this.#run === run ? stream : null;
      if (stream === null || (run && this.#run !== run)) return stream?.close();
      this.#deps.mixer.play({ startSample: this.#due, stream, gain: 0.7, endSample: null });
    });
  }

  #stop(run: Run, at: 'now' | 'sentence'): void {
    const { programme, stage, mixer } = this.#deps;
    const heard = programme.placed.find(({ id, begun, over }) => id === run.id && begun && !over) ?? null;
    if (at === 'sentence' && heard && run.insert === null) {
      run.stopping = true;
      this.#cutAt(heard.endSample);
      return;
    }
    const sample = Math.max(mixer.mixedTo, this.#due);
    const frame = this.#frameOf(this.#due) + 1;
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
    this.#earliest = 0;
    if (heard) {
      heard.over = true;
      run.trace.toStreamMs = msOf(sample);
    }
    this.#cutAnswer(run, heard?.sentence ?? null);
  }

  /** What has been placed behind this sample is not said. */
  #cutAt(sample: number): void {
    const { programme, stage } = this.#deps;
    const frame = Math.max(this.#frameOf(this.#due) + 1, this.#frameOf(sample));
    programme.cut(sample);
    this.#unsaid = this.#unsaid.filter(({ atSample }) => atSample < sample);
    stage.forgetMarkersFrom(frame);
    stage.rewind(frame, msOf(sample));
  }

  #cutAnswer(run: Run, sentence: number | null): void {
    this.#endRun(run, true);
    this.#dispatch({ type: 'cut', id: run.id, sentence });
    this.#tellPosition();
  }

  // ── The show's next ───────────────────────────────────────────────────────────────────────────────────────────────

  #goOn(): void {
    if (this.#ended) {
      if (this.#due >= this.#earliest && this.#due >= this.#silenceUntil) this.#deps.events.over();
      return;
    }
    if (this.#due < this.#silenceUntil - LEAD_SAMPLES) return;
    if (this.#askAgainAt !== null && this.#due < this.#askAgainAt) return;
    this.#askAgainAt = null;
    const { item } = this.#ahead.shift() ?? this.#take();
    switch (item.kind) {
      case 'gap':
      case 'idle':
        this.#silenceUntil =
          Math.max(this.#due, this.#earliest, this.#silenceUntil) + Math.round((item.ms * SAMPLE_RATE) / 1000);
        this.#idle = item.kind === 'idle' ? { item, untilSample: this.#silenceUntil } : null;
        if (item.kind === 'idle') {
          this.#beginItem(item, null);
          this.#tellPosition();
        }
        return;
      case 'closed':
        this.#askAgainAt = this.#due + (ASK_AGAIN_MS * SAMPLE_RATE) / 1000;
        return;
      case 'end':
        this.#ended = true;
        return;
      default:
        this.#idle = null;
        this.#dispatch({ type: 'offered', item });
    }
  }

  #take(): { item: ShowItem; before: ShowPosition } {
    const before = this.#deps.cursor.position();
    return { before, item: this.#deps.cursor.next(this.#deps.wallMs()) };
  }

  #fillAhead(): void {
    if (this.#due < this.#silenceUntil - LOOK_SAMPLES || this.#askAgainAt !== null) return;
    const isPlayed = ({ item: { kind } }: { item: ShowItem }): boolean => kind !== 'gap';
    while (this.#ahead.filter(isPlayed).length < LINES_AHEAD) {
      const last = this.#ahead.at(-1)?.item.kind;
      if (last === 'idle' || last === 'closed' || last === 'end' || this.#ended) return;
      const taken = this.#take();
      this.#ahead.push(taken);
      const { item } = taken;
      if (item.kind === 'line' || item.kind === 'recording')
        this.#prepare({ source: 'show', id: item.id, item }, item.fromSentence);
    }
  }

  /** The cursor goes back to what has not been offered. */
  #forgetAhead(): void {
    const first = this.#ahead[0];
    this.#ahead = [];
    if (first) this.#deps.cursor.restore(first.before);
    this.#ended = false;
  }

  #nextPosition(): ShowPosition {
    return this.#ahead[0]?.before ?? this.#deps.cursor.position();
  }

  get position(): ShowPosition {
    return this.#deps.queue.position(this.#nextPosition());
  }

  #tellPosition(): void {
    this.#deps.events.position(this.position);
  }

  // ── Made ready ────────────────────────────────────────────────────────────────────────────────────────────────────

  #prepare(speech: Speech, fromSentence: number): Prepared {
    const kept = this.#prepared.get(speech.id);
    if (kept) return kept;
    const made = prepare(speech, this.#project, this.#mood, this.#deps.prepare);
    this.#prepared.set(speech.id, made);
    void made.sentences.then((sentences) => {
      for (const sentence of sentences.slice(fromSentence, fromSentence + SENTENCES_AHEAD)) void sentence.spoken();
    });
    this.#letGo(speech.id);
    return made;
  }

  #letGo(but: string): void {
    const needed = new Set([
      ...[but, this.#run?.id ?? but, this.#deps.queue.upcoming?.speech.id ?? but],
      ...this.#ahead.flatMap(({ item }) => ('id' in item ? [item.id] : [])),
    ]);
    for (const [id, prepared] of this.#prepared) {
      if (needed.has(id)) continue;
      prepared.cancel();
      this.#prepared.delete(id);
    }
  }

  /** Other words, another mood or voice, from the next sentence on that has not been placed. */
  #prepareAnew(): void {
    const run = this.#run;
    for (const [id, prepared] of this.#prepared) {
      if (id === run?.id) continue;
      prepared.cancel();
      this.#prepared.delete(id);
    }
    for (const { item } of this.#ahead)
      if (item.kind === 'line' || item.kind === 'recording')
        this.#prepare({ source: 'show', id: item.id, item }, item.fromSentence);
    if (run === null || (run.speech.source === 'show' && run.speech.item.kind !== 'line')) return;
    const anew = prepare(run.speech, this.#project, this.#mood, this.#deps.prepare);
    void anew.sentences.then((sentences) => {
      if (this.#run !== run || sentences.length !== run.sentences?.length) return;
      run.sentences = sentences;
      run.nextSpoken = null;
      this.#prepared.set(run.id, anew);
      run.prepared = anew;
    });
  }

  // ── What it tells ─────────────────────────────────────────────────────────────────────────────────────────────────

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

  status(): Pick<SessionStatus, 'speaking' | 'next' | 'queued' | 'paused'> {
    const { queue, programme } = this.#deps;
    const heard = programme.at(this.#due);
    const run = this.#run;
    const speaking =
      run && (heard?.id === run.id || run.insert)
        ? {
            ...{ id: run.id, text: heard?.text ?? textOf(run.speech), segmentId: segmentOf(run.speech) },
            ...{ source: run.speech.source, fromStreamMs: run.trace.fromStreamMs ?? msOf(this.#due) },
          }
        : null;
    const { upcoming } = queue;
    const shown = this.#ahead.find(({ item }) => 'segmentId' in item)?.item;
    const next = upcoming
      ? { text: textOf(upcoming.speech), segmentId: segmentOf(upcoming.speech) }
      : shown && 'segmentId' in shown
        ? { text: shown.kind === 'line' ? shown.line.text : '', segmentId: shown.segmentId }
        : null;
    return { speaking, next, queued: queue.queued, paused: queue.paused };
  }

  dispose(): void {
    for (const prepared of this.#prepared.values()) prepared.cancel();
    this.#prepared.clear();
    if (this.#run) this.#endRun(this.#run, true);
  }

  #sampleOf(frame: number): number {
    return Math.round((frame * SAMPLE_RATE) / this.#deps.fps);
  }
  #frameOf(sample: number): number {
    return Math.floor((sample * this.#deps.fps) / SAMPLE_RATE + 1e-6);
  }
}

const msOf = (sample: number): number => (sample * 1000) / SAMPLE_RATE;
const segmentOf = (speech: Speech): string | null => (speech.source === 'show' ? speech.item.segmentId : null);

function textOf(speech: Speech): string {
  if (speech.source === 'desk') return speech.command.text;
  const { item } = speech;
  if (item.kind === 'line') return item.line.text;
  if (item.kind === 'recording') return item.text || (item.asset.fileName ?? '');
  return item.insert.name || (item.insert.asset.fileName ?? '');
}
