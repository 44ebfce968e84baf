/** What is to be said, made ready before it is: its sentences, each spoken when it is asked for. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AssetRef } from '../../../app/document/asset.ts';
import type { Project } from '../../../app/document/project.ts';
import type { ScriptLine } from '../../../app/document/script.ts';
import type { LineItem } from '../../../app/live/cursor.ts';
import type { SayCommand, Speech } from '../../../app/live/speech-queue.ts';
import type { UtterancePlan } from '../../../app/speech/plan.ts';
import { restMs } from '../../../app/speech/punctuation.ts';
import { escapeScriptText } from '../../../app/speech/script/escape.ts';
import { planLine } from '../../../app/speech/script/plan.ts';
import type { Utterance } from '../../engine/ports/speech.ts';
import { SAMPLE_RATE } from '../../engine/ports/tts.ts';
import type { SpeechStage } from '../../engine/stages/speech.ts';
import { hearRecording } from '../../export/hear-recording.ts';
import { languageOf } from '../../export/speak-script.ts';
import type { AssetSource } from '../../storage/assets.ts';
import type { Answers, AskCommand } from './answers.ts';
import { type Piece, piecesOf } from './pieces.ts';
import { slicesOf, sliceUtterance } from './recording-slices.ts';
import type { Speaker, Spoken } from './speaker.ts';

export interface PreparedSentence {
  text: string;
  /** Silence after it, before the next. */
  restMs: number;
  /** null where it cannot be said. Begins the work when first asked; never rejects. */
  spoken(): Promise<Spoken | null>;
}

export interface Prepared {
  /** Empty where nothing of it can be said. More are added to it while it is `growing`. Never rejects. */
  readonly sentences: Promise<PreparedSentence[]>;
  readonly growing: boolean;
  readonly pauseAfterMs: number;
  cancel(): void;
}

export interface PrepareDeps {
  speaker: Speaker;
  speech: SpeechStage;
  assets: AssetSource;
  ffmpegPath: string;
  answers: Answers;
  /** Of this session. */
  tempDir: string;
  onTrouble(error: unknown): void;
}

export interface MoodOverride {
  emotion: string;
  intensity: number;
}

const DESK_PAUSE_MS = 300;

/** What a `say` of the desk is as a line of the script. */
const deskLine = (command: SayCommand): ScriptLine => ({
  ...{ id: command.id, text: command.text, emotion: command.emotion ?? 'neutral', intensity: command.intensity },
  ...{ voiceId: command.voiceId, pauseAfterMs: DESK_PAUSE_MS },
});

export function prepare(speech: Speech, project: Project, mood: MoodOverride | null, deps: PrepareDeps): Prepared {
  const stop = new AbortController();
  const cancel = (): void => stop.abort(new DOMException('it is not said after all', 'AbortError'));
  const none = (error: unknown): PreparedSentence[] => {
    if (!stop.signal.aborted) deps.onTrouble(error);
    return [];
  };
  if (speech.source === 'show' && speech.item.kind === 'insert')
    return { sentences: Promise.resolve([]), growing: false, pauseAfterMs: 0, cancel };
  if (speech.source === 'show' && speech.item.kind === 'recording') {
    const { asset, text } = speech.item;
    return {
      sentences: recorded(asset, text, speech.id, project, deps, stop.signal).catch(none),
      ...{ growing: false, pauseAfterMs: 0, cancel },
    };
  }
  const said = (line: ScriptLine): PreparedSentence[] => {
    try {
      return sentencesOf(line, project, mood, deps.speaker, stop.signal);
    } catch (error) {
      return none(error);
    }
  };
  if (speech.source === 'desk' && speech.command.type === 'ask')
    return answered(speech.command, project, deps.answers, said, stop);
  const line = speech.source === 'desk' ? deskLine(speech.command as SayCommand) : (speech.item as LineItem).line;
  return { sentences: Promise.resolve(said(line)), growing: false, pauseAfterMs: line.pauseAfterMs, cancel };
}

function sentencesOf(
  line: ScriptLine,
  project: Project,
  mood: MoodOverride | null,
  speaker: Speaker,
  signal: AbortSignal,
): PreparedSentence[] {
  const plan = withMood(planOf(line, project, mood), mood);
  const who = { lineId: line.id, voice: project.voice, lineVoiceId: line.voiceId };
  return piecesOf(plan).map((piece: Piece): PreparedSentence => {
    let spoken: Promise<Spoken | null> | undefined;
    return {
      ...{ text: piece.text, restMs: piece.restMs / project.voice.rate },
      spoken: () => {
        spoken ??= speaker.speak(piece, who, signal);
        return spoken;
      },
    };
  });
}

