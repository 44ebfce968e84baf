/** The script as sound: each line by its voice, or the person's own recording with its timing found. */
import type { Project } from '../../app/document/project.ts';
import type { ScriptLine } from '../../app/document/script.ts';
import type { VoiceSettings } from '../../app/document/voice.ts';
import { StudioError } from '../../app/errors/index.ts';
import type { SpeechLang, UtterancePlan } from '../../app/speech/plan.ts';
import { hasSpeech, planLine, suggestDefaultLang } from '../../app/speech/script/plan.ts';
import type { Utterance } from '../engine/ports/speech.ts';
import type { ProgrammeOptions } from '../engine/stages/programme.ts';
import { type SpeechStage, speakOptionsOf } from '../engine/stages/speech.ts';
import type { AssetSource } from '../storage/assets.ts';
import { openTempDir } from '../storage/paths.ts';
import { hearRecording } from './hear-recording.ts';

export interface SpokenScript extends AsyncDisposable {
  utterances: Utterance[];
  /** Scratch files of this script, gone when it is disposed. */
  folder: string;
  /** Silence round it: a recording brings its own. */
  layout: ProgrammeOptions;
  /** How well a recording and its text fit each other (see `Alignment`); null where there are not both. */
  confidence: number | null;
  warnings: StudioError[];
}

export interface SpeakDeps {
  speech: Pick<SpeechStage, 'speak'>;
  paths: { tempDir: string };
  ffmpegPath: string | undefined;
}

export interface PlannedLine {
  line: Project['script']['lines'][number];
  plan: UtterancePlan;
}

/** What of a project decides its language. */
export interface LanguageClues {
  script: { lines: readonly Pick<ScriptLine, 'text' | 'voiceId'>[] };
  voice: VoiceSettings;
}

/** Cantonese where the project's voice speaks it, else what the text is written in. */
export function languageOf({ script: { lines }, voice }: LanguageClues): SpeechLang {
  const lang = suggestDefaultLang(lines.map((line) => line.text));
  const voices = [voice.voiceId, voice.byLanguage.zh, ...lines.map((line) => line.voiceId)];
  return lang === 'zh' && voices.some((id) => id?.startsWith('espeak:yue')) ? 'yue' : lang;
}

/** Every line parsed before the first is spoken: a slip in the last costs no wait. */
export function planScript(project: Project): PlannedLine[] {
  const defaultLang = languageOf(project);
  const { lines, dictionary } = project.script;
  const { emotions, seed } = project;
  return lines.map((line, i) => ({
    line,
    plan: planLine(line, { dictionary, defaultLang, emotions, seed, lineNumber: i + 1 }),
  }));
}

/** @throws StudioError script.empty, script.nothing-to-say, script.*, speech.* */
export async function speakScript(
  project: Project,
  assets: AssetSource,
  deps: SpeakDeps,
  signal: AbortSignal,
  onLine: (done: number, total: number) => void,
): Promise<SpokenScript> {
  const planned = planScript(project);
  const scratch = await openTempDir(deps.paths.tempDir);
  try {
    const heard = project.script.recording
      ? await hearRecording(
          project,
          planned,
          await assets.resolve(project.script.recording),
          scratch.path,
          deps,
          signal,
          onLine,
        )
      : await speakLines(project, planned, deps, signal, onLine);
    return { ...heard, folder: scratch.path, [Symbol.asyncDispose]: () => scratch.dispose() };
  } catch (error) {
    await scratch.dispose();
    throw error;
  }
}

/** What is said, without where its files are. */
export type HeardScript = Omit<SpokenScript, 'folder' | typeof Symbol.asyncDispose>;

async function speakLines(
  project: Project,
  planned: readonly PlannedLine[],
  { speech }: SpeakDeps,
  signal: AbortSignal,
  onLine: (done: number, total: number) => void,
): Promise<HeardScript> {
  if (planned.every(({ line }) => line.text.trim() === '')) throw new StudioError('script.empty');
  if (!planned.some(({ plan }) => hasSpeech(plan))) throw new StudioError('script.nothing-to-say');
  const utterances: Utterance[] = [];
  onLine(0, planned.length);
  for (const { line, plan } of planned) {
    utterances.push(await speech.speak(plan, speakOptionsOf(line, project.voice), signal));
    onLine(utterances.length, planned.length);
  }
  return { utterances, layout: {}, confidence: null, warnings: [] };
}
