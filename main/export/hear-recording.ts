/** The person's own recording as utterances: aligned with what it says where that is written, estimated by ear where not. */
import { join } from 'node:path';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { hasSpeech } from '../../app/speech/script/plan.ts';
import type { Utterance } from '../engine/ports/speech.ts';
import { speakOptionsOf } from '../engine/stages/speech.ts';
import { decodeRecording } from '../speech/recording/decode.ts';
import { estimateTimeline } from '../speech/recording/estimate.ts';
import { recordingToUtterances, recordingUtterance } from '../speech/recording/utterances.ts';
import type { HeardScript, PlannedLine, SpeakDeps } from './speak-script.ts';

const OWN_SILENCE = { leadMs: 0, tailMs: 0 };

/** Scratch files go to `folder`. @throws StudioError speech.recording-* */
export async function hearRecording(
  project: Project,
  planned: readonly PlannedLine[],
  file: string,
  folder: string,
  { speech, ffmpegPath }: SpeakDeps,
  signal: AbortSignal,
  onLine: (done: number, total: number) => void,
): Promise<HeardScript> {
  if (ffmpegPath === undefined)
    throw new StudioError('command.internal', { detail: 'no ffmpeg to read the recording' });
  const lines = planned.filter(({ plan }) => hasSpeech(plan));
  const total = lines.length + 2;
  onLine(0, total);
  const recording = await decodeRecording(file, { ffmpegPath, pcmOutPath: join(folder, 'recording.s16') }, signal);
  onLine(1, total);
  if (lines.length === 0) {
    const first = project.script.lines[0];
    const mood = planned[0]?.plan.parts.find((part) => part.kind === 'emotion');
    const emotions = mood ? [{ atMs: 0, emotion: mood.emotion, intensity: mood.intensity, blend: mood.blend }] : [];
    const timeline = await estimateTimeline(recording, signal);
    const line = { lineId: first?.id ?? 'recording', emotions };
    onLine(total, total);
    const utterances = [await recordingUtterance(recording, timeline, line, signal)];
    return { utterances, layout: OWN_SILENCE, confidence: null, warnings: [] };
  }
  const references: Utterance[] = [];
  for (const { line, plan } of lines) {
    references.push(await speech.speak(plan, speakOptionsOf(line, project.voice), signal));
    onLine(1 + references.length, total);
  }
  const { utterances, confidence, warnings } = await recordingToUtterances(recording, references, folder, signal);
  onLine(total, total);
  return {
    utterances,
    layout: OWN_SILENCE,
    confidence,
    warnings: warnings.map(({ code, params }) => new StudioError(code, params)),
  };
}
