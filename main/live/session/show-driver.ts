/**
 * Leads a show: takes from cursor and queue what is said next, has it made ready ahead of time, and begins it when its time has come. Asked
 * before every frame; nothing here waits.
 */
import type { Project } from '../../../app/document/project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import type { IdleItem, PlayedItem, ShowCursor, ShowItem } from '../../../app/live/cursor.ts';
import type { LiveCommand, SessionStatus, ShowPosition, UtteranceTrace } from '../../../app/live/protocol.ts';
import type { Speech, SpeechCommand, SpeechEffect, SpeechEvent, SpeechQueue } from '../../../app/live/speech-queue.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import type { AskCommand } from './answers.ts';
import type { Mixer } from './mixer.ts';
import type { PcmStream } from './pcm-stream.ts';
import { type MoodOverride, type PrepareDeps, type Prepared, prepare } from './prepared.ts';
import type { Programme } from './programme.ts';
import {
  LEAD_SAMPLES,
  type Run,
  SENTENCES_AHEAD,
  Speaking,
  type StageDoor,
  type StreamTime,
  textOf,
} from './speaking.ts';

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

/** Silence at the very beginning: what was drawn before it goes on air is not drawn again. */
const FIRST_SAMPLES = Math.round(0.3 * SAMPLE_RATE);
/** Lines of the show made ready before they are said. */
const LINES_AHEAD = 2;
const LOOK_SAMPLES = 10 * SAMPLE_RATE;
const ASK_AGAIN_MS = 1000;

export class ShowDriver {
  readonly #deps: ShowDriverDeps;
  #project: Project;
  #ahead: { item: ShowItem; before: ShowPosition }[] = [];
  readonly #prepared = new Map<string, Prepared>();
  readonly #asked = new Map<string, number>();
  /** Questions whose answers cannot be heard yet. */
  readonly #thinking = new Set<string>();
  readonly #time: StreamTime;
  readonly #speaking: Speaking;
  /** On the stream's own clock: the one on the wall may be put back an hour meanwhile. */
  #askAgainAt: number | null = null;
  #closing = false;
  #ended = false;
  #mood: MoodOverride | null = null;
  /** The show's idling that is on. */
  #idle: { item: IdleItem; untilSample: number } | null = null;

