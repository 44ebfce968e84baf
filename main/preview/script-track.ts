/**
 * The script on its clock while it is still being spoken: lines near the playhead first, the others by what they will
 * probably take. A change of the document speaks again only the lines whose sound it changes.
 */
import type { Project } from '../../app/document/project.ts';
import type { ScriptLine } from '../../app/document/script.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { SpeechLang } from '../../app/speech/plan.ts';
import { planLine } from '../../app/speech/script/plan.ts';
import type { Utterance } from '../engine/ports/speech.ts';
import { SAMPLE_RATE } from '../engine/ports/tts.ts';
import { layoutProgramme, type ProgrammeOptions } from '../engine/stages/programme.ts';
import { type SpeechStage, speakOptionsOf } from '../engine/stages/speech.ts';
import { languageOf } from '../export/speak-script.ts';
import { Pace } from './line-length.ts';
import type { RecordingEar } from './recording-ear.ts';

/** A line in its place. Lines do not overlap and come in order. */
export interface PlacedLine {
  lineId: string;
  /** Of a line that nobody has spoken (yet): silence with nothing in it, of about the right length. */
  utterance: Utterance;
  /** What the line occupies on the clock; an utterance that is longer is cut. */
  samples: number;
  startSample: number;
  startMs: number;
  /** Spoken: `samples` is what it takes. */
  exact: boolean;
  /** Nothing more will be heard of it than there is: spoken, or at fault. */
  settled: boolean;
}

export interface ScriptLayout {
  lines: readonly PlacedLine[];
  samples: number;
  durationMs: number;
  /** Every line is. */
  exact: boolean;
}

export interface ScriptEvents {
  /** Lines, their sound or their places are others. */
  changed(): void;
  /** A line cannot be said, for this; or, null, it can again. */
  fault(lineId: string, error: unknown): void;
}

export interface ScriptDeps {
  speech: SpeechStage;
  ear: RecordingEar;
}

interface Line {
  line: ScriptLine;
  /** Of a moment ago while the line is being spoken anew. */
  utterance: Utterance | null;
  /** `utterance` is of the document as it is. */
  spoken: boolean;
  /** At least its sound is. */
  sounds: boolean;
  fault: unknown;
}

/** What is spoken before it is needed: so much after the playhead, and around it where all else is done. */
const AHEAD_MS = 180_000;

export class ScriptTrack {
  readonly #deps: ScriptDeps;
  readonly #events: ScriptEvents;
  readonly #stop = new AbortController();
  #project: Project | null = null;
  #lang: SpeechLang = 'zh';
  #lines: Line[] = [];
  #pace = new Pace();
  #focusId: string | null = null;
  #speaking: { line: Line; stop: AbortController } | null = null;
  #working: Promise<void> | null = null;
  #layout: ScriptLayout | null = null;
  #placement: ProgrammeOptions = {};
  #recording: string | null = null;

  constructor(deps: ScriptDeps, events: ScriptEvents) {
    this.#deps = deps;
    this.#events = events;
  }

