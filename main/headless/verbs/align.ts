import { randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { newProject } from '../../../app/document/new-project.ts';
import { StudioError } from '../../../app/errors/index.ts';
import { createStudio } from '../../compose.ts';
import { layoutProgramme } from '../../engine/stages/programme.ts';
import { speakScript } from '../../export/speak-script.ts';
import { type TimelineDocument, timelineDocument } from '../../export/timeline-document.ts';
import { writeTextWhole } from '../../files/atomic-file.ts';
import type { Verb, VerbContext } from '../cli.ts';
import { usage } from '../faults.ts';
import { createFileAssets } from '../file-assets.ts';
import { checkOutputs } from '../output-names.ts';
import { createProgress } from '../progress.ts';
import { checkVoice } from '../project-from-options.ts';
import { scriptLines } from '../script-input.ts';

/** Where each word of a text lies in a recording of it; without --out the timeline is printed. */
export const alignVerb: Verb = async (context) => {
  const { options, console, signal, studio: where } = context;
  const named = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined);
  const { audio, out, voice } = { audio: named('audio'), out: named('out'), voice: named('voice') };
  if (audio === undefined) throw usage('command.missing-argument', { argument: '--audio', verb: 'align' });
  const lines = await scriptLines(context, []);
  if (lines === null) throw usage('command.missing-argument', { argument: '--text / --script', verb: 'align' });
  if (lines.length === 0) throw new StudioError('script.empty');

  await using studio = createStudio(where);
  if (voice !== undefined)
    await checkVoice(voice, async () => (await Promise.all(studio.voices.map((each) => each.voices(signal)))).flat());
  const assets = createFileAssets(null);
  const recording = await assets.recording(audio, signal);
  const script = named('script');
  if (out !== undefined)
    await checkOutputs(
      [{ option: '--out', path: out }],
      [audio, ...(script === undefined || script === '-' ? [] : [script])],
    );

  const project = newProject({
    ...{ id: randomUUID(), name: 'align', portrait: { kind: 'sample', id: 'lin' } },
    voice: { voiceId: voice ?? null },
    script: { lines, recording },
  });
  const ffmpegPath = (await studio.ffmpeg(signal)).path;
  const progress = createProgress({ stream: process.stderr, console });
  const label = console.words({ en: 'Aligning', zh: '对齐' });
  try {
    await using spoken = await speakScript(project, assets, { ...studio, ffmpegPath }, signal, (done, total) =>
      progress.update({ label, done, total }),
    );
    progress.end();
    const timeline = timelineDocument(layoutProgramme(spoken.utterances, spoken.layout));
    // Nothing but punctuation: what came back was heard, not aligned.
    if (spoken.confidence === null) throw new StudioError('script.nothing-to-say');
    for (const warning of spoken.warnings) console.warn(warning);
    const confidence = Number(spoken.confidence.toFixed(3));
    if (out !== undefined) {
      await mkdir(dirname(out), { recursive: true });
      await writeTextWhole(out, `${JSON.stringify({ confidence, ...timeline }, null, 1)}\n`, signal);
    }
    tell({ confidence, out, timeline }, context);
    return { json: { confidence, out: out ?? null, timeline } };
  } finally {
    progress.end();
  }
};

interface Found {
  confidence: number;
  out: string | undefined;
  timeline: TimelineDocument;
}

function tell({ confidence, out, timeline }: Found, { console }: VerbContext): void {
  if (console.quiet && out !== undefined) {
    console.print(out);
    return;
  }
  const time = (ms: number): string => (ms / 1000).toFixed(2).padStart(7);
  if (out === undefined)
    for (const { text, startMs, endMs } of timeline.words) console.print(`${time(startMs)} ${time(endMs)}  ${text}`);
  else console.print(console.words({ en: `Timeline: ${out}`, zh: `时间轴：${out}` }));
  const percent = Math.round(confidence * 100);
  console.note(
    console.words({
      en: `${timeline.words.length} words; how well recording and text fit: ${percent} % (a person’s voice usually reaches 20–40 %)`,
      zh: `共 ${timeline.words.length} 个词；录音与文字吻合度 ${percent}%（真人录音通常为 20–40%）`,
    }),
  );
}
