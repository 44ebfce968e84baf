/** The person's own recording as utterances: aligned with what it says where that is written, estimated by ear where not. */
import { join } from 'node:path';
import type { Project } from '../../app/document/project.ts';
import { StudioError } from '../../app/errors/index.ts';
import { hasSpeech } from '../../app/speech/script/plan.ts';
import type { Utterance } from '../engine/ports/speech.ts';
import { decodeRecording } from '../speech/recording/decode.ts';
import { estimateTimeline } from '../speech/recording/estimate.ts';
import { recordingToUtterances, recordingUtterance } from '../speech/recording/utterances.ts';
import { openTempDir } from '../storage/paths.ts';
import type { PlannedLine, SpeakDeps, SpokenScript } from './speak-script.ts';

const OWN_SILENCE = { leadMs: 0, tailMs: 0 };

/** Scratch files live until the result is disposed. @throws StudioError speech.recording-* */
export async function hearRecording(
  project: Project,
  planned: readonly PlannedLine[],
  file: string,
  { speech, paths, ffmpegPath }: SpeakDeps,
  signal: AbortSignal,
  onLine: (done: number, total: number) => void,
): Promise<SpokenScript> {
  if (ffmpegPath === undefined)
    throw new StudioError('command.internal', { detail: 'no ffmpeg to read the recording' });
  const scratch = await openTempDir(paths.tempDir);
  const spoken = (utterances: Utterance[], confidence: number | null, warnings: StudioError[]): SpokenScript => ({
    utterances,
    confidence,
    warnings,
    layout: OWN_SILENCE,
    [Symbol.asyncDispose]: () => scratch.dispose(),
  });
  try {
    const lines = planned.filter(({ plan }) => hasSpeech(plan));
    const total = lines.length + 2;
    onLine(0, total);
    const recording = await decodeRecording(
      file,
      { ffmpegPath, pcmOutPath: join(scratch.path, 'recording.s16') },
      signal,
    );
    onLine(1, total);
    if (lines.length === 0) {
      const first = project.script.lines[0];
      const emotions = first ? [{ atMs: 0, emotion: first.emotion, intensity: first.intensity }] : [];
      const timeline = await estimateTimeline(recording, signal);
      onLine(total, total);
      return spoken(
        [await recordingUtterance(recording, timeline, { lineId: first?.id ?? 'recording', emotions }, signal)],
        null,
        [],
      );
    }
    const references: Utterance[] = [];
    for (const { line, plan } of lines) {
      const options = {
        lineId: line.id,
        voice: project.voice,
        lineVoiceId: line.voiceId,
        pauseAfterMs: line.pauseAfterMs,
      };
      references.push(await speech.speak(plan, options, signal));
      onLine(1 + references.length, total);
    }
    const found = await recordingToUtterances(recording, references, scratch.path, signal);
    onLine(total, total);
    return spoken(
      found.utterances,
      found.confidence,
      found.warnings.map(({ code, params }) => new StudioError(code, params)),
    );
  } catch (error) {
    await scratch.dispose();
    throw error;
  }
}