  update(project: Project): void {
    const before = this.#project;
    this.#project = project;
    const { script, voice } = project;
    if (before === null || before.script.lines !== script.lines || before.voice !== voice)
      this.#lang = languageOf(project);
    const sameVoice = before !== null && sameText(voicesOf(before), voicesOf(project));
    const sameMoods = before !== null && sameText(before.emotions, project.emotions);
    if (!sameVoice) this.#pace = new Pace();
    const known = new Map(this.#lines.map((one) => [one.line.id, one]));
    const heardAlready = script.recording !== null && recordingKey(project) === this.#recording;
    if (heardAlready) return;
    const otherSound = before !== null && before.script.recording?.sha256 !== script.recording?.sha256;
    if (otherSound) {
      // A voice's lines are no recording's, nor the other way round.
      this.#recording = null;
      this.#placement = {};
      this.#speaking?.stop.abort();
      for (const one of this.#lines) Object.assign(one, UNSPOKEN);
      this.#events.fault(RECORDING, null);
    }
    this.#lines = script.lines.map((line) => {
      const old = known.get(line.id);
      if (old === undefined) return { ...UNSPOKEN, line };
      known.delete(line.id);
      if (sameVoice && sameMoods && saysTheSame(old.line, line)) {
        if (old.line.pauseAfterMs !== line.pauseAfterMs && old.utterance)
          old.utterance = { ...old.utterance, pauseAfterMs: line.pauseAfterMs };
        old.line = line;
        return old;
      }
      if (this.#speaking?.line === old) this.#speaking.stop.abort();
      if (old.fault !== null) this.#events.fault(line.id, null);
      // Its old sound holds its place until the new is there.
      return {
        ...UNSPOKEN,
        line,
        utterance: old.utterance,
        sounds: old.sounds && sameVoice && soundsTheSame(old.line, line),
      };
    });
    for (const gone of known.values()) {
      if (this.#speaking?.line === gone) this.#speaking.stop.abort();
      if (gone.fault !== null) this.#events.fault(gone.line.id, null);
    }
    this.#changed();
    this.#work();
  }

  /** This line and those after it are spoken first. */
  focus(lineId: string | null): void {
    if (lineId === this.#focusId) return;
    this.#focusId = lineId;
    const next = this.#next();
    if (this.#speaking && next && next !== this.#speaking.line && next.line.id === this.#focusId)
      this.#speaking.stop.abort();
    this.#work();
  }

  /** Says again what failed for a reason that may have gone. */
  retry(): void {
    for (const one of this.#lines) {
      if (!(one.fault instanceof StudioError && one.fault.retryable)) continue;
      one.fault = null;
      this.#events.fault(one.line.id, null);
    }
    this.#work();
  }

  /** Where everything lies. The same object until something changes. */
  layout(): ScriptLayout {
    this.#layout ??= this.#placed(new Map());
    return this.#layout;
  }

  /** The same, with the lengths of these lines held: what has been passed is not moved because it is known better now. */
  layoutHolding(samplesOf: ReadonlyMap<string, number>): ScriptLayout {
    return samplesOf.size === 0 ? this.layout() : this.#placed(samplesOf);
  }

  async dispose(): Promise<void> {
    this.#stop.abort(new DOMException('the preview was closed', 'AbortError'));
    this.#speaking?.stop.abort();
    await this.#working;
  }

  #changed(): void {
    this.#layout = null;
    this.#events.changed();
  }

  #placed(held: ReadonlyMap<string, number>): ScriptLayout {
    const rate = this.#project?.voice.rate ?? 1;
    const utterances = this.#lines.map((one) => {
      const utterance = one.utterance ?? this.#unspoken(one.line, rate);
      return { ...utterance, samples: held.get(one.line.id) ?? utterance.samples };
    });
    const { entries, samples, durationMs } = layoutProgramme(utterances, this.#placement);
    const lines = entries.map(({ utterance, startSample, startMs }, i): PlacedLine => {
      const one = this.#lines[i]!;
      return {
        lineId: one.line.id,
        utterance: one.utterance ?? utterance,
        samples: utterance.samples,
        ...{ startSample, startMs },
        exact: one.sounds && utterance.samples === one.utterance?.samples,
        settled: one.spoken || one.fault !== null,
      };
    });
    return { lines, samples, durationMs, exact: lines.every(({ exact }) => exact) };
  }

  #unspoken({ id, text, pauseAfterMs }: ScriptLine, rate: number): Utterance {
    const samples = Math.round((this.#pace.estimateMs(text, rate) * SAMPLE_RATE) / 1000);
    return {
      ...{ lineId: id, displayText: '', pcmPath: '', samples, envelope: new Float32Array(0), emotions: [] },
      ...{ timeline: { durationMs: 0, phones: [], words: [], sentences: [] }, markers: [], pauseAfterMs },
    };
  }

  /** The next line to speak; null where enough is known. */
  #next(): Line | null {
    const from = Math.max(
      0,
      this.#lines.findIndex(({ line }) => line.id === this.#focusId),
    );
    const { lines } = this.layout();
    const open = (i: number): boolean => !this.#lines[i]!.spoken && this.#lines[i]!.fault === null;
    const focusMs = lines[from]?.startMs ?? 0;
    for (let i = from; i < lines.length && lines[i]!.startMs < focusMs + AHEAD_MS; i++)
      if (open(i)) return this.#lines[i]!;
    for (let i = from - 1; i >= 0 && lines[i]!.startMs > focusMs - AHEAD_MS; i--) if (open(i)) return this.#lines[i]!;
    return null;
  }

  #work(): void {
    if (this.#working || this.#stop.signal.aborted) return;
    this.#working = this.#speakAll();
  }

  async #speakAll(): Promise<void> {
    // Whoever changes the document has had their turn before the first line is begun.
    await Promise.resolve();
    while (!this.#stop.signal.aborted) {
      if (this.#project?.script.recording != null) {
        if (!(await this.#hear(this.#project))) break;
        continue;
      }
      const one = this.#next();
      if (one === null) break;
      await this.#speak(one, this.#project!);
    }
    // In the same turn as the last look: nothing that is asked for is forgotten.
    this.#working = null;
  }

  async #speak(one: Line, { script, voice, emotions, seed }: Project): Promise<void> {
    const stop = new AbortController();
    const signal = AbortSignal.any([stop.signal, this.#stop.signal]);
    this.#speaking = { line: one, stop };
    const { line } = one;
    try {
      const lineNumber = this.#lines.indexOf(one) + 1;
      const plan = planLine(line, {
        ...{ dictionary: script.dictionary, defaultLang: this.#lang, emotions, seed, lineNumber },
      });
      const utterance = await this.#deps.speech.speak(plan, speakOptionsOf(line, voice), signal);
      // The pause may have been changed meanwhile; all else would have stopped this.
      signal.throwIfAborted();
      one.utterance = { ...utterance, pauseAfterMs: one.line.pauseAfterMs };
      Object.assign(one, { spoken: true, sounds: true });
      this.#pace.learn(line.text, utterance.timeline.durationMs);
    } catch (error) {
      if (signal.aborted) return;
      one.fault = error;
      one.sounds = false;
      if (one.utterance) one.utterance = { ...one.utterance, ...MUTE };
      this.#events.fault(line.id, error);
    } finally {
      this.#speaking = null;
    }
    this.#changed();
  }

  /** Hears the person's own recording, whole. False where it is heard already. */
  async #hear(project: Project): Promise<boolean> {
    const wanted = recordingKey(project);
    if (wanted === this.#recording) return false;
    const { signal } = this.#stop;
    try {
      const heard = await this.#deps.ear.hear(project, signal);
      if (this.#project && recordingKey(this.#project) === wanted) {
        this.#recording = wanted;
        this.#placement = heard.layout;
        this.#take(heard.utterances);
        this.#events.fault(RECORDING, null);
      }
    } catch (error) {
      if (signal.aborted) return false;
      this.#recording = wanted;
      for (const one of this.#lines) one.fault ??= error;
      this.#events.fault(RECORDING, error);
    }
    this.#changed();
    return true;
  }

  /** Lines that a recording does not have are not heard; what it has without any line stands for itself. */
  #take(utterances: readonly Utterance[]): void {
    const byId = new Map(utterances.map((utterance) => [utterance.lineId, utterance]));
    for (const one of this.#lines) {
      const utterance = byId.get(one.line.id);
      one.utterance = utterance ?? { ...this.#unspoken(one.line, 1), samples: 0, pauseAfterMs: 0 };
      Object.assign(one, { spoken: true, sounds: true, fault: null });
      byId.delete(one.line.id);
    }
    for (const utterance of byId.values()) {
      const line: ScriptLine = {
        ...{ id: utterance.lineId, text: '', emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: 0 },
      };
      this.#lines.push({ line, utterance, spoken: true, sounds: true, fault: null });
    }
  }
}

/** What faults of a recording are told under: they are of no line. */
export const RECORDING = '';

/** A line at fault keeps its place and says nothing. */
const MUTE = {
  pcmPath: '',
  envelope: new Float32Array(0),
  emotions: [],
  timeline: { durationMs: 0, phones: [], words: [], sentences: [] },
  markers: [],
} satisfies Partial<Utterance>;

const voicesOf = ({ voice, script: { dictionary } }: Project): unknown => [voice, dictionary];
const recordingKey = ({ script, voice, emotions }: Project): string => JSON.stringify([script, voice, emotions]);

const UNSPOKEN = { utterance: null, spoken: false, sounds: false, fault: null } satisfies Partial<Line>;

const sameText = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
/** All that decides what is heard of a line, given the voices; and what is felt. */
const soundsTheSame = (a: ScriptLine, b: ScriptLine): boolean => a.text === b.text && a.voiceId === b.voiceId;
const saysTheSame = (a: ScriptLine, b: ScriptLine): boolean =>
  a === b || (soundsTheSame(a, b) && a.emotion === b.emotion && a.intensity === b.intensity);