  constructor(deps: ShowDriverDeps, project: Project, firstSample: number) {
    this.#deps = deps;
    this.#project = project;
    const { fps, programme, mixer, stage, events } = deps;
    this.#time = { due: firstSample, earliest: firstSample + FIRST_SAMPLES, silenceUntil: firstSample };
    this.#speaking = new Speaking({
      ...{ fps, programme, mixer, stage, time: this.#time, nowMs: () => deps.nowMs() },
      askedAtMs: (id) => this.#asked.get(id),
      prepared: (speech, fromSentence) => this.#prepare(speech, fromSentence),
      begun: (run) => this.#begun(run),
      ended: (id) => {
        this.#prepared.delete(id);
        this.#asked.delete(id);
      },
      dispatch: (event) => this.#dispatch(event),
      tellPosition: () => this.#tellPosition(),
      onTrace: (trace) => events.trace(trace),
      onTrouble: (error) => events.trouble(error),
    });
  }

  // ── What is asked ─────────────────────────────────────────────────────────────────────────────────────────────────

  command(command: SpeechCommand): void {
    const { cursor } = this.#deps;
    if (command.type === 'ask') {
      void this.#ask(command);
      return;
    }
    if (command.type === 'say') {
      this.#asked.set(command.id, this.#deps.nowMs());
      if (command.intent === 'replace') this.#forgetQuestions();
    }
    if (command.type === 'goTo') {
      this.#forgetAhead();
      if (!cursor.goTo(command.segmentId, command.line, this.#deps.wallMs())) {
        this.#deps.events.trouble(new StudioError('session.unknown-place', { id: command.segmentId }));
        return;
      }
      this.#time.silenceUntil = this.#time.due;
    }
    if (command.type === 'skip' && command.what === 'segment') this.#skipSegment();
    this.#askAgainAt = null;
    this.#dispatch({ type: 'asked', command });
    this.#tellPosition();
  }

  /** The show goes on until the first sentence of the answer can be said. */
  async #ask(command: AskCommand): Promise<void> {
    const { id } = command;
    const { queue, prepare: deps, events } = this.#deps;
    if (this.#thinking.has(id) || queue.state.seen.has(id) || this.#closing) return;
    this.#thinking.add(id);
    this.#asked.set(id, this.#deps.nowMs());
    const answer = deps.answers.of(command, this.#project);
    answer.onMore(() => {
      if (answer.withdrawn) this.#takeBack(command, answer.written.sentences[0]!.text);
    });
    const speech: Speech = { source: 'desk', id, command };
    for (;;) {
      // Made anew where the desk changed voice or mood meanwhile.
      const prepared = this.#prepare(speech, 0);
      const [first] = await prepared.sentences;
      await first?.spoken();
      if (!this.#thinking.has(id)) return;
      if (this.#prepared.get(id) !== prepared) continue;
      this.#thinking.delete(id);
      if (first === undefined) {
        this.#forget(id);
        events.done(id, false);
        return;
      }
      if (command.intent === 'replace') this.#forgetQuestions();
      this.#askAgainAt = null;
      this.#dispatch({ type: 'asked', command });
      this.#tellPosition();
      return;
    }
  }

  /** The service took its words back: what is being said of them is cut off, and a safe line said. */
  #takeBack({ id, voiceId }: AskCommand, text: string): void {
    if (this.#speaking.run?.id !== id) return;
    this.#dispatch({ type: 'asked', command: { type: 'skip', what: 'line' } });
    const instead = { type: 'say', id: `${id}.`.slice(-64), text, intent: 'interrupt', voiceId } as const;
    this.command({ ...instead, emotion: null, intensity: 1, resume: 'interrupted' });
  }

  #forgetQuestions(): void {
    for (const id of [...this.#thinking]) {
      this.#forget(id);
      this.#deps.events.done(id, false);
    }
  }

  #forget(id: string): void {
    this.#thinking.delete(id);
    this.#prepared.get(id)?.cancel();
    this.#prepared.delete(id);
    this.#asked.delete(id);
    this.#deps.prepare.answers.close(id);
  }

  #skipSegment(): void {
    const held = this.#showItem();
    const idle = held === null && this.#idle !== null && this.#time.due < this.#idle.untilSample ? this.#idle : null;
    const on = held ?? idle?.item;
    if (on === undefined) return;
    this.#forgetAhead();
    this.#deps.cursor.skip('segment', on.at);
    // Also while the desk speaks into it, which goes on.
    if (idle) this.#time.silenceUntil = this.#time.due;
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
    this.#forgetQuestions();
    this.#forgetAhead();
    this.#deps.cursor.close();
    this.#time.silenceUntil = this.#time.due;
    this.#askAgainAt = null;
    this.#dispatch({ type: 'closing' });
  }

  // ── Before every frame ────────────────────────────────────────────────────────────────────────────────────────────

  /** `frame` is about to be fed. */
  tick(frame: number): void {
    this.#time.due = this.#sampleOf(frame);
    this.#speaking.tick(this.#sampleOf(frame + 1));
    if (this.#speaking.run === null && this.#deps.queue.wantsShow) this.#goOn();
    this.#fillAhead();
  }

  /** Whether everything that would be heard next has been placed, as far as it is known: an accelerated run waits for it. */
  get settled(): boolean {
    return this.#speaking.run === null ? this.#opening === 0 : this.#speaking.settled;
  }
  #opening = 0;
  /** Scene and jingle of it have been seen to. */
  #begunItem = '';

  get drained(): boolean {
    return this.#speaking.run === null && this.#time.due >= this.#time.earliest;
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
        this.#speaking.start(effect.speech, effect.fromSentence);
        break;
      case 'stop':
        this.#speaking.stop(effect.id, effect.at);
        break;
      case 'done':
        this.#asked.delete(effect.id);
        this.#deps.prepare.answers.close(effect.id);
        this.#deps.events.done(effect.id, effect.said);
        break;
      case 'skip-silence':
        this.#time.silenceUntil = this.#time.due;
        break;
    }
  }

  #begun(run: Run): void {
    const { speech, fromSentence } = run;
    if (speech.source === 'show' && speech.id !== this.#begunItem) {
      this.#begunItem = speech.id;
      this.#beginItem(fromSentence === 0 ? speech.item : { ...speech.item, jingle: null }, run);
    }
  }

  #beginItem(item: Pick<PlayedItem, 'scene' | 'jingle'>, run: Run | null): void {
    if (item.scene !== null) this.#deps.stage.scene(item.scene);
    if (item.jingle === null) return;
    if (run) run.jingle = 'opening';
    this.#opening++;
    void this.#deps.openSound({ jingle: item.jingle }).then((stream) => {
      this.#opening--;
      if (run) run.jingle = this.#speaking.run === run ? stream : null;
      if (stream === null || (run && this.#speaking.run !== run)) return stream?.close();
      this.#deps.mixer.play({ startSample: this.#time.due, stream, gain: 0.7, endSample: null });
    });
  }

  // ── The show's next ───────────────────────────────────────────────────────────────────────────────────────────────

  #goOn(): void {
    if (this.#ended) {
      if (this.#time.due >= this.#time.earliest && this.#time.due >= this.#time.silenceUntil) this.#deps.events.over();
      return;
    }
    if (this.#time.due < this.#time.silenceUntil - LEAD_SAMPLES) return;
    if (this.#askAgainAt !== null && this.#time.due < this.#askAgainAt) return;
    this.#askAgainAt = null;
    const { item } = this.#ahead.shift() ?? this.#take();
    switch (item.kind) {
      case 'gap':
      case 'idle':
        this.#time.silenceUntil =
          Math.max(this.#time.due, this.#time.earliest, this.#time.silenceUntil) +
          Math.round((item.ms * SAMPLE_RATE) / 1000);
        this.#idle = item.kind === 'idle' ? { item, untilSample: this.#time.silenceUntil } : null;
        if (item.kind === 'idle') {
          this.#beginItem(item, null);
          this.#tellPosition();
        }
        return;
      case 'closed':
        this.#askAgainAt = this.#time.due + (ASK_AGAIN_MS * SAMPLE_RATE) / 1000;
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
    if (this.#time.due < this.#time.silenceUntil - LOOK_SAMPLES || this.#askAgainAt !== null) return;
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
    const position = this.#deps.queue.position(this.#nextPosition());
    const { answers } = this.#deps.prepare;
    const desk = position.desk.map((each) =>
      each?.command.type === 'ask' ? { ...each, command: answers.asWritten(each.command) } : each,
    );
    return { ...position, desk };
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
      ...[but, this.#speaking.run?.id ?? but, this.#deps.queue.upcoming?.speech.id ?? but],
      ...this.#thinking,
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
    const run = this.#speaking.run;
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
      if (this.#speaking.sayAnew(run, anew, sentences)) this.#prepared.set(run.id, anew);
    });
  }

  // ── What it tells ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** A frame was late, or drawn: of the utterance that is on in it. */
  frameLate(frame: number): void {
    this.#speaking.frameLate(frame);
  }
  frameDrawn(frame: number): void {
    this.#speaking.frameDrawn(frame);
  }

  status(): Pick<SessionStatus, 'speaking' | 'next' | 'queued' | 'thinking' | 'paused'> {
    const { queue, programme } = this.#deps;
    const heard = programme.at(this.#time.due);
    const run = this.#speaking.run;
    const speaking =
      run && (heard?.id === run.id || run.insert)
        ? {
            ...{ id: run.id, text: heard?.text ?? textOf(run.speech), segmentId: segmentOf(run.speech) },
            ...{ source: run.speech.source, fromStreamMs: run.trace.fromStreamMs ?? msOf(this.#time.due) },
          }
        : null;
    const { upcoming } = queue;
    const shown = this.#ahead.find(({ item }) => 'segmentId' in item)?.item;
    const next = upcoming
      ? { text: textOf(upcoming.speech), segmentId: segmentOf(upcoming.speech) }
      : shown && 'segmentId' in shown
        ? { text: shown.kind === 'line' ? shown.line.text : '', segmentId: shown.segmentId }
        : null;
    return { speaking, next, queued: queue.queued, thinking: this.#thinking.size, paused: queue.paused };
  }

  dispose(): void {
    for (const prepared of this.#prepared.values()) prepared.cancel();
    this.#prepared.clear();
    this.#deps.prepare.answers.dispose();
    this.#thinking.clear();
    this.#speaking.dispose();
  }

  #sampleOf(frame: number): number {
    return Math.round((frame * SAMPLE_RATE) / this.#deps.fps);
  }
}

const msOf = (sample: number): number => (sample * 1000) / SAMPLE_RATE;
const segmentOf = (speech: Speech): string | null => (speech.source === 'show' ? speech.item.segmentId : null);