/** Sentences come as the model writes them; those that are said already stay where they are. */
function answered(
  command: AskCommand,
  project: Project,
  answers: Answers,
  said: (line: ScriptLine) => PreparedSentence[],
  stop: AbortController,
): Prepared {
  const answer = answers.of(command, project);
  const { id, voiceId } = command;
  const sentences: PreparedSentence[] = [];
  const first = Promise.withResolvers<PreparedSentence[]>();
  let taken = 0;
  const take = (): void => {
    const { written, withdrawn } = answer;
    if (withdrawn && taken > 0) sentences.length = taken = 0;
    for (const { text, emotion, intensity } of written.sentences.slice(taken)) {
      const line = { id, text: escapeScriptText(text), emotion, intensity, voiceId, pauseAfterMs: 0 };
      const pieces = said(line);
      // Nobody knows yet whether there is another; after the last it is the pause that counts.
      const last = pieces.at(-1);
      if (last) last.restMs = restMs(/[^\p{L}\p{N}]*$/u.exec(text)![0]) / project.voice.rate;
      sentences.push(...pieces);
      taken++;
    }
    if (sentences.length > 0 || written.whole) first.resolve(sentences);
  };
  const stopListening = answer.onMore(take);
  stop.signal.addEventListener('abort', stopListening, { once: true });
  stop.signal.addEventListener('abort', () => first.resolve(sentences), { once: true });
  take();
  return {
    sentences: first.promise,
    get growing() {
      return !answer.written.whole && !stop.signal.aborted;
    },
    pauseAfterMs: DESK_PAUSE_MS,
    cancel: () => stop.abort(new DOMException('it is not said after all', 'AbortError')),
  };
}

function planOf(line: ScriptLine, project: Project, mood: MoodOverride | null): UtterancePlan {
  const { dictionary } = project.script;
  const { emotions } = project;
  const clues = { script: { lines: [line, ...project.script.lines] }, voice: project.voice };
  const asked = mood === null ? line : { ...line, ...mood };
  return planLine(asked, { dictionary, emotions, defaultLang: languageOf(clues) });
}

/** The desk's mood takes the place of the line's own and of those within it. */
const withMood = (plan: UtterancePlan, mood: MoodOverride | null): UtterancePlan =>
  mood === null ? plan : { ...plan, parts: plan.parts.filter((part, i) => part.kind !== 'emotion' || i === 0) };

async function recorded(
  asset: AssetRef,
  text: string,
  id: string,
  project: Project,
  { speaker, speech, assets, ffmpegPath, tempDir }: PrepareDeps,
  signal: AbortSignal,
): Promise<PreparedSentence[]> {
  const lines = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map(
      (line, i): ScriptLine => ({
        ...{ id: `${id}-${i}`, text: line, emotion: 'neutral', intensity: 1, voiceId: null, pauseAfterMs: 0 },
      }),
    );
  const script = { ...project.script, lines };
  const planned = lines.map((line) => ({ line, plan: planOf(line, project, null) }));
  const folder = join(tempDir, `recording-${Math.random().toString(36).slice(2)}`);
  await mkdir(folder, { recursive: true });
  const path = await assets.resolve(asset, { signal });
  const deps = { speech, paths: { tempDir }, ffmpegPath };
  const heard = await hearRecording({ ...project, script }, planned, path, folder, deps, signal, () => undefined);
  return heard.utterances.flatMap((utterance) =>
    slicesOf(utterance).map(
      ({ fromMs, toMs }, i, all): PreparedSentence => ({
        text: lines.length === 0 ? '' : utterance.displayText,
        restMs: i === all.length - 1 ? utterance.pauseAfterMs : 0,
        spoken: () => hearSlice(utterance, fromMs, toMs, speaker),
      }),
    ),
  );
}

async function hearSlice(utterance: Utterance, fromMs: number, toMs: number, speaker: Speaker): Promise<Spoken | null> {
  const from = Math.round((fromMs * SAMPLE_RATE) / 1000);
  const to = Math.min(utterance.samples, Math.round((toMs * SAMPLE_RATE) / 1000));
  return await speaker.heard(sliceUtterance(utterance, fromMs, toMs), utterance.pcmPath, from, to);
}
